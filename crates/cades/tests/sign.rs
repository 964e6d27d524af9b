// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is laid out for a signer, and which values are taken back.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod steps;

use keiin_cades::{
    Cades, CadesError, CertificateValidity, ClaimedTime, Commitment, Content, Packaging, PolicyReference,
    Prepared, SigningIntent, content_digest_for, prepare, prepare_additional, prepare_countersignature,
};
use keiin_model::{DigestAlgorithm, Oid, SignatureAlgorithm, Signer as _, SignerLocation};
use keiin_pki::{
    cert::Certificate,
    cms::{SignedData, oid},
    der::first_non_der,
    digest::{DigestSet, digest},
    signing::SigningError,
};
use keiin_testkit::SoftToken;
use steps::{DATA, Revocation, Steps, leaves_are_kept, signature_ids};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

fn everything(steps: &Steps) -> SigningIntent {
    SigningIntent {
        commitments: vec![Commitment::ProofOfApproval, Commitment::ProofOfCreation],
        location: Some(SignerLocation {
            country: Some("JP".to_owned()),
            locality: Some("東京都".to_owned()),
            postal_address: vec!["文京区".to_owned()],
        }),
        claimed_roles: vec!["医師".to_owned(), "院長".to_owned()],
        policy: Some(PolicyReference {
            id: Oid::new(&[1, 3, 6, 1, 4, 1, 32473, 9]),
            algorithm: SHA256,
            digest: digest(SHA256, b"policy").into(),
            uri: Some("http://keiin.test/policy".to_owned()),
        }),
        mime_type: Some("text/plain".to_owned()),
        ..steps.intent()
    }
}

fn prepared(steps: &Steps, intent: &SigningIntent) -> Result<Prepared, CadesError> {
    let content = Content::Bytes(DATA.into());
    prepare(&content, steps.card.certificate(), steps.card.intermediates(), intent, steps.start())
}

#[test]
fn the_signed_attributes_are_der_and_hold_what_was_asked_for() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let prepared = prepared(&steps, &everything(&steps)).unwrap();
    let cms = prepared.attach(&steps.value(&prepared)).unwrap();
    let signed = SignedData::read(&cms).unwrap();
    assert!(first_non_der(&signed.content_info).is_none());
    let signer = &signed.signer_infos[0];
    assert_eq!(signer.signed_octets().unwrap(), prepared.to_be_signed());
    let value = |kind: &Oid| signer.signed_of(kind).next().and_then(|a| a.single()).unwrap().content();
    assert_eq!(value(&oid::MESSAGE_DIGEST), digest(SHA256, DATA));
    assert_eq!(value(&oid::SIGNING_TIME), b"260401000000Z");
    assert_eq!(signer.signed.len(), 9);
    let certificates: Vec<_> = signed.certificates.iter().map(|c| c.element().bytes()).collect();
    assert!(certificates.contains(&steps.card.certificate()) && certificates.len() == 2);
}

#[test]
fn the_claimed_time_may_be_left_out() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let intent = SigningIntent { claimed_time: ClaimedTime::LeftOut, ..steps.intent() };
    let prepared = prepared(&steps, &intent).unwrap();
    let cms = prepared.attach(&steps.value(&prepared)).unwrap();
    let cades = Cades::read(cms, None).unwrap();
    assert_eq!(cades.signatures()[0].properties.signing_time, None);
}

#[test]
fn what_was_signed_is_what_is_read() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let intent = everything(&steps);
    let prepared = prepared(&steps, &intent).unwrap();
    let cades = Cades::read(prepared.attach(&steps.value(&prepared)).unwrap(), None).unwrap();
    let facts = &cades.signatures()[0];
    let properties = &facts.properties;
    assert_eq!(properties.signing_time, Some(steps.start()));
    assert_eq!(properties.location, intent.location);
    assert_eq!(properties.claimed_roles, intent.claimed_roles);
    assert_eq!(properties.mime_type, intent.mime_type);
    assert_eq!(properties.policy.as_deref(), Some("1.3.6.1.4.1.32473.9"));
    let mut commitments: Vec<_> = intent.commitments.iter().map(|c| c.oid().to_string()).collect();
    commitments.sort();
    assert_eq!(properties.commitments, commitments);
    assert_eq!(facts.algorithm, prepared.algorithm());
    assert!(facts.defects.is_empty(), "{:?}", facts.defects);
}

#[test]
fn what_is_prepared_travels_as_json() {
    let steps = Steps::new("doctor-ec", Revocation::Crl);
    let prepared = prepared(&steps, &everything(&steps)).unwrap();
    let json = serde_json::to_string(&prepared).unwrap();
    let back: Prepared = serde_json::from_str(&json).unwrap();
    assert_eq!(back, prepared);
    assert!(back.attach(&steps.value(&prepared)).is_ok());
}

#[test]
fn only_the_signer_s_value_is_taken() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let prepared = steps.prepared(Packaging::Attached);
    let value = steps.value(&prepared);
    let wrong = |value: &[u8]| {
        matches!(prepared.attach(value), Err(CadesError::Signing(SigningError::WrongValue(_))))
    };
    let mut flipped = value.clone();
    flipped[17] ^= 1;
    assert!(wrong(&flipped));
    assert!(wrong(&[]));
    assert!(wrong(&value[1..]));
    let other = Steps { card: SoftToken::new(&steps.pki, "nurse"), ..Steps::new("nurse", Revocation::Crl) };
    assert!(wrong(&other.value(&prepared)));
    assert!(prepared.attach(&value).is_ok());
}

#[test]
fn schemes_keys_and_times_must_fit() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let with = |algorithm| prepared(&steps, &SigningIntent::new(algorithm));
    let sha1 = SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Sha1 };
    assert!(matches!(with(sha1), Err(CadesError::Signing(SigningError::NotForSigning { .. }))));
    let ecdsa = SignatureAlgorithm::Ecdsa { digest: SHA256 };
    assert!(matches!(with(ecdsa), Err(CadesError::Signing(SigningError::KeyMismatch { .. }))));
    assert_eq!(SigningIntent::for_signer(&[sha1]), None);
    assert_eq!(SigningIntent::for_signer(&[sha1, ecdsa]), Some(SigningIntent::new(ecdsa)));

    let expired = Steps::new("doctor-expired", Revocation::Crl);
    assert!(matches!(
        prepared(&expired, &expired.intent()),
        Err(CadesError::Signing(SigningError::OutsideValidity { .. }))
    ));
    let drill = SigningIntent { validity: CertificateValidity::NotChecked, ..expired.intent() };
    assert!(prepared(&expired, &drill).is_ok());
}

#[test]
fn every_scheme_of_a_card_signs() {
    for holder in ["doctor", "doctor-ec", "doctor-ec384", "doctor-rsa4096"] {
        let steps = Steps::new(holder, Revocation::Crl);
        for algorithm in steps.card.algorithms() {
            if matches!(algorithm.digest(), Some(DigestAlgorithm::Sha1 | DigestAlgorithm::Sha224)) {
                assert!(prepared(&steps, &SigningIntent::new(*algorithm)).is_err());
                continue;
            }
            let prepared = prepared(&steps, &SigningIntent::new(*algorithm)).unwrap();
            assert!(prepared.attach(&steps.value(&prepared)).is_ok(), "{holder}: {algorithm}");
        }
    }
}

#[test]
fn content_that_is_not_at_hand_goes_in_between() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let intent = steps.intent();
    let algorithm = content_digest_for(intent.algorithm).unwrap();
    for len in [0, 1, 127, 128, 70_000] {
        let data = vec![0xa5; len];
        let whole = Content::Bytes(data.as_slice().into());
        let digests = Content::Digests(DigestSet::compute([algorithm], [&data]));
        let prepare = |content| {
            prepare(content, steps.card.certificate(), steps.card.intermediates(), &intent, steps.start())
                .unwrap()
        };
        let (whole, apart) = (prepare(&whole), prepare(&digests));
        assert_eq!(whole.to_be_signed(), apart.to_be_signed());
        let value = steps.value(&whole);
        assert!(matches!(apart.attach(&value), Err(CadesError::Misuse { .. })));
        let around = apart.attach_around(&value, len as u64).unwrap();
        assert_eq!([around.head, data, around.tail].concat(), whole.attach(&value).unwrap());
        assert!(whole.attach_around(&value, len as u64 + 1).is_err());
    }
    let wrong = Content::Digests(DigestSet::compute([DigestAlgorithm::Sha3_512], [DATA]));
    let wrong = prepare(&wrong, steps.card.certificate(), steps.card.intermediates(), &intent, steps.start());
    assert!(matches!(wrong, Err(CadesError::Misuse { .. })));
}

#[test]
fn a_second_signer_leaves_every_octet_of_the_first() {
    let first = Steps::new("doctor", Revocation::Crl);
    let second = Steps::new("doctor-ec384", Revocation::Crl);
    for packaging in [Packaging::Attached, Packaging::Detached] {
        let old = first.signed(packaging);
        let content = (packaging == Packaging::Detached).then(|| Content::Bytes(DATA.into()));
        let cades = Cades::read(old.clone(), content).unwrap();
        let (certificate, chain) = (second.card.certificate(), second.card.intermediates());
        let prepared =
            prepare_additional(&cades, certificate, chain, &second.intent(), second.start()).unwrap();
        let new = prepared.attach(&second.value(&prepared)).unwrap();
        leaves_are_kept(&old, &new);
        let signed = SignedData::read(&new).unwrap();
        assert_eq!(signed.signer_infos.len(), 2);
        assert_eq!(signed.certificates.len(), 3, "the CA's certificate is there once");
        assert_eq!(signed.digest_algorithms.reader("t").unwrap().all(9, "t").unwrap().len(), 2);
        assert!(first_non_der(&signed.content_info).is_none());
        let third = signature_ids(&new);
        assert!(third.contains(&signature_ids(&old)[0]));
    }
}

#[test]
fn without_its_content_a_detached_signature_takes_no_second_signer() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let cades = Cades::read(steps.signed(Packaging::Detached), None).unwrap();
    let refused = prepare_additional(
        &cades,
        steps.card.certificate(),
        steps.card.intermediates(),
        &steps.intent(),
        steps.start(),
    );
    assert!(matches!(refused, Err(CadesError::Misuse { .. })));
}

#[test]
fn a_counter_signature_is_over_the_value_and_has_no_content_type() {
    let first = Steps::new("doctor", Revocation::Crl);
    let second = Steps::new("doctor-ec", Revocation::Crl);
    let old = first.signed(Packaging::Attached);
    let id = signature_ids(&old)[0];
    let cades = Cades::read(old.clone(), None).unwrap();
    let (certificate, chain) = (second.card.certificate(), second.card.intermediates());
    let intent = everything(&second);
    let prepared = prepare_countersignature(&cades, id, certificate, chain, &intent, second.start()).unwrap();
    let new = prepared.attach(&second.value(&prepared)).unwrap();
    leaves_are_kept(&old, &new);
    let signed = SignedData::read(&new).unwrap();
    let signer = &signed.signer_infos[0];
    let counter = signer.unsigned_of(&oid::COUNTER_SIGNATURE).next().unwrap().single().unwrap();
    let counter = keiin_pki::cms::SignerInfo::from_element(&counter).unwrap();
    assert!(counter.signed_of(&oid::CONTENT_TYPE).next().is_none());
    let over = counter.signed_of(&oid::MESSAGE_DIGEST).next().unwrap().single().unwrap();
    assert_eq!(over.content(), digest(SHA256, signer.signature.content()));
    assert_eq!(signed.certificates.len(), 3);
    let missing = keiin_model::ObjectId::from_sha256([0; 32]);
    let refused = prepare_countersignature(&cades, missing, certificate, chain, &intent, second.start());
    assert!(matches!(refused, Err(CadesError::Misuse { .. })));
}

#[test]
fn the_signer_is_named_by_certificate_digest() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let cms = steps.signed(Packaging::Detached);
    let signed = SignedData::read(&cms).unwrap();
    let kind = keiin_cades::attribute_oid::SIGNING_CERTIFICATE_V2;
    let attribute = signed.signer_infos[0].signed_of(&kind).next().unwrap().element.bytes();
    let certificate = Certificate::read(steps.card.certificate()).unwrap();
    let hash = digest(SHA256, certificate.raw);
    assert!(attribute.windows(32).any(|window| window == hash));
    let named = certificate.issuer.as_bytes();
    assert!(attribute.windows(named.len()).any(|window| window == named));
    assert!(signed.encapsulated.content.is_none());
}
