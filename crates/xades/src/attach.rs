// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Puts a signature value in its place, once it is seen to be the signer's.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_model::{KeyAlgorithm, SignatureAlgorithm};
use keiin_pki::signing::verify_value;

use crate::{XadesError, algorithm::plain_value, prepare::Prepared};

impl Prepared {
    /// Verifies the value with the key of the signer's certificate and yields the whole document with it.
    ///
    /// # Errors
    /// [`SigningError::WrongValue`](keiin_pki::signing::SigningError::WrongValue) when the value is not by that key over [`Prepared::to_be_signed`];
    /// [`XadesError::Misuse`] when this is not what [`crate::prepare`] made.
    pub fn attach(&self, value: &[u8]) -> Result<Vec<u8>, XadesError> {
        self.clone().into_attached(value)
    }

    /// As [`Prepared::attach`], without a copy of the document.
    ///
    /// # Errors
    /// As [`Prepared::attach`].
    pub fn into_attached(self, value: &[u8]) -> Result<Vec<u8>, XadesError> {
        let (_, key) = verify_value(&self.certificate, self.algorithm, &self.to_be_signed, value)?;
        let text = STANDARD.encode(self.written_value(key.algorithm(), value)?);
        let what = "the prepared document has no room for the value";
        let at = usize::try_from(self.value_at).map_err(|_| XadesError::Misuse { what })?;
        match self.document.split_at_checked(at) {
            Some((head, tail)) if head.ends_with(b">") && tail.starts_with(b"</") => {}
            _ => return Err(XadesError::Misuse { what }),
        }
        let mut document = Vec::from(self.document);
        document.splice(at..at, text.into_bytes());
        Ok(document)
    }

    /// ECDSA values are r and s one after the other, each as long as the order of the curve (XML Signature 1.1, 6.4.3).
    fn written_value(&self, key: KeyAlgorithm, value: &[u8]) -> Result<Vec<u8>, XadesError> {
        match (self.algorithm, key) {
            (SignatureAlgorithm::Ecdsa { .. }, KeyAlgorithm::Ec { curve }) => {
                let width = usize::try_from(curve.bits().div_ceil(8)).unwrap_or(usize::MAX);
                let what = "the signature value is no pair of numbers";
                plain_value(value, width).ok_or(XadesError::Misuse { what })
            }
            _ => Ok(value.to_vec()),
        }
    }
}
