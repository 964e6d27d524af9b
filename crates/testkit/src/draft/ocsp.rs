// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OCSP responses of any shape (RFC 6960, 4.2.1).

use der::{
    Tag,
    asn1::{Any, BitString, OctetString},
};
use keiin_model::{DigestAlgorithm, Time};

use super::{DraftExtension, enumerated, list};
use crate::{
    certificate::serial_number,
    encode::{self, any, der, digest_identifier, explicit, generalized_time},
    entity::DistinguishedName,
    keys::{TestKey, digest},
};

/// An OCSP response to be.
#[derive(Clone)]
pub struct OcspDraft {
    /// Who says that it signed.
    pub responder: Responder,
    /// producedAt.
    pub produced_at: Time,
    /// The answers.
    pub singles: Vec<SingleDraft>,
    /// Certificates that stand in it, DER.
    pub certificates: Vec<Vec<u8>>,
}

/// ResponderID.
#[derive(Clone)]
pub enum Responder {
    /// byName.
    Name(DistinguishedName),
    /// byKey: of this key.
    Key(&'static TestKey),
}

/// An answer about one certificate.
#[derive(Clone)]
pub struct SingleDraft {
    /// The digest of the CertID.
    pub digest: DigestAlgorithm,
    /// The issuer's name.
    pub issuer: DistinguishedName,
    /// The issuer's key.
    pub issuer_key: &'static TestKey,
    /// The serial number.
    pub serial: u64,
    /// The answer.
    pub status: DraftStatus,
    /// thisUpdate.
    pub this_update: Time,
    /// nextUpdate.
    pub next_update: Option<Time>,
    /// singleExtensions.
    pub extensions: Vec<DraftExtension>,
}

/// CertStatus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftStatus {
    /// good.
    Good,
    /// revoked: when and why.
    Revoked(Time, Option<u8>),
    /// unknown.
    Unknown,
}

impl OcspDraft {
    /// The successful response, DER.
    pub fn signed_by(&self, key: &TestKey) -> Vec<u8> {
        let mut data = match &self.responder {
            Responder::Name(name) => der(&explicit(1, &der(&encode::name(name)))),
            Responder::Key(key) => {
                let hash = OctetString::new(key.key_id().as_slice()).expect("short");
                der(&explicit(2, &der(&hash)))
            }
        };
        data.extend(der(&generalized_time(self.produced_at)));
        let singles: Vec<u8> = self.singles.iter().flat_map(SingleDraft::encoded).collect();
        data.extend(encode::sequence(&singles));
        let data = encode::sequence(&data);
        let digest = key.usual_digest();
        let mut basic = data.clone();
        basic.extend(der(&key.signature_identifier(digest)));
        basic.extend(der(&BitString::from_bytes(&key.sign(digest, &data)).expect("octets")));
        if !self.certificates.is_empty() {
            basic.extend(der(&explicit(0, &encode::sequence(&self.certificates.concat()))));
        }
        let basic = OctetString::new(encode::sequence(&basic)).expect("short enough");
        let mut bytes = der(&der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1"));
        bytes.extend(der(&basic));
        let mut response = enumerated(0);
        response.extend(der(&explicit(0, &encode::sequence(&bytes))));
        encode::sequence(&response)
    }
}

impl SingleDraft {
    fn encoded(&self) -> Vec<u8> {
        let hash = |input: &[u8]| {
            der(&OctetString::new(digest(self.digest, input).expect("SHA-1 or SHA-2")).expect("short"))
        };
        let mut id = der(&digest_identifier(self.digest));
        id.extend(hash(&der(&encode::name(&self.issuer))));
        id.extend(hash(&self.issuer_key.public_bits()));
        id.extend(der(&serial_number(self.serial)));
        let mut content = encode::sequence(&id);
        content.extend(match self.status {
            DraftStatus::Good => der(&context(0, false, &[])),
            DraftStatus::Unknown => der(&context(2, false, &[])),
            DraftStatus::Revoked(at, reason) => {
                let mut info = der(&generalized_time(at));
                info.extend(reason.iter().flat_map(|code| der(&explicit(0, &enumerated(*code)))));
                der(&context(1, true, &info))
            }
        });
        content.extend(der(&generalized_time(self.this_update)));
        if let Some(next) = self.next_update {
            content.extend(der(&explicit(0, &der(&generalized_time(next)))));
        }
        if !self.extensions.is_empty() {
            content.extend(der(&explicit(1, &list(&self.extensions))));
        }
        encode::sequence(&content)
    }
}

fn context(number: u32, constructed: bool, content: &[u8]) -> Any {
    any(Tag::ContextSpecific { constructed, number: der::TagNumber(number) }, content)
}
