// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Who may speak of a certificate's revocation, and in which form: certificates, CRLs and OCSP responses of shapes that
//! RFC 5280 and RFC 6960 know and few CAs issue, encoded by other people's types.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use keiin_model::{
    Bytes, DigestAlgorithm, Evidence, EvidenceKind, LinkStatus, Oid, Origin, PathIndication, PathReport,
    SubIndication, Time,
};
use keiin_pki::digest::object_id;
use keiin_testkit::{
    DistinguishedName, NamePart, TestPki,
    draft::{
        CertificateDraft, CrlDraft, DraftExtension, DraftName, DraftStatus, EntryDraft, OcspDraft, Responder,
        Scope, SingleDraft, TimeForm,
    },
    keys::{self, TestKey},
};
use keiin_validate::{PathQuestion, Policy, Responders, RevocationFreshness, TrustAnchor, validate_path};
use proptest::prelude::*;

const OCSP_SIGNING: Oid = Oid::new(&[1, 3, 6, 1, 5, 5, 7, 3, 9]);

fn key(n: usize) -> &'static TestKey {
    keys::find(["p256-01", "p256-02", "p256-03", "p256-04"][n]).unwrap()
}

fn day(n: i64) -> Time {
    TestPki::START.plus_days(n)
}

fn name(text: &str) -> DistinguishedName {
    DistinguishedName::jp(&[(NamePart::Organization, "Revocation"), (NamePart::CommonName, text)])
}

fn directory(text: &str) -> DraftName {
    DraftName::Directory(name(text))
}

fn certificate(subject: &str, issuer: &str, serial: u64, own: usize) -> CertificateDraft {
    CertificateDraft {
        subject: name(subject),
        issuer: name(issuer),
        serial,
        key: key(own),
        not_before: day(-100),
        not_after: day(1000),
        extensions: vec![DraftExtension::subject_key_id(key(own).key_id())],
    }
}

fn with(mut draft: CertificateDraft, extensions: &[DraftExtension]) -> CertificateDraft {
    draft.extensions.extend_from_slice(extensions);
    draft
}

fn authority(subject: &str, issuer: &str, serial: u64, own: usize) -> CertificateDraft {
    let usage = DraftExtension::key_usage(&["keyCertSign", "cRLSign"]);
    with(certificate(subject, issuer, serial, own), &[DraftExtension::ca(None), usage])
}

fn holder() -> CertificateDraft {
    with(certificate("Holder", "CA", 7, 3), &[DraftExtension::key_usage(&["nonRepudiation"])])
}

fn crl(issuer: &str) -> CrlDraft {
    CrlDraft {
        issuer: name(issuer),
        this_update: day(9),
        next_update: Some(day(13)),
        entries: vec![entry(900, 1)],
        extensions: vec![DraftExtension::crl_number(5)],
        times: TimeForm::AsTheRfcSays,
    }
}

fn entry(serial: u64, reason: u8) -> EntryDraft {
    EntryDraft { serial, at: day(1), extensions: vec![DraftExtension::reason(reason)] }
}

fn answer(responder: Responder, status: DraftStatus) -> OcspDraft {
    OcspDraft {
        responder,
        produced_at: day(10),
        singles: vec![SingleDraft {
            digest: DigestAlgorithm::Sha1,
            issuer: name("CA"),
            issuer_key: key(1),
            serial: 7,
            status,
            this_update: day(10),
            next_update: Some(day(11)),
            extensions: Vec::new(),
        }],
        certificates: Vec::new(),
    }
}

/// A root, a CA under it and a holder, whose status is what each test is about. The CA's own status is known.
struct Scene {
    anchor: Vec<u8>,
    holder: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    ocsps: Vec<Vec<u8>>,
    /// A second anchor, for time-stamps.
    tsa_anchor: Option<Vec<u8>>,
    responders: Responders,
    time: Time,
}

impl Scene {
    fn new() -> Self {
        Self::of(&holder())
    }

    fn of(holder: &CertificateDraft) -> Self {
        Self {
            anchor: authority("Root", "Root", 1, 0).signed_by(key(0)),
            holder: holder.signed_by(key(1)),
            certificates: vec![authority("CA", "Root", 2, 1).signed_by(key(0))],
            crls: vec![crl("Root").signed_by(key(0))],
            ocsps: Vec::new(),
            tsa_anchor: None,
            responders: Responders::OfTheIssuerOrAbove,
            time: day(10).plus_seconds(3600),
        }
    }

    fn crl(mut self, crl: Vec<u8>) -> Self {
        self.crls.push(crl);
        self
    }

    fn ocsp(mut self, ocsp: Vec<u8>) -> Self {
        self.ocsps.push(ocsp);
        self
    }

    fn certificate(mut self, certificate: Vec<u8>) -> Self {
        self.certificates.push(certificate);
        self
    }

    fn at(self, time: Time) -> Self {
        Self { time, ..self }
    }

    fn objects(&self) -> Vec<(EvidenceKind, &[u8])> {
        let certificates = self.certificates.iter().map(|b| (EvidenceKind::Certificate, b.as_slice()));
        let crls = self.crls.iter().map(|b| (EvidenceKind::Crl, b.as_slice()));
        let ocsps = self.ocsps.iter().map(|b| (EvidenceKind::Ocsp, b.as_slice()));
        certificates
            .chain(crls)
            .chain(ocsps)
            .chain([(EvidenceKind::Certificate, self.holder.as_slice())])
            .collect()
    }

    fn report_of(&self, objects: &[(EvidenceKind, &[u8])]) -> PathReport {
        let mut evidence = Evidence::default();
        for (kind, bytes) in objects {
            evidence.insert(object_id(bytes), *kind, *bytes, Origin::Supplied);
        }
        let anchor = |bytes: &Vec<u8>| TrustAnchor { certificate: Bytes::from(bytes), class: None };
        let tsa = self.tsa_anchor.iter().map(anchor).collect();
        let mut policy = Policy::general(vec![anchor(&self.anchor)], tsa);
        policy.signer_freshness = RevocationFreshness::NextUpdate;
        policy.responders = self.responders;
        let target = object_id(&self.holder);
        validate_path(&target, &PathQuestion::default(), &evidence, &policy, self.time).unwrap()
    }

    fn report(&self) -> PathReport {
        self.report_of(&self.objects())
    }

    /// The holder's status, why what was refused was refused, and the verdict.
    fn outcome(&self) -> (LinkStatus, Vec<String>, PathIndication) {
        let report = self.report();
        let link = &report.paths[0].links[0];
        let refused = link.refused.iter().map(|refused| refused.why.to_string()).collect();
        (link.status, refused, report.indication)
    }

    #[track_caller]
    fn is_good(&self) {
        assert_eq!(self.outcome(), (LinkStatus::Good, Vec::new(), PathIndication::Passed));
    }

    #[track_caller]
    fn is_unknown(&self, why: &str) {
        let expected = (LinkStatus::Unknown, vec![why.to_owned()], PathIndication::Indeterminate);
        assert_eq!(self.outcome(), expected);
    }

    #[track_caller]
    fn is_revoked(&self) {
        let (status, _, indication) = self.outcome();
        assert_eq!((status, indication), (LinkStatus::Revoked, PathIndication::Failed));
    }
}

#[test]
fn a_list_of_the_issuer_in_either_form_of_time() {
    Scene::new().crl(crl("CA").signed_by(key(1))).is_good();
    let generalized = CrlDraft { times: TimeForm::Generalized, ..crl("CA") };
    Scene::new().crl(generalized.signed_by(key(1))).is_good();
    let listed = CrlDraft { entries: vec![entry(7, 1)], ..generalized };
    Scene::new().crl(listed.signed_by(key(1))).is_revoked();
    Scene::new().is_unknown_without_anything();
}

impl Scene {
    #[track_caller]
    fn is_unknown_without_anything(&self) {
        let report = self.report();
        assert_eq!(report.indication, PathIndication::Indeterminate);
        assert_eq!(report.sub_indication, Some(SubIndication::CertificateChainGeneralFailure));
        assert!(report.paths[0].links[0].refused.is_empty());
        assert_eq!(report.wants.len(), 1);
    }
}

#[test]
fn reasons_partitioned_over_lists_must_all_be_there() {
    let part = |reasons: &[u8], number| {
        let scope = Scope { reasons: Some(reasons.to_vec()), ..Scope::default() };
        let mut draft = crl("CA");
        draft.extensions = vec![DraftExtension::crl_number(number), DraftExtension::issuing_point(&scope)];
        draft
    };
    let (one, two) = (part(&[1, 2, 3], 5), part(&[4, 5, 6, 7, 8], 6));
    let half = Scene::new().crl(one.signed_by(key(1)));
    assert_eq!(half.outcome().0, LinkStatus::Unknown);
    half.crl(two.signed_by(key(1))).is_good();
    // A revocation needs no other half.
    let listed = CrlDraft { entries: vec![entry(7, 1)], ..one };
    Scene::new().crl(listed.signed_by(key(1))).is_revoked();
}

#[test]
fn a_hold_is_lifted_by_a_delta_and_by_the_next_list() {
    let held = CrlDraft { entries: vec![entry(7, 6)], ..crl("CA") };
    let scene = || Scene::new().crl(held.signed_by(key(1)));
    let on_hold = scene().report();
    assert_eq!(on_hold.paths[0].links[0].status, LinkStatus::OnHold);
    assert_eq!((on_hold.indication, on_hold.sub_indication), {
        (PathIndication::Indeterminate, Some(SubIndication::TryLater))
    });
    let delta = |base, entries| CrlDraft {
        this_update: day(9).plus_seconds(3600),
        entries,
        extensions: vec![DraftExtension::crl_number(6), DraftExtension::delta_of(base)],
        ..crl("CA")
    };
    scene().crl(delta(5, vec![entry(7, 8)]).signed_by(key(1))).is_good();
    scene().crl(delta(5, vec![entry(7, 1)]).signed_by(key(1))).is_revoked();
    // A delta for a younger list than the one at hand lifts nothing.
    let (status, ..) = scene().crl(delta(6, vec![entry(7, 8)]).signed_by(key(1))).outcome();
    assert_eq!(status, LinkStatus::OnHold);
    let next = CrlDraft { this_update: day(9).plus_seconds(7200), ..crl("CA") };
    scene().crl(next.signed_by(key(1))).is_good();
    Scene::new().crl(delta(5, Vec::new()).signed_by(key(1))).is_unknown("delta-alone");
}

/// A CRL issuer that the root certified, named by the holder's distribution point.
fn crl_issuer() -> CertificateDraft {
    let usage = DraftExtension::key_usage(&["cRLSign"]);
    with(certificate("Lists", "Root", 3, 2), &[DraftExtension::end_entity(), usage])
}

fn holder_of_lists() -> CertificateDraft {
    with(holder(), &[DraftExtension::crl_point(&[directory("Point")], None, &[directory("Lists")])])
}

fn indirect(entries: Vec<EntryDraft>) -> CrlDraft {
    let scope = Scope { names: vec![directory("Point")], indirect: Some("indirect"), ..Scope::default() };
    let extensions = vec![DraftExtension::crl_number(5), DraftExtension::issuing_point(&scope)];
    CrlDraft { entries, extensions, ..crl("Lists") }
}

#[test]
fn an_indirect_list_and_who_its_entries_belong_to() {
    let scene = || Scene::of(&holder_of_lists()).certificate(crl_issuer().signed_by(key(0)));
    scene().crl(indirect(vec![entry(900, 1)]).signed_by(key(2))).is_good();
    let of = |issuer: &str, serial| {
        let mut entry = entry(serial, 1);
        entry.extensions.push(DraftExtension::certificate_issuer(&name(issuer)));
        entry
    };
    // An entry belongs to the issuer of the one before it (RFC 5280, 5.3.3).
    scene().crl(indirect(vec![of("CA", 900), entry(7, 1)]).signed_by(key(2))).is_revoked();
    scene().crl(indirect(vec![of("Another", 900), entry(7, 1)]).signed_by(key(2))).is_good();
    scene().crl(indirect(vec![entry(7, 1)]).signed_by(key(2))).is_good();
    // Without the flag it speaks for its own issuer's certificates alone.
    let direct = CrlDraft { entries: vec![entry(900, 1)], ..crl("Lists") };
    scene().crl(direct.signed_by(key(2))).is_unknown("issuer");
}

#[test]
fn the_signer_of_a_list_needs_a_path_of_its_own_to_the_same_anchor() {
    let list = || indirect(vec![entry(900, 1)]).signed_by(key(2));
    let scene = || Scene::of(&holder_of_lists()).crl(list());
    scene().is_unknown("no-signer");
    // Revoked, and by a list that its own issuer signed.
    let revoked =
        CrlDraft { this_update: day(9).plus_seconds(60), entries: vec![entry(3, 1)], ..crl("Root") };
    scene().certificate(crl_issuer().signed_by(key(0))).crl(revoked.signed_by(key(0))).is_unknown("signer");
    // Without cRLSign.
    let usage = DraftExtension::key_usage(&["digitalSignature"]);
    let plain = with(certificate("Lists", "Root", 3, 2), &[usage]);
    scene().certificate(plain.signed_by(key(0))).is_unknown("key-usage");
    // Certified under an anchor for time-stamps: it must not speak for a hospital's CA (RFC 5280, 6.3.3 (f)).
    let mut foreign = scene();
    foreign.tsa_anchor = Some(authority("Foreign", "Foreign", 1, 2).signed_by(key(2)));
    let forged = CertificateDraft { issuer: name("Foreign"), ..crl_issuer() };
    foreign.certificate(forged.signed_by(key(2))).crl(crl("Foreign").signed_by(key(2))).is_unknown("signer");
}

#[test]
fn a_person_cannot_make_a_list_for_the_ca_that_certified_them() {
    // A second holder issues a certificate in the CA's name and signs an empty list with it.
    let person = with(certificate("Person", "CA", 8, 2), &[DraftExtension::key_usage(&["nonRepudiation"])]);
    let mut forged = authority("CA", "Person", 9, 3);
    forged.extensions.push(DraftExtension::authority_key_id(key(2).key_id()));
    let scene = Scene::new()
        .certificate(person.signed_by(key(1)))
        .certificate(forged.signed_by(key(2)))
        .crl(crl("Person").signed_by(key(2)))
        .crl(crl("CA").signed_by(key(3)));
    let (status, refused, indication) = scene.outcome();
    assert_eq!((status, indication), (LinkStatus::Unknown, PathIndication::Indeterminate));
    assert_eq!(refused, ["signer"]);
}

#[test]
fn a_list_signed_with_a_renewed_certificate_of_its_signer() {
    // Two certificates of one CRL issuer over one key: the first has ended, the second is current. Either order of ids.
    for serial in [3, 4] {
        let mut ended = crl_issuer();
        (ended.serial, ended.not_after) = (serial, day(5));
        let mut current = crl_issuer();
        current.serial = 7 - serial;
        let scene = Scene::of(&holder_of_lists())
            .certificate(ended.signed_by(key(0)))
            .certificate(current.signed_by(key(0)))
            .crl(indirect(vec![entry(900, 1)]).signed_by(key(2)));
        scene.is_good();
    }
}

#[test]
fn an_ended_certificate_is_spoken_of_by_a_list_that_says_so() {
    let mut ended = holder();
    ended.not_after = day(5);
    let scene = |extensions: &[DraftExtension]| {
        let mut draft = crl("CA");
        draft.extensions.extend_from_slice(extensions);
        Scene::of(&ended).crl(draft.signed_by(key(1)))
    };
    let refused = scene(&[]).report();
    assert_eq!(refused.paths[0].links[0].status, LinkStatus::Unknown);
    assert_eq!(refused.paths[0].links[0].refused[0].why, "issued-after-expiry");
    let spoken = scene(&[DraftExtension::expired_certs_since(day(-50))]).report();
    assert_eq!(spoken.paths[0].links[0].status, LinkStatus::Good);
    assert_eq!(spoken.sub_indication, Some(SubIndication::OutOfBoundsNotRevoked));
    let too_late = scene(&[DraftExtension::expired_certs_since(day(6))]).report();
    assert_eq!(too_late.paths[0].links[0].status, LinkStatus::Unknown);
}

fn responder(serial: u64, own: usize, more: &[DraftExtension]) -> CertificateDraft {
    let mut draft = certificate("Responder", "CA", serial, own);
    draft.extensions.push(DraftExtension::key_usage(&["digitalSignature"]));
    draft.extensions.push(DraftExtension::key_purpose(OCSP_SIGNING));
    with(draft, more)
}

#[test]
fn an_answer_of_the_issuer_itself_by_name_and_by_key() {
    for id in [Responder::Name(name("CA")), Responder::Key(key(1))] {
        Scene::new().ocsp(answer(id.clone(), DraftStatus::Good).signed_by(key(1))).is_good();
        let revoked = answer(id.clone(), DraftStatus::Revoked(day(2), Some(1)));
        Scene::new().ocsp(revoked.signed_by(key(1))).is_revoked();
        let unknown = answer(id.clone(), DraftStatus::Unknown);
        Scene::new().ocsp(unknown.signed_by(key(1))).is_unknown("unknown");
        let forged = answer(id, DraftStatus::Good).signed_by(key(2));
        Scene::new().ocsp(forged).is_unknown("signature");
    }
    let held = answer(Responder::Key(key(1)), DraftStatus::Revoked(day(2), Some(6)));
    assert_eq!(Scene::new().ocsp(held.signed_by(key(1))).outcome().0, LinkStatus::OnHold);
    let mut sha256 = answer(Responder::Key(key(1)), DraftStatus::Good);
    sha256.singles[0].digest = DigestAlgorithm::Sha256;
    Scene::new().ocsp(sha256.signed_by(key(1))).is_good();
    // About another certificate, or of another CA with the same name.
    let mut other = answer(Responder::Key(key(1)), DraftStatus::Good);
    other.singles[0].serial = 8;
    Scene::new().ocsp(other.signed_by(key(1))).is_unknown_without_anything();
    let mut other = answer(Responder::Key(key(1)), DraftStatus::Good);
    other.singles[0].issuer_key = key(2);
    Scene::new().ocsp(other.signed_by(key(1))).is_unknown_without_anything();
}

#[test]
fn a_delegated_responder_with_and_without_nocheck() {
    let by = |id: Responder, certificate: Vec<u8>| {
        let mut draft = answer(id, DraftStatus::Good);
        draft.certificates = vec![certificate];
        draft.signed_by(key(2))
    };
    let nocheck = responder(20, 2, &[DraftExtension::ocsp_no_check()]).signed_by(key(1));
    for id in [Responder::Name(name("Responder")), Responder::Key(key(2))] {
        Scene::new().ocsp(by(id.clone(), nocheck.clone())).is_good();
        // Not in the answer but at hand.
        let bare = answer(id, DraftStatus::Good).signed_by(key(2));
        Scene::new().ocsp(bare.clone()).is_unknown("no-signer");
        Scene::new().certificate(nocheck.clone()).ocsp(bare).is_good();
    }
    // Without nocheck its own status decides.
    let id = || Responder::Key(key(2));
    let asked = responder(20, 2, &[]).signed_by(key(1));
    Scene::new().ocsp(by(id(), asked.clone())).is_unknown("signer");
    let list = |entries| CrlDraft { entries, ..crl("CA") }.signed_by(key(1));
    let other_list = Scene::new().ocsp(by(id(), asked.clone())).crl(list(vec![entry(20, 1)])).report();
    assert_eq!(other_list.paths[0].links[0].refused[0].why, "signer", "a revoked responder");
    assert_eq!(other_list.paths[0].links[0].revocation.as_ref().unwrap().kind, "crl");
    let both = Scene::new().ocsp(by(id(), asked)).crl(list(vec![entry(900, 1)])).report();
    assert!(both.paths[0].links[0].refused.is_empty());
    // Without the purpose, or issued by somebody else.
    let no_purpose = with(certificate("Responder", "CA", 20, 2), &[]).signed_by(key(1));
    Scene::new().ocsp(by(id(), no_purpose)).is_unknown("responder");
    let of_another = responder(20, 2, &[DraftExtension::ocsp_no_check()]).signed_by(key(3));
    Scene::new().ocsp(by(id(), of_another)).is_unknown("responder");
    // Ended before it answered.
    let mut ended = responder(20, 2, &[DraftExtension::ocsp_no_check()]);
    ended.not_after = day(9);
    Scene::new().ocsp(by(id(), ended.signed_by(key(1)))).is_unknown("responder-not-valid-when-produced");
}

#[test]
fn a_responder_of_a_ca_above_answers_where_the_policy_says_so() {
    let by = |certificate: Vec<u8>| {
        let mut draft = answer(Responder::Key(key(2)), DraftStatus::Good);
        draft.certificates = vec![certificate];
        draft.signed_by(key(2))
    };
    let issued_by = |issuer: &str, signer: usize| {
        let mut draft = certificate("Responder", issuer, 20, 2);
        draft.extensions.push(DraftExtension::key_usage(&["digitalSignature"]));
        draft.extensions.push(DraftExtension::key_purpose(OCSP_SIGNING));
        draft.extensions.push(DraftExtension::ocsp_no_check());
        draft.signed_by(key(signer))
    };
    Scene::new().ocsp(by(issued_by("Root", 0))).is_good();
    let strict = Scene { responders: Responders::OfTheIssuer, ..Scene::new() };
    strict.ocsp(by(issued_by("Root", 0))).is_unknown("responder");
    // A CA beside the issuer, under the same root, stands above nobody.
    let beside = authority("Beside", "Root", 3, 3).signed_by(key(0));
    Scene::new().certificate(beside).ocsp(by(issued_by("Beside", 3))).is_unknown("responder");
    // Nor does somebody who has the root's name and not its key.
    Scene::new().ocsp(by(issued_by("Root", 3))).is_unknown("responder");
}

#[test]
fn a_responder_that_is_an_anchor_answers_where_the_policy_says_so() {
    let elsewhere = |purpose: bool| {
        let mut draft = certificate("Responder", "Elsewhere", 20, 2);
        draft.extensions.push(DraftExtension::key_usage(&["digitalSignature"]));
        if purpose {
            draft.extensions.push(DraftExtension::key_purpose(OCSP_SIGNING));
        }
        draft.signed_by(key(3))
    };
    let scene = |certificate: &Vec<u8>, anchor: Option<&Vec<u8>>| {
        let mut draft = answer(Responder::Key(key(2)), DraftStatus::Good);
        draft.certificates = vec![certificate.clone()];
        let scene = Scene { tsa_anchor: anchor.cloned(), ..Scene::new() };
        scene.ocsp(draft.signed_by(key(2)))
    };
    let (responder, plain) = (elsewhere(true), elsewhere(false));
    scene(&responder, None).is_unknown("responder");
    scene(&responder, Some(&responder)).is_good();
    scene(&plain, Some(&plain)).is_unknown("responder"); // trusted, but not to answer
    let strict = Scene { responders: Responders::OfTheIssuer, ..scene(&responder, Some(&responder)) };
    strict.is_unknown("responder");
}

#[test]
fn an_anchor_that_is_a_ca_issues_whatever_its_key_usage() {
    let issued = |says_ca: bool| {
        let mut anchor = certificate("CA", "Root", 2, 1);
        anchor.extensions.extend(says_ca.then(|| DraftExtension::ca(None)));
        anchor.extensions.push(DraftExtension::key_usage(&["digitalSignature"]));
        let scene = Scene { anchor: anchor.signed_by(key(0)), certificates: Vec::new(), ..Scene::new() };
        scene.crl(crl("CA").signed_by(key(1))).report().paths.len()
    };
    assert_eq!([true, false].map(issued), [1, 0]);
}

#[test]
fn a_responder_that_vouches_for_itself_vouches_for_nothing() {
    let asked = responder(20, 2, &[]).signed_by(key(1));
    let about = |serial| {
        let mut draft = answer(Responder::Key(key(2)), DraftStatus::Good);
        draft.singles[0].serial = serial;
        draft.certificates = vec![asked.clone()];
        draft.signed_by(key(2))
    };
    Scene::new().ocsp(about(7)).ocsp(about(20)).is_unknown("signer");
}

#[test]
fn a_responder_with_two_certificates_over_its_key() {
    for ended_serial in [20, 21] {
        let mut ended = responder(ended_serial, 2, &[DraftExtension::ocsp_no_check()]);
        ended.not_after = day(5);
        let current = responder(41 - ended_serial, 2, &[DraftExtension::ocsp_no_check()]);
        let mut draft = answer(Responder::Key(key(2)), DraftStatus::Good);
        draft.certificates = vec![ended.signed_by(key(1)), current.signed_by(key(1))];
        Scene::new().ocsp(draft.signed_by(key(2))).is_good();
    }
}

#[test]
fn an_archive_cutoff_speaks_of_ended_certificates() {
    let mut ended = holder();
    ended.not_after = day(5);
    let scene = |extensions| {
        let mut draft = answer(Responder::Key(key(1)), DraftStatus::Good);
        draft.singles[0].extensions = extensions;
        Scene::of(&ended).ocsp(draft.signed_by(key(1))).report().paths[0].links[0].status
    };
    assert_eq!(scene(Vec::new()), LinkStatus::Unknown);
    assert_eq!(scene(vec![DraftExtension::archive_cutoff(day(-50))]), LinkStatus::Good);
    assert_eq!(scene(vec![DraftExtension::archive_cutoff(day(6))]), LinkStatus::Unknown);
}

#[test]
fn what_is_not_current_waits_for_what_is() {
    let scene = Scene::new().crl(crl("CA").signed_by(key(1))).at(day(14));
    let report = scene.report();
    assert_eq!((report.indication, report.sub_indication), {
        (PathIndication::Indeterminate, Some(SubIndication::TryLater))
    });
    assert!(!report.wants.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// The whole report is the same in whatever order the evidence arrives.
    #[test]
    fn the_order_of_evidence_changes_no_verdict(order in Just((0..9usize).collect::<Vec<_>>()).prop_shuffle()) {
        let mut ended = crl_issuer();
        (ended.serial, ended.not_after) = (3, day(5));
        let mut current = crl_issuer();
        current.serial = 4;
        let held = CrlDraft { entries: vec![entry(7, 6)], ..crl("CA") };
        let lifted = CrlDraft { this_update: day(9).plus_seconds(60), ..crl("CA") };
        let scene = Scene::of(&holder_of_lists())
            .certificate(ended.signed_by(key(0)))
            .certificate(current.signed_by(key(0)))
            .certificate(authority("CA", "Root", 5, 1).signed_by(key(0)))
            .crl(indirect(vec![entry(900, 1)]).signed_by(key(2)))
            .crl(held.signed_by(key(1)))
            .crl(lifted.signed_by(key(1)));
        let objects = scene.objects();
        prop_assert_eq!(objects.len(), order.len());
        let shuffled: Vec<_> = order.iter().map(|index| objects[*index]).collect();
        prop_assert_eq!(scene.report_of(&shuffled), scene.report());
    }
}
