// SPDX-License-Identifier: Apache-2.0 OR MIT
//! How much one document may ask for. Each limit ends in an error that names it.

/// Octets of one document: 1 GiB. Offsets are 32 bits wide; a scan of 1,000 pages in Base64 is below 300 MB.
pub const MAX_OCTETS: usize = 1 << 30;
/// Elements within elements. Real documents have some 20; libxml2 takes 256.
pub const MAX_DEPTH: usize = 1_000;
/// Elements, texts, comments and instructions of one document. About 24 octets are kept for each.
pub const MAX_NODES: usize = 20_000_000;
/// Attributes of one element, namespace declarations counted.
pub const MAX_ATTRIBUTES: usize = 10_000;
/// Octets of one attribute's value. libxml2 takes 10 MB.
pub const MAX_ATTRIBUTE_OCTETS: usize = 10_000_000;
/// Octets of one name, prefix counted. libxml2 takes 50,000.
pub const MAX_NAME_OCTETS: usize = 50_000;
/// Attributes that are identifiers in one document.
pub const MAX_IDS: usize = 1_000_000;
/// Namespace nodes looked at in one canonicalisation, or made for one XPath node set. The namespaces of a document are in
/// scope in every element below their declaration, so this bounds a product.
pub const MAX_NAMESPACE_NODES: usize = 20_000_000;

/// `ds:Signature` elements in one document. Real files have a handful; a petition with thousands still fits.
pub const MAX_SIGNATURES: usize = 10_000;
/// `ds:Reference` elements in one document.
pub const MAX_REFERENCES: usize = 100_000;
/// Transforms of one reference. Real ones have at most three; each may read a document anew.
pub const MAX_TRANSFORMS: usize = 16;
/// Operations in one XPath Filter 2.0 transform.
pub const MAX_FILTERS: usize = 64;
/// Elements that one `ds:KeyInfo` may have or refer to: certificates, names, keys.
pub const MAX_KEY_INFO_ITEMS: usize = 1_000;
/// References from KeyInfo to KeyInfo.
pub const MAX_KEY_INFO_DEPTH: usize = 4;
/// Octets of the elements that all KeyInfos of one document refer to, each time that one does.
pub const MAX_KEY_INFO_FOLLOWED: usize = 64 << 20;
/// Octets that all references of one document may have digested together: 16 GiB.
pub const MAX_TRANSFORMED: u64 = 16 << 30;
/// Octets of one XPath expression with its element.
pub const MAX_XPATH_OCTETS: usize = 64 * 1024;
/// Tokens of one XPath expression.
pub const MAX_XPATH_TOKENS: usize = 2_000;
/// Brackets within brackets of one XPath expression.
pub const MAX_XPATH_DEPTH: usize = 32;
/// Nodes that all XPath expressions of one document may look at together, and every four octets of text. This many ...
pub const MIN_XPATH_WORK: u64 = 20_000_000;
/// ... and so many more for each octet of the document and the data beside it ...
pub const XPATH_WORK_PER_OCTET: u64 = 8;
/// ... but never more than this: some ten seconds.
pub const MAX_XPATH_WORK: u64 = 200_000_000;
/// Counter-signatures on counter-signatures.
pub const MAX_COUNTERSIGNATURE_DEPTH: usize = 10;
/// Time-stamps in one document, as in CAdES: each archive time-stamp digests all that stands before it.
pub const MAX_TIMESTAMPS: usize = 500;
/// Octets of elements that all time-stamps of one document may be over together, beside the data of references: 16 GiB.
pub const MAX_STAMPED: u64 = 16 << 30;
/// Objects that all time-stamps of one document may prove together. A century of renewals over a thousand objects is a
/// hundredth of it.
pub const MAX_COVERED: u64 = 10_000_000;
