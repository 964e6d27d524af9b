// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Files: read within limits, and written whole or not at all.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

/// Octets of a container that is read into memory. Detached content is streamed and has no limit.
pub const MAX_CONTAINER: u64 = 1 << 30;
/// How a temporary file's name begins, should one be left by a power cut.
pub(crate) const PREFIX: &str = ".keiin-";

/// What went wrong with a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// There is no such file.
    #[error("{}: no such file", path.display())]
    Missing {
        /// Which.
        path: PathBuf,
    },
    /// A directory stands where a file belongs.
    #[error("{}: this is a directory, and a file is needed", path.display())]
    Directory {
        /// Which.
        path: PathBuf,
    },
    /// A device, a pipe or a socket stands where a file belongs: reading one may never end, and replacing one breaks a machine.
    #[error("{}: this is a device, a pipe or a socket, and a file is needed", path.display())]
    Special {
        /// Which.
        path: PathBuf,
    },
    /// The folder of a file that is to be written does not exist.
    #[error("{}: there is no such folder", path.display())]
    NoFolder {
        /// Which folder.
        path: PathBuf,
    },
    /// It is no longer the file that was read: another program changed it meanwhile.
    #[error("{}: another program changed this file meanwhile; nothing was written", path.display())]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// Another process changes it at this moment.
    #[error("{}: another process is changing this file; nothing was written", path.display())]
    InUse {
        /// Which.
        path: PathBuf,
    },
    /// A change in place failed, and could not be taken back. The note beside the file stays, and the next change of it
    /// begins by taking it back.
    #[error("{}: the change could not be finished, nor taken back yet: {source}", path.display())]
    Unfinished {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The note of a change that was cut off is not about the file as it is now.
    #[error("{}: a change of this file was cut off, and another program wrote to it since ({})", path.display(), note.display())]
    OtherNote {
        /// Which.
        path: PathBuf,
        /// The note, in a box so that other errors stay small.
        note: Box<PathBuf>,
    },
    /// The file is larger than it may be.
    #[error("{}: larger than {limit} octets", path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// There is no room for it; what stood there before still does.
    #[error("{}: the disk is full; nothing was changed", path.display())]
    DiskFull {
        /// Which.
        path: PathBuf,
    },
    /// A file is there already and may not be replaced.
    #[error("{}: this file exists already", path.display())]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It cannot be written; what stood there before still does.
    #[error("{}: cannot be written: {source}; nothing was changed", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl FileError {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::IsADirectory => Self::Directory { path },
            _ => Self::Read { path, source },
        }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull { path }
            }
            io::ErrorKind::IsADirectory => Self::Directory { path },
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            // The message of a temporary file names that file, which says nothing to anybody.
            kind if source.raw_os_error().is_none() && kind != io::ErrorKind::Other => {
                Self::Write { path, source: kind.into() }
            }
            _ => Self::Write { path, source },
        }
    }
}

/// Opens a file; a directory is an error by name, on Windows too, where opening one is "access denied". What is no file is
/// not even opened: opening a pipe waits for a writer.
///
/// # Errors
/// [`FileError::Missing`], [`FileError::Directory`], [`FileError::Special`], [`FileError::Read`].
pub fn open(path: &Path) -> Result<File, FileError> {
    let kind = fs::metadata(path).map_err(|error| FileError::read(path, error))?;
    if kind.is_dir() {
        return Err(FileError::Directory { path: path.to_owned() });
    }
    if !kind.is_file() {
        return Err(FileError::Special { path: path.to_owned() });
    }
    File::open(path).map_err(|error| FileError::read(path, error))
}

/// Reads a whole file of at most `limit` octets. A file that is known to be larger is not begun; the limit holds for what
/// is read all the same, whatever the directory says.
///
/// # Errors
/// As [`open`], and [`FileError::TooLarge`].
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let file = open(path)?;
    let expected = file.metadata().map_or(0, |m| m.len());
    if expected > limit {
        return Err(FileError::TooLarge { path: path.to_owned(), limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| FileError::read(path, e))?;
    match u64::try_from(bytes.len()) {
        Ok(len) if len <= limit => Ok(bytes),
        _ => Err(FileError::TooLarge { path: path.to_owned(), limit }),
    }
}

/// What to do when a file of that name is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and the new one is not written.
    #[default]
    Keep,
    /// The new one takes its place in one step.
    Replace,
}

/// Whether a file can be written there, as far as that is known without writing: its folder exists, and neither a directory
/// nor a device, a pipe or a socket stands in its place. What costs a PIN or a time-stamp is not begun before.
///
/// # Errors
/// [`FileError::Directory`], [`FileError::Special`], [`FileError::NoFolder`], [`FileError::Exists`], and
/// [`FileError::Write`] for a symbolic link that leads nowhere.
pub fn check_place(path: &Path, existing: Existing) -> Result<(), FileError> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => return Err(FileError::Directory { path: path.to_owned() }),
        Ok(there) if !there.is_file() => return Err(FileError::Special { path: path.to_owned() }),
        Ok(_) if existing == Existing::Keep => return Err(FileError::Exists { path: path.to_owned() }),
        Err(error) if path.is_symlink() => return Err(FileError::write(path, error)),
        _ => {}
    }
    let folder = folder_of(path);
    if folder.is_dir() { Ok(()) } else { Err(FileError::NoFolder { path: folder.to_owned() }) }
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes a file so that it appears whole or not at all: a temporary file in the same folder, flushed to the disk, then
/// renamed. Whatever happens before the rename, an old file of that name stays as it was.
///
/// # Errors
/// As [`check_place`], and [`FileError::DiskFull`], [`FileError::Write`].
pub fn write(path: &Path, bytes: &[u8], existing: Existing) -> Result<(), FileError> {
    write_pieces(path, &[bytes], existing)
}

/// Writes pieces that follow each other as [`write()`] does.
///
/// # Errors
/// As [`write()`].
pub fn write_pieces(path: &Path, pieces: &[&[u8]], existing: Existing) -> Result<(), FileError> {
    write_with(path, existing, &mut |file| pieces.iter().try_for_each(|piece| file.write_all(piece)))
}

/// Writes the first `len` octets of another file and what follows them, as [`write()`] does. The system copies, where it can
/// without moving the octets.
///
/// # Errors
/// As [`write()`], and [`FileError::Changed`] when the other file has become shorter.
pub fn write_behind(
    path: &Path,
    base: &Path,
    len: usize,
    tail: &[u8],
    existing: Existing,
) -> Result<(), FileError> {
    let len = u64::try_from(len).unwrap_or(u64::MAX);
    let other = open(base)?;
    let mut short = false;
    let written = write_with(path, existing, &mut |file| {
        short = io::copy(&mut (&other).take(len), file)? != len;
        if short { Err(io::ErrorKind::UnexpectedEof.into()) } else { file.write_all(tail) }
    });
    if short { Err(FileError::Changed { path: base.to_owned() }) } else { written }
}

fn write_with(
    path: &Path,
    existing: Existing,
    fill: &mut dyn FnMut(&mut File) -> io::Result<()>,
) -> Result<(), FileError> {
    let failed = |error| FileError::write(path, error);
    check_place(path, existing)?;
    // Through a symbolic link the file that it points to is replaced, not the link.
    let target = if path.is_symlink() { fs::canonicalize(path).map_err(failed)? } else { path.to_owned() };
    let folder = folder_of(&target);
    let mut temporary = temporary(folder, &target).map_err(failed)?;
    fill(temporary.as_file_mut()).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    match existing {
        Existing::Replace => temporary.persist(&target),
        Existing::Keep => temporary.persist_noclobber(&target),
    }
    .map_err(|error| failed(error.error))?;
    sync_folder(folder);
    Ok(())
}

/// A temporary file that has the permissions of the one it will replace, or those of any new file.
#[cfg(unix)]
fn temporary(folder: &Path, target: &Path) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    let file = tempfile::Builder::new()
        .prefix(PREFIX)
        .permissions(fs::Permissions::from_mode(0o666)) // less what the process's mask takes away
        .tempfile_in(folder)?;
    if let Ok(old) = fs::metadata(target) {
        file.as_file().set_permissions(old.permissions())?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn temporary(folder: &Path, _: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)
}

/// The rename itself reaches the disk with the folder. Some file systems cannot do that; the file is whole all the same.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        drop(folder.sync_all());
    }
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_and_replaces_only_when_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("記録.p7s");
        write(&path, b"one", Existing::Keep).unwrap();
        assert!(matches!(write(&path, b"two", Existing::Keep), Err(FileError::Exists { .. })));
        assert_eq!(read(&path, 3).unwrap(), b"one");
        write(&path, b"three", Existing::Replace).unwrap();
        assert!(matches!(read(&path, 3), Err(FileError::TooLarge { limit: 3, .. })));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn directories_and_missing_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read(folder.path(), 9), Err(FileError::Directory { .. })));
        assert!(matches!(write(folder.path(), b"", Existing::Replace), Err(FileError::Directory { .. })));
        let missing = folder.path().join("none");
        assert!(matches!(read(&missing, 9), Err(FileError::Missing { .. })));
        assert!(matches!(write(&missing.join("x"), b"", Existing::Keep), Err(FileError::NoFolder { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_neither_read_nor_replaced() {
        let zero = Path::new("/dev/zero");
        assert!(matches!(read(zero, 9), Err(FileError::Special { .. })));
        assert!(matches!(check_place(zero, Existing::Replace), Err(FileError::Special { .. })));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_leaves_the_old_file() {
        assert!(matches!(
            FileError::write(
                Path::new("x"),
                File::options().write(true).open("/dev/full").unwrap().write_all(b"x").unwrap_err()
            ),
            FileError::DiskFull { .. }
        ));
    }
}
