// SPDX-License-Identifier: Apache-2.0 OR MIT
//! xades:SignedProperties (EN 319 132-1, 4.3.4 and 5.2).

use keiin_model::{Commitment, DigestAlgorithm, Oid, PolicyReference, SignerLocation, SigningIntent, Time};
use keiin_pki::{
    cert::Certificate,
    der::write::{element, sequence},
    digest::digest,
};

use super::{element::Element, signature::digest_method};
use crate::{
    algorithm::DSIG,
    shape::{CertificateNaming, Prefixes},
};

/// What is signed beside the content.
pub(crate) struct Properties<'a> {
    pub(crate) prefixes: &'a Prefixes,
    pub(crate) id: String,
    pub(crate) certificate: &'a Certificate<'a>,
    pub(crate) naming: CertificateNaming,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) intent: &'a SigningIntent,
    /// The claimed time, where it is signed.
    pub(crate) time: Option<Time>,
    /// The objects whose format is stated.
    pub(crate) objects: Vec<SignedObject>,
}

/// A signed object, by the id of its ds:Reference.
#[derive(Clone, Debug)]
pub(crate) struct SignedObject {
    pub(crate) reference: String,
    pub(crate) mime_type: String,
}

impl Properties<'_> {
    /// An element of XML Signature among those of XAdES: where both are without a prefix, it says its namespace itself.
    fn in_dsig<'e>(&self, element: Element<'e>) -> Element<'e> {
        if self.prefixes.ds == self.prefixes.xades { element.declaring("", DSIG) } else { element }
    }
}

/// xades:SignedProperties in the order of the schema; `None` when a digest has no name in XML.
pub(crate) fn signed_properties<'a>(parts: &Properties<'a>) -> Option<Element<'a>> {
    let xades = parts.prefixes.xades.as_str();
    let intent = parts.intent;
    let mut signature = Element::new(xades, "SignedSignatureProperties");
    if let Some(at) = parts.time {
        signature = signature.child(Element::new(xades, "SigningTime").text(at.whole_second().to_string()));
    }
    signature = signature.child(signing_certificate(parts)?);
    if let Some(reference) = &intent.policy {
        signature = signature.child(policy(parts, reference)?);
    }
    if let Some(place) = &intent.location {
        signature = signature.child(production_place(xades, place));
    }
    if !intent.claimed_roles.is_empty() {
        let roles = intent.claimed_roles.iter().map(|r| Element::new(xades, "ClaimedRole").text(r.clone()));
        let claimed = Element::new(xades, "ClaimedRoles").children(roles);
        signature = signature.child(Element::new(xades, "SignerRoleV2").child(claimed));
    }
    let formats = parts.objects.iter().map(|object| {
        Element::new(xades, "DataObjectFormat")
            .attribute("ObjectReference", format!("#{}", object.reference))
            .child(Element::new(xades, "MimeType").text(object.mime_type.clone()))
    });
    let commitments = intent.commitments.iter().map(|c| commitment(xades, *c));
    let objects: Vec<_> = formats.chain(commitments).collect();
    let mut properties =
        Element::new(xades, "SignedProperties").attribute("Id", parts.id.clone()).child(signature);
    if !objects.is_empty() {
        properties = properties.child(Element::new(xades, "SignedDataObjectProperties").children(objects));
    }
    Some(properties)
}

/// xades:SigningCertificateV2 with the signer's certificate alone (5.2.2).
fn signing_certificate<'a>(parts: &Properties<'a>) -> Option<Element<'a>> {
    let (ds, xades) = (parts.prefixes.ds.as_str(), parts.prefixes.xades.as_str());
    let value = Element::new(ds, "DigestValue").base64(digest(parts.digest, parts.certificate.raw));
    let method = digest_method(ds, parts.digest)?;
    let hash = Element::new(xades, "CertDigest").child(parts.in_dsig(method)).child(parts.in_dsig(value));
    let mut cert = Element::new(xades, "Cert").child(hash);
    if parts.naming == CertificateNaming::DigestAndIssuerSerial {
        let certificate = parts.certificate;
        let issuer = sequence(&[element(0xa4, certificate.issuer.as_bytes())]);
        let issuer_serial = sequence(&[issuer, element(0x02, certificate.serial)]);
        cert = cert.child(Element::new(xades, "IssuerSerialV2").base64(issuer_serial));
    }
    Some(Element::new(xades, "SigningCertificateV2").child(cert))
}

/// xades:SignaturePolicyIdentifier (5.2.9).
fn policy<'a>(parts: &Properties<'a>, policy: &PolicyReference) -> Option<Element<'a>> {
    let (ds, xades) = (parts.prefixes.ds.as_str(), parts.prefixes.xades.as_str());
    let value = Element::new(ds, "DigestValue").base64(policy.digest.to_vec());
    let hash = Element::new(xades, "SigPolicyHash")
        .child(parts.in_dsig(digest_method(ds, policy.algorithm)?))
        .child(parts.in_dsig(value));
    let name = Element::new(xades, "SigPolicyId").child(oid(xades, &policy.id));
    let mut id = Element::new(xades, "SignaturePolicyId").child(name).child(hash);
    if let Some(uri) = &policy.uri {
        let uri = Element::new(xades, "SPURI").text(uri.clone());
        let qualifier = Element::new(xades, "SigPolicyQualifier").child(uri);
        id = id.child(Element::new(xades, "SigPolicyQualifiers").child(qualifier));
    }
    Some(Element::new(xades, "SignaturePolicyIdentifier").child(id))
}

/// An OID as xades:Identifier (5.1.2).
fn oid<'a>(xades: &str, oid: &Oid) -> Element<'a> {
    Element::new(xades, "Identifier").attribute("Qualifier", "OIDAsURN").text(format!("urn:oid:{oid}"))
}

/// xades:SignatureProductionPlaceV2 (5.2.5). XAdES has one StreetAddress for what CAdES has lines for.
fn production_place<'a>(xades: &str, place: &SignerLocation) -> Element<'a> {
    let street = (!place.postal_address.is_empty()).then(|| place.postal_address.join(", "));
    let parts =
        [("City", place.locality.clone()), ("StreetAddress", street), ("CountryName", place.country.clone())];
    let parts = parts.into_iter().filter_map(|(name, text)| Some(Element::new(xades, name).text(text?)));
    Element::new(xades, "SignatureProductionPlaceV2").children(parts)
}

/// xades:CommitmentTypeIndication over all signed objects (5.2.3).
fn commitment<'a>(xades: &str, commitment: Commitment) -> Element<'a> {
    let uri = match commitment {
        Commitment::ProofOfOrigin => "http://uri.etsi.org/01903/v1.2.2#ProofOfOrigin",
        Commitment::ProofOfReceipt => "http://uri.etsi.org/01903/v1.2.2#ProofOfReceipt",
        Commitment::ProofOfDelivery => "http://uri.etsi.org/01903/v1.2.2#ProofOfDelivery",
        Commitment::ProofOfSender => "http://uri.etsi.org/01903/v1.2.2#ProofOfSender",
        Commitment::ProofOfApproval => "http://uri.etsi.org/01903/v1.2.2#ProofOfApproval",
        Commitment::ProofOfCreation => "http://uri.etsi.org/01903/v1.2.2#ProofOfCreation",
        _ => "",
    };
    let name = match uri {
        "" => oid(xades, &commitment.oid()),
        uri => Element::new(xades, "Identifier").text(uri),
    };
    Element::new(xades, "CommitmentTypeIndication")
        .child(Element::new(xades, "CommitmentTypeId").child(name))
        .child(Element::new(xades, "AllSignedDataObjects"))
}
