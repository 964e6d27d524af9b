// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The canonical forms of whole documents are those of xmllint, octet for octet: on the corpus and on documents by number.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::disallowed_methods)] // a test

#[path = "canonical/document.rs"]
mod document;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use keiin_testkit::corpus;

/// The option of xmllint, which keeps comments, and the algorithm.
const METHODS: [(&str, &str); 3] = [
    ("--c14n", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"),
    ("--c14n11", "http://www.w3.org/2006/12/xml-c14n11#WithComments"),
    ("--exc-c14n", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
];
/// A document that stands between two others in xmllint's output, and its canonical form.
const BETWEEN: (&str, &str) = ("<keiin-between/>", "<keiin-between></keiin-between>");

fn has_xmllint() -> bool {
    let found = Command::new("xmllint").arg("--version").output().is_ok();
    if !found {
        eprintln!("NOT RUN: xmllint is not installed");
    }
    found
}

/// The canonical forms of several files by one run of xmllint.
fn xmllint(option: &str, files: &[PathBuf], between: &Path) -> Vec<Vec<u8>> {
    let mut command = Command::new("xmllint");
    command.args(["--nonet", "--huge", option]);
    for file in files {
        command.arg(file).arg(between);
    }
    let mut rest = command.output().unwrap().stdout.as_slice().to_vec();
    let mut forms = Vec::new();
    for _ in files {
        let mark = BETWEEN.1.as_bytes();
        let at = rest.windows(mark.len()).position(|window| window == mark).unwrap();
        forms.push(rest[..at].to_vec());
        rest.drain(..at + mark.len());
    }
    forms
}

/// Compares every file under every method; gives how many forms were the same.
fn compare(files: &[PathBuf], folder: &Path) -> usize {
    let between = folder.join("between.xml");
    std::fs::write(&between, BETWEEN.0).unwrap();
    let mut same = 0;
    for (option, algorithm) in METHODS {
        for files in files.chunks(100) {
            for (file, expected) in files.iter().zip(xmllint(option, files, &between)) {
                let ours = keiin_xades::canonicalize(&std::fs::read(file).unwrap(), algorithm);
                let ours = ours.unwrap_or_else(|error| panic!("{option} {}: {error}", file.display()));
                assert!(
                    ours == expected,
                    "{option} {}:\n{}\n{}",
                    file.display(),
                    String::from_utf8_lossy(&ours),
                    String::from_utf8_lossy(&expected)
                );
                same += 1;
            }
        }
    }
    same
}

#[test]
fn generated_documents_are_as_xmllint_has_them() {
    if !has_xmllint() {
        return;
    }
    let folder = std::env::temp_dir().join(format!("keiin-canonical-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let files: Vec<PathBuf> = (0..2_000)
        .map(|number| {
            let file = folder.join(format!("{number}.xml"));
            std::fs::write(&file, document::document(number)).unwrap();
            file
        })
        .collect();
    let same = compare(&files, &folder);
    assert_eq!(same, 6_000);
    println!("{same} canonical forms of 2,000 generated documents are the same as xmllint's");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Every XML file of the corpus without a DTD.
#[test]
fn the_corpus_is_as_xmllint_has_it() {
    let folders = ["dss", "hpki", "xmldsig"].map(corpus::part);
    if folders.iter().all(Option::is_none) || !has_xmllint() {
        return;
    }
    let mut files = Vec::new();
    folders.into_iter().flatten().for_each(|folder| xml_files(&folder, &mut files));
    let (with, without): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| has_dtd(file));
    for file in &with {
        let refused = keiin_xades::canonicalize(&std::fs::read(file).unwrap(), METHODS[0].1);
        assert!(refused.is_err_and(|error| error.to_string().contains("DTD")), "{}", file.display());
    }
    let temporary = std::env::temp_dir().join(format!("keiin-canonical-corpus-{}", std::process::id()));
    std::fs::create_dir_all(&temporary).unwrap();
    let same = compare(&without, &temporary);
    println!(
        "{same} canonical forms of {} files are the same as xmllint's; {} with a DTD are refused",
        without.len(),
        with.len()
    );
    assert!(same >= 1_000);
    std::fs::remove_dir_all(&temporary).unwrap();
}

fn has_dtd(file: &Path) -> bool {
    let octets = std::fs::read(file).unwrap();
    octets.windows(9).any(|window| window == b"<!DOCTYPE")
}

fn xml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            xml_files(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "xml") {
            found.push(entry);
        }
    }
}

/// libxml2 writes `&` in a namespace name as it stands, and takes quotes from what is in it. Canonical XML clause 2.3 has
/// namespace nodes written as attributes are; what libxml2 makes of it would be no XML.
#[test]
fn a_namespace_name_is_escaped() {
    let form = keiin_xades::canonicalize(b"<a xmlns='urn:b?c&amp;d&#9;&quot;&gt;'/>", METHODS[0].1).unwrap();
    assert_eq!(form, b"<a xmlns=\"urn:b?c&amp;d&#x9;&quot;>\"></a>");
}

/// XML 1.0 clauses 2 and 4, Namespaces in XML 1.0: whatever xmllint refuses is refused here too.
#[test]
fn broken_documents_that_xmllint_refuses_are_refused() {
    if !has_xmllint() {
        return;
    }
    let folder = std::env::temp_dir().join(format!("keiin-broken-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let between = folder.join("between.xml");
    std::fs::write(&between, BETWEEN.0).unwrap();
    let documents: Vec<Vec<u8>> = (0..1_000).map(broken).collect();
    let files: Vec<PathBuf> = (0..documents.len()).map(|at| folder.join(format!("{at}.xml"))).collect();
    for (file, document) in files.iter().zip(&documents) {
        std::fs::write(file, document).unwrap();
    }
    let (mut refused, mut taken, mut stricter, mut other) = (0, 0, 0, 0);
    for (files, documents) in files.chunks(100).zip(documents.chunks(100)) {
        for ((file, document), theirs) in files.iter().zip(documents).zip(xmllint("--c14n", files, &between))
        {
            match keiin_xades::canonicalize(document, METHODS[0].1) {
                Ok(ours) if ours == theirs => taken += 1,
                // libxml2 has no canonical form for a namespace name that is no URI, an IRI for one.
                Ok(_) if theirs.is_empty() && has_namespace_that_is_no_uri(file) => other += 1,
                Ok(ours) => panic!(
                    "{}:\n{}\n{}",
                    file.display(),
                    String::from_utf8_lossy(&ours),
                    String::from_utf8_lossy(&theirs)
                ),
                Err(_) if theirs.is_empty() => refused += 1,
                Err(_) => stricter += 1,
            }
        }
    }
    println!(
        "1,000 broken documents: {taken} still well-formed and the same, {refused} refused by both, {stricter} here only, {other} without a canonical form there"
    );
    assert!(refused > 300 && taken > 50);
    std::fs::remove_dir_all(&folder).unwrap();
}

fn has_namespace_that_is_no_uri(file: &Path) -> bool {
    let said = Command::new("xmllint").args(["--nonet", "--noout"]).arg(file).output().unwrap();
    said.status.success() && String::from_utf8_lossy(&said.stderr).contains("is not a valid URI")
}

/// A document of which some octets were dropped, doubled, changed or put elsewhere.
fn broken(number: u64) -> Vec<u8> {
    let mut chance = document::Chance::new(number + 1_000_000);
    let mut octets = document::document(number).into_bytes();
    for _ in 0..=chance.below(3) {
        let at = chance.below(octets.len());
        match chance.below(4) {
            0 => drop(octets.remove(at)),
            1 => octets.insert(at, b"<>&;\"'=/!?-]: \r\n\0x1"[chance.below(19)]),
            2 => octets[at] = b"<>&;\"'=/!?-]: \r\n\x01x1"[chance.below(19)],
            _ => {
                let end = (at + chance.below(20)).min(octets.len());
                let piece = octets[at..end].to_vec();
                let to = chance.below(octets.len());
                octets.splice(to..to, piece);
            }
        }
    }
    octets
}
