// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signing a folder of files with one key, so that it can be broken off at any moment and gone on with.
//!
//! The results stand in a second folder under the same names. Each appears by a rename, so one that is there is whole. What
//! was done stands in a journal beside them (`.keiin-batch/journal`), on the disk before the next file is begun. A signature
//! that still waits for its time-stamp is kept there too: whatever ends the run, the card does not sign that file again.

mod item;
mod journal;
mod source;
mod stop;
mod walk;

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use item::{Item, Run};
use journal::Journal;
use keiin_pades::PadesIntent;
pub use walk::Skipped;
use walk::{Found, Walk};

use crate::{
    Error, FileError, Level, Signing,
    model::{Signer, Time},
    setup::Setup,
};

/// Files and folders of one batch.
pub const MAX_FILES: u64 = 1_000_000;
/// Folders inside each other.
pub const MAX_DEPTH: usize = 64;
/// What a batch keeps in the folder of its results.
const STATE_FOLDER: &str = ".keiin-batch";

/// A batch under way: two folders, and nobody else at work in the second one.
pub struct Batch {
    input: PathBuf,
    output: PathBuf,
    state: PathBuf,
    journal: Journal,
    /// The lock goes with the handle, also when the process dies.
    _lock: File,
}

/// Which files are signed, by their path from the folder on.
pub type Wanted<'a> = &'a dyn Fn(&Path) -> bool;

/// How the files are signed.
#[derive(Clone, Copy)]
pub struct Plan<'p> {
    /// As one file would be.
    pub signing: &'p Signing,
    /// Where the signature of a PDF goes.
    pub pdfs: Pdfs<'p>,
}

/// Where the signature of a PDF goes.
#[derive(Clone, Copy, Default)]
pub enum Pdfs<'p> {
    /// Into the PDF, as the one asked chooses for the time of signing.
    Inside(&'p dyn Fn(Time) -> PadesIntent),
    /// Into the PDF, unseen.
    #[default]
    Unseen,
    /// Into a file beside it, as for any other file.
    Beside,
}

impl<'p> Plan<'p> {
    /// PDFs get an unseen signature inside, other files one beside them.
    pub const fn new(signing: &'p Signing) -> Self {
        Self { signing, pdfs: Pdfs::Unseen }
    }
}

/// What a batch tells on its way.
#[derive(Debug)]
#[non_exhaustive]
pub enum Told<'a> {
    /// A file is begun.
    Began {
        /// Its path from the folder on.
        file: &'a Path,
        /// Its size.
        octets: u64,
    },
    /// So many octets of it have been read.
    Read(u64),
    /// What became of a file.
    Ended(&'a Line),
}

/// What became of one file.
#[derive(Debug)]
pub struct Line {
    /// Its path from the folder on.
    pub file: PathBuf,
    /// Where its result is, from the folder of the results on.
    pub result: Option<PathBuf>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a file.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It was signed.
    Signed {
        /// How far its signature has come.
        level: Level,
        /// Why not as far as asked.
        open: Option<Error>,
    },
    /// An earlier result was carried further.
    Extended {
        /// How far its signature has come.
        level: Level,
        /// Why not as far as asked.
        open: Option<Error>,
    },
    /// Its result was there.
    Already {
        /// How far its signature has come.
        level: Level,
        /// Whether that is by the same certificate.
        by: SignedBy,
    },
    /// Its result is there, but the file has been changed since: the result is of what it was.
    Changed,
    /// It is not signed.
    Skipped(Skipped),
    /// It could not be signed.
    Failed(Error),
}

/// Whose result is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// The signer's of this run.
    SameCertificate,
    /// Another's: a colleague's, or the signer's before a renewal.
    OtherCertificate,
}

/// How many files came to what.
#[derive(Debug, Default)]
pub struct Summary {
    /// Signed, or carried further, as far as asked.
    pub done: u64,
    /// Signed, but not as far as asked.
    pub open: u64,
    /// Done before.
    pub already: u64,
    /// Changed since they were signed.
    pub changed: u64,
    /// Not to be signed.
    pub skipped: u64,
    /// Not signed.
    pub failed: u64,
    /// What ended the batch before its last file: the card, the TSA, the disk. What was done stays, and another run goes on.
    pub stopped: Option<Error>,
}

/// Why a batch cannot be begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// Results would be taken for files to sign.
    #[error("{}: the results need a folder of their own", path.display())]
    SameFolder {
        /// Which.
        path: PathBuf,
    },
    /// A file stands where a folder belongs.
    #[error("{}: this is not a folder", path.display())]
    NotAFolder {
        /// Which.
        path: PathBuf,
    },
    /// Another batch writes its results there.
    #[error("{}: another batch is at work in this folder", path.display())]
    Busy {
        /// Which.
        path: PathBuf,
    },
    /// The journal is not one.
    #[error("{}: not the journal of a batch", path.display())]
    Journal {
        /// Which.
        path: PathBuf,
    },
    /// There are too many files.
    #[error("{}: more than {limit} files", path.display())]
    TooManyFiles {
        /// Where.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
}

impl Batch {
    /// Opens both folders, reads what was done, and removes what a killed run left half-done. The folder for the results is
    /// made when it is not there.
    ///
    /// # Errors
    /// [`Error::Batch`], [`Error::File`]. Nothing was changed.
    pub fn open(input: &Path, output: &Path) -> Result<Self, Error> {
        let input = folder(input)?;
        match fs::create_dir(output) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let missing = output.parent().unwrap_or(output).to_owned();
                return Err(FileError::NoFolder { path: missing }.into());
            }
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(FileError::write(output, error).into());
            }
            _ => {}
        }
        let output = folder(output)?;
        if input == output {
            return Err(BatchError::SameFolder { path: output }.into());
        }
        let state = output.join(STATE_FOLDER);
        item::make_folder(&state)?;
        let lock = lock(&state.join("lock"), &output)?;
        let path = state.join("journal");
        let journal = Journal::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => Error::from(BatchError::Journal { path }),
            _ => FileError::write(&path, error).into(),
        })?;
        let batch = Self { input, output, state, journal, _lock: lock };
        batch.clean(|name| !name.ends_with(item::STAGED))?;
        Ok(batch)
    }

    /// How many files there are to look at.
    ///
    /// # Errors
    /// [`BatchError::TooManyFiles`].
    pub fn count(&self, wanted: Wanted<'_>) -> Result<u64, Error> {
        let mut files = 0u64;
        for found in Walk::new(&self.input, &self.output)? {
            let found = found.map_err(|_| self.too_many())?;
            if matches!(found, Found::File(relative) if wanted(&relative)) {
                files = files.saturating_add(1);
            }
        }
        Ok(files)
    }

    /// Signs what has no result yet, carries results on to [`Signing::level`], and tells what became of each file. One that
    /// cannot be signed does not stop the others; a card, TSA or disk that fails stops everything, for it would fail them all.
    pub fn sign(
        &mut self,
        setup: &Setup<'_>,
        signer: &dyn Signer,
        plan: &Plan<'_>,
        wanted: Wanted<'_>,
        clock: &dyn Fn() -> Time,
        told: &mut dyn FnMut(Told<'_>),
    ) -> Summary {
        let run = Run { setup, signer, signing: plan.signing, pdfs: plan.pdfs, clock };
        let mut summary = Summary::default();
        let stopped = self.sign_all(run, wanted, &mut |what| {
            if let Told::Ended(line) = &what {
                summary.add(&line.outcome);
            }
            told(what);
        });
        summary.stopped = stopped.err();
        summary
    }

    fn sign_all(
        &mut self,
        run: Run<'_>,
        wanted: Wanted<'_>,
        told: &mut dyn FnMut(Told<'_>),
    ) -> Result<(), Error> {
        let (input, output) = (self.input.clone(), self.output.clone());
        for found in Walk::new(&input, &output)? {
            let (file, result, outcome) = match found.map_err(|_| self.too_many())? {
                Found::File(file) if wanted(&file) => {
                    let mut item = Item::new(self, file, run);
                    let outcome = item.sign(run, told)?;
                    let (file, result) = item.into_names();
                    (file, Some(result), outcome)
                }
                Found::Skipped(file, why) if wanted(&file) => (file, None, Outcome::Skipped(why)),
                Found::Unreadable(file, error) => (file, None, Outcome::Failed(error.into())),
                _ => continue,
            };
            let result = result.filter(|_| !matches!(outcome, Outcome::Failed(_)));
            told(Told::Ended(&Line { file, result, outcome }));
        }
        // Signatures that nobody came back for: their files are gone.
        self.clean(|_| true)
    }

    /// Removes files from the state folder, but not the journal and the lock.
    fn clean(&self, is_waste: impl Fn(&str) -> bool) -> Result<(), Error> {
        let failed = |error| FileError::write(&self.state, error);
        for entry in fs::read_dir(&self.state).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !["journal", "lock"].contains(&name.as_ref()) && is_waste(&name) {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn too_many(&self) -> Error {
        BatchError::TooManyFiles { path: self.input.clone(), limit: MAX_FILES }.into()
    }
}

impl Summary {
    fn add(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Signed { open: None, .. } | Outcome::Extended { open: None, .. } => &mut self.done,
            Outcome::Signed { .. } | Outcome::Extended { .. } => &mut self.open,
            Outcome::Already { .. } => &mut self.already,
            Outcome::Changed => &mut self.changed,
            Outcome::Skipped(_) => &mut self.skipped,
            Outcome::Failed(_) => &mut self.failed,
        };
        *count = count.saturating_add(1);
    }
}

/// A folder by its one name without symbolic links.
fn folder(path: &Path) -> Result<PathBuf, Error> {
    let canonical = fs::canonicalize(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => FileError::NoFolder { path: path.to_owned() },
        _ => FileError::read(path, error),
    })?;
    if !canonical.is_dir() {
        return Err(BatchError::NotAFolder { path: path.to_owned() }.into());
    }
    Ok(canonical)
}

fn lock(path: &Path, output: &Path) -> Result<File, Error> {
    let failed = |error| FileError::write(path, error);
    let mut options = File::options();
    let file = options.write(true).create(true).truncate(false).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BatchError::Busy { path: output.to_owned() }.into()),
        Err(TryLockError::Error(error)) => Err(failed(error).into()),
    }
}
