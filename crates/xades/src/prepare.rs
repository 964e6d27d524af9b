// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Lays out what a signer is to sign: ds:SignedInfo of a ds:Signature that is complete but for its value
//! (XML Signature 1.1, 3.1; EN 319 132-1, 6.3).

mod layout;
mod signer;

use std::{borrow::Cow, ops::Range};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_model::{Bytes, ObjectId, SignatureAlgorithm, SignatureFacts, SigningIntent, Time};
use keiin_pki::{digest::digest, signing::SigningError};
use serde::{Deserialize, Serialize};

use self::{
    layout::{Around, Layout, MANIFEST, lay_out},
    signer::SignerChoice,
};
use crate::{
    Xades, XadesError,
    algorithm::DSIG,
    augment::{check_kept, unsigned_place},
    c14n::{Canonicalization, canonicalize},
    content::Detached,
    facts, locate,
    reference::{ReferenceError, Resolver},
    shape::{DataObject, KeyInfo, XadesShape},
    signature::read_signatures,
    template::{
        Element, Properties, Reference, SignatureParts, Step, XADES, signature as signature_element,
        signed_properties,
    },
    xml::{NodeId, NodeSet, Textless, Tree},
};

/// EN 319 132-1, 4.4.2: the reference to the signed properties.
const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
/// EN 319 132-1, 5.2.7.3.
const COUNTERSIGNED: &str = "http://uri.etsi.org/01903#CountersignedSignature";

/// A signature but for its value. It serialises and holds all that [`Prepared::attach`] needs, so that the card may be
/// in another process or place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prepared {
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) to_be_signed: Bytes,
    pub(crate) certificate: Bytes,
    /// The whole document with an empty ds:SignatureValue.
    pub(crate) document: Bytes,
    /// Where the value goes, in octets from the beginning.
    pub(crate) value_at: u64,
}

impl Prepared {
    /// The octets that the signer signs: ds:SignedInfo in canonical form.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The scheme that the signer signs with. A value by [`SignatureAlgorithm::Ecdsa`] is taken in DER and written as
    /// XML wants it.
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The digest of [`to_be_signed`](Self::to_be_signed) under the scheme's digest, as cards take it; empty for a
    /// scheme that takes the message itself.
    pub fn digest(&self) -> Vec<u8> {
        self.algorithm.digest().map_or_else(Vec::new, |algorithm| digest(algorithm, &self.to_be_signed))
    }

    /// Whether what is signed may stand outside of the document, by a reference or in a list: then whoever reads the
    /// signature needs it.
    pub fn refers_outside(&self) -> bool {
        let Ok(tree) = Tree::read(&self.to_be_signed) else { return true };
        let outside = |reference| {
            let uri = tree.attribute(reference, "URI");
            tree.attribute(reference, "Type").as_deref() == Some(MANIFEST)
                || uri.is_none_or(|uri| !uri.is_empty() && !uri.starts_with('#'))
        };
        tree.elements(tree.root()).filter(|child| tree.is(*child, DSIG, "Reference")).any(outside)
    }

    /// The certificate whose key must sign, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }
}

/// Lays out a signature over `objects`. The packagings that sign an XML document take exactly one, and its octets; if
/// the document has signatures already, this one is another, and a change that would break one of them is refused.
/// Objects that are handed over are not copied: a large document grows where it stands.
///
/// `certificate` is the signer's, `chain` others for ds:KeyInfo, in any order; `now` is the claimed time of signing.
///
/// # Errors
/// [`XadesError`] when the certificate cannot be read, is not valid at `now`, does not fit the scheme, the scheme is not
/// good for new signatures, or the document is no XML; [`XadesError::Misuse`] when objects and shape do not fit.
pub fn prepare<'o, C: AsRef<[u8]>>(
    objects: impl Into<Cow<'o, [DataObject]>>,
    certificate: &[u8],
    chain: &[C],
    intent: &SigningIntent,
    shape: &XadesShape,
    now: Time,
) -> Result<Prepared, XadesError> {
    let objects = objects.into();
    let signer = SignerChoice::new(certificate, chain, intent, now)?;
    shape.check_names()?;
    objects.iter().try_for_each(DataObject::check)?;
    let document = shape.packaging.document(&objects)?.cloned();
    let none = Detached::new();
    let (drawn, standing) = {
        let tree = document.as_deref().map(Tree::read).transpose()?;
        if let Some(tree) = &tree {
            tree.editable()?;
        }
        let id = signer.id(shape, tree.as_ref())?;
        let layout =
            lay_out(&objects, tree.as_ref(), shape, intent.mime_type.as_deref(), signer.digest, &id)?;
        let standing = tree.as_ref().map(|tree| facts::of(tree, &none)).transpose()?;
        let drawn = signer.drawn(layout, tree.map(Tree::without_text), shape, &id)?;
        (drawn, standing.unwrap_or_default().signatures)
    };
    drop(objects); // else a large document would be there twice
    signer.prepared(drawn.written(document), &standing, &none)
}

/// Lays out a counter-signature of one signature: its ds:SignatureValue is signed, not the content (EN 319 132-1,
/// 5.2.7). [`XadesShape::packaging`] is not looked at.
///
/// # Errors
/// As [`prepare`]; [`XadesError::Misuse`] when there is no such signature, or its ds:SignatureValue has no id.
pub fn prepare_countersignature<C: AsRef<[u8]>>(
    existing: &Xades,
    signature: ObjectId,
    certificate: &[u8],
    chain: &[C],
    intent: &SigningIntent,
    shape: &XadesShape,
    now: Time,
) -> Result<Prepared, XadesError> {
    let signer = SignerChoice::new(certificate, chain, intent, now)?;
    shape.check_names()?;
    let tree = Tree::read(existing.as_bytes())?;
    tree.editable()?;
    let all = read_signatures(&tree)?;
    let signed = locate::find(&all, &signature)?;
    let what = "the ds:SignatureValue of this signature has no Id, so it cannot be referred to";
    let value_id = signed.value_node.and_then(|node| tree.attribute(node, "Id"));
    let value_id = value_id.ok_or(XadesError::Misuse { what })?;
    let id = signer.id(shape, Some(&tree))?;
    let reference = Reference {
        id: Some(format!("{id}-ref-1")),
        uri: format!("#{value_id}").into(),
        kind: Some(COUNTERSIGNED),
        steps: vec![Step::Named(shape.canonical.uri())],
        digest: signer.digest,
        value: None,
    };
    let at = unsigned_place(&tree, signed.node)?.splice_around("CounterSignature");
    let around = Around::Existing { at };
    let layout = Layout { around, references: vec![reference], objects: Vec::new(), formats: Vec::new() };
    let drawn = signer.drawn(layout, Some(tree.without_text()), shape, &id)?;
    let written = drawn.written(Some(existing.as_bytes().into()));
    let none = Detached::new();
    signer.prepared(written, existing.signatures(), existing.detached().unwrap_or(&none))
}

/// A new signature, and where it goes.
struct Drawn {
    signature: Vec<u8>,
    around: Around,
    /// What was read of the document that it goes into.
    read: Option<Textless>,
    known: Vec<bool>,
}

impl Drawn {
    /// The document that the signature goes into, with it.
    fn written(self, existing: Option<Bytes>) -> Written {
        let (document, at) = self.around.document(existing, &self.signature);
        let read = self.read.zip(self.around.same());
        Written { document, at, read, known: self.known }
    }
}

/// A document with the new signature in it, digests and value still open.
struct Written {
    document: Vec<u8>,
    /// Where the signature begins.
    at: usize,
    /// What was read of it before the signature was there, and how far that holds.
    read: Option<(Textless, usize)>,
    /// Which of its references have their digests already.
    known: Vec<bool>,
}

impl SignerChoice<'_> {
    fn drawn(
        &self,
        layout: Layout<'_>,
        read: Option<Textless>,
        shape: &XadesShape,
        id: &str,
    ) -> Result<Drawn, XadesError> {
        let Layout { around, mut references, mut objects, formats } = layout;
        let method = shape.canonical.uri();
        let own = |number: usize, uri: String, kind| Reference {
            id: Some(format!("{id}-ref-{number}")),
            uri: uri.into(),
            kind,
            steps: vec![Step::Named(method)],
            digest: self.digest,
            value: None,
        };
        if shape.key_info == KeyInfo::Signed {
            references.push(own(references.len() + 1, format!("#{id}-key"), None));
        }
        references.push(own(references.len() + 1, format!("#{id}-signed"), Some(SIGNED_PROPERTIES)));
        let known = references.iter().map(|r| r.value.is_some()).collect();
        let properties = signed_properties(&Properties {
            prefixes: &shape.prefixes,
            id: format!("{id}-signed"),
            certificate: &self.certificate,
            naming: shape.naming,
            digest: self.digest,
            intent: self.intent,
            time: self.time(),
            objects: formats,
        });
        let not_named = XadesError::from(SigningError::NotForSigning { algorithm: self.intent.algorithm });
        let Some(properties) = properties else { return Err(not_named) };
        let (ds, xades) = (shape.prefixes.ds.as_str(), shape.prefixes.xades.as_str());
        let qualifying = Element::new(xades, "QualifyingProperties")
            .declaring(xades, XADES)
            .attribute("Id", format!("{id}-properties"))
            .attribute("Target", format!("#{id}"))
            .child(properties);
        objects.push(Element::new(ds, "Object").child(qualifying));
        let signature = signature_element(SignatureParts {
            prefixes: &shape.prefixes,
            id,
            canonicalization: method,
            algorithm: self.intent.algorithm,
            references,
            certificates: self.certificates(shape.certificates),
            objects,
        });
        let Some(signature) = signature else { return Err(not_named) };
        Ok(Drawn { signature: signature.to_octets(), around, read, known })
    }

    /// Reads the document as it will stand, computes every digest with the reader's own code, puts it in its place and
    /// canonicalises ds:SignedInfo. The signatures and time-stamps that were `standing` there must not notice.
    fn prepared(
        &self,
        written: Written,
        standing: &[SignatureFacts],
        detached: &Detached,
    ) -> Result<Prepared, XadesError> {
        let Written { document, at, read, known } = written;
        let mut document = String::from_utf8(document).map_err(|_| LOST)?;
        let tree = match read {
            Some((read, same)) => read.read_on(&document, same)?,
            None => Tree::of_text(&document)?,
        };
        let open = Open::of(&tree, at, &known)?;
        let tables = tree.without_text();
        for (place, text) in &open.digests {
            document.get(place.clone()).filter(|room| room.len() == text.len()).ok_or(LOST)?;
            document.replace_range(place.clone(), text);
        }
        // Base64 in the place of as much Base64: everything stands where it stood.
        let tree = tables.with_text(&document).ok_or(LOST)?;
        let to_be_signed = open.signed_info(&tree)?;
        if !standing.is_empty() {
            check_kept(standing, &facts::of(&tree, detached)?.signatures)?;
        }
        drop(tree);
        Ok(Prepared {
            algorithm: self.intent.algorithm,
            to_be_signed: to_be_signed.into(),
            certificate: self.certificate.raw.into(),
            value_at: u64::try_from(open.value_at).unwrap_or(u64::MAX),
            document: document.into_bytes().into(),
        })
    }
}

/// What is still open in a document that was written, and where.
struct Open {
    /// Each digest that was not known with its place.
    digests: Vec<(Range<usize>, String)>,
    /// Where the signature's value goes.
    value_at: usize,
    signed_info: NodeId,
    canonicalization: Canonicalization,
}

impl Open {
    fn of(tree: &Tree<'_>, at: usize, known: &[bool]) -> Result<Self, XadesError> {
        let all = read_signatures(tree)?;
        let signature = all.iter().find(|s| tree.range(s.node).start == at).ok_or(LOST)?;
        let detached = Detached::new();
        let resolver = Resolver::new(tree, &detached);
        let open = signature.references.iter().zip(known).filter(|(_, known)| !**known);
        let digests = open.map(|(reference, _)| {
            let (digest, _) = resolver.digest(reference).map_err(undigested)?;
            let value = tree.child(reference.node, DSIG, "DigestValue");
            let place = value.and_then(|node| tree.content(node)).ok_or(LOST)?;
            Ok((place, STANDARD.encode(digest)))
        });
        Ok(Self {
            digests: digests.collect::<Result<_, XadesError>>()?,
            value_at: signature.value_node.and_then(|node| tree.content(node)).ok_or(LOST)?.start,
            signed_info: signature.signed_info.ok_or(LOST)?,
            canonicalization: signature.canonicalization.known().ok_or(LOST)?.clone(),
        })
    }

    /// The canonical ds:SignedInfo.
    fn signed_info(&self, tree: &Tree<'_>) -> Result<Vec<u8>, XadesError> {
        let set = NodeSet::subtree(tree, self.signed_info, self.canonicalization.comments);
        let mut octets = Vec::new();
        canonicalize(tree, &set, &self.canonicalization, &mut octets)?;
        Ok(octets)
    }
}

fn undigested(error: ReferenceError) -> XadesError {
    match error {
        ReferenceError::Xml(error) => XadesError::Xml(error),
        _ => XadesError::Misuse { what: "what is to be signed cannot be digested" },
    }
}

/// What was written is not where it was put: never, unless the document around it changes its meaning.
const LOST: XadesError =
    XadesError::Misuse { what: "the document does not let a signature stand in this place" };
