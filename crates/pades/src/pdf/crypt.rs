// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Encrypted files: what the encryption dictionary says, and strings and streams in and out of it (ISO 32000-1, 7.6).

use std::collections::BTreeMap;

use keiin_model::DigestAlgorithm;
use keiin_pki::digest::digest;

use super::{
    cipher::{self, BLOCK, rc4},
    object::{Dictionary, Object},
    password::Standard,
};

/// Why an encrypted file stays closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Locked {
    /// The password is not this file's.
    Password,
    /// Another handler than the standard one, by its name: public keys, or somebody's own.
    Handler(String),
    /// A version or a dictionary that the standard does not have.
    Unsupported,
}

/// How octets are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Identity,
    Rc4,
    Aes128,
    Aes256,
}

/// An opened encryption: the file key and what is encrypted how.
#[derive(Clone, Debug)]
pub(crate) struct Security {
    key: Vec<u8>,
    filters: BTreeMap<Vec<u8>, Method>,
    strings: Method,
    streams: Method,
    embedded: Method,
    encrypts_metadata: bool,
}

/// An object's number and generation, which its key is made of.
pub(crate) type Name = (u32, u32);

impl Security {
    /// Opens an encryption dictionary whose values are all in place.
    pub(crate) fn open(dictionary: &Dictionary, id: &[u8], password: &[u8]) -> Result<Self, Locked> {
        let name = dictionary.value("Filter").and_then(Object::as_name).unwrap_or_default();
        if name != b"Standard" {
            return Err(Locked::Handler(String::from_utf8_lossy(name).into_owned()));
        }
        let integer = |key| dictionary.value(key).and_then(Object::as_integer);
        let version = integer("V").unwrap_or(0);
        let filters = filters(dictionary);
        let chosen = |key: &str, other: Method| match dictionary.value(key).and_then(Object::as_name) {
            None => Ok(other),
            Some(name) => filters.get(name).copied().ok_or(Locked::Unsupported),
        };
        let (strings, streams, embedded) = match version {
            1 | 2 => (Method::Rc4, Method::Rc4, Method::Rc4),
            4 | 5 => {
                let streams = chosen("StmF", Method::Identity)?;
                (chosen("StrF", Method::Identity)?, streams, chosen("EFF", streams)?)
            }
            _ => return Err(Locked::Unsupported),
        };
        let encrypts_metadata = dictionary.value("EncryptMetadata") != Some(&Object::Boolean(false));
        let standard = standard(dictionary, version, id, encrypts_metadata)?;
        let key = standard.key(password).ok_or(Locked::Password)?;
        Ok(Self { key, filters, strings, streams, embedded, encrypts_metadata })
    }

    /// Decrypts the strings of an object of the file, but for what is never encrypted: the value of a signature.
    pub(crate) fn open_strings(&self, name: Name, object: &mut Object) {
        match object {
            Object::String(octets, _) => *octets = self.decrypt(self.strings, name, octets),
            Object::Array(items) => items.iter_mut().for_each(|item| self.open_strings(name, item)),
            Object::Dictionary(dictionary) => self.open_dictionary(name, dictionary),
            Object::Stream(stream) => self.open_dictionary(name, &mut stream.dictionary),
            _ => {}
        }
    }

    fn open_dictionary(&self, name: Name, dictionary: &mut Dictionary) {
        let is_signature = dictionary.value("ByteRange").is_some();
        for (key, value) in dictionary.entries_mut() {
            if !(is_signature && key == b"Contents") {
                self.open_strings(name, value);
            }
        }
    }

    /// Decrypts a stream.
    pub(crate) fn open_stream(&self, name: Name, dictionary: &Dictionary, raw: &[u8]) -> Vec<u8> {
        self.decrypt(self.method(dictionary), name, raw)
    }

    /// 7.6.5: a stream's own crypt filter goes before the file's.
    fn method(&self, dictionary: &Dictionary) -> Method {
        if let Some(own) = crypt_filter(dictionary) {
            return self.filters.get(own).copied().unwrap_or(Method::Identity);
        }
        match dictionary.value("Type").and_then(Object::as_name) {
            Some(b"Metadata") if !self.encrypts_metadata => Method::Identity,
            Some(b"EmbeddedFile") => self.embedded,
            _ => self.streams,
        }
    }

    fn decrypt(&self, method: Method, name: Name, data: &[u8]) -> Vec<u8> {
        let plain = match method {
            Method::Identity => None,
            Method::Rc4 => Some(rc4(&self.object_key(method, name), data)),
            Method::Aes128 => cipher::decrypt(&self.object_key(method, name), data),
            Method::Aes256 => cipher::decrypt(&self.key, data),
        };
        plain.unwrap_or_else(|| data.to_vec())
    }

    /// The start of a chain of blocks. This crate has no randomness: octets that differ, in the same object or another, begin
    /// differently, and nobody without the key knows how.
    pub(crate) fn iv(&self, (number, generation): Name, data: &[u8]) -> [u8; BLOCK] {
        let name = [number.to_le_bytes(), generation.to_le_bytes()].concat();
        let made = digest(DigestAlgorithm::Sha256, &[&self.key, &*name, data].concat());
        made.first_chunk().copied().unwrap_or_default()
    }

    /// Encrypts a string of an object that is appended; `iv` is fresh for each.
    pub(crate) fn seal_string(&self, name: Name, iv: &[u8; BLOCK], data: &[u8]) -> Vec<u8> {
        self.encrypt(self.strings, name, iv, data)
    }

    /// Encrypts a stream of an object that is appended; `iv` is fresh for each.
    pub(crate) fn seal_stream(
        &self,
        name: Name,
        iv: &[u8; BLOCK],
        dictionary: &Dictionary,
        data: &[u8],
    ) -> Vec<u8> {
        self.encrypt(self.method(dictionary), name, iv, data)
    }

    fn encrypt(&self, method: Method, name: Name, iv: &[u8; BLOCK], data: &[u8]) -> Vec<u8> {
        let sealed = match method {
            Method::Identity => None,
            Method::Rc4 => Some(rc4(&self.object_key(method, name), data)),
            Method::Aes128 => cipher::encrypt(&self.object_key(method, name), iv, data),
            Method::Aes256 => cipher::encrypt(&self.key, iv, data),
        };
        sealed.unwrap_or_else(|| data.to_vec())
    }

    /// Algorithm 1.
    fn object_key(&self, method: Method, (number, generation): Name) -> Vec<u8> {
        let mut input = self.key.clone();
        input.extend(number.to_le_bytes().into_iter().take(3));
        input.extend(generation.to_le_bytes().into_iter().take(2));
        if method == Method::Aes128 {
            input.extend(b"sAlT");
        }
        let mut key = digest(DigestAlgorithm::Md5, &input);
        key.truncate(self.key.len().saturating_add(5).min(16));
        key
    }
}

/// The name of a stream's own crypt filter: /Crypt stands first among its filters (7.4.10).
pub(crate) fn crypt_filter(dictionary: &Dictionary) -> Option<&[u8]> {
    fn first(object: &Object) -> Option<&Object> {
        object.as_array().map_or(Some(object), <[Object]>::first)
    }
    if first(dictionary.value("Filter")?)?.as_name() != Some(b"Crypt") {
        return None;
    }
    let parameters = dictionary.value("DecodeParms").and_then(first).and_then(Object::as_dictionary);
    Some(parameters.and_then(|p| p.value("Name")).and_then(Object::as_name).unwrap_or(b"Identity"))
}

/// /CF with the name that is always there.
fn filters(dictionary: &Dictionary) -> BTreeMap<Vec<u8>, Method> {
    let mut found = BTreeMap::from([(b"Identity".to_vec(), Method::Identity)]);
    let all = dictionary.value("CF").and_then(Object::as_dictionary);
    for (name, filter) in all.into_iter().flat_map(Dictionary::entries) {
        let kind = filter.as_dictionary().and_then(|f| f.value("CFM")).and_then(Object::as_name);
        let method = match kind {
            None | Some(b"None") => Method::Identity,
            Some(b"V2") => Method::Rc4,
            Some(b"AESV2") => Method::Aes128,
            Some(b"AESV3") => Method::Aes256,
            Some(_) => continue,
        };
        found.insert(name.to_vec(), method);
    }
    found
}

fn standard(
    dictionary: &Dictionary,
    version: i64,
    id: &[u8],
    encrypts_metadata: bool,
) -> Result<Standard, Locked> {
    let string = |key| match dictionary.value(key) {
        Some(Object::String(octets, _)) => octets.clone(),
        _ => Vec::new(),
    };
    let integer = |key| dictionary.value(key).and_then(Object::as_integer);
    let revision = integer("R").ok_or(Locked::Unsupported)?;
    if !(2..=6).contains(&revision) || (revision >= 5) != (version == 5) {
        return Err(Locked::Unsupported);
    }
    let bits = match (version, integer("Length")) {
        (1, _) => 40,
        // Some writers count octets.
        (_, Some(length @ 5..=16)) => length * 8,
        (_, Some(length @ 40..=128)) => length,
        (4, _) => 128,
        _ => 40,
    };
    let length =
        if version == 4 { 16 } else { usize::try_from(bits / 8).map_err(|_| Locked::Unsupported)? };
    Ok(Standard {
        revision,
        length,
        owner: string("O"),
        user: string("U"),
        owner_key: string("OE"),
        user_key: string("UE"),
        permissions: integer("P").unwrap_or(0),
        id: id.to_vec(),
        encrypts_metadata,
    })
}
