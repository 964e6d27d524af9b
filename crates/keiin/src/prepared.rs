// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A signature but for its value, in any format.

use keiin_xades::XadesShape;
use serde::{Deserialize, Serialize};

use crate::{Error, model::SignatureAlgorithm};

/// What kind of signature to make.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// A CMS in a file of its own (EN 319 122).
    #[default]
    Cades,
    /// XML (EN 319 132), laid out so.
    Xades(Box<XadesShape>),
}

/// A signature but for its value. It serialises, so that the card may be in another process or place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Prepared {
    /// A CMS.
    Cades(keiin_cades::Prepared),
    /// XML.
    Xades(keiin_xades::Prepared),
}

impl Prepared {
    /// The octets that the signer signs.
    pub fn to_be_signed(&self) -> &[u8] {
        match self {
            Self::Cades(prepared) => prepared.to_be_signed(),
            Self::Xades(prepared) => prepared.to_be_signed(),
        }
    }

    /// The scheme that the signer signs with.
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Cades(prepared) => prepared.algorithm(),
            Self::Xades(prepared) => prepared.algorithm(),
        }
    }

    /// The digest of [`to_be_signed`](Self::to_be_signed) under the scheme's digest, as cards take it; empty for a
    /// scheme that takes the message itself.
    pub fn digest(&self) -> Vec<u8> {
        match self {
            Self::Cades(prepared) => prepared.digest(),
            Self::Xades(prepared) => prepared.digest(),
        }
    }

    /// The certificate whose key must sign, DER.
    pub fn certificate(&self) -> &[u8] {
        match self {
            Self::Cades(prepared) => prepared.certificate(),
            Self::Xades(prepared) => prepared.certificate(),
        }
    }

    /// Verifies the value with the key of the signer's certificate and yields the whole file.
    ///
    /// # Errors
    /// [`Error::Cades`] and [`Error::Xml`] when the value is not by that key.
    pub fn attach(&self, value: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Cades(prepared) => Ok(prepared.attach(value)?),
            Self::Xades(prepared) => Ok(prepared.attach(value)?),
        }
    }
}
