// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Seed values: what the author of a form asks of whoever signs in a field (ISO 32000-1, 12.7.4.5, tables 234 to 236).
//! What is required and cannot be met is refused by its name.

use keiin_model::{DigestAlgorithm, SigningIntent, message_digest_of};

use crate::{
    PadesError, PadesIntent,
    field::Field,
    pdf::{Dictionary, Object, Pdf},
    text::text,
};

/// Bits of /Ff: which of the entries are required (table 234).
const FILTER: i64 = 1;
const SUB_FILTER: i64 = 1 << 1;
const V: i64 = 1 << 2;
const REASONS: i64 = 1 << 3;
const LEGAL_ATTESTATION: i64 = 1 << 4;
const ADD_REV_INFO: i64 = 1 << 5;
const DIGEST_METHOD: i64 = 1 << 6;
/// ISO 32000-2.
const LOCK_DOCUMENT: i64 = 1 << 7;
const APPEARANCE_FILTER: i64 = 1 << 8;

/// Checks what a field asks for.
pub(crate) fn check(
    pdf: &Pdf<'_>,
    field: &Field,
    intent: &SigningIntent,
    pades: &PadesIntent,
) -> Result<(), PadesError> {
    let seed = pdf.value(&field.dictionary, "SV")?.object;
    let Some(seed) = seed.as_dictionary() else { return Ok(()) };
    let flags = pdf.value(seed, "Ff")?.object.as_integer().unwrap_or(0);
    let required = |bit: i64| flags & bit != 0;
    let refuse = |constraint: &'static str| Err(PadesError::SeedValue { constraint });
    if required(FILTER) && pdf.value(seed, "Filter")?.object.as_name() != Some(b"Adobe.PPKLite") {
        return refuse("Filter");
    }
    if required(SUB_FILTER)
        && !names(pdf, seed, "SubFilter")?.iter().any(|name| name == "ETSI.CAdES.detached")
    {
        return refuse("SubFilter");
    }
    if required(V) && pdf.value(seed, "V")?.object.as_integer().is_some_and(|version| version > 3) {
        return refuse("V");
    }
    if required(REASONS) && !meets_reasons(&names(pdf, seed, "Reasons")?, pades.reason.as_deref()) {
        return refuse("Reasons");
    }
    if required(LEGAL_ATTESTATION) {
        return refuse("LegalAttestation");
    }
    // Revocation data goes into the DSS dictionary: in the CMS it may not stand here (EN 319 142-1, 6.3).
    if required(ADD_REV_INFO) && pdf.value(seed, "AddRevInfo")?.object != Object::Null {
        return refuse("AddRevInfo");
    }
    let digest = message_digest_of(intent.algorithm);
    if required(DIGEST_METHOD)
        && !names(pdf, seed, "DigestMethod")?.iter().any(|name| digest_named(name) == digest)
    {
        return refuse("DigestMethod");
    }
    if required(LOCK_DOCUMENT) {
        return refuse("LockDocument");
    }
    if required(APPEARANCE_FILTER) {
        return refuse("AppearanceFilter");
    }
    check_parts(pdf, seed, pades)
}

/// The entries with flags or meanings of their own.
fn check_parts(pdf: &Pdf<'_>, seed: &Dictionary, pades: &PadesIntent) -> Result<(), PadesError> {
    let refuse = |constraint: &'static str| Err(PadesError::SeedValue { constraint });
    if let Some(mdp) = pdf.value(seed, "MDP")?.object.as_dictionary() {
        let wanted = pdf.value(mdp, "P")?.object.as_integer().unwrap_or(0);
        // 0 asks for an approval signature, 1 to 3 for a certification with that permission.
        if pades.certification.permission().unwrap_or(0) != wanted {
            return refuse("MDP");
        }
    }
    for (key, name) in [("Cert", "Cert"), ("TimeStamp", "TimeStamp")] {
        if let Some(part) = pdf.value(seed, key)?.object.as_dictionary()
            && pdf.value(part, "Ff")?.object.as_integer().unwrap_or(0) != 0
        {
            return refuse(name);
        }
    }
    Ok(())
}

fn names(pdf: &Pdf<'_>, dictionary: &Dictionary, key: &str) -> Result<Vec<String>, PadesError> {
    let mut found = Vec::new();
    for item in pdf.value(dictionary, key)?.object.as_array().unwrap_or_default() {
        match pdf.resolve(item)?.object {
            Object::Name(name) => found.push(String::from_utf8_lossy(&name).into_owned()),
            Object::String(octets, _) => found.push(text(&octets)),
            _ => {}
        }
    }
    Ok(found)
}

/// A list of one period, or none, asks for no reason at all.
fn meets_reasons(wanted: &[String], given: Option<&str>) -> bool {
    match (wanted, given) {
        ([], given) => given.is_none(),
        ([one], given) if one == "." => given.is_none(),
        (wanted, Some(given)) => wanted.iter().any(|one| one == given),
        (_, None) => false,
    }
}

fn digest_named(name: &str) -> Option<DigestAlgorithm> {
    match name {
        "SHA1" => Some(DigestAlgorithm::Sha1),
        "SHA256" => Some(DigestAlgorithm::Sha256),
        "SHA384" => Some(DigestAlgorithm::Sha384),
        "SHA512" => Some(DigestAlgorithm::Sha512),
        "RIPEMD160" => Some(DigestAlgorithm::Ripemd160),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_those_of_the_list() {
        let list = |reasons: &[&str]| reasons.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>();
        assert!(meets_reasons(&list(&["a", "b"]), Some("b")) && !meets_reasons(&list(&["a"]), None));
        assert!(meets_reasons(&list(&["."]), None) && !meets_reasons(&list(&["."]), Some("x")));
        assert!(!meets_reasons(&[], Some("x")));
    }
}
