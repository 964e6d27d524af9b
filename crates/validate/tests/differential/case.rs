// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Random sets of certificates and CRLs: a good chain with its lists, and one or two things done to it.

use keiin_model::{Oid, Time};
use keiin_testkit::{
    DistinguishedName, NamePart, TestPki,
    draft::{CertificateDraft, CrlDraft, DraftExtension, DraftName, EntryDraft, Scope, TimeForm},
    keys::{self, TestKey},
};

/// Something done to a good chain. `at` counts from the anchor: 0 is the certificate that the anchor issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Change {
    Expired { at: usize },
    NotYetValid { at: usize },
    NoBasicConstraints { at: usize },
    NotCa { at: usize },
    PathLengthZero { at: usize },
    NoKeyUsage { at: usize },
    NoCertSign { at: usize },
    NoCrlSign { at: usize },
    UnknownCritical { at: usize },
    UnknownNotCritical { at: usize },
    SignedByAnother { at: usize },
    OtherIssuerName { at: usize },
    OtherCaseIssuerName { at: usize },
    ForeignKeyId { at: usize },
    PermittedDns { at: usize, holds: bool },
    ExcludedDns { at: usize, holds: bool },
    PermittedDirectory { at: usize, holds: bool },
    PermittedEmail { at: usize, holds: bool },
    PermittedIp { at: usize, holds: bool },
    ConstrainedOther { at: usize, present: bool },
    ConstrainedRegistered { at: usize },
    ExplicitPolicy { at: usize, holds: bool },
    Revoked { at: usize },
    OnHold { at: usize },
    RevokedLater { at: usize },
    NoCrl { at: usize },
    OldCrl { at: usize },
    FutureCrl { at: usize },
    CrlWithoutNext { at: usize },
    CrlSignedByAnother { at: usize },
    CrlOfUsers { at: usize },
    CrlOfCas { at: usize },
    CrlOfAttributes { at: usize },
    CrlOfSomeReasons { at: usize },
    CrlOfAnotherPoint { at: usize },
    CrlOfItsPoint { at: usize },
    CrlUnknownCritical { at: usize },
    CrlEntryUnknownCritical { at: usize },
    CrlGeneralizedTime { at: usize },
    OnlyADelta { at: usize },
    HoldRemovedByDelta { at: usize },
    RevokedByDelta { at: usize },
    Twin { at: usize },
}

/// A set to judge.
pub(crate) struct Case {
    pub(crate) seed: u64,
    pub(crate) changes: Vec<Change>,
    pub(crate) anchor: Vec<u8>,
    /// From the anchor's side; the target is the last.
    pub(crate) chain: Vec<Vec<u8>>,
    /// Certificates beside the chain.
    pub(crate) others: Vec<Vec<u8>>,
    /// The lists about each certificate of the chain.
    pub(crate) crls: Vec<Vec<Vec<u8>>>,
    pub(crate) time: Time,
}

/// A small generator of numbers (xorshift64*), so that a seed names a case on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

fn key(n: usize) -> &'static TestKey {
    keys::find(["p256-01", "p256-02", "p256-03", "p256-04"][n % 4]).unwrap()
}

fn name(text: &str) -> DistinguishedName {
    DistinguishedName::jp(&[(NamePart::Organization, "Differential"), (NamePart::CommonName, text)])
}

const POLICY: Oid = Oid::new(&[1, 2, 392, 200_199, 1]);
const OTHER_POLICY: Oid = Oid::new(&[1, 2, 392, 200_199, 2]);
const UPN: Oid = Oid::new(&[1, 3, 6, 1, 4, 1, 311, 20, 2, 3]);
const STRANGE: Oid = Oid::new(&[1, 2, 392, 200_199, 9]);

fn pick(dice: &mut Dice, length: usize) -> Change {
    use Change as C;
    let target = length - 1;
    let at = dice.below(length); // any certificate
    let ca = dice.below(target.max(1)); // one that issues another
    match dice.below(43) {
        0 => C::Expired { at },
        1 => C::NotYetValid { at },
        2 => C::NoBasicConstraints { at: ca },
        3 => C::NotCa { at: ca },
        4 => C::PathLengthZero { at: 0 },
        5 => C::NoKeyUsage { at: ca },
        6 => C::NoCertSign { at: ca },
        7 => C::NoCrlSign { at: ca },
        8 => C::UnknownCritical { at },
        9 => C::UnknownNotCritical { at },
        10 => C::SignedByAnother { at },
        11 => C::OtherIssuerName { at },
        12 => C::OtherCaseIssuerName { at },
        13 => C::ForeignKeyId { at },
        14 => C::PermittedDns { at: ca, holds: dice.coin() },
        15 => C::ExcludedDns { at: ca, holds: dice.coin() },
        16 => C::PermittedDirectory { at: ca, holds: dice.coin() },
        17 => C::PermittedEmail { at: ca, holds: dice.coin() },
        18 => C::PermittedIp { at: ca, holds: dice.coin() },
        19 => C::ConstrainedOther { at: ca, present: dice.coin() },
        20 => C::ConstrainedRegistered { at: ca },
        21 => C::ExplicitPolicy { at: ca, holds: dice.coin() },
        22 | 23 => C::Revoked { at },
        24 => C::OnHold { at },
        25 => C::RevokedLater { at },
        26 => C::NoCrl { at },
        27 => C::OldCrl { at },
        28 => C::FutureCrl { at },
        29 => C::CrlWithoutNext { at },
        30 => C::CrlSignedByAnother { at },
        31 => C::CrlOfUsers { at },
        32 => C::CrlOfCas { at },
        33 => C::CrlOfAttributes { at },
        34 => C::CrlOfSomeReasons { at },
        35 => C::CrlOfAnotherPoint { at },
        36 => C::CrlOfItsPoint { at },
        37 => C::CrlUnknownCritical { at },
        38 => C::CrlEntryUnknownCritical { at },
        39 => C::CrlGeneralizedTime { at },
        40 => C::OnlyADelta { at },
        41 => {
            if dice.coin() {
                C::HoldRemovedByDelta { at }
            } else {
                C::RevokedByDelta { at }
            }
        }
        _ => C::Twin { at: ca },
    }
}

/// The set that a seed names.
pub(crate) fn case(seed: u64) -> Case {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    dice.below(2);
    let length = 2 + dice.below(3);
    let count = [0, 1, 1, 1, 1, 2, 2][dice.below(7)];
    let mut changes: Vec<Change> = (0..count).map(|_| pick(&mut dice, length)).collect();
    changes.sort_unstable();
    changes.dedup();
    Maker { length, changes: &changes }.make(seed, &changes)
}

struct Maker<'c> {
    length: usize,
    changes: &'c [Change],
}

impl Maker<'_> {
    fn has(&self, change: Change) -> bool {
        self.changes.contains(&change)
    }

    fn subject(&self, at: usize) -> DistinguishedName {
        if at + 1 == self.length { name("Holder") } else { name(&format!("CA {at}")) }
    }

    /// The name and the key of who issues the certificate at a place.
    fn issuer(&self, at: usize) -> (DistinguishedName, &'static TestKey) {
        match at.checked_sub(1) {
            None => (name("Root"), key(0)),
            Some(above) => (self.subject(above), key(at)),
        }
    }

    fn make(&self, seed: u64, changes: &[Change]) -> Case {
        let start = TestPki::START;
        let root = CertificateDraft {
            subject: name("Root"),
            issuer: name("Root"),
            serial: 1,
            key: key(0),
            not_before: start.plus_days(-1000),
            not_after: start.plus_days(3000),
            extensions: vec![
                DraftExtension::ca(None),
                DraftExtension::key_usage(&["keyCertSign", "cRLSign"]),
                DraftExtension::subject_key_id(key(0).key_id()),
            ],
        };
        let mut others = Vec::new();
        let mut chain = Vec::new();
        for at in 0..self.length {
            let draft = self.certificate(at);
            let (_, issuer) = self.issuer(at);
            let signer = if self.has(Change::SignedByAnother { at }) { key(at + 2) } else { issuer };
            chain.push(draft.signed_by(signer));
            if self.has(Change::Twin { at }) {
                // The same name and key identifier with another key: chaff.
                let twin = CertificateDraft { key: key(at + 3), serial: 77, ..draft };
                others.push(twin.signed_by(issuer));
            }
        }
        let crls = (0..self.length).map(|at| self.crls(at)).collect();
        let anchor = root.signed_by(key(0));
        Case { seed, changes: changes.to_vec(), anchor, chain, others, crls, time: start.plus_days(10) }
    }

    fn certificate(&self, at: usize) -> CertificateDraft {
        use Change as C;
        let start = TestPki::START;
        let (mut issuer, issuer_key) = self.issuer(at);
        if self.has(C::OtherIssuerName { at }) {
            issuer = name("Nobody");
        }
        if self.has(C::OtherCaseIssuerName { at }) {
            issuer = DistinguishedName(issuer.0.iter().map(|(p, t)| (*p, spaced_capitals(*p, t))).collect());
        }
        let (mut not_before, mut not_after) = (start.plus_days(-100), start.plus_days(1000));
        if self.has(C::Expired { at }) {
            not_after = start.plus_days(5);
        }
        if self.has(C::NotYetValid { at }) {
            (not_before, not_after) = (start.plus_days(50), start.plus_days(900));
        }
        let key_id = if self.has(C::ForeignKeyId { at }) { &[7; 20] } else { issuer_key.key_id() };
        let own_key = key(at + 1);
        let mut extensions = vec![
            DraftExtension::subject_key_id(own_key.key_id()),
            DraftExtension::authority_key_id(key_id),
            DraftExtension::crl_point(&[point(at)], None, &[]),
            DraftExtension::policies(&[self.policy(at)]),
        ];
        if at + 1 == self.length {
            extensions.push(DraftExtension::key_usage(&["nonRepudiation"]));
            extensions.push(DraftExtension::alt_names(&self.alternative_names()));
        } else {
            self.authority(at, &mut extensions);
        }
        if self.has(C::UnknownCritical { at }) {
            extensions.push(DraftExtension::raw(STRANGE, true, &[5, 0]));
        }
        if self.has(C::UnknownNotCritical { at }) {
            extensions.push(DraftExtension::raw(STRANGE, false, &[5, 0]));
        }
        CertificateDraft {
            subject: self.subject(at),
            issuer,
            serial: 10 + at as u64,
            key: own_key,
            not_before,
            not_after,
            extensions,
        }
    }

    fn policy(&self, at: usize) -> Oid {
        let broken = |ca: usize| self.has(Change::ExplicitPolicy { at: ca, holds: false });
        if at + 1 == self.length && (0..self.length).any(broken) { OTHER_POLICY } else { POLICY }
    }

    fn alternative_names(&self) -> Vec<DraftName> {
        let mut names = vec![
            DraftName::Dns("www.hospital.example".into()),
            DraftName::Rfc822("taro@hospital.example".into()),
            DraftName::Ip(vec![192, 0, 2, 9]),
        ];
        let any = |change: fn(usize) -> Change| (0..self.length).any(|at| self.has(change(at)));
        if any(|at| Change::ConstrainedOther { at, present: true }) {
            names.push(DraftName::Other(UPN));
        }
        if any(|at| Change::ConstrainedRegistered { at }) {
            names.push(DraftName::RegisteredId(STRANGE));
        }
        names
    }

    fn authority(&self, at: usize, extensions: &mut Vec<DraftExtension>) {
        use Change as C;
        if self.has(C::NotCa { at }) {
            extensions.push(DraftExtension::end_entity());
        } else if !self.has(C::NoBasicConstraints { at }) {
            extensions.push(DraftExtension::ca(self.has(C::PathLengthZero { at }).then_some(0)));
        }
        if self.has(C::NoCertSign { at }) {
            extensions.push(DraftExtension::key_usage(&["cRLSign"]));
        } else if self.has(C::NoCrlSign { at }) {
            extensions.push(DraftExtension::key_usage(&["keyCertSign"]));
        } else if !self.has(C::NoKeyUsage { at }) {
            extensions.push(DraftExtension::key_usage(&["keyCertSign", "cRLSign"]));
        }
        for holds in [true, false] {
            if self.has(C::ExplicitPolicy { at, holds }) {
                extensions.push(DraftExtension::policy_constraints(Some(0), None));
            }
        }
        let (permitted, excluded) = self.subtrees(at);
        if !(permitted.is_empty() && excluded.is_empty()) {
            extensions.push(DraftExtension::name_constraints(&permitted, &excluded));
        }
    }

    fn subtrees(&self, at: usize) -> (Vec<DraftName>, Vec<DraftName>) {
        use Change as C;
        let (mut permitted, mut excluded) = (Vec::new(), Vec::new());
        for holds in [true, false] {
            let choose = |yes: &str, no: &str| if holds { yes.to_owned() } else { no.to_owned() };
            if self.has(C::PermittedDns { at, holds }) {
                permitted.push(DraftName::Dns(choose("hospital.example", "clinic.example")));
            }
            if self.has(C::ExcludedDns { at, holds }) {
                excluded.push(DraftName::Dns(choose("clinic.example", "hospital.example")));
            }
            if self.has(C::PermittedDirectory { at, holds }) {
                let organization = choose("Differential", "Another");
                permitted.push(DraftName::Directory(DistinguishedName::jp(&[(
                    NamePart::Organization,
                    &organization,
                )])));
            }
            if self.has(C::PermittedEmail { at, holds }) {
                permitted.push(DraftName::Rfc822(choose("hospital.example", "clinic.example")));
            }
            if self.has(C::PermittedIp { at, holds }) {
                let net = if holds { [192, 0, 2, 0] } else { [198, 51, 100, 0] };
                permitted.push(DraftName::Ip([net, [255, 255, 255, 0]].concat()));
            }
        }
        if [true, false].iter().any(|present| self.has(C::ConstrainedOther { at, present: *present })) {
            excluded.push(DraftName::Other(UPN));
        }
        if self.has(C::ConstrainedRegistered { at }) {
            excluded.push(DraftName::RegisteredId(POLICY));
        }
        (permitted, excluded)
    }

    /// The lists about the certificate at a place.
    fn crls(&self, at: usize) -> Vec<Vec<u8>> {
        use Change as C;
        let start = TestPki::START;
        let (issuer, issuer_key) = self.issuer(at);
        if self.has(C::NoCrl { at }) {
            return Vec::new();
        }
        let mut draft = CrlDraft {
            issuer,
            this_update: start.plus_days(9),
            next_update: Some(start.plus_days(13)),
            entries: vec![entry(900, 1), entry(901, 4)],
            extensions: vec![
                DraftExtension::authority_key_id(issuer_key.key_id()),
                DraftExtension::crl_number(5),
            ],
            times: TimeForm::AsTheRfcSays,
        };
        let serial = 10 + at as u64;
        if self.has(C::OldCrl { at }) {
            (draft.this_update, draft.next_update) = (start.plus_days(2), Some(start.plus_days(6)));
        }
        if self.has(C::FutureCrl { at }) {
            (draft.this_update, draft.next_update) = (start.plus_days(20), Some(start.plus_days(24)));
        }
        if self.has(C::CrlWithoutNext { at }) {
            draft.next_update = None;
        }
        if self.has(C::Revoked { at }) {
            draft.entries.push(entry(serial, 1));
        }
        if self.has(C::OnHold { at }) || self.has(C::HoldRemovedByDelta { at }) {
            draft.entries.push(entry(serial, 6));
        }
        if self.has(C::RevokedLater { at }) {
            draft.entries.push(EntryDraft { at: start.plus_days(11), ..entry(serial, 4) });
        }
        if self.has(C::CrlGeneralizedTime { at }) {
            draft.times = TimeForm::Generalized;
        }
        if self.has(C::CrlEntryUnknownCritical { at }) {
            let strange = DraftExtension::raw(STRANGE, true, &[5, 0]);
            draft.entries.push(EntryDraft { extensions: vec![strange], ..entry(903, 1) });
        }
        if self.has(C::CrlUnknownCritical { at }) {
            draft.extensions.push(DraftExtension::raw(STRANGE, true, &[5, 0]));
        }
        if let Some(scope) = self.scope(at) {
            draft.extensions.push(DraftExtension::issuing_point(&scope));
        }
        let signer = if self.has(C::CrlSignedByAnother { at }) { key(at + 2) } else { issuer_key };
        let mut lists = Vec::new();
        let delta = |entries| {
            let mut delta = draft.clone();
            delta.extensions[1] = DraftExtension::crl_number(6);
            delta.extensions.push(DraftExtension::delta_of(5));
            delta.entries = entries;
            delta.this_update = start.plus_days(9).plus_seconds(3600);
            delta.signed_by(signer)
        };
        if self.has(C::HoldRemovedByDelta { at }) {
            lists.push(delta(vec![entry(serial, 8)]));
        }
        if self.has(C::RevokedByDelta { at }) {
            lists.push(delta(vec![entry(serial, 1)]));
        }
        if self.has(C::OnlyADelta { at }) {
            lists.push(delta(Vec::new()));
        } else {
            lists.push(draft.signed_by(signer));
        }
        lists
    }

    fn scope(&self, at: usize) -> Option<Scope> {
        use Change as C;
        let mut scope = Scope::default();
        let plain = format!("{scope:?}");
        for (change, only) in [
            (C::CrlOfUsers { at }, "user"),
            (C::CrlOfCas { at }, "ca"),
            (C::CrlOfAttributes { at }, "attribute"),
        ] {
            if self.has(change) {
                scope.only = Some(only);
            }
        }
        if self.has(C::CrlOfSomeReasons { at }) {
            scope.reasons = Some(vec![1, 2]);
        }
        if self.has(C::CrlOfAnotherPoint { at }) {
            scope.names = vec![DraftName::Uri("http://elsewhere.example/x.crl".into())];
        } else if self.has(C::CrlOfItsPoint { at }) {
            scope.names = vec![point(at)];
        }
        (format!("{scope:?}") != plain).then_some(scope)
    }
}

fn point(at: usize) -> DraftName {
    DraftName::Uri(format!("http://crl.example/{at}.crl"))
}

fn entry(serial: u64, reason: u8) -> EntryDraft {
    let extensions = vec![DraftExtension::reason(reason)];
    EntryDraft { serial, at: TestPki::START.plus_days(1), extensions }
}

/// The same name as people read it. A country stays as it is: its type has no small letters to speak of.
fn spaced_capitals(part: NamePart, text: &str) -> String {
    if part == NamePart::Country { text.to_owned() } else { text.to_uppercase().replace(' ', "  ") }
}
