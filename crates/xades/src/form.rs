// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The documents of Japan's electronic prescription service, as they really are: the prescription, the dispensing record
//! and the signature over scanned files. What is not signed (ids that the service gives, drug codes that it adds) is not
//! made here.

use crate::{
    XadesError,
    shape::{
        Canonical, CertificateNaming, ContentTransform, Ids, KeyCertificates, KeyInfo, List, ObjectFormat,
        Parent, Prefixes, Sibling, XadesShape, XmlPackaging,
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
        certificates: KeyCertificates::Signer,
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

#[cfg(test)]
mod tests {
    use keiin_testkit::corpus;

    use super::*;
    use crate::{prepare, xml::NodeKind};

    /// Element names in their order and depth, with their algorithms and types, up to what is not signed.
    fn structure(tree: &Tree<'_>, top: NodeId) -> Vec<String> {
        let mut all = Vec::new();
        let mut skipped = None;
        for node in tree.descendants(top).filter(|node| tree.kind(*node) == NodeKind::Element) {
            if skipped.is_some_and(|last| node <= last) {
                continue;
            }
            let name = tree.name(node);
            if name.local == "UnsignedProperties" {
                skipped = Some(tree.last_descendant(node));
                continue;
            }
            let depth = tree.ancestors(node).count();
            let said = |attribute| tree.attribute(node, attribute).unwrap_or_default().into_owned();
            let has_id = tree.attribute(node, "Id").is_some();
            let (algorithm, kind) = (said("Algorithm"), said("Type"));
            all.push(format!("{depth} {{{}}}{} {algorithm} {kind} {has_id}", name.namespace, name.local));
        }
        all
    }

    fn signed(form: Form, holder: &str) -> Vec<u8> {
        let pki = keiin_testkit::TestPki::hpki();
        let card = keiin_testkit::SoftToken::new(&pki, holder);
        let signer: &dyn keiin_model::Signer = &card;
        let intent = keiin_model::SigningIntent::for_signer(signer.algorithms()).unwrap();
        let object = crate::DataObject::octets(form.document.unwrap());
        let (certificate, chain) = (signer.certificate(), signer.certificates());
        let prepared = prepare(&[object], certificate, chain, &intent, &form.shape, pki.start());
        let prepared = prepared.unwrap();
        prepared.attach(&card.value(prepared.algorithm(), &prepared.digest())).unwrap()
    }

    const PRESCRIPTION: &[u8] = "SJ1\n1,1,8000010,99,検証用病院\n".as_bytes();
    const DISPENSED: &[u8] = "CJ1\n1,1,検証用薬局\n".as_bytes();

    /// Ours has the same elements in the same order with the same algorithms as the real one; `place` is where the signature is.
    fn compare(ours: &[u8], sample: &str, place: &str) {
        let Some(folder) = corpus::part("hpki") else { return };
        #[allow(clippy::disallowed_methods)] // a test over files
        let theirs = std::fs::read(folder.join("samples").join(sample)).unwrap();
        let (ours, theirs) = (Tree::read(ours).unwrap(), Tree::read(&theirs).unwrap());
        let find = |tree: &Tree<'_>| {
            let found = tree.descendants(tree.root()).find(|node| tree.name(*node).local == place);
            structure(tree, found.unwrap())
        };
        let (ours, theirs) = (find(&ours), find(&theirs));
        assert!(ours.len() > 25);
        assert_eq!(ours, theirs);
        eprintln!("{} elements of {sample} compared", ours.len());
    }

    #[test]
    fn our_prescription_has_the_structure_of_the_real_one() {
        let ours = signed(prescription(PRESCRIPTION).unwrap(), "doctor");
        compare(&ours, "Prescription-004_01.xml", "PrescriptionSign");
    }

    #[test]
    fn our_dispensing_record_has_the_structure_of_the_real_one() {
        let prescription = signed(prescription(PRESCRIPTION).unwrap(), "doctor");
        let ours = signed(dispensing(DISPENSED, &prescription).unwrap(), "pharmacist");
        compare(&ours, "Dispensing-005_03.xml", "DispensingSign");
        compare(&ours, "Dispensing-005_03.xml", "PrescriptionSign");
        let read = crate::Xades::read(ours, None).unwrap();
        assert_eq!(read.signatures().len(), 2);
        assert!(read.signatures().iter().flat_map(|s| &s.data).all(keiin_model::DataReference::intact));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        assert!(prescription(DISPENSED).is_err());
        assert!(prescription(b"<Document><Other/></Document>").is_err());
        assert!(
            dispensing(
                PRESCRIPTION,
                b"<Document><Prescription><PrescriptionSign/></Prescription></Document>"
            )
            .is_err()
        );
        assert!(dispensing(DISPENSED, b"<Document><Prescription/></Document>").is_err());
        assert!(dispensing_document(PRESCRIPTION).is_err());
        let unsigned = b"<Document><Prescription><PrescriptionDocument id='PrescriptionDocument'>U0ox</PrescriptionDocument></Prescription></Document>";
        assert!(prescription(unsigned).is_ok());
        let signed =
            b"<Document><Prescription><PrescriptionSign><x/></PrescriptionSign></Prescription></Document>";
        assert!(prescription(signed).is_err());
    }
}
