// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What can go wrong on the other side, route by route.

use std::time::Duration;

/// One fault of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The answer comes after this long.
    Slow(Duration),
    /// Half of the body comes, then the connection closes (Content-Length promises all of it).
    Truncated,
    /// The token or OCSP answer carries another nonce.
    WrongNonce,
    /// The token or OCSP answer carries no nonce.
    MissingNonce,
    /// The token is over another digest.
    WrongImprint,
    /// The token is under another policy than asked for.
    WrongPolicy,
    /// The token, CRL or OCSP answer is signed by another key than the certificate's.
    WrongKey,
    /// The right body as `text/html`.
    WrongContentType,
    /// A body of this many octets.
    Huge(usize),
    /// An HTTP status with a short text.
    Status(u16),
    /// A redirect to the same address.
    RedirectLoop,
    /// Octets that are no DER, under the right content type.
    Garbage,
    /// The TSA refuses with this failure and text.
    Reject {
        /// The bit of PKIFailureInfo.
        failure: PkiFailure,
        /// The statusString; empty: none.
        text: String,
    },
    /// A CRL or OCSP answer of this many days ago.
    Stale(i64),
    /// An OCSPResponseStatus other than successful: 1 malformedRequest, 2 internalError, 3 tryLater, 5 sigRequired,
    /// 6 unauthorized.
    OcspStatus(u8),
    /// HTTP basic authentication is wanted (RFC 7617). In the process, where there are no headers, always 401.
    BasicAuthentication {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
}

/// PKIFailureInfo (RFC 3161, 2.4.2): the number is the bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the standard's
#[repr(u8)]
pub enum PkiFailure {
    BadAlg = 0,
    BadRequest = 2,
    BadDataFormat = 5,
    TimeNotAvailable = 14,
    UnacceptedPolicy = 15,
    UnacceptedExtension = 16,
    AddInfoNotAvailable = 17,
    SystemFailure = 25,
}

impl PkiFailure {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::BadAlg,
        Self::BadRequest,
        Self::BadDataFormat,
        Self::TimeNotAvailable,
        Self::UnacceptedPolicy,
        Self::UnacceptedExtension,
        Self::AddInfoNotAvailable,
        Self::SystemFailure,
    ];
}

/// Faults by route: a fault holds for the paths under its prefix (`/tsa/tsa-ecdsa` is not a prefix of
/// `/tsa/tsa-ecdsa384`); the first that fits is taken.
#[derive(Clone, Debug, Default)]
pub struct Faults(Vec<(String, Fault)>);

impl Faults {
    /// No faults.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// One fault for the paths that start with a prefix: `/tsa/tsa-rsa`, `/crl/`, `/`.
    pub fn on(prefix: &str, fault: Fault) -> Self {
        Self::none().and(prefix, fault)
    }

    /// These faults and another.
    #[must_use]
    pub fn and(mut self, prefix: &str, fault: Fault) -> Self {
        self.0.push((prefix.to_owned(), fault));
        self
    }

    /// The fault of a path.
    pub fn of(&self, path: &str) -> Option<&Fault> {
        self.0.iter().find(|(prefix, _)| covers(prefix, path)).map(|(_, fault)| fault)
    }
}

fn covers(prefix: &str, path: &str) -> bool {
    let Some(rest) = path.strip_prefix(prefix) else { return false };
    rest.is_empty() || prefix.ends_with('/') || rest.starts_with(['/', '.', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_does_not_spill_over_to_a_longer_name() {
        let faults = Faults::on("/tsa/tsa-ecdsa", Fault::Garbage).and("/crl/", Fault::Status(500));
        assert_eq!(faults.of("/tsa/tsa-ecdsa"), Some(&Fault::Garbage));
        assert_eq!(faults.of("/tsa/tsa-ecdsa384"), None);
        assert_eq!(faults.of("/crl/root.crl"), Some(&Fault::Status(500)));
        assert_eq!(Faults::on("/crl/root", Fault::Garbage).of("/crl/root.crl"), Some(&Fault::Garbage));
    }
}
