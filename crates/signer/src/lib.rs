// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Private keys at the edge: HPKI cards and HSMs through PKCS#11, and PKCS#12 and PKCS#8 files.
//!
//! Every key is a [`keiin_model::Signer`]. A card is treated as what it is, somebody's seal:
//!
//! * a PIN is compared once and never again by itself, not at all when one wrong try would lock the card, when it is locked,
//!   or when the PIN has a length that the card does not take;
//! * a certificate for authentication is never chosen for signing, and between two cards none is guessed;
//! * a card belongs to one [`pkcs11::Card`] at a time, across processes, and is logged out when that is dropped.
//!
//! ```no_run
//! use keiin_model::Signer;
//! use keiin_signer::{Pin, pkcs11};
//!
//! let module = pkcs11::Module::load("/usr/lib/softhsm/libsofthsm2.so")?;
//! let card = pkcs11::Card::open(&module, &pkcs11::Selection::default(), Some(Pin::from_env("KEIIN_PIN")?))?;
//! println!("{} certificates beside the signer's", card.certificates().len());
//! # Ok::<(), keiin_model::SignerError>(())
//! ```
//!
//! What it does not do: judge a certificate (expiry, revocation, licence), or write to a card.
#![deny(unsafe_code)] // allowed in two places that say why: C_Sign in pkcs11::module, and an inherited descriptor in platform

mod certificate;
mod file_error;
mod pbe;
mod pem;
mod pin;
pub mod pkcs11;
mod pkcs12;
mod platform;
mod soft;

pub use pin::Pin;
pub use platform::{KnownModule, Purpose, known_modules};
pub use soft::SoftKey;
