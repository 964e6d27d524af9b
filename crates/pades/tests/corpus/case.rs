// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One case of the manifest, compared in the words of `compare.py`.

use std::{fs, path::Path};

use keiin_model::{DataReference, Evidence, SignatureFacts, TimestampFacts};
use keiin_pades::Pades;
use serde_json::{Value, json};

use crate::verify;

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

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Case {
    /// Whether `compare.py` counts it with the CMS files.
    pub(crate) fn is_pkcs7(&self) -> bool {
        text(&self.entry["facts"]["signatures"][0]["format"]).starts_with("PKCS7")
    }

    /// What differs, and how.
    pub(crate) fn compare(&self, corpus: &Path) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let read = Pades::read(fs::read(corpus.join("dss").join(&self.file)).unwrap());
        if !self.entry["refused"].is_null() {
            differs(&mut out, "refused", &json!(true), &json!(read.is_err()));
            return out;
        }
        let read = match read {
            Ok(read) => read,
            Err(error) => return vec![(String::from("error"), error.to_string())],
        };
        let theirs = self.entry["facts"]["signatures"].as_array().cloned().unwrap_or_default();
        let ours: Vec<Value> = read.signatures().iter().map(|s| signature(s, read.evidence())).collect();
        differs(&mut out, "signatures", &json!(theirs.len()), &json!(ours.len()));
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
}

fn differs(out: &mut Vec<(String, String)>, what: &str, theirs: &Value, ours: &Value) {
    if theirs != ours {
        out.push((what.to_owned(), format!("reference {theirs} ours {ours}")));
    }
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
            && facts.token.data.iter().all(DataReference::intact),
    })
}

/// Time-stamps as `compare.py` sees them: to the second, in any order, intact only where found.
fn stamps(list: &Value) -> Value {
    let one = |t: &Value| {
        let time: String = text(&t["time"]).chars().take(19).collect();
        let intact = if t["imprint_found"] == json!(true) { &t["imprint_intact"] } else { &Value::Null };
        json!([t["type"], time, t["imprint_found"], intact, t["signature_intact"]]).to_string()
    };
    let mut all: Vec<String> = list.as_array().into_iter().flatten().map(one).collect();
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
