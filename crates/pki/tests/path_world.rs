// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Paths and revocation in the testkit's HPKI-like world, whose objects other people's encoders made.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::panic
)]

use keiin_model::{ObjectId, Time};
use keiin_pki::{
    cert::Certificate,
    digest::object_id,
    path::{
        self, Anchor, Budget, Exhausted, InitialSubtrees, Limits, PathErrorKind, PathParameters,
        RejectedPathReason, SignatureFailure,
    },
    revocation::{self, Crls, Ocsps, RevocationFacts, RevocationKind, RevocationRejection, RevocationStatus},
    store::CertificateStore,
};
use keiin_testkit::{
    DEFAULT_BASE_URL, DistinguishedName, Entity, Fault, Faults, NamePart, TestPki, World,
    draft::{CertificateDraft, DraftExtension, DraftName},
    keys,
};
use proptest::prelude::*;

/// What a search came to, as ids: comparable whatever the lifetimes.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    paths: Vec<Vec<ObjectId>>,
    rejected: Vec<(Vec<ObjectId>, RejectedPathReason)>,
    exhausted: Option<Exhausted>,
}

fn build(target: &[u8], pool: &[&[u8]], anchors: &[&[u8]], limits: Limits) -> Outcome {
    let target = Certificate::read(target).unwrap();
    let store = CertificateStore::new(pool.iter().copied());
    let anchors: Vec<_> = anchors.iter().map(|raw| Anchor::read(raw, None).unwrap()).collect();
    let search = path::build(&target, &store, &anchors, &mut Budget::new(limits));
    let ids = |certificates: &[&Certificate<'_>]| certificates.iter().map(|c| c.id).collect();
    Outcome {
        paths: search.paths.iter().map(path::CandidatePath::ids).collect(),
        rejected: search.rejected.iter().map(|r| (ids(&r.certificates), r.reason)).collect(),
        exhausted: search.exhausted,
    }
}

fn ids(pki: &TestPki, names: &[&str]) -> Vec<ObjectId> {
    names.iter().map(|name| object_id(pki.certificate(name))).collect()
}

const CAS: [&str; 6] = [
    "root",
    "signing-ca",
    "signing-ca-2",
    "signing-ca-new-with-old",
    "signing-ca-old-with-new",
    "stranger-root",
];

#[test]
fn a_chain_is_found_whatever_the_anchor() {
    let pki = TestPki::hpki();
    let pool: Vec<&[u8]> = CAS.iter().map(|name| pki.certificate(name)).collect();
    let doctor = pki.certificate("doctor");
    for (anchor, expected) in [
        ("root", &["doctor", "signing-ca", "root"][..]),
        ("signing-ca", &["doctor", "signing-ca"]),
        ("doctor", &["doctor"]),
    ] {
        let outcome = build(doctor, &pool, &[pki.certificate(anchor)], Limits::default());
        assert_eq!(outcome.paths[0], ids(&pki, expected), "{anchor}");
        assert_eq!(outcome.exhausted, None);
    }
    let stranger = build(doctor, &pool, &[pki.certificate("stranger-root")], Limits::default());
    assert!(stranger.paths.is_empty());
    assert!(stranger.rejected.iter().any(|(_, reason)| *reason == RejectedPathReason::SelfIssued));
}

#[test]
fn an_end_entity_made_an_anchor_issues_nothing() {
    let world = World::hpki(DEFAULT_BASE_URL, TestPki::hpki().start());
    let doctor = world.entities.iter().find(|e| e.name == "doctor").unwrap().clone();
    let subject = DistinguishedName::jp(&[(NamePart::CommonName, "Issued by a doctor")]);
    let forged = Entity { name: "forged".into(), subject, issuer: doctor.name.clone(), ..doctor };
    let pki = world.with(forged).build();
    let outcome = build(pki.certificate("forged"), &[], &[pki.certificate("doctor")], Limits::default());
    assert!(outcome.paths.is_empty());
    assert_eq!(outcome.rejected[0].1, RejectedPathReason::AnchorMayNotIssue);
    // Nor as an intermediate: the chain stands, the check refuses it.
    let target = Certificate::read(pki.certificate("forged")).unwrap();
    let store = CertificateStore::new([pki.certificate("doctor"), pki.certificate("signing-ca")]);
    let anchors = [Anchor::read(pki.certificate("root"), None).unwrap()];
    let search = path::build(&target, &store, &anchors, &mut Budget::default());
    let error = path::check(&search.paths[0], &PathParameters::default()).unwrap_err();
    assert_eq!(error.kind, PathErrorKind::NotCa);
}

#[test]
fn rolled_over_keys_give_every_way_and_the_shortest_first() {
    let pki = TestPki::hpki();
    let pool: Vec<&[u8]> = CAS.iter().map(|name| pki.certificate(name)).collect();
    let outcome =
        build(pki.certificate("doctor-rollover"), &pool, &[pki.certificate("root")], Limits::default());
    let ways = [
        ids(&pki, &["doctor-rollover", "signing-ca-2", "root"]),
        ids(&pki, &["doctor-rollover", "signing-ca-new-with-old", "signing-ca", "root"]),
    ];
    assert_eq!(outcome.paths, ways);
    let wrong_value = |reason: &RejectedPathReason| {
        matches!(reason, RejectedPathReason::Signature(SignatureFailure::Value(_)))
    };
    assert!(
        outcome.rejected.iter().any(|(_, reason)| wrong_value(reason)),
        "the old key signed nothing here"
    );
}

#[test]
fn every_limit_has_its_own_name() {
    let pki = TestPki::hpki();
    let pool: Vec<&[u8]> = CAS.iter().map(|name| pki.certificate(name)).collect();
    let root = [pki.certificate("root")];
    let limits = Limits::default();
    for (limits, expected) in [
        (Limits { signature_checks: 1, ..limits }, Exhausted::SignatureChecks),
        (Limits { signature_checks_per_search: 1, ..limits }, Exhausted::SignatureChecks),
        (Limits { paths: 1, ..limits }, Exhausted::Paths),
        (Limits { depth: 2, ..limits }, Exhausted::Depth),
        (Limits { steps: 2, ..limits }, Exhausted::Steps),
    ] {
        let outcome = build(pki.certificate("doctor-rollover"), &pool, &root, limits);
        assert_eq!(outcome.exhausted, Some(expected));
    }
}

/// A CA certificate with the same name and identifiers and another key: the modulus is changed in two octets.
fn chaff(ca: &[u8], count: u16, same_key_id: bool) -> Vec<Vec<u8>> {
    let certificate = Certificate::read(ca).unwrap();
    let at = |part: &[u8]| part.as_ptr() as usize - ca.as_ptr() as usize;
    let modulus = at(certificate.spki) + 60;
    let key_id = at(certificate.subject_key_id.unwrap());
    let one = |number: u16| {
        let mut copy = ca.to_vec();
        let [high, low] = number.to_be_bytes();
        copy[modulus] ^= high;
        copy[modulus + 1] ^= low;
        copy[key_id] ^= u8::from(!same_key_id);
        copy
    };
    (1..=count).map(one).collect()
}

#[test]
fn a_thousand_certificates_of_one_name_are_bounded_and_named() {
    let pki = TestPki::hpki();
    let (ca, root) = (pki.certificate("signing-ca"), [pki.certificate("root")]);
    let real = ids(&pki, &["doctor", "signing-ca", "root"]);
    for same_key_id in [false, true] {
        let chaff = chaff(ca, 1000, same_key_id);
        let pool: Vec<&[u8]> = chaff.iter().map(Vec::as_slice).chain([ca]).collect();
        // Forged key identifiers send the search to all of them first, and the real chain is found all the same.
        let outcome = build(pki.certificate("doctor"), &pool, &root, Limits::default());
        assert_eq!(outcome.paths, std::slice::from_ref(&real), "{same_key_id}");
        assert_eq!(outcome.exhausted, None);
        // With less to spend the limit is named; identifiers that differ are tried last, so the real chain stands.
        let less = Limits { signature_checks_per_search: 256, ..Limits::default() };
        let outcome = build(pki.certificate("doctor"), &pool, &root, less);
        assert_eq!(outcome.exhausted, Some(Exhausted::SignatureChecks));
        assert!(outcome.rejected.len() <= 256);
        assert!(same_key_id || outcome.paths == [real.clone()]);
    }
    let chaff = chaff(ca, 6000, true);
    let pool: Vec<&[u8]> = chaff.iter().map(Vec::as_slice).collect();
    let outcome = build(pki.certificate("doctor"), &pool, &root, Limits::default());
    assert!(outcome.paths.is_empty());
    assert!(matches!(outcome.exhausted, Some(Exhausted::SignatureChecks | Exhausted::Steps)));
}

/// A list that a thousand certificates claim to have signed costs no more than its own share.
#[test]
fn a_thousand_signers_of_a_list_are_bounded_and_named() {
    let pki = TestPki::hpki();
    let chaff = chaff(pki.certificate("signing-ca-2"), 1000, true);
    let store = CertificateStore::new(chaff.iter().map(Vec::as_slice));
    let crl = pki.crl("signing-ca-2", pki.start());
    let crls = Crls::new([crl.as_slice()]);
    let ocsps = Ocsps::default();
    let holder = Certificate::read(pki.certificate("doctor")).unwrap();
    let issuer = Certificate::read(pki.certificate("signing-ca")).unwrap();
    let mut budget = Budget::default();
    let facts = revocation::facts(&holder, &issuer, &crls, &ocsps, &store, &mut budget);
    assert!(facts.usable.is_empty());
    let exhausted = RevocationRejection::Signature(SignatureFailure::Exhausted);
    assert_eq!(facts.rejected[0].reason, exhausted);
    assert!(budget.signature_checks() <= Limits::default().signature_checks_per_object);
}

#[test]
fn a_mesh_of_fifty_cas_is_bounded_and_named() {
    const CAS: usize = 50;
    let authority = |n: usize| DistinguishedName::jp(&[(NamePart::CommonName, &format!("Mesh {n}"))]);
    let key = |n: usize| keys::find(["p256-01", "p256-02", "p256-03"][n % 3]).unwrap();
    let start = TestPki::START;
    let certificate = |n: usize, by: usize| {
        let draft = CertificateDraft {
            subject: authority(n),
            issuer: authority(by),
            serial: (n * CAS + by + 1) as u64,
            key: key(n),
            not_before: start,
            not_after: start.plus_days(100),
            extensions: vec![
                DraftExtension::ca(None),
                DraftExtension::key_usage(&["keyCertSign", "cRLSign"]),
            ],
        };
        draft.signed_by(key(by))
    };
    // Every CA certified every other and itself, and 200 strangers issued themselves certificates in their names.
    let mut mesh: Vec<Vec<u8>> =
        (0..CAS).flat_map(|n| (0..CAS).map(move |by| (n, by))).map(|(n, by)| certificate(n, by)).collect();
    let stranger = keys::find("p256-04").unwrap();
    for n in 0..200 {
        let draft = CertificateDraft {
            subject: authority(n % CAS),
            issuer: authority(n % CAS),
            serial: 10_000 + n as u64,
            key: stranger,
            not_before: start,
            not_after: start.plus_days(100),
            extensions: vec![DraftExtension::ca(None)],
        };
        mesh.push(draft.signed_by(stranger));
    }
    let holder = CertificateDraft {
        subject: authority(1000),
        issuer: authority(0),
        serial: 1,
        key: stranger,
        not_before: start,
        not_after: start.plus_days(100),
        extensions: Vec::new(),
    };
    let holder = holder.signed_by(key(0));
    let pool: Vec<&[u8]> = mesh.iter().map(Vec::as_slice).collect();
    let anchor = certificate(CAS - 1, CAS - 1);
    let begun = std::time::Instant::now();
    let outcome = build(&holder, &pool, &[&anchor], Limits::default());
    let shortest = [object_id(&holder), object_id(&certificate(0, CAS - 1)), object_id(&anchor)].to_vec();
    assert_eq!(outcome.paths[0], shortest);
    assert!(outcome.exhausted.is_some());
    let elsewhere = pki_root();
    let nowhere = build(&holder, &pool, &[&elsewhere], Limits::default());
    assert!(nowhere.paths.is_empty() && nowhere.exhausted.is_some());
    println!("mesh of {} certificates: two searches in {:?}", mesh.len(), begun.elapsed());
    // Steps and signatures are bounded, so time is: this is a hundred times what it takes.
    assert!(begun.elapsed() < std::time::Duration::from_secs(60));
}

fn pki_root() -> Vec<u8> {
    TestPki::hpki().certificate("root").to_vec()
}

#[test]
fn validity_is_asked_only_with_a_time() {
    let pki = TestPki::hpki();
    let doctor = Certificate::read(pki.certificate("doctor-expired")).unwrap();
    let store = CertificateStore::new([pki.certificate("signing-ca")]);
    let anchors = [Anchor::read(pki.certificate("root"), Some("hpki".into())).unwrap()];
    let search = path::build(&doctor, &store, &anchors, &mut Budget::default());
    let check = |time| path::check(&search.paths[0], &PathParameters { time, ..PathParameters::default() });
    assert!(check(None).is_ok());
    assert!(check(Some(doctor.not_after)).is_ok());
    let error = check(Some(pki.start())).unwrap_err();
    assert_eq!((error.certificate, error.clause), (doctor.id, "RFC 5280, 6.1.3 (a)(2)"));
    assert!(matches!(error.kind, PathErrorKind::Expired { .. }));
    assert_eq!(search.paths[0].anchor().class.as_deref(), Some("hpki"));
}

/// initial-permitted-subtrees and initial-excluded-subtrees (RFC 5280, 6.1.1 (h) and (i)).
#[test]
fn initial_subtrees_bind_like_those_of_a_ca() {
    let start = TestPki::START;
    let (root_key, key) = (keys::find("p256-01").unwrap(), keys::find("p256-02").unwrap());
    let name = |text: &str| {
        DistinguishedName::jp(&[(NamePart::Organization, "契印病院"), (NamePart::CommonName, text)])
    };
    let draft = |subject: &str, key, extensions| CertificateDraft {
        subject: name(subject),
        issuer: name("Root"),
        serial: 1,
        key,
        not_before: start,
        not_after: start.plus_days(100),
        extensions,
    };
    let names = [
        DraftName::Dns("www.hospital.example".into()),
        DraftName::Uri("https://www.hospital.example/x".into()),
        DraftName::Other("1.3.6.1.4.1.311.20.2.3".parse().unwrap()),
    ];
    let root = draft("Root", root_key, vec![DraftExtension::ca(None)]).signed_by(root_key);
    let holder = draft("Holder", key, vec![DraftExtension::alt_names(&names)]).signed_by(root_key);
    let target = Certificate::read(&holder).unwrap();
    let (store, anchors) = (CertificateStore::default(), [Anchor::read(&root, None).unwrap()]);
    let search = path::build(&target, &store, &anchors, &mut Budget::default());
    let check = |permitted: &[DraftName], excluded: &[DraftName]| {
        let subtrees = InitialSubtrees::read(DraftExtension::subtrees(permitted, excluded)).unwrap();
        let parameters = PathParameters { initial_subtrees: Some(subtrees), ..PathParameters::default() };
        path::check(&search.paths[0], &parameters).map(|_| ()).map_err(|error| error.kind)
    };
    let dns = |text: &str| DraftName::Dns(text.into());
    let organization =
        |text: &str| DraftName::Directory(DistinguishedName::jp(&[(NamePart::Organization, text)]));
    assert_eq!(check(&[dns("hospital.example"), organization("契印病院")], &[]), Ok(()));
    let not_permitted = |result| matches!(result, Err(PathErrorKind::NameNotPermitted { .. }));
    assert!(not_permitted(check(&[dns("clinic.example")], &[])));
    assert!(not_permitted(check(&[organization("契印医院")], &[])));
    assert!(not_permitted(check(&[DraftName::Uri(".clinic.example".into())], &[])));
    assert_eq!(check(&[DraftName::Uri(".hospital.example".into())], &[]), Ok(()));
    assert!(matches!(check(&[], &[dns("www.hospital.example")]), Err(PathErrorKind::NameExcluded { .. })));
    // Another form does not bind; one that cannot be compared refuses (RFC 5280, 4.2.1.10).
    assert_eq!(check(&[DraftName::Rfc822("hospital.example".into())], &[]), Ok(()));
    assert_eq!(check(&[], &[DraftName::Other("1.2.3.4".parse().unwrap())]), Ok(()));
    let other = DraftName::Other("1.3.6.1.4.1.311.20.2.3".parse().unwrap());
    assert_eq!(check(&[], &[other]), Err(PathErrorKind::NameConstraintUnsupported));
    assert!(InitialSubtrees::read(vec![0x30, 0x03, 0xa0, 0x01, 0x00]).is_err());
}

/// The facts of a holder's certificate, handed to `look`.
fn with_facts<T>(
    pki: &TestPki,
    (name, issuer): (&str, &str),
    crls: &[Vec<u8>],
    ocsps: &[Vec<u8>],
    look: impl FnOnce(&RevocationFacts<'_>) -> T,
) -> T {
    let certificate = Certificate::read(pki.certificate(name)).unwrap();
    let issuer = Certificate::read(pki.certificate(issuer)).unwrap();
    let store = CertificateStore::new(CAS.iter().map(|name| pki.certificate(name)));
    let (crls, ocsps) =
        (Crls::new(crls.iter().map(Vec::as_slice)), Ocsps::new(ocsps.iter().map(Vec::as_slice)));
    look(&revocation::facts(&certificate, &issuer, &crls, &ocsps, &store, &mut Budget::default()))
}

fn status(pki: &TestPki, name: &str, at: Time) -> RevocationStatus {
    let crls = [pki.crl("signing-ca", at), pki.crl("root", at), pki.crl("stranger-root", at)];
    let by_crl = with_facts(pki, (name, "signing-ca"), &crls, &[], |facts| {
        assert_eq!((facts.usable.len(), facts.rejected.as_slice()), (1, &[][..]));
        (facts.usable[0].status, facts.usable[0].this_update, facts.usable[0].signer.id)
    });
    assert_eq!((by_crl.1, by_crl.2), (at, object_id(pki.certificate("signing-ca"))));
    let answer = pki.ocsp(&pki.ocsp_request(name), at);
    let by_ocsp = with_facts(pki, (name, "signing-ca"), &[], &[answer], |facts| {
        assert_eq!((facts.usable[0].kind, facts.usable[0].produced_at), (RevocationKind::Ocsp, Some(at)));
        assert_eq!(facts.usable[0].signer.id, object_id(pki.certificate("ocsp-signing-ca")));
        assert!(facts.usable[0].signer.has_ocsp_no_check());
        facts.usable[0].status
    });
    assert_eq!(by_crl.0, by_ocsp);
    by_ocsp
}

#[test]
fn crl_and_ocsp_agree_over_time() {
    let pki = TestPki::hpki();
    let day = |n| pki.start().plus_days(n);
    assert_eq!(status(&pki, "doctor", day(40)), RevocationStatus::NotRevoked);
    assert_eq!(status(&pki, "doctor-revoked", day(29)), RevocationStatus::NotRevoked);
    let revoked = RevocationStatus::Revoked { at: day(30), reason: Some(5) };
    assert_eq!(status(&pki, "doctor-revoked", day(31)), revoked);
    assert_eq!(status(&pki, "doctor-on-hold", day(11)), RevocationStatus::OnHold { at: day(10) });
    assert_eq!(status(&pki, "doctor-hold-lifted", day(11)), RevocationStatus::OnHold { at: day(10) });
    assert_eq!(status(&pki, "doctor-hold-lifted", day(21)), RevocationStatus::NotRevoked);
}

#[test]
fn the_lists_of_a_root_as_mhlw_issues_them() {
    let pki = TestPki::hpki();
    let at = pki.start();
    let crls = [pki.crl("root", at), pki.crl("root-rarl", at)];
    with_facts(&pki, ("signing-ca", "root"), &crls, &[], |facts| {
        assert_eq!(facts.usable.len(), 1);
        assert_eq!(facts.usable[0].object, object_id(&crls[0]));
        assert_eq!(facts.rejected[0].reason, RevocationRejection::DistributionPoint);
    });
    // A list of CA certificates says nothing of a person.
    let person = ("doctor", "signing-ca");
    with_facts(&pki, person, &crls, &[], |facts| assert!(facts.usable.is_empty()));
}

#[test]
fn a_list_signed_with_the_other_key_of_the_ca_names_its_signer() {
    let pki = TestPki::hpki();
    let crls = [pki.crl("signing-ca-2", pki.start())];
    with_facts(&pki, ("doctor", "signing-ca"), &crls, &[], |facts| {
        let fact = &facts.usable[0];
        let mut signers: Vec<_> = fact.alternate_signers.iter().map(|c| c.id).collect();
        signers.push(fact.signer.id);
        signers.sort_unstable();
        let mut expected = ids(&pki, &["signing-ca-2", "signing-ca-new-with-old"]);
        expected.sort_unstable();
        assert_eq!(signers, expected);
    });
}

#[test]
fn what_may_not_be_used_is_named() {
    let pki = TestPki::hpki();
    let at = pki.start();
    let ask = |path: &str, fault| {
        let faults = Faults::on("/", fault);
        pki.answer_with(&faults, "POST", path, &pki.ocsp_request("doctor"), at).ok().unwrap()
    };
    let doctor = ("doctor", "signing-ca");
    let ocsp = |answer: Vec<u8>| {
        with_facts(&pki, doctor, &[], &[answer], |facts| {
            assert!(facts.usable.is_empty());
            facts.rejected.first().map(|r| r.reason)
        })
    };
    let forged = ocsp(ask("/ocsp/signing-ca", Fault::WrongKey));
    assert!(matches!(forged, Some(RevocationRejection::Signature(_))), "{forged:?}");
    let refused = ocsp(ask("/ocsp/signing-ca", Fault::OcspStatus(6)));
    assert_eq!(refused, Some(RevocationRejection::NotSuccessful { status: 6 }));
    // An answer about another certificate is passed over.
    assert_eq!(ocsp(pki.ocsp(&pki.ocsp_request("pharmacist"), at)), None);
    // The issuer's name with another key: the answer is about another CA's certificates.
    let other = pki.ocsp(&pki.ocsp_request("doctor-rollover"), at);
    assert_eq!(ocsp(other), None);

    let faults = Faults::on("/", Fault::WrongKey);
    let crl = pki.answer_with(&faults, "GET", "/crl/signing-ca.crl", &[], at).ok().unwrap();
    with_facts(&pki, doctor, &[crl], &[], |facts| {
        assert!(facts.usable.is_empty());
        assert!(matches!(facts.rejected[0].reason, RevocationRejection::Signature(_)));
    });
}

#[test]
fn a_list_turned_anywhere_never_clears_a_revoked_certificate() {
    let pki = TestPki::hpki();
    let good = pki.crl("signing-ca", pki.start().plus_days(31));
    let step = (good.len() / 150).max(1);
    for at in (0..good.len()).step_by(step) {
        let mut bad = good.clone();
        bad[at] ^= 0x01;
        with_facts(&pki, ("doctor-revoked", "signing-ca"), &[bad], &[], |facts| {
            assert!(facts.usable.iter().all(|f| f.status != RevocationStatus::NotRevoked), "octet {at}");
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Paths, rejections and facts are the same in whatever order the evidence arrives, and with copies in it.
    #[test]
    fn the_order_of_evidence_changes_nothing(
        order in Just((0..12usize).collect::<Vec<_>>()).prop_shuffle(),
        copy in 0..6usize,
    ) {
        let pki = TestPki::hpki();
        let at = pki.start().plus_days(31);
        let shuffled = |objects: &[Vec<u8>]| -> Vec<Vec<u8>> {
            let again = objects.get(copy).cloned();
            order.iter().filter_map(|index| objects.get(*index).cloned()).chain(again).collect()
        };
        let pool: Vec<Vec<u8>> = CAS.iter().map(|name| pki.certificate(name).to_vec()).collect();
        let root = [pki.certificate("root")];
        let target = pki.certificate("doctor-rollover");
        let slices = |pool: &'_ [Vec<u8>]| build(target, &pool.iter().map(Vec::as_slice).collect::<Vec<_>>(), &root, Limits::default());
        prop_assert_eq!(slices(&pool), slices(&shuffled(&pool)));

        let lists: Vec<Vec<u8>> = ["signing-ca", "signing-ca-2", "root"]
            .iter()
            .flat_map(|ca| [pki.crl(ca, at), pki.crl(ca, at.plus_days(1))])
            .collect();
        let read = |lists: &[Vec<u8>]| with_facts(&pki, ("doctor-revoked", "signing-ca"), lists, &[], |facts| {
            let usable: Vec<_> = facts.usable.iter().map(|f| (f.object, f.status, f.signer.id)).collect();
            (usable, facts.rejected.clone())
        });
        prop_assert_eq!(read(&lists), read(&shuffled(&lists)));
    }
}
