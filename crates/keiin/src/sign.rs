// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signing, in one call or in two steps with the card elsewhere.

use std::collections::BTreeSet;

use keiin_cades::{
    Packaging, Prepared, SigningIntent, content_digest_for, prepare_additional, prepare_countersignature,
};
use keiin_pki::{cert::Certificate, digest::DigestSet, extension::KeyUsage};

use crate::{
    Error,
    content::Content,
    document::Document,
    extend::{Extended, Goal, Level, extend},
    model::{Bytes, ObjectId, SignRequest, SignatureAlgorithm, Signer, Time},
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
        Ok(Self { intent, usage: Usage::NonRepudiation, level: Level::Bes })
    }
}

/// What a signer's certificate must be for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Usage {
    /// Signing, as keyUsage nonRepudiation says: an HPKI card has a certificate for authentication beside it, and that
    /// one signs nothing.
    #[default]
    NonRepudiation,
    /// Any: for certificates of other communities.
    Any,
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
    sign_known(setup, content, DigestSet::default(), signer, signing, now)
}

/// As [`sign`], with the digests of the content that are known already.
pub(crate) fn sign_known(
    setup: &Setup<'_>,
    content: &Content,
    known: DigestSet,
    signer: &dyn Signer,
    signing: &Signing,
    now: Time,
) -> Result<Signed, Error> {
    check_certificate(signer.certificate(), signing.usage, now)?;
    let (given, known) = given(content, known, &signing.intent)?;
    let (certificate, chain) = (signer.certificate(), signer.certificates());
    let prepared = keiin_cades::prepare(&given, certificate, chain, &signing.intent, now).map_err(cades)?;
    let value = value_of(&prepared, signer)?;
    finish_known(setup, &prepared, &value, Some((content, known)), signing.level, now)
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

/// Adds another signer to a document: the content is signed again, the first signature stays as it is.
///
/// # Errors
/// As [`sign`].
pub fn add_signature(
    setup: &Setup<'_>,
    document: &mut Document,
    signer: &dyn Signer,
    signing: &Signing,
    now: Time,
) -> Result<Signed, Error> {
    check_certificate(signer.certificate(), signing.usage, now)?;
    if let Some(digest) = content_digest_for(signing.intent.algorithm) {
        document.need_digest(digest)?;
    }
    let chain = signer.certificates();
    let prepared =
        prepare_additional(document.as_cades()?, signer.certificate(), chain, &signing.intent, now)
            .map_err(cades)?;
    let value = value_of(&prepared, signer)?;
    finish(setup, &prepared, &value, document.content(), signing.level, now)
}

/// Counter-signs one signature of a document: its value is signed, not the content.
///
/// # Errors
/// As [`sign`].
pub fn countersign(
    setup: &Setup<'_>,
    document: &Document,
    signature: ObjectId,
    signer: &dyn Signer,
    signing: &Signing,
    now: Time,
) -> Result<Signed, Error> {
    check_certificate(signer.certificate(), signing.usage, now)?;
    let chain = signer.certificates();
    let (cms, intent) = (document.as_cades()?, &signing.intent);
    let prepared =
        prepare_countersignature(cms, signature, signer.certificate(), chain, intent, now).map_err(cades)?;
    let value = value_of(&prepared, signer)?;
    finish(setup, &prepared, &value, document.content(), signing.level, now)
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
    check_certificate(certificate, signing.usage, now)?;
    let (given, _) = given(content, DigestSet::default(), &signing.intent)?;
    keiin_cades::prepare(&given, certificate, chain, &signing.intent, now).map_err(cades)
}

/// Second step of two: takes the signature value, which must be by the certificate's key, and goes on to a level.
/// `content` is needed from ES-A on when the signature is detached.
///
/// # Errors
/// [`Error::Cades`] when the value is not by that key.
pub fn finish(
    setup: &Setup<'_>,
    prepared: &Prepared,
    value: &[u8],
    content: Option<&Content>,
    level: Level,
    now: Time,
) -> Result<Signed, Error> {
    let content = content.map(|content| (content, DigestSet::default()));
    finish_known(setup, prepared, value, content, level, now)
}

fn finish_known(
    setup: &Setup<'_>,
    prepared: &Prepared,
    value: &[u8],
    content: Option<(&Content, DigestSet)>,
    level: Level,
    now: Time,
) -> Result<Signed, Error> {
    let bytes = prepared.attach(value).map_err(cades)?;
    let certificate = Certificate::read(prepared.certificate()).map_err(|_| Error::SignerCertificate)?;
    let (content, known) = content.unzip();
    let mut document = Document::signed(bytes, content, known.unwrap_or_default())?;
    let extended = match level {
        // The value has been checked by attach: a plain signature costs no verdict.
        Level::Bes => Extended { steps: Vec::new(), level: Level::Bes, stopped: None },
        level => extend(setup, &mut document, Goal::Level(level), now)?,
    };
    Ok(Signed { document, extended, certificate_ends: certificate.not_after })
}

fn value_of(prepared: &Prepared, signer: &dyn Signer) -> Result<Vec<u8>, Error> {
    Ok(signer.sign(&SignRequest {
        algorithm: prepared.algorithm(),
        message: prepared.to_be_signed(),
        digest: &prepared.digest(),
    })?)
}

/// Nobody signs with an expired certificate (JAHIS 6.8 (3)(b)), nor with one for authentication (HPKI CP: keyUsage
/// nonRepudiation alone is for signing).
pub(crate) fn check_certificate(certificate: &[u8], usage: Usage, now: Time) -> Result<(), Error> {
    let certificate = Certificate::read(certificate).map_err(|_| Error::SignerCertificate)?;
    if now > certificate.not_after {
        return Err(Error::CertificateExpired { not_after: certificate.not_after });
    }
    if now < certificate.not_before {
        return Err(Error::CertificateNotYetValid { not_before: certificate.not_before });
    }
    let may_sign = certificate.key_usage.is_none_or(|usage| usage.contains(KeyUsage::NON_REPUDIATION));
    if usage == Usage::NonRepudiation && !may_sign {
        return Err(Error::AuthenticationCertificate);
    }
    Ok(())
}

const fn cades(source: keiin_cades::CadesError) -> Error {
    Error::Cades { name: None, source }
}

/// The octets of content, so that examples need no other import.
impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Bytes::from(bytes))
    }
}
