// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A verdict as JSON: the whole report, with the keys that the reference corpus compares.

use keiin::model::{DataKind, DataReference, Report, SignatureReport, TimestampReport};
use serde_json::{Map, Value, json};

use super::revision::{self, Later};

/// The report of one file.
pub(crate) fn report(file: &str, report: &Report, exit: u8) -> Value {
    let mut value = object(report);
    value.insert("file".into(), file.into());
    value.insert("exit".into(), exit.into());
    value.insert("signatures".into(), report.signatures.iter().map(signature).collect());
    value.insert("timestamps".into(), report.timestamps.iter().map(timestamp).collect());
    value.insert("evidence_records".into(), json!([]));
    Value::Object(value)
}

/// What stands in place of a report.
pub(crate) fn error(file: &str, message: &str, exit: u8) -> Value {
    json!({ "file": file, "error": message, "exit": exit })
}

fn signature(signature: &SignatureReport) -> Value {
    let mut value = object(signature);
    let signer = signature.signer.as_ref().map(|signer| signer.certificate.to_string());
    value.insert("signer_sha256".into(), json!(signer));
    value.insert("claimed_time".into(), json!(signature.time.claimed));
    value.insert("data".into(), signature.data.iter().map(data).collect());
    // CMS's own verification takes the message digest in (RFC 5652, 5.6): without the content, or over another, it fails. A
    // digest that cannot be computed says nothing. What could not be checked is not intact.
    // Core validation of an XML signature takes its references in (XML Signature 1.1, 3.2), but not what a manifest lists.
    let content = signature.data.iter().all(|data| match data.kind {
        DataKind::MessageDigest => data.algorithm.is_none() || data.intact(),
        DataKind::ManifestEntry | DataKind::CounterSignedSignatureValue => true,
        _ => data.is_right(),
    });
    value.insert("signature_intact".into(), json!(content && signature.signature_intact.unwrap_or(false)));
    // Of data that is known by its digest alone an older archive time-stamp cannot be computed: it is there, and not shown
    // to be what was stamped.
    let known = signature.data.iter().all(DataReference::found);
    let timestamps = signature.timestamps.iter().map(|one| {
        let mut value = timestamp(one);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("imprint_found".into(), (one.imprint_found || known).into());
        }
        value
    });
    value.insert("timestamps".into(), timestamps.collect());
    value.insert("revisions".into(), revision::later(signature).iter().map(Later::json).collect());
    Value::Object(value)
}

fn data(data: &DataReference) -> Value {
    let mut value = object(data);
    value.insert("found".into(), data.found().into());
    value.insert("intact".into(), data.intact().into());
    Value::Object(value)
}

fn timestamp(timestamp: &TimestampReport) -> Value {
    let mut value = object(timestamp);
    value.insert("type".into(), json!(timestamp.kind));
    value.insert("imprint_intact".into(), (timestamp.imprint_found && timestamp.imprint_intact).into());
    value.insert("signature_intact".into(), json!(timestamp.signature_intact.unwrap_or(false)));
    let signer = timestamp.signer.as_ref().map(|signer| signer.certificate.to_string());
    value.insert("signer_sha256".into(), json!(signer));
    Value::Object(value)
}

fn object<T: serde::Serialize>(value: &T) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}
