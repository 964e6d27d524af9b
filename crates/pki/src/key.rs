// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Public keys out of a SubjectPublicKeyInfo, and signature values checked with them.

use std::ops::Range;

use keiin_model::{Curve, KeyAlgorithm, Oid};

use crate::algorithm::table::{self, Named};
use crate::algorithm::{Identifier, PssParameters};
use crate::der::{Element, Reader, Tag, first_non_der};
pub use crate::provider::{Provider, SignatureError, VerifiedSignature, verify, verify_digest};

/// Why a SubjectPublicKeyInfo is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The octets are not one SubjectPublicKeyInfo (RFC 5280, 4.1.2.7).
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
        let mut fields = strict_sequence(&Element::whole(der, OBJECT).ok()?)?;
        let mut integer = || {
            let magnitude = take_magnitude(&mut fields)?;
            let end = fields.offset();
            (!magnitude.is_empty()).then_some(end - magnitude.len()..end)
        };
        let (modulus, exponent) = (integer()?, integer()?);
        fields.at_end().then_some(Self { der: der.into(), modulus, exponent, use_of })
    }
}

impl DsaParameters {
    fn read(element: &Element<'_>) -> Option<Self> {
        let mut fields = strict_sequence(element)?;
        let mut integer = || take_magnitude(&mut fields).map(Box::from);
        let (p, q, g) = (integer()?, integer()?, integer()?);
        fields.at_end().then_some(Self { p, q, g })
    }
}

/// How der names what is read here.
const OBJECT: &str = "SubjectPublicKeyInfo";

/// The fields of a SEQUENCE that is DER all through: keys and signature values have one encoding only.
pub(crate) fn strict_sequence<'a>(element: &Element<'a>) -> Option<Reader<'a>> {
    let strict = element.tag() == Tag::SEQUENCE && first_non_der(element).is_none();
    if strict { element.reader(OBJECT).ok() } else { None }
}

/// Takes a non-negative INTEGER: big-endian without leading zero, so empty for zero.
pub(crate) fn take_magnitude<'a>(fields: &mut Reader<'a>) -> Option<&'a [u8]> {
    match fields.expect(Tag::INTEGER, OBJECT).ok()?.integer(OBJECT).ok()? {
        [0, magnitude @ ..] => Some(magnitude),
        [first, ..] if first & 0x80 != 0 => None,
        magnitude => Some(magnitude),
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
    let spki = Element::whole(spki, OBJECT).ok().filter(|spki| spki.tag() == Tag::SEQUENCE)?;
    let mut fields = spki.reader(OBJECT).ok()?;
    let identifier = Identifier::read(&fields.read(OBJECT).ok()?)?;
    let key = fields.expect(Tag::BIT_STRING, OBJECT).ok()?.bit_string_octets(OBJECT).ok()?;
    fields.at_end().then_some((identifier, key))
}

fn read_named(identifier: &Identifier<'_>, key: &[u8]) -> Option<PublicKey> {
    let parameters = identifier.parameters.as_ref();
    match table::named(&identifier.oid) {
        Some(Named::Rsa) if identifier.has_no_parameters() => read_rsa(key, RsaUse::Any),
        Some(Named::RsassaPss) => read_rsa(key, read_pss_restriction(parameters)?),
        Some(Named::EcPublicKey) => read_ec(parameters?, key),
        Some(Named::Dsa) => read_dsa(parameters.filter(|_| !identifier.has_no_parameters()), key),
        Some(Named::Ed25519) if parameters.is_none() => Some(PublicKey {
            algorithm: KeyAlgorithm::Ed25519,
            material: Material::Ed25519(key.try_into().ok()?),
        }),
        Some(Named::Ed448) if parameters.is_none() && key.len() == 57 => {
            Some(PublicKey { algorithm: KeyAlgorithm::Ed448, material: Material::Opaque })
        }
        Some(Named::Rsa | Named::Ed25519 | Named::Ed448) => None,
        Some(Named::EcdsaWithSpecified) | None => Some(opaque(identifier.oid)),
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

fn read_pss_restriction(parameters: Option<&Element<'_>>) -> Option<RsaUse> {
    let Some(parameters) = parameters else { return Some(RsaUse::Pss) };
    Some(PssParameters::read(parameters).ok()?.map_or(RsaUse::Unknown, RsaUse::PssWith))
}

fn read_dsa(parameters: Option<&Element<'_>>, key: &[u8]) -> Option<PublicKey> {
    let y = Element::whole(key, OBJECT).ok().filter(|y| first_non_der(y).is_none())?;
    let y = take_magnitude(&mut Reader::new(y.bytes()))?;
    let (parameters, bits) = match parameters {
        None => (None, 0),
        Some(present) => {
            let present = DsaParameters::read(present)?;
            let bits = bits(&present.p)?;
            (Some(present), bits)
        }
    };
    let material = Material::Dsa { parameters, y: y.into() };
    Some(PublicKey { algorithm: KeyAlgorithm::Dsa { bits }, material })
}

/// RFC 5480, 2.1.1: a named curve. One that keiin does not name is known by its own OID, and explicit parameters by
/// that of `id-ecPublicKey`; neither is verified with.
fn read_ec(parameters: &Element<'_>, point: &[u8]) -> Option<PublicKey> {
    if parameters.tag() != Tag::OID {
        return Some(opaque(table::EC_PUBLIC_KEY));
    }
    let name = parameters.oid(OBJECT).ok()?;
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
    use crate::der::write;

    fn spki(oid: Oid, parameters: &[u8], key: &[u8]) -> Vec<u8> {
        let identifier = write::sequence(&[&write::oid(&oid)[..], parameters]);
        write::sequence(&[identifier, write::element(3, &[&[0], key].concat())])
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
        let p256 = write::oid(&Oid::new(&[1, 2, 840, 10045, 3, 1, 7]));
        for point in [&[0][..], &[4; 64], &[6; 65], &[]] {
            assert!(PublicKey::read(&spki(table::EC_PUBLIC_KEY, &p256, point)).is_err());
        }
        assert!(PublicKey::read(&spki(table::ED25519, &[], &[0; 31])).is_err());
    }

    #[test]
    fn what_is_only_named_is_read() {
        let sm2 = Oid::new(&[1, 2, 156, 10197, 1, 301]);
        let key = PublicKey::read(&spki(table::EC_PUBLIC_KEY, &write::oid(&sm2), &[4])).unwrap();
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
