// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The core of other people's signatures: every reference's digest and every signature value of `corpus/xmldsig`, as name or
//! readme say. What keiin does not do is listed with its reason in `tests/xmldsig-differences.tsv`; an entry that no longer
//! holds fails.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)] // a test over files

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use keiin_pki::{
    cert::Certificate,
    key::{PublicKey, SignatureError, verify},
};
use keiin_testkit::corpus;

use crate::{
    Content, Detached,
    algorithm::der_value,
    c14n::canonicalize,
    key_info::KeyItem,
    reference::{Reference, Resolver},
    signature::{Named, Signature, read_signatures},
    xml::{NodeSet, Tree},
};

/// File and place → what was found there.
type Found = BTreeMap<(String, String), String>;

/// What names and readmes say must not verify.
const MUST_FAIL: [(&str, &str, &str); 5] = [
    ("phaos-xmldsig-three/signature-rsa-enveloped-bad-digest-val.xml", "reference 0", "another digest"),
    ("phaos-xmldsig-three/signature-rsa-enveloped-bad-digest-val.xml", "value", "wrong"),
    ("phaos-xmldsig-three/signature-rsa-enveloped-bad-sig.xml", "reference 1", "another digest"),
    ("phaos-xmldsig-three/signature-rsa-enveloped-bad-sig.xml", "value", "wrong"),
    ("phaos-xmldsig-three/signature-rsa-detached-xslt-transform-bad-retrieval-method.xml", "value", "wrong"),
];

struct Set {
    folder: PathBuf,
    detached: Detached,
    /// Keys of all certificates and KeyInfos of the set: where a file only names its key.
    keys: Vec<PublicKey>,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
    found.sort();
}

fn certificate_key(der: &[u8]) -> Option<PublicKey> {
    PublicKey::read(Certificate::read(der).ok()?.spki).ok()
}

fn own_keys(signature: &Signature, detached: &Detached) -> Vec<PublicKey> {
    let items = signature.key_info.iter().flat_map(|info| &info.items);
    items
        .filter_map(|item| match item {
            KeyItem::Certificate(der) => certificate_key(der),
            KeyItem::Key(spki) => PublicKey::read(spki).ok(),
            KeyItem::Elsewhere { uri, certificate: true } => {
                match &detached.find(Some(uri), false)?.content {
                    Content::Bytes(der) => certificate_key(der),
                    Content::Digests(_) => None,
                }
            }
            _ => None,
        })
        .collect()
}

impl Set {
    fn read(folder: PathBuf) -> Self {
        let mut all = Vec::new();
        files(&folder, &mut all);
        let (mut detached, mut keys) = (Detached::new(), Vec::new());
        for path in &all {
            let octets = std::fs::read(path).unwrap();
            keys.extend(certificate_key(&octets));
            if let Ok(tree) = Tree::read(&octets) {
                keys.extend(
                    read_signatures(&tree).unwrap().iter().flat_map(|s| own_keys(s, &Detached::new())),
                );
            }
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
            detached = detached.with(Some(name), Content::Bytes(octets.into()));
        }
        Self { folder, detached, keys }
    }

    fn check(&self, path: &Path, found: &mut Found) -> usize {
        let set = self.folder.file_name().unwrap().to_str().unwrap();
        let file = format!("{set}/{}", path.strip_prefix(&self.folder).unwrap().to_str().unwrap());
        let octets = std::fs::read(path).unwrap();
        let mut note = |at: &str, what: String| found.insert((file.clone(), at.to_owned()), what);
        let tree = match Tree::read(&octets) {
            Ok(tree) => tree,
            Err(error) => {
                note("document", error.to_string());
                return 1;
            }
        };
        let resolver = Resolver::new(&tree, &self.detached);
        let mut checks = 0;
        for signature in read_signatures(&tree).unwrap() {
            for defect in &signature.defects {
                note("structure", format!("{:?} {}", defect.kind, defect.at));
            }
            let manifests = signature.manifests(&tree).unwrap();
            let inside = manifests.iter().flat_map(|manifest| &manifest.references).enumerate();
            let inside = inside.map(|(at, reference)| (format!("manifest {at}"), reference));
            let direct = signature.references.iter().enumerate();
            for (at, reference) in direct.map(|(at, r)| (format!("reference {at}"), r)).chain(inside) {
                checks += 1;
                if let Some(wrong) = wrong_reference(&resolver, reference) {
                    note(&at, wrong);
                }
            }
            checks += 1;
            if let Some(wrong) = self.wrong_value(&tree, &signature) {
                note("value", wrong);
            }
        }
        checks
    }

    fn wrong_value(&self, tree: &Tree<'_>, signature: &Signature) -> Option<String> {
        let algorithm = match &signature.method {
            Named::Known(algorithm) => *algorithm,
            Named::Unsupported(uri) => return Some(format!("unsupported {uri}")),
        };
        let Named::Known(how) = &signature.canonicalization else { return Some("canonicalization".into()) };
        let mut message = Vec::new();
        let signed_info = NodeSet::subtree(tree, signature.signed_info.unwrap(), true);
        canonicalize(tree, &signed_info, how, &mut message).unwrap();
        let value = der_value(algorithm, &signature.value);
        let own = own_keys(signature, &self.detached);
        let keys = if own.is_empty() { &self.keys } else { &own };
        let answers: Vec<_> = keys.iter().map(|key| verify(key, &algorithm, &message, &value)).collect();
        if answers.iter().any(Result::is_ok) {
            return None;
        }
        let other = answers.iter().filter_map(|answer| answer.as_ref().err());
        let mut other =
            other.filter(|e| !matches!(e, SignatureError::Mismatch { .. } | SignatureError::WrongValue));
        Some(other.next().map_or_else(|| "wrong".to_owned(), ToString::to_string))
    }
}

fn wrong_reference(resolver: &Resolver<'_, '_>, reference: &Reference) -> Option<String> {
    match resolver.digest(reference) {
        Ok((digest, _)) if digest == reference.value => None,
        Ok(_) => Some("another digest".to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

#[test]
fn every_signature_of_the_interoperability_sets_is_as_it_says() {
    let Some(folder) = corpus::part("xmldsig") else { return };
    let mut found = Found::new();
    let (mut checked, mut documents) = (0, 0);
    let mut sets: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    sets.sort();
    for set in sets.into_iter().filter(|set| set.is_dir()) {
        let set = Set::read(set);
        let mut all = Vec::new();
        files(&set.folder, &mut all);
        for path in all.iter().filter(|path| path.extension().is_some_and(|e| e == "xml")) {
            let here = set.check(path, &mut found);
            documents += usize::from(here > 0);
            checked += here;
        }
    }
    let listed = include_str!("../tests/xmldsig-differences.tsv");
    let mut wrong = Vec::new();
    for (file, at, what) in MUST_FAIL {
        let answer = found.remove(&(file.to_owned(), at.to_owned()));
        if answer.as_deref() != Some(what) {
            wrong.push(format!("{file}\t{at}\tmust be {what}: {answer:?}"));
        }
    }
    println!("{checked} digests and values of {documents} documents, {} listed differences", found.len());
    for line in listed.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [file, at, what, reason] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert!(!reason.is_empty(), "{line}");
        match found.remove(&(file.to_owned(), at.to_owned())) {
            Some(now) if now == what => {}
            Some(now) => wrong.push(format!("{file}\t{at}\t{now}\tis listed as: {what}")),
            None => wrong.push(format!("{file}\t{at}\tSTALE")),
        }
    }
    wrong.extend(found.into_iter().map(|((file, at), what)| format!("{file}\t{at}\t{what}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Real prescription, dispensing record and scan: facts.md says that everything in them is right.
#[test]
fn every_reference_and_value_of_the_real_documents_is_right() {
    let Some(folder) = corpus::part("hpki") else { return };
    let set = Set { folder: folder.clone(), detached: Detached::new(), keys: Vec::new() };
    let mut all = Vec::new();
    files(&folder.join("samples"), &mut all);
    let mut found = Found::new();
    let documents = all.iter().filter(|path| path.extension().is_some_and(|e| e == "xml"));
    let checked: Vec<_> = documents.map(|path| set.check(path, &mut found)).collect();
    println!("{} digests and values of {} real documents", checked.iter().sum::<usize>(), checked.len());
    assert!(checked.len() == 3 && checked.iter().all(|checks| *checks >= 3), "{checked:?}");
    // The scan's manifest is over image files that are not among the samples.
    found.retain(|(file, at), what| {
        !(file.contains("/Scan_") && at.starts_with("manifest") && what.ends_with(" is not there"))
    });
    assert!(found.is_empty(), "{found:?}");
}
