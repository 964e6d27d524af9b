// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The three who judge: keiin's engine, `openssl verify` and certval.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, PDVCertificate,
    PDVTrustAnchorChoice, PkiEnvironment, TimeOfInterest, check_revocation_local,
};
use keiin_model::{Bytes, Evidence, EvidenceKind, Origin, PathIndication, PathReport};
use keiin_pki::digest::object_id;
use keiin_validate::{PathQuestion, Policy, RevocationFreshness, TrustAnchor, validate_path};

use crate::case::Case;

fn insert(evidence: &mut Evidence, kind: EvidenceKind, bytes: &[u8]) {
    evidence.insert(object_id(bytes), kind, bytes, Origin::Supplied);
}

/// keiin's report: RFC 5280 with every certificate's status known and current at the time.
pub(crate) fn report(case: &Case) -> PathReport {
    let mut evidence = Evidence::default();
    for certificate in case.chain.iter().chain(&case.others) {
        insert(&mut evidence, EvidenceKind::Certificate, certificate);
    }
    for crl in case.crls.iter().flatten() {
        insert(&mut evidence, EvidenceKind::Crl, crl);
    }
    let anchor = TrustAnchor { certificate: Bytes::from(&case.anchor), class: None };
    let mut policy = Policy::general(vec![anchor], Vec::new());
    policy.signer_freshness = RevocationFreshness::NextUpdate;
    let target = object_id(case.chain.last().unwrap());
    validate_path(&target, &PathQuestion::default(), &evidence, &policy, case.time).unwrap()
}

pub(crate) fn keiin(case: &Case) -> bool {
    report(case).indication == PathIndication::Passed
}

/// A folder for `openssl verify`'s files.
pub(crate) struct OpenSsl {
    folder: PathBuf,
}

impl OpenSsl {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Whether there is an OpenSSL to ask.
    pub(crate) fn is_there() -> bool {
        Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok_and(|s| s.success())
    }

    fn write(&self, name: &str, label: &str, objects: &[&[u8]]) -> PathBuf {
        let path = self.folder.join(name);
        let text: String = objects.iter().map(|der| pem(label, der)).collect();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn judge(&self, case: &Case) -> bool {
        let (target, intermediates) = case.chain.split_last().unwrap();
        let between: Vec<&[u8]> = intermediates.iter().chain(&case.others).map(Vec::as_slice).collect();
        let lists: Vec<&[u8]> = case.crls.iter().flatten().map(Vec::as_slice).collect();
        let anchor = self.write("root.pem", "CERTIFICATE", &[&case.anchor]);
        let between = self.write("between.pem", "CERTIFICATE", &between);
        let target = self.write("target.pem", "CERTIFICATE", &[target]);
        let mut command = Command::new("openssl");
        command.args(["verify", "-no-CApath", "-no-CAstore", "-crl_check_all", "-extended_crl"]);
        // Any policy, as RFC 5280, 6.1.1 (c) has it where none is asked for; OpenSSL's default is none.
        command.args(["-use_deltas", "-policy_check", "-policy", "2.5.29.32.0"]);
        command.args(["-attime", &case.time.unix().to_string()]);
        command.arg("-CAfile").arg(anchor).arg("-untrusted").arg(between);
        if !lists.is_empty() {
            command.arg("-CRLfile").arg(self.write("lists.pem", "X509 CRL", &lists));
        }
        let status = command.arg(target).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        status.success()
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = serde_json::to_value(Bytes::from(der)).unwrap();
    let lines: Vec<&str> =
        base64.as_str().unwrap().as_bytes().chunks(64).map(|c| std::str::from_utf8(c).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// certval judges the path that it is given and the list that it is handed for each certificate.
pub(crate) fn certval(case: &Case) -> bool {
    let mut pe = PkiEnvironment::default();
    pe.populate_5280_pki_environment();
    let mut settings = CertificationPathSettings::new();
    let unix = u64::try_from(case.time.unix()).unwrap();
    settings.set_time_of_interest(TimeOfInterest::from_unix_secs(unix).unwrap());
    settings.set_require_ta_store(false);
    settings.set_check_revocation_status(true);
    let read = || -> Option<CertificationPath> {
        let anchor = PDVTrustAnchorChoice::try_from(case.anchor.as_slice()).ok()?;
        let (target, intermediates) = case.chain.split_last()?;
        let intermediates: Option<Vec<_>> =
            intermediates.iter().map(|der| PDVCertificate::try_from(der.as_slice()).ok()).collect();
        let mut path =
            CertificationPath::new(anchor, intermediates?, PDVCertificate::try_from(target.as_slice()).ok()?);
        path.crls = case.crls.iter().map(|lists| lists.last().cloned()).collect();
        Some(path)
    };
    let Some(path) = read() else { return false };
    let mut results = CertificationPathResults::new();
    pe.validate_path(&pe, &settings, &path, &mut results).is_ok()
        && check_revocation_local(&pe, &settings, &path, &mut results).is_ok()
}
