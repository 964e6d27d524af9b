// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where the new signature stands and what it refers to: the four packagings.

use std::borrow::Cow;

use keiin_model::{Bytes, DigestAlgorithm};
use keiin_pki::digest::{Hasher, digest};

use crate::{
    XadesError,
    c14n::canonicalize,
    content::Content,
    shape::{
        Canonical, Carried, ContentTransform, DataObject, Except, List, ObjectFormat, Parent, Sibling,
        XadesShape, XmlPackaging,
    },
    splice::{Splice, last_child},
    template::{BASE64, ENVELOPED, Element, Reference, SignedObject, Step, manifest},
    xml::{NodeId, NodeKind, NodeSet, Tree},
};

/// xmldsig's Type of a reference to a ds:Object.
const OBJECT: &str = "http://www.w3.org/2000/09/xmldsig#Object";
/// xmldsig's Type of a reference to a ds:Manifest.
pub(super) const MANIFEST: &str = "http://www.w3.org/2000/09/xmldsig#Manifest";
const XML: &str = "text/xml";
const OCTETS: &str = "application/octet-stream";
const DECLARATION: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// What the signature is put into, and what it holds of the content.
pub(crate) struct Layout<'a> {
    /// The document around the signature.
    pub(crate) around: Around,
    /// The references to the content.
    pub(crate) references: Vec<Reference<'a>>,
    /// ds:Object elements with content.
    pub(crate) objects: Vec<Element<'a>>,
    /// The formats to state.
    pub(crate) formats: Vec<SignedObject>,
}

/// The octets of the document around the signature.
pub(crate) enum Around {
    /// A document of its own.
    Nothing,
    /// Octets before and behind.
    New { before: Vec<u8>, after: Vec<u8> },
    /// A place in an existing document.
    Existing { at: Splice },
}

impl Around {
    /// The octets of an existing document up to which every token stays as it is.
    pub(crate) const fn same(&self) -> Option<usize> {
        match self {
            Self::Existing { at } => Some(at.same()),
            Self::Nothing | Self::New { .. } => None,
        }
    }

    /// The whole document, and where the signature begins in it.
    pub(crate) fn document(&self, existing: Option<Bytes>, signature: &[u8]) -> (Vec<u8>, usize) {
        match self {
            Self::Nothing => ([DECLARATION, signature].concat(), DECLARATION.len()),
            Self::New { before, after } => ([before, signature, after].concat(), before.len()),
            Self::Existing { at } => at.insert(existing.map(Vec::from).unwrap_or_default(), signature),
        }
    }
}

/// Lays out the content's part. `id` is the signature's id.
pub(crate) fn lay_out<'a>(
    objects: &'a [DataObject],
    home: Option<&Tree<'_>>,
    shape: &XadesShape,
    mime_type: Option<&'a str>,
    digest: DigestAlgorithm,
    id: &'a str,
) -> Result<Layout<'a>, XadesError> {
    let frame = Frame { shape, mime_type, digest, id };
    match (&shape.packaging, home) {
        (XmlPackaging::Enveloped { parent, except }, Some(home)) => {
            frame.enveloped(home, element(home, parent)?, *except)
        }
        (XmlPackaging::InternallyDetached { element: Sibling::Existing { id, into } }, Some(home)) => {
            frame.beside_existing(home, id, element(home, into)?)
        }
        (XmlPackaging::Enveloping { carried }, _) => frame.enveloping(objects, *carried),
        (XmlPackaging::InternallyDetached { element: Sibling::New { carried } }, _) => {
            frame.beside_new(objects, *carried)
        }
        (XmlPackaging::Detached { list }, _) => frame.detached(objects, *list),
        _ => Err(XadesError::Misuse {
            what: "this packaging signs one XML document, and its octets are needed",
        }),
    }
}

struct Frame<'a, 's> {
    shape: &'s XadesShape,
    mime_type: Option<&'a str>,
    digest: DigestAlgorithm,
    id: &'a str,
}

impl<'a> Frame<'a, '_> {
    fn enveloped(self, home: &Tree<'_>, parent: NodeId, except: Except) -> Result<Layout<'a>, XadesError> {
        let first = match except {
            Except::Itself => Step::Named(ENVELOPED),
            Except::EverySignature => Step::WithoutSignatures,
        };
        let steps = vec![first, Step::Named(self.shape.canonical.uri())];
        let reference = self.reference(1, Cow::Borrowed(""), None, steps);
        let around = Around::Existing { at: last_child(home, parent)? };
        Ok(self.layout(around, vec![(reference, self.mime_type.unwrap_or(XML))], Vec::new()))
    }

    fn beside_existing(self, tree: &Tree<'_>, signed: &str, into: NodeId) -> Result<Layout<'a>, XadesError> {
        let target = tree.by_id(signed).ok_or(XadesError::Misuse { what: NO_ELEMENT })?;
        if target <= into && into <= tree.last_descendant(target) {
            let what =
                "the signature would stand inside the element that it signs: that is the enveloped packaging";
            return Err(XadesError::Misuse { what });
        }
        let reference = self.reference(1, format!("#{signed}").into(), None, self.content_steps());
        let around = Around::Existing { at: last_child(tree, into)? };
        Ok(self.layout(around, vec![(reference, self.mime_type.unwrap_or(XML))], Vec::new()))
    }

    fn beside_new(self, objects: &'a [DataObject], carried: Carried) -> Result<Layout<'a>, XadesError> {
        let (mut before, mut references) = ([DECLARATION, b"<SignedContent>"].concat(), Vec::new());
        for (number, object) in (1..).zip(objects) {
            let id = format!("{}-content-{number}", self.id);
            let (steps, kind) = self.carried(object, carried);
            references.push((self.reference(number, format!("#{id}").into(), None, steps), kind));
            carry(Element::new("", "Content").attribute("Id", id), octets(object)?, carried)?
                .write(&mut before);
        }
        let around = Around::New { before, after: b"</SignedContent>\n".to_vec() };
        Ok(self.layout(around, references, Vec::new()))
    }

    fn enveloping(self, objects: &'a [DataObject], carried: Carried) -> Result<Layout<'a>, XadesError> {
        let ds = self.shape.prefixes.ds.as_str();
        let (mut references, mut elements) = (Vec::new(), Vec::new());
        for (number, object) in (1..).zip(objects) {
            let id = format!("{}-object-{number}", self.id);
            let (steps, kind) = self.carried(object, carried);
            references.push((self.reference(number, format!("#{id}").into(), Some(OBJECT), steps), kind));
            let mut element = Element::new(ds, "Object").attribute("Id", id);
            if carried == Carried::Base64 {
                element = element.attribute("Encoding", BASE64);
            }
            elements.push(carry(element, octets(object)?, carried)?);
        }
        Ok(self.layout(Around::Nothing, references, elements))
    }

    fn detached(self, objects: &'a [DataObject], list: List) -> Result<Layout<'a>, XadesError> {
        for object in objects {
            if object.uri.is_empty() || object.uri.starts_with('#') {
                return Err(XadesError::Misuse {
                    what: "a detached signature needs the URI of what it signs",
                });
            }
        }
        if list == List::Manifest {
            return self.manifest(objects);
        }
        let references = (1..).zip(objects).map(|(number, object)| {
            let kind = self.kind(object, OCTETS);
            let mut reference = self.reference(number, Cow::Borrowed(&object.uri), None, Vec::new());
            reference.value = Some(digest_of(&object.content, self.digest, None)?);
            Ok((reference, kind))
        });
        Ok(self.layout(Around::Nothing, references.collect::<Result<_, XadesError>>()?, Vec::new()))
    }

    fn manifest(self, objects: &'a [DataObject]) -> Result<Layout<'a>, XadesError> {
        let lines = objects.iter().map(|object| {
            let canonical = self.manifest_canonical(object);
            Ok(Reference {
                id: None,
                uri: Cow::Borrowed(object.uri.as_str()),
                kind: None,
                steps: canonical.map(|how| Step::Named(how.uri())).into_iter().collect(),
                digest: self.digest,
                value: Some(digest_of(&object.content, self.digest, canonical)?),
            })
        });
        let lines: Vec<_> = lines.collect::<Result<_, XadesError>>()?;
        let (ds, id) = (self.shape.prefixes.ds.as_str(), format!("{}-manifest", self.id));
        let steps = vec![Step::Named(self.shape.canonical.uri())];
        let reference = self.reference(1, format!("#{id}").into(), Some(MANIFEST), steps);
        let object = Element::new(ds, "Object").child(manifest(ds, id, &lines).ok_or(NO_NAME)?);
        Ok(self.layout(Around::Nothing, vec![(reference, XML)], vec![object]))
    }

    /// XML files are signed in canonical form, as the software of scanners does.
    fn manifest_canonical(&self, object: &DataObject) -> Option<Canonical> {
        match &object.content {
            Content::Bytes(octets) if object.uri.ends_with(".xml") && Tree::read(octets).is_ok() => {
                Some(self.shape.canonical)
            }
            _ => None,
        }
    }

    fn carried(&self, object: &'a DataObject, carried: Carried) -> (Vec<Step>, &'a str) {
        match carried {
            Carried::Base64 => (vec![Step::Named(BASE64)], self.kind(object, OCTETS)),
            Carried::Xml => (self.content_steps(), self.kind(object, XML)),
        }
    }

    fn kind(&self, object: &'a DataObject, default: &'a str) -> &'a str {
        object.mime_type.as_deref().or(self.mime_type).unwrap_or(default)
    }

    fn content_steps(&self) -> Vec<Step> {
        match self.shape.transform {
            ContentTransform::Stated => vec![Step::Named(self.shape.canonical.uri())],
            ContentTransform::LeftOut => Vec::new(),
        }
    }

    fn reference(
        &self,
        number: usize,
        uri: Cow<'a, str>,
        kind: Option<&'static str>,
        steps: Vec<Step>,
    ) -> Reference<'a> {
        let id = Some(format!("{}-ref-{number}", self.id));
        Reference { id, uri, kind, steps, digest: self.digest, value: None }
    }

    fn layout(
        &self,
        around: Around,
        references: Vec<(Reference<'a>, &str)>,
        objects: Vec<Element<'a>>,
    ) -> Layout<'a> {
        let mut formats = Vec::new();
        if self.shape.formats == ObjectFormat::Stated {
            formats.extend(references.iter().filter_map(|(reference, kind)| {
                Some(SignedObject { reference: reference.id.clone()?, mime_type: (*kind).to_owned() })
            }));
        }
        let references = references.into_iter().map(|(reference, _)| reference).collect();
        Layout { around, references, objects, formats }
    }
}

const NO_ELEMENT: &str = "the document has no element with this id";
const NO_NAME: XadesError = XadesError::Misuse { what: "the digest has no name in XML" };

/// An element of the document by what the caller says.
fn element(tree: &Tree<'_>, parent: &Parent) -> Result<NodeId, XadesError> {
    match parent {
        Parent::Root => Ok(tree.root()),
        Parent::Id(id) => tree.by_id(id).ok_or(XadesError::Misuse { what: NO_ELEMENT }),
        Parent::Path(names) => {
            let down = |node, name: &String| tree.child(node, "", name);
            let what = "the document has no element by these names";
            names.iter().try_fold(tree.root(), down).ok_or(XadesError::Misuse { what })
        }
    }
}

/// The digest of what stands outside of the document.
fn digest_of(
    content: &Content,
    algorithm: DigestAlgorithm,
    canonical: Option<Canonical>,
) -> Result<Vec<u8>, XadesError> {
    match (content, canonical) {
        (Content::Bytes(octets), None) => Ok(digest(algorithm, octets)),
        (Content::Bytes(octets), Some(how)) => {
            let tree = Tree::read(octets)?;
            let mut hasher = Hasher::new(algorithm);
            canonicalize(&tree, &NodeSet::document(false), &how.canonicalization(), &mut hasher)?;
            Ok(hasher.finish())
        }
        (Content::Digests(digests), _) => {
            let what = "the digest of the content is not given in the algorithm that is asked for";
            Ok(digests.value(algorithm).ok_or(XadesError::Misuse { what })?.to_vec())
        }
    }
}

fn octets(object: &DataObject) -> Result<&[u8], XadesError> {
    match &object.content {
        Content::Bytes(octets) => Ok(octets),
        Content::Digests(_) => Err(XadesError::Misuse {
            what: "the content goes into the signature's file, so its octets are needed",
        }),
    }
}

fn carry<'a>(element: Element<'a>, octets: &'a [u8], carried: Carried) -> Result<Element<'a>, XadesError> {
    match carried {
        Carried::Base64 => Ok(element.base64(octets)),
        Carried::Xml => Ok(element.markup(markup(octets)?)),
    }
}

/// The document element with what stands beside it, without the XML declaration and what could not stand in an element.
fn markup(octets: &[u8]) -> Result<&[u8], XadesError> {
    let tree = Tree::read(octets)?;
    tree.editable()?;
    let mut nodes = tree.children(tree.document()).filter(|node| tree.kind(*node) != NodeKind::Text);
    let first = nodes.next().map(|node| tree.range(node));
    let last = nodes.last().map(|node| tree.range(node)).or_else(|| first.clone());
    let range = first.zip(last).map(|(first, last)| first.start..last.end);
    range.and_then(|range| octets.get(range)).ok_or(XadesError::Misuse { what: "there is no content" })
}
