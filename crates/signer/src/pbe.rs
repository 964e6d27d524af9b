// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Decryption under a password, with bounded work: PBES2 (RFC 8018, 6.2) and the old schemes of PKCS#12 (RFC 7292,
//! appendix C).

mod cipher;
pub(crate) mod kdf;
mod password;

use std::num::NonZeroU32;

use keiin_model::Oid;
use keiin_pki::der::{DerErrorKind, Element, Octets, Tag};
use zeroize::Zeroizing;

use crate::file_error::FileError;
use cipher::Cipher;
use kdf::{Purpose, Work};
pub(crate) use password::Password;

const PBES2: Oid = Oid::new(&[1, 2, 840, 113549, 1, 5, 13]);

/// pbeWithSHAAnd3-KeyTripleDES-CBC and its like.
const OLD_SCHEMES: [(Oid, Cipher); 4] = [
    (Oid::new(&[1, 2, 840, 113549, 1, 12, 1, 3]), Cipher::TripleDes),
    (Oid::new(&[1, 2, 840, 113549, 1, 12, 1, 4]), Cipher::TripleDesOfTwoKeys),
    (Oid::new(&[1, 2, 840, 113549, 1, 12, 1, 5]), Cipher::Rc2 { key_len: 16 }),
    (Oid::new(&[1, 2, 840, 113549, 1, 12, 1, 6]), Cipher::Rc2 { key_len: 5 }),
];

/// An AlgorithmIdentifier taken apart: the algorithm and its parameters.
pub(crate) fn algorithm<'a>(
    element: &Element<'a>,
    object: &'static str,
) -> Result<(Oid, Option<Element<'a>>), FileError> {
    let mut reader = element.reader(object)?;
    let oid = reader.expect(Tag::OID, object)?.oid(object)?;
    let parameters = if reader.at_end() { None } else { Some(reader.read(object)?) };
    reader.end(object)?;
    Ok((oid, parameters))
}

/// The parameters that an algorithm cannot do without.
pub(crate) fn required<'a>(
    parameters: Option<Element<'a>>,
    of: &Element<'_>,
    object: &'static str,
) -> Result<Element<'a>, FileError> {
    parameters.ok_or_else(|| of.error(object, DerErrorKind::Truncated).into())
}

/// A count of rounds: INTEGER (1..MAX).
pub(crate) fn rounds(element: &Element<'_>, object: &'static str) -> Result<NonZeroU32, FileError> {
    let count = element.unsigned(object)?;
    if count == 0 {
        return Err(element.error(object, DerErrorKind::Value).into());
    }
    u32::try_from(count).ok().and_then(NonZeroU32::new).ok_or(FileError::Rounds { limit: Work::LIMIT })
}

/// EncryptedPrivateKeyInfo (RFC 5958, 3): the scheme and the ciphertext; `None` when the element is something else.
pub(crate) fn encrypted_private_key<'a>(element: &Element<'a>) -> Option<(Element<'a>, Octets<'a>)> {
    const OBJECT: &str = "EncryptedPrivateKeyInfo";
    let mut reader = element.reader(OBJECT).ok()?;
    let scheme = reader.expect(Tag::SEQUENCE, OBJECT).ok()?;
    let ciphertext = reader.expect(Tag::OCTET_STRING, OBJECT).ok()?.octets(OBJECT).ok()?;
    reader.end(OBJECT).ok()?;
    Some((scheme, ciphertext))
}

/// Decrypts what is a SEQUENCE when it is decrypted, as keys and SafeContents are: padding that is right by chance
/// does not make a wrong password right.
///
/// # Errors
/// [`FileError::PasswordWrong`] when no SEQUENCE comes out.
pub(crate) fn decrypt(
    scheme: &Element<'_>,
    ciphertext: &[u8],
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    const OBJECT: &str = "encryptionAlgorithm";
    let (oid, parameters) = algorithm(scheme, OBJECT)?;
    let old = OLD_SCHEMES.into_iter().find(|(known, _)| *known == oid);
    if oid != PBES2 && old.is_none() {
        return Err(FileError::Unsupported { what: "encryption scheme", oid });
    }
    let parameters = required(parameters, scheme, OBJECT)?;
    match old {
        Some((_, cipher)) => decrypt_old(cipher, &parameters, ciphertext, password, work),
        None => decrypt_pbes2(&parameters, ciphertext, password, work),
    }
}

fn decrypt_pbes2(
    parameters: &Element<'_>,
    ciphertext: &[u8],
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    const OBJECT: &str = "PBES2-params";
    let mut reader = parameters.reader(OBJECT)?;
    let derivation = reader.expect(Tag::SEQUENCE, OBJECT)?;
    let encryption = reader.expect(Tag::SEQUENCE, OBJECT)?;
    reader.end(OBJECT)?;
    let (oid, iv) = algorithm(&encryption, OBJECT)?;
    let cipher = Cipher::of_pbes2(&oid).ok_or(FileError::Unsupported { what: "cipher", oid })?;
    let iv = required(iv, &encryption, OBJECT)?.octets(OBJECT)?.to_cow();
    let key = kdf::derive(&derivation, &(cipher.key_len()..=cipher.key_len()), password, work)?;
    let plain = cipher.decrypt(&key, &iv, ciphertext).filter(|plain| is_sequence(plain));
    plain.ok_or(FileError::PasswordWrong)
}

/// RFC 7292, appendix C: key and IV both come from the password.
fn decrypt_old(
    cipher: Cipher,
    parameters: &Element<'_>,
    ciphertext: &[u8],
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    const OBJECT: &str = "pkcs-12PbeParams";
    let mut reader = parameters.reader(OBJECT)?;
    let salt = reader.expect(Tag::OCTET_STRING, OBJECT)?.octets(OBJECT)?.to_cow();
    let rounds = rounds(&reader.expect(Tag::INTEGER, OBJECT)?, OBJECT)?;
    reader.end(OBJECT)?;
    for form in password.forms() {
        let mut derive = |purpose, len| {
            let hash = &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;
            kdf::pkcs12(hash, purpose, &form, &salt, rounds, len, work)
        };
        let key = derive(Purpose::Encryption, cipher.key_len())?;
        let iv = derive(Purpose::Iv, cipher.block_len())?;
        if let Some(plain) = cipher.decrypt(&key, &iv, ciphertext).filter(|plain| is_sequence(plain)) {
            return Ok(plain);
        }
    }
    Err(FileError::PasswordWrong)
}

fn is_sequence(plain: &[u8]) -> bool {
    Element::whole(plain, "plaintext").is_ok_and(|element| element.tag() == Tag::SEQUENCE)
}
