// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Puts a signature value in its place, once it is seen to be the signer's.

use crate::{Pades, PadesError, Prepared, layout};

impl Prepared {
    /// Verifies the value with the key of the signer's certificate and yields the file with the signature behind it. `document`
    /// is the one that was prepared; that it still has the same octets shows when the new one is read.
    ///
    /// # Errors
    /// [`PadesError::Cms`] when the value is not by that key over [`Prepared::to_be_signed`]; [`PadesError::Misuse`] when
    /// the file has another length, or other octets, than the one that was prepared.
    pub fn attach(&self, document: &Pades, value: &[u8]) -> Result<Pades, PadesError> {
        let file = document.source();
        let other = PadesError::Misuse { what: "this is not the file that was prepared for signing" };
        // What was appended to the file before it was prepared is in the tail, too.
        if file.base().len() != self.base || !self.tail.starts_with(file.tail()) {
            return Err(other);
        }
        let cms = self.cms.attach(value).map_err(PadesError::Cms)?;
        let mut source = file.clone();
        *source.tail_mut() = self.tail.to_vec();
        layout::fill(&mut source, &self.hole, &cms)?;
        let signed = document.with_source(source)?;
        let place = signed.dictionaries().iter().position(|d| d.contents_place() == self.hole);
        let facts = place.and_then(|index| signed.signatures().get(index));
        let intact =
            facts.is_some_and(|facts| !facts.data.is_empty() && facts.data.iter().all(|d| d.intact()));
        if intact { Ok(signed) } else { Err(other) }
    }
}
