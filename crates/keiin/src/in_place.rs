// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Changes in place: what is new is written into the file itself, and a note beside it knows how to take that back.
//!
//! The note is on the disk before the file is touched, and goes when the change is. Whatever stops a change in between, a
//! note is left, and the next change of that file takes the file back to what it was first. The note holds the octets that
//! give way and those that come, so that nothing is taken back that somebody else wrote.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use keiin_pki::digest::digest;
use serde::{Deserialize, Serialize};

use crate::{
    file::{self, FileError, PREFIX, folder_of, sync_folder},
    model::{Bytes, DigestAlgorithm},
};

/// How a note's name ends; between that and the beginning stands a digest of the file's name, so that it never is too long.
const SUFFIX: &str = ".undo";
/// Octets of a change. A larger one replaces the file: its note would cost more than is saved.
const MAX_CHANGE: u64 = 4 << 20;
/// Octets of a note: the largest change twice, in base64.
const MAX_NOTE: u64 = 4 * MAX_CHANGE;
/// Octets before the change by which the file is known again.
const BEFORE: u64 = 4_096;

/// What the last change in place left behind, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing was left.
    NothingLeft,
    /// The change was cut off. The file was taken back to what it was before, which had so many octets.
    TakenBack {
        /// Octets of the file as it was and is again.
        octets: u64,
    },
    /// The change had been made whole, and stays; only its note was left.
    Whole,
}

/// Whether a change of a file was cut off, so that an unfinished revision may stand behind the last one.
pub fn is_unfinished(path: &Path) -> bool {
    note_of(path).is_some_and(|note| is_there(&note))
}

/// Takes a file back to what it was before a change that was cut off.
///
/// # Errors
/// [`FileError::InUse`] while another process changes it, [`FileError::OtherNote`] when the file is not what the note left,
/// [`FileError::Write`] when it cannot be taken back now; the note then stays.
pub fn recover(path: &Path) -> Result<Recovery, FileError> {
    let Some(beside) = note_of(path).filter(|note| is_there(note)) else { return Ok(Recovery::NothingLeft) };
    let failed = |error| FileError::write(path, error);
    let mut file = open(path).map_err(failed)?;
    lock(&file, path)?;
    if !is_there(&beside) {
        return Ok(Recovery::NothingLeft); // whoever had the lock was done
    }
    let Some(note) = Note::read(&beside)? else {
        // It was cut off itself, so the file has not been touched.
        remove(&beside).map_err(failed)?;
        return Ok(Recovery::NothingLeft);
    };
    let other = || FileError::OtherNote { path: path.to_owned(), note: Box::new(beside.clone()) };
    if !is_of_owner(&beside, &file) || !note.is_before(&mut file).map_err(failed)? {
        return Err(other());
    }
    let found = note.found(&mut file).map_err(failed)?.ok_or_else(other)?;
    let recovery = if found == *note.new {
        file.sync_all().map_err(failed)?;
        Recovery::Whole
    } else {
        note.undo(&mut file).map_err(failed)?;
        Recovery::TakenBack { octets: note.octets }
    };
    remove(&beside).map_err(failed)?;
    Ok(recovery)
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is on the disk.
    Made,
    /// The file may not be written to, or too much would change. It has not been touched.
    NotHere,
}

/// Writes octets into a file from an offset on, where the file then ends. `check` says whether it still is the file that was
/// read.
pub(crate) fn change(
    path: &Path,
    at: u64,
    new: &[u8],
    check: &dyn Fn() -> Result<(), FileError>,
) -> Result<Change, FileError> {
    let failed = |error| FileError::write(path, error);
    let mut file = match open(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(Change::NotHere),
        opened => opened.map_err(failed)?,
    };
    lock(&file, path)?;
    check()?;
    let old = file.metadata().map_err(failed)?.len().saturating_sub(at);
    if old.max(u64::try_from(new.len()).unwrap_or(u64::MAX)) > MAX_CHANGE {
        return Ok(Change::NotHere);
    }
    let beside = note_of(path).ok_or_else(|| failed(io::ErrorKind::InvalidFilename.into()))?;
    let note = Note::new(&mut file, at, new).map_err(failed)?;
    note.write(&beside).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => FileError::InUse { path: path.to_owned() },
        _ => failed(error),
    })?;
    if let Err(error) = write_from(&mut file, at, new) {
        // As long as it cannot be taken back the note stays.
        return match note.undo(&mut file).and_then(|()| remove(&beside)) {
            Ok(()) => Err(failed(error)),
            Err(source) => Err(FileError::Unfinished { path: path.to_owned(), source }),
        };
    }
    // A note that stays costs the next change a look; what it is about is whole.
    drop(remove(&beside));
    Ok(Change::Made)
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// Until the file is closed. Where the file system has no locks, the note is one.
fn lock(file: &File, path: &Path) -> Result<(), FileError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(FileError::InUse { path: path.to_owned() }),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn write_from(file: &mut File, at: u64, octets: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.write_all(octets)?;
    let end = file.stream_position()?;
    if file.metadata()?.len() != end {
        file.set_len(end)?;
    }
    file.sync_all()
}

/// Where the note of a file is: beside the file itself, not beside a link to it.
fn note_of(path: &Path) -> Option<PathBuf> {
    let target = fs::canonicalize(path).ok()?;
    let name = digest(DigestAlgorithm::Sha256, target.file_name()?.as_encoded_bytes());
    let name: String = name.iter().take(16).map(|octet| format!("{octet:02x}")).collect();
    Some(folder_of(&target).join(format!("{PREFIX}{name}{SUFFIX}")))
}

fn is_there(note: &Path) -> bool {
    fs::symlink_metadata(note).is_ok_and(|found| found.is_file())
}

fn remove(note: &Path) -> io::Result<()> {
    fs::remove_file(note)?;
    sync_folder(folder_of(note));
    Ok(())
}

/// Others may put files beside this one; a note of theirs says nothing about it.
#[cfg(unix)]
fn is_of_owner(note: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let own = || tempfile::tempfile().and_then(|file| file.metadata()).map(|found| found.uid());
    let (Ok(note), Ok(file)) = (fs::symlink_metadata(note), file.metadata()) else { return false };
    note.uid() == file.uid() || own().is_ok_and(|own| own == note.uid())
}

#[cfg(not(unix))]
fn is_of_owner(_: &Path, _: &File) -> bool {
    true
}

/// How to take a change back.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    /// Where the change begins.
    at: u64,
    /// Octets of the file before it.
    octets: u64,
    /// SHA-256 of the last octets before `at`.
    before: Bytes,
    /// What stood from `at` on.
    old: Bytes,
    /// What stands there after the change.
    new: Bytes,
}

impl Note {
    fn new(file: &mut File, at: u64, new: &[u8]) -> io::Result<Self> {
        let (before, octets) = (before(file, at)?, file.metadata()?.len());
        let old = rest(file, at, MAX_CHANGE)?;
        Ok(Self { at, octets, before, old: old.into(), new: new.into() })
    }

    /// Writes it, and its digest behind it: one that is cut off is told from one that is whole.
    fn write(&self, path: &Path) -> io::Result<()> {
        let mut octets = serde_json::to_vec(self)?;
        let sum = digest(DigestAlgorithm::Sha256, &octets);
        octets.extend_from_slice(&sum);
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let written = file.write_all(&octets).and_then(|()| file.sync_all());
        if written.is_err() {
            drop(file);
            drop(remove(path));
        } else {
            sync_folder(folder_of(path));
        }
        written
    }

    /// `None` when it is not whole.
    fn read(path: &Path) -> Result<Option<Self>, FileError> {
        let octets = file::read(path, MAX_NOTE)?;
        let Some((json, sum)) = octets.split_last_chunk::<32>() else { return Ok(None) };
        if digest(DigestAlgorithm::Sha256, json) != sum {
            return Ok(None);
        }
        Ok(serde_json::from_slice(json).ok())
    }

    /// Whether what is before the change still is what was there.
    fn is_before(&self, file: &mut File) -> io::Result<bool> {
        let whole = self.at.checked_add(u64::try_from(self.old.len()).unwrap_or(u64::MAX));
        let fits = whole == Some(self.octets) && self.at <= file.metadata()?.len();
        Ok(fits && before(file, self.at)? == self.before)
    }

    /// What the file holds from `at` on, if nobody but this change can have left it so: each octet is the old one, the new
    /// one, or one that never reached the disk.
    fn found(&self, file: &mut File) -> io::Result<Option<Vec<u8>>> {
        let longest = self.old.len().max(self.new.len());
        let found = rest(file, self.at, u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1))?;
        let is_ours = found.iter().enumerate().all(|(index, octet)| {
            let (old, new) = (self.old.get(index), self.new.get(index));
            old == Some(octet) || new == Some(octet) || (old.is_none() && *octet == 0)
        });
        Ok((found.len() <= longest && is_ours).then_some(found))
    }

    fn undo(&self, file: &mut File) -> io::Result<()> {
        write_from(file, self.at, &self.old)
    }
}

/// The digest of the last octets before an offset.
fn before(file: &mut File, at: u64) -> io::Result<Bytes> {
    file.seek(SeekFrom::Start(at.saturating_sub(BEFORE)))?;
    let mut octets = Vec::new();
    file.take(at.min(BEFORE)).read_to_end(&mut octets)?;
    Ok(digest(DigestAlgorithm::Sha256, &octets).into())
}

/// What stands from an offset on, `most` octets at most.
fn rest(file: &mut File, at: u64, most: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut octets = Vec::new();
    file.take(most).read_to_end(&mut octets)?;
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[u8] = b"%PDF-1.7 what was there <000000> and its end";
    const NEW: &[u8] = b"<C0FFEE> and its end, and a revision behind it";

    struct Case {
        folder: tempfile::TempDir,
        path: PathBuf,
    }

    impl Case {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("走査.pdf");
            fs::write(&path, OLD).unwrap();
            Self { folder, path }
        }

        /// A change from `at` on that stopped when the note was on the disk.
        fn begun(at: u64, new: &[u8]) -> Self {
            let case = Self::new();
            let note = Note::new(&mut open(&case.path).unwrap(), at, new).unwrap();
            note.write(&note_of(&case.path).unwrap()).unwrap();
            assert!(is_unfinished(&case.path));
            case
        }

        fn files(&self) -> usize {
            fs::read_dir(self.folder.path()).unwrap().count()
        }
    }

    fn whole(at: usize, new: &[u8]) -> Vec<u8> {
        [&OLD[..at], new].concat()
    }

    #[test]
    fn a_change_is_made_and_leaves_no_note() {
        for (at, new) in [(OLD.len(), NEW), (24, NEW), (0, b"shorter".as_slice())] {
            let case = Case::new();
            let made = change(&case.path, at as u64, new, &|| Ok(())).unwrap();
            assert_eq!((made, case.files()), (Change::Made, 1));
            assert_eq!(fs::read(&case.path).unwrap(), whole(at, new));
            assert_eq!(recover(&case.path).unwrap(), Recovery::NothingLeft);
        }
    }

    #[test]
    fn a_change_that_is_cut_off_anywhere_is_taken_back() {
        for at in [OLD.len(), 24] {
            for cut in 0..=NEW.len() {
                let case = Case::begun(at as u64, NEW);
                let mut file = open(&case.path).unwrap();
                file.seek(SeekFrom::Start(at as u64)).unwrap();
                file.write_all(&NEW[..cut]).unwrap();
                drop(file);
                let recovery = recover(&case.path).unwrap();
                let found = fs::read(&case.path).unwrap();
                if cut == NEW.len() {
                    assert_eq!((recovery, found), (Recovery::Whole, whole(at, NEW)));
                } else {
                    let octets = OLD.len() as u64;
                    assert_eq!(
                        (recovery, found.as_slice()),
                        (Recovery::TakenBack { octets }, OLD),
                        "{at} {cut}"
                    );
                }
                assert_eq!(case.files(), 1);
                assert!(!is_unfinished(&case.path));
            }
        }
    }

    #[test]
    fn octets_that_never_reached_the_disk_are_taken_back_too() {
        let case = Case::begun(OLD.len() as u64, NEW);
        fs::write(&case.path, [OLD, &[0; 20], &NEW[20..30]].concat()).unwrap();
        assert!(matches!(recover(&case.path).unwrap(), Recovery::TakenBack { .. }));
        assert_eq!(fs::read(&case.path).unwrap(), OLD);
    }

    #[test]
    fn what_somebody_else_wrote_is_never_taken_back() {
        let begun = || Case::begun(OLD.len() as u64, NEW);
        for theirs in [
            [OLD, b"another revision"].concat(),
            [OLD, NEW, b"another revision"].concat(),
            [OLD, &NEW[..9], b"another"].concat(),
            OLD[..OLD.len() - 1].to_vec(),
            b"%PDF-1.7 quite another file, and it is longer than the one that was there before".to_vec(),
        ] {
            let case = begun();
            fs::write(&case.path, &theirs).unwrap();
            assert!(matches!(recover(&case.path), Err(FileError::OtherNote { .. })));
            assert_eq!(fs::read(&case.path).unwrap(), theirs);
            let again = change(&case.path, 0, NEW, &|| Ok(()));
            assert!(matches!(again, Err(FileError::InUse { .. })), "over a note nothing is changed");
        }
    }

    #[test]
    fn a_note_that_was_cut_off_itself_says_nothing() {
        let case = Case::begun(24, NEW);
        let beside = note_of(&case.path).unwrap();
        let note = fs::read(&beside).unwrap();
        for cut in 0..note.len() {
            fs::write(&beside, &note[..cut]).unwrap();
            assert_eq!(recover(&case.path).unwrap(), Recovery::NothingLeft);
            assert_eq!((fs::read(&case.path).unwrap().as_slice(), case.files()), (OLD, 1));
        }
    }

    #[test]
    fn of_two_that_change_one_file_the_later_waits_for_nobody() {
        let case = Case::begun(24, NEW);
        let first = open(&case.path).unwrap();
        first.lock().unwrap();
        assert!(matches!(recover(&case.path), Err(FileError::InUse { .. })));
        assert!(matches!(change(&case.path, 24, NEW, &|| Ok(())), Err(FileError::InUse { .. })));
        assert_eq!(fs::read(&case.path).unwrap(), OLD);
    }

    #[test]
    fn a_change_of_almost_all_is_none_in_place() {
        let case = Case::new();
        let new = vec![b'x'; usize::try_from(MAX_CHANGE + 1).unwrap()];
        assert_eq!(change(&case.path, 24, &new, &|| Ok(())).unwrap(), Change::NotHere);
        let large = [OLD, &new].concat();
        fs::write(&case.path, &large).unwrap();
        assert_eq!(change(&case.path, 24, NEW, &|| Ok(())).unwrap(), Change::NotHere);
        assert_eq!((fs::read(&case.path).unwrap() == large, case.files()), (true, 1));
    }

    #[test]
    fn what_was_changed_meanwhile_is_left() {
        let case = Case::new();
        let changed = || Err(FileError::Changed { path: case.path.clone() });
        assert!(matches!(change(&case.path, 24, NEW, &changed), Err(FileError::Changed { .. })));
        assert_eq!((fs::read(&case.path).unwrap().as_slice(), case.files()), (OLD, 1));
    }
}
