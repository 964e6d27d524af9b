// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One case of the manifest, compared.

use std::{fs, path::Path};

use keiin_pades::Pades;
use serde_json::Value;

use crate::words::{self, text};

pub(crate) struct Case {
    pub(crate) file: String,
    entry: Value,
}

/// The cases whose file is a PDF.
pub(crate) fn all(corpus: &Path) -> Vec<Case> {
    let manifest = fs::read(corpus.join("dss/manifest.json")).unwrap();
    let entries: Vec<Value> = serde_json::from_slice(&manifest).unwrap();
    let cases = entries.into_iter().map(|entry| Case { file: text(&entry["file"]), entry });
    cases.filter(|case| case.file.to_lowercase().ends_with(".pdf")).collect()
}

impl Case {
    /// Whether `compare.py` counts it with the CMS files.
    pub(crate) fn is_pkcs7(&self) -> bool {
        text(&self.entry["facts"]["signatures"][0]["format"]).starts_with("PKCS7")
    }

    /// What differs, and how.
    pub(crate) fn compare(&self, corpus: &Path) -> Vec<(String, String)> {
        let read = Pades::read(fs::read(corpus.join("dss").join(&self.file)).unwrap());
        if !self.entry["refused"].is_null() {
            return match read {
                Ok(_) => vec![(String::from("refused"), String::from("reference true ours false"))],
                Err(_) => Vec::new(),
            };
        }
        let read = match read {
            Ok(read) => read,
            Err(error) => return vec![(String::from("error"), error.to_string())],
        };
        let signatures: Vec<_> = read.signatures().iter().collect();
        words::compare(&self.entry["facts"], &signatures, read.timestamps(), read.evidence())
    }
}
