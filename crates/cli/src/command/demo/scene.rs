// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The world of the demo: a test PKI, a soft card, a clock that obeys, and a folder.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};

use keiin::{
    Content, Document, Existing, HttpRequest, HttpResponse, Network, Setup, Signing, TransportError, file,
    hpki_policy,
    model::{Bytes, DigestAlgorithm, Indication, SignerLocation, Time},
    sign,
    transport::Method,
    validate::TrustAnchor,
    verify,
};
use keiin_testkit::{SoftToken, TestPki};

use super::{timeline::Event, tsa};
use crate::{
    error::{Failure, Text},
    lang::Lang,
};

/// A prescription as a pharmacy gets it. Names are invented.
const RECORD: &str = "\
処方箋(見本)
患者   見本 花子  生年月日 1960-05-05
医療機関 契印記念病院(テスト)
処方   Rp.1 アムロジピン錠 5mg 1錠 1日1回 朝食後 28日分
     Rp.2 ロキソプロフェン錠 60mg 1回1錠 疼痛時 10回分
交付日  2026-04-01
";

const DAY: i64 = 86_400;

/// The folder that the files of the demo are in.
pub(super) struct Stage {
    folder: PathBuf,
    keep: bool,
    pki: TestPki,
}

impl Stage {
    pub(super) fn new(keep: Option<&Path>) -> Result<Self, Failure> {
        let temporary = || std::env::temp_dir().join(format!("keiin-demo-{}", std::process::id()));
        let folder = keep.map_or_else(temporary, Path::to_owned);
        let unwritable = |error| {
            let path = folder.display();
            let text = Text::new(format!("{path} を作れません"), format!("{path} cannot be made"));
            Failure::Environment(text, error)
        };
        fs::create_dir_all(&folder).map_err(unwritable)?;
        let stage = Self { keep: keep.is_some(), pki: TestPki::hpki(), folder };
        file::write(&stage.record(), RECORD.as_bytes(), Existing::Replace)?;
        Ok(stage)
    }

    fn record(&self) -> PathBuf {
        self.folder.join("処方箋.txt")
    }

    /// The folder, when the user wanted to keep it.
    pub(super) fn kept(&self) -> Option<&Path> {
        self.keep.then_some(&self.folder)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !self.keep {
            // What cannot be removed is a few files in the system's own place for such.
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// The world at a moment.
pub(super) struct Scene<'a> {
    stage: &'a Stage,
    pub(super) clock: Cell<Time>,
    pub(super) lang: Lang,
}

impl<'a> Scene<'a> {
    pub(super) fn new(stage: &'a Stage, lang: Lang) -> Self {
        Self { clock: Cell::new(stage.pki.start()), stage, lang }
    }

    /// Ten o'clock in Japan on the first day.
    pub(super) fn start(&self) -> Time {
        self.stage.pki.start().plus_seconds(3600)
    }

    /// The strict policy of healthcare, with the test roots in place of the ministry's.
    pub(super) fn setup(&self, tsa_name: &str, digest: DigestAlgorithm) -> Setup<'_> {
        let anchor = |name: &str, class: Option<&str>| TrustAnchor {
            certificate: Bytes::from(self.stage.pki.certificate(name)),
            class: class.map(str::to_owned),
        };
        let mut policy = hpki_policy();
        policy.signer_anchors = vec![anchor("root", Some("hpki"))];
        policy.tsa_anchors = vec![anchor("tsa-root", None), anchor("tsa-root-2", None)];
        policy.required_roles = vec!["医師".to_owned()];
        let mut setup = Setup::offline(policy);
        setup.network = Network::Online;
        setup.transport = Box::new(|request: &HttpRequest| self.exchange(request));
        setup.tsas = vec![tsa(tsa_name)];
        setup.timestamp_digest = digest;
        setup
    }

    /// The world's server, without a socket. CRLs are issued once a day at midnight UTC, as those of HPKI are.
    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let now = self.clock.get();
        let (method, at) = match request.method {
            Method::Get => ("GET", Time::from_unix(now.unix() - now.unix().rem_euclid(DAY))),
            Method::Post => ("POST", now),
        };
        let answer = self.stage.pki.answer(method, &request.url, &request.body, at);
        Ok(HttpResponse {
            status: answer.status,
            content_type: Some(answer.content_type.to_owned()),
            body: answer.body,
        })
    }

    /// The doctor signs the record with a soft HPKI card.
    pub(super) fn sign(&self, at: Time) -> Result<(Document, &'static str), Failure> {
        let card = SoftToken::new(&self.stage.pki, "doctor");
        let mut signing = Signing::with(&card)?;
        signing.intent.location = Some(SignerLocation {
            country: Some("JP".to_owned()),
            locality: None,
            postal_address: Vec::new(),
        });
        let content = Content::file(self.stage.record());
        let signed = sign(&self.setup("tsa-ecdsa", DigestAlgorithm::Sha256), &content, &card, &signing, at)?;
        Ok((signed.document, "ES-BES"))
    }

    /// Judges the document at a moment, as somebody would who has only the file and the network of that day, and keeps
    /// the file of that step.
    pub(super) fn event(
        &self,
        at: Time,
        what: &str,
        level: &str,
        document: &Document,
        expected: Option<Indication>,
    ) -> Result<Event, Failure> {
        self.clock.set(at);
        let verdict = verify(&self.setup("tsa-ecdsa", DigestAlgorithm::Sha256), document, at);
        self.write(document, &format!("{}-{level}.p7m", super::timeline::file_date(at)))?;
        Ok(Event::new(at, what, level, document.as_bytes().len(), &verdict.report, expected))
    }

    /// The document as it is now, for somebody who forgets it in a drawer.
    pub(super) fn copy(document: &Document) -> Result<Document, Failure> {
        Ok(Document::read(document.as_bytes().to_vec(), None)?)
    }

    /// The last state under a plain name, and the anchors to verify it with.
    pub(super) fn finish(&self, document: &Document) -> Result<(), Failure> {
        self.write(document, "処方箋.txt.p7m")?;
        for name in ["root", "tsa-root", "tsa-root-2"] {
            let path = self.stage.folder.join(format!("{name}.cer"));
            file::write(&path, self.stage.pki.certificate(name), Existing::Replace)?;
        }
        Ok(())
    }

    fn write(&self, document: &Document, name: &str) -> Result<(), Failure> {
        Ok(document.write(&self.stage.folder.join(name), Existing::Replace)?)
    }
}
