// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Values of flags that are more than a text.

use std::{convert::Infallible, path::PathBuf, str::FromStr};

use clap::ValueEnum;
use keiin::model::{Bytes, DigestAlgorithm, Oid, PathPurpose};
use serde::Deserialize;

/// A level in the words of the JAHIS guideline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Level {
    EsBes,
    EsT,
    EsXl,
    EsA,
}

/// A digest that may be written today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl From<Digest> for DigestAlgorithm {
    fn from(digest: Digest) -> Self {
        match digest {
            Digest::Sha256 => Self::Sha256,
            Digest::Sha384 => Self::Sha384,
            Digest::Sha512 => Self::Sha512,
        }
    }
}

/// What the signer commits to (EN 319 122-1, 5.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Commitment {
    Origin,
    Receipt,
    Delivery,
    Sender,
    Approval,
    Creation,
}

/// How fresh revocation data must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Freshness {
    Strict,
    Relaxed,
}

/// Which kinds of revocation data to fetch and embed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RevocationKinds {
    Any,
    Crl,
    Ocsp,
    Both,
}

/// The policy's preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyChoice {
    General,
    Hpki,
}

/// What `keiin path` takes for a policy: the preset that judges, or a certificate policy that the path must be valid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathPolicy {
    Preset(PolicyChoice),
    Certificate(Oid),
}

impl PathPolicy {
    pub(crate) const fn preset(&self) -> Option<PolicyChoice> {
        match self {
            Self::Preset(choice) => Some(*choice),
            Self::Certificate(_) => None,
        }
    }

    pub(crate) const fn oid(&self) -> Option<Oid> {
        match self {
            Self::Preset(_) => None,
            Self::Certificate(oid) => Some(*oid),
        }
    }
}

impl FromStr for PathPolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "general" => Self::Preset(PolicyChoice::General),
            "hpki" => Self::Preset(PolicyChoice::Hpki),
            oid => Self::Certificate(oid.parse().map_err(|_| "general, hpki, 1.2.392.…".to_owned())?),
        })
    }
}

/// For what a certificate is to be good.
pub(crate) fn path_purpose(text: &str) -> Result<PathPurpose, String> {
    match text {
        "signer" => Ok(PathPurpose::Signer),
        "tsa" => Ok(PathPurpose::Tsa),
        "any" => Ok(PathPurpose::Any),
        _ => Err("signer, tsa, any".to_owned()),
    }
}

/// The algorithm table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AlgorithmsChoice {
    Etsi,
    Cryptrec,
    File(PathBuf),
}

impl FromStr for AlgorithmsChoice {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "etsi" => Self::Etsi,
            "cryptrec" => Self::Cryptrec,
            path => Self::File(path.into()),
        })
    }
}

/// A claimed place: a country's two letters, and perhaps a city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) country: String,
    pub(crate) locality: Option<String>,
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (country, locality) = text.split_once(',').map_or((text, None), |(c, l)| (c, Some(l.trim())));
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) || locality == Some("") {
            return Err("CC,CITY: JP,Tokyo".to_owned());
        }
        Ok(Self { country: country.to_owned(), locality: locality.map(str::to_owned) })
    }
}

/// `SHA256:BASE64[:NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DigestValue {
    pub(crate) algorithm: DigestAlgorithm,
    pub(crate) digest: Bytes,
}

impl FromStr for DigestValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "SHA256:BASE64".to_owned();
        let mut parts = text.split(':');
        let name = parts.next().ok_or_else(wanted)?;
        let digest = parts.next().ok_or_else(wanted)?;
        // The names and the base64 are those of the model's own JSON.
        let name = name.to_ascii_uppercase().replace("SHA-", "SHA");
        let algorithm = DigestAlgorithm::deserialize(serde::de::value::StrDeserializer::<
            serde::de::value::Error,
        >::new(&name))
        .map_err(|_| wanted())?;
        let digest =
            Bytes::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(digest))
                .map_err(|_| wanted())?;
        Ok(Self { algorithm, digest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_the_corpus_writes_them() {
        let value: DigestValue = "SHA256:CPp2OwWzeZg/KAo4QFQuwtYttnH/HlN2xCxgLkrn/7g=:name".parse().unwrap();
        assert_eq!((value.algorithm, value.digest.len()), (DigestAlgorithm::Sha256, 32));
        assert_eq!("sha-512:AAAA".parse::<DigestValue>().unwrap().algorithm, DigestAlgorithm::Sha512);
        for wrong in ["", "SHA256", "SHA256:*", "FOO:AAAA"] {
            assert!(wrong.parse::<DigestValue>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn places_begin_with_a_country() {
        let place: Location = "JP,Tokyo".parse().unwrap();
        assert_eq!((place.country.as_str(), place.locality.as_deref()), ("JP", Some("Tokyo")));
        assert!("Tokyo".parse::<Location>().is_err());
        assert!("JP,".parse::<Location>().is_err());
    }
}
