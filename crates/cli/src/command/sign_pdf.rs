// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin sign` on a PDF: the signature goes into it.

use std::{ffi::OsString, io::Read as _, path::Path};

use keiin::{
    Document, FileKind, Level, Setup, clock, file, finish_pdf, inspect,
    pades::{Certification, FieldChoice, Lock, PadesIntent, Prepared},
    prepare_pdf, sign_pdf,
};

use super::{
    key, open,
    outcome::Place,
    prepared::PreparedFile,
    sign::{carry_on, certificates_of, onward, signing, spare_key},
};
use crate::{
    context::Context,
    error::{Exit, Failure},
    flags::{self, CertifyChoice, FormatChoice, LockChoice, Sign},
    pin,
};

/// Octets that tell a PDF.
const HEAD: u64 = 1024;
/// The zone in which the time of signing is written: Japan's, in minutes east of UTC. The moment is the same in any.
const ZONE: i16 = 9 * 60;

/// Whether a file gets its signature inside: it is a PDF, and the flags do not say otherwise.
pub(super) fn is_wanted(flags: &Sign, path: &Path) -> Result<bool, Failure> {
    let asked = flags.format;
    // A form of its own, or a layout that only XML has: what of it fits is said where that is made.
    let is_xml =
        asked == Some(FormatChoice::Xades) || flags.xml.profile.is_some() || flags.xml.given().is_some();
    if is_xml || asked == Some(FormatChoice::Cades) || (asked.is_none() && flags.detached) {
        return refuse_flags(flags).map(|()| false);
    }
    let mut head = Vec::new();
    let read = file::open(path)?.take(HEAD).read_to_end(&mut head);
    read.map_err(|source| keiin::FileError::Read { path: path.to_owned(), source })?;
    match (FileKind::of(&head), asked) {
        (FileKind::Pdf, _) if flags.detached => Err(Failure::usage(
            "PDFの中の署名は --detached にできません",
            "a signature inside a PDF cannot be --detached",
        )),
        (FileKind::Pdf, _) => Ok(true),
        (_, Some(FormatChoice::Pades)) => Err(keiin::Error::NotAPdf.into()),
        _ => refuse_flags(flags).map(|()| false),
    }
}

/// What only a signature in a PDF has.
pub(super) fn refuse_flags(flags: &Sign) -> Result<(), Failure> {
    let Some(flag) = flags.pdf.given() else { return Ok(()) };
    Err(Failure::usage(
        format!("{flag} はPDFの中の署名(PAdES)のための指定です"),
        format!("{flag} is for signatures inside PDFs (PAdES)"),
    ))
}

/// Signs.
pub(super) fn run(context: &Context, flags: &Sign, path: &Path) -> Result<Exit, Failure> {
    if flags.countersign.is_some() {
        return Err(keiin::Error::NotACms.into());
    }
    let place = place(context, flags, path)?;
    let onward = onward(context, flags)?;
    let document = opened(context, flags, path)?;
    let signer = key::open(context, &flags.key, &|_| Ok(()))?;
    let signing = signing(flags, signer.algorithms())?;
    let now = clock::now();
    // A plain signature needs no trust and no network, so none is set up for it.
    let plain = Setup::plain();
    let at = flags.signing_time.unwrap_or(now);
    let visible = context.visible(&flags.pdf, signer.certificate(), at)?;
    let intent = PadesIntent { visible, ..intent(flags) };
    let signed = sign_pdf(&plain, document, signer.as_ref(), &signing, &intent, at)?;
    carry_on(context, flags, signed, onward, &place, now)
}

/// `--prepare`: all but the key.
pub(super) fn prepare(context: &Context, flags: &Sign, path: &Path, out: &Path) -> Result<Exit, Failure> {
    let output = flags::Output { output: Some(out.to_owned()), force: flags.output.force };
    let place = spare_key(Place::new(&output, path, "")?, flags)?;
    let (signer, chain) = certificates_of(flags)?;
    let signing = signing(flags, &inspect::schemes(&signer))?;
    let document = opened(context, flags, path)?;
    let at = flags.signing_time.unwrap_or_else(clock::now);
    let intent = PadesIntent { visible: context.visible(&flags.pdf, &signer, at)?, ..intent(flags) };
    let pdf = prepare_pdf(&document, &signer, &chain, &signing, &intent, at)?;
    PreparedFile::of_pdf(pdf).write(context, &place)
}

/// `--finish` of what [`prepare`] wrote: the PDF is needed again.
pub(super) fn finish(
    context: &Context,
    flags: &Sign,
    prepared: &Prepared,
    value: &[u8],
    place: &Place,
) -> Result<Exit, Failure> {
    let Some(path) = flags.content.first().or(flags.files.first()) else {
        return Err(Failure::usage("署名するPDFを指定してください", "name the PDF that is to be signed"));
    };
    let onward = onward(context, flags)?;
    let document = opened(context, flags, path)?;
    let now = clock::now();
    let plain = Setup::plain();
    let signed = finish_pdf(&plain, document, prepared, value, Level::Bes, now)?;
    carry_on(context, flags, signed, onward, place, now)
}

/// The PDF, with its password where it has one.
fn opened(context: &Context, flags: &Sign, path: &Path) -> Result<Document, Failure> {
    open::document(context, path, &[], pin::of_pdf(&flags.pdf_password)?.as_ref())
}

/// `scan.pdf` becomes `scan-signed.pdf`, or itself on wish.
fn place(context: &Context, flags: &Sign, path: &Path) -> Result<Place, Failure> {
    if flags.pdf.in_place {
        return spare_key(Place::of_change(context, &flags.output, true, path)?, flags);
    }
    let mut name = OsString::from(path.file_stem().unwrap_or_default());
    name.push("-signed.");
    name.push(path.extension().unwrap_or_else(|| "pdf".as_ref()));
    let default = path.with_file_name(name);
    let output = flags.output.output.clone().unwrap_or(default);
    let output = flags::Output { output: Some(output), force: flags.output.force };
    spare_key(Place::new(&output, path, "")?, flags)
}

/// All but what is seen of it.
pub(super) fn intent(flags: &Sign) -> PadesIntent {
    let pdf = &flags.pdf;
    PadesIntent {
        field: pdf.field.clone().map_or(FieldChoice::Free, FieldChoice::Named),
        reason: pdf.reason.clone(),
        location: None, // from the intent that all formats have
        contact: pdf.contact.clone(),
        zone: ZONE,
        certification: match pdf.certify {
            None => Certification::None,
            Some(CertifyChoice::NoChanges) => Certification::NoChanges,
            Some(CertifyChoice::FormFilling) => Certification::FormFilling,
            Some(CertifyChoice::Annotations) => Certification::Annotations,
        },
        lock: match &pdf.lock {
            None => Lock::None,
            Some(LockChoice::All) => Lock::All,
            Some(LockChoice::Only(fields)) => Lock::Include(fields.clone()),
            Some(LockChoice::Except(fields)) => Lock::Exclude(fields.clone()),
        },
        ..PadesIntent::default()
    }
}
