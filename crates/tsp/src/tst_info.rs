// SPDX-License-Identifier: Apache-2.0 OR MIT
//! TSTInfo (RFC 3161, 2.4.2).

use keiin_model::{Accuracy, Bytes, DigestAlgorithm, Oid, Time};
use keiin_pki::der::{DerError, DerErrorKind, Element, Reader, Tag};

/// What a TSA signs. Owned, as the octets may stand in pieces in the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TstInfo {
    /// The octets as they stand, pieces joined.
    pub raw: Bytes,
    /// version; 1 is the only one defined.
    pub version: u64,
    /// policy.
    pub policy: Oid,
    /// The imprint's hashAlgorithm by name.
    pub imprint_oid: Oid,
    /// The imprint's hashAlgorithm; `None` when keiin cannot compute it.
    pub imprint_algorithm: Option<DigestAlgorithm>,
    /// hashedMessage.
    pub imprint: Bytes,
    /// Content octets of serialNumber.
    pub serial: Bytes,
    /// genTime, with its fraction of a second.
    pub time: Time,
    /// accuracy, where stated.
    pub accuracy: Option<Accuracy>,
    /// ordering.
    pub ordering: bool,
    /// Content octets of nonce.
    pub nonce: Option<Bytes>,
    /// DER of the GeneralName in tsa.
    pub tsa: Option<Bytes>,
}

impl TstInfo {
    /// Reads a TSTInfo that fills the input.
    ///
    /// # Errors
    /// [`DerError`] naming the field.
    pub fn read(raw: &[u8]) -> Result<Self, DerError> {
        let mut reader = Element::whole(raw, "TSTInfo")?.reader("TSTInfo")?;
        let version = reader.expect(Tag::INTEGER, "version")?.unsigned("version")?;
        let policy = reader.expect(Tag::OID, "policy")?.oid("policy")?;
        let (imprint_oid, imprint) = message_imprint(&reader.expect(Tag::SEQUENCE, "messageImprint")?)?;
        let serial = reader.expect(Tag::INTEGER, "serialNumber")?.integer("serialNumber")?;
        let time = reader.expect(Tag::GENERALIZED_TIME, "genTime")?.time("genTime")?;
        let accuracy = reader.optional(Tag::SEQUENCE, "accuracy")?.map(|e| accuracy(&e)).transpose()?;
        let ordering = reader.optional(Tag::BOOLEAN, "ordering")?;
        let nonce = reader.optional(Tag::INTEGER, "nonce")?;
        let tsa = reader.optional(Tag::context(0), "tsa")?;
        reader.optional(Tag::context(1), "extensions")?;
        reader.end("TSTInfo")?;
        Ok(Self {
            raw: raw.into(),
            version,
            policy,
            imprint_oid,
            imprint_algorithm: DigestAlgorithm::from_oid(&imprint_oid),
            imprint,
            serial: serial.into(),
            time,
            accuracy,
            ordering: ordering.map_or(Ok(false), |e| e.boolean("ordering"))?,
            nonce: nonce.map(|e| e.integer("nonce").map(Bytes::from)).transpose()?,
            tsa: tsa.map(|e| e.content().into()),
        })
    }
}

/// MessageImprint: the algorithm's OID and hashedMessage.
fn message_imprint(element: &Element<'_>) -> Result<(Oid, Bytes), DerError> {
    let mut reader = element.reader("messageImprint")?;
    let algorithm = reader.expect(Tag::SEQUENCE, "hashAlgorithm")?;
    let oid = algorithm.reader("hashAlgorithm")?.expect(Tag::OID, "hashAlgorithm")?.oid("hashAlgorithm")?;
    let hashed = reader.expect(Tag::OCTET_STRING, "hashedMessage")?.octets("hashedMessage")?;
    reader.end("messageImprint")?;
    Ok((oid, hashed.to_cow().as_ref().into()))
}

/// Accuracy: seconds, millis [0] and micros [1], each optional, the latter two 1 to 999.
fn accuracy(element: &Element<'_>) -> Result<Accuracy, DerError> {
    let mut reader = element.reader("accuracy")?;
    let part = |reader: &mut Reader<'_>, tag, object, most: u64| -> Result<u64, DerError> {
        let Some(element) = reader.optional(tag, object)? else { return Ok(0) };
        let value = element.unsigned(object)?;
        if value > most { Err(element.error(object, DerErrorKind::Value)) } else { Ok(value) }
    };
    let seconds = part(&mut reader, Tag::INTEGER, "seconds", u64::from(u32::MAX))?;
    let millis = part(&mut reader, Tag::context(0), "millis", 999)?;
    let micros = part(&mut reader, Tag::context(1), "micros", 999)?;
    reader.end("accuracy")?;
    Ok(Accuracy { micros: seconds * 1_000_000 + millis * 1_000 + micros })
}

#[cfg(test)]
mod tests {
    use super::*;
    use keiin_pki::der::write;

    fn info(time: &[u8], rest: &[Vec<u8>]) -> Vec<u8> {
        let sha256 = write::algorithm(&DigestAlgorithm::Sha256.oid());
        let mut parts = vec![
            write::unsigned(1),
            write::oid(&Oid::new(&[1, 2, 3])),
            write::sequence(&[sha256, write::octet_string(&[7; 32])]),
            write::unsigned(300),
            write::element(0x18, time),
        ];
        parts.extend(rest.iter().cloned());
        write::sequence(&parts)
    }

    #[test]
    fn optional_fields_and_fractions() {
        let accuracy = write::sequence(&[write::unsigned(1), vec![0x80, 2, 1, 0xf4], vec![0x81, 1, 9]]);
        let rest = [accuracy, write::boolean(true), write::unsigned(5)];
        let read = TstInfo::read(&info(b"20260401090000.5Z", &rest)).unwrap();
        assert_eq!(read.time.to_string(), "2026-04-01T09:00:00.5Z");
        assert_eq!(read.accuracy, Some(Accuracy { micros: 1_500_009 }));
        assert!(read.ordering);
        assert_eq!(read.nonce.as_deref(), Some(&[5][..]));
        assert_eq!((&*read.serial, read.policy), (&[1, 44][..], Oid::new(&[1, 2, 3])));
        let plain = TstInfo::read(&info(b"20260401090000Z", &[])).unwrap();
        assert!(plain.accuracy.is_none() && !plain.ordering && plain.nonce.is_none() && plain.tsa.is_none());
    }

    #[test]
    fn impossible_fields_are_refused() {
        assert!(TstInfo::read(&info(b"20261301090000Z", &[])).is_err());
        let millis = write::sequence(&[vec![0x80, 2, 3, 0xe8]]);
        assert!(TstInfo::read(&info(b"20260401090000Z", &[millis])).is_err());
        assert!(TstInfo::read(&info(b"20260401090000Z", &[vec![4, 0]])).is_err());
    }
}
