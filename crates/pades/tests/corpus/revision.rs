// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What came after a signature, in other people's files: each attack is named, each honest revision is not.

use std::{fs, path::Path};

use keiin_model::{DefectKind, SignatureFacts};
use keiin_pades::Pades;

/// Every PDF under a folder.
pub(crate) fn all(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all(&path));
        } else if path.extension().is_some_and(|e| e == "pdf") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn said(signature: &SignatureFacts, kind: DefectKind) -> Vec<&str> {
    signature.defects.iter().filter(|d| d.kind == kind).map(|d| d.at.as_str()).collect()
}

#[test]
fn every_attack_is_named_and_no_honest_revision_is() {
    let Some(corpus) = crate::corpus() else { return };
    let known = include_str!("altered.tsv").lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    let mut known: std::collections::BTreeMap<_, _> =
        known.filter_map(|line| line.split_once('\t')).collect();
    let (mut signed, mut carried_on, mut bad) = (0, 0, Vec::new());
    for path in all(&corpus.join("pdf-robust")).into_iter().chain(all(&corpus.join("dss"))) {
        let name = path.strip_prefix(&corpus).unwrap().display().to_string();
        let Ok(read) = Pades::read(fs::read(&path).unwrap()) else { continue };
        signed += usize::from(!read.signatures().is_empty());
        let later = |s: &SignatureFacts| !said(s, DefectKind::Revised).is_empty();
        carried_on += usize::from(read.signatures().iter().any(later));
        let altered: Vec<_> = read.signatures().iter().flat_map(|s| said(s, DefectKind::Altered)).collect();
        if std::env::var_os("KEIIN_SHOW").is_some() {
            for (index, signature) in read.signatures().iter().enumerate() {
                for defect in &signature.defects {
                    println!("{name} [{index}] {:?} {}", defect.kind, defect.at);
                }
            }
        }
        match (known.remove(name.as_str()), altered.is_empty()) {
            (Some(words), _) if !words.split('|').all(|word| altered.iter().any(|at| at.contains(word))) => {
                bad.push(format!("{name}: {words:?} is not among {altered:?}"));
            }
            (None, false) => bad.push(format!("{name}: honest, and called {altered:?}")),
            _ => {}
        }
    }
    println!("{signed} signed PDFs, {carried_on} of them carried on after a signature");
    assert!(signed > 100 && carried_on > 20, "the corpus has both");
    bad.extend(known.keys().map(|name| format!("{name}: not there")));
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
