// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a certificate of the test world says, as data.

use keiin_model::{DigestAlgorithm, Time};

/// One certificate of the world with its key.
#[derive(Clone, Debug)]
pub struct Entity {
    /// What the kit calls it: `doctor`.
    pub name: String,
    /// The subject.
    pub subject: DistinguishedName,
    /// The name of its test key ([`crate::keys`]).
    pub key: &'static str,
    /// The name of the entity that issued it; its own name: self-signed.
    pub issuer: String,
    /// First moment of validity.
    pub not_before: Time,
    /// Last moment of validity.
    pub not_after: Time,
    /// What it is for, which decides its extensions.
    pub kind: Kind,
    /// The digest under which the issuer signed it.
    pub signed_with: DigestAlgorithm,
    /// When and why it was revoked.
    pub revocation: Option<Revocation>,
    /// Where it says that revocation can be asked; `None`: as the world does.
    pub sources: Option<RevocationSources>,
}

/// A distinguished name, the outermost part (the country) first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DistinguishedName(pub Vec<(NamePart, String)>);

impl DistinguishedName {
    /// A name in Japan: `C=JP` and these parts.
    pub fn jp(parts: &[(NamePart, &str)]) -> Self {
        let country = (NamePart::Country, "JP".to_owned());
        Self(std::iter::once(country).chain(parts.iter().map(|(p, t)| (*p, (*t).to_owned()))).collect())
    }

    /// This name with one more part at its end.
    #[must_use]
    pub fn with(&self, part: NamePart, text: &str) -> Self {
        let mut longer = self.clone();
        longer.0.push((part, text.to_owned()));
        longer
    }
}

/// An attribute of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names say it
pub enum NamePart {
    Country,
    Organization,
    OrganizationalUnit,
    CommonName,
    SerialNumber,
}

/// What a certificate is for.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A certification authority.
    Ca(CaProfile),
    /// A person with a card.
    Holder(HolderProfile),
    /// A time-stamp authority.
    Tsa(TsaProfile),
    /// A delegated OCSP responder with id-pkix-ocsp-nocheck (RFC 6960, 4.2.2.2).
    OcspResponder,
}

/// A certification authority.
#[derive(Clone, Debug)]
pub struct CaProfile {
    /// The policy in a critical certificatePolicies.
    pub policy: Option<&'static str>,
    /// How its CRLs look.
    pub crl: CrlStyle,
}

/// How a CA's CRLs look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrlStyle {
    /// One full CRL without an IssuingDistributionPoint, as the HPKI signing CAs have.
    Full,
    /// As the MHLW root: a critical IssuingDistributionPoint with a directoryName (`CN=SARL`) and onlyContainsCACerts,
    /// and a second list (`CN=RARL`) that the root's own certificate points to.
    Arl,
}

/// A person with a card.
#[derive(Clone, Debug)]
pub struct HolderProfile {
    /// Signature or authentication card.
    pub usage: HolderUsage,
    /// The policy in a critical certificatePolicies.
    pub policy: &'static str,
    /// The licences in hcRole; none: no subjectDirectoryAttributes at all.
    pub licences: Vec<String>,
    /// The Japanese name in subjectAltName, as MEDIS writes it; none: no subjectAltName, as the medical association.
    pub japanese_name: Option<String>,
}

/// The key usage of a card. Critical and alone, as on real cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderUsage {
    /// nonRepudiation: for documents.
    NonRepudiation,
    /// digitalSignature: for logging in, never for documents.
    DigitalSignature,
}

/// A time-stamp authority.
#[derive(Clone, Debug)]
pub struct TsaProfile {
    /// Its extended key usage.
    pub usage: TsaUsage,
    /// What its tokens look like.
    pub token: TokenProfile,
}

/// The extended key usage of a TSA. RFC 3161, 2.3 wants it critical and alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TsaUsage {
    /// Right: timeStamping, critical, alone.
    Critical,
    /// Wrong: no extended key usage.
    Absent,
    /// Wrong: not critical.
    NotCritical,
    /// Wrong: emailProtection beside it.
    WithOthers,
}

/// What the tokens of a TSA look like.
#[derive(Clone, Copy, Debug)]
pub struct TokenProfile {
    /// The digest of the signature and of the signing-certificate attribute.
    pub digest: DigestAlgorithm,
    /// The signing-certificate attribute.
    pub ess: EssVersion,
    /// Accuracy in seconds, milliseconds and microseconds (zero: left out); `None`: no accuracy.
    pub accuracy: Option<(u32, u16, u16)>,
    /// Whether tokens are ordered by genTime alone.
    pub ordering: bool,
    /// Nanoseconds of genTime when the moment asked for is a whole second; zero: none.
    pub nanos: u32,
    /// Whether the token names its TSA.
    pub tsa_name: bool,
    /// Whether there is a signing-time attribute.
    pub signing_time: bool,
    /// How an RSA signature is named.
    pub naming: RsaNaming,
}

impl Default for TokenProfile {
    fn default() -> Self {
        Self {
            digest: DigestAlgorithm::Sha256,
            ess: EssVersion::V2,
            accuracy: Some((1, 0, 0)),
            ordering: false,
            nanos: 0,
            tsa_name: false,
            signing_time: false,
            naming: RsaNaming::Plain,
        }
    }
}

/// Which signing-certificate attribute a token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EssVersion {
    /// ESSCertID with SHA-1 (RFC 2634), as many Japanese TSAs still do.
    V1,
    /// ESSCertIDv2 with the digest of the profile (RFC 5816).
    V2,
}

/// How an RSA signature is named in a SignerInfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaNaming {
    /// rsaEncryption.
    Plain,
    /// sha256WithRSAEncryption and its like.
    WithDigest,
}

/// When and why a certificate was revoked. CRLs and OCSP answers before that moment do not know of it.
#[derive(Clone, Copy, Debug)]
pub struct Revocation {
    /// From when on.
    pub at: Time,
    /// Why.
    pub reason: RevocationReason,
    /// When a hold was lifted.
    pub until: Option<Time>,
}

impl Revocation {
    /// Revoked from a moment on.
    pub const fn new(at: Time, reason: RevocationReason) -> Self {
        Self { at, reason, until: None }
    }

    pub(crate) fn in_force(&self, at: Time) -> bool {
        self.at <= at && self.until.is_none_or(|until| at < until)
    }
}

/// CRLReason (RFC 5280, 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
#[repr(u8)]
pub enum RevocationReason {
    Unspecified = 0,
    KeyCompromise = 1,
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
}

/// Where a certificate says that its revocation can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RevocationSources {
    /// A CRL distribution point only, as HPKI certificates have.
    #[default]
    Crl,
    /// An OCSP responder (and the issuer's certificate) in AIA only.
    Ocsp,
    /// Both.
    Both,
}

impl RevocationSources {
    pub(crate) const fn crl(self) -> bool {
        matches!(self, Self::Crl | Self::Both)
    }

    pub(crate) const fn ocsp(self) -> bool {
        matches!(self, Self::Ocsp | Self::Both)
    }
}
