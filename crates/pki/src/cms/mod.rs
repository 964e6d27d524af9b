// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CMS SignedData kept as slices of the input (RFC 5652, 5).

mod attribute;
mod signed_data;
mod signer_info;

pub use attribute::Attribute;
pub use signed_data::{CertificateChoice, EncapsulatedContent, RevocationChoice, SignedData};
pub use signer_info::{SignerId, SignerInfo};

#[allow(missing_docs)] // RFC 5652's own names
pub mod oid {
    //! OIDs of CMS itself.
    use keiin_model::Oid;

    pub const DATA: Oid = Oid::new(&[1, 2, 840, 113549, 1, 7, 1]);
    pub const SIGNED_DATA: Oid = Oid::new(&[1, 2, 840, 113549, 1, 7, 2]);
    pub const CONTENT_TYPE: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 3]);
    pub const MESSAGE_DIGEST: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 4]);
    pub const SIGNING_TIME: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 5]);
    pub const COUNTER_SIGNATURE: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 6]);
    /// id-ri-ocsp-response: a whole OCSPResponse in SignedData.crls (RFC 5940).
    pub const RI_OCSP_RESPONSE: Oid = Oid::new(&[1, 3, 6, 1, 5, 5, 7, 16, 2]);
}
