// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A revision laid out behind the file, with room for a value that is not there yet.

use std::ops::Range;

use crate::{
    PadesError, Source, imprint,
    pdf::{Draft, Reference, write_hexadecimal},
};

/// The file with the revision, and where the value of /Contents stands in it, brackets included.
pub(crate) struct Layout {
    pub(crate) source: Source,
    pub(crate) hole: Range<usize>,
}

/// Appends a draft to a file.
pub(crate) fn append(source: &Source, draft: Draft<'_, '_>) -> Result<Source, PadesError> {
    let revision = draft.finish(source.len(), source.last())?;
    let mut source = source.clone();
    source.tail_mut().extend_from_slice(&revision.octets);
    Ok(source)
}

/// Appends a draft with a signature in it and writes its exact /ByteRange.
pub(crate) fn lay_out(
    source: &Source,
    draft: Draft<'_, '_>,
    signature: Reference,
) -> Result<Layout, PadesError> {
    let missing = PadesError::Malformed { object: "the signature dictionary" };
    let len = source.len();
    let mut revision = draft.finish(len, source.last())?;
    let places = revision.places(signature, ["Contents", "ByteRange"]);
    let Some([contents, range]) = places else { return Err(missing) };
    let hole = len.saturating_add(contents.start)..len.saturating_add(contents.end);
    let text = imprint::byte_range(&hole, len.saturating_add(revision.octets.len()));
    let room = revision.octets.get_mut(range).ok_or(missing)?;
    if text.len() > room.len() {
        return Err(PadesError::Misuse { what: "the file is too large for this machine" });
    }
    room.fill(b' ');
    room.iter_mut().zip(text.bytes()).for_each(|(place, octet)| *place = octet);
    let mut source = source.clone();
    source.tail_mut().extend_from_slice(&revision.octets);
    Ok(Layout { source, hole })
}

/// Octets that fit into the value of /Contents.
pub(crate) fn room(hole: &Range<usize>) -> usize {
    hole.len().saturating_sub(2) / 2
}

/// Writes a value into its room, which is in the tail; what is left stays zero.
pub(crate) fn fill(source: &mut Source, hole: &Range<usize>, value: &[u8]) -> Result<(), PadesError> {
    if value.len() > room(hole) {
        return Err(PadesError::NoRoom { needed: value.len(), reserved: room(hole) });
    }
    let base = source.base().len();
    let place = hole.start.checked_sub(base).zip(hole.end.checked_sub(base));
    let place = place.and_then(|(start, end)| source.tail_mut().get_mut(start..end));
    let Some([b'<', digits @ .., b'>']) = place else {
        return Err(PadesError::Misuse { what: "there is no room for a value in this revision" });
    };
    let mut written = Vec::with_capacity(value.len().saturating_mul(2).saturating_add(2));
    write_hexadecimal(value, &mut written);
    let new = written.iter().skip(1).take(value.len().saturating_mul(2));
    digits.fill(b'0');
    digits.iter_mut().zip(new).for_each(|(place, digit)| *place = *digit);
    Ok(())
}
