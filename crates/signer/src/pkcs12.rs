// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reads PKCS#12 (RFC 7292) within limits: BER or DER, password integrity or none, bags in the clear or under a
//! password. What it does not read: public-key integrity and privacy, CRL and secret bags.

mod bags;
mod mac;

use keiin_model::Oid;
use keiin_pki::der::{DerErrorKind, Element, Octets, Reader, Tag};
use zeroize::Zeroizing;

use crate::file_error::FileError;
use crate::pbe::kdf::Work;
use crate::pbe::{self, Password};
use bags::Bags;

/// A file with a key and a dozen certificates has some ten thousand octets.
pub(crate) const MOST_OCTETS: usize = 4 << 20;
/// AuthenticatedSafe holds ContentInfos: two in nearly every file.
const MOST_CONTENTS: usize = 64;

const DATA: Oid = Oid::new(&[1, 2, 840, 113549, 1, 7, 1]);
const ENCRYPTED_DATA: Oid = Oid::new(&[1, 2, 840, 113549, 1, 7, 6]);

/// What a file holds, in its order.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) keys: Vec<Key>,
    pub(crate) certificates: Vec<Certificate>,
}

/// A PrivateKeyInfo.
pub(crate) struct Key {
    pub(crate) der: Zeroizing<Vec<u8>>,
    pub(crate) local_id: Option<Vec<u8>>,
}

/// An X.509 certificate; nothing was checked of it.
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    pub(crate) local_id: Option<Vec<u8>>,
}

impl Contents {
    /// The certificates of the file, those that bear the key's localKeyID first.
    pub(crate) fn certificates_for(&self, key: &Key) -> Vec<Vec<u8>> {
        let is_named = |c: &&Certificate| key.local_id.is_some() && c.local_id == key.local_id;
        let (named, others): (Vec<_>, Vec<_>) = self.certificates.iter().partition(is_named);
        named.into_iter().chain(others).map(|certificate| certificate.der.clone()).collect()
    }
}

/// Reads a PFX (RFC 7292, 4).
///
/// # Errors
/// [`FileError`].
pub(crate) fn read(file: &[u8], password: Option<Password<'_>>) -> Result<Contents, FileError> {
    const OBJECT: &str = "PFX";
    if file.len() > MOST_OCTETS {
        return Err(FileError::Size { limit: MOST_OCTETS });
    }
    let mut reader = Element::zero_padded(file, OBJECT)?.reader(OBJECT)?;
    let version = reader.expect(Tag::INTEGER, OBJECT)?;
    if version.unsigned(OBJECT)? != 3 {
        return Err(version.error(OBJECT, DerErrorKind::Value).into());
    }
    let safe = joined(&authenticated_safe(&reader.expect(Tag::SEQUENCE, OBJECT)?)?);
    let mac = reader.optional(Tag::SEQUENCE, OBJECT)?;
    reader.end(OBJECT)?;

    let mut work = Work::new();
    if let Some(mac) = &mac {
        mac::check(mac, &safe, &password.ok_or(FileError::PasswordMissing)?, &mut work)?;
    }
    let mut reading = Reading { password, work, is_authentic: mac.is_some(), bags: Bags::default() };
    let mut contents = Element::zero_padded(&safe, "AuthenticatedSafe")?.reader("AuthenticatedSafe")?;
    for content in contents.all(MOST_CONTENTS, "AuthenticatedSafe")? {
        reading.content(&content)?;
    }
    Ok(reading.bags.contents)
}

/// The authSafe's octets: a ContentInfo of data (RFC 7292, 4, password integrity mode).
fn authenticated_safe<'a>(content_info: &Element<'a>) -> Result<Octets<'a>, FileError> {
    let (kind, content) = typed(content_info, "authSafe")?;
    if kind != DATA {
        return Err(FileError::Unsupported { what: "integrity mode", oid: kind });
    }
    octet_string(&content, "authSafe")
}

/// The octets in one piece, overwritten after use: keys may stand in them in the clear.
fn joined(octets: &Octets<'_>) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(octets.len()));
    octets.segments().for_each(|segment| out.extend_from_slice(segment));
    out
}

/// SEQUENCE { type OBJECT IDENTIFIER, value [0] EXPLICIT ANY }: ContentInfo and CertBag.
fn typed<'a>(element: &Element<'a>, object: &'static str) -> Result<(Oid, Element<'a>), FileError> {
    let mut reader = element.reader(object)?;
    let head = typed_head(&mut reader, object)?;
    reader.end(object)?;
    Ok(head)
}

/// As [`typed`], where attributes may follow: SafeBag.
fn typed_head<'a>(reader: &mut Reader<'a>, object: &'static str) -> Result<(Oid, Element<'a>), FileError> {
    let oid = reader.expect(Tag::OID, object)?.oid(object)?;
    let value = reader.expect(Tag::context(0), object)?.explicit(object)?;
    Ok((oid, value))
}

fn octet_string<'a>(element: &Element<'a>, object: &'static str) -> Result<Octets<'a>, FileError> {
    if element.tag() != Tag::OCTET_STRING {
        return Err(element.error(object, DerErrorKind::UnexpectedTag).into());
    }
    Ok(element.octets(object)?)
}

/// A file being read.
struct Reading<'p> {
    password: Option<Password<'p>>,
    work: Work,
    /// Whether a MAC was made with the password.
    is_authentic: bool,
    bags: Bags,
}

impl Reading<'_> {
    fn content(&mut self, content_info: &Element<'_>) -> Result<(), FileError> {
        let (kind, content) = typed(content_info, "ContentInfo")?;
        let safe_contents = match kind {
            DATA => joined(&octet_string(&content, "ContentInfo")?),
            ENCRYPTED_DATA => self.encrypted_data(&content)?,
            oid => return Err(FileError::Unsupported { what: "privacy mode", oid }),
        };
        let safe_contents = Element::zero_padded(&safe_contents, "SafeContents")?;
        for key in self.bags.read(&safe_contents, 0)? {
            let (scheme, ciphertext) = pbe::encrypted_private_key(&key.value)
                .ok_or_else(|| key.value.error("pkcs8ShroudedKeyBag", DerErrorKind::Value))?;
            let der = self.decrypt(&scheme, &ciphertext)?;
            self.bags.contents.keys.push(Key { der, local_id: key.local_id });
        }
        Ok(())
    }

    /// EncryptedData (RFC 5652, 8).
    fn encrypted_data(&mut self, content: &Element<'_>) -> Result<Zeroizing<Vec<u8>>, FileError> {
        const OBJECT: &str = "EncryptedData";
        let mut reader = content.reader(OBJECT)?;
        reader.expect(Tag::INTEGER, OBJECT)?;
        let mut info = reader.expect(Tag::SEQUENCE, OBJECT)?.reader(OBJECT)?;
        info.expect(Tag::OID, OBJECT)?;
        let scheme = info.expect(Tag::SEQUENCE, OBJECT)?;
        let ciphertext = info.expect(Tag::context(0), OBJECT)?.octets(OBJECT)?;
        info.end(OBJECT)?;
        self.decrypt(&scheme, &ciphertext)
    }

    fn decrypt(
        &mut self,
        scheme: &Element<'_>,
        ciphertext: &Octets<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, FileError> {
        let password = self.password.ok_or(FileError::PasswordMissing)?;
        match pbe::decrypt(scheme, &ciphertext.to_cow(), &password, &mut self.work) {
            Err(FileError::PasswordWrong) if self.is_authentic => Err(FileError::OtherPassword),
            other => other,
        }
    }
}
