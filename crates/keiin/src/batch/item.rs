// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One file of a batch, from what is there already to the line in the journal.

use std::{
    ffi::OsString,
    fs,
    io::{self, Read as _},
    path::{Component, Path, PathBuf},
};

use keiin_cades::{Packaging, content_digest_for};
use keiin_pades::PadesIntent;
use keiin_pki::digest::object_id;
use tempfile::TempPath;

use super::{
    Batch, BatchError, Outcome, Pdfs, SignedBy, Told,
    journal::{Entry, Key, Look},
    source::Source,
    stop::{is_hopeless, stops},
};
use crate::{
    Content, Document, Error, Existing, FileError, FileKind, Goal, Level, Setup, Signing, extend, file,
    model::{DataReference, Signer, Time},
    setup::hpki_policy,
    sign::sign_known,
    sign_pdf::sign_pdf,
    verify,
};

/// How the name of a signature ends whose result is not there yet.
pub(super) const STAGED: &str = ".signed";

/// A file to sign.
pub(super) struct Item<'b> {
    batch: &'b mut Batch,
    /// From the folder on.
    relative: PathBuf,
    path: PathBuf,
    /// From the results' folder on.
    relative_result: PathBuf,
    result: PathBuf,
    staged: PathBuf,
    kind: Kind,
}

/// What kind of signature a file gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// In a file of its own, with the content in it.
    Attached,
    /// In a file of its own, beside the content.
    Detached,
    /// Inside the PDF.
    Pdf,
}

/// What all files of a run have in common.
#[derive(Clone, Copy)]
pub(super) struct Run<'r> {
    pub(super) setup: &'r Setup<'r>,
    pub(super) signer: &'r dyn Signer,
    pub(super) signing: &'r Signing,
    pub(super) pdfs: Pdfs<'r>,
    pub(super) clock: &'r dyn Fn() -> Time,
}

impl<'b> Item<'b> {
    pub(super) fn new(batch: &'b mut Batch, relative: PathBuf, run: Run<'_>) -> Self {
        let path = batch.input.join(&relative);
        let kind = match run.signing.intent.packaging {
            _ if !matches!(run.pdfs, Pdfs::Beside) && is_pdf(&path) => Kind::Pdf,
            Packaging::Attached => Kind::Attached,
            Packaging::Detached => Kind::Detached,
        };
        let mut name = OsString::from(&relative);
        name.push(match kind {
            Kind::Attached => ".p7m",
            Kind::Detached => ".p7s",
            Kind::Pdf => "",
        });
        let relative_result = PathBuf::from(name);
        Self {
            path,
            kind,
            result: batch.output.join(&relative_result),
            staged: batch.state.join(Key::of(&relative).text() + STAGED),
            batch,
            relative,
            relative_result,
        }
    }

    pub(super) fn into_names(self) -> (PathBuf, PathBuf) {
        (self.relative, self.relative_result)
    }

    /// Signs the file unless that was done.
    ///
    /// # Errors
    /// What would fail every other file too.
    pub(super) fn sign(&mut self, run: Run<'_>, told: &mut dyn FnMut(Told<'_>)) -> Result<Outcome, Error> {
        match self.attempt(run, told) {
            Err(error) if !stops(&error) => Ok(Outcome::Failed(error)),
            other => other,
        }
    }

    fn attempt(&mut self, run: Run<'_>, told: &mut dyn FnMut(Told<'_>)) -> Result<Outcome, Error> {
        let look = self.look()?;
        told(Told::Began { file: &self.relative, octets: look.octets });
        if self.is_done()? { self.again(run, look, told) } else { self.anew(run, look, told) }
    }

    fn look(&self) -> Result<Look, FileError> {
        fs::metadata(&self.path).map(|found| Look::of(&found)).map_err(|e| FileError::read(&self.path, e))
    }

    /// Whether something has the result's name. The folders down to it are made, and none of them leads elsewhere.
    fn is_done(&self) -> Result<bool, Error> {
        let mut folder = self.batch.output.clone();
        for part in self.relative_result.parent().unwrap_or(Path::new("")).components() {
            let Component::Normal(name) = part else { continue };
            folder.push(name);
            make_folder(&folder)?;
        }
        match fs::symlink_metadata(&self.result) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(FileError::read(&self.result, error).into()),
            Ok(there) if there.is_file() => Ok(true),
            Ok(_) => Err(FileError::Exists { path: self.result.clone() }.into()),
        }
    }

    /// For a file with a result: is it this file's, and is it as far as asked?
    fn again(&mut self, run: Run<'_>, look: Look, told: &mut dyn FnMut(Told<'_>)) -> Result<Outcome, Error> {
        let own = object_id(run.signer.certificate());
        let known = self.batch.journal.entry(Key::of(&self.relative)).copied();
        let entry = match known {
            Some(entry) if entry.look == look => entry,
            Some(entry) => {
                if self.source(look, run.signing, told)?.sha256 != entry.content {
                    return Ok(Outcome::Changed);
                }
                entry
            }
            None => {
                let source = self.source(look, run.signing, told)?;
                if self.signed(&self.result, &source, run).is_none() {
                    return Err(FileError::Exists { path: self.result.clone() }.into());
                }
                let entry = Entry { level: Level::Bes, look, content: source.sha256, certificate: own };
                self.record(entry)?;
                entry
            }
        };
        if entry.level < run.signing.level {
            return self.further(run, entry, told);
        }
        let by =
            if entry.certificate == own { SignedBy::SameCertificate } else { SignedBy::OtherCertificate };
        Ok(Outcome::Already { level: entry.level, by })
    }

    /// Carries a result that is there on.
    fn further(
        &mut self,
        run: Run<'_>,
        entry: Entry,
        told: &mut dyn FnMut(Told<'_>),
    ) -> Result<Outcome, Error> {
        let content = self.separate();
        let mut read = |octets| told(Told::Read(octets));
        let mut document = Document::open_with(&self.result, content.as_ref(), &mut read)?;
        let extended = extend(run.setup, &mut document, Goal::Level(run.signing.level), (run.clock)())?;
        if !extended.steps.is_empty() {
            document.write(&self.staged, Existing::Replace)?;
            // Windows replaces no file that is mapped.
            drop(document);
            fs::rename(&self.staged, &self.result).map_err(|e| FileError::write(&self.result, e))?;
            self.sync();
        }
        let level = extended.level;
        if level != entry.level {
            self.record(Entry { level, ..entry })?;
        }
        match extended.stopped {
            Some(error) if stops(&error) => Err(error),
            None if extended.steps.is_empty() => {
                Ok(Outcome::Already { level, by: SignedBy::SameCertificate })
            }
            open => Ok(Outcome::Extended { level, open }),
        }
    }

    /// For a file without a result.
    fn anew(&mut self, run: Run<'_>, look: Look, told: &mut dyn FnMut(Told<'_>)) -> Result<Outcome, Error> {
        let source = self.source(look, run.signing, told)?;
        let mut document = match self.signed(&self.staged, &source, run) {
            Some(document) => document,
            None => self.make(run, &source)?,
        };
        if self.look()? != look {
            remove(&self.staged)?;
            return Err(FileError::Changed { path: self.path.clone() }.into());
        }
        let (level, open) = match run.signing.level {
            Level::Bes => (Level::Bes, None),
            goal => {
                let extended = extend(run.setup, &mut document, Goal::Level(goal), (run.clock)())?;
                if !extended.steps.is_empty() {
                    // A time-stamp that was got is not thrown away, whatever stopped the next step.
                    document.write(&self.staged, Existing::Replace)?;
                }
                (extended.level, extended.stopped)
            }
        };
        let hopeless = open.as_ref().is_some_and(|error| is_hopeless(error, &document));
        drop(document);
        match open {
            Some(error) if hopeless || stops(&error) => Err(error),
            open => {
                self.publish()?;
                let (content, certificate) = (source.sha256, object_id(run.signer.certificate()));
                self.record(Entry { level, look, content, certificate })?;
                Ok(Outcome::Signed { level, open })
            }
        }
    }

    /// Has the key sign, and keeps the signature before anything else is asked for.
    fn make(&self, run: Run<'_>, source: &Source) -> Result<Document, Error> {
        let signing = Signing { level: Level::Bes, ..run.signing.clone() };
        // A plain signature needs no trust and no network.
        let offline = Setup::offline(hpki_policy());
        let now = (run.clock)();
        let signed = if self.kind == Kind::Pdf {
            let intent = match run.pdfs {
                Pdfs::Inside(choose) => choose(now),
                Pdfs::Unseen | Pdfs::Beside => PadesIntent::default(),
            };
            sign_pdf(&offline, Document::open(&self.path, None)?, run.signer, &signing, &intent, now)?
        } else {
            let known = source.digests.clone();
            sign_known(&offline, std::slice::from_ref(&source.content), known, run.signer, &signing, now)?
        };
        signed.document.write(&self.staged, Existing::Replace)?;
        Ok(signed.document)
    }

    /// The signature in a file, when it is by this signer over this content.
    fn signed(&self, path: &Path, source: &Source, run: Run<'_>) -> Option<Document> {
        if !path.is_file() {
            return None;
        }
        let document = Document::open(path, self.separate().as_ref()).ok()?;
        let verdict = verify(&Setup::offline(hpki_policy()), &document, (run.clock)());
        let own = object_id(run.signer.certificate());
        let is_it = verdict.report.signatures.iter().any(|signature| {
            signature.signature_intact == Some(true)
                && signature.signer.as_ref().is_some_and(|signer| signer.certificate == own)
                && signature.data.iter().all(DataReference::intact)
                && (self.kind == Kind::Pdf || signature.data.iter().any(|data| source.is(data)))
        });
        (is_it && (self.kind != Kind::Pdf || source.begins(path))).then_some(document)
    }

    /// The content and its digests, read once.
    fn source(&self, look: Look, signing: &Signing, told: &mut dyn FnMut(Told<'_>)) -> Result<Source, Error> {
        let content = match self.kind {
            Kind::Detached | Kind::Pdf => Content::file(&self.path),
            Kind::Attached => Content::Bytes(Content::file(&self.path).read()?),
        };
        let digest = content_digest_for(signing.intent.algorithm).filter(|_| self.kind != Kind::Pdf);
        Source::read(content, look.octets, digest, &mut |octets| told(Told::Read(octets)))
    }

    /// The content as a reader of the signature needs it.
    fn separate(&self) -> Option<Content> {
        match self.kind {
            Kind::Detached => Some(Content::file(&self.path)),
            Kind::Attached | Kind::Pdf => None,
        }
    }

    /// The staged signature becomes the result, in one step and over nothing.
    fn publish(&self) -> Result<(), FileError> {
        let failed = |error| FileError::write(&self.result, error);
        let staged = TempPath::try_from_path(&self.staged).map_err(failed)?;
        if let Err(error) = staged.persist_noclobber(&self.result) {
            // Its destructor would remove the signature.
            drop(error.path.keep());
            return Err(failed(error.error));
        }
        self.sync();
        Ok(())
    }

    fn sync(&self) {
        if let Some(folder) = self.result.parent() {
            file::sync_folder(folder);
        }
    }

    fn record(&mut self, entry: Entry) -> Result<(), FileError> {
        let path = self.batch.state.join("journal");
        self.batch.journal.record(&path, &self.relative, entry)
    }
}

/// Makes a folder unless it is there. A symbolic link to one is none: what stands behind it is not the batch's.
pub(super) fn make_folder(path: &Path) -> Result<(), Error> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let there = fs::symlink_metadata(path).map_err(|error| FileError::write(path, error))?;
            if there.is_dir() { Ok(()) } else { Err(BatchError::NotAFolder { path: path.to_owned() }.into()) }
        }
        made => Ok(made.map_err(|error| FileError::write(path, error))?),
    }
}

/// Whether a file is a PDF, by its first octets.
fn is_pdf(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = file::open(path).is_ok_and(|file| file.take(1024).read_to_end(&mut head).is_ok());
    read && FileKind::of(&head) == FileKind::Pdf
}

fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::write(path, error)),
        _ => Ok(()),
    }
}
