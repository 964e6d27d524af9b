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
    let mut passed = Passed::default();
    let mut rest = crl.entry_octets();
    while !rest.is_empty() {
        let from_here = rest;
        let content = take(&mut rest, SEQUENCE).ok_or(UnreadableEntry)?;
        let entry = || read(from_here.get(..from_here.len() - rest.len()).unwrap_or_default());
        let (number, extensions) = split(content).ok_or(UnreadableEntry)?;
        if !passed.has(extensions) {
            is_sequence(extensions).ok_or(UnreadableEntry)?;
            let mut plain = true;
            if deserves_a_look(extensions) {
                let entry = entry()?;
                if let Some(names) = &entry.certificate_issuer {
                    is_issuer =
                        names.iter().any(|n| matches!(n, GeneralName::Directory(n) if n.matches(issuer)));
                }
                found.unknown_critical |= entry.unknown_critical;
                plain = entry.certificate_issuer.is_none() && !entry.unknown_critical;
            }
            if plain {
                passed.keep(extensions);
            }
        }
        // Numbers of one list differ in their last octet first.
        if is_issuer && number.last() == serial.last() && number == serial {
            found.entry = Some(entry()?);
            break;
        }
    }
    Ok(found)
}

/// Extensions that say nothing of other entries, in the place that their last octet tells. Those of a list are of few
/// kinds: a reason each, whose code is the last octet, so that one comparison finds them.
#[derive(Default)]
struct Passed<'a> {
    kinds: [&'a [u8]; 16],
}

impl<'a> Passed<'a> {
    fn has(&self, extensions: &[u8]) -> bool {
        let Some(last) = extensions.last() else { return true };
        self.kinds.get(usize::from(last % 16)).is_some_and(|kind| *kind == extensions)
    }

    fn keep(&mut self, extensions: &'a [u8]) {
        let place = extensions.last().and_then(|last| self.kinds.get_mut(usize::from(last % 16)));
        if let Some(kind) = place {
            *kind = extensions;
        }
    }
}

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;

fn read(entry: &[u8]) -> Result<RevokedCertificate<'_>, UnreadableEntry> {
    let element = Element::whole(entry, "revokedCertificate").map_err(|_| UnreadableEntry)?;
    RevokedCertificate::read(&element).map_err(|_| UnreadableEntry)
}

/// The serial number's content octets and what follows the date of an entry.
fn split(mut entry: &[u8]) -> Option<(&[u8], &[u8])> {
    let serial = take(&mut entry, INTEGER)?;
    let time = *entry.first().filter(|tag| matches!(**tag, UTC_TIME | GENERALIZED_TIME))?;
    take(&mut entry, time)?;
    Some((serial, entry))
}

/// Extensions are one element.
fn is_sequence(mut extensions: &[u8]) -> Option<()> {
    take(&mut extensions, SEQUENCE)?;
    extensions.is_empty().then_some(())
}

/// Whether extensions may hold a critical one (`BOOLEAN` of one octet) or certificateIssuer (2.5.29.29). Octets that
/// only look so cost a closer look and no more.
fn deserves_a_look(extensions: &[u8]) -> bool {
    extensions.windows(2).any(|pair| pair == [0x01, 0x01])
        || extensions.windows(3).any(|oid| oid == [0x55, 0x1d, 0x1d])
}

/// Takes an element with a one-octet identifier and a definite length, and gives its content.
fn take<'a>(input: &mut &'a [u8], identifier: u8) -> Option<&'a [u8]> {
    let [tag, first, after @ ..] = *input else { return None };
    if *tag != identifier {
        return None;
    }
    let (length, after) =
        if *first < 0x80 { (usize::from(*first), after) } else { long_length(*first, after)? };
    let (content, rest) = after.split_at_checked(length)?;
    *input = rest;
    Some(content)
}

#[cold]
fn long_length(first: u8, after: &[u8]) -> Option<(usize, &[u8])> {
    let count = usize::from(first & 0x7f);
    let (octets, content) = after.split_at_checked(count).filter(|_| (1..=4).contains(&count))?;
    Some((octets.iter().fold(0, |n, octet| (n << 8) | usize::from(*octet)), content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        der::write::{boolean, element, octet_string, oid, sequence, unsigned},
        extension::oid as ids,
    };
    use keiin_model::Oid;
    use proptest::prelude::*;

    fn name(text: &str) -> Vec<u8> {
        let attribute = sequence(&[oid(&Oid::new(&[2, 5, 4, 3])), element(0x0c, text.as_bytes())]);
        sequence(&[element(0x31, &attribute)])
    }

    fn extension(kind: &Oid, critical: bool, value: &[u8]) -> Vec<u8> {
        let critical = if critical { boolean(true) } else { Vec::new() };
        sequence(&[oid(kind), critical, octet_string(value)])
    }

    /// 0: no extension, 1: a reason, 2: certificateIssuer "B", 3: certificateIssuer "A", 4: an unknown critical one.
    fn entry(serial: u64, kind: u8) -> Vec<u8> {
        let issuer =
            |text| extension(&ids::CERTIFICATE_ISSUER, true, &sequence(&[element(0xa4, &name(text))]));
        let extensions = match kind {
            0 => Vec::new(),
            1 => sequence(&[extension(&ids::REASON_CODE, false, &[0x0a, 1, 1])]),
            2 => sequence(&[issuer("B")]),
            3 => sequence(&[issuer("A")]),
            _ => sequence(&[extension(&Oid::new(&[1, 2, 3]), true, &[5, 0])]),
        };
        sequence(&[unsigned(serial), element(0x17, b"200101000000Z"), extensions])
    }

    fn list(entries: &[Vec<u8>]) -> Vec<u8> {
        let algorithm = sequence(&[oid(&Oid::new(&[1, 2, 3]))]);
        let tbs = sequence(&[
            unsigned(1),
            algorithm.clone(),
            name("A"),
            element(0x17, b"200101000000Z"),
            sequence(entries),
        ]);
        sequence(&[tbs, algorithm, element(0x03, &[0, 1])])
    }

    /// The same by reading every entry into an object (RFC 5280, 5.3.3).
    fn slowly(crl: &Crl<'_>, serial: &[u8], issuer: &Name<'_>) -> (Option<Option<u64>>, bool) {
        let (mut is_issuer, mut unknown) = (crl.issuer.matches(issuer), false);
        for entry in crl.entries().map(Result::unwrap) {
            if let Some(names) = &entry.certificate_issuer {
                is_issuer = names.iter().any(|n| matches!(n, GeneralName::Directory(n) if n.matches(issuer)));
            }
            unknown |= entry.unknown_critical;
            if is_issuer && entry.serial == serial {
                return (Some(entry.reason), unknown);
            }
        }
        (None, unknown)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_scan_finds_what_reading_every_entry_finds(
            entries in prop::collection::vec((0..6u64, 0..5u8), 0..12),
            serial in 0..6u8,
            of_b in any::<bool>(),
        ) {
            let entries: Vec<_> = entries.iter().map(|(serial, kind)| entry(*serial, *kind)).collect();
            let der = list(&entries);
            let crl = Crl::read(&der).unwrap();
            let issuer = name(if of_b { "B" } else { "A" });
            let issuer = Name::from_der(&issuer).unwrap();
            let found = scan(&crl, &[serial], &issuer).unwrap();
            let fast = (found.entry.map(|e| e.reason), found.unknown_critical);
            prop_assert_eq!(fast, slowly(&crl, &[serial], &issuer));
        }
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_said() {
        let der = list(&[entry(1, 0), vec![0x30, 3, 2, 1, 5], entry(7, 0)]);
        let crl = Crl::read(&der).unwrap();
        let issuer = name("A");
        let issuer = Name::from_der(&issuer).unwrap();
        assert_eq!(scan(&crl, &[7], &issuer).unwrap_err(), UnreadableEntry);
        assert!(scan(&crl, &[1], &issuer).unwrap().entry.is_some());
    }

    #[test]
    fn a_long_list() {
        let mut entries: Vec<_> = (0..20_000).map(|n| entry(n + 10, 1)).collect();
        entries.push(entry(5, 1));
        let der = list(&entries);
        let crl = Crl::read(&der).unwrap();
        let issuer = name("A");
        let issuer = Name::from_der(&issuer).unwrap();
        assert_eq!(scan(&crl, &[5], &issuer).unwrap().entry.unwrap().reason, Some(1));
        assert!(scan(&crl, &[6], &issuer).unwrap().entry.is_none());
    }
}
