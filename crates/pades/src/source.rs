// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The octets of a PDF under work: the file as it was, which may be a memory map, and what was appended to it.

use std::{
    fmt,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{PadesError, digest::Prefixes};

/// Octets that are handed on at once where nobody streams them from a file.
const PIECE: usize = 1 << 20;

/// Gives the octets of a range of the file in order, in pieces of any size. It is how octets are hashed: a range of a
/// memory map that is touched counts as memory, one that is read through a buffer does not.
pub type Stream = dyn Fn(Range<usize>, &mut dyn FnMut(&[u8])) -> Result<(), Unread> + Send + Sync;

/// Gives the pages of a memory map that were touched back to the system: called now and then while many objects are looked
/// at, so that a walk through a large file does not hold all of it.
pub type Release = dyn Fn() + Send + Sync;

/// The octets of the file could not be read again. Whoever streams them knows why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file's octets could not be read")]
pub struct Unread;

/// A file's octets: the base, which never changes and is never copied, and the revisions behind it.
///
/// An offset counts from the beginning of the base. No object straddles the two: a revision begins where the base ends.
#[derive(Clone)]
pub struct Source {
    base: Arc<dyn AsRef<[u8]> + Send + Sync>,
    stream: Option<Arc<Stream>>,
    release: Option<Arc<Release>>,
    tail: Vec<u8>,
    /// Digests of beginnings of the base, so that no step hashes it anew.
    prefixes: Arc<Mutex<Prefixes>>,
}

impl Source {
    /// Octets that somebody else holds, and how to stream them.
    pub fn shared(base: Arc<dyn AsRef<[u8]> + Send + Sync>, stream: Option<Arc<Stream>>) -> Self {
        Self { base, stream, release: None, tail: Vec::new(), prefixes: Arc::default() }
    }

    /// The same with a way to give touched pages back.
    #[must_use]
    pub fn releasing(self, release: Arc<Release>) -> Self {
        Self { release: Some(release), ..self }
    }

    /// The file as it was.
    pub fn base(&self) -> &[u8] {
        (*self.base).as_ref()
    }

    /// What was appended.
    pub fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// What was appended, to be changed: digests that are known are of the base alone.
    pub const fn tail_mut(&mut self) -> &mut Vec<u8> {
        &mut self.tail
    }

    /// The last octet.
    pub(crate) fn last(&self) -> Option<u8> {
        self.tail.last().or_else(|| self.base().last()).copied()
    }

    /// Makes what stands in the base from an offset on part of the tail, so that it can be written anew. An object must
    /// begin there.
    pub(crate) fn split(&mut self, at: usize) {
        let Some(moved) = self.base().get(at..).map(<[u8]>::to_vec) else { return };
        self.tail.splice(0..0, moved);
        self.base = Arc::new(Beginning { whole: Arc::clone(&self.base), len: at });
        let kept = self.prefixes.lock().unwrap_or_else(PoisonError::into_inner).clone().until(at);
        self.prefixes = Arc::new(Mutex::new(kept));
    }

    /// Octets of the whole.
    pub fn len(&self) -> usize {
        self.base().len().saturating_add(self.tail.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn octets(&self) -> Octets<'_> {
        Octets { base: self.base(), tail: &self.tail, release: self.release.as_deref() }
    }

    pub(crate) fn prefixes(&self) -> &Mutex<Prefixes> {
        &self.prefixes
    }

    /// Hands on the octets of a range in order.
    pub(crate) fn feed(&self, range: Range<usize>, sink: &mut dyn FnMut(&[u8])) -> Result<(), PadesError> {
        let border = self.base().len();
        let in_base = range.start.min(border)..range.end.min(border);
        match &self.stream {
            Some(stream) if !in_base.is_empty() => stream(in_base, sink).map_err(PadesError::Unread)?,
            _ => self.base().get(in_base).unwrap_or_default().chunks(PIECE).for_each(&mut *sink),
        }
        let (start, end) = (range.start.saturating_sub(border), range.end.saturating_sub(border));
        let in_tail = self.tail.get(start..end.min(self.tail.len())).unwrap_or_default();
        in_tail.chunks(PIECE).for_each(sink);
        Ok(())
    }
}

impl From<Vec<u8>> for Source {
    fn from(octets: Vec<u8>) -> Self {
        Self::shared(Arc::new(octets), None)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({} + {} octets)", self.base().len(), self.tail.len())
    }
}

/// The first octets of a base.
struct Beginning {
    whole: Arc<dyn AsRef<[u8]> + Send + Sync>,
    len: usize,
}

impl AsRef<[u8]> for Beginning {
    fn as_ref(&self) -> &[u8] {
        let whole = (*self.whole).as_ref();
        whole.get(..self.len).unwrap_or(whole)
    }
}

/// The two pieces as they are read.
#[derive(Clone, Copy)]
pub(crate) struct Octets<'a> {
    base: &'a [u8],
    tail: &'a [u8],
    release: Option<&'a Release>,
}

impl<'a> Octets<'a> {
    pub(crate) const fn len(self) -> usize {
        self.base.len().saturating_add(self.tail.len())
    }

    /// Lets go of what was touched so far.
    pub(crate) fn release(self) {
        if let Some(release) = self.release {
            release();
        }
    }

    /// The file as it was when it ended there.
    pub(crate) fn until(self, end: usize) -> Self {
        let border = self.base.len();
        let base = self.base.get(..end).unwrap_or(self.base);
        let tail = self.tail.get(..end.saturating_sub(border)).unwrap_or(self.tail);
        Self { base, tail, ..self }
    }

    /// Both pieces, each with the offset of its first octet.
    pub(crate) const fn pieces(self) -> [(&'a [u8], usize); 2] {
        [(self.base, 0), (self.tail, self.base.len())]
    }

    /// The piece that holds an offset, with the offset of its first octet.
    pub(crate) const fn piece(self, at: usize) -> (&'a [u8], usize) {
        let [base, tail] = self.pieces();
        if at >= tail.1 && !self.tail.is_empty() { tail } else { base }
    }

    /// The rest of the piece that holds an offset.
    pub(crate) fn from(self, at: usize) -> &'a [u8] {
        let (piece, origin) = self.piece(at);
        piece.get(at.saturating_sub(origin)..).unwrap_or_default()
    }

    /// A range inside one piece.
    pub(crate) fn get(self, range: Range<usize>) -> Option<&'a [u8]> {
        let (piece, origin) = self.piece(range.start);
        piece.get(range.start.checked_sub(origin)?..range.end.checked_sub(origin)?)
    }
}

impl<'a> From<&'a [u8]> for Octets<'a> {
    fn from(base: &'a [u8]) -> Self {
        Self { base, tail: &[], release: None }
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Octets<'a> {
    fn from(base: &'a [u8; N]) -> Self {
        Self { base, tail: &[], release: None }
    }
}

impl<'a> From<&'a Vec<u8>> for Octets<'a> {
    fn from(base: &'a Vec<u8>) -> Self {
        Self { base, tail: &[], release: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reading_runs_from_one_piece_into_the_other() {
        let mut source = Source::from(b"abc".to_vec());
        source.tail_mut().extend_from_slice(b"def");
        let octets = source.octets();
        assert_eq!((octets.from(1), octets.from(3), octets.from(9)), (&b"bc"[..], &b"def"[..], &b""[..]));
        assert_eq!((octets.get(1..3), octets.get(4..6)), (Some(&b"bc"[..]), Some(&b"ef"[..])));
        assert_eq!((octets.get(2..4), octets.get(5..7)), (None, None));
        let mut all = Vec::new();
        source.feed(1..5, &mut |piece| all.extend_from_slice(piece)).unwrap();
        assert_eq!(all, b"bcde");
    }
}
