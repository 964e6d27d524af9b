// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What OpenSSL writes is read right: streamed output with indefinite lengths, detached, without attributes, by key id.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::disallowed_methods)] // a test

use std::{fs, path::Path, process::Command};

use keiin_cades::{Cades, Content, digests_wanted};
use keiin_model::{EvidenceKind, SignatureFacts, SignedMessage};
use keiin_pki::{
    cert::Certificate,
    der::{Element, NotDerReason, first_non_der},
    digest::DigestSet,
    key::{PublicKey, verify, verify_digest},
};

struct Workshop(tempfile::TempDir);

impl Workshop {
    /// A signer and 200,001 octets to sign; `None` where there is no OpenSSL.
    fn open() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("no openssl: nothing was tested");
            return None;
        }
        let here = Self(tempfile::tempdir().unwrap());
        fs::write(here.path().join("content"), vec![b'k'; 200_001]).unwrap();
        here.run("req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 30 -subj /CN=signer");
        Some(here)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &str) {
        let run =
            Command::new("openssl").args(arguments.split(' ')).current_dir(self.path()).output().unwrap();
        assert!(run.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&run.stderr));
    }

    /// Signs and gives the CMS.
    fn sign(&self, how: &str) -> Vec<u8> {
        let common = "-binary -in content -signer cert -inkey key -md sha256 -outform der -out signed";
        self.run(&format!("cms -sign {how} {common}"));
        fs::read(self.path().join("signed")).unwrap()
    }
}

fn value_is_good(facts: &SignatureFacts, read: &Cades) -> bool {
    let (_, object) = read.evidence().of_kind(EvidenceKind::Certificate).next().unwrap();
    let key = PublicKey::read(Certificate::read(&object.bytes).unwrap().spki).unwrap();
    match &facts.message {
        SignedMessage::Octets { octets } => verify(&key, &facts.algorithm, octets, &facts.value).is_ok(),
        SignedMessage::Digest { digest } => {
            verify_digest(&key, &facts.algorithm, digest, &facts.value).is_ok()
        }
        SignedMessage::Missing => false,
    }
}

#[test]
fn streamed_output_with_indefinite_lengths() {
    let Some(shop) = Workshop::open() else { return };
    let cms = shop.sign("-cades -stream -nodetach");
    let reason = first_non_der(&Element::whole(&cms, "t").unwrap()).map(|n| n.reason);
    assert_eq!(reason, Some(NotDerReason::IndefiniteLength));
    let read = Cades::read(cms, None).unwrap();
    let facts = &read.signatures()[0];
    assert!(facts.data[0].intact() && value_is_good(facts, &read));
    assert_eq!((facts.format.as_str(), facts.defects.len()), ("CAdES-BASELINE-B", 0));
}

#[test]
fn detached_content_by_octets_and_by_digests() {
    let Some(shop) = Workshop::open() else { return };
    let cms = shop.sign("-cades");
    let content = fs::read(shop.path().join("content")).unwrap();
    let digests = DigestSet::compute(digests_wanted(&cms).unwrap(), content.chunks(4096));
    for content in [Content::Bytes(content.into()), Content::Digests(digests)] {
        let read = Cades::read(cms.clone(), Some(content)).unwrap();
        assert!(read.signatures()[0].data[0].intact() && value_is_good(&read.signatures()[0], &read));
    }
    let other = Cades::read(cms.clone(), Some(Content::Bytes(vec![0].into()))).unwrap();
    assert!(other.signatures()[0].data[0].found() && !other.signatures()[0].data[0].intact());
    assert!(!Cades::read(cms, None).unwrap().signatures()[0].data[0].found());
}

#[test]
fn without_attributes_and_by_key_id() {
    let Some(shop) = Workshop::open() else { return };
    let read = Cades::read(shop.sign("-noattr -nodetach -stream -keyid"), None).unwrap();
    let facts = &read.signatures()[0];
    assert!(matches!(facts.message, SignedMessage::Digest { .. }));
    assert!(facts.signer.key_id.is_some() && value_is_good(facts, &read));
    assert_eq!(facts.format, "CMS-NOT-ETSI");
}
