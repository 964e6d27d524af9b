// SPDX-License-Identifier: Apache-2.0 OR MIT
//! AlgorithmIdentifier read into, and written from, the vocabulary of keiin-model.

use keiin_model::{DigestAlgorithm, Oid, SignatureAlgorithm};

use crate::der::{Element, Reader, Tag};

mod encode;
pub(crate) mod table;

pub(crate) use encode::digest_info_without_parameters;
pub use encode::{digest_algorithm_identifier, digest_info, signature_algorithm_identifier};
use table::{Named, Scheme};

/// Why an AlgorithmIdentifier cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlgorithmError {
    /// The octets are not one AlgorithmIdentifier (RFC 5280, 4.1.1.2).
    #[error("not an AlgorithmIdentifier")]
    Malformed,
    /// The parameters are not those that the algorithm's standard gives it.
    #[error("malformed parameters of algorithm {oid}")]
    MalformedParameters {
        /// The algorithm.
        oid: Oid,
    },
    /// A digest algorithm that keiin cannot compute.
    #[error("digest algorithm {oid} is not supported")]
    UnsupportedDigest {
        /// The algorithm.
        oid: Oid,
    },
}

/// How der names what is read here.
const OBJECT: &str = "AlgorithmIdentifier";

/// An AlgorithmIdentifier taken apart.
pub(crate) struct Identifier<'a> {
    pub(crate) oid: Oid,
    pub(crate) parameters: Option<Element<'a>>,
}

impl<'a> Identifier<'a> {
    pub(crate) fn read(element: &Element<'a>) -> Option<Self> {
        let mut fields = sequence(element)?;
        let oid = fields.expect(Tag::OID, OBJECT).ok()?.oid(OBJECT).ok()?;
        let parameters = if fields.at_end() { None } else { Some(fields.read(OBJECT).ok()?) };
        fields.at_end().then_some(Self { oid, parameters })
    }

    /// Absent and NULL parameters mean the same (RFC 4055, 2.1; RFC 5754, 2).
    pub(crate) fn has_no_parameters(&self) -> bool {
        self.parameters.is_none_or(|p| p.tag() == Tag::NULL && !p.is_constructed() && p.content().is_empty())
    }

    fn check_no_parameters(&self) -> Result<(), AlgorithmError> {
        let wrong = AlgorithmError::MalformedParameters { oid: self.oid };
        if self.has_no_parameters() { Ok(()) } else { Err(wrong) }
    }
}

/// The fields of a SEQUENCE.
fn sequence<'a>(element: &Element<'a>) -> Option<Reader<'a>> {
    if element.tag() == Tag::SEQUENCE { element.reader(OBJECT).ok() } else { None }
}

/// Reads an AlgorithmIdentifier (the whole value) that names a digest.
///
/// # Errors
/// [`AlgorithmError::UnsupportedDigest`] names a digest that keiin does not compute; the others are malformed input.
pub fn read_digest_algorithm(der: &[u8]) -> Result<DigestAlgorithm, AlgorithmError> {
    let element = Element::whole(der, OBJECT).map_err(|_| AlgorithmError::Malformed)?;
    read_digest_element(&element)
}

fn read_digest_element(element: &Element<'_>) -> Result<DigestAlgorithm, AlgorithmError> {
    let identifier = Identifier::read(element).ok_or(AlgorithmError::Malformed)?;
    let digest = DigestAlgorithm::from_oid(&identifier.oid)
        .ok_or(AlgorithmError::UnsupportedDigest { oid: identifier.oid })?;
    identifier.check_no_parameters()?;
    Ok(digest)
}

/// Reads an AlgorithmIdentifier (the whole value) that names a signature scheme.
///
/// CMS may name only the key (`rsaEncryption`, `id-ecPublicKey`, `id-dsa`; RFC 3370, 3.2); then `fallback_digest`,
/// the SignerInfo's digestAlgorithm, says the digest. Pass `None` where the scheme must stand alone, as in a certificate.
///
/// What keiin does not know, RSASSA-PSS with an unknown digest or mask function included, reads as
/// [`SignatureAlgorithm::Other`].
///
/// # Errors
/// [`AlgorithmError`] when the octets are malformed.
pub fn read_signature_algorithm(
    der: &[u8],
    fallback_digest: Option<DigestAlgorithm>,
) -> Result<SignatureAlgorithm, AlgorithmError> {
    let element = Element::whole(der, OBJECT).map_err(|_| AlgorithmError::Malformed)?;
    let identifier = Identifier::read(&element).ok_or(AlgorithmError::Malformed)?;
    let oid = identifier.oid;
    if let Some((scheme, digest)) = table::by_oid(&oid) {
        // Old DSA signers and plain ECDSA's repeat the key's parameters here (RFC 3279, 2.2.2 says absent); they mean nothing.
        if !matches!(scheme, Scheme::Dsa | Scheme::EcdsaPlain) {
            identifier.check_no_parameters()?;
        }
        return Ok(with_digest(scheme, digest));
    }
    let named_by_key = |scheme| {
        fallback_digest.map_or(SignatureAlgorithm::Other { oid }, |digest| with_digest(scheme, digest))
    };
    let malformed_parameters = AlgorithmError::MalformedParameters { oid };
    Ok(match table::named(&oid) {
        Some(Named::RsassaPss) => identifier
            .parameters
            .ok_or(MalformedPss) // RFC 4055, 3.1: a signature carries them
            .and_then(|parameters| PssParameters::read(&parameters))
            .map_err(|MalformedPss| malformed_parameters)?
            .map_or(SignatureAlgorithm::Other { oid }, PssParameters::algorithm),
        Some(Named::Rsa) => {
            identifier.check_no_parameters()?;
            named_by_key(Scheme::RsaPkcs1)
        }
        Some(Named::EcPublicKey) => named_by_key(Scheme::Ecdsa),
        Some(Named::Dsa) => named_by_key(Scheme::Dsa),
        Some(Named::EcdsaWithSpecified) => match identifier.parameters.map(|p| read_digest_element(&p)) {
            Some(Ok(digest)) => SignatureAlgorithm::Ecdsa { digest },
            Some(Err(AlgorithmError::UnsupportedDigest { .. })) => SignatureAlgorithm::Other { oid },
            Some(Err(_)) | None => return Err(malformed_parameters),
        },
        Some(Named::Ed25519 | Named::Ed448) if identifier.parameters.is_some() => {
            return Err(malformed_parameters); // RFC 8410, 3
        }
        Some(Named::Ed25519) => SignatureAlgorithm::Ed25519,
        Some(Named::Ed448) => SignatureAlgorithm::Ed448,
        None => SignatureAlgorithm::Other { oid },
    })
}

const fn with_digest(scheme: Scheme, digest: DigestAlgorithm) -> SignatureAlgorithm {
    match scheme {
        Scheme::RsaPkcs1 => SignatureAlgorithm::RsaPkcs1 { digest },
        Scheme::Ecdsa => SignatureAlgorithm::Ecdsa { digest },
        Scheme::EcdsaPlain => SignatureAlgorithm::EcdsaPlain { digest },
        Scheme::Dsa => SignatureAlgorithm::Dsa { digest },
    }
}

/// RSASSA-PSS-params (RFC 8017, A.2.3), of a signature or as the restriction of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PssParameters {
    pub(crate) digest: DigestAlgorithm,
    pub(crate) mgf: DigestAlgorithm,
    pub(crate) salt: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MalformedPss;

impl PssParameters {
    const fn algorithm(self) -> SignatureAlgorithm {
        SignatureAlgorithm::RsaPss { digest: self.digest, mgf: self.mgf, salt: self.salt }
    }

    /// Reads the parameters; `None` when a digest or mask function in them is unknown.
    pub(crate) fn read(element: &Element<'_>) -> Result<Option<Self>, MalformedPss> {
        Self::read_fields(element).ok_or(MalformedPss)
    }

    fn read_fields(element: &Element<'_>) -> Option<Option<Self>> {
        let mut fields = sequence(element)?;
        let digest =
            explicit(&mut fields, 0)?.map_or(Some(Some(DigestAlgorithm::Sha1)), read_known_digest)?;
        let mgf = explicit(&mut fields, 1)?.map_or(Some(Some(DigestAlgorithm::Sha1)), read_mgf1_digest)?;
        let salt = explicit(&mut fields, 2)?.map_or(Some(20), read_u32)?;
        let trailer = explicit(&mut fields, 3)?.map_or(Some(1), read_u32)?;
        // Only trailerFieldBC exists.
        let well_formed = fields.at_end() && trailer == 1;
        well_formed.then(|| digest.zip(mgf).map(|(digest, mgf)| Self { digest, mgf, salt }))
    }
}

/// Outer `None`: malformed. Inner `None`: absent.
fn explicit<'a>(fields: &mut Reader<'a>, number: u32) -> Option<Option<Element<'a>>> {
    match fields.optional(Tag::context(number), OBJECT).ok()? {
        Some(field) => field.explicit(OBJECT).ok().map(Some),
        None => Some(None),
    }
}

/// Outer `None`: malformed. Inner `None`: not known here.
fn read_known_digest(element: Element<'_>) -> Option<Option<DigestAlgorithm>> {
    match read_digest_element(&element) {
        Ok(digest) => Some(Some(digest)),
        Err(AlgorithmError::UnsupportedDigest { .. }) => Some(None),
        Err(_) => None,
    }
}

fn read_mgf1_digest(element: Element<'_>) -> Option<Option<DigestAlgorithm>> {
    let mgf = Identifier::read(&element)?;
    if mgf.oid == table::MGF1 { read_known_digest(mgf.parameters?) } else { Some(None) }
}

fn read_u32(element: Element<'_>) -> Option<u32> {
    let integer = element.tag() == Tag::INTEGER;
    if integer { element.unsigned(OBJECT).ok()?.try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::write;

    fn identifier(oid: &Oid, parameters: &[u8]) -> Vec<u8> {
        write::sequence(&[&write::oid(oid)[..], parameters])
    }

    #[test]
    fn what_is_written_reads_back() {
        for digest in DigestAlgorithm::ALL {
            assert_eq!(read_digest_algorithm(&digest_algorithm_identifier(digest)), Ok(digest));
            for algorithm in [
                SignatureAlgorithm::RsaPkcs1 { digest },
                SignatureAlgorithm::Ecdsa { digest },
                SignatureAlgorithm::Dsa { digest },
                SignatureAlgorithm::RsaPss { digest, mgf: DigestAlgorithm::Sha256, salt: 20 },
                SignatureAlgorithm::RsaPss { digest, mgf: digest, salt: 200 },
                SignatureAlgorithm::Ed25519,
            ] {
                if let Some(der) = signature_algorithm_identifier(algorithm) {
                    assert_eq!(read_signature_algorithm(&der, None), Ok(algorithm), "{algorithm}");
                }
            }
        }
    }

    #[test]
    fn pss_defaults_are_sha_1_and_20() {
        let der = identifier(&table::RSASSA_PSS, &[0x30, 0]);
        let sha1 = DigestAlgorithm::Sha1;
        let defaults = SignatureAlgorithm::RsaPss { digest: sha1, mgf: sha1, salt: 20 };
        assert_eq!(read_signature_algorithm(&der, None), Ok(defaults));
        assert_eq!(signature_algorithm_identifier(defaults), Some(der));
        // RFC 4055, 3.1: a signature must carry the parameters.
        let absent = read_signature_algorithm(&identifier(&table::RSASSA_PSS, &[]), None);
        assert_eq!(absent, Err(AlgorithmError::MalformedParameters { oid: table::RSASSA_PSS }));
        // trailerField 2 does not exist.
        let trailer = identifier(&table::RSASSA_PSS, &[0x30, 5, 0xa3, 3, 2, 1, 2]);
        assert!(read_signature_algorithm(&trailer, None).is_err());
    }

    #[test]
    fn a_key_oid_takes_the_digest_of_the_signer_info() {
        let digest = DigestAlgorithm::Sha512;
        for (oid, want) in [
            (table::RSA_ENCRYPTION, SignatureAlgorithm::RsaPkcs1 { digest }),
            (table::EC_PUBLIC_KEY, SignatureAlgorithm::Ecdsa { digest }),
            (table::DSA, SignatureAlgorithm::Dsa { digest }),
        ] {
            let der = identifier(&oid, &[]);
            assert_eq!(read_signature_algorithm(&der, Some(digest)), Ok(want));
            assert_eq!(read_signature_algorithm(&der, None), Ok(SignatureAlgorithm::Other { oid }));
        }
    }

    #[test]
    fn the_unknown_is_named_and_the_malformed_refused() {
        let unknown = Oid::new(&[0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 99]); // BSI TR-03111 has no such row
        let other = read_signature_algorithm(&identifier(&unknown, &[]), None);
        assert_eq!(other, Ok(SignatureAlgorithm::Other { oid: unknown }));
        let sha256_rsa = table::oid(Scheme::RsaPkcs1, DigestAlgorithm::Sha256).unwrap();
        assert!(read_signature_algorithm(&identifier(&sha256_rsa, &[4, 0]), None).is_err());
        assert!(read_signature_algorithm(&identifier(&sha256_rsa, &[5, 0, 5, 0]), None).is_err());
        assert_eq!(read_signature_algorithm(&[], None), Err(AlgorithmError::Malformed));
    }

    #[test]
    fn digest_info_is_that_of_rfc_8017() {
        // RFC 8017, 9.2, note 1; RIPEMD-160 after ISO/IEC 10118-3.
        for (algorithm, prefix) in [
            (
                DigestAlgorithm::Md5,
                &b"\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10"[..],
            ),
            (DigestAlgorithm::Sha1, b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"),
            (DigestAlgorithm::Ripemd160, b"\x30\x21\x30\x09\x06\x05\x2b\x24\x03\x02\x01\x05\x00\x04\x14"),
            (
                DigestAlgorithm::Sha256,
                b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
            ),
        ] {
            let digest = vec![9; algorithm.len()];
            assert_eq!(digest_info(algorithm, &digest), Some([prefix, &digest].concat()), "{algorithm}");
        }
        assert_eq!(digest_info(DigestAlgorithm::Sha256, &[9; 31]), None);
    }
}
