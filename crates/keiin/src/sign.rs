// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signing, in one call or in two steps with the card elsewhere.

use std::collections::BTreeSet;

use keiin_cades::{Packaging, SigningIntent, content_digest_for};
use keiin_pki::{cert::Certificate, digest::DigestSet};

use crate::{
    Error,
    content::Content,
    data_object::data_objects,
    document::Document,
    extend::{Extended, Goal, Level, extend},
    model::{SignRequest, SignatureAlgorithm, Signer, Time},
    permission::{Usage, check_signer},
    prepared::{Format, Prepared},
    setup::Setup,
};

/// Owners are told when their certificate has this many days left (JAHIS 6.8 (3)(b)).
pub const WARN_DAYS: i64 = 90;

/// How to sign. The default is an attached ES-BES with the key's preferred scheme and nothing claimed.
#[derive(Clone, Debug)]
pub struct Signing {
    /// What the signer signs beside the data.
    pub intent: SigningIntent,
    /// What the signer's certificate must be for.
    pub usage: Usage,
    /// The licences by one of which the signer must sign, by Japanese name or code; empty: by any or none.
    pub roles: Vec<String>,
    /// What kind of signature to make. [`SigningIntent::packaging`] is CAdES's alone.
    pub format: Format,
    /// How far to go.
    pub level: Level,
}

impl Signing {
    /// The defaults for a key.
    ///
    /// # Errors
    /// [`Error::NoScheme`] when none of its schemes is good for new signatures.
    pub fn with(signer: &dyn Signer) -> Result<Self, Error> {
        Self::with_schemes(signer.algorithms())
    }

    /// The defaults for a key elsewhere, by its schemes, the preferred one first.
    ///
    /// # Errors
    /// As [`Signing::with`].
    pub fn with_schemes(schemes: &[SignatureAlgorithm]) -> Result<Self, Error> {
        let intent = SigningIntent::for_signer(schemes).ok_or(Error::NoScheme)?;
        let (usage, format) = (Usage::NonRepudiation, Format::Cades);
        Ok(Self { intent, usage, roles: Vec::new(), format, level: Level::Bes })
    }
}

/// What was signed. The document is there even when a later step was stopped: the card has been used.
pub struct Signed {
    /// The signature.
    pub document: Document,
    /// The steps after signing, and why they stopped.
    pub extended: Extended,
    /// When the signer's certificate ends.
    pub certificate_ends: Time,
}

impl Signed {
    /// Whole days that the signer's certificate has left.
    pub const fn days_left(&self, now: Time) -> i64 {
        (self.certificate_ends.unix() - now.unix()) / 86_400
    }

    /// A document that this certificate's key has just signed, taken on to a level.
    pub(crate) fn carried_to(
        level: Level,
        setup: &Setup<'_>,
        mut document: Document,
        certificate: &[u8],
        now: Time,
    ) -> Result<Self, Error> {
        let certificate = Certificate::read(certificate).map_err(|_| Error::SignerCertificate)?;
        let extended = match level {
            // The value has been checked by attach: a plain signature costs no verdict.
            Level::Bes => Extended { steps: Vec::new(), level: Level::Bes, stopped: None },
            level => extend(setup, &mut document, Goal::Level(level), now)?,
        };
        Ok(Self { document, extended, certificate_ends: certificate.not_after })
    }
}

/// Signs content and goes on to [`Signing::level`].
///
/// # Errors
/// [`Error`] when nothing was signed. What stopped a later step is in [`Signed::extended`].
pub fn sign(
    setup: &Setup<'_>,
    content: &Content,
    signer: &dyn Signer,
    signing: &Signing,
    now: Time,
) -> Result<Signed, Error> {
    sign_all(setup, std::slice::from_ref(content), signer, signing, now)
}

/// Signs several contents with one signature, which XML can, and goes on to [`Signing::level`].
///
/// # Errors
/// As [`sign`]; [`Error::OneContent`] for a format that signs one.
pub fn sign_all(
    setup: &Setup<'_>,
    contents: &[Content],
    signer: &dyn Signer,
    signing: &Signing,
    now: Time,
) -> Result<Signed, Error> {
    sign_known(setup, contents, DigestSet::default(), signer, signing, now)
}

/// As [`sign_all`], with the digests of the content that are known already.
pub(crate) fn sign_known(
    setup: &Setup<'_>,
    contents: &[Content],
    known: DigestSet,
    signer: &dyn Signer,
    signing: &Signing,
    now: Time,
) -> Result<Signed, Error> {
    let (certificate, chain) = (signer.certificate(), signer.certificates());
    let (prepared, known) = lay_out(contents, known, certificate, chain, signing, now)?;
    let value = value_of(&prepared, signer)?;
    let around = Around { contents, known, detached: None };
    finish_known(setup, prepared, &value, around, signing.level, now)
}

/// The signature but for its value, and what is known of the content by now.
fn lay_out<C: AsRef<[u8]>>(
    contents: &[Content],
    known: DigestSet,
    certificate: &[u8],
    chain: &[C],
    signing: &Signing,
    now: Time,
) -> Result<(Prepared, DigestSet), Error> {
    check_signer(certificate, signing, now)?;
    let intent = &signing.intent;
    match &signing.format {
        Format::Cades => {
            let [content] = contents else { return Err(Error::OneContent) };
            let (given, known) = given(content, known, intent)?;
            let prepared = keiin_cades::prepare(&given, certificate, chain, intent, now)?;
            Ok((Prepared::Cades(prepared), known))
        }
        Format::Xades(shape) => {
            let objects = data_objects(contents, intent, shape)?;
            let prepared = keiin_xades::prepare(objects, certificate, chain, intent, shape, now)?;
            Ok((Prepared::Xades(prepared), DigestSet::default()))
        }
    }
}

/// The content as the signature takes it: whole when it goes inside, else its digest, computed in one pass and kept.
fn given(
    content: &Content,
    known: DigestSet,
    intent: &SigningIntent,
) -> Result<(keiin_cades::Content, DigestSet), Error> {
    match intent.packaging {
        Packaging::Attached => Ok((keiin_cades::Content::Bytes(content.read()?), DigestSet::default())),
        Packaging::Detached => {
            let algorithm: BTreeSet<_> = content_digest_for(intent.algorithm).into_iter().collect();
            let is_known = algorithm.iter().all(|algorithm| known.value(*algorithm).is_some());
            let digests = if is_known { known } else { content.digests(&algorithm)? };
            Ok((keiin_cades::Content::Digests(digests.clone()), digests))
        }
    }
}

/// First step of two: lays out a signature. [`Prepared`] serialises; its [`Prepared::digest`] goes to the card, wherever
/// that is.
///
/// # Errors
/// [`Error`] when the certificate may not sign now, or the content cannot be read.
pub fn prepare<C: AsRef<[u8]>>(
    content: &Content,
    certificate: &[u8],
    chain: &[C],
    signing: &Signing,
    now: Time,
) -> Result<Prepared, Error> {
    prepare_all(std::slice::from_ref(content), certificate, chain, signing, now)
}

/// As [`prepare`], for several contents.
///
/// # Errors
/// As [`prepare`] and [`sign_all`].
pub fn prepare_all<C: AsRef<[u8]>>(
    contents: &[Content],
    certificate: &[u8],
    chain: &[C],
    signing: &Signing,
    now: Time,
) -> Result<Prepared, Error> {
    Ok(lay_out(contents, DigestSet::default(), certificate, chain, signing, now)?.0)
}

/// Second step of two: takes the signature value, which must be by the certificate's key, and goes on to a level.
/// `content` is needed from ES-A on when the signature is detached.
///
/// # Errors
/// [`Error::Cades`] and [`Error::Xml`] when the value is not by that key.
pub fn finish(
    setup: &Setup<'_>,
    prepared: &Prepared,
    value: &[u8],
    content: Option<&Content>,
    level: Level,
    now: Time,
) -> Result<Signed, Error> {
    finish_all(setup, prepared, value, content.map(std::slice::from_ref).unwrap_or_default(), level, now)
}

/// As [`finish`], for several contents.
///
/// # Errors
/// As [`finish`].
pub fn finish_all(
    setup: &Setup<'_>,
    prepared: &Prepared,
    value: &[u8],
    contents: &[Content],
    level: Level,
    now: Time,
) -> Result<Signed, Error> {
    let around = Around { contents, known: DigestSet::default(), detached: None };
    finish_known(setup, prepared.clone(), value, around, level, now)
}

/// What stands outside of the signature's file.
pub(crate) struct Around<'c> {
    contents: &'c [Content],
    known: DigestSet,
    /// As the document had it that was signed again.
    detached: Option<&'c keiin_xades::Detached>,
}

impl<'c> Around<'c> {
    pub(crate) fn of(document: &'c Document) -> Self {
        Self {
            contents: document.content().map(std::slice::from_ref).unwrap_or_default(),
            known: DigestSet::default(),
            detached: document.as_xades().and_then(keiin_xades::Xades::detached),
        }
    }
}

/// Takes the value, and goes on to a level.
pub(crate) fn finish_known(
    setup: &Setup<'_>,
    prepared: Prepared,
    value: &[u8],
    around: Around<'_>,
    level: Level,
    now: Time,
) -> Result<Signed, Error> {
    let certificate = prepared.certificate().to_vec();
    let document = match prepared {
        Prepared::Cades(prepared) => {
            Document::signed(prepared.attach(value)?, around.contents.first(), around.known)?
        }
        Prepared::Xades(prepared) => {
            // What went into the document is not looked at again beside it.
            let contents = if prepared.refers_outside() { around.contents } else { &[] };
            Document::signed_xml(prepared.into_attached(value)?, contents, around.detached)?
        }
    };
    Signed::carried_to(level, setup, document, &certificate, now)
}

/// The key's answer.
pub(crate) fn value_of(prepared: &Prepared, signer: &dyn Signer) -> Result<Vec<u8>, Error> {
    Ok(signer.sign(&SignRequest {
        algorithm: prepared.algorithm(),
        message: prepared.to_be_signed(),
        digest: &prepared.digest(),
    })?)
}
