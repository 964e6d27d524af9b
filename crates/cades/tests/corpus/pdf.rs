// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Every CMS in a PDF, found by a plain scan for `/Contents<hex>`.

use std::{collections::BTreeSet, fmt, fs, path::Path};

use keiin_cades::facts::{self, CmsFacts};
use keiin_model::{DataReference, Family, SignatureFacts, SignedMessage, TimestampFacts};

use crate::{case::flatten, verify};

#[derive(Default)]
pub(crate) struct Tally {
    files: usize,
    pub(crate) read: usize,
    seen: BTreeSet<Vec<u8>>,
    signatures: usize,
    signatures_intact: usize,
    without_attributes: usize,
    timestamps: usize,
    timestamps_intact: usize,
    imprints_found: usize,
    imprints_intact: usize,
    tokens: usize,
    pub(crate) differences: Vec<(String, String, String)>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} PDFs, {} different CMS read: {} signatures ({} values good, {} over content that is not in the CMS), {} document time-stamps, {} time-stamps \
             inside ({} good by themselves, {} of {} imprints right)",
            self.files,
            self.read,
            self.signatures,
            self.signatures_intact,
            self.without_attributes,
            self.tokens,
            self.timestamps,
            self.timestamps_intact,
            self.imprints_intact,
            self.imprints_found
        )
    }
}

pub(crate) fn walk(folder: &Path, root: &Path, tally: &mut Tally) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, root, tally);
        } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) {
            tally.files += 1;
            let name = format!("pdf:{}", path.strip_prefix(root).unwrap().display());
            for (index, cms) in contents(&fs::read(&path).unwrap()).into_iter().enumerate() {
                if tally.seen.insert(cms.clone()) {
                    one(&name, index, &cms, tally);
                }
            }
        }
    }
}

/// Hexadecimal strings behind `/Contents` that start as a SEQUENCE.
fn contents(pdf: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = pdf;
    while let Some(at) = rest.windows(9).position(|w| w == b"/Contents") {
        rest = &rest[at + 9..];
        let body = rest.trim_ascii_start();
        let Some(hex) = body.strip_prefix(b"<") else { continue };
        let Some(end) = hex.iter().position(|b| *b == b'>') else { continue };
        let digits: Vec<u8> =
            hex[..end].iter().filter_map(|b| char::from(*b).to_digit(16)).map(|d| d as u8).collect();
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        if bytes.first() == Some(&0x30) {
            found.push(bytes);
        }
    }
    found
}

fn one(name: &str, index: usize, cms: &[u8], tally: &mut Tally) {
    let mut differs = |what: &str, text: String| {
        tally.differences.push((name.to_owned(), format!("cms[{index}].{what}"), text));
    };
    // A token reads as a file of its own; anything else as the CMS of a PDF.
    let read = match facts::read(cms, Family::Cades, None) {
        Ok(read) if !read.timestamps.is_empty() => Ok(read),
        _ => facts::read(cms, Family::Pades, None),
    };
    let read = match read {
        Ok(read) => read,
        Err(error) => return differs("error", error.to_string()),
    };
    tally.read += 1;
    tally.tokens += read.timestamps.len();
    let mut flat: Vec<&SignatureFacts> = Vec::new();
    read.signatures.iter().for_each(|s| flatten(s, &mut flat));
    tally.signatures += flat.len();
    for (at, signature) in flat.iter().enumerate() {
        if signature.message == SignedMessage::Missing {
            tally.without_attributes += 1; // over the content alone, which is the PDF
        } else if verify::is_intact(signature, &read.evidence) {
            tally.signatures_intact += 1;
        } else {
            differs(&format!("signature[{at}]"), format!("the value of {} is not good", signature.algorithm));
        }
        for timestamp in &signature.timestamps {
            tally.timestamps += 1;
            tally.imprints_found += usize::from(timestamp.imprint.found());
            tally.imprints_intact += usize::from(timestamp.imprint.intact());
            if timestamp.imprint.found() && !timestamp.imprint.intact() {
                differs("imprint", format!("{:?} of {}", timestamp.kind, timestamp.time));
            }
        }
    }
    let inside = flat.iter().flat_map(|s| &s.timestamps);
    let all: Vec<&TimestampFacts> = inside.chain(&read.timestamps).collect();
    for timestamp in all {
        if is_good(timestamp, &read) {
            tally.timestamps_intact += 1;
        } else {
            differs("token", format!("the token of {} is not good", timestamp.time));
        }
    }
}

fn is_good(timestamp: &TimestampFacts, read: &CmsFacts) -> bool {
    verify::is_intact(&timestamp.token, &read.evidence)
        && timestamp.token.data.iter().all(DataReference::intact)
}
