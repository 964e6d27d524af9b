// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The joint to a private key: a card, an HSM, a file, a remote service.

use crate::SignatureAlgorithm;

/// What a signer is asked to sign. Tokens differ in which of the two they take, so both are given.
#[derive(Clone, Copy, Debug)]
pub struct SignRequest<'a> {
    /// The scheme, one of [`Signer::algorithms`].
    pub algorithm: SignatureAlgorithm,
    /// The octets to be signed.
    pub message: &'a [u8],
    /// Their digest under the scheme's digest (empty for Ed25519).
    pub digest: &'a [u8],
}

/// A private key with its certificate.
pub trait Signer {
    /// The signer's certificate, DER.
    fn certificate(&self) -> &[u8];

    /// Other certificates found beside the key, in no order.
    fn certificates(&self) -> &[Vec<u8>];

    /// The schemes that the key can do, the preferred one first; never empty.
    fn algorithms(&self) -> &[SignatureAlgorithm];

    /// Signs once. A PIN is never tried twice.
    ///
    /// # Errors
    /// [`SignerError`] by what the user can do about it.
    fn sign(&self, request: &SignRequest<'_>) -> Result<Vec<u8>, SignerError>;
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The PIN was wrong. It was tried once and will not be tried again by itself.
    #[error("wrong PIN")]
    PinWrong,
    /// One more wrong PIN locks the card, so none was tried.
    #[error(
        "the card has one PIN try left, so none was made: use the card's own tool to enter the right PIN first"
    )]
    PinFinalTry,
    /// The PIN is locked.
    #[error("the PIN is locked: ask the issuer of the card to unlock it")]
    PinLocked,
    /// A PIN is needed and none was given.
    #[error("a PIN is needed")]
    PinMissing,
    /// The PIN has a length or characters that the card does not take, so it was not tried.
    #[error("the PIN must have {min} to {max} characters, so none was tried")]
    PinLength {
        /// Fewest characters.
        min: u64,
        /// Most characters.
        max: u64,
    },
    /// The card was pulled out.
    #[error("the card was removed while it was in use: put it back and sign again")]
    CardRemoved,
    /// There is no card, slot or token of that name.
    #[error("no such card or token: {name}")]
    NoSuchToken {
        /// What was looked for.
        name: String,
    },
    /// Several cards or certificates fit. Signing with somebody else's, or trying a PIN on it, is not to be risked.
    #[error("more than one could sign, so name one: {}", choices.join("; "))]
    Ambiguous {
        /// What there is to choose from, as a person knows it.
        choices: Vec<String>,
    },
    /// There is no private key for the certificate.
    #[error("no private key that belongs to the certificate was found")]
    NoKey,
    /// There is no certificate that may sign.
    #[error("no certificate for signing was found")]
    NoCertificate,
    /// The key cannot do the scheme.
    #[error("the key cannot do {0}")]
    Algorithm(SignatureAlgorithm),
    /// Somebody else is using the card.
    #[error("the card is in use by another program: try again when it has finished")]
    Busy,
    /// The device or its driver failed.
    #[error("the device failed in {call}: {reason}")]
    Device {
        /// The call that failed (`C_Sign`).
        call: &'static str,
        /// Its own reason (`CKR_GENERAL_ERROR`).
        reason: String,
    },
    /// A key file or module could not be read.
    #[error("{object} cannot be used: {reason}")]
    Unusable {
        /// The file or module.
        object: String,
        /// Why.
        reason: String,
    },
}
