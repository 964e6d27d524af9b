// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Keys from passwords, within a budget: PBKDF2 (RFC 8018, 5.2), scrypt (RFC 7914) and PKCS#12's own (RFC 7292,
//! appendix B).

use std::num::NonZeroU32;
use std::ops::RangeInclusive;

use aws_lc_rs::{digest, pbkdf2};
use keiin_model::Oid;
use keiin_pki::der::{DerErrorKind, Element, Reader, Tag};
use zeroize::Zeroizing;

use super::{Password, algorithm, required, rounds};
use crate::file_error::FileError;

const PBKDF2: Oid = Oid::new(&[1, 2, 840, 113549, 1, 5, 12]);
const SCRYPT: Oid = Oid::new(&[1, 3, 6, 1, 4, 1, 11591, 4, 11]);
const HMAC_WITH_SHA1: Oid = Oid::new(&[1, 2, 840, 113549, 2, 7]);

/// What one file may cost. The rounds that it names are counted before they are run, over all its bags.
pub(crate) struct Work {
    left: u64,
}

impl Work {
    /// Rounds of one hash output each: two seconds with SHA-256, ten with SHA-512. OpenSSL writes 2,048, the careful
    /// ask for 600,000.
    pub(crate) const LIMIT: u64 = 10_000_000;

    pub(crate) const fn new() -> Self {
        Self { left: Self::LIMIT }
    }

    fn charge(&mut self, rounds: u64) -> Result<(), FileError> {
        self.left = self.left.checked_sub(rounds).ok_or(FileError::Rounds { limit: Self::LIMIT })?;
        Ok(())
    }

    /// Rounds for as many hash outputs as the key needs.
    fn charge_key(&mut self, rounds: NonZeroU32, key_len: usize, output_len: usize) -> Result<(), FileError> {
        let outputs = u64::try_from(key_len.div_ceil(output_len.max(1))).unwrap_or(u64::MAX);
        self.charge(u64::from(rounds.get()).saturating_mul(outputs))
    }
}

/// The diversifier of RFC 7292, appendix B.3.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Encryption = 1,
    Iv = 2,
    Mac = 3,
}

/// RFC 7292, appendix B.2, with the letters of its steps.
pub(crate) fn pkcs12(
    hash: &'static digest::Algorithm,
    purpose: Purpose,
    password: &[u8],
    salt: &[u8],
    rounds: NonZeroU32,
    len: usize,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    work.charge_key(rounds, len, hash.output_len())?;
    let v = hash.block_len();
    let diversifier = vec![purpose as u8; v];
    // S and P: each repeated to fill whole blocks, nothing when empty.
    let filled = |octets: &'_ [u8]| octets.len().div_ceil(v) * v;
    let mut i = Zeroizing::new(Vec::with_capacity(filled(salt) + filled(password)));
    i.extend(salt.iter().cycle().take(filled(salt)));
    i.extend(password.iter().cycle().take(filled(password)));
    let mut out = Zeroizing::new(Vec::with_capacity(len + hash.output_len()));
    while out.len() < len {
        let mut context = digest::Context::new(hash);
        context.update(&diversifier);
        context.update(&i);
        let mut a = context.finish();
        for _ in 1..rounds.get() {
            a = digest::digest(hash, a.as_ref());
        }
        out.extend_from_slice(a.as_ref());
        let b: Zeroizing<Vec<u8>> = Zeroizing::new(a.as_ref().iter().copied().cycle().take(v).collect());
        i.chunks_mut(v).for_each(|block| add_and_one(block, &b));
    }
    out.truncate(len);
    Ok(out)
}

/// I_j = (I_j + B + 1) mod 2^v, big-endian.
fn add_and_one(block: &mut [u8], b: &[u8]) {
    let mut carry = 1;
    for (octet, add) in block.iter_mut().zip(b).rev() {
        let [high, low] = (u16::from(*octet) + u16::from(*add) + carry).to_be_bytes();
        *octet = low;
        carry = u16::from(high);
    }
}

/// A keyDerivationFunc of PBES2 or PBMAC1 (RFC 8018, A.2; RFC 7914, 7), for a key of one of these lengths.
pub(crate) fn derive(
    function: &Element<'_>,
    lens: &RangeInclusive<usize>,
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    const OBJECT: &str = "keyDerivationFunc";
    let (oid, parameters) = algorithm(function, OBJECT)?;
    match oid {
        PBKDF2 => with_pbkdf2(&required(parameters, function, OBJECT)?, lens, password, work),
        SCRYPT => with_scrypt(&required(parameters, function, OBJECT)?, lens, password, work),
        oid => Err(FileError::Unsupported { what: "key derivation function", oid }),
    }
}

/// keyLength INTEGER OPTIONAL: it can be left out where only one length will do.
fn key_length(
    reader: &mut Reader<'_>,
    lens: &RangeInclusive<usize>,
    object: &'static str,
) -> Result<usize, FileError> {
    let Some(element) = reader.optional(Tag::INTEGER, object)? else {
        let only = (lens.start() == lens.end()).then_some(*lens.start());
        return only.ok_or_else(|| reader.error(object, DerErrorKind::Truncated).into());
    };
    let named = usize::try_from(element.unsigned(object)?).ok().filter(|len| lens.contains(len));
    named.ok_or_else(|| element.error(object, DerErrorKind::Value).into())
}

fn with_pbkdf2(
    parameters: &Element<'_>,
    lens: &RangeInclusive<usize>,
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    const OBJECT: &str = "PBKDF2-params";
    let mut reader = parameters.reader(OBJECT)?;
    let salt = reader.expect(Tag::OCTET_STRING, OBJECT)?.octets(OBJECT)?.to_cow();
    let rounds = rounds(&reader.expect(Tag::INTEGER, OBJECT)?, OBJECT)?;
    let len = key_length(&mut reader, lens, OBJECT)?;
    let prf = match reader.optional(Tag::SEQUENCE, OBJECT)? {
        Some(prf) => algorithm(&prf, OBJECT)?.0,
        None => HMAC_WITH_SHA1,
    };
    reader.end(OBJECT)?;
    let (function, output_len) =
        prf_of(&prf).ok_or(FileError::Unsupported { what: "pseudo-random function", oid: prf })?;
    work.charge_key(rounds, len, output_len)?;
    let mut key = Zeroizing::new(vec![0; len]);
    pbkdf2::derive(function, rounds, &salt, password.octets(), &mut key);
    Ok(key)
}

/// The PRFs of RFC 8018, B.1, that aws-lc-rs has (all but SHA-224), with the octets that each gives.
fn prf_of(oid: &Oid) -> Option<(pbkdf2::Algorithm, usize)> {
    const PRFS: [(Oid, pbkdf2::Algorithm, usize); 4] = [
        (HMAC_WITH_SHA1, pbkdf2::PBKDF2_HMAC_SHA1, 20),
        (Oid::new(&[1, 2, 840, 113549, 2, 9]), pbkdf2::PBKDF2_HMAC_SHA256, 32),
        (Oid::new(&[1, 2, 840, 113549, 2, 10]), pbkdf2::PBKDF2_HMAC_SHA384, 48),
        (Oid::new(&[1, 2, 840, 113549, 2, 11]), pbkdf2::PBKDF2_HMAC_SHA512, 64),
    ];
    PRFS.into_iter().find(|(known, ..)| known == oid).map(|(_, prf, len)| (prf, len))
}

/// scrypt's cost N * r * p, in blocks of 128 octets: this is 256 MiB, and a second.
const MOST_BLOCKS: u64 = 1 << 21;

fn with_scrypt(
    parameters: &Element<'_>,
    lens: &RangeInclusive<usize>,
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    const OBJECT: &str = "scrypt-params";
    let mut reader = parameters.reader(OBJECT)?;
    let salt = reader.expect(Tag::OCTET_STRING, OBJECT)?.octets(OBJECT)?.to_cow();
    let mut factor = || Ok::<u64, FileError>(reader.expect(Tag::INTEGER, OBJECT)?.unsigned(OBJECT)?);
    let (n, r, p) = (factor()?, factor()?, factor()?);
    let len = key_length(&mut reader, lens, OBJECT)?;
    reader.end(OBJECT)?;
    let blocks = n.saturating_mul(r).saturating_mul(p);
    if blocks > MOST_BLOCKS || n.max(r).max(p) > MOST_BLOCKS {
        return Err(FileError::Rounds { limit: Work::LIMIT });
    }
    // Four rounds a block: that many hash about as long as scrypt mixes one.
    work.charge(4 * blocks)?;
    let malformed = || FileError::from(parameters.error(OBJECT, DerErrorKind::Value));
    let narrow = |factor: u64| u32::try_from(factor).map_err(|_| malformed());
    if n < 2 || !n.is_power_of_two() {
        return Err(malformed());
    }
    let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| malformed())?;
    let cost = scrypt::Params::new(log_n, narrow(r)?, narrow(p)?).map_err(|_| malformed())?;
    let mut key = Zeroizing::new(vec![0; len]);
    scrypt::scrypt(password.octets(), &salt, &cost, &mut key).map_err(|_| malformed())?;
    Ok(key)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test may fail
mod tests {
    use super::*;

    /// A vector that goes round the libraries since PKCS#12 1.0: the password is "smeg".
    #[test]
    fn pkcs12_derives_as_others_do() {
        let derive = |purpose, len| {
            let salt = [0x0a, 0x58, 0xcf, 0x64, 0x53, 0x0d, 0x82, 0x3f];
            let hash = &digest::SHA1_FOR_LEGACY_USE_ONLY;
            pkcs12(hash, purpose, b"\0s\0m\0e\0g\0\0", &salt, NonZeroU32::MIN, len, &mut Work::new()).unwrap()
        };
        let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
        let key = derive(Purpose::Encryption, 24);
        assert_eq!(hex(&key), "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3");
        assert_eq!(hex(&derive(Purpose::Iv, 8)), "79993dfe048d3b76");
    }

    #[test]
    fn work_is_counted_before_it_is_done() {
        let mut work = Work::new();
        let half = NonZeroU32::new(5_000_000).unwrap();
        work.charge_key(half, 20, 20).unwrap();
        assert!(work.charge_key(half, 21, 20).is_err(), "two outputs cost twice");
        work.charge_key(half, 20, 20).unwrap();
        assert!(work.charge(1).is_err());
    }
}
