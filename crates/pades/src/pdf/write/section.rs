// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The cross-reference section and trailer of a revision, in the form of the section before it (ISO 32000-1, 7.5.4 to
//! 7.5.8).

use std::collections::BTreeMap;

use keiin_model::DigestAlgorithm;
use keiin_pki::digest::digest;

use super::value::{write_hexadecimal, write_name};
use crate::{
    PadesError,
    pdf::{Object, Pdf},
};

/// What belongs to the section that it stands in, or to an older state of the file.
const NOT_KEPT: [&[u8]; 14] = [
    b"Size",
    b"Prev",
    b"XRefStm",
    b"ID",
    b"Type",
    b"W",
    b"Index",
    b"Length",
    b"Filter",
    b"DecodeParms",
    b"F",
    b"FFilter",
    b"FDecodeParms",
    b"DocChecksum",
];

/// Offsets of a table have ten digits (7.5.4).
const MAX_TABLE_OFFSET: usize = 9_999_999_999;

/// Puts the section behind the objects. `offsets` gives each object's generation and place, `size` is one more than the
/// highest number, `stream` the number of a cross-reference stream where that is the form.
pub(super) fn write(
    pdf: &Pdf<'_>,
    out: &mut Vec<u8>,
    len: usize,
    mut offsets: BTreeMap<u32, (u32, usize)>,
    size: u32,
    stream: Option<u32>,
) -> Result<(), PadesError> {
    let at = len.saturating_add(out.len());
    if let Some(number) = stream {
        offsets.insert(number, (0, at));
    }
    // Where octets stand before the header, offsets may count from it: as the section before does.
    let origin = pdf.origin();
    for (_, offset) in offsets.values_mut() {
        *offset = offset.saturating_sub(origin);
    }
    let identifier = identifier(pdf, out, len)?;
    let trailer = trailer(pdf, size, &identifier)?;
    match stream {
        Some(number) => write_stream(out, number, &offsets, &trailer),
        None => write_table(out, &offsets, &trailer)?,
    }
    out.extend_from_slice(format!("startxref\n{}\n%%EOF\n", at.saturating_sub(origin)).as_bytes());
    Ok(())
}

/// The entries that both forms have.
fn trailer(pdf: &Pdf<'_>, size: u32, identifier: &[u8]) -> Result<Vec<u8>, PadesError> {
    let mut out = format!("/Size {size}/Prev {}", pdf.newest_start()).into_bytes();
    for (key, value) in pdf.trailer_text() {
        if NOT_KEPT.contains(&key.as_slice()) {
            continue;
        }
        write_name(&key, &mut out);
        if value.first().is_some_and(|octet| !b"/[(<".contains(octet)) {
            out.push(b' ');
        }
        out.extend_from_slice(&value);
    }
    out.extend_from_slice(b"/ID");
    out.extend_from_slice(identifier);
    Ok(out)
}

/// 14.4: the first half stays, the second is new with every revision: here a digest of what the revision says.
fn identifier(pdf: &Pdf<'_>, revision: &[u8], len: usize) -> Result<Vec<u8>, PadesError> {
    let halves = match pdf.trailer_object("ID")? {
        Object::Array(halves) => halves,
        _ => Vec::new(),
    };
    let half = |index: usize| match halves.get(index) {
        Some(Object::String(octets, _)) => Some(octets.as_slice()),
        _ => None,
    };
    let mut seed = half(1).unwrap_or_default().to_vec();
    seed.extend_from_slice(&u64::try_from(len).unwrap_or(u64::MAX).to_be_bytes());
    seed.extend_from_slice(revision);
    let new = digest(DigestAlgorithm::Sha256, &seed);
    let new = new.get(..16).unwrap_or_default();
    let mut out = vec![b'['];
    write_hexadecimal(half(0).unwrap_or(new), &mut out);
    write_hexadecimal(new, &mut out);
    out.push(b']');
    Ok(out)
}

/// Runs of numbers that follow each other, as subsections want them.
fn runs(offsets: &BTreeMap<u32, (u32, usize)>) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in offsets.keys() {
        match runs.last_mut() {
            Some((first, count)) if first.checked_add(*count) == Some(*number) => *count += 1,
            _ => runs.push((*number, 1)),
        }
    }
    runs
}

fn write_table(
    out: &mut Vec<u8>,
    offsets: &BTreeMap<u32, (u32, usize)>,
    trailer: &[u8],
) -> Result<(), PadesError> {
    out.extend_from_slice(b"xref\n");
    for (first, count) in runs(offsets) {
        out.extend_from_slice(format!("{first} {count}\n").as_bytes());
        for (generation, offset) in offsets.range(first..=first.saturating_add(count - 1)).map(|(_, e)| e) {
            if *offset > MAX_TABLE_OFFSET {
                return Err(PadesError::limit("an offset in a cross-reference table", MAX_TABLE_OFFSET));
            }
            out.extend_from_slice(format!("{offset:010} {generation:05} n \n").as_bytes());
        }
    }
    out.extend_from_slice(b"trailer\n<<");
    out.extend_from_slice(trailer);
    out.extend_from_slice(b">>\n");
    Ok(())
}

fn write_stream(out: &mut Vec<u8>, number: u32, offsets: &BTreeMap<u32, (u32, usize)>, trailer: &[u8]) {
    let index: Vec<_> = runs(offsets).iter().map(|(first, count)| format!("{first} {count}")).collect();
    let highest = offsets.values().map(|(_, offset)| *offset).max().unwrap_or(0);
    let significant = highest.to_be_bytes().iter().skip_while(|octet| **octet == 0).count().max(1);
    let mut rows = Vec::with_capacity(offsets.len() * (significant + 3));
    for (generation, offset) in offsets.values() {
        rows.push(1);
        let octets = offset.to_be_bytes();
        rows.extend_from_slice(octets.get(octets.len() - significant..).unwrap_or_default());
        rows.extend_from_slice(generation.to_be_bytes().get(2..).unwrap_or_default());
    }
    let head = format!(
        "{number} 0 obj\n<</Type/XRef/W[1 {significant} 2]/Index[{}]/Length {}",
        index.join(" "),
        rows.len()
    );
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(trailer);
    out.extend_from_slice(b">>\nstream\n");
    out.extend_from_slice(&rows);
    out.extend_from_slice(b"\nendstream\nendobj\n");
}
