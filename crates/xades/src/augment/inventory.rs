// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What validation material a signature has already, and whose new material is.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_model::{Bytes, Evidence, EvidenceKind, Material, Origin};
use keiin_pki::{cert::Certificate, crl::Crl, digest::object_id, ocsp::OcspResponse};
use keiin_tsp::Token;

use crate::{
    algorithm::DSIG,
    template::{Values, XADES},
    xml::{NodeId, Tree},
};

/// The objects inside of a signature's element, as DER.
pub(crate) struct Inventory(BTreeMap<Vec<u8>, EvidenceKind>);

impl Inventory {
    pub(crate) fn of(tree: &Tree<'_>, signature: NodeId) -> Self {
        let mut there = BTreeMap::new();
        for node in tree.descendants(signature) {
            let name = tree.name(node);
            let kind = match (name.namespace, name.local) {
                (XADES, "EncapsulatedX509Certificate") | (DSIG, "X509Certificate") => {
                    EvidenceKind::Certificate
                }
                (XADES, "EncapsulatedCRLValue") => EvidenceKind::Crl,
                (XADES, "EncapsulatedOCSPValue") => EvidenceKind::Ocsp,
                (XADES, "EncapsulatedTimeStamp") => {
                    let token = octets(tree, node).unwrap_or_default();
                    if let Ok(token) = Token::read(&token) {
                        let objects = token.objects();
                        there.extend(objects.iter().map(|object| (object.bytes.to_vec(), object.kind)));
                    }
                    continue;
                }
                _ => continue,
            };
            there.extend(octets(tree, node).map(|octets| (octets, kind)));
        }
        Self(there)
    }

    /// The objects as evidence.
    pub(crate) fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        for (octets, kind) in &self.0 {
            let origin = Origin::Embedded { place: Cow::Borrowed("Signature") };
            evidence.insert(object_id(octets), *kind, Bytes::from(octets.as_slice()), origin);
        }
        evidence
    }

    /// Those objects that are not there yet, each once.
    pub(super) fn missing<'m>(&self, material: &'m Material) -> Values<'m> {
        let mut seen = BTreeSet::new();
        let mut new = |objects: &'m [Bytes]| -> Vec<&'m [u8]> {
            objects
                .iter()
                .map(|o| &**o)
                .filter(|o| !self.0.contains_key(*o) && seen.insert(o.to_vec()))
                .collect()
        };
        Values {
            certificates: new(&material.certificates),
            crls: new(&material.crls),
            ocsps: new(&material.ocsps),
        }
    }
}

/// The octets of a base64 element.
fn octets(tree: &Tree<'_>, node: NodeId) -> Option<Vec<u8>> {
    let text: Vec<u8> = tree.text(node).bytes().filter(|octet| !octet.is_ascii_whitespace()).collect();
    STANDARD.decode(text).ok()
}

/// The names of issuers on the way up from the signer and from the time-stamps, and the serial numbers on it. It says
/// where material is put, never what it is worth.
pub(super) struct Owners {
    signature: Way,
    stamps: Way,
}

#[derive(Default)]
struct Way {
    /// Issuers' names, comparable.
    issuers: BTreeSet<Vec<u8>>,
    serials: BTreeSet<Vec<u8>>,
}

impl Owners {
    pub(super) fn of(tree: &Tree<'_>, signature: NodeId, new: &Values<'_>) -> Self {
        let key_info = tree.child(signature, DSIG, "KeyInfo");
        let named = key_info.into_iter().flat_map(|node| tree.descendants(node));
        let own: Vec<Vec<u8>> = named
            .filter(|node| tree.is(*node, DSIG, "X509Certificate"))
            .filter_map(|node| octets(tree, node))
            .collect();
        let tokens: Vec<Vec<u8>> = tree
            .descendants(signature)
            .filter(|node| tree.is(*node, XADES, "EncapsulatedTimeStamp"))
            .filter_map(|node| octets(tree, node))
            .collect();
        let tokens: Vec<Token<'_>> = tokens.iter().filter_map(|token| Token::read(token).ok()).collect();
        let of_tokens: Vec<&[u8]> =
            tokens.iter().flat_map(|token| keiin_tsp::material::certificates(&token.signed)).collect();
        Self {
            signature: Way::up(own.iter().map(|c| &**c), &new.certificates),
            stamps: Way::up(of_tokens, &new.certificates),
        }
    }

    /// What the signature needs, and what its time-stamps alone need.
    pub(super) fn split<'v>(&self, new: &Values<'v>) -> (Values<'v>, Values<'v>) {
        let (certificates, stamp_certificates) =
            part(&new.certificates, |octets| self.only_stamps(|way| way.has_certificate(octets)));
        let (crls, stamp_crls) = part(&new.crls, |octets| self.only_stamps(|way| way.has_crl(octets)));
        let (ocsps, stamp_ocsps) = part(&new.ocsps, |octets| self.only_stamps(|way| way.has_ocsp(octets)));
        let of_stamps = Values { certificates: stamp_certificates, crls: stamp_crls, ocsps: stamp_ocsps };
        (Values { certificates, crls, ocsps }, of_stamps)
    }

    fn only_stamps(&self, has: impl Fn(&Way) -> bool) -> bool {
        !has(&self.signature) && has(&self.stamps)
    }
}

fn part<'v>(objects: &[&'v [u8]], of_stamp: impl Fn(&[u8]) -> bool) -> (Vec<&'v [u8]>, Vec<&'v [u8]>) {
    let (stamps, rest) = objects.iter().copied().partition(|object| of_stamp(object));
    (rest, stamps)
}

impl Way {
    /// From certificates up, as far as others continue.
    fn up<'c>(from: impl IntoIterator<Item = &'c [u8]>, others: &[&[u8]]) -> Self {
        let mut way = Self::default();
        from.into_iter().for_each(|certificate| way.add(certificate));
        let mut left: Vec<&[u8]> = others.to_vec();
        loop {
            let (on, off): (Vec<&[u8]>, Vec<&[u8]>) = left.iter().partition(|c| way.has_certificate(c));
            if on.is_empty() {
                return way;
            }
            on.into_iter().for_each(|certificate| way.add(certificate));
            left = off;
        }
    }

    fn add(&mut self, certificate: &[u8]) {
        if let Ok(certificate) = Certificate::read(certificate) {
            self.issuers.insert(certificate.issuer.comparison_key());
            self.serials.insert(certificate.serial.to_vec());
        }
    }

    fn has_certificate(&self, octets: &[u8]) -> bool {
        Certificate::read(octets).is_ok_and(|c| self.issuers.contains(&c.subject.comparison_key()))
    }

    fn has_crl(&self, octets: &[u8]) -> bool {
        Crl::read(octets).is_ok_and(|crl| self.issuers.contains(&crl.issuer.comparison_key()))
    }

    fn has_ocsp(&self, octets: &[u8]) -> bool {
        let response = OcspResponse::read(octets);
        let basic = response.ok().and_then(|response| response.basic);
        basic.is_some_and(|basic| basic.responses.iter().any(|single| self.serials.contains(single.serial)))
    }
}
