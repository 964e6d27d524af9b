// SPDX-License-Identifier: Apache-2.0 OR MIT
//! TimeStampReq (RFC 3161, 2.4.1), and the check of what a TSA answers to it.

use keiin_model::{DigestAlgorithm, Oid};
use keiin_pki::der::{Element, write};

use crate::{
    Response, Token, TspError, TstInfo,
    answer::{certificate_of, verify_value},
    response::MAX_RESPONSE,
};

/// Whether the TSA is asked to put its certificate into the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CertificateRequest {
    /// certReq is true: the token stands on its own, as a token that is kept for years must.
    #[default]
    Wanted,
    /// certReq is left out.
    NotWanted,
}

/// A question to a TSA. Nonce and policy are the caller's: nothing here is random.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    algorithm: DigestAlgorithm,
    imprint: Vec<u8>,
    nonce: Option<Vec<u8>>,
    policy: Option<Oid>,
    certificate: CertificateRequest,
}

impl Request {
    /// A request to stamp a digest.
    ///
    /// `nonce` is big-endian and non-negative; 8 to 16 octets of randomness are usual (RFC 3161, 2.4.1 says 64 bits).
    ///
    /// # Errors
    /// [`TspError::ImprintLength`] when the digest is not as long as its algorithm makes it.
    pub fn new(
        algorithm: DigestAlgorithm,
        imprint: &[u8],
        nonce: Option<&[u8]>,
        policy: Option<Oid>,
        certificate: CertificateRequest,
    ) -> Result<Self, TspError> {
        if imprint.len() != algorithm.len() {
            return Err(TspError::ImprintLength { algorithm, octets: imprint.len() });
        }
        let nonce = nonce.map(<[u8]>::to_vec);
        Ok(Self { algorithm, imprint: imprint.to_vec(), nonce, policy, certificate })
    }

    /// The TimeStampReq in DER: the body of a POST as `application/timestamp-query` (RFC 3161, 3.4).
    pub fn to_der(&self) -> Vec<u8> {
        // NULL parameters: every TSA takes them, and old ones want them (RFC 3370, 2.1; RFC 5754, 2 lets both stand).
        let algorithm = write::sequence(&[write::oid(&self.algorithm.oid()), vec![0x05, 0x00]]);
        let mut parts =
            vec![write::unsigned(1), write::sequence(&[algorithm, write::octet_string(&self.imprint)])];
        parts.extend(self.policy.as_ref().map(write::oid));
        parts.extend(self.nonce.as_deref().map(write::unsigned_octets));
        if self.certificate == CertificateRequest::Wanted {
            parts.push(write::boolean(true));
        }
        write::sequence(&parts)
    }

    /// Takes the token out of a TimeStampResp, as it stands there, when it answers this request: status, content type,
    /// imprint, nonce and policy, and, when the TSA's certificate is inside, the signature value (RFC 3161, 2.2).
    ///
    /// Whether the TSA's certificate is to be trusted, for what and when, is said by the validation of the token.
    ///
    /// # Errors
    /// [`TspError::Rejected`] with the TSA's own words, and one distinct error for each thing that does not fit.
    pub fn accept(&self, response: &[u8]) -> Result<Vec<u8>, TspError> {
        if response.len() > MAX_RESPONSE {
            return Err(TspError::ResponseTooLong { limit: MAX_RESPONSE });
        }
        let response = Response::read(response)?;
        if !response.status.is_granted() {
            return Err(TspError::Rejected(response.rejection()));
        }
        let token = response.token.ok_or(TspError::NoToken)?;
        self.check(token)?;
        Ok(token.to_vec())
    }

    /// Whether a token answers this request.
    fn check(&self, token: &[u8]) -> Result<(), TspError> {
        let token = Token::from_element(&Element::whole(token, "timeStampToken")?)?;
        self.check_info(&token.info)?;
        let signers = token.signed.signer_infos.len();
        if signers != 1 {
            return Err(TspError::SignerCount { count: signers });
        }
        match certificate_of(&token) {
            Some(certificate) => verify_value(&token, &certificate),
            None if self.certificate == CertificateRequest::Wanted => Err(TspError::NoCertificate),
            None => Ok(()),
        }
    }

    fn check_info(&self, info: &TstInfo) -> Result<(), TspError> {
        if info.imprint_oid != self.algorithm.oid() || *info.imprint != *self.imprint {
            return Err(TspError::WrongImprint);
        }
        if info.nonce.as_deref().map(magnitude) != self.nonce.as_deref().map(magnitude) {
            return Err(TspError::WrongNonce);
        }
        match self.policy {
            Some(asked) if info.policy != asked => Err(TspError::WrongPolicy { answered: info.policy }),
            _ => Ok(()),
        }
    }
}

/// A non-negative INTEGER's octets without leading zeros, so that two writings of one number are equal.
fn magnitude(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}
