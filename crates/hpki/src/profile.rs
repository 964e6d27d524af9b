// SPDX-License-Identifier: Apache-2.0 OR MIT
//! HPKI as a certificate profile.

use keiin_model::RoleReport;
use keiin_pki::{
    cert::Certificate,
    extension::{KeyUsage, oid},
    profile::{AnchorRank, CertificateProfile, KnownAnchor, ProfileFinding},
};

use crate::{AUTHORITIES, Authority, AuthorityUse, Licence, PolicyUse, policy_use, roles};

/// The HPKI profile for signatures.
#[derive(Clone, Debug)]
pub struct Hpki {
    anchors: Vec<KnownAnchor>,
}

impl Hpki {
    /// The class of anchors of HPKI.
    pub const CLASS: &'static str = "hpki";

    /// The profile with the CAs of [`AUTHORITIES`]. The authentication CA is not among its anchors.
    pub fn new() -> Self {
        let anchor = |authority: &Authority| {
            let rank = match authority.use_of {
                AuthorityUse::Root => AnchorRank::Root,
                AuthorityUse::Signature => AnchorRank::Subordinate,
                AuthorityUse::Authentication => return None,
            };
            let (certificate, name) = (authority.certificate, authority.name);
            Some(KnownAnchor { certificate, class: Self::CLASS, rank, name })
        };
        Self { anchors: AUTHORITIES.iter().filter_map(anchor).collect() }
    }
}

impl Default for Hpki {
    fn default() -> Self {
        Self::new()
    }
}

impl CertificateProfile for Hpki {
    fn name(&self) -> &'static str {
        Self::CLASS
    }

    fn check(&self, certificate: &Certificate<'_>, ca_chain: &[&Certificate<'_>]) -> Vec<ProfileFinding> {
        vec![
            check_key_usage(certificate),
            check_policy(certificate),
            check_issuer(ca_chain.first().copied()),
            check_role(certificate),
        ]
    }

    fn roles(&self, certificate: &Certificate<'_>) -> Vec<RoleReport> {
        let roles = roles(certificate).unwrap_or_default();
        roles.iter().map(crate::HcRole::report).collect()
    }

    fn role_matches(&self, required: &str, role: &RoleReport) -> bool {
        match Licence::named(required) {
            Some(licence) => licence.code == role.code,
            None => required.trim() == role.code || role.japanese.as_deref() == Some(required.trim()),
        }
    }

    fn known_anchors(&self) -> &[KnownAnchor] {
        &self.anchors
    }
}

/// keyUsage: nonRepudiation and nothing else, critical. An authentication certificate has digitalSignature.
fn check_key_usage(certificate: &Certificate<'_>) -> ProfileFinding {
    let only = certificate.key_usage.is_some_and(|usage| usage.is_only(KeyUsage::NON_REPUDIATION));
    let critical = certificate.extension(&oid::KEY_USAGE).is_some_and(|e| e.critical);
    let detail = match (certificate.key_usage, only, critical) {
        (None, ..) => "no keyUsage".to_owned(),
        (Some(_), true, true) => "nonRepudiation, critical".to_owned(),
        (Some(_), true, false) => "nonRepudiation, not critical".to_owned(),
        (Some(usage), false, _) => bits(usage),
    };
    ProfileFinding {
        id: "hpki-key-usage",
        clause: "MHLW HPKI CP for signatures, 7.1: keyUsage",
        passed: only && critical,
        detail,
    }
}

/// The names of the bits that matter here.
fn bits(usage: KeyUsage) -> String {
    const NAMES: [(KeyUsage, &str); 5] = [
        (KeyUsage::DIGITAL_SIGNATURE, "digitalSignature"),
        (KeyUsage::NON_REPUDIATION, "nonRepudiation"),
        (KeyUsage::KEY_ENCIPHERMENT, "keyEncipherment"),
        (KeyUsage::KEY_CERT_SIGN, "keyCertSign"),
        (KeyUsage::CRL_SIGN, "cRLSign"),
    ];
    let set: Vec<_> = NAMES.iter().filter(|(bit, _)| usage.contains(*bit)).map(|(_, name)| *name).collect();
    if set.is_empty() { "other bits".to_owned() } else { set.join(" ") }
}

/// certificatePolicies on the certificate itself.
fn check_policy(certificate: &Certificate<'_>) -> ProfileFinding {
    let stated = certificate.policies.as_deref().unwrap_or_default();
    let detail = stated.iter().map(|policy| policy.id.to_string()).collect::<Vec<_>>().join(" ");
    ProfileFinding {
        id: "hpki-policy",
        clause: "MHLW HPKI CP for signatures, 1.2: policy 1.2.392.100495.1.5.1.1.0.1",
        passed: policy_use(certificate).contains(&PolicyUse::Signature),
        detail,
    }
}

/// The issuer is a CA for signatures: by its policy, and not one that is known to be for authentication.
fn check_issuer(issuer: Option<&Certificate<'_>>) -> ProfileFinding {
    let passed = issuer.is_some_and(|issuer| {
        let known = Authority::of(&issuer.id).map(|authority| authority.use_of);
        let uses = policy_use(issuer);
        known != Some(AuthorityUse::Authentication)
            && uses.contains(&PolicyUse::SignatureCa)
            && !uses.contains(&PolicyUse::PersonAuthenticationCa)
    });
    ProfileFinding {
        id: "hpki-signing-ca",
        clause: "MHLW HPKI CP for signatures, 1.2: policy 1.2.392.100495.1.5.1.1.3.1 of the CA",
        passed,
        detail: issuer.map(|issuer| issuer.subject.to_string()).unwrap_or_default(),
    }
}

/// hcRole can be read where it is. Whether one is wanted, and which, is for the policy of the verifier.
fn check_role(certificate: &Certificate<'_>) -> ProfileFinding {
    let (passed, detail) = match roles(certificate) {
        Ok(roles) => (true, roles.iter().map(|role| role.report().code).collect::<Vec<_>>().join(", ")),
        Err(error) => (false, error.to_string()),
    };
    ProfileFinding {
        id: "hpki-role",
        clause: "MHLW HPKI CP for signatures, 7.1: hcRole; ISO 17090-2",
        passed,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_asked_for_in_any_of_their_names() {
        let hpki = Hpki::new();
        let doctor = RoleReport { code: "Medical Doctor".into(), japanese: Some("医師".into()) };
        for name in ["医師", "Medical Doctor", "medical doctor", "doctor", " Doctor "] {
            assert!(hpki.role_matches(name, &doctor), "{name}");
        }
        for name in ["歯科医師", "dentist", "pharmacist", "medical", ""] {
            assert!(!hpki.role_matches(name, &doctor), "{name}");
        }
        let unknown = RoleReport::from_code("Some New Licence");
        assert!(hpki.role_matches("Some New Licence", &unknown));
        assert!(!hpki.role_matches("doctor", &RoleReport::from_code("1.2.3:Medical Doctor")));
    }

    #[test]
    fn the_authentication_ca_is_no_anchor() {
        let names: Vec<_> = Hpki::new().known_anchors().iter().map(|a| (a.rank, a.name)).collect();
        assert_eq!(names[0], (AnchorRank::Root, "MHLW HPKI Root CA V2"));
        assert_eq!(names.len(), 3);
        assert!(!names.iter().any(|(_, name)| name.contains("Auth")));
    }
}
