// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a file is, by its first octets: so that a wrong file is answered by name.

use keiin_pki::cms::SignedData;
use keiin_pki::der::{Element, Reader, Tag};

use crate::model::Oid;

/// What a file was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// CMS SignedData: a CAdES signature.
    Cms,
    /// An RFC 3161 time-stamp token in a file of its own.
    Token,
    /// An RFC 3161 TimeStampResp with a token inside, as `openssl ts` writes it.
    TimestampResponse,
    /// A CMS of another kind (encrypted, digested).
    OtherCms,
    /// A certificate.
    Certificate,
    /// A CRL.
    Crl,
    /// A PKCS#12 file.
    Pkcs12,
    /// A BER or DER file of something else.
    OtherDer,
    /// A private key in PEM.
    PrivateKey,
    /// PEM text of another kind: it may be a signature.
    Pem,
    /// XML text.
    Xml,
    /// A PDF.
    Pdf,
    /// A ZIP: an office document or an ASiC container.
    Zip,
    /// No octets at all.
    Empty,
    /// BER that stops in the middle.
    Truncated,
    /// Something else.
    Unknown,
}

const SIGNED_DATA: Oid = Oid::new(&[1, 2, 840, 113549, 1, 7, 2]);
const TST_INFO: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 1, 4]);

impl FileKind {
    /// Looks at a file.
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        // BER first: a signature that carries a PDF has its marker within the first octets too.
        if bytes.first() == Some(&0x30) {
            let kind = of_sequence(bytes);
            if kind != Self::Unknown {
                return kind;
            }
        }
        let head = bytes.get(..1024).unwrap_or(bytes);
        if has(head, b"%PDF-") {
            return Self::Pdf;
        }
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return Self::Zip;
        }
        if has(head, b"-----BEGIN ") {
            return of_pem(head);
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        if text.starts_with(b"<") || bytes.starts_with(b"\xff\xfe<\0") || bytes.starts_with(b"\xfe\xff\0<") {
            return Self::Xml;
        }
        Self::Unknown
    }

    /// Whether keiin can read it as a document now.
    pub const fn is_document(self) -> bool {
        matches!(self, Self::Cms | Self::Token | Self::TimestampResponse | Self::Pdf | Self::Xml)
    }
}

/// By the first label (RFC 7468, 5 to 13).
fn of_pem(head: &[u8]) -> FileKind {
    let text = String::from_utf8_lossy(head);
    let label = text.split_once("-----BEGIN ").and_then(|(_, rest)| rest.split_once("-----"));
    match label.map(|(label, _)| label) {
        Some("CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE") => FileKind::Certificate,
        Some("X509 CRL") => FileKind::Crl,
        Some(label) if label.ends_with("PRIVATE KEY") => FileKind::PrivateKey,
        _ => FileKind::Pem,
    }
}

fn has(head: &[u8], what: &[u8]) -> bool {
    head.windows(what.len()).any(|window| window == what)
}

fn of_sequence(bytes: &[u8]) -> FileKind {
    let Ok(outer) = Reader::new(bytes).read("file") else { return broken(bytes) };
    let Ok(mut reader) = outer.reader("file") else { return FileKind::Unknown };
    let Ok(first) = reader.read("file") else { return FileKind::Unknown };
    match first.tag() {
        Tag::OID => of_content_info(bytes, &first),
        Tag::INTEGER => FileKind::Pkcs12.only_if(first.unsigned("version") == Ok(3)),
        Tag::SEQUENCE => of_nested(&first, &mut reader),
        _ => FileKind::OtherDer,
    }
}

impl FileKind {
    const fn only_if(self, right: bool) -> Self {
        if right { self } else { Self::OtherDer }
    }
}

fn of_content_info(bytes: &[u8], kind: &Element<'_>) -> FileKind {
    if kind.oid("contentType") != Ok(SIGNED_DATA) {
        return FileKind::OtherCms;
    }
    match SignedData::read(bytes) {
        Ok(signed) if signed.encapsulated.kind == TST_INFO => FileKind::Token,
        // A broken SignedData is a CMS too: its reader says what is broken.
        _ => FileKind::Cms,
    }
}

/// SEQUENCE { SEQUENCE ... }: a certificate, a CRL or a TimeStampResp.
fn of_nested(first: &Element<'_>, rest: &mut Reader<'_>) -> FileKind {
    let Ok(mut inner) = first.reader("file") else { return FileKind::OtherDer };
    let begins = inner.read("file").map(|e| e.tag());
    let then = inner.peek();
    let second = rest.peek();
    match (begins, then, second) {
        (Ok(tag), Some(Tag::INTEGER), Some(Tag::SEQUENCE)) if tag == Tag::context(0) => FileKind::Certificate,
        // PKIStatusInfo begins with a status and has no SEQUENCE of names behind it; a v1 certificate and a CRL do.
        (Ok(Tag::INTEGER), next, second) if next != Some(Tag::SEQUENCE) || second.is_none() => {
            FileKind::TimestampResponse
        }
        (Ok(Tag::INTEGER), Some(Tag::SEQUENCE), Some(Tag::SEQUENCE)) => FileKind::Crl,
        _ => FileKind::OtherDer,
    }
}

/// A SEQUENCE that cannot be read to its end: cut off, or no BER at all.
fn broken(bytes: &[u8]) -> FileKind {
    // ContentInfo of SignedData begins alike whatever the length's form: the OID stands within the first octets.
    const OID: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    if has(bytes.get(..24).unwrap_or(bytes), OID) { FileKind::Truncated } else { FileKind::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_files_are_known_by_their_beginning() {
        for (bytes, kind) in [
            (&b""[..], FileKind::Empty),
            (b"%PDF-1.7\n", FileKind::Pdf),
            (b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02%PDF-1.7", FileKind::Truncated),
            (b"0 %PDF-1.7", FileKind::Pdf),
            (b"PK\x03\x04xx", FileKind::Zip),
            (b"-----BEGIN CMS-----\n", FileKind::Pem),
            (b"-----BEGIN EC PRIVATE KEY-----\n", FileKind::PrivateKey),
            (b"x\n-----BEGIN CERTIFICATE-----\n", FileKind::Certificate),
            (b"\xef\xbb\xbf\n<?xml version='1.0'?>", FileKind::Xml),
            (b"hello", FileKind::Unknown),
            (b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0", FileKind::Truncated),
            (b"\x30\x82\x10", FileKind::Unknown),
            (b"\x30\x03\x02\x01\x05", FileKind::OtherDer),
            (b"\x30\x05\x30\x03\x02\x01\x02", FileKind::TimestampResponse),
        ] {
            assert_eq!(FileKind::of(bytes), kind, "{bytes:?}");
        }
    }
}
