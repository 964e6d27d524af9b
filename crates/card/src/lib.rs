// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A PKCS#11 module (`libkeiin_card.so`, `keiin_card.dll`) that plays HPKI cards in their readers, so that
//! wrong PINs, locks and pulled-out cards can be tried without a card and without a lock.
//!
//! It follows the HPKI card guideline (JAHIS 24-002, 5.2.2): the 21 functions that the guideline lists and no
//! more, only `CKM_RSA_PKCS` unless told otherwise, certificates readable without a PIN, the private key after
//! a login only, and a PIN for every signature when `always_authenticate` is set. The PIN counter is a file, so
//! it survives processes.
//!
//! The module reads the file that the environment variable [`CONFIG_VARIABLE`] names, in `C_Initialize`. The
//! library part writes that file:
//!
//! ```no_run
//! use keiin_card::{Card, Config};
//! # fn keys() -> (Vec<u8>, Vec<u8>) { (Vec::new(), Vec::new()) }
//! let (pkcs8, certificate) = keys();
//! let config = Config::new().reader("Reader 1", Some(Card::new("0001", pkcs8, certificate)));
//! let file = config.write("cards".as_ref())?;
//! # let _ = file; Ok::<(), std::io::Error>(())
//! ```
//!
//! What it does not do: keep a key safe. It is for test keys.

mod abi;
mod config;
mod key;
mod library;
mod object;
mod token;

pub use config::{CONFIG_VARIABLE, Card, Certificate, Config, Fault, Mechanism, Reader, State};
