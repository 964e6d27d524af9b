// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What came after a signature, revision by revision, judged against what the signer allows (ISO 32000-2, 12.8.2) and what
//! keeps a signature alive (EN 319 142-1, 5.4 and 5.5): security stores, time-stamps, further signatures, filled forms.
//!
//! A signature's value says nothing about what was appended later, and a reader shows the newest revision. So each object
//! that a later revision changed must be explained by a way from the catalog on which changes are allowed, and may not be
//! used anywhere else: what is left changes what is shown.

mod annotation;
mod diff;
mod field;
mod graph;
mod permission;
mod view;

use keiin_model::{Defect, DefectKind};
use keiin_tsp::facts::defect;

use crate::{PadesError, SignatureDictionary, form::Placed, pdf::Pdf, source::Octets};
use diff::Diff;
use permission::Permission;
use view::View;

/// What a later revision did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    allowed: bool,
    /// What it did, as a code.
    code: &'static str,
    /// A field, a key, an object.
    about: String,
}

/// What came after a signature. `password` opens the file as it was signed, where that has to be read on its own.
pub(crate) fn after(
    pdf: &Pdf<'_>,
    placed: &Placed,
    dictionary: &SignatureDictionary,
    password: &[u8],
) -> Result<Vec<Defect>, PadesError> {
    if dictionary.defects.iter().any(|defect| defect.kind.is_fatal()) {
        return Ok(Vec::new()); // what was signed cannot be told
    }
    let end = dictionary.end();
    let octets = pdf.file();
    let mut found = Vec::new();
    let hole = dictionary.byte_range.first().map_or(0, |range| range.end);
    if crate::pdf::last_start(octets.until(end)).is_none_or(|(at, _)| at <= hole) {
        return Ok(vec![altered("coverage-inside-revision")]);
    }
    match signed_view(pdf, octets, end) {
        Some(index) if !pdf.is_repaired() => {
            let signed = View { pdf, index };
            if !signed.holds(placed.offset) {
                found.push(altered("signature-not-in-revision"));
            }
            let permission = Permission::read(signed, placed)?;
            for newer in (0..index).rev() {
                let number = pdf.views() - newer;
                let (old, new) = (View { pdf, index: newer + 1 }, View { pdf, index: newer });
                let changes = Diff::new(signed, old, new, &permission, pdf.changed(newer)).run()?;
                report(&changes, &format!("revision {number}"), &mut found);
            }
        }
        _ => apart(pdf, placed, octets, end, password, &mut found)?,
    }
    if let Some((at, _)) = crate::pdf::last_start(octets).filter(|_| !pdf.is_repaired()) {
        behind(octets, at, &mut found);
    }
    Ok(found)
}

/// The file as it was signed, read on its own: the chain of the newest revision does not lead to it.
fn apart(
    pdf: &Pdf<'_>,
    placed: &Placed,
    octets: Octets<'_>,
    end: usize,
    password: &[u8],
    found: &mut Vec<Defect>,
) -> Result<(), PadesError> {
    if is_blank(octets, end) {
        return Ok(()); // nothing came after
    }
    let signed = match Pdf::open(octets.until(end), password) {
        Ok(signed) => signed,
        Err(error @ PadesError::Limit { .. }) => return Err(error),
        Err(_) => {
            found.push(altered("signed-revision-unreadable"));
            return Ok(());
        }
    };
    if !pdf.is_repaired() {
        found.push(altered("signed-revision-left-out"));
    }
    let view = View { pdf: &signed, index: 0 };
    let permission = Permission::read(view, placed)?;
    let new = View { pdf, index: 0 };
    let numbers = view.pdf.numbers().into_iter().chain(pdf.numbers()).collect();
    let changes = Diff::new(view, view, new, &permission, numbers).run()?;
    report(&changes, "later", found);
    Ok(())
}

/// Which view is the file as it was signed: the one whose newest section the last `startxref` of the signed octets names.
fn signed_view(pdf: &Pdf<'_>, octets: Octets<'_>, end: usize) -> Option<usize> {
    let (_, start) = crate::pdf::last_start(octets.until(end))?;
    (0..pdf.views()).find(|view| pdf.section_start(*view) == Some(start))
}

fn report(changes: &[Change], revision: &str, found: &mut Vec<Defect>) {
    for change in changes {
        let kind = if change.allowed { DefectKind::Revised } else { DefectKind::Altered };
        found.push(defect(kind, format!("{revision}: {} {}", change.code, change.about).trim_end()));
    }
}

fn altered(what: &str) -> Defect {
    defect(DefectKind::Altered, what)
}

/// Objects behind the newest revision, which belong to none: readers that look through a file find them.
fn behind(octets: Octets<'_>, at: usize, found: &mut Vec<Defect>) {
    let rest = octets.from(at);
    let after = crate::pdf::find(rest, b"%%EOF").and_then(|end| rest.get(end..)).unwrap_or_default();
    if [&b" obj"[..], b"startxref", b"trailer"].iter().any(|word| crate::pdf::find(after, word).is_some()) {
        found.push(altered("objects-behind-end"));
    }
}

/// Whether nothing but white space and end marks follows.
fn is_blank(octets: Octets<'_>, at: usize) -> bool {
    let rest = octets.from(at);
    let mut lines = rest.split(|octet| matches!(octet, b'\r' | b'\n'));
    at >= octets.len() || lines.all(|line| line.trim_ascii().is_empty() || line.starts_with(b"%%EOF"))
}
