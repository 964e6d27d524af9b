// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a batch has done, a line a result, on the disk before the next file is begun.

use std::{
    collections::HashMap,
    fs::{File, Metadata, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Component, Path},
    time::UNIX_EPOCH,
};

use keiin_pki::digest::digest;

use crate::{
    FileError, Level,
    model::{DigestAlgorithm, ObjectId},
};

const HEADER: &str = "keiin-batch\t1\n";
/// Octets of a line: what precedes the path, and a path with every octet escaped.
const MAX_LINE: u64 = 64 << 10;

/// A file by its path from the folder on. Paths of any encoding have one, and all are of one size.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 16]);

impl Key {
    pub(super) fn of(relative: &Path) -> Self {
        let mut octets = Vec::new();
        for part in relative.components() {
            if let Component::Normal(name) = part {
                octets.extend_from_slice(name.as_encoded_bytes());
                octets.push(b'/');
            }
        }
        let digest = digest(DigestAlgorithm::Sha256, &octets);
        Self(digest.first_chunk().copied().unwrap_or_default())
    }

    /// As 32 hexadecimal digits: a file's name too.
    pub(super) fn text(self) -> String {
        self.0.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    fn read(text: &str) -> Option<Self> {
        let is_key = text.len() == 32 && text.bytes().all(|octet| octet.is_ascii_hexdigit());
        u128::from_str_radix(text, 16).ok().filter(|_| is_key).map(|key| Self(key.to_be_bytes()))
    }
}

/// What a file looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) octets: u64,
    /// Nanoseconds from 1970 on; 0 where the file system does not say.
    modified: u128,
}

impl Look {
    pub(super) fn of(found: &Metadata) -> Self {
        let modified = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self { octets: found.len(), modified: modified.map_or(0, |since| since.as_nanos()) }
    }
}

/// A result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) level: Level,
    /// The signed file when it was signed.
    pub(super) look: Look,
    /// Its SHA-256.
    pub(super) content: ObjectId,
    /// The SHA-256 of the signer's certificate.
    pub(super) certificate: ObjectId,
}

/// The journal. A line that was cut off by a power failure counts as none: its result is recognised by what it is.
pub(super) struct Journal {
    file: File,
    entries: HashMap<Key, Entry>,
}

impl Journal {
    /// Reads a journal, or begins one.
    ///
    /// # Errors
    /// `InvalidData` for a file that is no journal of this version.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        let mut journal = Self { file, entries: HashMap::new() };
        let whole = journal.read()?;
        journal.file.set_len(whole)?;
        journal.file.seek(SeekFrom::Start(whole))?;
        if whole == 0 {
            journal.file.write_all(HEADER.as_bytes())?;
            journal.file.sync_all()?;
        }
        Ok(journal)
    }

    /// Reads the lines and gives the octets of those that are whole.
    fn read(&mut self) -> io::Result<u64> {
        let mut reader = BufReader::new(&self.file);
        let (mut whole, mut line) = (0u64, Vec::new());
        loop {
            line.clear();
            let octets = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
            if line.last() != Some(&b'\n') {
                // The header itself is shorter than any disk's block: a part of it is a file that was just begun.
                let begun = whole > 0 || HEADER.as_bytes().starts_with(&line);
                return if begun { Ok(whole) } else { Err(io::ErrorKind::InvalidData.into()) };
            }
            if whole == 0 && line != HEADER.as_bytes() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            whole = whole.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
            if let Some((key, entry)) = std::str::from_utf8(&line).ok().and_then(parse) {
                self.entries.insert(key, entry);
            }
        }
    }

    pub(super) fn entry(&self, key: Key) -> Option<&Entry> {
        self.entries.get(&key)
    }

    /// Adds a line; when this returns it is on the disk.
    pub(super) fn record(&mut self, path: &Path, relative: &Path, entry: Entry) -> Result<(), FileError> {
        let key = Key::of(relative);
        let line = format!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            key.text(),
            entry.level,
            entry.look.octets,
            entry.look.modified,
            entry.content,
            entry.certificate,
            // For people; the key is what counts.
            relative.display().to_string().escape_debug(),
        );
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| FileError::write(path, error))?;
        self.entries.insert(key, entry);
        Ok(())
    }
}

fn parse(line: &str) -> Option<(Key, Entry)> {
    let mut fields = line.strip_suffix('\n')?.split('\t');
    let mut next = || fields.next();
    let key = Key::read(next()?)?;
    let level = next()?.parse().ok()?;
    let look = Look { octets: next()?.parse().ok()?, modified: next()?.parse().ok()? };
    let entry = Entry {
        level,
        look,
        content: ObjectId::from_hex(next()?)?,
        certificate: ObjectId::from_hex(next()?)?,
    };
    Some((key, entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(level: Level) -> Entry {
        let id = |octet| ObjectId::from_sha256([octet; 32]);
        Entry { level, look: Look { octets: 7, modified: 9 }, content: id(1), certificate: id(2) }
    }

    #[test]
    fn a_journal_is_read_again_and_a_torn_line_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        journal.record(&path, Path::new("外来/紹介\t状\n.pdf"), entry(Level::Bes)).unwrap();
        journal.record(&path, Path::new("b"), entry(Level::Bes)).unwrap();
        journal.record(&path, Path::new("b"), entry(Level::A)).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(whole.iter().filter(|octet| **octet == b'\n').count(), 4);
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let mut journal = Journal::open(&path).unwrap();
            let lines = whole[..cut].iter().filter(|octet| **octet == b'\n').count();
            assert_eq!(journal.entries.len(), lines.saturating_sub(1).min(2), "{cut}");
            journal.record(&path, Path::new("c"), entry(Level::T)).unwrap();
            drop(journal);
            assert_eq!(
                Journal::open(&path).unwrap().entry(Key::of(Path::new("c"))),
                Some(&entry(Level::T)),
                "{cut}"
            );
        }
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(Journal::open(&path).unwrap().entry(Key::of(Path::new("b"))), Some(&entry(Level::A)));
    }

    #[test]
    fn what_is_no_journal_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        for octets in [&b"a letter"[..], b"keiin-batch\t2\n", b"\n"] {
            std::fs::write(&path, octets).unwrap();
            assert!(Journal::open(&path).is_err());
            assert_eq!(std::fs::read(&path).unwrap(), octets);
        }
    }

    #[test]
    fn a_key_is_of_the_whole_path() {
        let keys = ["a/b", "ab", "a", "b/a"].map(|path| Key::of(Path::new(path)).text());
        assert!((0..keys.len()).all(|i| !keys[i + 1..].contains(&keys[i])));
        assert!(Key::read(&keys[0]) == Some(Key::of(Path::new("a/b"))));
        assert!(Key::read("+123456789012345678901234567890ab").is_none());
    }
}
