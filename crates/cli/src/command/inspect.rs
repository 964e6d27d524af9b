// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin inspect`: what is inside, unjudged.

use std::fmt::Write as _;

use keiin::{
    Document,
    inspect::{CertificateSummary, Piece, RevocationSummary, structure},
    model::{Evidence, EvidenceKind, SignatureFacts, TimestampFacts},
};
use serde_json::{Value, json};

use super::open;
use crate::{
    context::Context,
    error::{Exit, Failure},
    flags::Inspect,
    lang::Lang,
    render::name::short,
};

/// Shows.
pub(crate) fn run(context: &Context, flags: &Inspect) -> Result<Exit, Failure> {
    let document = Document::open_attached(&flags.file, &open::attached(&flags.content), &mut |_| ())?;
    let text = if flags.facts {
        format!("{}\n", json!(document.facts()))
    } else if flags.json {
        format!("{}\n", json(&document))
    } else {
        text(context.lang, &flags.file.display().to_string(), &document)
    };
    context.print(&text)?;
    Ok(Exit::Valid)
}

fn json(document: &Document) -> Value {
    let evidence = document.evidence();
    let certificates = evidence.of_kind(EvidenceKind::Certificate);
    let certificates = certificates.map(|(id, o)| match CertificateSummary::read(&o.bytes) {
        Some(summary) => json!(summary),
        None => json!({ "sha256": id.to_string() }),
    });
    let revocation = |kind| -> Vec<Value> {
        let objects = evidence.of_kind(kind);
        objects.map(|(id, o)| json!({ "sha256": id, "found": RevocationSummary::read(&o.bytes) })).collect()
    };
    json!({
        "structure": structure(document.as_bytes()),
        "certificates": certificates.collect::<Vec<_>>(),
        "crls": revocation(EvidenceKind::Crl),
        "ocsp_responses": revocation(EvidenceKind::Ocsp),
        "signatures": document.signatures().iter().map(signature_json).collect::<Vec<_>>(),
        "timestamps": document.timestamps().iter().map(timestamp_json).collect::<Vec<_>>(),
    })
}

fn signature_json(signature: &SignatureFacts) -> Value {
    json!({
        "id": signature.id,
        "format": signature.format,
        "algorithm": signature.algorithm,
        "properties": signature.properties,
        "data": signature.data,
        "defects": signature.defects,
        "timestamps": signature.timestamps.iter().map(timestamp_json).collect::<Vec<_>>(),
        "countersignatures": signature.countersignatures.iter().map(signature_json).collect::<Vec<_>>(),
    })
}

fn timestamp_json(timestamp: &TimestampFacts) -> Value {
    json!({
        "id": timestamp.id,
        "type": timestamp.kind,
        "time": timestamp.time,
        "policy": timestamp.policy,
        "covers": timestamp.covers,
        "via": timestamp.via,
        "defects": timestamp.defects,
    })
}

fn text(lang: Lang, file: &str, document: &Document) -> String {
    let mut out = String::new();
    let octets = document.as_bytes().len();
    let _ = match lang {
        Lang::Ja => writeln!(out, "{file}({octets} バイト)"),
        Lang::En => writeln!(out, "{file} ({octets} octets)"),
    };
    if let Some(structure) = structure(document.as_bytes()) {
        let _ = writeln!(out, "{}", lang.pick("構造(開始位置+長さ)", "Structure (offset+octets)"));
        piece(&mut out, &structure, 1);
    }
    for facts in document.signatures() {
        signature(&mut out, lang, facts, 0);
    }
    if !document.timestamps().is_empty() {
        let _ = writeln!(out, "{}", lang.pick("タイムスタンプ", "Time-stamps"));
    }
    document.timestamps().iter().for_each(|t| timestamp(&mut out, lang, t, 1));
    evidence(&mut out, lang, document.evidence());
    out
}

fn piece(out: &mut String, found: &Piece, depth: usize) {
    let name = ATTRIBUTES.iter().find(|(oid, _)| *oid == found.name).map_or(found.name.as_str(), |(_, n)| *n);
    let _ = writeln!(out, "{}{}+{} {name}", "  ".repeat(depth), found.offset, found.octets);
    found.parts.iter().for_each(|part| piece(out, part, depth + 1));
}

fn signature(out: &mut String, lang: Lang, facts: &SignatureFacts, depth: usize) {
    let indent = "  ".repeat(depth);
    let what = if facts.countersigns.is_some() {
        lang.pick("副署", "Counter-signature")
    } else {
        lang.pick("署名", "Signature")
    };
    let _ = writeln!(out, "{indent}{what} {} ({}, {})", facts.id, facts.format, facts.algorithm);
    if let Some(time) = facts.properties.signing_time {
        let time = lang.messages().time(time);
        let _ =
            writeln!(out, "{indent}  {}{time}", lang.pick("申告された署名時刻 ", "claimed signing time "));
    }
    if !facts.properties.claimed_roles.is_empty() {
        let roles = facts.properties.claimed_roles.join(", ");
        let _ = writeln!(out, "{indent}  {}{roles}", lang.pick("申告された役割 ", "claimed roles "));
    }
    for defect in &facts.defects {
        let kind = crate::messages::code(&defect.kind);
        let _ = writeln!(out, "{indent}  {}{kind} {}", lang.pick("構造の問題 ", "defect "), defect.at);
    }
    facts.timestamps.iter().for_each(|t| timestamp(out, lang, t, depth + 1));
    facts.countersignatures.iter().for_each(|c| signature(out, lang, c, depth + 1));
}

fn timestamp(out: &mut String, lang: Lang, facts: &TimestampFacts, depth: usize) {
    let messages = lang.messages();
    let (kind, time) = (messages.timestamp(facts.kind), messages.time(facts.time));
    let imprint = facts.imprint.algorithm.map_or_else(|| "?".to_owned(), |a| a.to_string());
    let covers = facts.covers.len();
    let indent = "  ".repeat(depth);
    let _ = match lang {
        Lang::Ja => writeln!(out, "{indent}{kind} {time}({imprint}、対象 {covers} 件)"),
        Lang::En => writeln!(out, "{indent}{kind} {time} ({imprint}, covers {covers} objects)"),
    };
}

fn evidence(out: &mut String, lang: Lang, evidence: &Evidence) {
    let messages = lang.messages();
    for (id, object) in evidence.iter() {
        let line = match object.kind {
            EvidenceKind::Certificate => CertificateSummary::read(&object.bytes).map(|c| {
                let (from, to) = (messages.day(c.not_before), messages.day(c.not_after));
                let roles: Vec<&str> = c
                    .roles
                    .iter()
                    .map(|r| r.japanese.as_deref().filter(|_| lang == Lang::Ja).unwrap_or(&r.code))
                    .collect();
                let roles = if roles.is_empty() { String::new() } else { format!(" [{}]", roles.join(", ")) };
                let label = lang.pick("証明書", "certificate");
                format!("{label} {}{roles} {from} – {to}", short(&c.subject))
            }),
            _ => RevocationSummary::read(&object.bytes).map(|r| {
                let label = if object.kind == EvidenceKind::Crl { "CRL" } else { "OCSP" };
                let issued = r.this_update.map(|t| messages.time(t)).unwrap_or_default();
                let entries = r.entries;
                match lang {
                    Lang::Ja => format!("{label} {}(発行 {issued}、{entries} 件)", short(&r.issuer)),
                    Lang::En => format!("{label} {} (issued {issued}, {entries} entries)", short(&r.issuer)),
                }
            }),
        };
        let line = line.unwrap_or_else(|| lang.pick("読み取れないもの", "unreadable").to_owned());
        let _ = writeln!(out, "{line}\n  SHA-256 {id}");
    }
}

/// Attributes by OID (RFC 5652, RFC 5035, EN 319 122-1).
const ATTRIBUTES: &[(&str, &str)] = &[
    ("1.2.840.113549.1.9.3", "content-type"),
    ("1.2.840.113549.1.9.4", "message-digest"),
    ("1.2.840.113549.1.9.5", "signing-time"),
    ("1.2.840.113549.1.9.6", "countersignature"),
    ("1.2.840.113549.1.9.52", "CMSAlgorithmProtection"),
    ("1.2.840.113549.1.9.16.2.4", "content-hints"),
    ("1.2.840.113549.1.9.16.2.12", "signing-certificate"),
    ("1.2.840.113549.1.9.16.2.14", "signature-time-stamp"),
    ("1.2.840.113549.1.9.16.2.15", "signature-policy-identifier"),
    ("1.2.840.113549.1.9.16.2.16", "commitment-type-indication"),
    ("1.2.840.113549.1.9.16.2.17", "signer-location"),
    ("1.2.840.113549.1.9.16.2.18", "signer-attributes"),
    ("1.2.840.113549.1.9.16.2.20", "content-time-stamp"),
    ("1.2.840.113549.1.9.16.2.21", "complete-certificate-references"),
    ("1.2.840.113549.1.9.16.2.22", "complete-revocation-references"),
    ("1.2.840.113549.1.9.16.2.23", "certificate-values"),
    ("1.2.840.113549.1.9.16.2.24", "revocation-values"),
    ("1.2.840.113549.1.9.16.2.25", "CAdES-C-time-stamp"),
    ("1.2.840.113549.1.9.16.2.26", "time-stamped-certs-crls-references"),
    ("1.2.840.113549.1.9.16.2.27", "archive-time-stamp"),
    ("1.2.840.113549.1.9.16.2.47", "signing-certificate-v2"),
    ("1.2.840.113549.1.9.16.2.48", "archive-time-stamp (v2)"),
    ("0.4.0.1733.2.4", "archive-time-stamp-v3"),
    ("0.4.0.1733.2.5", "ats-hash-index-v3"),
    ("0.4.0.19122.1.1", "signer-attributes-v2"),
    ("0.4.0.19122.1.5", "ats-hash-index-v3"),
    ("0.4.0.19122.1.4", "long-term-validation"),
];
