// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Builds signed attributes in DER (EN 319 122-1, 5.1 and 5.2).

use keiin_model::{Commitment, DigestAlgorithm, Oid, PolicyReference, SignerLocation, Time};
use keiin_pki::{
    algorithm::digest_algorithm_identifier,
    cert::Certificate,
    der::write::{attribute, element, octet_string, oid as write_oid, sequence, time, utf8},
    digest::digest,
};

use crate::attribute_oid as oid;

/// id-spq-ets-uri (EN 319 122-1, 5.2.9.2).
const POLICY_URI: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 5, 1]);
/// id-at-name, under which a claimed role stands as text. EN 319 122-1 leaves the attribute's type open; EU DSS, and
/// with it most readers, uses this one.
const ROLE: Oid = Oid::new(&[2, 5, 4, 41]);

/// content-type (RFC 5652, 11.1).
pub(crate) fn content_type(kind: &Oid) -> Vec<u8> {
    attribute(&oid::CONTENT_TYPE, &[write_oid(kind)])
}

/// message-digest (RFC 5652, 11.2).
pub(crate) fn message_digest(digest: &[u8]) -> Vec<u8> {
    attribute(&oid::MESSAGE_DIGEST, &[octet_string(digest)])
}

/// signing-time (RFC 5652, 11.3).
pub(crate) fn signing_time(at: Time) -> Vec<u8> {
    attribute(&oid::SIGNING_TIME, &[time(at)])
}

/// signing-certificate-v2 with the signer's certificate alone, by SHA-256, which DER leaves out as it is the default,
/// and by issuer and serial number (RFC 5035, 4).
pub(crate) fn signing_certificate(certificate: &Certificate<'_>) -> Vec<u8> {
    let issuer = sequence(&[element(0xa4, certificate.issuer.as_bytes())]);
    let issuer_serial = sequence(&[issuer, element(0x02, certificate.serial)]);
    let hash = octet_string(&digest(DigestAlgorithm::Sha256, certificate.raw));
    let reference = sequence(&[hash, issuer_serial]);
    attribute(&oid::SIGNING_CERTIFICATE_V2, &[sequence(&[sequence(&[reference])])])
}

/// commitment-type-indication; one attribute holds all commitments as its values.
pub(crate) fn commitments(commitments: &[Commitment]) -> Vec<u8> {
    let values: Vec<_> = commitments.iter().map(|c| sequence(&[write_oid(&c.oid())])).collect();
    attribute(&oid::COMMITMENT_TYPE, &values)
}

/// signer-location. DirectoryString is a CHOICE, so its tags are explicit (X.680, 31.2.7).
pub(crate) fn signer_location(location: &SignerLocation) -> Vec<u8> {
    let mut parts = Vec::new();
    parts.extend(location.country.as_deref().map(|text| element(0xa0, &utf8(text))));
    parts.extend(location.locality.as_deref().map(|text| element(0xa1, &utf8(text))));
    if !location.postal_address.is_empty() {
        let lines: Vec<_> = location.postal_address.iter().map(|line| utf8(line)).collect();
        parts.push(element(0xa2, &sequence(&lines)));
    }
    attribute(&oid::SIGNER_LOCATION, &[sequence(&parts)])
}

/// signer-attributes-v2 with claimedAttributes only: one attribute for each role.
pub(crate) fn claimed_roles(roles: &[String]) -> Vec<u8> {
    let roles: Vec<_> = roles.iter().map(|role| attribute(&ROLE, &[utf8(role)])).collect();
    attribute(&oid::SIGNER_ATTRIBUTES_V2, &[sequence(&[element(0xa0, &sequence(&roles))])])
}

/// signature-policy-identifier.
pub(crate) fn signature_policy(policy: &PolicyReference) -> Vec<u8> {
    let hash = sequence(&[digest_algorithm_identifier(policy.algorithm), octet_string(&policy.digest)]);
    let mut parts = vec![write_oid(&policy.id), hash];
    if let Some(uri) = &policy.uri {
        let qualifier = sequence(&[write_oid(&POLICY_URI), element(0x16, uri.as_bytes())]);
        parts.push(sequence(&[qualifier]));
    }
    attribute(&oid::SIGNATURE_POLICY, &[sequence(&parts)])
}

/// mime-type.
pub(crate) fn mime_type(text: &str) -> Vec<u8> {
    attribute(&oid::MIME_TYPE, &[utf8(text)])
}
