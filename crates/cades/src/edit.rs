// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Edits of a CMS: what is put in where, every octet that stood staying where it stood.

use std::collections::BTreeSet;

use keiin_model::DigestAlgorithm;
use keiin_pki::{
    algorithm::{digest_algorithm_identifier, read_digest_algorithm},
    cms::{SignedData, SignerInfo},
    der::{DerError, Edit, Element, write},
};

/// Members of a set that are looked at to find the place of a new one.
const MAX_MEMBERS: usize = 100_000;

/// The edits of one SignedData, to be made at once.
pub(crate) struct Plan<'s, 'a> {
    signed: &'s SignedData<'a>,
    pub(crate) edits: Vec<Edit>,
}

impl<'s, 'a> Plan<'s, 'a> {
    pub(crate) const fn new(signed: &'s SignedData<'a>) -> Self {
        Self { signed, edits: Vec::new() }
    }

    /// Puts a member into a SET OF: where DER wants it when the set is in DER order, else at the end.
    pub(crate) fn add_to_set(&mut self, set: &Element<'a>, member: Vec<u8>) -> Result<(), DerError> {
        let members = set.reader("SET")?.all(MAX_MEMBERS, "SET")?;
        let sorted = members.is_sorted_by(|a, b| a.bytes() <= b.bytes());
        let next = members.iter().find(|other| sorted && other.bytes() > member.as_slice());
        let at = next.map_or(set.content_range().end, Element::offset);
        self.edits.push(Edit { parent: set.offset(), range: at..at, insert: member });
        Ok(())
    }

    /// Names a digest algorithm in digestAlgorithms, once (RFC 5652, 5.1).
    pub(crate) fn add_digest_algorithm(&mut self, algorithm: DigestAlgorithm) -> Result<(), DerError> {
        let set = self.signed.digest_algorithms;
        let named = set.reader("digestAlgorithms")?.all(MAX_MEMBERS, "digestAlgorithms")?;
        if named.iter().any(|element| read_digest_algorithm(element.bytes()) == Ok(algorithm)) {
            return Ok(());
        }
        self.add_to_set(&set, digest_algorithm_identifier(algorithm))
    }

    /// Puts certificates into the certificates field, which is made when it is not there.
    pub(crate) fn add_certificates(&mut self, certificates: &[&[u8]]) -> Result<(), DerError> {
        let members = certificates.iter().map(|c| c.to_vec()).collect();
        let behind = self.signed.encapsulated.element.range().end;
        self.add_to_field(self.signed.certificates_field, 0xa0, behind, members)
    }

    /// Puts revocation objects into the crls field, which is made when it is not there.
    pub(crate) fn add_crls(&mut self, choices: Vec<Vec<u8>>) -> Result<(), DerError> {
        let encapsulated = self.signed.encapsulated.element;
        let behind =
            self.signed.certificates_field.map_or(encapsulated.range().end, |field| field.range().end);
        self.add_to_field(self.signed.crls_field, 0xa1, behind, choices)
    }

    fn add_to_field(
        &mut self,
        field: Option<Element<'a>>,
        identifier: u8,
        behind: usize,
        mut members: Vec<Vec<u8>>,
    ) -> Result<(), DerError> {
        members.sort_unstable();
        match field {
            _ if members.is_empty() => {}
            Some(field) => {
                for member in members {
                    self.add_to_set(&field, member)?;
                }
            }
            None => {
                let insert = write::element(identifier, &members.concat());
                let parent = self.signed.element.offset();
                self.edits.push(Edit { parent, range: behind..behind, insert });
            }
        }
        Ok(())
    }

    /// Puts an attribute behind the signer's unsigned attributes. They stay in the order in which they were added, not in
    /// that of DER: older archive time-stamps are over them as they stand (TS 101 733, 6.4.1).
    pub(crate) fn add_unsigned(&mut self, signer: &SignerInfo<'_>, attribute: &[u8]) {
        self.edits.push(unsigned_edit(signer, attribute));
    }

    /// Makes the version 5, which other revocation formats than CRLs ask for (RFC 5652, 5.1). The version is under no
    /// signature and no time-stamp: of versions, archive time-stamps take in the SignerInfo's
    /// only (EN 319 122-1, 5.5.3; TS 101 733, 6.4.1).
    pub(crate) fn set_version_5(&mut self) {
        let version = self.signed.version;
        if version.content() != [5] {
            let parent = self.signed.element.offset();
            self.edits.push(Edit { parent, range: version.range(), insert: write::unsigned(5) });
        }
    }
}

/// The edit that puts an attribute behind a signer's unsigned attributes, in a field of its own when there is none.
pub(crate) fn unsigned_edit(signer: &SignerInfo<'_>, attribute: &[u8]) -> Edit {
    match signer.unsigned_field {
        Some(field) => {
            let end = field.content_range().end;
            Edit { parent: field.offset(), range: end..end, insert: attribute.to_vec() }
        }
        None => {
            let end = signer.signature.range().end;
            let insert = write::element(0xa1, attribute);
            Edit { parent: signer.element.offset(), range: end..end, insert }
        }
    }
}

/// Those objects that are not among `there` yet, each once.
pub(crate) fn missing<'n>(
    there: impl IntoIterator<Item = impl AsRef<[u8]>>,
    offered: impl IntoIterator<Item = &'n [u8]>,
) -> Vec<&'n [u8]> {
    let mut seen: BTreeSet<Vec<u8>> = there.into_iter().map(|object| object.as_ref().to_vec()).collect();
    offered.into_iter().filter(|object| seen.insert(object.to_vec())).collect()
}

/// Those certificates that are not in the SignedData yet, each once.
pub(crate) fn new_certificates<'n>(
    signed: &SignedData<'_>,
    offered: impl IntoIterator<Item = &'n [u8]>,
) -> Vec<&'n [u8]> {
    missing(signed.certificates.iter().map(|choice| choice.element().bytes()), offered)
}
