// SPDX-License-Identifier: Apache-2.0 OR MIT
//! How much one PDF may ask for.

/// Arrays and dictionaries inside each other in one object.
pub const MAX_DEPTH: usize = 64;
/// Elements of one object, those inside it included.
pub const MAX_ELEMENTS: usize = 1_000_000;
/// References that lead to references.
pub const MAX_INDIRECTION: usize = 32;
/// Cross-reference sections: one a revision, two where the file is linearised.
pub const MAX_SECTIONS: usize = 4_096;
/// Entries of all cross-reference sections together. A scan of ten thousand pages has under 100,000 objects.
pub const MAX_ENTRIES: usize = 8_000_000;
/// Octets that one compressed stream may become.
pub const MAX_STREAM: usize = 64 << 20;
/// Octets that all compressed streams that are looked at may become.
pub const MAX_STREAMS: usize = 512 << 20;
/// Octets looked at while objects are parsed, beside this many times the file: overlapping objects would else cost the
/// square of the file.
pub const MAX_WORK: u64 = 256 << 20;
/// See [`MAX_WORK`].
pub const WORK_FACTOR: u64 = 64;
/// Object numbers (ISO 32000-1, annex C: 8,388,607 objects).
pub const MAX_OBJECT_NUMBER: u32 = 8_388_607;
/// Nodes of the page tree that are looked at to find a page.
pub const MAX_PAGES: usize = 1_000_000;
/// Octets of /Contents that are laid out.
pub const MAX_ROOM: usize = 4 << 20;
/// Form fields.
pub const MAX_FIELDS: usize = 100_000;
/// Signatures and document time-stamps.
pub const MAX_SIGNATURES: usize = 1_000;
/// Octets under all ByteRanges together: 64 GiB. Each is over nearly the whole file before it.
pub const MAX_HASHED: u64 = 64 << 30;
/// Certificates, CRLs and OCSP responses in DSS dictionaries of all revisions.
pub const MAX_MATERIAL: usize = 100_000;
