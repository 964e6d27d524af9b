// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Identification of the signing certificate (EN 319 102-1, 5.2.3).

use std::collections::BTreeSet;

use keiin_model::{CertificateReference, Check, Outcome, SignerReference, SubIndication};
use keiin_pki::{cert::Certificate, digest::digest, name::Name};

use crate::{
    conclusion::{CheckDetail, Conclusion, check, checked},
    context::Context,
};

const CLAUSE: &str = "EN 319 102-1, 5.2.3.4";

/// The certificate that signed, as far as it can be told.
pub(crate) struct Identified<'s> {
    /// The certificate; also there when the signed reference is to another one, so that the value can be checked. Where
    /// nothing that is signed says which, all that the unsigned naming fits: their order is no choice.
    pub(crate) certificates: Vec<&'s Certificate<'s>>,
    pub(crate) conclusion: Conclusion,
    pub(crate) checks: Vec<Check>,
}

pub(crate) fn identify<'s>(context: &Context<'s>, signer: &SignerReference) -> Identified<'s> {
    let named = named(context, signer);
    let Some(reference) = signer.references.first() else {
        return without_reference(signer, named);
    };
    let matching = named.iter().copied().find(|c| matches(reference, c)).or_else(|| {
        // Nothing names the certificate but the reference itself: look for it.
        named.is_empty().then(|| context.pool.store.iter().find(|c| matches(reference, c))).flatten()
    });
    let found = checked("isc.reference.digest", CLAUSE, matching.is_some(), Outcome::Indeterminate);
    match matching {
        Some(certificate) => {
            let checks = vec![found.about(certificate.id), issuer_serial(reference, certificate)];
            Identified { certificates: vec![certificate], conclusion: Conclusion::Passed, checks }
        }
        None => Identified {
            certificates: named.first().copied().into_iter().collect(),
            conclusion: Conclusion::Indeterminate(SubIndication::NoSigningCertificateFound),
            checks: vec![found],
        },
    }
}

/// The certificates that the container names or offers for this signer.
fn named<'s>(context: &Context<'s>, signer: &SignerReference) -> Vec<&'s Certificate<'s>> {
    let store = &context.pool.store;
    let mut named = Vec::new();
    if let (Some(issuer), Some(serial)) = (&signer.issuer, &signer.serial)
        && let Ok(issuer) = Name::from_der(issuer)
    {
        named.extend(store.iter().filter(|c| *c.serial == **serial && c.issuer.matches(&issuer)));
    }
    if let Some(key_id) = &signer.key_id {
        named.extend(store.by_key_id(key_id));
    }
    named.extend(signer.offered.iter().filter_map(|id| store.certificate(id)));
    let mut seen = BTreeSet::new();
    named.retain(|certificate| seen.insert(certificate.id));
    named
}

/// No readable signed reference: the unsigned naming has to do, unless a reference is there and says nothing.
fn without_reference<'s>(signer: &SignerReference, named: Vec<&'s Certificate<'s>>) -> Identified<'s> {
    let found = !named.is_empty() && !signer.has_signing_certificate;
    let id = if signer.has_signing_certificate { "isc.reference.digest" } else { "isc.identifier" };
    let conclusion = if found {
        Conclusion::Passed
    } else {
        Conclusion::Indeterminate(SubIndication::NoSigningCertificateFound)
    };
    let checks = vec![checked(id, CLAUSE, found, Outcome::Indeterminate)];
    Identified { certificates: named, conclusion, checks }
}

fn matches(reference: &CertificateReference, certificate: &Certificate<'_>) -> bool {
    reference.algorithm.is_some_and(|algorithm| *digest(algorithm, certificate.raw) == *reference.digest)
}

/// issuerSerial beside the digest: the digest decides, a contradiction is said (real files have unreadable ones).
fn issuer_serial(reference: &CertificateReference, certificate: &Certificate<'_>) -> Check {
    let id = "isc.reference.issuer-serial";
    let (Some(issuer), Some(serial)) = (&reference.issuer, &reference.serial) else {
        return check(id, CLAUSE, Outcome::Information);
    };
    let agrees = **serial == *certificate.serial
        && Name::from_der(issuer).is_ok_and(|issuer| issuer.matches(&certificate.issuer));
    checked(id, CLAUSE, agrees, Outcome::Warning).about(certificate.id)
}
