// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why a key file gave no key.

use keiin_model::{Oid, SignerError};
use keiin_pki::der::DerError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("a password is needed")]
    PasswordMissing,
    #[error("the password is wrong")]
    PasswordWrong,
    /// The MAC was made with the password, but what is encrypted was not.
    #[error("the password is the file's, but not that of what is encrypted in it")]
    OtherPassword,
    /// Malformed, or with more elements than are read; the inner error says which.
    #[error(transparent)]
    Malformed(#[from] DerError),
    #[error("{what} {oid} is not supported")]
    Unsupported { what: &'static str, oid: Oid },
    /// A limit of ours, not a fault of the file.
    #[error("its passwords ask for more than {limit} rounds of key derivation in all")]
    Rounds { limit: u64 },
    /// A limit of ours, not a fault of the file.
    #[error("it is larger than {limit} octets")]
    Size { limit: usize },
    /// A limit of ours, not a fault of the file.
    #[error("it holds more than {limit} bags")]
    Bags { limit: usize },
    /// A limit of ours, not a fault of the file.
    #[error("its bags are nested deeper than {limit}")]
    Depth { limit: usize },
}

impl From<FileError> for SignerError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::PasswordMissing => Self::PinMissing,
            FileError::PasswordWrong => Self::PinWrong,
            other => Self::Unusable { object: "the key file".to_owned(), reason: other.to_string() },
        }
    }
}
