// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Puts octets into an encoding without touching the others: only lengths of what encloses the place may change.

use std::{collections::BTreeMap, ops::Range};

use super::{DerError, DerErrorKind, Element, Reader, write};

/// One change: `range` of the input (empty: pure insertion) is replaced by `insert`. The range lies in the content of the
/// element that starts at `parent`; that name settles which of two neighbours an insertion at their border belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Where the directly enclosing element starts.
    pub parent: usize,
    /// What is replaced.
    pub range: Range<usize>,
    /// By what.
    pub insert: Vec<u8>,
}

/// A piece of the new encoding: a range of the old, or new octets. Large documents are written piece by piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// These octets of the input, as they stood.
    Kept(Range<usize>),
    /// New octets.
    New(Vec<u8>),
}

/// Plans the edits over one encoding (the first element of the input; what follows it is kept).
///
/// # Errors
/// [`DerErrorKind::Value`] when an edit's parent is not an element of the input, its range is not inside that
/// parent's content, or two edits overlap.
pub fn splice(input: &[u8], edits: &[Edit]) -> Result<Vec<Segment>, DerError> {
    let root = Reader::new(input).read("splice")?;
    let mut growth: BTreeMap<usize, Growth<'_>> = BTreeMap::new();
    for edit in edits {
        enclose(&root, edit, &mut growth)?;
    }
    let mut changes: Vec<(Range<usize>, Vec<u8>)> =
        edits.iter().map(|e| (e.range.clone(), e.insert.clone())).collect();
    changes.extend(headers(&growth, &root));
    // Insertions at one place keep the order in which they were asked for: the sort is stable.
    changes.sort_by_key(|(range, _)| (range.start, range.end));
    let mut segments = Vec::with_capacity(changes.len() * 2 + 1);
    let mut at = 0;
    for (range, insert) in changes {
        if range.start < at {
            return Err(root.error("splice", DerErrorKind::Value));
        }
        if range.start > at {
            segments.push(Segment::Kept(at..range.start));
        }
        segments.push(Segment::New(insert));
        at = range.end;
    }
    if at < input.len() {
        segments.push(Segment::Kept(at..input.len()));
    }
    Ok(segments)
}

/// The new encoding in memory.
pub fn assemble(input: &[u8], segments: &[Segment]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    for segment in segments {
        match segment {
            Segment::Kept(range) => out.extend_from_slice(input.get(range.clone()).unwrap_or_default()),
            Segment::New(octets) => out.extend_from_slice(octets),
        }
    }
    out
}

struct Growth<'a> {
    element: Element<'a>,
    parent: Option<usize>,
    by: i128,
}

fn signed(n: usize) -> i128 {
    i128::try_from(n).unwrap_or(i128::MAX)
}

/// Walks from the root down to the parent of an edit and notes how much each element on the way grows.
fn enclose<'a>(
    root: &Element<'a>,
    edit: &Edit,
    growth: &mut BTreeMap<usize, Growth<'a>>,
) -> Result<(), DerError> {
    let by = signed(edit.insert.len()) - signed(edit.range.len());
    let mut element = *root;
    let mut parent = None;
    loop {
        let here = element.offset();
        growth.entry(here).or_insert(Growth { element, parent, by: 0 });
        if here == edit.parent {
            let inside = element.content_range();
            if edit.range.start < inside.start
                || edit.range.end > inside.end
                || edit.range.start > edit.range.end
            {
                return Err(element.error("splice", DerErrorKind::Value));
            }
            if let Some(growth) = growth.get_mut(&here) {
                growth.by += by;
            }
            return Ok(());
        }
        let mut reader = element.reader("splice")?;
        parent = Some(here);
        element = loop {
            let child = reader.read("splice")?;
            if child.range().contains(&edit.parent) {
                break child;
            }
        };
    }
}

/// New headers, innermost first, as a longer length in an inner header makes the outer element grow too.
fn headers(growth: &BTreeMap<usize, Growth<'_>>, root: &Element<'_>) -> Vec<(Range<usize>, Vec<u8>)> {
    let mut carried: BTreeMap<usize, i128> = BTreeMap::new();
    let mut changes = Vec::new();
    for (offset, grown) in growth.iter().rev() {
        let mut by = grown.by + carried.get(offset).copied().unwrap_or(0);
        let element = &grown.element;
        if !element.is_indefinite() && by != 0 {
            let new_len = usize::try_from(signed(element.content().len()) + by).unwrap_or(0);
            let header = element.bytes().len() - element.content().len();
            let identifier_len = write::header_len(element.bytes(), 0) - 1;
            let identifier = element.bytes().get(..identifier_len).unwrap_or_default();
            let new_header = [identifier, &write::length(new_len)].concat();
            by += signed(new_header.len()) - signed(header);
            changes.push((element.offset()..element.offset() + header, new_header));
        }
        if let Some(parent) = grown.parent {
            *carried.entry(parent).or_default() += by;
        }
    }
    debug_assert!(growth.is_empty() || growth.contains_key(&root.offset()));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_grow_outwards_and_other_octets_stay() {
        let input = [0x30, 0x05, 0x30, 0x03, 2, 1, 5];
        let edit = Edit { parent: 2, range: 7..7, insert: write::octet_string(&[9; 130]) };
        let out = assemble(&input, &splice(&input, &[edit]).unwrap());
        let outer = Element::whole(&out, "t").unwrap();
        let inner = outer.explicit("t").unwrap();
        assert_eq!(&inner.content()[..3], [2, 1, 5]);
        assert_eq!(inner.content().len(), 3 + 133);
        assert_eq!(super::super::first_non_der(&outer), None);
    }

    #[test]
    fn indefinite_lengths_stay_indefinite() {
        let input = [0x30, 0x80, 0x31, 0x00, 0, 0];
        let edit = Edit { parent: 2, range: 4..4, insert: vec![2, 1, 7] };
        let out = assemble(&input, &splice(&input, &[edit]).unwrap());
        assert_eq!(out, [0x30, 0x80, 0x31, 0x03, 2, 1, 7, 0, 0]);
    }

    #[test]
    fn misplaced_and_overlapping_edits_are_refused() {
        let input = [0x30, 0x03, 2, 1, 5];
        let edit = |parent, range| Edit { parent, range, insert: vec![] };
        assert!(splice(&input, &[edit(1, 2..2)]).is_err());
        assert!(splice(&input, &[edit(0, 0..2)]).is_err());
        assert!(splice(&input, &[edit(0, 2..5), edit(0, 3..4)]).is_err());
    }
}
