// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Who may sign: a certificate that is valid now, is for signing, and states a licence that is wanted.

use keiin_hpki::Hpki;
use keiin_pki::{cert::Certificate, extension::KeyUsage, profile::CertificateProfile as _};

use crate::{
    Error, Signing,
    model::{RoleReport, Time},
};

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
/// refused. [`crate::sign()`] does so for [`Signing::roles`]; a caller does it earlier to spare a PIN.
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
