// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signing, in one call or in two steps with the card elsewhere.

use std::collections::BTreeSet;

use keiin_cades::{Packaging, SigningIntent, content_digest_for};
use keiin_hpki::Hpki;
use keiin_pki::{
    cert::Certificate, digest::DigestSet, extension::KeyUsage, profile::CertificateProfile as _,
};
use keiin_xades::XadesShape;

use crate::{
    Error,
    content::Content,
    data_object::data_objects,
    document::Document,
    extend::{Extended, Goal, Level, extend},
    model::{Bytes, ObjectId, RoleReport, SignRequest, SignatureAlgorithm, Signer, Time},
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
    let (certificate, chain) = (signer.certificate(), signer.certificates());
    check_signer(certificate, signing, now)?;
    let intent = &signing.intent;
    let prepared = match &signing.format {
        Format::Cades => {
            if let Some(digest) = content_digest_for(intent.algorithm) {
                document.need_digest(digest)?;
            }
            let cms = document.as_cades()?;
            Prepared::Cades(keiin_cades::prepare_additional(cms, certificate, chain, intent, now)?)
        }
        Format::Xades(shape) => {
            let objects = vec![keiin_xades::DataObject::octets(document.as_bytes())];
            Prepared::Xades(keiin_xades::prepare(objects, certificate, chain, intent, shape, now)?)
        }
    };
    let value = value_of(&prepared, signer)?;
    finish_known(setup, prepared, &value, Around::of(document), signing.level, now)
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
    let (certificate, chain) = (signer.certificate(), signer.certificates());
    check_signer(certificate, signing, now)?;
    let intent = &signing.intent;
    let prepared = match document.as_xades() {
        Some(xml) => {
            let default = XadesShape::default();
            let shape = match &signing.format {
                Format::Xades(shape) => shape,
                Format::Cades => &default,
            };
            let prepared = keiin_xades::prepare_countersignature(
                xml,
                signature,
                certificate,
                chain,
                intent,
                shape,
                now,
            )?;
            Prepared::Xades(prepared)
        }
        None => {
            let cms = document.as_cades()?;
            Prepared::Cades(keiin_cades::prepare_countersignature(
                cms,
                signature,
                certificate,
                chain,
                intent,
                now,
            )?)
        }
    };
    let value = value_of(&prepared, signer)?;
    finish_known(setup, prepared, &value, Around::of(document), signing.level, now)
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
struct Around<'c> {
    contents: &'c [Content],
    known: DigestSet,
    /// As the document had it that was signed again.
    detached: Option<&'c keiin_xades::Detached>,
}

impl<'c> Around<'c> {
    fn of(document: &'c Document) -> Self {
        Self {
            contents: document.content().map(std::slice::from_ref).unwrap_or_default(),
            known: DigestSet::default(),
            detached: document.as_xades().and_then(keiin_xades::Xades::detached),
        }
    }
}

fn finish_known(
    setup: &Setup<'_>,
    prepared: Prepared,
    value: &[u8],
    around: Around<'_>,
    level: Level,
    now: Time,
) -> Result<Signed, Error> {
    let certificate = Certificate::read(prepared.certificate()).map_err(|_| Error::SignerCertificate)?;
    let certificate_ends = certificate.not_after;
    let mut document = match prepared {
        Prepared::Cades(prepared) => {
            Document::signed(prepared.attach(value)?, around.contents.first(), around.known)?
        }
        Prepared::Xades(prepared) => {
            // What went into the document is not looked at again beside it.
            let contents = if prepared.refers_outside() { around.contents } else { &[] };
            Document::signed_xml(prepared.into_attached(value)?, contents, around.detached)?
        }
    };
    let extended = match level {
        // The value has been checked by attach: a plain signature costs no verdict.
        Level::Bes => Extended { steps: Vec::new(), level: Level::Bes, stopped: None },
        level => extend(setup, &mut document, Goal::Level(level), now)?,
    };
    Ok(Signed { document, extended, certificate_ends })
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
pub(crate) fn check_signer(certificate: &[u8], signing: &Signing, now: Time) -> Result<(), Error> {
    let certificate = Certificate::read(certificate).map_err(|_| Error::SignerCertificate)?;
    if now > certificate.not_after {
        return Err(Error::CertificateExpired { not_after: certificate.not_after });
    }
    if now < certificate.not_before {
        return Err(Error::CertificateNotYetValid { not_before: certificate.not_before });
    }
    let may_sign = certificate.key_usage.is_none_or(|usage| usage.contains(KeyUsage::NON_REPUDIATION));
    if signing.usage == Usage::NonRepudiation && !may_sign {
        return Err(Error::AuthenticationCertificate);
    }
    check_roles(certificate.raw, &signing.roles)
}

/// Refuses a certificate that states none of the wanted licences, by Japanese name or code; nothing wanted: nothing
/// refused. [`sign`] does so for [`Signing::roles`]; a caller does it earlier to spare a PIN.
///
/// # Errors
/// [`Error::WrongRole`], [`Error::SignerCertificate`].
pub fn check_roles(certificate: &[u8], wanted: &[String]) -> Result<(), Error> {
    let certificate = Certificate::read(certificate).map_err(|_| Error::SignerCertificate)?;
    let found = Hpki::new().roles(&certificate);
    let fits = |role: &RoleReport| {
        wanted.iter().any(|wanted| role.japanese.as_ref() == Some(wanted) || role.code == *wanted)
    };
    if wanted.is_empty() || found.iter().any(fits) {
        return Ok(());
    }
    let found = found.into_iter().map(|role| role.japanese.unwrap_or(role.code)).collect();
    Err(Error::WrongRole { wanted: wanted.to_vec(), found })
}

/// The octets of content, so that examples need no other import.
impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Bytes::from(bytes))
    }
}
