// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OIDs of CAdES attributes (EN 319 122-1 and -2, TS 101 733).
#![allow(missing_docs)] // the standards' own names

use keiin_model::Oid;

pub use keiin_pki::cms::oid::{CONTENT_TYPE, COUNTER_SIGNATURE, MESSAGE_DIGEST, SIGNING_TIME};
pub use keiin_tsp::oid::{
    CERTIFICATE_VALUES, REVOCATION_INFO_ARCHIVAL, REVOCATION_VALUES, SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
};

/// An arc under id-aa (1.2.840.113549.1.9.16.2).
const fn aa(arc: u64) -> Oid {
    Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 2, arc])
}

pub const CONTENT_HINTS: Oid = aa(4);
pub const CONTENT_IDENTIFIER: Oid = aa(7);
pub const CONTENT_REFERENCE: Oid = aa(10);
pub const SIGNATURE_TIMESTAMP: Oid = aa(14);
pub const SIGNATURE_POLICY: Oid = aa(15);
pub const COMMITMENT_TYPE: Oid = aa(16);
pub const SIGNER_LOCATION: Oid = aa(17);
pub const SIGNER_ATTRIBUTES: Oid = aa(18);
pub const CONTENT_TIMESTAMP: Oid = aa(20);
pub const COMPLETE_CERTIFICATE_REFERENCES: Oid = aa(21);
pub const COMPLETE_REVOCATION_REFERENCES: Oid = aa(22);
/// CAdES-C-timestamp.
pub const CADES_C_TIMESTAMP: Oid = aa(25);
pub const TIME_STAMPED_CERTS_CRLS_REFERENCES: Oid = aa(26);
/// archive-time-stamp of TS 101 733 up to V1.4.0.
pub const ARCHIVE_TIMESTAMP_V1: Oid = aa(27);
pub const ATTRIBUTE_CERTIFICATE_REFERENCES: Oid = aa(44);
pub const ATTRIBUTE_REVOCATION_REFERENCES: Oid = aa(45);
pub const ARCHIVE_TIMESTAMP_V2: Oid = aa(48);
/// id-aa-er-internal (RFC 4998, 5.2).
pub const EVIDENCE_RECORD_INTERNAL: Oid = aa(49);
/// id-aa-er-external (RFC 4998, 5.3).
pub const EVIDENCE_RECORD_EXTERNAL: Oid = aa(50);
pub const MIME_TYPE: Oid = Oid::new(&[0, 4, 0, 1733, 2, 1]);
pub const LONG_TERM_VALIDATION: Oid = Oid::new(&[0, 4, 0, 1733, 2, 2]);
pub const ARCHIVE_TIMESTAMP_V3: Oid = Oid::new(&[0, 4, 0, 1733, 2, 4]);
pub const ATS_HASH_INDEX: Oid = Oid::new(&[0, 4, 0, 1733, 2, 5]);
pub const SIGNER_ATTRIBUTES_V2: Oid = Oid::new(&[0, 4, 0, 19122, 1, 1]);
pub const SIGNATURE_POLICY_STORE: Oid = Oid::new(&[0, 4, 0, 19122, 1, 3]);
pub const ATS_HASH_INDEX_V2: Oid = Oid::new(&[0, 4, 0, 19122, 1, 4]);
pub const ATS_HASH_INDEX_V3: Oid = Oid::new(&[0, 4, 0, 19122, 1, 5]);
