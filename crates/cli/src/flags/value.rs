// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Values of flags that are more than a text.

use std::{convert::Infallible, path::PathBuf, str::FromStr};

use clap::ValueEnum;
use keiin::{
    model::{Bytes, DigestAlgorithm, Oid, PathPurpose},
    pades::appearance::{PageChoice, Rectangle},
};
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

/// The format of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatChoice {
    Cades,
    Xades,
    Pades,
}

/// Where an XML signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PackagingChoice {
    Enveloped,
    Enveloping,
    Detached,
    InternallyDetached,
}

/// How content stands in an XML signature's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Carry {
    Base64,
    Xml,
}

/// A form with rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileChoice {
    Eprescription,
    Edispensing,
    Scan,
}

/// What a certified PDF still allows (ISO 32000-1, table 254).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CertifyChoice {
    NoChanges,
    FormFilling,
    Annotations,
}

/// Form fields that a signature locks: `all`, `only:a,b`, `except:a,b`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LockChoice {
    All,
    Only(Vec<String>),
    Except(Vec<String>),
}

impl FromStr for LockChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = |text: &str| -> Vec<String> {
            text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
        };
        match text.split_once(':') {
            None if text == "all" => Ok(Self::All),
            Some(("only", fields)) if !names(fields).is_empty() => Ok(Self::Only(names(fields))),
            Some(("except", fields)) if !names(fields).is_empty() => Ok(Self::Except(names(fields))),
            _ => Err("all, only:A,B, except:A,B".to_owned()),
        }
    }
}

/// Where a signature is seen: `field`, or `PAGE:X,Y,W,H` with PAGE `first`, `last` or a number and lengths in points or, with
/// `mm` behind them, in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum VisiblePlace {
    Field,
    Page(PageChoice, Rectangle),
}

impl FromStr for VisiblePlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "field, first:20mm,20mm,60mm,25mm, last:-36,36,200,70, 2:X,Y,W,H".to_owned();
        if text == "field" {
            return Ok(Self::Field);
        }
        let (page, lengths) = text.split_once(':').ok_or_else(wanted)?;
        let page = match page {
            "first" => PageChoice::First,
            "last" => PageChoice::Last,
            number => PageChoice::Number(number.parse().ok().filter(|n| *n > 0).ok_or_else(wanted)?),
        };
        let lengths: Option<Vec<f64>> = lengths.split(',').map(length).collect();
        let Some(&[x, y, width, height]) = lengths.as_deref() else { return Err(wanted()) };
        Ok(Self::Page(page, Rectangle { x, y, width, height }))
    }
}

/// In points; of a length in millimetres `mm` stands behind it.
fn length(text: &str) -> Option<f64> {
    const POINTS_PER_MM: f64 = 72.0 / 25.4;
    let text = text.trim();
    let (number, unit) = match text.strip_suffix("mm") {
        Some(number) => (number.trim_end(), POINTS_PER_MM),
        None => (text.strip_suffix("pt").unwrap_or(text).trim_end(), 1.0),
    };
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    number.chars().all(plain).then(|| number.parse::<f64>().ok())?.map(|number| number * unit)
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
    /// The URI or file name of the content.
    pub(crate) name: Option<String>,
}

impl FromStr for DigestValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "SHA256:BASE64[:NAME]".to_owned();
        let mut parts = text.splitn(3, ':');
        let name = parts.next().ok_or_else(wanted)?;
        let digest = parts.next().ok_or_else(wanted)?;
        let of = parts.next().filter(|name| !name.is_empty()).map(str::to_owned);
        // The names and the base64 are those of the model's own JSON.
        let name = name.to_ascii_uppercase().replace("SHA-", "SHA");
        let algorithm = DigestAlgorithm::deserialize(serde::de::value::StrDeserializer::<
            serde::de::value::Error,
        >::new(&name))
        .map_err(|_| wanted())?;
        let digest =
            Bytes::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(digest))
                .map_err(|_| wanted())?;
        Ok(Self { algorithm, digest, name: of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_the_corpus_writes_them() {
        let value: DigestValue = "SHA256:CPp2OwWzeZg/KAo4QFQuwtYttnH/HlN2xCxgLkrn/7g=:name".parse().unwrap();
        assert_eq!((value.algorithm, value.digest.len()), (DigestAlgorithm::Sha256, 32));
        assert_eq!(value.name.as_deref(), Some("name"));
        let value: DigestValue = "SHA256:AAAA:http://host/a".parse().unwrap();
        assert_eq!(value.name.as_deref(), Some("http://host/a"));
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

    #[test]
    fn a_place_on_a_page_in_points_or_millimetres() {
        let place = |text: &str| text.parse::<VisiblePlace>();
        let points = Rectangle { x: 10.0, y: -20.5, width: 100.0, height: 50.0 };
        assert_eq!(place("last:10,-20.5,100pt,50"), Ok(VisiblePlace::Page(PageChoice::Last, points)));
        let Ok(VisiblePlace::Page(PageChoice::Number(3), inch)) = place("3: 25.4mm, 0, 50.8 mm ,25.4mm")
        else {
            panic!("a place");
        };
        assert!((inch.x - 72.0).abs() < 1e-9 && (inch.width - 144.0).abs() < 1e-9);
        assert_eq!(place("field"), Ok(VisiblePlace::Field));
        for wrong in
            ["", "first", "0:1,2,3,4", "1:1,2,3", "1:1,2,3,4,5", "1:1,2,3,inf", "1:1,2,3,nan", "x:1,2,3,4"]
        {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }
}
