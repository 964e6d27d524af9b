// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The documents of Japan's electronic prescription service, as they really are: the prescription, the dispensing record
//! and the signature over scanned files. What is not signed (ids that the service gives, drug codes that it adds) is not
//! made here.

use crate::{
    XadesError,
    shape::{
        Canonical, CertificateNaming, ContentTransform, Ids, KeyInfo, List, ObjectFormat, Parent, Prefixes,
        Sibling, XadesShape, XmlPackaging,
    },
    splice::{apply_all, last_child},
    template::Element,
    xml::{NodeId, Tree},
};

const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// What a form signs, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The document that the signature goes into; `None` when it stands beside the files that it signs.
    pub document: Option<Vec<u8>>,
    /// How.
    pub shape: XadesShape,
}

/// A prescription from its CSV (records from `SJ1` on), or an unsigned prescription document as it stands.
///
/// # Errors
/// [`XadesError::Misuse`] when it is neither; [`XadesError::Xml`] when the document is no XML.
pub fn prescription(input: &[u8]) -> Result<Form, XadesError> {
    let document = if is_xml(input) {
        unsigned(input, Some("Prescription"), "PrescriptionSign")?
    } else {
        check_csv(
            input,
            b"SJ",
            "this is no prescription: its CSV begins with a record SJ1, its XML has an element Prescription",
        )?;
        let prescription = Element::new("", "Prescription")
            .child(management("PrescriptionManagement", "EPS1.0"))
            .child(csv("PrescriptionDocument", input))
            .child(Element::new("", "PrescriptionSign").text(""));
        document("EP.xsd", |root| root.child(prescription))
    };
    Ok(Form {
        shape: shape("PrescriptionSign", &["Prescription", "PrescriptionSign"], "PrescriptionDocument"),
        document: Some(document),
    })
}

/// A dispensing record from its CSV (records from `CJ1` on) and the signed prescription that was dispensed, whose
/// octets go in as they stand.
///
/// # Errors
/// [`XadesError::Misuse`] when one is not what it must be; [`XadesError::Xml`] when the prescription is no XML.
pub fn dispensing(input: &[u8], prescription: &[u8]) -> Result<Form, XadesError> {
    check_csv(input, b"CJ", "this is no dispensing record: its CSV begins with a record CJ1")?;
    let tree = Tree::read(prescription)?;
    tree.editable()?;
    let what = "the prescription to dispense is a signed document with an element Prescription";
    let element = tree.child(tree.root(), "", "Prescription").ok_or(XadesError::Misuse { what })?;
    tree.child(element, "", "PrescriptionSign").ok_or(XadesError::Misuse { what })?;
    let inside = tree.content(element).and_then(|range| prescription.get(range));
    let reference =
        Element::new("", "ReferencePrescription").markup(inside.ok_or(XadesError::Misuse { what })?);
    let dispensing = Element::new("", "Dispensing")
        .attribute("id", "Dispensing")
        .child(reference)
        .child(csv("DispensingDocument", input));
    let octets = document("ED.xsd", |root| {
        root.child(management("DispensingManagement", "EPD1.0"))
            .child(dispensing)
            .child(Element::new("", "DispensingSign").text(""))
    });
    Ok(Form { shape: shape("DispensingSign", &["DispensingSign"], "Dispensing"), document: Some(octets) })
}

/// A dispensing record that is whole but for its signature.
///
/// # Errors
/// As [`dispensing`].
pub fn dispensing_document(input: &[u8]) -> Result<Form, XadesError> {
    let what = "this is no dispensing record: for a prescription that was dispensed, the CSV of its dispensing is needed too";
    let has_dispensing = |tree: Tree<'_>| tree.child(tree.root(), "", "Dispensing").is_some();
    if !is_xml(input) || !has_dispensing(Tree::read(input)?) {
        return Err(XadesError::Misuse { what });
    }
    let document = unsigned(input, None, "DispensingSign")?;
    Ok(Form { shape: shape("DispensingSign", &["DispensingSign"], "Dispensing"), document: Some(document) })
}

/// Scanned files by name: a ds:Manifest refers to each.
pub fn scan() -> Form {
    let shape = XadesShape {
        canonical: Canonical::Inclusive,
        prefixes: Prefixes { ds: String::new(), xades: String::new() },
        ..XadesShape::new(XmlPackaging::Detached { list: List::Manifest })
    };
    Form { document: None, shape }
}

/// The signature of both documents: in an element of its own, beside the element that it signs, ds:KeyInfo signed.
fn shape(id: &str, path: &[&str], signed: &str) -> XadesShape {
    let into = Parent::Path(path.iter().map(|name| (*name).to_owned()).collect());
    let element = Sibling::Existing { id: signed.to_owned(), into };
    XadesShape {
        canonical: Canonical::Exclusive,
        transform: ContentTransform::LeftOut,
        key_info: KeyInfo::Signed,
        naming: CertificateNaming::Digest,
        formats: ObjectFormat::LeftOut,
        prefixes: Prefixes { ds: "xs".to_owned(), xades: "xa".to_owned() },
        ids: Ids::Given(id.to_owned()),
        ..XadesShape::new(XmlPackaging::InternallyDetached { element })
    }
}

fn document<'a>(schema: &'static str, fill: impl FnOnce(Element<'a>) -> Element<'a>) -> Vec<u8> {
    let root = Element::new("", "Document")
        .declaring("xsi", SCHEMA_INSTANCE)
        .attribute("id", "Document")
        .attribute("xsi:noNamespaceSchemaLocation", schema);
    [DECLARATION.as_bytes(), &fill(root).to_octets()].concat()
}

fn management<'a>(local: &'static str, version: &'static str) -> Element<'a> {
    let version = Element::new("", "Version").attribute("Value", version);
    Element::new("", local).attribute("id", local).child(version)
}

fn csv<'a>(local: &'static str, octets: &'a [u8]) -> Element<'a> {
    Element::new("", local).attribute("id", local).base64(octets)
}

/// Whether a file is XML by its beginning.
pub fn is_xml(input: &[u8]) -> bool {
    let input = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    input.iter().find(|octet| !octet.is_ascii_whitespace()) == Some(&b'<')
}

/// The first record names the kind and version of the CSV.
fn check_csv(input: &[u8], kind: &[u8], what: &'static str) -> Result<(), XadesError> {
    let input = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    if input.starts_with(kind) { Ok(()) } else { Err(XadesError::Misuse { what }) }
}

/// A document as it stands, with a place for the signature: the last child of the document element, or of `holder` in it.
fn unsigned(input: &[u8], holder: Option<&str>, place: &str) -> Result<Vec<u8>, XadesError> {
    let tree = Tree::read(input)?;
    tree.editable()?;
    let found = match holder {
        Some(local) => tree.child(tree.root(), "", local),
        None => Some(tree.root()),
    };
    let what = "the document is of another kind than the profile";
    let found = found.ok_or(XadesError::Misuse { what })?;
    match tree.child(found, "", place) {
        None => {
            let element = Element::new("", place).text("").to_octets();
            Ok(apply_all(input, vec![(last_child(&tree, found)?, element)]))
        }
        Some(place) if has_elements(&tree, place) => {
            Err(XadesError::Misuse { what: "the document is signed already" })
        }
        Some(_) => Ok(input.to_vec()),
    }
}

fn has_elements(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.elements(node).next().is_some()
}
