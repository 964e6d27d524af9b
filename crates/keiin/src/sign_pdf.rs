// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signing PDFs: the signature goes into a revision behind the file.

use keiin_pades::{PadesIntent, Prepared};

use crate::{
    Error,
    document::Document,
    extend::Level,
    model::{SignRequest, Signer, Time},
    permission::check_signer,
    setup::Setup,
    sign::{Signed, Signing},
};

/// Signs a PDF and goes on to [`Signing::level`]. Other signatures in it stay as they are.
///
/// # Errors
/// [`Error::NotAPdf`]; [`Error::Pdf`] by what forbids it; else as [`crate::sign()`].
pub fn sign_pdf(
    setup: &Setup<'_>,
    document: Document,
    signer: &dyn Signer,
    signing: &Signing,
    pades: &PadesIntent,
    now: Time,
) -> Result<Signed, Error> {
    let chain = signer.certificates();
    let prepared = prepare_pdf(&document, signer.certificate(), chain, signing, pades, now)?;
    let value = signer.sign(&SignRequest {
        algorithm: prepared.algorithm(),
        message: prepared.to_be_signed(),
        digest: &prepared.digest(),
    })?;
    finish_pdf(setup, document, &prepared, &value, signing.level, now)
}

/// First step of two: lays out a signature. [`Prepared`] serialises; the document itself does not go with it.
///
/// # Errors
/// As [`sign_pdf`].
pub fn prepare_pdf<C: AsRef<[u8]>>(
    document: &Document,
    certificate: &[u8],
    chain: &[C],
    signing: &Signing,
    pades: &PadesIntent,
    now: Time,
) -> Result<Prepared, Error> {
    check_signer(certificate, signing, now)?;
    let pdf = document.as_pdf().ok_or(Error::NotAPdf)?;
    keiin_pades::prepare(pdf, certificate, chain, &signing.intent, pades, now)
        .map_err(|e| pdf_error(document, e))
}

/// Second step of two: takes the signature value, which must be by the certificate's key over this very document, and goes on
/// to a level.
///
/// # Errors
/// As [`sign_pdf`].
pub fn finish_pdf(
    setup: &Setup<'_>,
    mut document: Document,
    prepared: &Prepared,
    value: &[u8],
    level: Level,
    now: Time,
) -> Result<Signed, Error> {
    let pdf = document.as_pdf().ok_or(Error::NotAPdf)?;
    let signed = prepared.attach(pdf, value).map_err(|error| pdf_error(&document, error))?;
    document.replace_pdf(signed);
    Signed::carried_to(level, setup, document, prepared.certificate(), now)
}

fn pdf_error(document: &Document, source: keiin_pades::PadesError) -> Error {
    Error::Pdf { name: document.path().map(std::path::Path::to_owned), source }
}
