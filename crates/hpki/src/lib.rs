// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The HPKI certificate profile as tables: hcRole, policies, key usage, known CAs.
//!
//! HPKI is the public-key infrastructure of the Ministry of Health, Labour and Welfare (MHLW) for licensed healthcare
//! people. What it asks of a signer's certificate beyond RFC 5280 is a [`CertificateProfile`] that the engine is given.
//!
//! What it does not do: build or validate paths. HPKI's policies do not chain (a CA certificate states the CA's policy
//! and an end entity's the end entity's, without mappings), so a path is valid only while an explicit policy is not
//! required, and the policies are read from the certificates themselves.
//!
//! ```
//! use keiin_hpki::Licence;
//! assert_eq!(Licence::named("医師").map(|l| l.code), Some("Medical Doctor"));
//! assert_eq!(Licence::named("pharmacist").map(|l| l.japanese), Some("薬剤師"));
//! ```
//!
//! [`CertificateProfile`]: keiin_pki::profile::CertificateProfile
#![forbid(unsafe_code)]

mod authority;
mod error;
mod licence;
mod policy;
mod profile;
mod role;

pub use authority::{AUTHORITIES, Authority, AuthorityUse};
pub use error::HpkiError;
pub use licence::{LICENCES, Licence, Source};
pub use policy::{POLICIES, PolicyRow, PolicyUse, policy_use};
pub use profile::Hpki;
pub use role::{HcRole, read_roles, roles};
