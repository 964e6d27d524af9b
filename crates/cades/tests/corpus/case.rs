// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One case of the manifest, compared in the words of `compare.py`.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_cades::{Cades, Content};
use keiin_model::{DigestAlgorithm, Evidence, SignatureFacts, TimestampFacts};
use keiin_pki::digest::DigestSet;
use serde_json::{Value, json};

use crate::verify;

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

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Case {
    /// What differs, and how.
    pub(crate) fn compare(&self, corpus: &Path) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let bytes = fs::read(corpus.join("dss").join(&self.file)).unwrap();
        let read = Cades::read(bytes, self.content(corpus));
        if !self.entry["refused"].is_null() {
            differs(&mut out, "refused", &json!(true), &json!(read.is_err()));
            return out;
        }
        let read = match read {
            Ok(read) => read,
            Err(error) => return vec![(String::from("error"), error.to_string())],
        };
        let theirs = self.entry["facts"]["signatures"].as_array().cloned().unwrap_or_default();
        let mut flat = Vec::new();
        read.signatures().iter().for_each(|s| flatten(s, &mut flat));
        let ours: Vec<Value> = flat.iter().map(|s| signature(s, read.evidence())).collect();
        differs(&mut out, "signatures", &json!(theirs.len()), &json!(ours.len()));
        let stamps = |value: &Value| stamps(value.as_array());
        let own: Vec<Value> = read.timestamps().iter().map(|t| timestamp(t, read.evidence())).collect();
        differs(&mut out, "timestamps", &stamps(&self.entry["facts"]["timestamps"]), &stamps(&json!(own)));
        for (index, (theirs, ours)) in sorted(theirs).iter().zip(sorted(ours)).enumerate() {
            let mut one = |what: &str, theirs: &Value, ours: &Value| {
                differs(&mut out, &format!("signature[{index}].{what}"), theirs, ours);
            };
            for key in ["format", "signer_sha256", "claimed_time", "signature_intact"] {
                one(key, theirs.get(key).unwrap_or(&Value::Null), &ours[key]);
            }
            one("data", &data(&theirs["data"]), &data(&ours["data"]));
            one("timestamps", &stamps(&theirs["timestamps"]), &stamps(&ours["timestamps"]));
        }
        out
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

fn differs(out: &mut Vec<(String, String)>, what: &str, theirs: &Value, ours: &Value) {
    if theirs != ours {
        out.push((what.to_owned(), format!("reference {theirs} ours {ours}")));
    }
}

pub(crate) fn flatten<'s>(facts: &'s SignatureFacts, out: &mut Vec<&'s SignatureFacts>) {
    out.push(facts);
    facts.countersignatures.iter().for_each(|counter| flatten(counter, out));
}

fn signature(facts: &SignatureFacts, evidence: &Evidence) -> Value {
    json!({
        "format": facts.format,
        "signer_sha256": verify::signer(&facts.signer, evidence).map(|c| c.id),
        "claimed_time": facts.properties.signing_time.map(|t| t.to_string()),
        "signature_intact": verify::is_intact(facts, evidence),
        "data": facts.data.iter().map(|d| json!({"found": d.found(), "intact": d.intact()})).collect::<Vec<_>>(),
        "timestamps": facts.timestamps.iter().map(|t| timestamp(t, evidence)).collect::<Vec<_>>(),
    })
}

fn timestamp(facts: &TimestampFacts, evidence: &Evidence) -> Value {
    json!({
        "type": facts.kind,
        "time": facts.time.to_string(),
        "imprint_found": facts.imprint.found(),
        "imprint_intact": facts.imprint.intact(),
        "signature_intact": verify::is_intact(&facts.token, evidence)
            && facts.token.data.iter().all(keiin_model::DataReference::intact),
    })
}

/// Time-stamps as `compare.py` sees them: to the second, in any order, intact only where found.
fn stamps(list: Option<&Vec<Value>>) -> Value {
    let one = |t: &Value| {
        let time: String = text(&t["time"]).chars().take(19).collect();
        let intact = if t["imprint_found"] == json!(true) { &t["imprint_intact"] } else { &Value::Null };
        json!([t["type"], time, t["imprint_found"], intact, t["signature_intact"]]).to_string()
    };
    let mut all: Vec<String> = list.into_iter().flatten().map(one).collect();
    all.sort();
    json!(all)
}

fn data(list: &Value) -> Value {
    let one =
        |d: &Value| json!([d["found"], if d["found"] == json!(true) { &d["intact"] } else { &Value::Null }]);
    json!(list.as_array().into_iter().flatten().map(one).collect::<Vec<_>>())
}

fn sorted(mut list: Vec<Value>) -> Vec<Value> {
    list.sort_by_key(|s| (text(&s["signer_sha256"]), text(&s["claimed_time"]), text(&s["format"])));
    list
}
