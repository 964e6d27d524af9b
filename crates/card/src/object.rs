// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The objects on a card (JAHIS 24-002, Annex B), as PKCS#11 attributes.

use cryptoki_sys::{
    CK_ATTRIBUTE_TYPE, CK_RV, CK_ULONG, CKA_ALWAYS_AUTHENTICATE, CKA_CERTIFICATE_TYPE, CKA_CLASS,
    CKA_EXTRACTABLE, CKA_ID, CKA_KEY_TYPE, CKA_LABEL, CKA_MODULUS, CKA_PRIVATE, CKA_PUBLIC_EXPONENT,
    CKA_SENSITIVE, CKA_SIGN, CKA_TOKEN, CKA_VALUE, CKC_X_509, CKK_EC, CKK_RSA, CKO_CERTIFICATE,
    CKO_PRIVATE_KEY, CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID,
};

use crate::config::Card;
use crate::key::Key;

pub(crate) struct Object {
    /// Seen after a login only.
    pub(crate) private: bool,
    attributes: Vec<(CK_ATTRIBUTE_TYPE, Vec<u8>)>,
}

impl Object {
    pub(crate) fn attribute(&self, kind: CK_ATTRIBUTE_TYPE) -> Result<&[u8], CK_RV> {
        if self.private && kind == CKA_VALUE {
            return Err(CKR_ATTRIBUTE_SENSITIVE);
        }
        self.attributes
            .iter()
            .find(|(have, _)| *have == kind)
            .map(|(_, value)| value.as_slice())
            .ok_or(CKR_ATTRIBUTE_TYPE_INVALID)
    }

    pub(crate) fn matches(&self, template: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)]) -> bool {
        template.iter().all(|(kind, value)| self.attribute(*kind) == Ok(value.as_slice()))
    }
}

/// The private key first, then the certificates.
pub(crate) fn objects(card: &Card, key: &Key) -> Vec<Object> {
    let mut objects = vec![private_key(card, key)];
    // Real cards give labels, or 32 blanks, or others' labels: here they say nothing, so that nobody relies on
    // them.
    objects.extend(card.certificates.iter().map(|certificate| Object {
        private: false,
        attributes: vec![
            (CKA_CLASS, number(CKO_CERTIFICATE)),
            (CKA_TOKEN, vec![1]),
            (CKA_PRIVATE, vec![0]),
            (CKA_LABEL, b"certificate".to_vec()),
            (CKA_CERTIFICATE_TYPE, number(CKC_X_509)),
            (CKA_ID, certificate.id.clone()),
            (CKA_VALUE, certificate.der.clone()),
        ],
    }));
    objects
}

fn private_key(card: &Card, key: &Key) -> Object {
    let mut attributes = vec![
        (CKA_CLASS, number(CKO_PRIVATE_KEY)),
        (CKA_TOKEN, vec![1]),
        (CKA_PRIVATE, vec![1]),
        (CKA_LABEL, b"key".to_vec()),
        (CKA_ID, card.key_id.clone()),
        (CKA_SIGN, vec![1]),
        (CKA_SENSITIVE, vec![1]),
        (CKA_EXTRACTABLE, vec![0]),
        (CKA_ALWAYS_AUTHENTICATE, vec![u8::from(card.always_authenticate)]),
    ];
    match key.rsa_public() {
        Some((modulus, exponent)) => attributes.extend([
            (CKA_KEY_TYPE, number(CKK_RSA)),
            (CKA_MODULUS, modulus),
            (CKA_PUBLIC_EXPONENT, exponent),
        ]),
        None => attributes.push((CKA_KEY_TYPE, number(CKK_EC))),
    }
    Object { private: true, attributes }
}

fn number(value: CK_ULONG) -> Vec<u8> {
    value.to_ne_bytes().to_vec()
}
