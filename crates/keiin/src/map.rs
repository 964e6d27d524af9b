// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Large PDFs in place: their structure is looked at through a memory map, their octets are hashed through a buffer.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use keiin_pades::{Source, Unread};

use crate::{
    file::{self, FileError},
    recognise::FileKind,
};

/// Octets from which a PDF is mapped. A smaller one is read: that is as fast, and nobody can change it underneath.
#[cfg(not(windows))]
const MAP_FROM: u64 = 8 << 20;
/// Windows does not replace a file that somebody has mapped, so there only what cannot be read whole is.
#[cfg(windows)]
const MAP_FROM: u64 = file::MAX_CONTAINER;
/// Octets that tell a PDF (ISO 32000-1, annex H, implementation note 13).
const HEAD: u64 = 1024;
/// Octets that are hashed at once: they stay in the second-level cache between the copy and the digest.
const BUFFER: usize = 1 << 17;

/// A file whose octets were left where they are, and what it looked like.
#[derive(Clone, Debug)]
pub(crate) struct Mapped {
    path: PathBuf,
    look: (u64, Option<SystemTime>),
}

impl Mapped {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it still is the file that was read, as far as that shows without reading it again.
    pub(crate) fn check(&self) -> Result<(), FileError> {
        let found = std::fs::metadata(&self.path).ok().map(|found| (found.len(), found.modified().ok()));
        if found == Some(self.look) { Ok(()) } else { Err(FileError::Changed { path: self.path.clone() }) }
    }
}

/// A PDF that is large enough to be left where it is; `None` for everything else.
pub(crate) fn large_pdf(path: &Path) -> Result<Option<(Source, Mapped)>, FileError> {
    let mut file = file::open(path)?;
    let unreadable = |source| FileError::Read { path: path.to_owned(), source };
    let found = file.metadata().map_err(unreadable)?;
    if found.len() < MAP_FROM {
        return Ok(None);
    }
    let mapped = Mapped { path: path.to_owned(), look: (found.len(), found.modified().ok()) };
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
    if FileKind::of(&head) != FileKind::Pdf {
        return Ok(None);
    }
    source(file).map(|source| Some((source, mapped))).map_err(unreadable)
}

fn source(file: File) -> io::Result<Source> {
    let map = Arc::new(map(&file)?);
    let file = Mutex::new(file);
    let stream = move |range: Range<usize>, sink: &mut dyn FnMut(&[u8])| {
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        read(&mut file, range, sink).map_err(|_| Unread)
    };
    let held = Arc::clone(&map);
    let release = move || release(&held);
    Ok(Source::shared(Arc::new(Shared(map)), Some(Arc::new(stream))).releasing(Arc::new(release)))
}

struct Shared(Arc<memmap2::Mmap>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Touched pages count as this process's memory until they are given back.
#[cfg(unix)]
#[allow(unsafe_code)]
fn release(map: &memmap2::Mmap) {
    // SAFETY: the map is of a file and read-only, so pages that are given back hold nothing of ours: the next access finds
    // the same octets in the file. A refusal changes nothing.
    drop(unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) });
}

#[cfg(not(unix))]
fn release(_: &memmap2::Mmap) {}

/// With `release` the only `unsafe` of the library.
#[allow(unsafe_code)]
fn map(file: &File) -> io::Result<memmap2::Mmap> {
    // SAFETY: the map is read-only and private to this process. What the compiler may not assume is that the octets stay:
    // another program can write to the file meanwhile. Everything that is read from the map is parsed as untrusted octets
    // with every range checked at each access, so changed octets give another parse, never a wild read; a verdict rests on
    // the digest, which is made of what the file held when it was read. A file that is cut short meanwhile stops the
    // process (SIGBUS), which loses no data: output goes to a temporary file first.
    unsafe { memmap2::MmapOptions::new().map(file) }
}

fn read(file: &mut File, range: Range<usize>, sink: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let start = u64::try_from(range.start).map_err(io::Error::other)?;
    file.seek(SeekFrom::Start(start))?;
    let mut buffer = vec![0; BUFFER.min(range.len())];
    let mut left = range.len();
    while left > 0 {
        let room = buffer.get_mut(..left.min(BUFFER)).unwrap_or_default();
        let octets = match file.read(room) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(octets) => octets,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        sink(buffer.get(..octets).unwrap_or_default());
        left = left.saturating_sub(octets);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_large_pdf_is_mapped_and_a_range_is_streamed_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("走査.pdf");
        std::fs::write(&path, b"%PDF-1.7\n").unwrap();
        assert!(large_pdf(&path).unwrap().is_none());
        let mut octets = b"%PDF-1.7\n".to_vec();
        octets.resize(9 << 20, b' ');
        octets.extend_from_slice(b"%%EOF");
        std::fs::write(&path, &octets).unwrap();
        let (found, mapped) = large_pdf(&path).unwrap().unwrap();
        mapped.check().unwrap();
        assert_eq!(found.base(), octets);
        let mut file = File::open(&path).unwrap();
        let mut read_back = Vec::new();
        read(&mut file, 3..octets.len(), &mut |piece| read_back.extend_from_slice(piece)).unwrap();
        assert_eq!(read_back, octets[3..]);
        assert!(read(&mut file, 0..octets.len() + 1, &mut |_| ()).is_err());
        octets[0] = b'x';
        octets.push(b'\n');
        std::fs::write(&path, &octets).unwrap();
        assert!(matches!(mapped.check(), Err(FileError::Changed { .. })));
        assert!(large_pdf(&path).unwrap().is_none());
    }
}
