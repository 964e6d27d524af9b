// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One octet of a file flipped: whether the reader or the verdict notices.
#![allow(dead_code)] // each test file takes what it needs

use std::{ops::Range, thread};

use keiin::{Document, Setup, validate::Policy, verify};
use keiin_model::{Indication, Report, SignatureFacts, Time, TimestampFacts};
use keiin_pki::{cms::SignedData, der::Element, digest::object_id};

/// What became of one flip.
pub(crate) struct Flip {
    pub(crate) position: usize,
    /// Whether every signature is TOTAL_PASSED all the same; `None` where the reader's finding was not judged.
    pub(crate) passed: Option<bool>,
    pub(crate) noticed: bool,
}

/// A file that is TOTAL_PASSED from itself alone, and what is said of it.
pub(crate) struct Original<'b> {
    pub(crate) bytes: &'b [u8],
    policy: Policy,
    at: Time,
    read: String,
    shown: String,
}

/// Of what the reader finds, one in so many is judged too: the verdict must say it.
const JUDGED: usize = 32;

impl<'b> Original<'b> {
    pub(crate) fn new(bytes: &'b [u8], policy: &Policy, at: Time) -> Self {
        let setup = Setup::offline(policy.clone());
        let document = Document::read(bytes.to_vec(), None).unwrap();
        let report = verify(&setup, &document, at).report;
        assert!(has_passed(&report), "{:?}", report.signatures.iter().map(|s| s.indication));
        Self { bytes, policy: policy.clone(), at, read: read(&document), shown: shown(&document, report) }
    }

    /// Flips each octet by the pattern that its position gets.
    pub(crate) fn flip(&self, positions: &[usize], pattern: impl Fn(usize) -> u8 + Sync) -> Vec<Flip> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = positions.len().div_ceil(threads).max(1);
        let (pattern, all) = (&pattern, positions.chunks(share));
        thread::scope(|scope| {
            let run = move |share: &[usize]| {
                let setup = Setup::offline(self.policy.clone());
                let mut bytes = self.bytes.to_vec();
                let flip = |position: &usize| {
                    bytes[*position] ^= pattern(*position);
                    let flip = self.look(&setup, &bytes, *position);
                    bytes[*position] = self.bytes[*position];
                    flip
                };
                share.iter().map(flip).collect::<Vec<_>>()
            };
            let handles: Vec<_> = all.map(|share| scope.spawn(move || run(share))).collect();
            handles.into_iter().flat_map(|handle| handle.join().unwrap()).collect()
        })
    }

    fn look(&self, setup: &Setup<'_>, bytes: &[u8], position: usize) -> Flip {
        let Ok(document) = Document::read(bytes.to_vec(), None) else {
            return Flip { position, passed: Some(false), noticed: true };
        };
        let found = read(&document) != self.read;
        if found && !position.is_multiple_of(JUDGED) {
            return Flip { position, passed: None, noticed: true };
        }
        let report = verify(setup, &document, self.at).report;
        let passed = has_passed(&report);
        let noticed = shown(&document, report) != self.shown;
        assert!(noticed || !found, "the verdict does not say what the reader found at {position}");
        Flip { position, passed: Some(passed), noticed }
    }
}

fn has_passed(report: &Report) -> bool {
    let mut all = report.signatures.iter();
    !report.signatures.is_empty() && all.all(|s| s.indication == Indication::TotalPassed)
}

/// What the reader finds: all that a report repeats, whatever the verdict.
fn read(document: &Document) -> String {
    let mut out = String::new();
    document.signatures().iter().for_each(|facts| signature(facts, &mut out));
    document.timestamps().iter().for_each(|facts| timestamp(facts, &mut out));
    out
}

fn signature(facts: &SignatureFacts, out: &mut String) {
    out.push_str(&format!("{} {:?}\n", facts.format, facts.defects));
    for data in &facts.data {
        out.push_str(&format!("{} {} {} {:?}\n", data.name, data.found(), data.intact(), data.covered));
    }
    facts.timestamps.iter().for_each(|facts| timestamp(facts, out));
    facts.countersignatures.iter().for_each(|facts| signature(facts, out));
}

fn timestamp(facts: &TimestampFacts, out: &mut String) {
    let imprint = (facts.imprint.found(), facts.imprint.intact());
    out.push_str(&format!("{:?} {imprint:?} {:?}\n", facts.kind, facts.defects));
    signature(&facts.token, out);
}

/// What is told of a document: the whole report but for the octets of the material, and but for the names of tokens, which
/// are digests of all their octets and so say of any flip in them that the octets differ, not that something is wrong.
fn shown(document: &Document, mut report: Report) -> String {
    for signature in &mut report.signatures {
        signature.material = keiin_model::Material::default();
    }
    let mut out = serde_json::to_string(&report).unwrap();
    let tokens =
        document.signatures().iter().flat_map(|facts| &facts.timestamps).chain(document.timestamps());
    for (number, token) in tokens.enumerate() {
        out = out.replace(&token.id.to_string(), &format!("token {number}"));
    }
    out
}

/// The parts of a token that its signature is not over, nor anybody else where it is the last: SignedData's version and
/// digestAlgorithms, the identifier of its eContent, whose value alone is digested (RFC 5652, 5.4), SignerInfo's version and
/// sid, in whose place the signed reference says who signed (RFC 5035, 3), and certificates that stand in other places of
/// the file too or are anchors, so that nothing hangs on these: when one is flipped, it is still to be had.
/// `place` says where in the file an octet of the token stands.
pub(crate) fn unsigned(
    bytes: &[u8],
    token: &[u8],
    policy: &Policy,
    place: impl Fn(usize) -> usize,
) -> Vec<Range<usize>> {
    let signed = SignedData::read(token).unwrap();
    let content = signed.encapsulated.content.unwrap();
    let mut parts = vec![
        signed.version.range(),
        signed.digest_algorithms.range(),
        content.offset()..content.content_range().start,
        signed.signer_infos[0].version.range(),
        signed.signer_infos[0].sid_element.range(),
    ];
    let still_there = |certificate: &Element<'_>| {
        let mut flipped = bytes.to_vec();
        flipped[place(certificate.offset() + certificate.bytes().len() / 2)] ^= 1;
        let document = Document::read(flipped, None).unwrap();
        let mut anchors = policy.signer_anchors.iter().chain(&policy.tsa_anchors);
        anchors.any(|anchor| *anchor.certificate == *certificate.bytes())
            || document.evidence().object(&object_id(certificate.bytes())).is_some()
    };
    let certificates: Vec<_> = signed.certificates.iter().map(|choice| choice.element()).collect();
    let free: Vec<_> = certificates.iter().filter(|one| still_there(one)).map(|one| one.range()).collect();
    if let (Some(first), true) = (certificates.first(), free.len() == certificates.len()) {
        parts.push(content.range().end..first.offset()); // what names them certificates, and their length
    }
    parts.extend(free);
    parts
}
