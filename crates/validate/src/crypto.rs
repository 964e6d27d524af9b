// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Cryptographic verification (EN 319 102-1, 5.2.7).

use keiin_model::{Check, KeyAlgorithm, Outcome, SignatureFacts, SignedMessage, SubIndication};
use keiin_pki::{
    cert::Certificate,
    key::{PublicKey, SignatureError, verify, verify_digest},
};

use crate::{
    conclusion::{CheckDetail, Conclusion, check, checked},
    context::Context,
};

const CLAUSE: &str = "EN 319 102-1, 5.2.7.4";

/// What the arithmetic came to.
pub(crate) struct Verified {
    pub(crate) conclusion: Conclusion,
    /// Whether the value fits; `None` where that could not be computed.
    pub(crate) intact: Option<bool>,
    /// The signer's key.
    pub(crate) key: Option<KeyAlgorithm>,
    pub(crate) checks: Vec<Check>,
}

pub(crate) fn verify_signature(
    context: &Context<'_>,
    facts: &SignatureFacts,
    certificate: Option<&Certificate<'_>>,
) -> Verified {
    let mut checks = Vec::new();
    let data = check_data(facts, &mut checks);
    let key = certificate.and_then(|c| PublicKey::read(c.spki).ok());
    // A key that stands beside the value says whether the value is right, not whose it is.
    let bare = facts.signer.key.as_ref().filter(|_| certificate.is_none());
    let key = key.or_else(|| PublicKey::read(bare?).ok());
    let value = match &key {
        Some(key) => check_value(context, facts, key),
        None => Err(Conclusion::Indeterminate(SubIndication::NoSigningCertificateFound)),
    };
    let (conclusion, intact) = match value {
        Ok(()) => (Conclusion::Passed, Some(true)),
        Err(failed @ Conclusion::Failed(_)) => (failed, Some(false)),
        Err(other) => (other, None),
    };
    checks.push(check("cv.signature.value", CLAUSE, conclusion.outcome()).about(facts.id));
    Verified { conclusion: data.then(|| conclusion), intact, key: key.map(|key| key.algorithm()), checks }
}

fn check_data(facts: &SignatureFacts, checks: &mut Vec<Check>) -> Conclusion {
    let mut conclusion = Conclusion::Passed;
    for data in &facts.data {
        checks.push(
            checked("cv.data.found", CLAUSE, data.found(), Outcome::Indeterminate).with("name", &data.name),
        );
        if data.found() {
            checks.push(
                checked("cv.data.intact", CLAUSE, data.intact(), Outcome::Failed).with("name", &data.name),
            );
        }
        conclusion = conclusion.then(|| match (data.found(), data.intact()) {
            (false, _) => Conclusion::Indeterminate(SubIndication::SignedDataNotFound),
            (true, false) => Conclusion::Failed(SubIndication::HashFailure),
            (true, true) => Conclusion::Passed,
        });
    }
    conclusion
}

fn check_value(context: &Context<'_>, facts: &SignatureFacts, key: &PublicKey) -> Result<(), Conclusion> {
    let result = match &facts.message {
        SignedMessage::Missing => {
            return Err(Conclusion::Indeterminate(SubIndication::SignedDataNotFound));
        }
        SignedMessage::Octets { octets } => verify(key, &facts.algorithm, octets, &facts.value),
        SignedMessage::Digest { digest } => verify_digest(key, &facts.algorithm, digest, &facts.value),
    };
    context.count_check();
    match result {
        Ok(_) => Ok(()),
        // What cannot be computed is not known to be wrong.
        Err(
            SignatureError::UnsupportedAlgorithm { .. }
            | SignatureError::UnsupportedKey { .. }
            | SignatureError::MessageNeeded { .. },
        ) => Err(Conclusion::Indeterminate(SubIndication::CryptoConstraintsFailure)),
        Err(_) => Err(Conclusion::Failed(SubIndication::SigCryptoFailure)),
    }
}
