// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time-stamps and material on signatures: what is added, what stays, what is refused.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod steps;

use keiin_cades::{Cades, Content, Packaging, prepare_countersignature};
use keiin_model::{
    Bytes, Container as _, ContainerError, DigestAlgorithm, EvidenceKind, Material, ObjectId,
    PendingTimestamp, Signer as _, Target, TimestampKind,
};
use keiin_pki::{
    cms::{RevocationChoice, SignedData},
    der::first_non_der,
    digest::{DigestSet, object_id},
};
use steps::{DATA, Revocation, Steps, leaves_are_kept, signature_ids};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;

fn beside(packaging: Packaging) -> Option<Content> {
    (packaging == Packaging::Detached).then(|| Content::Bytes(DATA.into()))
}

fn read(octets: &[u8]) -> Cades {
    Cades::read(octets.to_vec(), None).unwrap()
}

fn archive(cades: &Cades) -> Target {
    Target::Archive { id: cades.signatures()[0].id }
}

#[test]
fn each_step_keeps_the_octets_before_and_every_time_stamp() {
    for revocation in [Revocation::Crl, Revocation::Ocsp, Revocation::Both] {
        for packaging in [Packaging::Attached, Packaging::Detached] {
            let levels = Steps::new("doctor", revocation).levels(packaging);
            for pair in levels.windows(2) {
                leaves_are_kept(&pair[0].1, &pair[1].1);
            }
            let formats: Vec<_> = levels
                .iter()
                .map(|(_, octets)| {
                    let cades = Cades::read(octets.clone(), beside(packaging)).unwrap();
                    let facts = &cades.signatures()[0];
                    assert!(facts.timestamps.iter().all(|t| t.imprint.intact() && t.defects.is_empty()));
                    assert!(facts.data.iter().all(keiin_model::DataReference::intact));
                    facts.format.clone()
                })
                .collect();
            let named = ["B", "T", "LT", "LTA", "LTA", "LTA"].map(|level| format!("CAdES-BASELINE-{level}"));
            assert_eq!(formats, named);
        }
    }
}

#[test]
fn an_archive_time_stamp_covers_everything_before_it() {
    let levels = Steps::new("doctor-ec", Revocation::Both).levels(Packaging::Attached);
    let cades = read(&levels[5].1);
    let facts = &cades.signatures()[0];
    let [signature, archives @ ..] = facts.timestamps.as_slice() else { panic!("no time-stamps") };
    assert_eq!(signature.kind, TimestampKind::Signature);
    assert_eq!(archives.len(), 3);
    for (earlier, later) in facts.timestamps.iter().zip(archives) {
        assert_eq!(later.kind, TimestampKind::Archive);
        assert!(later.covers.contains(&earlier.id) && later.covers.contains(&facts.id));
    }
    let material: Vec<ObjectId> = cades.evidence().of_kind(EvidenceKind::Ocsp).map(|(id, _)| *id).collect();
    let last = archives.last().unwrap();
    assert!(!material.is_empty() && material.iter().all(|id| last.covers.contains(id)));
    assert_eq!(archives[1].imprint.algorithm, Some(SHA512));
}

#[test]
fn material_goes_in_once() {
    let steps = Steps::new("doctor", Revocation::Both);
    let mut cades = read(&steps.signed(Packaging::Attached));
    let target = archive(&cades);
    let material = steps.material("doctor", steps.start());
    cades.embed_material(target, &material).unwrap();
    let once = cades.as_bytes().to_vec();
    cades.embed_material(target, &material).unwrap();
    assert_eq!(cades.as_bytes(), once);
    let twice = Material {
        certificates: [&material.certificates[..], &material.certificates].concat(),
        crls: [&material.crls[..], &material.crls].concat(),
        ocsps: [&material.ocsps[..], &material.ocsps].concat(),
    };
    let mut other = read(&steps.signed(Packaging::Attached));
    other.embed_material(target, &twice).unwrap();
    assert_eq!(other.as_bytes(), once);

    let signed = SignedData::read(&once).unwrap();
    assert_eq!(signed.version.content(), [5], "RFC 5652, 5.1: other revocation formats");
    assert!(first_non_der(&signed.content_info).is_none());
    assert_eq!((signed.certificates.len(), signed.crls.len()), (3, 4));
    let responses = signed.crls.iter().filter(|c| matches!(c, RevocationChoice::OcspResponse { .. }));
    assert_eq!(responses.count(), 2);
}

#[test]
fn crls_alone_leave_the_version() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let mut cades = read(&steps.signed(Packaging::Attached));
    let target = archive(&cades);
    cades.embed_material(target, &steps.material("doctor", steps.start())).unwrap();
    assert_eq!(SignedData::read(cades.as_bytes()).unwrap().version.content(), [1]);
    let before = cades.as_bytes().to_vec();
    cades.embed_material(target, &Material::default()).unwrap();
    assert_eq!(cades.as_bytes(), before);
}

#[test]
fn what_is_no_certificate_is_not_embedded() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let mut cades = read(&steps.signed(Packaging::Attached));
    let target = archive(&cades);
    let before = cades.as_bytes().to_vec();
    let crl = Bytes::from(steps.pki.crl("signing-ca", steps.start()));
    let garbage = [
        Material { certificates: vec![Bytes::from(&b"\x30\x00"[..])], ..Material::default() },
        Material { certificates: vec![crl.clone()], ..Material::default() },
        Material { crls: vec![Bytes::from(steps.card.certificate())], ..Material::default() },
        Material { ocsps: vec![crl], ..Material::default() },
    ];
    for material in garbage {
        let refused = cades.embed_material(target, &material);
        assert!(matches!(refused, Err(ContainerError::Malformed { .. })));
        assert_eq!(cades.as_bytes(), before);
    }
}

#[test]
fn a_token_for_another_imprint_is_refused() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let mut cades = read(&steps.signed(Packaging::Attached));
    let before = cades.as_bytes().to_vec();
    let id = cades.signatures()[0].id;
    for target in [Target::Signature { id }, Target::Archive { id }] {
        let pending = cades.begin_timestamp(target, SHA256).unwrap();
        let other = steps.pki.tsa("tsa-rsa").stamp(SHA256, &[7; 32], steps.start());
        let stronger = steps.pki.tsa("tsa-rsa").stamp(SHA512, &[7; 64], steps.start());
        for wrong in [&other[..], &stronger, &before, b"", b"token"] {
            let refused = cades.finish_timestamp(&pending, wrong);
            assert!(matches!(refused, Err(ContainerError::Token { .. })), "{refused:?}");
            assert_eq!(cades.as_bytes(), before);
        }
    }
}

#[test]
fn a_time_stamp_that_was_begun_elsewhere_is_refused() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let (first, mut second) = (read(&steps.signed(Packaging::Attached)), {
        let other = Steps::new("doctor-ec", Revocation::Crl);
        read(&other.signed(Packaging::Attached))
    });
    let before = second.as_bytes().to_vec();
    let pending = first.begin_timestamp(archive(&first), SHA256).unwrap();
    let token = steps.pki.tsa("tsa-rsa").stamp(SHA256, &pending.imprint, steps.start());
    let mine = archive(&second);
    for pending in [
        pending.clone(),
        PendingTimestamp { target: mine, ..pending.clone() },
        PendingTimestamp { target: mine, state: Bytes::from(&b"\x30\x00"[..]), ..pending.clone() },
    ] {
        let refused = second.finish_timestamp(&pending, &token);
        assert!(matches!(refused, Err(ContainerError::Misuse { .. })), "{refused:?}");
        assert_eq!(second.as_bytes(), before);
    }
}

#[test]
fn a_pending_time_stamp_travels_as_json() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let mut cades = read(&steps.signed(Packaging::Attached));
    let pending = cades.begin_timestamp(archive(&cades), SHA512).unwrap();
    let json = serde_json::to_string(&pending).unwrap();
    let back: PendingTimestamp = serde_json::from_str(&json).unwrap();
    let token = steps.pki.tsa("tsa-rsa4096-sha512").stamp(SHA512, &back.imprint, steps.start());
    // Material that comes between begin and finish is not covered, and does no harm.
    cades.embed_material(back.target, &steps.material("doctor", steps.start())).unwrap();
    cades.finish_timestamp(&back, &token).unwrap();
    assert!(cades.signatures()[0].timestamps[0].imprint.intact());
}

#[test]
fn old_digests_and_unknown_signatures_are_refused() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let cades = read(&steps.signed(Packaging::Attached));
    let missing = Target::Archive { id: object_id(b"nothing") };
    assert!(matches!(cades.begin_timestamp(missing, SHA256), Err(ContainerError::Misuse { .. })));
    let sha1 = cades.begin_timestamp(archive(&cades), DigestAlgorithm::Sha1);
    assert!(matches!(sha1, Err(ContainerError::Misuse { .. })));
}

#[test]
fn digests_serve_in_place_of_detached_content() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let octets = steps.signed(Packaging::Detached);
    let id = signature_ids(&octets)[0];
    let digests = Content::Digests(DigestSet::compute([SHA256], [DATA]));
    let by_digest = Cades::read(octets.clone(), Some(digests)).unwrap();
    let by_octets = Cades::read(octets.clone(), beside(Packaging::Detached)).unwrap();
    let target = Target::Archive { id };
    let begun = by_digest.begin_timestamp(target, SHA256).unwrap();
    assert_eq!(begun, by_octets.begin_timestamp(target, SHA256).unwrap());
    assert!(matches!(by_digest.begin_timestamp(target, SHA512), Err(ContainerError::Misuse { .. })));
    let without = Cades::read(octets, None).unwrap();
    assert!(matches!(without.begin_timestamp(target, SHA256), Err(ContainerError::Misuse { .. })));
    assert!(without.begin_timestamp(Target::Signature { id }, SHA256).is_ok());
}

/// A counter-signature gets a time-stamp of its own; under an archive time-stamp it no longer can.
#[test]
fn a_counter_signature_is_stamped_before_the_archive_time_stamp_or_not_at_all() {
    let first = Steps::new("doctor", Revocation::Crl);
    let second = Steps::new("doctor-ec", Revocation::Crl);
    let cades = read(&first.signed(Packaging::Attached));
    let id = cades.signatures()[0].id;
    let prepared = prepare_countersignature(
        &cades,
        id,
        second.card.certificate(),
        second.card.intermediates(),
        &second.intent(),
        second.start(),
    )
    .unwrap();
    let mut cades = read(&prepared.attach(&second.value(&prepared)).unwrap());
    let counter = cades.signatures()[0].countersignatures[0].id;
    assert!(cades.begin_timestamp(Target::Archive { id: counter }, SHA256).is_err());
    let target = Target::Signature { id: counter };
    let at = first.start().plus_seconds(60);
    first.pki.stamp(&mut cades, target, "tsa-rsa", SHA256, at);
    assert!(cades.signatures()[0].countersignatures[0].timestamps[0].imprint.intact());
    first.pki.stamp(&mut cades, Target::Archive { id }, "tsa-ecdsa", SHA256, at);

    let before = cades.as_bytes().to_vec();
    let pending = cades.begin_timestamp(target, SHA256).unwrap();
    let token = first.pki.tsa("tsa-rsa").stamp(SHA256, &pending.imprint, at);
    assert!(matches!(cades.finish_timestamp(&pending, &token), Err(ContainerError::Misuse { .. })));
    assert_eq!(cades.as_bytes(), before);
    let again = prepare_countersignature(
        &cades,
        counter,
        second.card.certificate(),
        second.card.intermediates(),
        &second.intent(),
        second.start(),
    );
    assert!(again.is_err());
}

#[test]
fn two_signers_are_archived_each_for_itself() {
    let first = Steps::new("doctor", Revocation::Crl);
    let second = Steps::new("doctor-ec", Revocation::Crl);
    let cades = read(&first.signed(Packaging::Attached));
    let (certificate, chain) = (second.card.certificate(), second.card.intermediates());
    let prepared =
        keiin_cades::prepare_additional(&cades, certificate, chain, &second.intent(), second.start())
            .unwrap();
    let mut cades = read(&prepared.attach(&second.value(&prepared)).unwrap());
    let ids: Vec<_> = cades.signatures().iter().map(|s| s.id).collect();
    for id in &ids {
        let at = first.start().plus_days(1);
        first.pki.stamp(&mut cades, Target::Signature { id: *id }, "tsa-rsa", SHA256, first.start());
        cades.embed_material(Target::Archive { id: *id }, &first.material("doctor", at)).unwrap();
        first.pki.stamp(&mut cades, Target::Archive { id: *id }, "tsa-ecdsa", SHA256, at);
    }
    assert_eq!(ids.len(), 2);
    for facts in cades.signatures() {
        assert_eq!(facts.timestamps.len(), 2);
        assert!(facts.timestamps.iter().all(|t| t.imprint.intact()));
    }
}

/// Without the content no imprint can be compared, and still nothing that a hash index names may go.
#[test]
fn what_is_covered_is_kept_without_the_content_too() {
    let first = Steps::new("doctor", Revocation::Crl);
    let octets = first.signed(Packaging::Detached);
    let at = first.start().plus_seconds(60);
    let cades = Cades::read(octets, beside(Packaging::Detached)).unwrap();
    let id = cades.signatures()[0].id;
    let (certificate, chain) = (first.card.certificate(), first.card.intermediates());
    let prepared =
        prepare_countersignature(&cades, id, certificate, chain, &first.intent(), first.start()).unwrap();
    let countersigned = prepared.attach(&first.value(&prepared)).unwrap();
    let mut cades = Cades::read(countersigned, beside(Packaging::Detached)).unwrap();
    first.pki.stamp(&mut cades, Target::Archive { id }, "tsa-ecdsa", SHA256, at);

    let mut without = Cades::read(cades.as_bytes().to_vec(), None).unwrap();
    let before = without.as_bytes().to_vec();
    let counter = Target::Signature { id: without.signatures()[0].countersignatures[0].id };
    let pending = without.begin_timestamp(counter, SHA256).unwrap();
    let token = first.pki.tsa("tsa-rsa").stamp(SHA256, &pending.imprint, at);
    assert!(matches!(without.finish_timestamp(&pending, &token), Err(ContainerError::Misuse { .. })));
    assert_eq!(without.as_bytes(), before);

    let target = Target::Signature { id };
    let pending = without.begin_timestamp(target, SHA256).unwrap();
    let token = first.pki.tsa("tsa-rsa").stamp(SHA256, &pending.imprint, at);
    without.finish_timestamp(&pending, &token).unwrap();
    let pending = cades.begin_timestamp(Target::Archive { id }, SHA256).unwrap();
    let token = first.pki.tsa("tsa-rsa").stamp(SHA256, &pending.imprint, at);
    assert!(matches!(without.finish_timestamp(&pending, &token), Err(ContainerError::Misuse { .. })));
}
