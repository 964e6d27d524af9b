// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CAs of HPKI by fingerprint: published facts, so that a chain that stands in a file needs no other file.

use keiin_model::ObjectId;

/// What a CA's end entities may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorityUse {
    /// The MHLW root: it certifies CAs.
    Root,
    /// Sign documents.
    Signature,
    /// Authenticate; their keys must not sign documents.
    Authentication,
}

/// One CA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    /// SHA-256 of the certificate.
    pub certificate: ObjectId,
    /// What it is called.
    pub name: &'static str,
    /// What its end entities may do.
    pub use_of: AuthorityUse,
    /// Where the fingerprint comes from.
    pub source: &'static str,
}

/// The CAs that are known.
pub const AUTHORITIES: &[Authority] = &[
    Authority {
        certificate: fingerprint(*b"6ed2796b1b101736d952185787cb36da9ce80522cc8cb7b5ce728b61be1b674c"),
        name: "MHLW HPKI Root CA V2",
        use_of: AuthorityUse::Root,
        source: "the certificate as MHLW publishes it, 2014-01-17 to 2044-01-16",
    },
    Authority {
        certificate: fingerprint(*b"5f497e73f986c4503eb25eb94851a79193d2edc8f829f32e930a61f0b569e033"),
        name: "HPKI-01-MedisSignCA2-forNonRepudiation",
        use_of: AuthorityUse::Signature,
        source: "the certificate as MEDIS publishes it, 2015-04-20 to 2035-04-19",
    },
    Authority {
        certificate: fingerprint(*b"5ebddc823cda0c1275f45ac8508ac28609e55bd5daa1d7da8d0d75b1a3c13360"),
        name: "HPKI-01-HPKI_JV2-forNonRepudiation",
        use_of: AuthorityUse::Signature,
        source: "the certificate in chains of the Japan Medical Association's CA, 2014-01-17 to 2034-01-16",
    },
    Authority {
        certificate: fingerprint(*b"476b64ddd92129cad257906d206fff4e8e32390faf2f64892f6c810cfff54bc3"),
        name: "HPKI-01-MedisAuthCA2-forAuthentication-forIndividual",
        use_of: AuthorityUse::Authentication,
        source: "the certificate as MEDIS publishes it, 2017-03-17 to 2037-03-16",
    },
];

impl Authority {
    /// The CA with this certificate.
    pub fn of(certificate: &ObjectId) -> Option<&'static Self> {
        AUTHORITIES.iter().find(|authority| authority.certificate == *certificate)
    }
}

/// 64 hexadecimal digits as an id; evaluated in constants only.
#[allow(clippy::indexing_slicing)]
const fn fingerprint(hex: [u8; 64]) -> ObjectId {
    let mut octets = [0; 32];
    let mut index = 0;
    while index < 32 {
        octets[index] = digit(hex[2 * index]) * 16 + digit(hex[2 * index + 1]);
        index += 1;
    }
    ObjectId::from_sha256(octets)
}

const fn digit(c: u8) -> u8 {
    if c.is_ascii_digit() { c - b'0' } else { c - b'a' + 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_octets() {
        let text = "6ed2796b1b101736d952185787cb36da9ce80522cc8cb7b5ce728b61be1b674c";
        let root = Authority::of(&ObjectId::from_hex(text).unwrap()).unwrap();
        assert_eq!(root.use_of, AuthorityUse::Root);
    }
}
