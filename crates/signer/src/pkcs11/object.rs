// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Certificates and private keys on a token, found by class and matched by CKA_ID or modulus. Labels say
//! nothing: HPKI cards differ in them (JAHIS 24-002, Annex B).

use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use keiin_model::SignerError;

use super::failure::failure;
use crate::certificate::{self, CertificateFacts, trimmed};

pub(super) struct CertificateObject {
    pub(super) der: Vec<u8>,
    pub(super) id: Vec<u8>,
    /// None when it is not a certificate that can be read.
    pub(super) facts: Option<CertificateFacts>,
}

pub(super) struct KeyObject {
    pub(super) handle: ObjectHandle,
    pub(super) id: Vec<u8>,
    /// Empty when the token does not tell, or when the key is not RSA.
    modulus: Vec<u8>,
    pub(super) always_authenticate: bool,
    may_sign: bool,
}

pub(super) fn certificates(session: &Session) -> Result<Vec<CertificateObject>, SignerError> {
    let mut found = Vec::new();
    for object in find(session, ObjectClass::CERTIFICATE)? {
        let (mut der, mut id) = (Vec::new(), Vec::new());
        for attribute in attributes(session, object, &[AttributeType::Value, AttributeType::Id])? {
            match attribute {
                Attribute::Value(value) => der = value,
                Attribute::Id(value) => id = value,
                _ => {}
            }
        }
        if !der.is_empty() {
            found.push(CertificateObject { facts: certificate::read(&der), der, id });
        }
    }
    Ok(found)
}

pub(super) fn private_keys(session: &Session) -> Result<Vec<KeyObject>, SignerError> {
    let wanted =
        [AttributeType::Id, AttributeType::Modulus, AttributeType::AlwaysAuthenticate, AttributeType::Sign];
    let mut found = Vec::new();
    for handle in find(session, ObjectClass::PRIVATE_KEY)? {
        let mut key = KeyObject {
            handle,
            id: Vec::new(),
            modulus: Vec::new(),
            always_authenticate: false,
            may_sign: true,
        };
        for attribute in attributes(session, handle, &wanted)? {
            match attribute {
                Attribute::Id(value) => key.id = value,
                Attribute::Modulus(value) => key.modulus = value,
                Attribute::AlwaysAuthenticate(value) => key.always_authenticate = value,
                Attribute::Sign(value) => key.may_sign = value,
                _ => {}
            }
        }
        found.push(key);
    }
    Ok(found)
}

/// The private key of a certificate: the same modulus where the token tells it, otherwise the same CKA_ID.
pub(super) fn key_of<'k>(certificate: &CertificateObject, keys: &'k [KeyObject]) -> Option<&'k KeyObject> {
    let modulus = certificate.facts.as_ref()?.key.rsa_modulus().unwrap_or_default();
    let same_modulus = |key: &KeyObject| !modulus.is_empty() && trimmed(&key.modulus) == modulus;
    let same_id = |key: &KeyObject| key.modulus.is_empty() && !key.id.is_empty() && key.id == certificate.id;
    let mut usable = keys.iter().filter(|key| key.may_sign);
    usable.clone().find(|key| same_modulus(key)).or_else(|| usable.find(|key| same_id(key)))
}

fn find(session: &Session, class: ObjectClass) -> Result<Vec<ObjectHandle>, SignerError> {
    // The search ends with the iterator: an early return closes it too.
    session
        .iter_objects(&[Attribute::Class(class)])
        .and_then(Iterator::collect)
        .map_err(|error| failure("C_FindObjects", &error))
}

/// Attribute by attribute: a token that lacks one, or answers it oddly, must not hide the others.
fn attributes(
    session: &Session,
    object: ObjectHandle,
    wanted: &[AttributeType],
) -> Result<Vec<Attribute>, SignerError> {
    let mut found = Vec::new();
    for kind in wanted {
        match session.get_attributes(object, &[*kind]) {
            Ok(values) => found.extend(values),
            Err(error) => match failure("C_GetAttributeValue", &error) {
                SignerError::Device { .. } => {}
                gone => return Err(gone),
            },
        }
    }
    Ok(found)
}
