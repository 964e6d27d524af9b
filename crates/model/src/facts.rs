// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What an adapter read from a file: unjudged, format-free, complete enough for the engine to judge.

use serde::{Deserialize, Serialize};

use crate::{Bytes, DigestAlgorithm, ObjectId, Oid, SignatureAlgorithm, Time};

/// The family of formats that a signature belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Family {
    /// CMS in a file of its own (EN 319 122).
    Cades,
    /// XML (EN 319 132).
    Xades,
    /// CMS inside a PDF (EN 319 142).
    Pades,
    /// A time-stamp token (RFC 3161).
    Token,
}

/// One signature as read from a container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignatureFacts {
    /// SHA-256 of the signature value's octets: the object whose existence time-stamps prove.
    pub id: ObjectId,
    /// The family.
    pub family: Family,
    /// The level by structure, in the words of the standards as EU DSS writes them: `CAdES-BASELINE-LTA`, `CAdES-C`,
    /// `PKCS7-T`, `XAdES-A`.
    pub format: String,
    /// The signature that this one counter-signs.
    pub countersigns: Option<ObjectId>,
    /// What the signature value is computed over.
    pub message: SignedMessage,
    /// The scheme with its parameters.
    pub algorithm: SignatureAlgorithm,
    /// The signature value.
    pub value: Bytes,
    /// How the container points to the signer's certificate.
    pub signer: SignerReference,
    /// What the signer signed about itself.
    pub properties: SignedProperties,
    /// The signed data: the message digest (CMS), each Reference (XML), the ByteRange (PDF).
    pub data: Vec<DataReference>,
    /// Time-stamps of this signature, in the order in which they stand.
    pub timestamps: Vec<TimestampFacts>,
    /// Counter-signatures of this signature.
    pub countersignatures: Vec<SignatureFacts>,
    /// Structural problems.
    pub defects: Vec<Defect>,
}

/// What a signature value is computed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "given-as", rename_all = "kebab-case")]
pub enum SignedMessage {
    /// The octets themselves (signedAttrs as a SET, the canonical SignedInfo).
    Octets {
        /// They.
        octets: Bytes,
    },
    /// Only their digest is known: the value is over large content directly (CMS without signed attributes).
    Digest {
        /// The digest under the signature algorithm's digest.
        digest: Bytes,
    },
    /// The signed octets are not there (detached content was not given).
    Missing,
}

/// How a container points to the signer's certificate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignerReference {
    /// DER of the issuer's Name (SignerIdentifier issuerAndSerialNumber).
    pub issuer: Option<Bytes>,
    /// Content octets of the serial number.
    pub serial: Option<Bytes>,
    /// The subject key identifier.
    pub key_id: Option<Bytes>,
    /// Certificates that the container offers for this signer beside naming them (`ds:KeyInfo`).
    pub offered: Vec<ObjectId>,
    /// A SubjectPublicKeyInfo that the container offers where it offers no certificate (`ds:KeyValue`): the value can be
    /// checked with it, whose it is nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Bytes>,
    /// Whether a signing-certificate attribute or property is there, even an empty or unreadable one.
    pub has_signing_certificate: bool,
    /// The signed references to certificates: the first is the signer's (RFC 5035, 4).
    pub references: Vec<CertificateReference>,
}

/// A digest of a certificate, signed by the signer (ESSCertID, ESSCertIDv2, xades:Cert).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateReference {
    /// The digest's algorithm; `None` when keiin cannot compute it.
    pub algorithm: Option<DigestAlgorithm>,
    /// The digest.
    pub digest: Bytes,
    /// DER of the issuer's Name, where a readable one is given.
    pub issuer: Option<Bytes>,
    /// Content octets of the serial number, where given.
    pub serial: Option<Bytes>,
}

/// What the signer signed about itself and the data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignedProperties {
    /// The claimed signing time.
    pub signing_time: Option<Time>,
    /// The type of the signed content (CMS eContentType).
    pub content_type: Option<Oid>,
    /// MIME type of the data, where signed.
    pub mime_type: Option<String>,
    /// Commitment types by OID in dotted form or URI.
    pub commitments: Vec<String>,
    /// Where the signer claims to have signed.
    pub location: Option<SignerLocation>,
    /// Claimed roles, as written.
    pub claimed_roles: Vec<String>,
    /// The signature policy by OID in dotted form or URI; an implied policy is the empty string.
    pub policy: Option<String>,
}

/// A claimed place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the standard's own words
pub struct SignerLocation {
    pub country: Option<String>,
    pub locality: Option<String>,
    pub postal_address: Vec<String>,
}

/// One piece of signed data with the digest that was signed and the one that was computed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DataReference {
    /// The standard's name or the reference's URI: `message-digest`, `#PrescriptionDocument`.
    pub name: String,
    /// What the reference is for.
    #[serde(default)]
    pub kind: DataKind,
    /// The digest's algorithm; `None` when keiin cannot compute it.
    pub algorithm: Option<DigestAlgorithm>,
    /// The digest in the signature.
    pub expected: Bytes,
    /// The digest of the data that was found; `None` when the data was not there.
    pub actual: Option<Bytes>,
    /// What of the document the digest was computed over (XML).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered: Option<Covered>,
    /// The digest was computed over something that stands where the standard does not let it stand (EN 319 132-1, 4.4.2:
    /// wrapping), or that cannot be told apart from another of its name: it does not count as found.
    #[serde(default, skip_serializing_if = "is_false")]
    pub misplaced: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for the reference
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// What a digest in a signature is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum DataKind {
    /// The content of a CMS or a PDF.
    #[default]
    MessageDigest,
    /// A ds:Reference to data.
    Reference,
    /// A ds:Reference to a ds:Object of the signature.
    Object,
    /// A ds:Reference to the SignedProperties.
    SignedProperties,
    /// A ds:Reference to the ds:KeyInfo.
    KeyInfo,
    /// A ds:Reference to ds:SignatureProperties.
    SignatureProperties,
    /// A ds:Reference to a ds:Manifest.
    Manifest,
    /// A ds:Reference inside a ds:Manifest that is signed. Core validation does not ask for it (XML Signature 1.1, 5.1).
    ManifestEntry,
    /// A ds:Reference by xpointer.
    #[serde(rename = "XPOINTER")]
    XPointer,
    /// A ds:Reference to the signature that is counter-signed.
    CounterSignature,
    /// The signature value of the counter-signed signature, which no reference is over.
    CounterSignedSignatureValue,
}

/// What of an XML document a reference covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The element by its name as written, `/` for the whole document.
    pub element: String,
    /// Its identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How much of the document that is.
    pub extent: Extent,
}

/// How much of a document a reference covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Extent {
    /// Everything but the signature itself.
    Document,
    /// One element with all that is in it, but the signature itself.
    Element,
    /// The text in one element, which is the data in Base64.
    Text,
    /// A part of an element, as the reference's transforms leave something out.
    Part,
    /// Nothing of the document: data that stands outside it.
    Outside,
}

impl DataReference {
    /// A piece of signed data that stands in no XML document.
    pub fn new(
        name: impl Into<String>,
        algorithm: Option<DigestAlgorithm>,
        expected: impl Into<Bytes>,
        actual: Option<Bytes>,
    ) -> Self {
        Self { name: name.into(), algorithm, expected: expected.into(), actual, ..Self::default() }
    }

    /// Whether the data was there.
    pub fn found(&self) -> bool {
        self.actual.is_some() && !self.misplaced
    }

    /// Whether the data was there and is what was signed.
    pub fn intact(&self) -> bool {
        self.found() && self.is_right()
    }

    /// Whether the digest is right, wherever what it is over stands.
    pub fn is_right(&self) -> bool {
        !self.expected.is_empty() && self.actual.as_ref().is_some_and(|actual| *actual == self.expected)
    }
}

/// What a time-stamp is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TimestampKind {
    /// The data before it was signed (content-time-stamp), or a file of any kind.
    #[serde(rename = "CONTENT_TIMESTAMP")]
    Content,
    /// All data objects (XAdES).
    #[serde(rename = "ALL_DATA_OBJECTS_TIMESTAMP")]
    AllDataObjects,
    /// Some data objects (XAdES).
    #[serde(rename = "INDIVIDUAL_DATA_OBJECTS_TIMESTAMP")]
    IndividualDataObjects,
    /// The signature value.
    #[serde(rename = "SIGNATURE_TIMESTAMP")]
    Signature,
    /// Signature value, signature time-stamps and references (CAdES-C-time-stamp, SigAndRefs), or CMS references alone
    /// (time-stamped-certs-crls-references).
    #[serde(rename = "VALIDATION_DATA_TIMESTAMP")]
    ValidationData,
    /// XML references alone (RefsOnlyTimeStamp).
    #[serde(rename = "VALIDATION_DATA_REFSONLY_TIMESTAMP")]
    ReferencesOnly,
    /// Everything (archive-time-stamp, archive-time-stamp-v3, xades ArchiveTimeStamp).
    #[serde(rename = "ARCHIVE_TIMESTAMP")]
    Archive,
    /// A PDF document (DocTimeStamp).
    #[serde(rename = "DOCUMENT_TIMESTAMP")]
    Document,
}

/// A time-stamp with what it covers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimestampFacts {
    /// SHA-256 of the token (its ContentInfo as it stands in the file).
    pub id: ObjectId,
    /// What it is over.
    pub kind: TimestampKind,
    /// genTime.
    pub time: Time,
    /// Accuracy, where the TSA states one.
    pub accuracy: Option<Accuracy>,
    /// Content octets of the token's serial number.
    pub serial: Bytes,
    /// The TSA's policy.
    pub policy: Oid,
    /// The imprint in the token against the one computed from the file.
    pub imprint: ImprintFacts,
    /// The objects whose existence this time-stamp proves if it is good: signatures, certificates, CRLs, OCSP
    /// responses and earlier tokens.
    pub covers: Vec<ObjectId>,
    /// The digests that the coverage runs through: the imprint's and a hash index's.
    pub via: Vec<DigestAlgorithm>,
    /// The token as a signature (design.md 3, rule 2). Its `data` holds the TSTInfo's message digest.
    pub token: Box<SignatureFacts>,
    /// Structural problems of the time-stamp in its container (a hash index that names what is not there).
    pub defects: Vec<Defect>,
}

impl TimestampFacts {
    /// Whether its hash index names what is not there (EN 319 122-1, 5.5.3); that is seen without the signed content too.
    pub fn has_index_mismatch(&self) -> bool {
        self.defects.iter().any(|defect| defect.kind == DefectKind::HashIndexMismatch)
    }
}

/// Accuracy of a genTime (RFC 3161, 2.4.2), in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Seconds, millis and micros as one number of microseconds.
    pub micros: u64,
}

/// The digest that was time-stamped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImprintFacts {
    /// Its algorithm; `None` when keiin cannot compute it.
    pub algorithm: Option<DigestAlgorithm>,
    /// The imprint in the token.
    pub expected: Bytes,
    /// The imprint computed from the file; `None` when what it is over is not there.
    pub actual: Option<Bytes>,
}

impl ImprintFacts {
    /// Whether what it is over was there.
    pub fn found(&self) -> bool {
        self.actual.is_some()
    }

    /// Whether the file's imprint is the token's.
    pub fn intact(&self) -> bool {
        self.actual.as_ref().is_some_and(|actual| *actual == self.expected)
    }
}

/// A structural problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// What is wrong.
    pub kind: DefectKind,
    /// The object or attribute by its standard's name.
    pub at: String,
}

/// What can be wrong with a structure that could still be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DefectKind {
    /// Where DER is required, the encoding is BER only. Reported, not fatal.
    NotDer,
    /// A mandatory attribute or property is missing.
    Missing,
    /// An attribute that may stand once stands more often, or has more than one value.
    Repeated,
    /// An attribute or value could not be read.
    Unreadable,
    /// Something unsigned could not be read, so nothing was taken from it. Anyone can break what is not signed:
    /// reported, not fatal.
    Ignored,
    /// Two values that must agree do not (content-type, digest algorithms).
    Mismatch,
    /// A hash index names an object that is not in the container (EN 319 122-1, 5.5.3).
    HashIndexMismatch,
    /// Objects stand in the container that a time-stamp over everything does not cover. Reported, not fatal.
    NotCovered,
    /// What was signed is not what a reader would take for the document (wrapping, shadow content).
    Coverage,
    /// A version or algorithm that the standard forbids here.
    Forbidden,
    /// The container was carried on after the signature in a way that is allowed (a security store, a time-stamp, another
    /// signature, a filled form). Reported, not fatal.
    Revised,
    /// The container was changed after the signature in a way that the signer does not allow: what is shown is not what
    /// was signed. What was signed is still there and intact, so the format is not broken; acceptance judges it.
    Altered,
}

impl DefectKind {
    /// Whether a signature with this defect is a FORMAT_FAILURE.
    pub const fn is_fatal(self) -> bool {
        !matches!(
            self,
            Self::NotDer
                | Self::Ignored
                | Self::NotCovered
                | Self::Missing
                | Self::Forbidden
                | Self::Revised
                | Self::Altered
        )
    }
}
