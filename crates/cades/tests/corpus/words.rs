// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Facts in the words of `compare.py`, ours beside the reference's.

use keiin_model::{DataReference, Evidence, SignatureFacts, TimestampFacts};
use serde_json::{Value, json};

use crate::verify;

/// What differs, and how, between the reference's facts of a file and ours.
pub(crate) fn compare(
    reference: &Value,
    signatures: &[&SignatureFacts],
    timestamps: &[TimestampFacts],
    evidence: &Evidence,
) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let theirs = reference["signatures"].as_array().cloned().unwrap_or_default();
    let ours: Vec<Value> = signatures.iter().map(|s| signature(s, evidence)).collect();
    differs(&mut out, "signatures", &json!(theirs.len()), &json!(ours.len()));
    let own: Vec<Value> = timestamps.iter().map(|t| timestamp(t, evidence)).collect();
    differs(&mut out, "timestamps", &stamps(&reference["timestamps"]), &stamps(&json!(own)));
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

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
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
