// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A signer whose certificate, scheme and intent fit together.

use keiin_model::{Bytes, ClaimedTime, DigestAlgorithm, SignerLocation, SigningIntent, Time};
use keiin_pki::{cert::Certificate, digest::object_id, signing::read_signer};

use crate::{
    XadesError,
    shape::{Ids, KeyCertificates, XadesShape},
    template::{is_name, is_text},
    xml::Tree,
};

/// A signer whose certificate, scheme and intent fit together.
pub(crate) struct SignerChoice<'a> {
    pub(crate) certificate: Certificate<'a>,
    pub(crate) chain: Vec<Bytes>,
    pub(crate) intent: &'a SigningIntent,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) now: Time,
}

impl<'a> SignerChoice<'a> {
    pub(crate) fn new<C: AsRef<[u8]>>(
        certificate: &'a [u8],
        chain: &[C],
        intent: &'a SigningIntent,
        now: Time,
    ) -> Result<Self, XadesError> {
        let (certificate, digest) = read_signer(certificate, chain, intent, now)?;
        check_intent(intent)?;
        let chain = chain.iter().map(|c| Bytes::from(c.as_ref())).collect();
        Ok(Self { certificate, chain, intent, digest, now })
    }

    /// The claimed time, where it is signed.
    pub(crate) fn time(&self) -> Option<Time> {
        (self.intent.claimed_time == ClaimedTime::Signed).then_some(self.now)
    }

    /// The certificates of ds:KeyInfo, the signer's first, each once.
    pub(crate) fn certificates(&self, which: KeyCertificates) -> Vec<&[u8]> {
        let mut all = vec![self.certificate.raw];
        if which == KeyCertificates::Signer {
            return all;
        }
        for other in &self.chain {
            if !all.contains(&&**other) {
                all.push(other);
            }
        }
        all
    }

    /// An id that the document does not have yet, nor any that begins with it. Two signatures by one signer in one
    /// second differ by the number.
    pub(crate) fn id(&self, shape: &XadesShape, tree: Option<&Tree<'_>>) -> Result<String, XadesError> {
        let free = |id: &str| {
            let taken = |end: &str| tree.is_some_and(|tree| tree.by_id(&format!("{id}{end}")).is_some());
            !["", "-info", "-value", "-key", "-ref-1", "-properties", "-signed"].into_iter().any(taken)
        };
        match &shape.ids {
            Ids::Given(id) if !is_name(id) => Err(XadesError::Misuse { what: "the given id is no XML name" }),
            Ids::Given(id) if !free(id) => {
                Err(XadesError::Misuse { what: "the document has the given id already" })
            }
            Ids::Given(id) => Ok(id.clone()),
            Ids::Derived => {
                let now = self.now.to_string();
                let seed = |number: u32| {
                    let parts = [self.certificate.raw, now.as_bytes(), &number.to_be_bytes()];
                    let hex = object_id(&parts.concat()).to_string();
                    format!("id-{}", hex.get(..32).unwrap_or(&hex))
                };
                (0..MAX_IDS).map(seed).find(|id| free(id)).ok_or(XadesError::Misuse {
                    what: "the document is full of signatures by this signer at this second",
                })
            }
        }
    }
}

/// More signatures of one signer in one second than a document may have at all.
const MAX_IDS: u32 = 4096;

/// What the schema does not let stand.
fn check_intent(intent: &SigningIntent) -> Result<(), XadesError> {
    let is_nowhere =
        |l: &SignerLocation| l.country.is_none() && l.locality.is_none() && l.postal_address.is_empty();
    if intent.location.as_ref().is_some_and(is_nowhere) {
        return Err(XadesError::Misuse { what: "a production place names a country, a city or an address" });
    }
    if intent.policy.as_ref().is_some_and(|policy| policy.digest.len() != policy.algorithm.len()) {
        let what = "the digest of the signature policy is not as long as its algorithm makes it";
        return Err(XadesError::Misuse { what });
    }
    let location =
        intent.location.iter().flat_map(|l| l.country.iter().chain(&l.locality).chain(&l.postal_address));
    let policy = intent.policy.iter().flat_map(|p| p.uri.iter());
    let mut texts = location.chain(policy).chain(&intent.claimed_roles).chain(&intent.mime_type);
    if texts.any(|text| !is_text(text)) {
        return Err(XadesError::Misuse { what: "a text has a character that XML cannot hold" });
    }
    Ok(())
}
