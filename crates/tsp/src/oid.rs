// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OIDs of tokens and of the attributes that tokens and CAdES share.
#![allow(missing_docs)] // the standards' own names

use keiin_model::Oid;

/// id-ct-TSTInfo (RFC 3161, 2.4.2).
pub const TST_INFO: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 1, 4]);
/// id-aa-signingCertificate (RFC 2634, 5.4).
pub const SIGNING_CERTIFICATE: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 2, 12]);
/// id-aa-signingCertificateV2 (RFC 5035, 3).
pub const SIGNING_CERTIFICATE_V2: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 2, 47]);
/// certificate-values (EN 319 122-1, A.1.3).
pub const CERTIFICATE_VALUES: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 2, 23]);
/// revocation-values (EN 319 122-1, A.1.4).
pub const REVOCATION_VALUES: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 2, 24]);
/// adbe-revocationInfoArchival (ISO 32000-1, 12.8.3.3.2).
pub const REVOCATION_INFO_ARCHIVAL: Oid = Oid::new(&[1, 2, 840, 113583, 1, 1, 8]);
