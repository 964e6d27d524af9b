// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Puts a signature value in its place, once it is seen to be the signer's.

use keiin_model::{Bytes, ObjectId};
use keiin_pki::{
    algorithm::{digest_algorithm_identifier, signature_algorithm_identifier},
    cms::{SignedData, oid},
    der::{assemble, splice, write},
    signing::{SigningError, verify_value},
};

use crate::{
    CadesError,
    edit::{Plan, new_certificates},
    locate::find_signer,
    prepare::{Destination, Prepared},
};

/// A CMS around content that is not at hand: `head`, then the content's octets, then `tail` are the whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembly {
    /// What stands before the content.
    pub head: Vec<u8>,
    /// Octets of content that belong in between.
    pub content_len: u64,
    /// What stands behind it.
    pub tail: Vec<u8>,
}

impl Prepared {
    /// Verifies the value with the key of the signer's certificate and yields the whole CMS: a new one, or the one that
    /// was there with this signature spliced in.
    ///
    /// # Errors
    /// [`SigningError::WrongValue`] when the value is not by that key over [`Prepared::to_be_signed`];
    /// [`CadesError::Misuse`] when the content is not at hand ([`Prepared::attach_around`]).
    pub fn attach(&self, value: &[u8]) -> Result<Vec<u8>, CadesError> {
        let signer_info = self.signer_info(value)?;
        match &self.destination {
            Destination::Detached => Ok(self.enclose(&signer_info, None)?.head),
            Destination::Attached { content } => {
                let around = self.enclose(&signer_info, Some(content.len()))?;
                Ok([&around.head, &**content, &around.tail].concat())
            }
            Destination::AttachedElsewhere => Err(CadesError::Misuse {
                what: "the content was given as digests: write it between the parts of attach_around",
            }),
            Destination::Beside { cms } => self.add_signer(cms, signer_info),
            Destination::On { cms, signature } => self.add_countersignature(cms, signature, &signer_info),
        }
    }

    /// Verifies the value as [`Prepared::attach`] does and yields what stands before and behind content of `len` octets,
    /// so that content of any size is copied by the caller.
    ///
    /// # Errors
    /// As [`Prepared::attach`]; [`CadesError::Misuse`] when this signature does not go around content of its own.
    pub fn attach_around(&self, value: &[u8], len: u64) -> Result<Assembly, CadesError> {
        let right_len = match &self.destination {
            Destination::AttachedElsewhere => true,
            Destination::Attached { content } => u64::try_from(content.len()) == Ok(len),
            _ => false,
        };
        let len = usize::try_from(len).ok().filter(|_| right_len);
        let what = "this signature does not go around content of this length";
        let len = len.ok_or(CadesError::Misuse { what })?;
        self.enclose(&self.signer_info(value)?, Some(len))
    }

    /// The SignerInfo: version 1, as the signer is named by issuer and serial number (RFC 5652, 5.3).
    fn signer_info(&self, value: &[u8]) -> Result<Vec<u8>, CadesError> {
        let (certificate, _) = verify_value(&self.certificate, self.algorithm, &self.to_be_signed, value)?;
        let algorithm = signature_algorithm_identifier(self.algorithm)
            .ok_or(SigningError::NotForSigning { algorithm: self.algorithm })?;
        let mut signed = self.to_be_signed.to_vec();
        *signed.first_mut().ok_or(CadesError::Misuse { what: "nothing was prepared" })? = 0xa0;
        let sid = [certificate.issuer.as_bytes(), &write::element(0x02, certificate.serial)].concat();
        Ok(write::sequence(&[
            write::unsigned(1),
            write::element(0x30, &sid),
            digest_algorithm_identifier(self.message_digest),
            signed,
            algorithm,
            write::octet_string(value),
        ]))
    }

    /// The certificates to embed, each once.
    fn embedded(&self) -> Vec<&[u8]> {
        let mut all: Vec<&[u8]> =
            std::iter::once(&self.certificate).chain(&self.chain).map(|c| &**c).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// A new ContentInfo around content of so many octets, or without content: version 1, as the content is id-data and
    /// the signer's version is 1 (RFC 5652, 5.1).
    fn enclose(&self, signer_info: &[u8], content: Option<usize>) -> Result<Assembly, CadesError> {
        let digests = write::set_of(&[digest_algorithm_identifier(self.message_digest)]);
        let certificates = write::element(0xa0, &self.embedded().concat());
        let tail = [certificates, write::set_of(&[signer_info])].concat();
        let kind = write::oid(&oid::DATA);
        let mut layers = Layers::new(content.unwrap_or(0));
        if content.is_some() {
            layers.wrap(0x04, &[], 0)?;
            layers.wrap(0xa0, &[], 0)?;
        }
        layers.wrap(0x30, &kind, 0)?;
        layers.wrap(0x30, &[write::unsigned(1), digests].concat(), tail.len())?;
        layers.wrap(0xa0, &[], 0)?;
        layers.wrap(0x30, &write::oid(&oid::SIGNED_DATA), 0)?;
        let content_len = u64::try_from(content.unwrap_or(0)).unwrap_or(u64::MAX);
        let mut assembly = Assembly { head: layers.head, content_len, tail };
        if content.is_none() {
            assembly.head.append(&mut assembly.tail);
        }
        Ok(assembly)
    }

    fn add_signer(&self, cms: &Bytes, signer_info: Vec<u8>) -> Result<Vec<u8>, CadesError> {
        let signed = SignedData::read(cms)?;
        let mut plan = Plan::new(&signed);
        plan.add_digest_algorithm(self.message_digest)?;
        plan.add_certificates(&new_certificates(&signed, self.embedded()))?;
        plan.add_to_set(&signed.signer_infos_field, signer_info)?;
        Ok(assemble(cms, &splice(cms, &plan.edits)?))
    }

    fn add_countersignature(
        &self,
        cms: &Bytes,
        signature: &ObjectId,
        signer_info: &[u8],
    ) -> Result<Vec<u8>, CadesError> {
        let signed = SignedData::read(cms)?;
        let found = find_signer(&signed, signature)?;
        let mut plan = Plan::new(&signed);
        plan.add_certificates(&new_certificates(&signed, self.embedded()))?;
        plan.add_unsigned(&found.signer, &write::attribute(&oid::COUNTER_SIGNATURE, &[signer_info]));
        Ok(assemble(cms, &splice(cms, &plan.edits)?))
    }
}

/// Nested headers written from the inside out around content that is only known by its length.
struct Layers {
    head: Vec<u8>,
    len: usize,
}

impl Layers {
    const fn new(content: usize) -> Self {
        Self { head: Vec::new(), len: content }
    }

    /// Puts an element around all that is there: its identifier, what stands before in it, octets that follow in it.
    fn wrap(&mut self, identifier: u8, before: &[u8], after: usize) -> Result<(), CadesError> {
        let too_large = CadesError::Misuse { what: "the content is too large for this machine" };
        let len = self.len.checked_add(before.len()).and_then(|n| n.checked_add(after));
        let len = len.ok_or(too_large)?;
        let header = [&[identifier], &*write::length(len), before].concat();
        self.len = len + header.len() - before.len();
        self.head.splice(0..0, header);
        Ok(())
    }
}
