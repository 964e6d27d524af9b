// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The paths of a certificate: which ways lead to an anchor, which of them hold, what judged each certificate, and what
//! is missing.

use std::path::Path;

use keiin_pki::{cert::Certificate, digest::object_id, extension::oid};
use keiin_validate::{PathQuestion, validate_path};

use crate::{
    Document, Error,
    fetch::Fetched,
    file,
    model::{Bytes, Evidence, EvidenceKind, ObjectId, Origin, PathPurpose, PathReport, Time},
    setup::Setup,
    trust,
    verify::{settle, verify},
};

/// Octets of a file with certificates: some thousand of them.
const MAX_BUNDLE: usize = 16 << 20;

/// Whose paths are asked for.
pub enum PathSubject {
    /// A certificate, and others that came with it.
    Certificates(Vec<Bytes>),
    /// A signed document or a token: its signers and its TSAs.
    Document(Box<Document>),
}

/// What was found out about a certificate.
#[derive(Clone, Debug)]
pub struct PathJudgement {
    /// The paths, the dead ends, and what is missing.
    pub report: PathReport,
    /// Everything that the engine was given.
    pub evidence: Evidence,
    /// Which addresses were asked, and what came of it.
    pub fetched: Vec<Fetched>,
}

impl PathSubject {
    /// Reads a certificate (DER), certificates (PEM; the first is asked about) or a signed file.
    ///
    /// # Errors
    /// [`Error`] naming the file.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let bytes = file::read(path, file::MAX_CONTAINER)?;
        let is_pem = bytes.len() <= MAX_BUNDLE && is_pem(&bytes);
        if is_pem || Certificate::read(&bytes).is_ok() {
            let found = trust::certificates(&bytes, path)?;
            return Ok(Self::Certificates(found.into_iter().map(Bytes::from).collect()));
        }
        Ok(Self::Document(Box::new(Document::read(bytes, None).map_err(|error| error.in_file(path))?)))
    }
}

fn is_pem(bytes: &[u8]) -> bool {
    const MARK: &[u8] = b"-----BEGIN ";
    bytes.windows(MARK.len()).any(|window| window == MARK)
}

/// Judges the paths of a subject at a time (RFC 5280, 6; EN 319 102-1, 5.2.6); of a document those of every signer and
/// TSA, each certificate once for each purpose. `purpose`: `None` takes it from the certificate, or from what it signed.
pub fn judge_paths(
    setup: &Setup<'_>,
    subject: &PathSubject,
    purpose: Option<PathPurpose>,
    question: &PathQuestion,
    now: Time,
) -> Vec<PathJudgement> {
    match subject {
        PathSubject::Certificates(certificates) => {
            let Some(first) = certificates.first() else { return Vec::new() };
            let mut evidence = Evidence::default();
            for certificate in certificates {
                let id = object_id(certificate);
                evidence.insert(id, EvidenceKind::Certificate, certificate.clone(), Origin::Supplied);
            }
            let purpose = purpose.unwrap_or_else(|| purpose_of(first));
            let question = PathQuestion { purpose, ..question.clone() };
            judge_path(setup, &object_id(first), &question, evidence, now).into_iter().collect()
        }
        PathSubject::Document(document) => {
            let verdict = verify(setup, document, now);
            let judged = signers(&verdict.report).into_iter().filter_map(|(certificate, made)| {
                let question = PathQuestion { purpose: purpose.unwrap_or(made), ..question.clone() };
                judge_path(setup, &certificate, &question, verdict.evidence.clone(), now)
            });
            judged.collect()
        }
    }
}

/// Judges the paths of one certificate of the evidence at a time, getting what is missing. `None`: it is not there.
pub fn judge_path(
    setup: &Setup<'_>,
    certificate: &ObjectId,
    question: &PathQuestion,
    evidence: Evidence,
    now: Time,
) -> Option<PathJudgement> {
    let engine = |evidence: &Evidence| {
        validate_path(certificate, question, evidence, &setup.policy_for(evidence), now)
    };
    let wants =
        |report: &Option<PathReport>| report.as_ref().map(|report| report.wants.clone()).unwrap_or_default();
    let (report, evidence, fetched) = settle(setup, evidence, now, engine, wants);
    Some(PathJudgement { report: report?, evidence, fetched })
}

/// The certificates that signed, with what they signed, in the order of the report.
fn signers(report: &crate::model::Report) -> Vec<(ObjectId, PathPurpose)> {
    let mut found = Vec::new();
    let mut add = |signer: Option<&crate::model::SignerReport>, purpose| {
        if let Some(signer) = signer
            && !found.contains(&(signer.certificate, purpose))
        {
            found.push((signer.certificate, purpose));
        }
    };
    for signature in &report.signatures {
        add(signature.signer.as_ref(), PathPurpose::Signer);
        signature.timestamps.iter().for_each(|token| add(token.signer.as_ref(), PathPurpose::Tsa));
    }
    report.timestamps.iter().for_each(|token| add(token.signer.as_ref(), PathPurpose::Tsa));
    found
}

/// What a certificate is for by its own words.
fn purpose_of(der: &[u8]) -> PathPurpose {
    let Ok(certificate) = Certificate::read(der) else { return PathPurpose::Any };
    let purposes = certificate.key_purposes.as_deref().unwrap_or_default();
    if purposes.contains(&oid::KP_TIME_STAMPING) {
        PathPurpose::Tsa
    } else if certificate.is_ca() || purposes.contains(&oid::KP_OCSP_SIGNING) {
        PathPurpose::Any
    } else {
        PathPurpose::Signer
    }
}
