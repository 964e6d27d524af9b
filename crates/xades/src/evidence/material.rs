// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Validation data in the elements of XML Signature and XAdES (EN 319 132-1, 5.4 and 5.5.1; XML Signature 1.1, 4.5.4).

use keiin_model::{Defect, DefectKind, EvidenceKind, ObjectId};
use keiin_pki::{
    cert::Certificate,
    der::{Element, Reader},
};
use keiin_tsp::{facts::defect, material::FoundObject};

use super::Found;
use crate::{
    algorithm::DSIG,
    key_info::KeyInfo,
    properties::{Unsigned, UnsignedKind, XADES_111, XADES_122, XADES_132},
    signature::octets,
    xml::{NodeId, NodeKind, Tree},
};

/// Takes the certificates and CRLs of a ds:KeyInfo.
pub(crate) fn key_info(tree: &Tree<'_>, key_info: &KeyInfo, found: &mut Found, defects: &mut Vec<Defect>) {
    let mut certificates: Vec<Vec<u8>> = Vec::new();
    for data in tree.elements(key_info.node).filter(|node| tree.is(*node, DSIG, "X509Data")) {
        for child in tree.elements(data) {
            let kind = match tree.name(child) {
                name if name.namespace != DSIG => continue,
                name => match name.local {
                    "X509Certificate" => EvidenceKind::Certificate,
                    "X509CRL" => EvidenceKind::Crl,
                    _ => continue,
                },
            };
            let Some(octets) = octets(tree, child) else {
                defects.push(defect(DefectKind::Ignored, "ds:KeyInfo"));
                continue;
            };
            let Some(id) = take(child, "ds:KeyInfo", kind, &octets, found, defects) else { continue };
            if kind == EvidenceKind::Certificate && !found.offered.contains(&id) {
                found.offered.push(id);
                certificates.push(octets);
            }
        }
    }
    // What ds:RetrievalMethod finds elsewhere in the document is offered too; where it stands, nothing covers it for that.
    for der in key_info.certificates() {
        if certificates.iter().any(|known| known == der) {
            continue;
        }
        FoundObject::new(EvidenceKind::Certificate, der).insert("ds:KeyInfo", &mut found.evidence);
        certificates.push(der.to_vec());
    }
    found.offered = signers_first(&certificates);
}

/// A ds:X509Data holds its certificates in no order (XML Signature 1.1, 4.5.4): a signer's issues none of the others.
fn signers_first(certificates: &[Vec<u8>]) -> Vec<ObjectId> {
    let read: Vec<_> = certificates.iter().filter_map(|octets| first(octets)).collect();
    let parsed: Vec<_> = read.iter().filter_map(|element| Certificate::read(element.bytes()).ok()).collect();
    let issues = |one: &Certificate<'_>| {
        parsed.iter().any(|other| other.id != one.id && one.subject.matches(&other.issuer))
    };
    let (issuers, signers): (Vec<_>, Vec<_>) = parsed.iter().partition(|one| issues(one));
    signers.into_iter().chain(issuers).map(|certificate| certificate.id).collect()
}

/// Takes what an unsigned property holds; nothing where it is none of those that hold validation data.
pub(crate) fn validation_data(
    tree: &Tree<'_>,
    property: &Unsigned,
    found: &mut Found,
    defects: &mut Vec<Defect>,
) {
    use UnsignedKind as K;
    let place = match property.kind {
        K::CertificateValues => "xades:CertificateValues",
        K::RevocationValues => "xades:RevocationValues",
        K::AttrAuthoritiesCertValues => "xades:AttrAuthoritiesCertValues",
        K::AttributeRevocationValues => "xades:AttributeRevocationValues",
        K::TimeStampValidationData => "xadesv141:TimeStampValidationData",
        K::AnyValidationData => "xadesv141:AnyValidationData",
        _ => return,
    };
    for node in tree.descendants(property.node).filter(|node| tree.kind(*node) == NodeKind::Element) {
        let name = tree.name(node);
        if ![XADES_132, XADES_122, XADES_111].contains(&name.namespace) {
            continue;
        }
        let kind = match name.local {
            "EncapsulatedX509Certificate" => EvidenceKind::Certificate,
            "EncapsulatedCRLValue" => EvidenceKind::Crl,
            "EncapsulatedOCSPValue" => EvidenceKind::Ocsp,
            _ => continue,
        };
        match octets(tree, node) {
            Some(octets) => drop(take(node, place, kind, &octets, found, defects)),
            None => defects.push(defect(DefectKind::Ignored, place)),
        }
    }
}

/// Takes one object; what follows it in its octets is not it.
fn take(
    node: NodeId,
    place: &'static str,
    kind: EvidenceKind,
    octets: &[u8],
    found: &mut Found,
    defects: &mut Vec<Defect>,
) -> Option<ObjectId> {
    let Some(element) = first(octets) else {
        defects.push(defect(DefectKind::Ignored, place));
        return None;
    };
    let object = match kind {
        EvidenceKind::Ocsp => FoundObject::ocsp(&element),
        _ => FoundObject::new(kind, element.bytes()),
    };
    found.insert(node, place, &object);
    Some(object.id)
}

fn first(octets: &[u8]) -> Option<Element<'_>> {
    Reader::new(octets).read("object").ok()
}
