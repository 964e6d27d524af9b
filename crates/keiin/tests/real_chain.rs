// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The real chains of HPKI: certificates, ARL and CRLs out of the sample prescriptions, at the samples' own times and at
//! others. The corpus has no certificate of the medical association's CA.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin::{
    KnownRoots, PathSubject, Setup, hpki_policy, judge_paths,
    model::{
        Bytes, LinkStatus, ObjectId, PathIndication, PathPurpose, PathReport, SubIndication, Time, Want,
    },
    validate::{PathQuestion, Policy, TrustAnchor},
};
use keiin_testkit::corpus;

/// The certificates and CRLs that stand in a sample as base64.
struct Sample {
    certificates: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
}

impl Sample {
    fn open(name: &str) -> Option<Self> {
        let text = std::fs::read_to_string(corpus::part("hpki")?.join("samples").join(name)).unwrap();
        let certificates = ["X509Certificate", "EncapsulatedX509Certificate"];
        Some(Self {
            certificates: certificates.iter().flat_map(|tag| values(&text, tag)).collect(),
            crls: values(&text, "EncapsulatedCRLValue"),
        })
    }
}

/// The base64 texts of all elements of a name, whatever its prefix.
fn values(text: &str, tag: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for piece in text.split('<').filter(|piece| !piece.starts_with('/')) {
        let Some((head, value)) = piece.split_once('>') else { continue };
        let name = head.split_whitespace().next().unwrap_or_default();
        if name.rsplit(':').next() == Some(tag) {
            let plain: String = value.chars().filter(|c| !c.is_whitespace()).collect();
            found.push(STANDARD.decode(plain).unwrap());
        }
    }
    found
}

fn setup(sample: &Sample, crls: impl Fn(usize) -> bool) -> Setup<'static> {
    let mut setup = Setup::offline(hpki_policy());
    setup.known_roots = KnownRoots::Profile;
    sample.certificates.iter().for_each(|der| assert!(setup.supply(der)));
    for (_, der) in sample.crls.iter().enumerate().filter(|(index, _)| crls(*index)) {
        assert!(setup.supply(der));
    }
    setup
}

fn judge(setup: &Setup<'_>, certificate: &[u8], purpose: Option<PathPurpose>, at: &str) -> PathReport {
    let subject = PathSubject::Certificates(vec![Bytes::from(certificate)]);
    let time: Time = at.parse().unwrap();
    judge_paths(setup, &subject, purpose, &PathQuestion::default(), time).remove(0).report
}

fn verdict(report: &PathReport) -> (PathIndication, Option<SubIndication>) {
    (report.indication, report.sub_indication)
}

/// The common names from the certificate up.
fn names(report: &PathReport) -> Vec<String> {
    let subject = |id: &ObjectId| report.certificates.iter().find(|c| c.id == *id).unwrap().subject.clone();
    report.paths[0].links.iter().map(|link| subject(&link.certificate)).collect()
}

fn numbers(report: &PathReport) -> Vec<Option<String>> {
    report.paths[0].links.iter().map(|link| link.revocation.as_ref()?.number.clone()).collect()
}

const GOOD: (PathIndication, Option<SubIndication>) = (PathIndication::Passed, None);

#[test]
fn a_doctor_at_the_time_of_the_prescription() {
    let Some(sample) = Sample::open("Prescription-004_01.xml") else {
        println!("real chains: 0 of 1, the corpus is not there");
        return;
    };
    let doctor = &sample.certificates[0];
    let setup = setup(&sample, |_| true);
    let report = judge(&setup, doctor, None, "2022-09-07T08:18:25Z");
    assert_eq!(verdict(&report), GOOD, "{report:#?}");
    assert_eq!(report.purpose, PathPurpose::Signer);
    let links: Vec<_> = report.paths[0].links.iter().map(|link| link.status).collect();
    assert_eq!(links, [LinkStatus::Good, LinkStatus::Good, LinkStatus::Anchor]);
    assert_eq!(report.paths[0].anchor_class.as_deref(), Some("hpki"));
    // The CA's CRL 0x05be, the root's list of CAs 0x0cc5 with its critical issuing distribution point.
    assert_eq!(numbers(&report), [Some("1470".to_owned()), Some("3269".to_owned()), None]);
    let names = names(&report);
    assert!(names[1].contains("HPKI-01-MedisSignCA2-forNonRepudiation"), "{names:?}");
    assert!(names[2].contains("MHLW HPKI Root CA V2"), "{names:?}");
    // Lists of four days: a fortnight later something younger is asked for.
    let late = judge(&setup, doctor, None, "2022-09-20T00:00:00Z");
    assert_eq!(verdict(&late), (PathIndication::Indeterminate, Some(SubIndication::TryLater)));
    // Before it begins and after it ends.
    for at in ["2022-02-06T14:59:59Z", "2027-02-07T15:00:00Z"] {
        let out = judge(&setup, doctor, None, at);
        assert_eq!(out.indication, PathIndication::Failed, "{at}");
        let why = out.sub_indication.unwrap();
        assert!(
            matches!(why, SubIndication::OutOfBoundsNoPoe | SubIndication::OutOfBoundsNotRevoked),
            "{why:?}"
        );
    }
    println!("real chains: the doctor's");
}

#[test]
fn without_lists_it_is_said_which_are_missing_and_where_they_are() {
    let Some(sample) = Sample::open("Prescription-004_01.xml") else { return };
    let report = judge(&setup(&sample, |_| false), &sample.certificates[0], None, "2022-09-07T08:18:25Z");
    let missing = Some(SubIndication::CertificateChainGeneralFailure);
    assert_eq!(verdict(&report), (PathIndication::Indeterminate, missing));
    let urls: Vec<&String> = report
        .wants
        .iter()
        .flat_map(|want| match want {
            Want::Revocation { crl_urls, .. } => crl_urls.as_slice(),
            _ => &[],
        })
        .collect();
    assert_eq!(
        urls,
        ["http://cert.medis.or.jp/sign/crl-sign2.crl", "http://hpki.mhlw.go.jp/repository/rlist/sarl2.crl"]
    );
}

#[test]
fn a_pharmacist_at_the_time_of_the_dispensing() {
    let Some(sample) = Sample::open("Dispensing-005_03.xml") else { return };
    let pharmacist = sample
        .certificates
        .iter()
        .find(|der| keiin::inspect::subject(der).is_some_and(|subject| subject.contains("Shiju Kagurazaka")));
    let setup = setup(&sample, |_| true);
    for at in ["2022-09-08T09:25:11Z", "2022-09-30T09:40:56Z"] {
        let report = judge(&setup, pharmacist.unwrap(), None, at);
        assert_eq!(verdict(&report), GOOD, "{at}: {report:#?}");
        // The later lists speak for the earlier time as well.
        assert_eq!(numbers(&report), [Some("1483".to_owned()), Some("3293".to_owned()), None]);
    }
    println!("real chains: the pharmacist's");
}

#[test]
fn a_time_stamp_authority_of_2019() {
    let Some(sample) = Sample::open("Scan_20190207203737336_ESXLA.xml") else { return };
    let named = |text: &str| {
        let of = |der: &&Vec<u8>| keiin::inspect::subject(der).is_some_and(|subject| subject.contains(text));
        sample.certificates.iter().find(of).unwrap()
    };
    let mut setup = setup(&sample, |_| true);
    let root = TrustAnchor { certificate: Bytes::from(named("GlobalSign Root CA - R3")), class: None };
    setup.policy = Policy::general(Vec::new(), vec![root]);
    setup.known_roots = KnownRoots::None;
    let report = judge(&setup, named("DiaStamp A2E01"), None, "2019-02-07T11:37:42Z");
    assert_eq!((verdict(&report), report.purpose), (GOOD, PathPurpose::Tsa), "{report:#?}");
    println!("real chains: the time-stamp authority's");
}

fn ca(name: &str) -> Option<Vec<u8>> {
    let path: PathBuf = corpus::part("hpki")?.join("ca").join(name);
    Some(std::fs::read(path).unwrap())
}

#[test]
fn the_authentication_ca_is_refused_for_signatures() {
    let (Some(sample), Some(auth)) = (Sample::open("Dispensing-005_03.xml"), ca("medis_auth_ca.cer")) else {
        return;
    };
    let setup = setup(&sample, |_| true);
    let at = "2022-09-30T09:40:56Z";
    // As a CA it stands under the root, and the root's list does not name it.
    let plain = judge(&setup, &auth, None, at);
    assert_eq!((verdict(&plain), plain.purpose), (GOOD, PathPurpose::Any), "{plain:#?}");
    let signer = judge(&setup, &auth, Some(PathPurpose::Signer), at);
    let refused = Some(SubIndication::ChainConstraintsFailure);
    assert_eq!(verdict(&signer), (PathIndication::Failed, refused));
    let failed = |id: &str| {
        let checks = signer.paths[0].links.iter().flat_map(|link| &link.checks);
        checks.filter(|check| check.id == id).any(|check| check.outcome != keiin::model::Outcome::Passed)
    };
    assert!(failed("xcv.profile.hpki-signing-ca") && failed("xcv.profile.hpki-key-usage"));
    println!("real chains: the authentication CA's");
}

#[test]
fn a_stranger_is_no_anchor() {
    let (Some(sample), Some(stranger)) = (Sample::open("Prescription-004_01.xml"), ca("jpki_sign_ca03.cer"))
    else {
        return;
    };
    let mut setup = setup(&sample, |_| true);
    setup.known_roots = KnownRoots::None;
    let anchor = TrustAnchor { certificate: Bytes::from(stranger), class: Some("jpki".to_owned()) };
    setup.policy.profile = None;
    setup.policy.signer_anchors = vec![anchor];
    let report = judge(&setup, &sample.certificates[0], None, "2022-09-07T08:18:25Z");
    let none = Some(SubIndication::NoCertificateChainFound);
    assert_eq!(verdict(&report), (PathIndication::Indeterminate, none));
    assert!(report.dead_ends.iter().any(|dead_end| dead_end.why == "self-issued"));
}
