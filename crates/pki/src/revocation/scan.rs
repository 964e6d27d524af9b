// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The entries of a CRL searched for one certificate, octet by octet: nothing is made of the entries that are passed.

use crate::{
    crl::{Crl, RevokedCertificate},
    der::Element,
    name::{GeneralName, Name},
};

/// What a scan found.
#[derive(Clone, Debug)]
pub(super) struct Scan<'a> {
    /// The entry of the certificate.
    pub(super) entry: Option<RevokedCertificate<'a>>,
    /// Whether an entry that was passed has a critical extension that is not known.
    pub(super) unknown_critical: bool,
}

/// An entry that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnreadableEntry;

/// Searches for the entry of a certificate by its serial number and issuer. An entry without certificateIssuer belongs to
/// the issuer of the entry before it, the first to the issuer of the list (RFC 5280, 5.3.3).
pub(super) fn scan<'a>(crl: &Crl<'a>, serial: &[u8], issuer: &Name<'_>) -> Result<Scan<'a>, UnreadableEntry> {
    let mut found = Scan { entry: None, unknown_critical: false };
    let mut is_issuer = crl.issuer.matches(issuer);
    let mut passed: &[u8] = &[];
    let mut rest = crl.entry_octets();
    while !rest.is_empty() {
        let (entry, content) = take(&mut rest, SEQUENCE).ok_or(UnreadableEntry)?;
        let (number, extensions) = split(content).ok_or(UnreadableEntry)?;
        // Most entries repeat the extensions of the one before.
        if extensions != passed && deserves_a_look(extensions) {
            let entry = read(entry)?;
            if let Some(names) = &entry.certificate_issuer {
                is_issuer = names.iter().any(|n| matches!(n, GeneralName::Directory(n) if n.matches(issuer)));
            }
            found.unknown_critical |= entry.unknown_critical;
        }
        passed = extensions;
        if is_issuer && number == serial {
            found.entry = Some(read(entry)?);
            break;
        }
    }
    Ok(found)
}

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;

fn read(entry: &[u8]) -> Result<RevokedCertificate<'_>, UnreadableEntry> {
    let element = Element::whole(entry, "revokedCertificate").map_err(|_| UnreadableEntry)?;
    RevokedCertificate::read(&element).map_err(|_| UnreadableEntry)
}

/// The serial number's content octets and the extensions of an entry.
fn split(mut entry: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, serial) = take(&mut entry, INTEGER)?;
    let time = *entry.first().filter(|tag| matches!(**tag, UTC_TIME | GENERALIZED_TIME))?;
    take(&mut entry, time)?;
    let extensions = entry;
    if !entry.is_empty() {
        take(&mut entry, SEQUENCE)?;
    }
    entry.is_empty().then_some((serial, extensions))
}

/// Whether extensions may hold a critical one (`BOOLEAN` of one octet) or certificateIssuer (2.5.29.29). Octets that
/// only look so cost a closer look and no more.
fn deserves_a_look(extensions: &[u8]) -> bool {
    extensions.windows(2).any(|pair| pair == [0x01, 0x01])
        || extensions.windows(3).any(|oid| oid == [0x55, 0x1d, 0x1d])
}

/// Takes an element with a one-octet identifier and a definite length: the whole, and its content.
fn take<'a>(input: &mut &'a [u8], identifier: u8) -> Option<(&'a [u8], &'a [u8])> {
    let (header, length) = match **input {
        [tag, short @ 0..=0x7f, ..] if tag == identifier => (2, usize::from(short)),
        [tag, long @ 0x81..=0x84, ref after @ ..] if tag == identifier => {
            let count = usize::from(long & 0x7f);
            let octets = after.get(..count)?;
            (2 + count, octets.iter().fold(0, |n, octet| (n << 8) | usize::from(*octet)))
        }
        _ => return None,
    };
    let (whole, rest) = input.split_at_checked(header.checked_add(length)?)?;
    *input = rest;
    Some((whole, whole.get(header..)?))
}
