// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Public keys out of a SubjectPublicKeyInfo, and signature values checked with them.

use std::ops::Range;

use keiin_model::{Curve, KeyAlgorithm, Oid};

use crate::algorithm::table::{self, Named};
use crate::algorithm::{Identifier, PssParameters, tlv};
pub use crate::provider::{Provider, SignatureError, VerifiedSignature, verify, verify_digest};

/// Why a SubjectPublicKeyInfo is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The octets are not one DER SubjectPublicKeyInfo (RFC 5280, 4.1.2.7).
    #[error("not a SubjectPublicKeyInfo")]
    Malformed,
    /// The key or its parameters are not as the standard of its algorithm says.
    #[error("malformed key of algorithm {oid}")]
    MalformedKey {
        /// The key's algorithm.
        oid: Oid,
    },
    /// The issuer has no DSA parameters to hand down (RFC 3279, 2.3.2).
    #[error("the issuer's key has no DSA parameters to inherit")]
    NothingToInherit,
}

/// A public key, taken apart once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: KeyAlgorithm,
    pub(crate) material: Material,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Material {
    Rsa(RsaKey),
    Ec(Box<[u8]>),
    Dsa {
        parameters: Option<DsaParameters>,
        y: Box<[u8]>,
    },
    Ed25519([u8; 32]),
    /// An algorithm or curve that is only named.
    Opaque,
}

/// An RSAPublicKey as it stood, and where its integers are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RsaKey {
    pub(crate) der: Box<[u8]>,
    modulus: Range<usize>,
    exponent: Range<usize>,
    pub(crate) use_of: RsaUse,
}

/// What an RSA key may be used for (RFC 4055, 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RsaUse {
    /// `rsaEncryption`: any scheme.
    Any,
    /// `id-RSASSA-PSS` without parameters: any RSASSA-PSS.
    Pss,
    /// `id-RSASSA-PSS` with parameters: these, or more salt (RFC 4055, 3.3).
    PssWith(PssParameters),
    /// `id-RSASSA-PSS` with a digest or mask function that keiin does not know.
    Unknown,
}

/// Dss-Parms: magnitudes, big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DsaParameters {
    pub(crate) p: Box<[u8]>,
    pub(crate) q: Box<[u8]>,
    pub(crate) g: Box<[u8]>,
}

impl RsaKey {
    pub(crate) fn modulus(&self) -> &[u8] {
        self.der.get(self.modulus.clone()).unwrap_or_default()
    }

    pub(crate) fn exponent(&self) -> &[u8] {
        self.der.get(self.exponent.clone()).unwrap_or_default()
    }

    fn read(der: &[u8], use_of: RsaUse) -> Option<Self> {
        let mut fields = tlv::only(der, tlv::SEQUENCE)?;
        let mut integer = || {
            let magnitude = tlv::take_unsigned(&mut fields)?;
            let end = der.len() - fields.len();
            (!magnitude.is_empty()).then_some(end - magnitude.len()..end)
        };
        let (modulus, exponent) = (integer()?, integer()?);
        fields.is_empty().then_some(Self { der: der.into(), modulus, exponent, use_of })
    }
}

impl DsaParameters {
    fn read(der: &[u8]) -> Option<Self> {
        let mut fields = tlv::only(der, tlv::SEQUENCE)?;
        let mut integer = || tlv::take_unsigned(&mut fields).map(Box::from);
        let (p, q, g) = (integer()?, integer()?, integer()?);
        fields.is_empty().then_some(Self { p, q, g })
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo (the whole value). A key of an unknown algorithm or curve is read as
    /// [`KeyAlgorithm::Other`]; it is refused only when something is to be verified with it.
    ///
    /// # Errors
    /// [`KeyError`] when the octets or the key in them are malformed. Whether an EC point is on its curve is said by
    /// [`verify`].
    pub fn read(spki: &[u8]) -> Result<Self, KeyError> {
        let (identifier, key) = split(spki).ok_or(KeyError::Malformed)?;
        let oid = identifier.oid;
        read_named(&identifier, key).ok_or(KeyError::MalformedKey { oid })
    }

    /// Kind and size. A DSA key without parameters has 0 bits until it inherits them.
    pub const fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The modulus of an RSA key: big-endian, no leading zero.
    pub fn rsa_modulus(&self) -> Option<&[u8]> {
        self.rsa().map(RsaKey::modulus)
    }

    /// The public exponent of an RSA key: big-endian, no leading zero.
    pub fn rsa_exponent(&self) -> Option<&[u8]> {
        self.rsa().map(RsaKey::exponent)
    }

    /// The point of a key on a curve that keiin names: SEC 1 octets, compressed or not, as they stood.
    pub fn ec_point(&self) -> Option<&[u8]> {
        match &self.material {
            Material::Ec(point) => Some(point),
            _ => None,
        }
    }

    /// A DSA key that leaves its parameters to its issuer cannot verify until
    /// [`with_inherited_parameters`](Self::with_inherited_parameters).
    pub const fn inherits_parameters(&self) -> bool {
        matches!(self.material, Material::Dsa { parameters: None, .. })
    }

    /// The same key with the issuer's DSA parameters when it has none of its own (RFC 3279, 2.3.2); any other key
    /// stays as it is.
    ///
    /// # Errors
    /// [`KeyError::NothingToInherit`] when parameters are wanting and the issuer has none either.
    pub fn with_inherited_parameters(self, issuer: &Self) -> Result<Self, KeyError> {
        match (self.material, &issuer.material) {
            (Material::Dsa { parameters: None, y }, Material::Dsa { parameters: Some(inherited), .. }) => {
                let material = Material::Dsa { parameters: Some(inherited.clone()), y };
                Ok(Self { algorithm: issuer.algorithm, material })
            }
            (Material::Dsa { parameters: None, .. }, _) => Err(KeyError::NothingToInherit),
            (material, _) => Ok(Self { algorithm: self.algorithm, material }),
        }
    }

    pub(crate) const fn rsa(&self) -> Option<&RsaKey> {
        match &self.material {
            Material::Rsa(key) => Some(key),
            _ => None,
        }
    }
}

/// The AlgorithmIdentifier and the octets of the BIT STRING, which no key in use leaves unfinished.
fn split(spki: &[u8]) -> Option<(Identifier<'_>, &[u8])> {
    let mut fields = tlv::only(spki, tlv::SEQUENCE)?;
    let identifier = Identifier::read_content(tlv::take_tag(&mut fields, tlv::SEQUENCE)?)?;
    let [0, key @ ..] = tlv::take_tag(&mut fields, tlv::BIT_STRING)? else { return None };
    fields.is_empty().then_some((identifier, key))
}

fn read_named(identifier: &Identifier<'_>, key: &[u8]) -> Option<PublicKey> {
    let oid = identifier.oid;
    let parameters = identifier.parameters;
    match table::named(&oid) {
        Some(Named::Rsa) => match parameters {
            [] | [tlv::NULL, 0] => read_rsa(key, RsaUse::Any),
            _ => None,
        },
        Some(Named::RsassaPss) => read_rsa(key, read_pss_restriction(parameters)?),
        Some(Named::EcPublicKey) => read_ec(parameters, key),
        Some(Named::Dsa) => read_dsa(parameters, key),
        Some(Named::Ed25519) if parameters.is_empty() => Some(PublicKey {
            algorithm: KeyAlgorithm::Ed25519,
            material: Material::Ed25519(key.try_into().ok()?),
        }),
        Some(Named::Ed448) if parameters.is_empty() && key.len() == 57 => {
            Some(PublicKey { algorithm: KeyAlgorithm::Ed448, material: Material::Opaque })
        }
        Some(Named::Ed25519 | Named::Ed448) => None,
        Some(Named::EcdsaWithSpecified) | None => Some(opaque(oid)),
    }
}

const fn opaque(oid: Oid) -> PublicKey {
    PublicKey { algorithm: KeyAlgorithm::Other { oid }, material: Material::Opaque }
}

fn read_rsa(key: &[u8], use_of: RsaUse) -> Option<PublicKey> {
    let rsa = RsaKey::read(key, use_of)?;
    let algorithm = KeyAlgorithm::Rsa { bits: bits(rsa.modulus())? };
    Some(PublicKey { algorithm, material: Material::Rsa(rsa) })
}

fn read_pss_restriction(parameters: &[u8]) -> Option<RsaUse> {
    if parameters.is_empty() {
        return Some(RsaUse::Pss);
    }
    Some(PssParameters::read(parameters).ok()?.map_or(RsaUse::Unknown, RsaUse::PssWith))
}

fn read_dsa(parameters: &[u8], mut key: &[u8]) -> Option<PublicKey> {
    let y = tlv::take_unsigned(&mut key)?;
    let parameters = match parameters {
        [] | [tlv::NULL, 0] => None,
        present => Some(DsaParameters::read(present)?),
    };
    let size = parameters.as_ref().map_or(Some(0), |dsa| bits(&dsa.p))?;
    let material = Material::Dsa { parameters, y: y.into() };
    key.is_empty().then_some(PublicKey { algorithm: KeyAlgorithm::Dsa { bits: size }, material })
}

/// RFC 5480, 2.1.1: a named curve. One that keiin does not name is known by its own OID, and explicit parameters by
/// that of `id-ecPublicKey`; neither is verified with.
fn read_ec(mut parameters: &[u8], point: &[u8]) -> Option<PublicKey> {
    let Some(name) = tlv::take_tag(&mut parameters, tlv::OID) else {
        return (!parameters.is_empty()).then(|| opaque(table::EC_PUBLIC_KEY));
    };
    let name = Oid::from_octets(name).ok()?;
    let Some(curve) = curve_by_oid(&name) else { return Some(opaque(name)) };
    let field = usize::try_from(curve.bits().div_ceil(8)).ok()?;
    let well_formed = match point.first()? {
        2 | 3 => point.len() == 1 + field,
        4 => point.len() == 1 + 2 * field,
        _ => false,
    };
    let key = PublicKey { algorithm: KeyAlgorithm::Ec { curve }, material: Material::Ec(point.into()) };
    well_formed.then_some(key)
}

fn curve_by_oid(oid: &Oid) -> Option<Curve> {
    const CURVES: [(Oid, Curve); 8] = [
        (Oid::new(&[1, 2, 840, 10045, 3, 1, 7]), Curve::P256),
        (Oid::new(&[1, 3, 132, 0, 34]), Curve::P384),
        (Oid::new(&[1, 3, 132, 0, 35]), Curve::P521),
        (Oid::new(&[1, 3, 132, 0, 33]), Curve::P224),
        (Oid::new(&[1, 3, 132, 0, 10]), Curve::Secp256k1),
        (Oid::new(&[1, 3, 36, 3, 3, 2, 8, 1, 1, 7]), Curve::BrainpoolP256r1),
        (Oid::new(&[1, 3, 36, 3, 3, 2, 8, 1, 1, 11]), Curve::BrainpoolP384r1),
        (Oid::new(&[1, 3, 36, 3, 3, 2, 8, 1, 1, 13]), Curve::BrainpoolP512r1),
    ];
    CURVES.iter().find_map(|(name, curve)| (name == oid).then_some(*curve))
}

/// Bits of a magnitude without leading zero octets.
fn bits(magnitude: &[u8]) -> Option<u32> {
    let octets = u32::try_from(magnitude.len()).ok()?;
    octets.checked_mul(8)?.checked_sub(magnitude.first().map_or(0, |first| first.leading_zeros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spki(oid: Oid, parameters: &[u8], key: &[u8]) -> Vec<u8> {
        let name = tlv::encode(tlv::OID, &[oid.octets()]);
        let identifier = tlv::encode(tlv::SEQUENCE, &[&name, parameters]);
        tlv::encode(tlv::SEQUENCE, &[&identifier, &tlv::encode(tlv::BIT_STRING, &[&[0], key])])
    }

    #[test]
    fn rsa_integers_are_found_where_they_stand() {
        let key = [0x30, 10, 2, 3, 0, 0x8f, 0x0d, 2, 3, 1, 0, 1];
        let key = PublicKey::read(&spki(table::RSA_ENCRYPTION, &[5, 0], &key)).unwrap();
        assert_eq!(key.algorithm(), KeyAlgorithm::Rsa { bits: 16 });
        assert_eq!(key.rsa_modulus(), Some(&[0x8f, 0x0d][..]));
        assert_eq!(key.rsa_exponent(), Some(&[1, 0, 1][..]));
    }

    #[test]
    fn malformed_keys_are_refused() {
        let negative = [0x30, 7, 2, 2, 0x8f, 0x0d, 2, 1, 3];
        let oid = table::RSA_ENCRYPTION;
        assert_eq!(PublicKey::read(&spki(oid, &[5, 0], &negative)), Err(KeyError::MalformedKey { oid }));
        assert_eq!(PublicKey::read(&[0x30, 0]), Err(KeyError::Malformed));
        let p256 = tlv::encode(tlv::OID, &[Oid::new(&[1, 2, 840, 10045, 3, 1, 7]).octets()]);
        for point in [&[0][..], &[4; 64], &[6; 65], &[]] {
            assert!(PublicKey::read(&spki(table::EC_PUBLIC_KEY, &p256, point)).is_err());
        }
        assert!(PublicKey::read(&spki(table::ED25519, &[], &[0; 31])).is_err());
    }

    #[test]
    fn what_is_only_named_is_read() {
        let sm2 = Oid::new(&[1, 2, 156, 10197, 1, 301]);
        let key = PublicKey::read(&spki(table::EC_PUBLIC_KEY, &tlv::encode(tlv::OID, &[sm2.octets()]), &[4]))
            .unwrap();
        assert_eq!(key.algorithm(), KeyAlgorithm::Other { oid: sm2 });
        let explicit = PublicKey::read(&spki(table::EC_PUBLIC_KEY, &[0x30, 0], &[4])).unwrap();
        assert_eq!(explicit.algorithm(), KeyAlgorithm::Other { oid: table::EC_PUBLIC_KEY });
    }

    #[test]
    fn dsa_parameters_come_from_the_issuer() {
        let parameters = [0x30, 9, 2, 1, 0x17, 2, 1, 0x0b, 2, 1, 4];
        let issuer = PublicKey::read(&spki(table::DSA, &parameters, &[2, 1, 8])).unwrap();
        let subject = PublicKey::read(&spki(table::DSA, &[], &[2, 1, 9])).unwrap();
        assert!(subject.inherits_parameters());
        assert_eq!(subject.clone().with_inherited_parameters(&subject), Err(KeyError::NothingToInherit));
        let subject = subject.with_inherited_parameters(&issuer).unwrap();
        assert_eq!(subject.algorithm(), KeyAlgorithm::Dsa { bits: 5 });
        assert!(!subject.inherits_parameters());
        let rsa = spki(table::RSA_ENCRYPTION, &[5, 0], &[0x30, 6, 2, 1, 15, 2, 1, 3]);
        let rsa = PublicKey::read(&rsa).unwrap();
        assert_eq!(rsa.clone().with_inherited_parameters(&issuer), Ok(rsa));
    }
}
