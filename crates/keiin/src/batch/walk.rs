// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The files of a folder and its sub-folders, one after another in the order of their names.

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
    vec,
};

use super::{MAX_DEPTH, MAX_FILES, STATE_FOLDER};
use crate::FileError;

/// One thing that was found, by its path from the folder on.
pub(super) enum Found {
    /// A file.
    File(PathBuf),
    /// Something that is not signed.
    Skipped(PathBuf, Skipped),
    /// A folder that cannot be read, or an entry of it.
    Unreadable(PathBuf, FileError),
}

/// Why something in the folder is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skipped {
    /// A symbolic link: what it leads to may be anywhere, so it is not followed.
    SymbolicLink,
    /// A device, a pipe or a socket.
    Special,
    /// Its name begins with a dot: what programs keep for themselves.
    Hidden,
    /// It lies in more folders inside each other than [`MAX_DEPTH`].
    TooDeep,
}

/// A walk under way. Of each folder on the way down the names are held, and nothing else.
pub(super) struct Walk<'a> {
    root: &'a Path,
    /// Not entered: the results.
    without: &'a Path,
    stack: Vec<Folder>,
    left: u64,
}

struct Folder {
    relative: PathBuf,
    names: vec::IntoIter<OsString>,
}

impl<'a> Walk<'a> {
    /// `root` and `without` are canonical.
    pub(super) fn new(root: &'a Path, without: &'a Path) -> Result<Self, FileError> {
        let first = Folder { relative: PathBuf::new(), names: names(root)? };
        Ok(Self { root, without, stack: vec![first], left: MAX_FILES })
    }

    fn look(&mut self, relative: PathBuf, name: &OsStr) -> Option<Found> {
        let path = self.root.join(&relative);
        if path == self.without || name == STATE_FOLDER {
            return None;
        }
        let kind = match fs::symlink_metadata(&path) {
            Ok(found) => found.file_type(),
            // It was there a moment ago: another program took it away.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(source) => return Some(Found::Unreadable(relative, FileError::Read { path, source })),
        };
        if kind.is_symlink() {
            return Some(Found::Skipped(relative, Skipped::SymbolicLink));
        }
        if name.as_encoded_bytes().first() == Some(&b'.') {
            return Some(Found::Skipped(relative, Skipped::Hidden));
        }
        if kind.is_dir() {
            return self.enter(relative, &path);
        }
        let found =
            if kind.is_file() { Found::File(relative) } else { Found::Skipped(relative, Skipped::Special) };
        Some(found)
    }

    fn enter(&mut self, relative: PathBuf, path: &Path) -> Option<Found> {
        if self.stack.len() > MAX_DEPTH {
            return Some(Found::Skipped(relative, Skipped::TooDeep));
        }
        match names(path) {
            Ok(names) => {
                self.stack.push(Folder { relative, names });
                None
            }
            Err(error) => Some(Found::Unreadable(relative, error)),
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Found, TooManyFiles>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let folder = self.stack.last_mut()?;
            let Some(name) = folder.names.next() else {
                self.stack.pop();
                continue;
            };
            let Some(left) = self.left.checked_sub(1) else {
                self.stack.clear();
                return Some(Err(TooManyFiles));
            };
            self.left = left;
            let relative = folder.relative.join(&name);
            if let Some(found) = self.look(relative, &name) {
                return Some(Ok(found));
            }
        }
    }
}

/// There are more than [`MAX_FILES`].
pub(super) struct TooManyFiles;

/// The names in a folder, in order.
fn names(folder: &Path) -> Result<vec::IntoIter<OsString>, FileError> {
    let failed = |source| FileError::Read { path: folder.to_owned(), source };
    let most = usize::try_from(MAX_FILES).unwrap_or(usize::MAX).saturating_add(1);
    let entries = fs::read_dir(folder).map_err(failed)?;
    let names: io::Result<Vec<_>> = entries.take(most).map(|entry| entry.map(|e| e.file_name())).collect();
    let mut names = names.map_err(failed)?;
    names.sort_unstable();
    Ok(names.into_iter())
}
