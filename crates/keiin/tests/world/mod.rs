// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The test PKI as keiin's outside world, in the process, at a simulated time.
#![allow(dead_code)] // each test file takes what it needs

use std::cell::{Cell, RefCell};

use keiin::{
    Content, Document, Goal, HttpRequest, HttpResponse, Level, Network, Setup, Signed, Signing,
    TransportError, Tsa, extend, hpki_policy, sign,
    transport::Method,
    validate::{Policy, RevocationFreshness, TrustAnchor},
    verify,
};
use keiin_model::{Check, Indication, NextStep, Report, SignatureReport, SubIndication, Time};
use keiin_testkit::{Faults, SoftToken, TestPki};

pub(crate) const CONTENT: &[u8] = "処方箋 令和8年4月1日".as_bytes();

pub(crate) struct World {
    pub(crate) pki: TestPki,
    pub(crate) clock: Cell<Time>,
    pub(crate) faults: RefCell<Faults>,
    pub(crate) asked: RefCell<Vec<String>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of(TestPki::hpki())
    }

    pub(crate) fn of(pki: TestPki) -> Self {
        let clock = Cell::new(pki.start().plus_seconds(36_000));
        Self { pki, clock, faults: RefCell::default(), asked: RefCell::default() }
    }

    /// Ten in the morning of a day; the CRLs of the day are of midnight.
    pub(crate) fn day(&self, days: i64) -> Time {
        self.pki.start().plus_days(days).plus_seconds(36_000)
    }

    pub(crate) fn year(&self, years: i64) -> Time {
        self.day(years * 36525 / 100)
    }

    pub(crate) fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let method = if request.method == Method::Get { "GET" } else { "POST" };
        self.asked.borrow_mut().push(format!("{method} {}", request.url));
        let answer = self.pki.answer_with(
            &self.faults.borrow(),
            method,
            &request.url,
            &request.body,
            self.clock.get(),
        );
        let url = request.url.clone();
        if answer.body.len() > request.limit {
            return Err(TransportError::TooLarge { url, limit: request.limit });
        }
        if answer.content_length != answer.body.len() {
            return Err(TransportError::Broken { url, reason: "cut off".to_owned() });
        }
        let content_type = Some(answer.content_type.to_owned());
        Ok(HttpResponse { status: answer.status, content_type, body: answer.body })
    }

    pub(crate) fn anchors(&self, names: &[&str]) -> Vec<TrustAnchor> {
        let anchor =
            |name: &&str| TrustAnchor { certificate: self.pki.certificate(name).into(), class: None };
        names.iter().map(anchor).collect()
    }

    pub(crate) fn policy(&self) -> Policy {
        let mut policy = hpki_policy();
        policy.signer_anchors = self.anchors(&["root"]);
        policy.tsa_anchors = self.anchors(&["tsa-root", "tsa-root-2"]);
        policy
    }

    /// A setup with these TSAs and the strict policy.
    pub(crate) fn setup(&self, tsas: &[&str]) -> Setup<'_> {
        let mut setup = Setup::offline(self.policy());
        setup.network = Network::Online;
        setup.transport = Box::new(|request: &HttpRequest| self.exchange(request));
        setup.tsas = tsas.iter().map(|tsa| Tsa::new(format!("{}/tsa/{tsa}", self.pki.base_url()))).collect();
        setup
    }

    /// The same without a network: only what is in the file counts. Nothing in a file can be younger than its last
    /// time-stamp, so the age of what judges that time-stamp's TSA is no reason to wait.
    pub(crate) fn offline(&self) -> Setup<'static> {
        let mut policy = self.policy();
        policy.tsa_freshness = RevocationFreshness::Any;
        Setup::offline(policy)
    }

    pub(crate) fn sign(&self, signer: &str, tsa: &str, level: Level, at: Time) -> Signed {
        self.clock.set(at);
        let token = SoftToken::new(&self.pki, signer);
        let signing = Signing { level, ..Signing::with(&token).unwrap() };
        sign(&self.setup(&[tsa]), &Content::bytes(CONTENT), &token, &signing, at).unwrap()
    }

    /// ES-T at one time, carried to a level at a later one.
    pub(crate) fn carried(&self, signer: &str, tsa: &str, signed: Time, level: Level, at: Time) -> Document {
        let mut document = self.sign(signer, tsa, Level::T, signed).document;
        self.carry(&mut document, tsa, level, at);
        document
    }

    pub(crate) fn carry(&self, document: &mut Document, tsa: &str, level: Level, at: Time) {
        self.clock.set(at);
        let extended = extend(&self.setup(&[tsa]), document, Goal::Level(level), at).unwrap();
        assert!(extended.stopped.is_none(), "{}", extended.stopped.unwrap());
        assert_eq!(extended.level, level);
    }

    /// The verdict at a time, with the CRLs of that time.
    pub(crate) fn online(&self, document: &Document, at: Time) -> Report {
        self.clock.set(at);
        verify(&self.setup(&[]), document, at).report
    }

    /// The verdict at a time from the file alone.
    pub(crate) fn alone(&self, document: &Document, at: Time) -> Report {
        verify(&self.offline(), document, at).report
    }
}

pub(crate) type Answer = (Indication, Option<SubIndication>);

pub(crate) fn first(report: &Report) -> &SignatureReport {
    &report.signatures[0]
}

pub(crate) fn answer(report: &Report) -> Answer {
    (first(report).indication, first(report).sub_indication)
}

pub(crate) fn next(report: &Report) -> Vec<NextStep> {
    first(report).next.iter().map(|action| action.step).collect()
}

/// The tree of checks of the first signature and its time-stamps, a line each: what a failing test prints.
pub(crate) fn tree(report: &Report) -> String {
    fn lines(checks: &[Check], depth: usize, out: &mut String) {
        for check in checks {
            let object = check.object.map(|id| id.to_string()[..8].to_owned()).unwrap_or_default();
            let indent = "  ".repeat(depth);
            out.push_str(&format!("{indent}{:?} {} {object} {:?}\n", check.outcome, check.id, check.detail));
            lines(&check.children, depth + 1, out);
        }
    }
    let mut out = String::new();
    lines(&first(report).checks, 0, &mut out);
    for timestamp in &first(report).timestamps {
        out.push_str(&format!(
            "{:?} {} {:?} {:?}\n",
            timestamp.kind, timestamp.time, timestamp.indication, timestamp.sub_indication
        ));
        lines(&timestamp.checks, 1, &mut out);
    }
    out
}
