// SPDX-License-Identifier: Apache-2.0 OR MIT
//! hcRole: the licence in an HPKI certificate (ISO 17090-2 as the Japanese CP narrows it).

use der::{
    Encode as _, Tag,
    asn1::{ObjectIdentifier, SetOfVec},
};

use crate::encode::{any, der, explicit, sequence};

const ID_HCPKI_AT_HEALTHCAREACTOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.17090.0.1");
const ID_JHPKI_CDATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.100495.1.6.1.1");

/// The value of subjectDirectoryAttributes with one hcRole attribute that names every licence.
pub(crate) fn subject_directory_attributes(licences: &[String]) -> Vec<u8> {
    let mut actors = SetOfVec::new();
    for licence in licences {
        actors.insert(any(Tag::Sequence, &hc_actor(licence))).expect("licences differ");
    }
    let values = der(&any(Tag::Set, &der(&actors)));
    let mut attribute = der(&ID_HCPKI_AT_HEALTHCAREACTOR);
    attribute.extend(values);
    sequence(&sequence(&attribute))
}

/// The content of `HCActor ::= SEQUENCE { codedData [0] CodedData }`. CodedData is a SET of two tagged fields, in the
/// order of their tags.
fn hc_actor(licence: &str) -> Vec<u8> {
    let mut coded = der(&explicit(0, &der(&ID_JHPKI_CDATA)));
    coded.extend(der(&explicit(2, &der(&any(Tag::Utf8String, licence.as_bytes())))));
    explicit(0, &der(&any(Tag::Set, &coded))).to_der().expect("encodes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    // The bytes in certificates of MEDIS and of the Japan Medical Association.
    #[test]
    fn the_bytes_are_those_of_real_cards() {
        for (licence, want) in [
            (
                "Medical Doctor",
                "303430320606288185420001312831263024a0223120a00c060a2a830886910f01060101a2100c0e4d65646963616c20446f63746f72",
            ),
            (
                "Pharmacist",
                "3030302e0606288185420001312431223020a01e311ca00c060a2a830886910f01060101a20c0c0a506861726d6163697374",
            ),
        ] {
            assert_eq!(hex(&subject_directory_attributes(&[licence.to_owned()])), want);
        }
    }
}
