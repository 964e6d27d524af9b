// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a verdict is asked to satisfy: trust, constraints, algorithms, revocation.

use std::{sync::Arc, time::Duration};

use keiin_model::Bytes;
use keiin_pki::profile::CertificateProfile;

use crate::AlgorithmTable;

/// A certificate that is trusted as it stands: a root, an intermediate, or an end entity itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustAnchor {
    /// Its DER octets.
    pub certificate: Bytes,
    /// What kind of trust it is (`hpki`, `accredited`, `public`), as reports repeat it.
    pub class: Option<String>,
}

/// The validation policy.
#[derive(Clone)]
pub struct Policy {
    /// Its name, as reports cite it.
    pub name: String,
    /// Whom to trust for signers.
    pub signer_anchors: Vec<TrustAnchor>,
    /// Whom to trust for time-stamps.
    pub tsa_anchors: Vec<TrustAnchor>,
    /// What a community asks of signers' certificates.
    pub profile: Option<Arc<dyn CertificateProfile + Send + Sync>>,
    /// Roles of which the signer must have one; empty: any or none.
    pub required_roles: Vec<String>,
    /// What algorithms are worth, and until when.
    pub algorithms: AlgorithmTable,
    /// What an algorithm's end means that lies after the table's own issue.
    pub forecast: Forecast,
    /// How fresh the signer's revocation data must be.
    pub signer_freshness: RevocationFreshness,
    /// How fresh a TSA's revocation data must be.
    pub tsa_freshness: RevocationFreshness,
    /// Whose delegates may answer for a certificate.
    pub responders: Responders,
    /// A signed signing-certificate reference (EN 319 122-1, 5.2.2).
    pub signing_certificate: Presence,
    /// A claimed signing time (EN 319 122-1, 5.2.1).
    pub signing_time: Presence,
    /// extendedKeyUsage of TSA certificates.
    pub tsa_usage: TsaUsage,
    /// A hash index that names what is not in the file (EN 319 122-1, 5.5.3). What the index does name and the file has is
    /// proven either way.
    pub hash_index: Enforcement,
    /// A time-stamp over a token that claims to be younger (EN 319 102-1, 5.5.4 step 4 e). That content-time-stamps are
    /// older than the signature's decides always.
    pub timestamp_order: Enforcement,
    /// nonRepudiation in the signer's keyUsage, where no profile says more.
    pub non_repudiation: Enforcement,
}

/// How fresh revocation data must be for a time (EN 319 102-1, 5.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationFreshness {
    /// Issued at or after the time that is proven for the signature plus a grace period, so that the CA had time to
    /// learn of a loss. Where nothing earlier than the verdict's own time is proven, still current suffices: no list can
    /// be younger than now.
    Strict {
        /// How long the CA may take to publish a revocation.
        grace: Duration,
    },
    /// Issued at most this long before the time (5.2.5.4 step 2, maximum accepted freshness).
    MaximumAge {
        /// How long.
        age: Duration,
    },
    /// Issued after the time, or the time lies before nextUpdate (5.2.5.4 step 3). An answer without nextUpdate holds
    /// for a day.
    NextUpdate,
    /// Of any age (5.2.5: no constraint), as long as it speaks about the certificate.
    Any,
}

/// Whose delegates may answer for a certificate over OCSP (RFC 6960, 4.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Responders {
    /// Those of the CA that issued the certificate.
    OfTheIssuer,
    /// Also those of a CA above it in the certificate's own path: it could have certified the issuer anew, so nothing is
    /// trusted that was not (the clause's local configuration). And a responder that is itself one of the given anchors.
    OfTheIssuerOrAbove,
}

/// Whether something must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Its absence is SIG_CONSTRAINTS_FAILURE.
    Required,
    /// Its absence is a warning.
    Expected,
}

/// Whether a rule decides or warns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcement {
    /// It decides.
    Decides,
    /// It warns.
    Warns,
}

/// What an end of an algorithm means when the table itself was issued before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forecast {
    /// It ends then.
    Decides,
    /// It warns: the end is a recommendation that the next issue of the table may move.
    Warns,
}

/// What is asked of a TSA certificate's extendedKeyUsage (RFC 3161, 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TsaUsage {
    /// id-kp-timeStamping, critical and alone.
    CriticalAndAlone,
    /// id-kp-timeStamping among others; the rest warns.
    Present,
}

impl Policy {
    /// The preset for documents of Japanese healthcare: strict in everything that the standards let one choose.
    ///
    /// CRYPTREC's table decides, forecasts included; revocation data is issued after the proven time of the signature
    /// (HPKI CAs publish daily, so that is a day's wait); the signing-certificate reference is there; time-stamps are
    /// in order.
    pub fn hpki(
        profile: Arc<dyn CertificateProfile + Send + Sync>,
        signer_anchors: Vec<TrustAnchor>,
        tsa_anchors: Vec<TrustAnchor>,
    ) -> Self {
        Self { signer_anchors, tsa_anchors, ..Self::strict(Some(profile), AlgorithmTable::cryptrec()) }
    }

    /// The policy of who judges nothing: nobody is trusted, and no algorithm is acceptable.
    pub fn nothing() -> Self {
        let nobody = Self::strict(None, AlgorithmTable::empty());
        Self { name: "nothing".to_owned(), ..nobody }
    }

    fn strict(
        profile: Option<Arc<dyn CertificateProfile + Send + Sync>>,
        algorithms: AlgorithmTable,
    ) -> Self {
        Self {
            name: "hpki".to_owned(),
            signer_anchors: Vec::new(),
            tsa_anchors: Vec::new(),
            profile,
            required_roles: Vec::new(),
            algorithms,
            forecast: Forecast::Decides,
            signer_freshness: RevocationFreshness::Strict { grace: Duration::ZERO },
            tsa_freshness: RevocationFreshness::NextUpdate,
            responders: Responders::OfTheIssuer,
            signing_certificate: Presence::Required,
            signing_time: Presence::Expected,
            tsa_usage: TsaUsage::CriticalAndAlone,
            hash_index: Enforcement::Decides,
            timestamp_order: Enforcement::Decides,
            non_repudiation: Enforcement::Decides,
        }
    }

    /// The preset for anchors that the caller names: EN 319 102-1 with no constraint where the standard leaves it to the
    /// policy, ETSI TS 119 312 with its ends up to its own issue. This is the choice of the EU's own validation software.
    pub fn general(signer_anchors: Vec<TrustAnchor>, tsa_anchors: Vec<TrustAnchor>) -> Self {
        Self {
            name: "general".to_owned(),
            signer_anchors,
            tsa_anchors,
            profile: None,
            required_roles: Vec::new(),
            algorithms: AlgorithmTable::ets_119312(),
            forecast: Forecast::Warns,
            signer_freshness: RevocationFreshness::Any,
            tsa_freshness: RevocationFreshness::Any,
            responders: Responders::OfTheIssuerOrAbove,
            signing_certificate: Presence::Expected,
            signing_time: Presence::Required,
            tsa_usage: TsaUsage::Present,
            hash_index: Enforcement::Warns,
            timestamp_order: Enforcement::Warns,
            non_repudiation: Enforcement::Warns,
        }
    }
}
