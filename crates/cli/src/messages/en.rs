// SPDX-License-Identifier: Apache-2.0 OR MIT
//! English.

use keiin::model::{Indication, NextAction, NextStep, Outcome, SubIndication, Time, TimestampKind};

use super::{Messages, clock, date};

pub(super) struct English;

impl Messages for English {
    fn indication(&self, indication: Indication) -> &'static str {
        match indication {
            Indication::TotalPassed => "VALID",
            Indication::Indeterminate => "INDETERMINATE",
            Indication::TotalFailed => "INVALID",
        }
    }

    fn verdict(&self, indication: Indication) -> &'static str {
        match indication {
            Indication::TotalPassed => "the signature is valid",
            Indication::Indeterminate => "what is known does not decide whether the signature is valid",
            Indication::TotalFailed => "the signature is not valid",
        }
    }

    fn sub_indication(&self, sub: SubIndication) -> &'static str {
        match sub {
            SubIndication::FormatFailure => "the structure of the signature breaks its standard",
            SubIndication::HashFailure => {
                "the data is not what it was: its digest differs (changed afterwards, or another file)"
            }
            SubIndication::SigCryptoFailure => "the signature value does not fit the signer's key",
            SubIndication::Revoked => {
                "the signer's certificate was revoked before the time proven for the signature"
            }
            SubIndication::Expired => "the signature was made after the end of the signer's certificate",
            SubIndication::NotYetValid => {
                "the signature was made before the beginning of the signer's certificate"
            }
            SubIndication::SigConstraintsFailure => {
                "the signature lacks an attribute that the policy asks for"
            }
            SubIndication::ChainConstraintsFailure => {
                "the certificate or its path is not what the policy asks for (licence, use)"
            }
            SubIndication::CertificateChainGeneralFailure => "the certification path has an error",
            SubIndication::CryptoConstraintsFailure => {
                "an algorithm or key size was not acceptable even when the signature was made"
            }
            SubIndication::PolicyProcessingError => "the signature policy could not be processed",
            SubIndication::SignaturePolicyNotAvailable => {
                "the signature policy that the signature names is not available"
            }
            SubIndication::TimestampOrderFailure => "the times of the time-stamps contradict their order",
            SubIndication::NoSigningCertificateFound => "the signer's certificate was not found",
            SubIndication::NoCertificateChainFound => "no certification path leads to a trusted certificate",
            SubIndication::NoCertificateChainFoundNoPoe => {
                "no path leads to trust, and nothing proves that the signature existed while trust held"
            }
            SubIndication::RevokedNoPoe => {
                "the signer's certificate is revoked, and nothing proves that the signature existed before"
            }
            SubIndication::RevokedCaNoPoe => {
                "a CA's certificate is revoked, and nothing proves that the signature existed before"
            }
            SubIndication::OutOfBoundsNotRevoked => {
                "the certificate has ended without being revoked, and nothing proves that the signature existed before"
            }
            SubIndication::OutOfBoundsNoPoe => {
                "the certificate is outside its validity, and nothing proves that the signature existed within it"
            }
            SubIndication::RevocationOutOfBoundsNoPoe => {
                "the issuer of the revocation data is outside its validity, and nothing proves that the data existed within it"
            }
            SubIndication::CryptoConstraintsFailureNoPoe => {
                "an algorithm is no longer acceptable, and nothing proves existence from the time when it was"
            }
            SubIndication::NoPoe => "a proof of existence at a time is missing",
            SubIndication::TryLater => "the revocation data that decides is not there yet; later it will be",
            SubIndication::SignedDataNotFound => "the signed data was not given",
            _ => "as its code says",
        }
    }

    fn step(&self, step: NextStep) -> &'static str {
        match step {
            NextStep::GiveContent => "give the signed data with --content FILE",
            NextStep::GiveCertificate => {
                "give certificates of the chain with --certs, and whom to trust with --trust (for a TSA --tsa-trust)"
            }
            NextStep::GetRevocation => "get new revocation data (CRL or OCSP)",
            NextStep::GetAnyRevocation => "get revocation data (CRL or OCSP)",
            NextStep::AddTimestamp => "add a signature time-stamp (keiin extend --to es-t)",
            NextStep::Archive => {
                "collect the validation material and add an archive time-stamp (keiin extend --to es-a)"
            }
            NextStep::Renew => "renew the archive time-stamp (keiin renew)",
            NextStep::SignAgain => {
                "nothing makes this signature valid under these conditions: if the data and the policy are right, ask the signer to sign again"
            }
            _ => "see the output of --json",
        }
    }

    fn action(&self, action: &NextAction) -> String {
        let step = self.step(action.step);
        match (action.not_before, action.before) {
            (Some(from), _) if action.step == NextStep::GetRevocation => {
                format!("a CRL or OCSP response issued after {} will settle it: {step}", self.time(from))
            }
            (Some(from), Some(to)) => format!("between {} and {}: {step}", self.time(from), self.time(to)),
            (Some(from), None) => format!("from {} on: {step}", self.time(from)),
            (None, Some(to)) => format!("before {}: {step}", self.time(to)),
            (None, None) => step.to_owned(),
        }
    }

    fn timestamp(&self, kind: TimestampKind) -> &'static str {
        match kind {
            TimestampKind::Content => "content time-stamp",
            TimestampKind::AllDataObjects => "time-stamp over all data objects",
            TimestampKind::IndividualDataObjects => "time-stamp over some data objects",
            TimestampKind::Signature => "signature time-stamp",
            TimestampKind::ValidationData => "validation data time-stamp",
            TimestampKind::ReferencesOnly => "references time-stamp",
            TimestampKind::Archive => "archive time-stamp",
            TimestampKind::Document => "document time-stamp",
            _ => "time-stamp",
        }
    }

    fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Passed => "ok",
            Outcome::Information => "note",
            Outcome::Warning => "warning",
            Outcome::Indeterminate => "open",
            Outcome::Failed => "FAILED",
        }
    }

    fn time(&self, time: Time) -> String {
        if time == Time::MAX { "no defined end".to_owned() } else { format!("{} UTC", clock(time)) }
    }

    fn day(&self, time: Time) -> String {
        date(time)
    }

    fn reason<'a>(&self, reason: &'a str) -> &'a str {
        reason
    }

    fn class<'a>(&self, class: &'a str) -> &'a str {
        match class {
            "hpki" => "an HPKI CA",
            "accredited" => "an accredited certification business",
            "public" => "a public root",
            "jpki" => "JPKI (My Number card)",
            other => other,
        }
    }
}
