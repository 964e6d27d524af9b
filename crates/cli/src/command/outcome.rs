// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where a result goes, and what is said of the steps that made it.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use keiin::{Document, Done, Existing, Extended, FileError, TsaFailure};

use crate::{
    context::Context,
    error::{Exit, Failure},
    flags::Output,
    messages::failure,
};

/// A place for a result.
pub(crate) struct Place {
    path: PathBuf,
    existing: Existing,
}

impl Place {
    /// The named place, else the file's name with a suffix. A file that is there is refused before any work is done or any
    /// PIN is asked for.
    pub(crate) fn new(output: &Output, file: &Path, suffix: &str) -> Result<Self, Failure> {
        let path = output.output.clone().unwrap_or_else(|| {
            let mut name = OsString::from(file);
            name.push(suffix);
            name.into()
        });
        let existing = if output.force { Existing::Replace } else { Existing::Keep };
        Self { path, existing }.checked()
    }

    /// The file itself, replaced in one step.
    pub(crate) fn in_place(file: &Path) -> Self {
        Self { path: file.to_owned(), existing: Existing::Replace }
    }

    /// For a command that changes a file: `--in-place`, or a name of its own.
    pub(crate) fn of_change(output: &Output, in_place: bool, file: &Path) -> Result<Self, Failure> {
        if in_place {
            return Ok(Self::in_place(file));
        }
        if output.output.is_none() {
            return Err(Failure::usage("出力先がありません", "there is no place for the result")
                .with_advice(
                    "-o で出力先を指定するか、元のファイルを置き換えてよければ --in-place を付けてください",
                    "name one with -o OUT, or replace the file with --in-place",
                ));
        }
        Self::new(output, file, "")
    }

    fn checked(self) -> Result<Self, Failure> {
        if self.path.is_dir() {
            return Err(FileError::Directory { path: self.path }.into());
        }
        if self.existing == Existing::Keep && self.path.exists() {
            return Err(FileError::Exists { path: self.path }.into());
        }
        Ok(self)
    }

    /// Writes a document.
    pub(crate) fn write(&self, document: &Document) -> Result<(), Failure> {
        Ok(document.write(&self.path, self.existing)?)
    }

    /// Writes octets.
    pub(crate) fn write_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(keiin::file::write(&self.path, bytes, self.existing)?)
    }

    /// The path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Context {
    /// Says that a file was written.
    pub(crate) fn wrote(&self, place: &Place, what: &str) {
        let path = place.path.display();
        self.note(|| format!("{path} を書きました({what})"), || format!("wrote {path} ({what})"));
    }

    /// Says what steps were done.
    pub(crate) fn steps(&self, extended: &Extended) {
        for step in &extended.steps {
            match &step.done {
                Done::Timestamped { kind, time, by, failed } => {
                    self.failed_tsas(failed);
                    let (kind, time) = (self.lang.messages().timestamp(*kind), self.lang.messages().time(*time));
                    self.note(|| format!("{kind}:{time}({by})"), || format!("{kind}: {time} ({by})"));
                }
                Done::Embedded { certificates, crls, ocsps } => self.note(
                    || format!("検証情報:証明書 {certificates} 件、CRL {crls} 件、OCSP {ocsps} 件を格納"),
                    || format!("validation material: {certificates} certificates, {crls} CRLs, {ocsps} OCSP responses"),
                ),
                _ => {}
            }
        }
    }

    /// Says which TSAs failed before one answered.
    pub(crate) fn failed_tsas(&self, failed: &[TsaFailure]) {
        for tsa in failed {
            let why = failure::tsa(&tsa.error, self.lang);
            self.note(|| format!("注意:{}:{why}", tsa.url), || format!("note: {}: {why}", tsa.url));
        }
    }

    /// Writes what was reached, even when the goal was not: a time-stamp that was got is not thrown away. Then says what
    /// stopped it.
    pub(crate) fn finish(
        &self,
        document: &Document,
        extended: Extended,
        place: &Place,
    ) -> Result<Exit, Failure> {
        self.steps(&extended);
        match extended.stopped {
            None => {
                place.write(document)?;
                self.wrote(place, &extended.level.to_string());
                Ok(Exit::Valid)
            }
            Some(stopped) if extended.steps.is_empty() => Err(stopped.into()),
            Some(stopped) => {
                place.write(document)?;
                self.wrote(place, &extended.level.to_string());
                Err(stopped.into())
            }
        }
    }
}
