// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where a result goes, and what is said of the steps that made it.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::SystemTime,
};

use keiin::{
    Document, Done, Existing, Extended, FileError, TsaFailure,
    in_place::{self, Recovery},
};

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
    /// What a file that is changed in place looked like before it was read.
    before: Option<Look>,
}

/// Enough of a file to see that another program has changed it.
#[derive(PartialEq, Eq)]
struct Look {
    octets: u64,
    modified: Option<SystemTime>,
}

impl Look {
    fn at(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        Some(Self { octets: found.len(), modified: found.modified().ok() })
    }
}

/// Whether two names are of one file; a file that is not there is none.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
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
        keiin::file::check_place(&path, existing)?;
        Self { path, existing, before: None }.spare([file])
    }

    /// Refuses a place where one of the command's other files is: `--force` is for an old result, never for the document or
    /// the key.
    pub(crate) fn spare<'a>(self, files: impl IntoIterator<Item = &'a Path>) -> Result<Self, Failure> {
        if files.into_iter().any(|file| is_same(&self.path, file)) {
            let path = self.path.display();
            return Err(Failure::usage(
                format!("{path}:入力のファイルを結果で置き換えることはできません"),
                format!("{path}: the result may not replace a file that the command reads"),
            )
            .with_advice("-o で別の名前を指定してください", "give another name with -o"));
        }
        Ok(self)
    }

    /// The file itself. What a change of it left that was cut off is taken back first.
    fn in_place(context: &Context, file: &Path) -> Result<Self, Failure> {
        keiin::file::check_place(file, Existing::Replace)?;
        let path = file.display();
        match in_place::recover(file)? {
            Recovery::TakenBack { octets } => context.note(
                || format!("注意:{path}:前回の変更が途中で止まっていたため、元の {octets} オクテットに戻しました"),
                || format!("note: {path}: an earlier change was cut off; the file was taken back to its {octets} octets"),
            ),
            Recovery::Whole => context.note(
                || format!("注意:{path}:前回の変更は最後まで書き込まれていました"),
                || format!("note: {path}: an earlier change was written whole, and stays"),
            ),
            Recovery::NothingLeft => {}
        }
        Ok(Self { path: file.to_owned(), existing: Existing::Replace, before: Look::at(file) })
    }

    /// A place whose old file gives way without a question.
    pub(crate) fn replacing(path: &Path) -> Result<Self, Failure> {
        keiin::file::check_place(path, Existing::Replace)?;
        Ok(Self { path: path.to_owned(), existing: Existing::Replace, before: None })
    }

    /// For a command that changes a file: `--in-place`, or a name of its own.
    pub(crate) fn of_change(
        context: &Context,
        output: &Output,
        in_place: bool,
        file: &Path,
    ) -> Result<Self, Failure> {
        let onto_itself = output.force && output.output.as_ref().is_some_and(|out| is_same(out, file));
        if in_place || onto_itself {
            return Self::in_place(context, file);
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

    /// Writes a document. Of two runs on one file the later one finds the other's work and leaves it.
    pub(crate) fn write(&self, document: &Document) -> Result<(), Failure> {
        if self.before.is_none() {
            return Ok(document.write(&self.path, self.existing)?);
        }
        if Look::at(&self.path) != self.before {
            return Err(FileError::Changed { path: self.path.clone() }.into());
        }
        Ok(document.write_in_place(&self.path)?)
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
                Done::TooLarge { octets, room } => self.note(
                    || format!("注意:タイムスタンプトークンは {octets} オクテットあり、PDFの中の領域(全体で {room} オクテット)に入りません。広い領域を取って、もう一つ取得します"),
                    || format!("note: the time-stamp token has {octets} octets and does not fit: the room in the PDF has {room} in all; another is asked for, with more room"),
                ),
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
            None if extended.steps.is_empty() => {
                if place.before.is_none() {
                    place.write(document)?;
                }
                let (path, level) = (place.path.display(), extended.level);
                self.note(
                    || format!("{path}:すでに {level} です。加えたものはありません(更新は keiin renew)"),
                    || format!("{path}: {level} already; nothing was added (keiin renew renews it)"),
                );
                Ok(Exit::Valid)
            }
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
