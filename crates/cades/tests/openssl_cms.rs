// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OpenSSL verifies what we make, and we extend what OpenSSL makes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]

mod steps;

use std::{path::PathBuf, process::Command};

use keiin_cades::{Cades, Content, Packaging, SigningIntent, prepare, prepare_additional};
use keiin_model::{DigestAlgorithm, SignatureAlgorithm, Signer as _, TimestampKind};
use keiin_pki::{cms::SignedData, der::first_non_der};
use steps::{DATA, Revocation, Steps, leaves_are_kept};

/// A folder with the data, and the world's keys and certificates in PEM.
struct Bench {
    folder: tempfile::TempDir,
    steps: Steps,
}

impl Bench {
    fn new(holder: &str) -> Self {
        let bench =
            Self { folder: tempfile::tempdir().unwrap(), steps: Steps::new(holder, Revocation::Both) };
        bench.write("data", DATA);
        let pki = &bench.steps.pki;
        bench.write("key.der", pki.key_pkcs8(holder));
        for (name, of) in
            [("signer", holder), ("ca", "signing-ca"), ("root", "root"), ("tsa-root", "tsa-root")]
        {
            bench.write(&format!("{name}.der"), pki.certificate(of));
            let (from, to) = (format!("{name}.der"), format!("{name}.pem"));
            bench.openssl(&["x509", "-inform", "DER", "-in", &from, "-out", &to]);
        }
        bench.openssl(&["pkey", "-inform", "DER", "-in", "key.der", "-out", "key.pem"]);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, octets: &[u8]) {
        std::fs::write(self.path(name), octets).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new("openssl").current_dir(&self.folder).args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(text) } else { Err(text) }
    }

    fn openssl(&self, arguments: &[&str]) -> String {
        self.run(arguments).unwrap_or_else(|error| panic!("openssl {arguments:?}: {error}"))
    }

    /// `openssl cms -verify -cades` at the world's start, with the content that it takes out compared.
    fn verify(&self, cms: &[u8], packaging: Packaging) -> Result<(), String> {
        self.write("signed.p7s", cms);
        let at = self.steps.start().unix().to_string();
        let mut arguments =
            vec!["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "signed.p7s"];
        arguments.extend(["-CAfile", "root.pem", "-purpose", "any", "-attime", &at, "-out", "content"]);
        if packaging == Packaging::Detached {
            arguments.extend(["-content", "data"]);
        }
        let text = self.run(&arguments)?;
        assert!(text.contains("CAdES Verification successful"), "{text}");
        assert_eq!(self.read("content"), DATA);
        Ok(())
    }
}

#[test]
fn openssl_verifies_every_level() {
    for holder in ["doctor", "doctor-ec", "doctor-rsa4096"] {
        let bench = Bench::new(holder);
        for packaging in [Packaging::Attached, Packaging::Detached] {
            for (level, octets) in bench.steps.levels(packaging) {
                bench.verify(&octets, packaging).unwrap_or_else(|error| panic!("{holder} {level}: {error}"));
            }
        }
    }
}

#[test]
fn openssl_refuses_what_was_changed() {
    let bench = Bench::new("doctor");
    let mut octets = bench.steps.signed(Packaging::Attached);
    let at = octets.windows(DATA.len()).position(|window| window == DATA).unwrap();
    octets[at] ^= 1;
    assert!(bench.verify(&octets, Packaging::Attached).is_err());
}

#[test]
fn openssl_verifies_two_signers_and_rsassa_pss() {
    let bench = Bench::new("doctor");
    let steps = &bench.steps;
    let second = Steps::new("doctor-ec384", Revocation::Crl);
    let cades = Cades::read(steps.signed(Packaging::Attached), None).unwrap();
    let (certificate, chain) = (second.card.certificate(), second.card.intermediates());
    let prepared = prepare_additional(&cades, certificate, chain, &second.intent(), second.start()).unwrap();
    let both = prepared.attach(&second.value(&prepared)).unwrap();
    bench.verify(&both, Packaging::Attached).unwrap();

    // The kit's card does not do PSS; OpenSSL does, also as the signer elsewhere.
    let sha256 = DigestAlgorithm::Sha256;
    let pss = SigningIntent::new(SignatureAlgorithm::RsaPss { digest: sha256, mgf: sha256, salt: 32 });
    let content = Content::Bytes(DATA.into());
    let prepared =
        prepare(&content, steps.card.certificate(), steps.card.intermediates(), &pss, steps.start()).unwrap();
    bench.write("tbs", prepared.to_be_signed());
    let padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"];
    let sign = ["dgst", "-sha256", "-sign", "key.pem", "-out", "value"];
    bench.openssl(&[&sign[..], &padding, &["tbs"]].concat());
    bench.verify(&prepared.attach(&bench.read("value")).unwrap(), Packaging::Attached).unwrap();
}

#[test]
fn openssl_verifies_the_token_inside() {
    let bench = Bench::new("doctor");
    let levels = bench.steps.levels(Packaging::Attached);
    let (_, stamped) = &levels[1];
    let signed = SignedData::read(stamped).unwrap();
    let signer = &signed.signer_infos[0];
    let kind = keiin_cades::attribute_oid::SIGNATURE_TIMESTAMP;
    let token = signer.unsigned_of(&kind).next().unwrap().single().unwrap();
    bench.write("token.der", token.bytes());
    bench.write("value", signer.signature.content());
    let at = bench.steps.start().unix().to_string();
    let verify = ["ts", "-verify", "-in", "token.der", "-token_in", "-data", "value"];
    bench.openssl(&[&verify[..], &["-CAfile", "tsa-root.pem", "-attime", &at]].concat());
}

#[test]
fn what_openssl_made_is_extended_to_the_end() {
    for holder in ["doctor", "doctor-ec"] {
        let bench = Bench::new(holder);
        for (packaging, form) in [
            (Packaging::Attached, &["-nodetach"][..]),
            (Packaging::Attached, &["-nodetach", "-stream"]),
            (Packaging::Detached, &[]),
        ] {
            let sign =
                ["cms", "-sign", "-cades", "-binary", "-in", "data", "-outform", "DER", "-out", "made"];
            let by = ["-signer", "signer.pem", "-inkey", "key.pem", "-certfile", "ca.pem", "-md", "sha256"];
            bench.openssl(&[&sign[..], &by, form].concat());
            let made = bench.read("made");
            let streamed = first_non_der(&SignedData::read(&made).unwrap().content_info).is_some();
            assert_eq!(streamed, form.contains(&"-stream"), "BER is what this case is about");
            let mut before = made.clone();
            for (level, octets) in bench.steps.extended(made, packaging) {
                leaves_are_kept(&before, &octets);
                bench.verify(&octets, packaging).unwrap_or_else(|error| panic!("{level}: {error}"));
                before = octets;
            }
            let content = (packaging == Packaging::Detached).then(|| Content::Bytes(DATA.into()));
            let cades = Cades::read(before, content).unwrap();
            let timestamps = &cades.signatures()[0].timestamps;
            assert_eq!(timestamps.len(), 4);
            assert!(timestamps.iter().all(|t| t.imprint.intact() && t.defects.is_empty()));
            assert_eq!(timestamps.last().unwrap().kind, TimestampKind::Archive);
        }
    }
}
