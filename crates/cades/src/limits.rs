// SPDX-License-Identifier: Apache-2.0 OR MIT
//! How much one file may ask for. Counts inside attributes and sets are limited in `keiin_pki::cms`.

/// Signatures and counter-signatures together. Real files have a handful; a petition with a thousand signers still fits.
pub const MAX_SIGNATURES: usize = 10_000;
/// Counter-signatures on counter-signatures.
pub const MAX_COUNTERSIGNATURE_DEPTH: usize = 10;
/// Time-stamps in one file. An ES-A renewed every year for a century has about 100.
pub const MAX_TIMESTAMPS: usize = 2_000;
/// Octets that archive time-stamps may have hashed in one file, content included: a 16 GiB budget. Each archive
/// time-stamp v2 is over the whole file, so this bounds their product.
pub const MAX_HASHED: u64 = 16 << 30;
