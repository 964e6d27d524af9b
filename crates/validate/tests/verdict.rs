// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The stories of the issue: each gives the indication and sub-indication of EN 319 102-1.
#![allow(clippy::unwrap_used)] // a test's own data is known

mod world;

use std::time::Duration;

use keiin_model::{Indication, NextStep, Outcome, SignedMessage, SubIndication as S, TimestampKind, Want};
use keiin_validate::{Policy, RevocationFreshness};
use world::{Story, day};

const YEAR: i64 = 365;

#[test]
fn a_basic_signature_with_a_current_crl_passes() {
    let story = Story::signed_by("doctor", 1).with_crls("doctor", 2);
    let policy = story.general();
    let report = story.report(&policy, 3);
    let signature = &report.signatures[0];
    assert_eq!((signature.indication, signature.sub_indication), (Indication::TotalPassed, None));
    assert_eq!(signature.signature_intact, Some(true));
    let signer = signature.signer.as_ref().unwrap();
    assert_eq!((signer.path.len(), signer.revocation.len()), (3, 2));
    assert_eq!(signer.anchor_class.as_deref(), Some("root"));
    assert_eq!((signature.material.certificates.len(), signature.material.crls.len()), (3, 2));
    assert_eq!(signature.next[0].step, NextStep::AddTimestamp);
    assert!(signature.next[0].before.unwrap() <= signer.not_after);
    assert!(report.wants.is_empty(), "{:?}", report.wants);
    assert_eq!(report.signature_checks, 5, "the signature, two certificates, two CRLs");
}

#[test]
fn what_is_missing_is_wanted() {
    let story = Story::signed_by("doctor", 1);
    let report = story.report(&story.general(), 3);
    assert_eq!(report.signatures[0].sub_indication, Some(S::CertificateChainGeneralFailure));
    assert_eq!(report.signatures[0].next[0].step, NextStep::GetAnyRevocation);
    let urls: Vec<_> = report
        .wants
        .iter()
        .map(|want| match want {
            Want::Revocation { crl_urls, issued_after: None, .. } => crl_urls.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(urls, [1, 1]);
}

#[test]
fn nobody_trusted_is_no_chain() {
    let story = Story::signed_by("stranger", 1);
    assert_eq!(story.verdict(3), Some(S::NoCertificateChainFound));
}

#[test]
fn changed_data_changed_values_and_missing_data() {
    let mut story = Story::signed_by("doctor", 1).with_crls("doctor", 2);
    story.signature.data[0].actual = Some(vec![0; 32].into());
    let judged = story.judged(&story.general(), 3);
    assert_eq!((judged.indication, judged.sub_indication), (Indication::TotalFailed, Some(S::HashFailure)));
    assert_eq!(judged.signature_intact, Some(true));
    story.signature.data[0].actual = None;
    assert_eq!(story.verdict(3), Some(S::SignedDataNotFound));
    story.signature.data[0].actual = Some(story.signature.data[0].expected.clone());
    story.signature.message = SignedMessage::Octets { octets: b"other".as_slice().into() };
    let judged = story.judged(&story.general(), 3);
    assert_eq!((judged.sub_indication, judged.signature_intact), (Some(S::SigCryptoFailure), Some(false)));
}

#[test]
fn a_reference_to_another_certificate_identifies_nobody() {
    let mut story = Story::signed_by("doctor", 1).with_crls("doctor", 2);
    story.signature.signer.references[0].digest = vec![0; 32].into();
    let judged = story.judged(&story.general(), 3);
    assert_eq!(judged.sub_indication, Some(S::NoSigningCertificateFound));
    assert_eq!(judged.signature_intact, Some(true));
}

#[test]
fn revoked_with_and_without_an_older_time_stamp() {
    let story = |stamped: Option<i64>| {
        let story = Story::signed_by("doctor-revoked", 1).with_crls("doctor-revoked", 40);
        match stamped {
            Some(days) => story.stamped_by("tsa-rsa", days).with_crls("tsa-rsa", 40),
            None => story,
        }
    };
    assert_eq!(story(None).verdict(41), Some(S::RevokedNoPoe));
    assert_eq!(story(Some(35)).verdict(41), Some(S::RevokedNoPoe));
    assert_eq!(story(Some(5)).verdict(41), None);
}

#[test]
fn a_signature_after_a_revocation_that_a_content_time_stamp_proves_is_revoked() {
    let story = Story::signed_by("doctor-revoked", 36)
        .stamp("tsa-rsa", 35, TimestampKind::Content, Vec::new())
        .with_crls("doctor-revoked", 40)
        .with_crls("tsa-rsa", 40);
    let judged = story.judged(&story.general(), 41);
    assert_eq!((judged.indication, judged.sub_indication), (Indication::TotalFailed, Some(S::Revoked)));
}

#[test]
fn a_revoked_ca_is_told_apart() {
    let story = Story::signed_by("doctor-revoked-ca", 1).with_crls("doctor-revoked-ca", 40);
    assert_eq!(story.verdict(41), Some(S::RevokedCaNoPoe));
    let story = story.stamped_by("tsa-rsa", 5).with_crls("tsa-rsa", 40);
    assert_eq!(story.verdict(41), None);
}

#[test]
fn a_certificate_on_hold_waits() {
    let story = Story::signed_by("doctor-on-hold", 1).with_crls("doctor-on-hold", 15);
    let judged = story.judged(&story.general(), 16);
    assert_eq!(judged.sub_indication, Some(S::TryLater));
    assert_eq!((judged.next[0].step, judged.next[0].not_before), (NextStep::GetRevocation, Some(day(19))));
    let before = story.stamped_by("tsa-rsa", 5).with_crls("tsa-rsa", 15);
    assert_eq!(before.verdict(16), None);
}

#[test]
fn an_archive_time_stamp_outlives_the_signer_and_its_renewal_the_tsa() {
    let story = Story::signed_by("doctor", 1)
        .stamped_by("tsa-ecdsa", 2)
        .with_crls("doctor", 3)
        .with_crls("tsa-ecdsa", 3);
    let at_six = story.judged(&story.general(), 6 * YEAR);
    assert_eq!((at_six.sub_indication, at_six.time.best_signature_time), (None, day(2)), "5.5.4 step 4 d");
    assert_eq!(at_six.next[0].step, NextStep::Archive);
    assert_eq!(story.verdict(12 * YEAR), Some(S::OutOfBoundsNotRevoked), "its TSA has ended");
    assert_eq!(story.verdict(15 * YEAR), Some(S::OutOfBoundsNoPoe), "and so has the CA that spoke of it");

    let archived = story.archived_by("tsa-ecdsa", 4).with_crls("tsa-ecdsa", 5);
    let judged = archived.judged(&archived.general(), 6 * YEAR);
    assert_eq!((judged.sub_indication, judged.next[0].step), (None, NextStep::Renew));
    assert!(judged.timestamps[1].good_until.unwrap() <= day(11 * YEAR + 3));
    assert_eq!(archived.verdict(15 * YEAR), Some(S::OutOfBoundsNoPoe), "unrenewed");

    let renewed = archived
        .with_crls("tsa-ecdsa", 10 * YEAR)
        .archived_by("tsa-generation-2", 10 * YEAR)
        .with_crls("tsa-generation-2", 10 * YEAR + 1);
    let judged = renewed.judged(&renewed.general(), 15 * YEAR);
    assert_eq!((judged.sub_indication, judged.time.best_signature_time), (None, day(2)));
    assert!(judged.timestamps.iter().all(|timestamp| timestamp.sub_indication.is_none()));
}

#[test]
fn a_time_stamp_after_the_end_of_the_certificate_does_not_help() {
    let story = Story::signed_by("doctor-expiring", 1)
        .stamped_by("tsa-ecdsa", 95)
        .with_crls("doctor-expiring", 89)
        .with_crls("tsa-ecdsa", 96);
    assert_eq!(story.verdict(97), Some(S::OutOfBoundsNotRevoked));
    let archived = story.archived_by("tsa-ecdsa", 98).with_crls("tsa-ecdsa", 99);
    assert_eq!(archived.verdict(100), Some(S::OutOfBoundsNotRevoked));
    let timely = Story::signed_by("doctor-expiring", 1)
        .stamped_by("tsa-ecdsa", 80)
        .with_crls("doctor-expiring", 89)
        .with_crls("tsa-ecdsa", 96);
    assert_eq!(timely.verdict(97), None);
}

#[test]
fn sha1_counts_only_when_it_did() {
    let story = Story::signed_with("doctor", 1, keiin_model::DigestAlgorithm::Sha1).with_crls("doctor", 2);
    assert_eq!(story.verdict(3), Some(S::CryptoConstraintsFailureNoPoe));
    // The same under a table in which SHA-1 ends later: good with a time-stamp from before, and not without.
    let text = include_str!("../policy/ets-119312.toml").replace("2012-08-01", "2026-05-01");
    let later = |story: &Story| Policy {
        algorithms: keiin_validate::AlgorithmTable::read(&text).unwrap(),
        forecast: keiin_validate::Forecast::Decides,
        ..story.general()
    };
    assert_eq!(story.judged(&later(&story), 3).sub_indication, None);
    assert_eq!(story.judged(&later(&story), 60).sub_indication, Some(S::CryptoConstraintsFailureNoPoe));
    let stamped = story.stamped_by("tsa-ecdsa", 2).with_crls("tsa-ecdsa", 3);
    assert_eq!(stamped.judged(&later(&stamped), 60).sub_indication, None);
}

#[test]
fn a_crl_older_than_the_signature_waits_for_a_younger_one() {
    let strict = |story: &Story| Policy {
        signer_freshness: RevocationFreshness::Strict { grace: Duration::ZERO },
        ..story.general()
    };
    let story = Story::signed_by("doctor", 5)
        .stamped_by("tsa-ecdsa", 5)
        .with_crls("doctor", 4)
        .with_crls("tsa-ecdsa", 6);
    assert_eq!(story.verdict(6), None, "the general preset has no constraint");
    let report = story.report(&strict(&story), 6);
    let judged = &report.signatures[0];
    assert_eq!(judged.sub_indication, Some(S::TryLater));
    let next = &judged.next[0];
    assert_eq!(
        (next.step, next.not_before),
        (NextStep::GetRevocation, Some(day(8))),
        "nextUpdate of the CRL"
    );
    let asked = report.wants.iter().filter(
        |want| matches!(want, Want::Revocation { issued_after: Some(after), .. } if *after == day(5)),
    );
    assert_eq!(asked.count(), 2, "{:?}", report.wants);
    let story = story.with_crls("doctor", 6);
    assert_eq!(story.judged(&strict(&story), 7).sub_indication, None);
}

#[test]
fn data_that_is_not_current_any_more_is_wanted_anew() {
    let current = |story: &Story| Policy {
        signer_freshness: RevocationFreshness::NextUpdate,
        tsa_freshness: RevocationFreshness::NextUpdate,
        ..story.general()
    };
    let story = Story::signed_by("doctor", 1)
        .stamped_by("tsa-ecdsa", 1)
        .with_crls("doctor", 2)
        .with_crls("tsa-ecdsa", 2);
    assert_eq!(story.judged(&current(&story), 5).sub_indication, None);
    let report = story.report(&current(&story), 9);
    assert_eq!(report.signatures[0].timestamps[0].sub_indication, Some(S::TryLater));
    assert_eq!(report.signatures[0].sub_indication, Some(S::TryLater));
    for want in &report.wants {
        let after = Some(day(2).plus_seconds(1));
        assert!(matches!(want, Want::Revocation { issued_after, .. } if *issued_after == after), "{want:?}");
    }
    assert_eq!(report.wants.len(), 4, "signer, TSA and the CA of each");
    let story = story.with_crls("doctor", 8).with_crls("tsa-ecdsa", 8);
    let report = story.report(&current(&story), 9);
    assert_eq!((report.signatures[0].sub_indication, report.wants.len()), (None, 0));
}

#[test]
fn time_stamps_out_of_order_are_noticed() {
    let story = Story::signed_by("doctor", 1)
        .stamp("tsa-rsa", 9, TimestampKind::Content, Vec::new())
        .stamped_by("tsa-rsa", 5)
        .with_crls("doctor", 10)
        .with_crls("tsa-rsa", 10);
    assert_eq!(story.verdict(11), Some(S::TimestampOrderFailure));
}

#[test]
fn a_tsa_without_the_key_purpose_proves_nothing() {
    let story = |tsa: &str| {
        let story = Story::signed_by("doctor-revoked", 1).stamped_by(tsa, 5);
        story.with_crls("doctor-revoked", 40).with_crls(tsa, 40)
    };
    for (tsa, expected) in [
        ("tsa-no-eku", Some(S::ChainConstraintsFailure)),
        ("tsa-revoked", Some(S::RevokedNoPoe)),
        ("tsa-eku-not-critical", None),
    ] {
        let story = story(tsa);
        let judged = story.judged(&story.general(), 41);
        assert_eq!(judged.timestamps[0].sub_indication, expected, "{tsa}");
        assert_eq!(judged.sub_indication.is_none(), expected.is_none(), "{tsa}");
    }
    let story = story("tsa-eku-with-others");
    let strict = Policy { tsa_usage: keiin_validate::TsaUsage::CriticalAndAlone, ..story.general() };
    assert_eq!(story.judged(&strict, 41).timestamps[0].sub_indication, Some(S::ChainConstraintsFailure));
}

#[test]
fn an_anchor_that_signs_itself_needs_neither_validity_nor_revocation() {
    let story = Story::signed_by("doctor-expiring", 1);
    let mut policy = story.general();
    policy.signer_anchors[0].certificate = story.pki.certificate("doctor-expiring").into();
    assert_eq!(story.judged(&policy, 9 * YEAR).sub_indication, None);
}

#[test]
fn the_tree_names_its_checks_once_and_with_a_clause() {
    let story = Story::signed_by("doctor", 1).with_crls("doctor", 2);
    let judged = story.judged(&story.general(), 3);
    let ids: Vec<_> = judged.checks.iter().map(|check| check.id.as_ref()).collect();
    assert_eq!(ids, ["basic", "with-time", "archival"]);
    let blocks: Vec<_> = judged.checks[0].children.iter().map(|check| check.id.as_ref()).collect();
    assert_eq!(blocks, ["format", "isc", "cv", "xcv", "sav"]);
    fn walk(checks: &[keiin_model::Check]) {
        for check in checks {
            assert!(check.clause.contains(' '), "{}", check.id);
            assert!(check.outcome <= Outcome::Warning, "{}", check.id);
            walk(&check.children);
        }
    }
    walk(&judged.checks);
}
