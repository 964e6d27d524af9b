// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Certificates, CRLs and OCSP responses piece by piece, for shapes that no world of people has: encoded by RustCrypto's
//! types, signed with the kit's keys.

mod extension;
mod ocsp;

use der::{Decode as _, Tag, asn1::Any};
use keiin_model::Time;
use x509_cert::{Version, ext::Extensions, time::Validity};

pub use extension::{DraftExtension, DraftName, DraftPoint, Scope};
pub use ocsp::{DraftStatus, OcspDraft, Responder, SingleDraft};

use crate::{
    certificate::{TbsCertificate, serial_number},
    encode::{self, der, generalized_time, x509_time},
    entity::DistinguishedName,
    keys::TestKey,
};

/// A certificate to be.
#[derive(Clone)]
pub struct CertificateDraft {
    /// The subject.
    pub subject: DistinguishedName,
    /// The issuer's name as it will stand there.
    pub issuer: DistinguishedName,
    /// The serial number.
    pub serial: u64,
    /// The subject's key.
    pub key: &'static TestKey,
    /// First moment of validity.
    pub not_before: Time,
    /// Last moment of validity.
    pub not_after: Time,
    /// The extensions in order.
    pub extensions: Vec<DraftExtension>,
}

impl CertificateDraft {
    /// The certificate, DER.
    pub fn signed_by(&self, key: &TestKey) -> Vec<u8> {
        let extensions: Extensions = self.extensions.iter().map(DraftExtension::encoded).collect();
        let tbs = TbsCertificate {
            version: Version::V3,
            serial_number: serial_number(self.serial),
            signature: key.signature_identifier(key.usual_digest()),
            issuer: encode::name(&self.issuer),
            validity: Validity::new(x509_time(self.not_before), x509_time(self.not_after)),
            subject: encode::name(&self.subject),
            subject_public_key_info: Any::from_der(self.key.spki()).expect("an SPKI"),
            extensions: (!extensions.is_empty()).then_some(extensions),
        };
        key.signed(der(&tbs), key.usual_digest())
    }
}

/// How the times of a CRL are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeForm {
    /// UTCTime through 2049 (RFC 5280, 5.1.2.4).
    #[default]
    AsTheRfcSays,
    /// GeneralizedTime always, as some CAs write it.
    Generalized,
}

/// A CRL to be.
#[derive(Clone)]
pub struct CrlDraft {
    /// The issuer.
    pub issuer: DistinguishedName,
    /// thisUpdate.
    pub this_update: Time,
    /// nextUpdate.
    pub next_update: Option<Time>,
    /// The entries in order.
    pub entries: Vec<EntryDraft>,
    /// crlExtensions.
    pub extensions: Vec<DraftExtension>,
    /// How times are written.
    pub times: TimeForm,
}

/// An entry of a CRL.
#[derive(Clone)]
pub struct EntryDraft {
    /// The serial number.
    pub serial: u64,
    /// revocationDate.
    pub at: Time,
    /// crlEntryExtensions.
    pub extensions: Vec<DraftExtension>,
}

impl CrlDraft {
    /// The list, DER.
    pub fn signed_by(&self, key: &TestKey) -> Vec<u8> {
        let mut content = der(&Version::V2);
        content.extend(der(&key.signature_identifier(key.usual_digest())));
        content.extend(der(&encode::name(&self.issuer)));
        content.extend(self.time(self.this_update));
        content.extend(self.next_update.iter().flat_map(|time| self.time(*time)));
        let entries: Vec<u8> = self.entries.iter().flat_map(|entry| self.entry(entry)).collect();
        if !entries.is_empty() {
            content.extend(encode::sequence(&entries));
        }
        if !self.extensions.is_empty() {
            content.extend(der(&encode::explicit(0, &list(&self.extensions))));
        }
        key.signed(encode::sequence(&content), key.usual_digest())
    }

    fn entry(&self, entry: &EntryDraft) -> Vec<u8> {
        let mut content = der(&serial_number(entry.serial));
        content.extend(self.time(entry.at));
        if !entry.extensions.is_empty() {
            content.extend(list(&entry.extensions));
        }
        encode::sequence(&content)
    }

    fn time(&self, time: Time) -> Vec<u8> {
        match self.times {
            TimeForm::AsTheRfcSays => der(&x509_time(time)),
            TimeForm::Generalized => der(&generalized_time(time)),
        }
    }
}

/// Extensions as they stand in one another's row.
fn list(extensions: &[DraftExtension]) -> Vec<u8> {
    der(&extensions.iter().map(DraftExtension::encoded).collect::<Extensions>())
}

fn enumerated(value: u8) -> Vec<u8> {
    der(&encode::any(Tag::Enumerated, &[value]))
}
