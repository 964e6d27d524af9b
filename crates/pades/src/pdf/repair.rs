// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A cross-reference made by looking for `N G obj` through the whole file, as readers do when the one that is there
//! is broken: of an object that stands several times the last counts.

use super::{
    lexer::is_space,
    object::{self, Dictionary, Object},
    xref::{Entry, Section},
};
use crate::{PadesError, source::Octets};

/// What was found: the section, and the object streams whose content it lacks yet.
pub(crate) struct Found {
    pub(crate) section: Section,
    pub(crate) object_streams: Vec<u32>,
}

/// Looks through the file. `spend` counts the octets that are parsed.
pub(crate) fn scan<'a>(
    octets: impl Into<Octets<'a>>,
    spend: &mut dyn FnMut(usize) -> Result<(), PadesError>,
) -> Result<Found, PadesError> {
    let octets = octets.into();
    let mut found = Found { section: Section::default(), object_streams: Vec::new() };
    for (piece, origin) in octets.pieces() {
        let mut at = 0;
        while let Some(next) = super::find(piece.get(at..).unwrap_or_default(), b"obj") {
            let keyword = at + next;
            at = keyword + 3;
            let Some((number, start)) = head(piece, keyword) else { continue };
            let (object, end) = object::read(octets, origin + at);
            spend(end.saturating_sub(origin + keyword))?;
            if let Ok(object) = &object {
                note(object, number, &mut found);
            }
            found.section.insert(number, Entry::At(origin + start))?;
        }
    }
    for (piece, origin) in octets.pieces() {
        trailers(octets, piece, origin, &mut found.section.trailer, spend)?;
    }
    Ok(found)
}

fn note(object: &Object, number: u32, found: &mut Found) {
    let Some(dictionary) = object.as_dictionary() else { return };
    match dictionary.value("Type").and_then(Object::as_name) {
        Some(b"ObjStm") => found.object_streams.push(number),
        Some(b"XRef") if dictionary.value("Root").is_some() => found.section.trailer = dictionary.clone(),
        Some(b"Catalog") if found.section.trailer.value("Root").is_none() => {
            found.section.trailer = Dictionary::with_root(number);
        }
        _ => {}
    }
}

/// The last trailer that names a catalog counts more than what else was found.
fn trailers(
    octets: Octets<'_>,
    piece: &[u8],
    origin: usize,
    trailer: &mut Dictionary,
    spend: &mut dyn FnMut(usize) -> Result<(), PadesError>,
) -> Result<(), PadesError> {
    let mut at = 0;
    while let Some(next) = super::find(piece.get(at..).unwrap_or_default(), b"trailer") {
        at += next + 7;
        let (object, end) = object::read(octets, origin + at);
        spend(end.saturating_sub(origin + at))?;
        if let Ok(Object::Dictionary(dictionary)) = object
            && dictionary.value("Root").is_some()
        {
            *trailer = dictionary;
        }
    }
    Ok(())
}

/// The number before `G obj` and where it begins.
fn head(bytes: &[u8], keyword: usize) -> Option<(u32, usize)> {
    let before = bytes.get(..keyword)?;
    let (_, before) = last_number(trim_space(before, true)?)?;
    let (number, before) = last_number(trim_space(before, false)?)?;
    Some((u32::try_from(number).ok()?, before.len()))
}

fn trim_space(bytes: &[u8], may_touch: bool) -> Option<&[u8]> {
    let space = bytes.iter().rev().take(32).take_while(|o| is_space(**o)).count();
    if space == 0 && !may_touch { None } else { bytes.get(..bytes.len() - space) }
}

fn last_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let digits = bytes.iter().rev().take(11).take_while(|o| o.is_ascii_digit()).count();
    let (before, number) = bytes.split_at_checked(bytes.len() - digits)?;
    Some((std::str::from_utf8(number).ok()?.parse().ok()?, before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_an_object_counts_and_endobj_is_none() {
        let text = b"1 0 obj null endobj\n12 0 obj<</Type/Catalog>>endobj 1 0 obj 5 endobj";
        let found = scan(text, &mut |_| Ok(())).unwrap();
        let entries: Vec<_> = found.section.entries.into_iter().collect();
        assert_eq!(entries, [(1, Entry::At(52)), (12, Entry::At(20))]);
        assert_eq!(found.section.trailer.value("Root"), Some(&Object::Reference(12)));
    }
}
