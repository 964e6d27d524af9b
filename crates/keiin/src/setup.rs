// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What every operation stands on: policy, trust, TSAs, and the way out.

use std::{path::Path, sync::Arc};

use keiin_pades::Vri;
use keiin_pki::{
    cert::Certificate,
    crl::Crl,
    digest::object_id,
    ocsp::OcspResponse,
    profile::{AnchorRank, KnownAnchor},
};
use keiin_validate::{AlgorithmTable, Policy, RevocationFreshness, TrustAnchor};

use crate::{
    Error, Network,
    cache::Cache,
    config::{Config, FreshnessChoice},
    fetch::RevocationKinds,
    file,
    model::{Bytes, DigestAlgorithm, Evidence, EvidenceKind, Origin},
    pem,
    transport::{NoTransport, Transport},
    trust::TrustSource,
    tsa::{LargestToken, Tsa},
};

/// What every operation stands on. All fields are open: begin with [`Setup::offline`] or [`Setup::from_config`] and
/// change what differs.
pub struct Setup<'a> {
    /// The policy that the engine judges by, with the anchors that are known beforehand.
    pub policy: Policy,
    /// CAs that are known by their fingerprints and become anchors when their certificates turn up.
    pub known_roots: KnownRoots,
    /// The TSAs in the order in which they are asked.
    pub tsas: Vec<Tsa>,
    /// The digest that new time-stamps are over.
    pub timestamp_digest: DigestAlgorithm,
    /// How large the tokens of the TSAs are, as far as that was seen.
    pub largest_token: LargestToken,
    /// The way to the network.
    pub transport: Box<dyn Transport + 'a>,
    /// Whether CRLs, OCSP responses and issuers may be fetched.
    pub network: Network,
    /// Which kinds of revocation data are fetched and put into a signature.
    pub revocation: RevocationKinds,
    /// Whether a PDF's store says which of its objects belong to which signature.
    pub vri: Vri,
    /// Where what was fetched is kept.
    pub cache: Option<Cache>,
    /// Certificates, CRLs and OCSP responses that the caller has.
    pub supplied: Evidence,
}

/// CAs that are known by their fingerprints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KnownRoots {
    /// None: only given anchors count.
    #[default]
    None,
    /// Those of the policy's certificate profile (HPKI's MHLW root and CAs).
    Profile,
}

impl Setup<'_> {
    /// A setup that asks nobody.
    pub fn offline(policy: Policy) -> Self {
        Self {
            policy,
            known_roots: KnownRoots::None,
            tsas: Vec::new(),
            timestamp_digest: DigestAlgorithm::Sha256,
            largest_token: LargestToken::default(),
            transport: Box::new(NoTransport),
            network: Network::Offline,
            revocation: RevocationKinds::Any,
            vri: Vri::LeftOut,
            cache: None,
            supplied: Evidence::default(),
        }
    }

    /// A setup for plain signatures, which ask nobody and are judged by nobody: nothing is looked up for it.
    pub fn plain() -> Self {
        Self::offline(Policy::nothing())
    }

    /// What a `keiin.toml` says, over HTTP.
    ///
    /// # Errors
    /// [`Error`] naming the file of anchors or the algorithm table that cannot be used.
    #[cfg(feature = "http")]
    pub fn from_config(config: &Config) -> Result<Self, Error> {
        let settings = crate::http::HttpSettings {
            private_addresses: config.private_addresses,
            ..crate::http::HttpSettings::default()
        };
        let mut setup = Self::offline(policy(config)?);
        setup.transport = Box::new(crate::http::HttpTransport::new(settings));
        setup.network = config.network;
        setup.tsas.clone_from(&config.tsas);
        setup.cache = config.cache.as_ref().map(Cache::new);
        config.signer_trust.iter().try_for_each(|source| setup.trust_signers(source))?;
        config.tsa_trust.iter().try_for_each(|source| setup.trust_tsas(source))?;
        Ok(setup)
    }

    /// Adds the anchors of a source for signers.
    ///
    /// # Errors
    /// [`Error::Trust`] naming the file.
    pub fn trust_signers(&mut self, source: &TrustSource) -> Result<(), Error> {
        if *source == TrustSource::Hpki {
            self.known_roots = KnownRoots::Profile;
        }
        self.policy.signer_anchors.extend(source.anchors()?);
        Ok(())
    }

    /// Adds the anchors of a source for TSAs.
    ///
    /// # Errors
    /// [`Error::Trust`] naming the file.
    pub fn trust_tsas(&mut self, source: &TrustSource) -> Result<(), Error> {
        self.policy.tsa_anchors.extend(source.anchors()?);
        Ok(())
    }

    /// Adds a certificate, a CRL or an OCSP response that the caller has, in DER, or CRLs in PEM; `false` when it is none of
    /// them.
    pub fn supply(&mut self, bytes: impl Into<Bytes>) -> bool {
        let bytes = bytes.into();
        let id = object_id(&bytes);
        let kind = if Certificate::read(&bytes).is_ok() {
            EvidenceKind::Certificate
        } else if Crl::read_as(id, &bytes).is_ok() {
            EvidenceKind::Crl
        } else if OcspResponse::read(&bytes).is_ok() {
            EvidenceKind::Ocsp
        } else {
            let lists: Vec<_> = pem::blocks(&bytes, "X509 CRL").into_iter().flatten().collect();
            let readable = !lists.is_empty() && lists.iter().all(|der| Crl::read(der).is_ok());
            return readable && lists.into_iter().all(|der| self.supply(der));
        };
        self.supplied.insert(id, kind, bytes, Origin::Supplied);
        true
    }

    /// The policy with the known roots that turned up.
    pub(crate) fn policy_for(&self, evidence: &Evidence) -> Policy {
        let mut policy = self.policy.clone();
        if let (KnownRoots::Profile, Some(profile)) = (self.known_roots, &self.policy.profile) {
            let known = profile.known_anchors();
            let is_root = |anchor: &KnownAnchor| anchor.rank == AnchorRank::Root;
            let root = known.iter().any(|a| is_root(a) && evidence.object(&a.certificate).is_some());
            // A subordinate CA stands in for a root that is not at hand: an anchor is not asked for its own revocation.
            for known in known.iter().filter(|anchor| is_root(anchor) || !root) {
                if let Some(object) = evidence.object(&known.certificate) {
                    policy.signer_anchors.push(TrustAnchor {
                        certificate: object.bytes.clone(),
                        class: Some(known.class.to_owned()),
                    });
                }
            }
        }
        policy
    }
}

/// Octets of an algorithm table.
const MAX_TABLE: u64 = 1 << 20;

/// The policy that a configuration names, without anchors: `hpki` unless it says `general`.
///
/// # Errors
/// [`Error::NoSuchPreset`], [`Error::AlgorithmTable`], [`Error::File`].
pub fn policy(config: &Config) -> Result<Policy, Error> {
    let mut policy = match config.preset.as_deref() {
        None | Some("hpki") => hpki_policy(),
        Some("general") => Policy::general(Vec::new(), Vec::new()),
        Some(name) => return Err(Error::NoSuchPreset { name: name.to_owned() }),
    };
    if let Some(path) = &config.algorithms {
        policy.algorithms = algorithm_table(path)?;
    }
    if config.freshness == FreshnessChoice::Relaxed {
        policy.signer_freshness = RevocationFreshness::NextUpdate;
        policy.tsa_freshness = RevocationFreshness::NextUpdate;
    }
    policy.required_roles.clone_from(&config.required_roles);
    Ok(policy)
}

/// The strict policy of Japanese healthcare with the HPKI profile and no anchors yet.
pub fn hpki_policy() -> Policy {
    Policy::hpki(Arc::new(keiin_hpki::Hpki::new()), Vec::new(), Vec::new())
}

/// Reads an algorithm table from a file.
///
/// # Errors
/// [`Error::AlgorithmTable`], [`Error::File`].
pub fn algorithm_table(path: &Path) -> Result<AlgorithmTable, Error> {
    let wrong = |reason: String| Error::AlgorithmTable { path: path.to_owned(), reason };
    let text = String::from_utf8(file::read(path, MAX_TABLE)?).map_err(|e| wrong(e.to_string()))?;
    AlgorithmTable::read(&text).map_err(|e| wrong(e.to_string()))
}
