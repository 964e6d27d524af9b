// SPDX-License-Identifier: Apache-2.0 OR MIT
//! No input makes the reader panic, and broken input ends in an error or in facts that say so.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::disallowed_methods)] // a test

use keiin_cades::{Cades, CadesError, Content, digests_wanted, limits};
use keiin_model::{DigestAlgorithm, TimestampKind};
use keiin_pki::der::write;
use proptest::prelude::*;

const ATTACHED: &[u8] = include_bytes!("data/attached.p7m");
const TOKEN: &[u8] = include_bytes!("data/token.tst");

#[test]
fn the_samples_themselves() {
    let read = Cades::read(ATTACHED.to_vec(), None).unwrap();
    let facts = &read.signatures()[0];
    assert_eq!((read.signatures().len(), facts.format.as_str()), (1, "CAdES-BASELINE-B"));
    assert!(facts.data[0].intact() && facts.defects.is_empty());
    assert!(digests_wanted(ATTACHED).unwrap().is_empty());

    let token = Cades::read(TOKEN.to_vec(), Some(Content::Bytes(b"keiin".as_slice().into()))).unwrap();
    let stamp = &token.timestamps()[0];
    assert!(token.signatures().is_empty() && stamp.imprint.intact() && stamp.token.data[0].intact());
    assert_eq!(stamp.kind, TimestampKind::Content);
    assert_eq!(stamp.accuracy.unwrap().micros, 1_500_000);
    assert_eq!(stamp.via, [DigestAlgorithm::Sha256]);
    assert!(!Cades::read(TOKEN.to_vec(), None).unwrap().timestamps()[0].imprint.found());
}

#[test]
fn content_given_twice_is_refused() {
    let content = Content::Bytes(b"keiin".as_slice().into());
    assert!(matches!(Cades::read(ATTACHED.to_vec(), Some(content)), Err(CadesError::ContentNotWanted)));
}

#[test]
fn every_truncation_is_an_error() {
    for sample in [ATTACHED, TOKEN] {
        for len in 0..sample.len() {
            assert!(Cades::read(sample[..len].to_vec(), None).is_err(), "{len}");
        }
    }
}

#[test]
fn every_flipped_bit_is_survived() {
    for sample in [ATTACHED, TOKEN] {
        for bit in 0..sample.len() * 8 {
            let mut changed = sample.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            let _ = Cades::read(changed, None);
        }
    }
}

/// A counter-signature around another, as deep as asked.
fn nested(depth: usize) -> Vec<u8> {
    let algorithm = write::algorithm(&DigestAlgorithm::Sha256.oid());
    let issuer = write::sequence::<Vec<u8>>(&[]);
    let mut parts = vec![
        write::unsigned(1),
        write::sequence(&[issuer, write::unsigned(1)]),
        algorithm.clone(),
        algorithm,
        write::octet_string(&[1]),
    ];
    if depth > 0 {
        let kind = keiin_cades::attribute_oid::COUNTER_SIGNATURE;
        parts.push(write::element(0xa1, &write::attribute(&kind, &[nested(depth - 1)])));
    }
    write::sequence(&parts)
}

fn cms(signers: &[Vec<u8>]) -> Vec<u8> {
    let data = write::oid(&keiin_pki::cms::oid::DATA);
    let signed = write::sequence(&[
        write::unsigned(1),
        write::set_of::<Vec<u8>>(&[]),
        write::sequence(&[data]),
        write::set_of(signers),
    ]);
    let kind = write::oid(&keiin_pki::cms::oid::SIGNED_DATA);
    write::sequence(&[kind, write::element(0xa0, &signed)])
}

#[test]
fn limits_are_stated_and_distinct() {
    let deep = |depth| Cades::read(cms(&[nested(depth)]), None);
    assert!(deep(3).is_ok());
    assert!(matches!(deep(200), Err(CadesError::Structure(_) | CadesError::Limit { .. })));
    let many = vec![nested(0); limits::MAX_SIGNATURES + 1];
    let limit = u64::try_from(limits::MAX_SIGNATURES).unwrap();
    let error = Cades::read(cms(&many), None).unwrap_err();
    assert!(matches!(error, CadesError::Limit { object: "signatures", limit: l } if l == limit), "{error}");
}

/// Signed attributes that say what they say in BER and out of order (RFC 5652, 5.4).
#[test]
fn signed_attributes_that_are_not_der_are_signed_as_der() {
    let signed = keiin_pki::cms::SignedData::read(ATTACHED).unwrap();
    let field = signed.signer_infos[0].signed_field.unwrap();
    let indefinite = [&[0xa0, 0x80], field.content(), &[0, 0]].concat();
    let edit = keiin_pki::der::Edit {
        parent: signed.signer_infos[0].element.offset(),
        range: field.range(),
        insert: indefinite,
    };
    let changed = keiin_pki::der::assemble(ATTACHED, &keiin_pki::der::splice(ATTACHED, &[edit]).unwrap());
    let (before, after) =
        (Cades::read(ATTACHED.to_vec(), None).unwrap(), Cades::read(changed, None).unwrap());
    let (before, after) = (&before.signatures()[0], &after.signatures()[0]);
    assert_eq!(before.message, after.message);
    let kinds: Vec<_> = after.defects.iter().map(|d| (d.kind, d.at.as_str())).collect();
    assert_eq!(kinds, [(keiin_model::DefectKind::NotDer, "signedAttrs")]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn octets_of_any_kind(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Cades::read(octets, None);
    }

    #[test]
    fn a_piece_overwritten(at in 0..ATTACHED.len(), piece in proptest::collection::vec(any::<u8>(), 1..40)) {
        for sample in [ATTACHED, TOKEN] {
            let mut changed = sample.to_vec();
            for (place, octet) in changed.iter_mut().skip(at).zip(&piece) {
                *place = *octet;
            }
            let _ = Cades::read(changed, None);
        }
    }
}
