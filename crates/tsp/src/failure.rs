// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a TSA says when it does not stamp (RFC 3161, 2.4.2).

use std::fmt;

/// PKIStatus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// 0: a token is there, as requested.
    Granted,
    /// 1: a token is there, with changes that the requester must look at.
    GrantedWithMods,
    /// 2: refused; the failure says why.
    Rejection,
    /// 3: not answered yet.
    Waiting,
    /// 4: a revocation of the TSA's certificate is imminent.
    RevocationWarning,
    /// 5: the TSA's certificate was revoked.
    RevocationNotification,
    /// A number that RFC 3161 does not have.
    Other(u64),
}

impl Status {
    /// Reads the number.
    pub const fn from_number(number: u64) -> Self {
        match number {
            0 => Self::Granted,
            1 => Self::GrantedWithMods,
            2 => Self::Rejection,
            3 => Self::Waiting,
            4 => Self::RevocationWarning,
            5 => Self::RevocationNotification,
            other => Self::Other(other),
        }
    }

    /// Whether a token must be there (RFC 3161, 2.4.2).
    pub const fn is_granted(self) -> bool {
        matches!(self, Self::Granted | Self::GrantedWithMods)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Granted => "granted",
            Self::GrantedWithMods => "granted with modifications",
            Self::Rejection => "rejected",
            Self::Waiting => "waiting",
            Self::RevocationWarning => "revocation warning",
            Self::RevocationNotification => "revocation notification",
            Self::Other(number) => return write!(f, "status {number}"),
        })
    }
}

/// Bits of a PKIFailureInfo that are read; RFC 4210 names 27.
const MAX_BITS: usize = 64;

/// PKIFailureInfo: one bit of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// 0: the imprint's algorithm is not supported.
    BadAlgorithm,
    /// 2: the transaction is not permitted or supported.
    BadRequest,
    /// 5: the data has the wrong format.
    BadDataFormat,
    /// 14: the TSA's time source is not available.
    TimeNotAvailable,
    /// 15: the requested policy is not supported.
    UnacceptedPolicy,
    /// 16: a requested extension is not supported.
    UnacceptedExtension,
    /// 17: additional information could not be understood or is not available.
    AdditionalInformationNotAvailable,
    /// 25: a failure inside the TSA.
    SystemFailure,
    /// A bit that RFC 3161 does not name; RFC 4210, 5.2.3 has more.
    Other(u32),
}

impl Failure {
    /// Names a bit of PKIFailureInfo.
    pub const fn from_bit(bit: u32) -> Self {
        match bit {
            0 => Self::BadAlgorithm,
            2 => Self::BadRequest,
            5 => Self::BadDataFormat,
            14 => Self::TimeNotAvailable,
            15 => Self::UnacceptedPolicy,
            16 => Self::UnacceptedExtension,
            17 => Self::AdditionalInformationNotAvailable,
            25 => Self::SystemFailure,
            other => Self::Other(other),
        }
    }

    /// Whether the same request may succeed later or with another TSA, as nothing is wrong with it.
    pub const fn is_of_the_tsa(self) -> bool {
        matches!(self, Self::TimeNotAvailable | Self::SystemFailure)
    }

    /// The bits that are set in a BIT STRING's octets, most significant first.
    pub(crate) fn all(octets: &[u8]) -> Vec<Self> {
        let bits = octets.iter().flat_map(|octet| (0..8).map(move |bit| octet & (0x80 >> bit) != 0));
        (0u32..)
            .zip(bits.take(MAX_BITS))
            .filter(|(_, set)| *set)
            .map(|(bit, _)| Self::from_bit(bit))
            .collect()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadAlgorithm => "badAlg",
            Self::BadRequest => "badRequest",
            Self::BadDataFormat => "badDataFormat",
            Self::TimeNotAvailable => "timeNotAvailable",
            Self::UnacceptedPolicy => "unacceptedPolicy",
            Self::UnacceptedExtension => "unacceptedExtension",
            Self::AdditionalInformationNotAvailable => "addInfoNotAvailable",
            Self::SystemFailure => "systemFailure",
            Self::Other(bit) => return write!(f, "failure bit {bit}"),
        })
    }
}

/// Why a TSA gave no token: its status, its reasons, and its own words, for a person to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// PKIStatus.
    pub status: Status,
    /// PKIFailureInfo; TSAs set one bit, the encoding allows more, and some set none.
    pub failures: Vec<Failure>,
    /// statusString: the TSA's own text, control characters removed.
    pub text: Vec<String>,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        for failure in &self.failures {
            write!(f, ", {failure}")?;
        }
        for text in &self.text {
            write!(f, ": {text}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_counted_from_the_most_significant() {
        assert_eq!(Failure::all(&[0x80]), [Failure::BadAlgorithm]);
        assert_eq!(Failure::all(&[0x24]), [Failure::BadRequest, Failure::BadDataFormat]);
        assert_eq!(
            Failure::all(&[0, 3, 0xc0]),
            [
                Failure::TimeNotAvailable,
                Failure::UnacceptedPolicy,
                Failure::UnacceptedExtension,
                Failure::AdditionalInformationNotAvailable
            ]
        );
        assert_eq!(Failure::all(&[0, 0, 0, 0x40]), [Failure::SystemFailure]);
        assert_eq!(Failure::all(&[0x40]), [Failure::Other(1)]);
    }
}
