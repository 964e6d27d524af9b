// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What an algorithm is worth at a time: a dated table, as data (EN 319 102-1, 5.2.8.4.1: cryptographic constraints).

use keiin_model::{AlgorithmUse, DigestAlgorithm, KeyAlgorithm, SignatureAlgorithm, Time};
use serde::{Deserialize, Serialize};

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// It is not TOML of the expected shape.
    #[error("the algorithm table is malformed")]
    Malformed(#[from] toml::de::Error),
    /// It names an algorithm that keiin does not know, or a date that is none.
    #[error("the algorithm table has an unknown name or date: {0:?}")]
    Unknown(String),
}

/// A dated table of algorithms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlgorithmTable {
    /// Its name, as reports cite it.
    pub name: String,
    /// When it was published: ends after this time are forecasts.
    pub issued: Time,
    /// Digests; what is not listed is not acceptable.
    pub digests: Vec<DigestRow>,
    /// Signature schemes by size of key; what is not listed is not acceptable.
    pub signatures: Vec<SignatureRow>,
}

/// A digest's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestRow {
    /// The digest.
    pub algorithm: DigestAlgorithm,
    /// Acceptable before this time; `None`: no end known.
    pub until: Option<Time>,
}

/// A signature scheme's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureRow {
    /// The scheme.
    pub scheme: Scheme,
    /// From this many bits of key, up to the next row of the scheme.
    pub bits: u32,
    /// Acceptable before this time; `None`: no end known.
    pub until: Option<Time>,
}

/// A family of signature schemes, as tables speak of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the names say it
#[non_exhaustive]
pub enum Scheme {
    RsaPkcs1,
    RsaPss,
    Dsa,
    Ecdsa,
    Ed25519,
}

/// How far a row reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Never acceptable: not in the table.
    Never,
    /// Acceptable before this time.
    Until(Time),
    /// No end known.
    Open,
}

impl Reach {
    /// Whether something done or proven at `time` is acceptable.
    pub fn covers(self, time: Time) -> bool {
        match self {
            Self::Never => false,
            Self::Until(end) => time < end,
            Self::Open => true,
        }
    }

    /// The end as a time; [`Time::MIN`] for what was never acceptable, `None` where no end is known.
    pub const fn end(self) -> Option<Time> {
        match self {
            Self::Never => Some(Time::MIN),
            Self::Until(end) => Some(end),
            Self::Open => None,
        }
    }
}

/// A row that was looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The algorithm as reports write it.
    pub algorithm: String,
    /// Bits of the key, where the row speaks of one.
    pub bits: Option<u32>,
    /// How far it reaches.
    pub reach: Reach,
}

impl From<Lookup> for AlgorithmUse {
    fn from(lookup: Lookup) -> Self {
        Self { algorithm: lookup.algorithm, bits: lookup.bits, until: lookup.reach.end() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableText {
    name: String,
    issued: String,
    digest: Vec<DigestText>,
    signature: Vec<SignatureText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DigestText {
    algorithm: String,
    until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureText {
    scheme: Scheme,
    bits: u32,
    until: Option<String>,
}

fn time(text: &str) -> Result<Time, TableError> {
    text.parse().map_err(|_| TableError::Unknown(text.to_owned()))
}

impl AlgorithmTable {
    /// A table in which nothing is acceptable.
    pub const fn empty() -> Self {
        Self { name: String::new(), issued: Time::MIN, digests: Vec::new(), signatures: Vec::new() }
    }

    /// Reads a table from its TOML text (`policy/ets-119312.toml` is the model).
    ///
    /// # Errors
    /// [`TableError`] when the text has another shape or names what is unknown.
    pub fn read(text: &str) -> Result<Self, TableError> {
        let text: TableText = toml::from_str(text)?;
        let digests = text
            .digest
            .into_iter()
            .map(|row| {
                let algorithm =
                    DigestAlgorithm::from_name(&row.algorithm).ok_or(TableError::Unknown(row.algorithm))?;
                Ok(DigestRow { algorithm, until: row.until.as_deref().map(time).transpose()? })
            })
            .collect::<Result<_, TableError>>()?;
        let signatures = text
            .signature
            .into_iter()
            .map(|row| {
                let until = row.until.as_deref().map(time).transpose()?;
                Ok(SignatureRow { scheme: row.scheme, bits: row.bits, until })
            })
            .collect::<Result<_, TableError>>()?;
        Ok(Self { name: text.name, issued: time(&text.issued)?, digests, signatures })
    }

    /// ETSI TS 119 312 v1.5.1.
    pub fn ets_119312() -> Self {
        Self::preset(include_str!("../policy/ets-119312.toml"))
    }

    /// CRYPTREC LS-0003-2022 and the Japanese migration away from SHA-1 and RSA-1024.
    pub fn cryptrec() -> Self {
        Self::preset(include_str!("../policy/cryptrec.toml"))
    }

    // The presets are part of the crate and a test reads both; an unreadable one would accept nothing.
    fn preset(text: &str) -> Self {
        Self::read(text).unwrap_or_else(|_| Self {
            name: String::new(),
            issued: Time::MIN,
            digests: Vec::new(),
            signatures: Vec::new(),
        })
    }

    /// The row of a digest.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Lookup {
        let row = self.digests.iter().find(|row| row.algorithm == algorithm);
        Lookup { algorithm: algorithm.to_string(), bits: None, reach: reach(row.map(|row| row.until)) }
    }

    /// The row of a signature scheme with a key; the scheme's digest is a row of its own.
    pub fn signature(&self, algorithm: SignatureAlgorithm, key: KeyAlgorithm) -> Lookup {
        let bits = key_bits(key);
        let row = scheme(algorithm).zip(bits).and_then(|(scheme, bits)| {
            self.signatures
                .iter()
                .filter(|row| row.scheme == scheme && row.bits <= bits)
                .max_by_key(|row| row.bits)
        });
        Lookup { algorithm: scheme_name(algorithm), bits, reach: reach(row.map(|row| row.until)) }
    }

    /// The rows that a signature rests on: its scheme with the key, its digest, and PSS's MGF1 digest.
    pub fn rows(&self, algorithm: SignatureAlgorithm, key: KeyAlgorithm) -> Vec<Lookup> {
        let mut rows = vec![self.signature(algorithm, key)];
        rows.extend(algorithm.digest().map(|digest| self.digest(digest)));
        if let SignatureAlgorithm::RsaPss { digest, mgf, .. } = algorithm
            && mgf != digest
        {
            rows.push(self.digest(mgf));
        }
        rows
    }
}

const fn reach(row: Option<Option<Time>>) -> Reach {
    match row {
        None => Reach::Never,
        Some(None) => Reach::Open,
        Some(Some(end)) => Reach::Until(end),
    }
}

const fn scheme(algorithm: SignatureAlgorithm) -> Option<Scheme> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1 { .. } => Some(Scheme::RsaPkcs1),
        SignatureAlgorithm::RsaPss { .. } => Some(Scheme::RsaPss),
        SignatureAlgorithm::Dsa { .. } => Some(Scheme::Dsa),
        SignatureAlgorithm::Ecdsa { .. } | SignatureAlgorithm::EcdsaPlain { .. } => Some(Scheme::Ecdsa),
        SignatureAlgorithm::Ed25519 => Some(Scheme::Ed25519),
        _ => None,
    }
}

fn scheme_name(algorithm: SignatureAlgorithm) -> String {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1 { .. } => "RSA".to_owned(),
        SignatureAlgorithm::RsaPss { .. } => "RSASSA-PSS".to_owned(),
        SignatureAlgorithm::Dsa { .. } => "DSA".to_owned(),
        SignatureAlgorithm::Ecdsa { .. } | SignatureAlgorithm::EcdsaPlain { .. } => "ECDSA".to_owned(),
        other => other.to_string(),
    }
}

const fn key_bits(key: KeyAlgorithm) -> Option<u32> {
    match key {
        KeyAlgorithm::Rsa { bits } | KeyAlgorithm::Dsa { bits } => Some(bits),
        KeyAlgorithm::Ec { curve } => Some(curve.bits()),
        KeyAlgorithm::Ed25519 => Some(255),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use keiin_model::Curve;

    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    const PKCS1: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Sha256 };
    const PSS: SignatureAlgorithm =
        SignatureAlgorithm::RsaPss { digest: DigestAlgorithm::Sha256, mgf: DigestAlgorithm::Sha1, salt: 32 };

    #[test]
    fn both_presets_are_read() {
        for (table, digests) in [(AlgorithmTable::ets_119312(), 10), (AlgorithmTable::cryptrec(), 11)] {
            assert_eq!(table.digests.len(), digests, "{}", table.name);
            assert!(!table.signatures.is_empty());
        }
    }

    #[test]
    fn rsa_rows_depend_on_size_and_padding() {
        let table = AlgorithmTable::ets_119312();
        let end = |algorithm, bits| table.signature(algorithm, KeyAlgorithm::Rsa { bits }).reach;
        assert_eq!(end(PKCS1, 512), Reach::Never);
        assert_eq!(end(PKCS1, 1023), Reach::Until(at("2010-08-01")));
        assert_eq!(end(PKCS1, 1024), Reach::Until(at("2019-10-01")));
        assert_eq!(end(PKCS1, 2048), Reach::Until(at("2029-01-01")));
        assert_eq!(end(PKCS1, 4096), Reach::Until(at("2029-01-01")));
        assert_eq!(end(PSS, 2048), Reach::Until(at("2029-01-01")));
        assert_eq!(end(PSS, 3072), Reach::Open);
        let ecdsa = SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha256 };
        assert_eq!(table.signature(ecdsa, KeyAlgorithm::Ec { curve: Curve::P256 }).reach, Reach::Open);
    }

    #[test]
    fn an_end_is_the_first_moment_that_is_not_covered() {
        let reach = AlgorithmTable::ets_119312().digest(DigestAlgorithm::Sha1).reach;
        assert!(reach.covers(at("2012-07-31T23:59:59Z")));
        assert!(!reach.covers(at("2012-08-01T00:00:00Z")));
    }

    #[test]
    fn a_pss_mask_digest_of_its_own_is_a_row_of_its_own() {
        let rows = AlgorithmTable::ets_119312().rows(PSS, KeyAlgorithm::Rsa { bits: 4096 });
        let names: Vec<_> = rows.iter().map(|row| row.algorithm.as_str()).collect();
        assert_eq!(names, ["RSASSA-PSS", "SHA-256", "SHA-1"]);
    }

    #[test]
    fn what_is_unknown_is_named() {
        let text = "name='x'\nissued='2020-01-01'\ndigest=[{algorithm='SHA-99'}]\nsignature=[]";
        assert!(matches!(AlgorithmTable::read(text), Err(TableError::Unknown(name)) if name == "SHA-99"));
        assert!(matches!(AlgorithmTable::read("name=1"), Err(TableError::Malformed(_))));
    }
}
