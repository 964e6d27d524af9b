// SPDX-License-Identifier: Apache-2.0 OR MIT
//! How much one file may ask for. Counts inside attributes and sets are limited in `keiin_pki::cms`.

/// Signatures and counter-signatures together. Real files have a handful; a petition with a thousand signers still fits.
pub const MAX_SIGNATURES: usize = 10_000;
/// Counter-signatures on counter-signatures.
pub const MAX_COUNTERSIGNATURE_DEPTH: usize = 10;
/// Time-stamps in one file. An ES-A renewed every year for a century has about 100; each archive time-stamp is compared
/// with every other, so the square of this bounds the work.
pub const MAX_TIMESTAMPS: usize = 500;
/// Octets that archive time-stamps may have hashed in one file, content included where it is hashed again: 16 GiB.
/// Each archive time-stamp is over the whole file, so this bounds their product.
pub const MAX_HASHED: u64 = 16 << 30;
