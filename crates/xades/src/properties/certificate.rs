// SPDX-License-Identifier: Apache-2.0 OR MIT
//! SigningCertificate and SigningCertificateV2 (TS 101 903, 7.2.2; EN 319 132-1, 5.2.2).

use keiin_model::{CertificateReference, DigestAlgorithm};
use keiin_pki::der::Element;
use keiin_tsp::ess::read_issuer_serial;

use super::{DSIG, XADES_111};
use crate::{
    algorithm::digest_by_uri,
    signature::{algorithm_of, octets},
    xml::{NodeId, Tree},
};

/// The references in one property, in order: the first is the signer's, as in the CMS attribute that it was made after.
/// A reference without a readable digest names nothing, yet it stands in its place.
pub(super) fn references(tree: &Tree<'_>, property: NodeId, namespace: &str) -> Vec<CertificateReference> {
    let certs = tree.elements(property).filter(|node| tree.is(*node, namespace, "Cert"));
    certs.map(|cert| reference(tree, cert, namespace)).collect()
}

fn reference(tree: &Tree<'_>, cert: NodeId, namespace: &str) -> CertificateReference {
    let (algorithm, digest) = tree
        .child(cert, namespace, "CertDigest")
        .map(|node| digest_and_value(tree, node))
        .unwrap_or_default();
    let (issuer, serial) = issuer_serial(tree, cert, namespace);
    CertificateReference { algorithm, digest: digest.unwrap_or_default().into(), issuer, serial }
}

/// ds:DigestMethod and ds:DigestValue (DigestAlgAndValueType); in V1.1.1 both were elements of XAdES itself.
pub(crate) fn digest_and_value(
    tree: &Tree<'_>,
    parent: NodeId,
) -> (Option<DigestAlgorithm>, Option<Vec<u8>>) {
    let child = |local| tree.child(parent, DSIG, local).or_else(|| tree.child(parent, XADES_111, local));
    let algorithm = child("DigestMethod").and_then(|node| digest_by_uri(&algorithm_of(tree, node)));
    let value = child("DigestValue").and_then(|node| octets(tree, node));
    (algorithm, value)
}

type IssuerSerial = (Option<keiin_model::Bytes>, Option<keiin_model::Bytes>);

/// IssuerSerialV2 holds the DER that the CMS attribute has. IssuerSerial holds the issuer as text, of which there is more
/// than one for a name: only its number is taken. Either may be wrong in real files; the digest decides.
fn issuer_serial(tree: &Tree<'_>, cert: NodeId, namespace: &str) -> IssuerSerial {
    if let Some(der) = tree.child(cert, namespace, "IssuerSerialV2").and_then(|node| octets(tree, node)) {
        let read = Element::whole(&der, "IssuerSerialV2").ok().and_then(|element| {
            let (issuer, serial) = read_issuer_serial(&element).ok()?;
            Some((issuer.map(Into::into), Some(serial.into())))
        });
        return read.unwrap_or_default();
    }
    let number = tree
        .child(cert, namespace, "IssuerSerial")
        .and_then(|node| tree.child(node, DSIG, "X509SerialNumber"))
        .and_then(|node| integer(tree.text(node).trim()));
    (None, number.map(Into::into))
}

/// Digits in a number: a serial number has 20 octets, which is 49 digits (RFC 5280, 4.1.2.2). Some have more.
const MAX_DIGITS: usize = 200;

/// The content octets of the DER INTEGER of a non-negative decimal number; `None` when it is none.
fn integer(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return None;
    }
    let mut octets = vec![0u8]; // least significant first
    for digit in digits.chars() {
        let mut carry = digit.to_digit(10)?;
        for octet in &mut octets {
            carry += u32::from(*octet) * 10;
            *octet = u8::try_from(carry & 0xff).ok()?;
            carry >>= 8;
        }
        if carry > 0 {
            octets.push(u8::try_from(carry).ok()?);
        }
    }
    while octets.len() > 1 && octets.last() == Some(&0) {
        octets.pop();
    }
    if octets.last().is_some_and(|first| *first & 0x80 != 0) {
        octets.push(0);
    }
    octets.reverse();
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::integer;

    #[test]
    fn decimal_numbers_become_integers() {
        for (text, octets) in [
            ("0", Some(&[0][..])),
            ("127", Some(&[127])),
            ("128", Some(&[0, 128])),
            ("00256", Some(&[1, 0])),
            ("18446744073709551616", Some(&[1, 0, 0, 0, 0, 0, 0, 0, 0])),
            ("-1", None),
            ("...", None),
            ("", None),
        ] {
            assert_eq!(integer(text).as_deref(), octets, "{text}");
        }
    }
}
