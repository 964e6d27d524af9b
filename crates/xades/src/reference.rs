// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `ds:Reference` (XML Signature 1.1, 4.4.3): what it names, which octets that makes, and what its digest covers.

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell},
    collections::BTreeSet,
};

use keiin_model::{Defect, DigestAlgorithm};
use keiin_pki::digest::Hasher;

use crate::{
    XmlError,
    algorithm::DSIG,
    c14n::{Canonicalization, Method, Sink},
    content::{Content, Detached, ExternalData, decoded},
    limits::MAX_TRANSFORMED,
    signature::{Finder, Named, read_digest_method},
    transform::{
        Chain, Data, Extent, Transform,
        xpath::{Work, XPathError},
    },
    xml::{NodeId, NodeSet, Tree},
};

/// A reference as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// `ds:Reference`.
    pub(crate) node: NodeId,
    pub(crate) id: Option<String>,
    /// Absent where the application knows what is meant.
    pub(crate) uri: Option<String>,
    /// `Type`: what the referenced object is.
    pub(crate) kind: Option<String>,
    pub(crate) transforms: Vec<Transform>,
    pub(crate) digest: Named<DigestAlgorithm>,
    /// The digest in the signature.
    pub(crate) value: Vec<u8>,
    pub(crate) defects: Vec<Defect>,
}

impl Reference {
    /// Reads the `ds:Reference` at `node`.
    ///
    /// # Errors
    /// [`XmlError::Limit`].
    pub(crate) fn read(tree: &Tree<'_>, node: NodeId) -> Result<Self, XmlError> {
        let mut found = Finder { tree, defects: Vec::new() };
        let method = found.needed(Some(node), "DigestMethod");
        let value = found.needed(Some(node), "DigestValue");
        let value = found.octets(value, "DigestValue");
        found.optional(node, "Transforms");
        let attribute = |name| tree.attribute(node, name).map(Into::into);
        Ok(Self {
            node,
            id: attribute("Id"),
            uri: attribute("URI"),
            kind: attribute("Type"),
            transforms: Transform::read_all(tree, node)?,
            digest: method
                .map_or_else(|| Named::Unsupported(String::new()), |node| read_digest_method(tree, node)),
            value,
            defects: found.defects,
        })
    }
}

/// Why what a reference names cannot be digested.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum ReferenceError {
    /// Nothing in the document, or nothing that the caller gave, has that name.
    #[error("{uri} is not there")]
    NotFound { uri: String },
    /// Several elements have the identifier: which one was signed is not for the reader to guess.
    #[error("more than one element is {uri}")]
    Ambiguous { uri: String },
    /// A form of URI that XML Signature does not define for references.
    #[error("references of the form {uri} are not supported")]
    UnsupportedUri { uri: String },
    #[error("the transform {uri} is not supported")]
    UnsupportedTransform { uri: String },
    #[error("the content of the transform {uri} is not as its standard says")]
    MalformedTransform { uri: String },
    #[error("the digest algorithm {uri} is not supported")]
    UnsupportedDigest { uri: String },
    /// The enveloped-signature transform over data that the signature does not stand in.
    #[error("the signature does not stand in what it takes itself out of")]
    NotEnveloped,
    #[error("what a Base64 transform is to decode is not Base64")]
    NotBase64,
    /// XPath Filter 2.0 that selects attributes or namespaces.
    #[error("a filter selects attributes: subtrees are what it is for")]
    FilterOfAttributes,
    /// Only digests of the data are known: none under this algorithm, or the reference transforms the data.
    #[error("the octets of {uri} are needed")]
    OctetsNeeded { uri: String },
    /// All references together are over more octets than keiin digests.
    #[error("references over more than {limit} octets")]
    TooMuch { limit: u64 },
    #[error(transparent)]
    XPath(#[from] XPathError),
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// What a reference names, before its transforms.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'d> {
    /// The document.
    Document { comments: bool },
    /// An element and all in it.
    Element { node: NodeId, comments: bool },
    /// Data outside.
    External(&'d ExternalData),
}

/// What a digest covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) covered: Covered,
    /// How much of it.
    pub(crate) extent: Extent,
}

/// The data under a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Covered {
    Document,
    Element(NodeId),
    /// Data outside, by the name that the caller gave it.
    External(Option<String>),
}

impl Coverage {
    /// The document element with all in it, apart from signatures, is under the digest.
    pub(crate) fn is_document(&self, tree: &Tree<'_>) -> bool {
        let named = match self.covered {
            Covered::Document => true,
            Covered::Element(node) => node == tree.root(),
            Covered::External(_) => false,
        };
        named && matches!(self.extent, Extent::Whole | Extent::WithoutSignatures)
    }
}

/// How many octets may still be made.
pub(crate) type Octets = Cell<u64>;

/// Finds and digests what the references of one document name, within one budget.
pub(crate) struct Resolver<'t, 'a> {
    tree: &'t Tree<'a>,
    detached: &'t Detached,
    /// One external URI at most is referenced in the document.
    only: OnceCell<bool>,
    work: Work,
    octets: Octets,
}

impl<'t, 'a> Resolver<'t, 'a> {
    pub(crate) fn new(tree: &'t Tree<'a>, detached: &'t Detached) -> Self {
        let outside = detached.data().iter().map(|data| match &data.content {
            Content::Bytes(octets) => octets.len(),
            Content::Digests(_) => 0,
        });
        let all = outside.fold(tree.source().len(), usize::saturating_add);
        Self::within(Work::for_octets(all), tree, detached)
    }

    /// With another budget for XPath than a document's usual one.
    pub(crate) fn within(work: Work, tree: &'t Tree<'a>, detached: &'t Detached) -> Self {
        Self { tree, detached, only: OnceCell::new(), work, octets: Octets::new(MAX_TRANSFORMED) }
    }

    /// What a reference names.
    ///
    /// # Errors
    /// [`ReferenceError`].
    pub(crate) fn resolve(&self, reference: &Reference) -> Result<Target<'t>, ReferenceError> {
        self.resolve_uri(reference.uri.as_deref())
    }

    /// What a URI names, as in `ds:Reference` and `ds:RetrievalMethod` (XML Signature 1.1, 4.4.3.2 and 4.4.3.3: comments
    /// stay where an XPointer is written out, and only there).
    ///
    /// # Errors
    /// [`ReferenceError`].
    pub(crate) fn resolve_uri(&self, uri: Option<&str>) -> Result<Target<'t>, ReferenceError> {
        let named = uri.unwrap_or_default();
        let unsupported = || ReferenceError::UnsupportedUri { uri: named.to_owned() };
        let Some(fragment) = uri.and_then(|uri| uri.strip_prefix('#')) else {
            return if uri == Some("") {
                Ok(Target::Document { comments: false })
            } else {
                self.external(uri).map(Target::External)
            };
        };
        if fragment.starts_with("xpointer(") {
            return self.pointer(&decoded(fragment), named);
        }
        if fragment.contains(['(', ')']) && self.tree.by_id(fragment).is_none() {
            return Err(unsupported());
        }
        Ok(Target::Element { node: self.element(fragment, named)?, comments: false })
    }

    /// The two XPointers that XML Signature defines (4.4.3.3): the document and an element, comments and all.
    fn pointer(&self, fragment: &str, uri: &str) -> Result<Target<'t>, ReferenceError> {
        let unsupported = || ReferenceError::UnsupportedUri { uri: uri.to_owned() };
        let pointer = fragment.strip_prefix("xpointer(").and_then(|rest| rest.strip_suffix(')'));
        let pointer = pointer.ok_or_else(unsupported)?;
        if pointer == "/" {
            return Ok(Target::Document { comments: true });
        }
        let id = pointer_id(pointer).ok_or_else(unsupported)?;
        Ok(Target::Element { node: self.element(id, uri)?, comments: true })
    }

    /// The one element with an identifier, which may be percent-encoded in a URI.
    fn element(&self, id: &str, uri: &str) -> Result<NodeId, ReferenceError> {
        for id in [Cow::Borrowed(id), decoded(id)] {
            if let Some(node) = self.tree.by_id(&id) {
                return Ok(node);
            }
            if self.tree.is_ambiguous(&id) {
                return Err(ReferenceError::Ambiguous { uri: uri.to_owned() });
            }
        }
        Err(ReferenceError::NotFound { uri: uri.to_owned() })
    }

    fn external(&self, uri: Option<&str>) -> Result<&'t ExternalData, ReferenceError> {
        let only = *self.only.get_or_init(|| only_one_external(self.tree));
        let named = || uri.unwrap_or_default().to_owned();
        self.detached.find(uri, only).ok_or_else(|| ReferenceError::NotFound { uri: named() })
    }

    /// Writes the octets that a reference's digest is over (XML Signature 1.1, 4.4.3.2). Nodes that the last transform
    /// leaves are canonicalised by `last`: [`default_canonicalization`] for a digest, a time-stamp's own for its imprint.
    ///
    /// # Errors
    /// [`ReferenceError`]; then what was written is of no use.
    pub(crate) fn transformed(
        &self,
        reference: &Reference,
        last: &Canonicalization,
        out: &mut dyn Sink,
    ) -> Result<Coverage, ReferenceError> {
        let tree = self.tree;
        let target = self.resolve(reference)?;
        let (top, data, covered) = match target {
            Target::Document { comments } => {
                (tree.document(), Data::Nodes(NodeSet::document(comments)), Covered::Document)
            }
            Target::Element { node, comments } => {
                (node, Data::Nodes(NodeSet::subtree(tree, node, comments)), Covered::Element(node))
            }
            Target::External(external) => {
                let Content::Bytes(octets) = &external.content else {
                    let uri = reference.uri.clone().unwrap_or_default();
                    return Err(ReferenceError::OctetsNeeded { uri });
                };
                let octets = Data::Octets(Cow::Borrowed(octets.as_ref()));
                (tree.document(), octets, Covered::External(external.name.clone()))
            }
        };
        let signature = self.holder(reference.node);
        let chain = Chain { home: tree, signature, last, work: &self.work, octets: &self.octets };
        let mut counted = Counted { out, octets: 0 };
        let extent = chain.run(top, data, &reference.transforms, &mut counted);
        chain.count(counted.octets)?;
        Ok(Coverage { covered, extent: extent? })
    }

    /// The digest of what a reference names, under its own algorithm.
    ///
    /// # Errors
    /// [`ReferenceError`]; [`ReferenceError::UnsupportedDigest`] only when what is named was found.
    pub(crate) fn digest(&self, reference: &Reference) -> Result<(Vec<u8>, Coverage), ReferenceError> {
        let target = self.resolve(reference)?;
        let algorithm = match &reference.digest {
            Named::Known(algorithm) => *algorithm,
            Named::Unsupported(uri) => return Err(ReferenceError::UnsupportedDigest { uri: uri.clone() }),
        };
        if let Target::External(ExternalData { name, content: Content::Digests(digests) }) = target {
            let uri = || reference.uri.clone().unwrap_or_default();
            // Data whose digest is the signed one is what was signed, whatever the transforms would have made of it before.
            let same = |digest: &keiin_model::Bytes| **digest == *reference.value;
            let known = digests.value(algorithm).filter(|d| reference.transforms.is_empty() || same(d));
            let digest = known.ok_or_else(|| ReferenceError::OctetsNeeded { uri: uri() })?;
            let coverage = Coverage { covered: Covered::External(name.clone()), extent: Extent::Whole };
            return Ok((digest.to_vec(), coverage));
        }
        let mut hasher = Hasher::new(algorithm);
        let coverage = self.transformed(reference, &default_canonicalization(), &mut hasher)?;
        Ok((hasher.finish(), coverage))
    }

    /// The signature that an element stands in: what the enveloped-signature transform takes out (XML Signature 1.1, 6.6.4).
    fn holder(&self, node: NodeId) -> Option<NodeId> {
        self.tree.ancestors(node).find(|ancestor| self.tree.is(*ancestor, DSIG, "Signature"))
    }
}

/// How nodes become octets where nothing says it (XML Signature 1.1, 4.4.3.2): Canonical XML 1.0 without comments.
pub(crate) fn default_canonicalization() -> Canonicalization {
    Canonicalization { method: Method::Inclusive10, comments: false, prefixes: Vec::new() }
}

/// The identifier in `id('…')`.
fn pointer_id(pointer: &str) -> Option<&str> {
    let quoted = pointer.strip_prefix("id(")?.strip_suffix(')')?;
    let plain = |quote: char| quoted.strip_prefix(quote)?.strip_suffix(quote);
    plain('\'').or_else(|| plain('"')).filter(|id| !id.contains(['\'', '"']))
}

fn only_one_external(tree: &Tree<'_>) -> bool {
    let references = tree.descendants(tree.document()).filter(|node| tree.is(*node, DSIG, "Reference"));
    let uris = references.filter_map(|node| tree.attribute(node, "URI"));
    let external: BTreeSet<_> = uris.filter(|uri| !uri.is_empty() && !uri.starts_with('#')).collect();
    external.len() <= 1
}

/// Counts what passes.
struct Counted<'o> {
    out: &'o mut dyn Sink,
    octets: u64,
}

impl Sink for Counted<'_> {
    fn write(&mut self, octets: &[u8]) {
        self.octets = self.octets.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        self.out.write(octets);
    }
}
