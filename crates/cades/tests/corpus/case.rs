// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One case of the manifest, compared.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_cades::{Cades, Content};
use keiin_model::{DigestAlgorithm, SignatureFacts};
use keiin_pki::digest::DigestSet;
use serde_json::Value;

use crate::words::{self, text};

pub(crate) struct Case {
    pub(crate) file: String,
    entry: Value,
}

/// The cases whose file is a CMS.
pub(crate) fn all(corpus: &Path) -> Vec<Case> {
    let manifest = fs::read(corpus.join("dss/manifest.json")).unwrap();
    let entries: Vec<Value> = serde_json::from_slice(&manifest).unwrap();
    entries.into_iter().filter(is_cms).map(|entry| Case { file: text(&entry["file"]), entry }).collect()
}

fn is_cms(entry: &Value) -> bool {
    let file = text(&entry["file"]).to_lowercase();
    let named = [".p7m", ".p7s", ".pkcs7", ".cms", ".csig", ".sig", ".tst"].iter().any(|e| file.ends_with(e));
    named && entry["facts"]["container"].is_null() && !file.contains("asic") && !file.contains("jades")
}

impl Case {
    /// What differs, and how.
    pub(crate) fn compare(&self, corpus: &Path) -> Vec<(String, String)> {
        let bytes = fs::read(corpus.join("dss").join(&self.file)).unwrap();
        let read = Cades::read(bytes, self.content(corpus));
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
        let mut flat = Vec::new();
        read.signatures().iter().for_each(|s| flatten(s, &mut flat));
        words::compare(&self.entry["facts"], &flat, read.timestamps(), read.evidence())
    }

    fn content(&self, corpus: &Path) -> Option<Content> {
        let detached = self.entry["detached"].as_array()?.first()?;
        if let Some(path) = detached.as_str() {
            return Some(Content::Bytes(fs::read(corpus.join("dss").join(path)).unwrap().into()));
        }
        let mut parts = detached["digest"].as_str()?.split(':');
        let algorithm = DigestAlgorithm::from_name(parts.next()?).unwrap();
        let mut digests = DigestSet::default();
        digests.insert(algorithm, &STANDARD.decode(parts.next()?).unwrap()).unwrap();
        Some(Content::Digests(digests))
    }
}

pub(crate) fn flatten<'s>(facts: &'s SignatureFacts, out: &mut Vec<&'s SignatureFacts>) {
    out.push(facts);
    facts.countersignatures.iter().for_each(|counter| flatten(counter, out));
}
