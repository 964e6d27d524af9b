// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The MAC over an AuthenticatedSafe: PKCS#12's own (RFC 7292, 4) and PBMAC1 (RFC 9579).

use aws_lc_rs::{digest, hmac};
use keiin_model::Oid;
use keiin_pki::der::{Element, Tag};

use super::octet_string;
use crate::file_error::FileError;
use crate::pbe::kdf::{self, Purpose, Work};
use crate::pbe::{self, Password, algorithm, required};

const PBMAC1: Oid = Oid::new(&[1, 2, 840, 113549, 1, 5, 14]);

/// keyLength has to be named; a key of a few octets could be guessed (RFC 9579).
const PBMAC1_KEY_LENGTHS: std::ops::RangeInclusive<usize> = 20..=64;

/// A digest, the HMAC with it, and what both are named.
struct Hash {
    digest: Oid,
    hmac: Oid,
    algorithm: &'static digest::Algorithm,
    keyed: hmac::Algorithm,
}

static HASHES: [Hash; 5] = [
    Hash {
        digest: Oid::new(&[1, 3, 14, 3, 2, 26]),
        hmac: Oid::new(&[1, 2, 840, 113549, 2, 7]),
        algorithm: &digest::SHA1_FOR_LEGACY_USE_ONLY,
        keyed: hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
    },
    Hash {
        digest: Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 4]),
        hmac: Oid::new(&[1, 2, 840, 113549, 2, 8]),
        algorithm: &digest::SHA224,
        keyed: hmac::HMAC_SHA224,
    },
    Hash {
        digest: Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 1]),
        hmac: Oid::new(&[1, 2, 840, 113549, 2, 9]),
        algorithm: &digest::SHA256,
        keyed: hmac::HMAC_SHA256,
    },
    Hash {
        digest: Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 2]),
        hmac: Oid::new(&[1, 2, 840, 113549, 2, 10]),
        algorithm: &digest::SHA384,
        keyed: hmac::HMAC_SHA384,
    },
    Hash {
        digest: Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 3]),
        hmac: Oid::new(&[1, 2, 840, 113549, 2, 11]),
        algorithm: &digest::SHA512,
        keyed: hmac::HMAC_SHA512,
    },
];

/// MacData: DigestInfo, macSalt, iterations DEFAULT 1.
///
/// # Errors
/// [`FileError::PasswordWrong`] when the MAC is not that of the octets under the password: a changed file looks
/// the same.
pub(super) fn check(
    mac_data: &Element<'_>,
    safe: &[u8],
    password: &Password<'_>,
    work: &mut Work,
) -> Result<(), FileError> {
    const OBJECT: &str = "MacData";
    let mut reader = mac_data.reader(OBJECT)?;
    let mut digest_info = reader.expect(Tag::SEQUENCE, OBJECT)?.reader(OBJECT)?;
    let digest_algorithm = digest_info.expect(Tag::SEQUENCE, OBJECT)?;
    let expected = octet_string(&digest_info.read(OBJECT)?, OBJECT)?.to_cow();
    digest_info.end(OBJECT)?;
    let (oid, parameters) = algorithm(&digest_algorithm, OBJECT)?;
    if oid == PBMAC1 {
        // macSalt and iterations say nothing then (RFC 9579).
        let parameters = required(parameters, &digest_algorithm, OBJECT)?;
        return check_pbmac1(&parameters, safe, &expected, password, work);
    }
    let salt = reader.expect(Tag::OCTET_STRING, OBJECT)?.octets(OBJECT)?.to_cow();
    let rounds = reader.optional(Tag::INTEGER, OBJECT)?;
    reader.end(OBJECT)?;
    let rounds = rounds.map_or(Ok(std::num::NonZeroU32::MIN), |element| pbe::rounds(&element, OBJECT))?;
    let hash = HASHES
        .iter()
        .find(|hash| hash.digest == oid)
        .ok_or(FileError::Unsupported { what: "MAC digest", oid })?;
    for form in password.forms() {
        let len = hash.algorithm.output_len();
        let key = kdf::pkcs12(hash.algorithm, Purpose::Mac, &form, &salt, rounds, len, work)?;
        if hmac::verify(&hmac::Key::new(hash.keyed, &key), safe, &expected).is_ok() {
            return Ok(());
        }
    }
    Err(FileError::PasswordWrong)
}

/// PBMAC1-params: keyDerivationFunc, messageAuthScheme (RFC 8018, A.5).
fn check_pbmac1(
    parameters: &Element<'_>,
    safe: &[u8],
    expected: &[u8],
    password: &Password<'_>,
    work: &mut Work,
) -> Result<(), FileError> {
    const OBJECT: &str = "PBMAC1-params";
    let mut reader = parameters.reader(OBJECT)?;
    let derivation = reader.expect(Tag::SEQUENCE, OBJECT)?;
    let (scheme, _) = algorithm(&reader.expect(Tag::SEQUENCE, OBJECT)?, OBJECT)?;
    reader.end(OBJECT)?;
    let hash = HASHES
        .iter()
        .find(|hash| hash.hmac == scheme)
        .ok_or(FileError::Unsupported { what: "message authentication scheme", oid: scheme })?;
    let key = kdf::derive(&derivation, &PBMAC1_KEY_LENGTHS, password, work)?;
    hmac::verify(&hmac::Key::new(hash.keyed, &key), safe, expected).map_err(|_| FileError::PasswordWrong)
}
