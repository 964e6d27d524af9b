// SPDX-License-Identifier: Apache-2.0 OR MIT
//! NIST PKITS with revocation required, as an engine would do it: a path is good when RFC 5280, 6.1 holds and every
//! certificate of it is proven not to be revoked, by objects whose signers' paths hold too, to the same anchor.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use keiin_model::{ObjectId, Oid, Time};
use keiin_pki::{
    cert::Certificate,
    path::{self, Anchor, Budget, CandidatePath, Indicator, PathParameters},
    revocation::{self, Crls, Ocsps, RevocationConclusion, RevocationFact},
    store::CertificateStore,
};
use serde_json::Value;

/// Cases that do not come out as NIST says, each with the reason. A stale entry fails.
const NOT_YET: [(&str, &str); 0] = [];

/// An engine in small.
struct Engine<'s> {
    store: &'s CertificateStore<'s>,
    anchors: &'s [Anchor<'s>],
    crls: &'s Crls<'s>,
    ocsps: &'s Ocsps<'s>,
    time: Time,
    budget: Budget,
    asking: BTreeSet<ObjectId>,
}

impl<'s> Engine<'s> {
    fn validate(
        &mut self,
        target: &'s Certificate<'s>,
        parameters: &PathParameters,
    ) -> Result<path::PathOutput, String> {
        let search = path::build(target, self.store, self.anchors, &mut self.budget);
        let mut reasons: Vec<String> = search.rejected.iter().map(|r| r.reason.to_string()).collect();
        reasons.extend(search.exhausted.map(|e| e.to_string()));
        for path in &search.paths {
            let checked = path::check(path, parameters).map_err(|e| e.to_string());
            match checked.and_then(|output| self.check_revocation(path).map(|()| output)) {
                Ok(output) => return Ok(output),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(reasons.join("; "))
    }

    fn check_revocation(&mut self, path: &CandidatePath<'s>) -> Result<(), String> {
        for link in path.links().into_iter().rev() {
            if !self.asking.insert(link.certificate.id) {
                return Err("the revocation of a signer rests on itself".into());
            }
            let (certificate, issuer) = (link.certificate, link.issuer);
            let facts =
                revocation::facts(certificate, issuer, self.crls, self.ocsps, self.store, &mut self.budget);
            let accepted: Vec<bool> =
                facts.usable.iter().map(|f| self.accepts(f, certificate, issuer)).collect();
            let accepts = |fact: &RevocationFact<'_>| {
                facts.usable.iter().zip(&accepted).any(|(f, yes)| *yes && std::ptr::eq(f, fact))
            };
            let outcome = match facts.conclude(accepts) {
                RevocationConclusion::NotRevoked(_) => Ok(()),
                RevocationConclusion::Revoked(fact) => Err(format!("{:?}", fact.status)),
                RevocationConclusion::Undetermined(reasons) => {
                    Err(format!("undetermined {reasons:?}: {:?}", facts.rejected))
                }
            };
            self.asking.remove(&certificate.id);
            outcome?;
        }
        Ok(())
    }

    /// A signer other than the certificate's issuer needs a path of its own. A CRL issuer that its CA made the issuer of
    /// the CRL for its own certificate too (4.14.30) has the path that is being judged.
    fn accepts(
        &mut self,
        fact: &RevocationFact<'s>,
        certificate: &Certificate<'_>,
        issuer: &Certificate<'_>,
    ) -> bool {
        let current = fact.this_update <= self.time && fact.next_update.is_some_and(|next| self.time <= next);
        let signers: Vec<_> = std::iter::once(fact.signer).chain(fact.alternate_signers.clone()).collect();
        let parameters = PathParameters { time: Some(self.time), ..PathParameters::default() };
        let trusted = |engine: &mut Self, signer: &'s Certificate<'s>| {
            signer.id == issuer.id
                || signer.id == certificate.id
                || engine.validate(signer, &parameters).is_ok()
        };
        current && signers.into_iter().any(|signer| trusted(self, signer))
    }
}

/// The files of the suite.
struct Suite {
    folder: PathBuf,
    manifest: Value,
}

impl Suite {
    fn open() -> Option<Self> {
        let folder = keiin_testkit::corpus::part("pkits")?;
        let manifest = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
        Some(Self { folder, manifest })
    }

    fn files(&self, kind: &str, names: &Value) -> Vec<Vec<u8>> {
        let names = names.as_array().map(Vec::as_slice).unwrap_or_default();
        names.iter().map(|name| self.file(kind, name.as_str().unwrap())).collect()
    }

    fn file(&self, kind: &str, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(kind).join(name)).unwrap()
    }

    fn run(&self, case: &Value, parameters: &PathParameters) -> Result<path::PathOutput, String> {
        let anchor = self.file("certs", case["trust_anchor"].as_str().unwrap());
        let target = self.file("certs", case["target"].as_str().unwrap());
        let pool = self.files("certs", &case["intermediates"]);
        let crls = self.files("crls", &case["crls"]);
        let target = Certificate::read(&target).map_err(|e| e.to_string())?;
        let anchors = [Anchor::read(&anchor, None).unwrap()];
        let store = CertificateStore::new(pool.iter().map(Vec::as_slice));
        let crls = Crls::new(crls.iter().map(Vec::as_slice));
        let ocsps = Ocsps::default();
        let mut engine = Engine {
            store: &store,
            anchors: &anchors,
            crls: &crls,
            ocsps: &ocsps,
            time: parameters.time.unwrap(),
            budget: Budget::default(),
            asking: BTreeSet::new(),
        };
        engine.validate(&target, parameters)
    }
}

fn oids(values: &Value) -> BTreeSet<Oid> {
    values.as_array().unwrap().iter().map(|v| v.as_str().unwrap().parse().unwrap()).collect()
}

fn parameters(settings: &Value) -> PathParameters {
    let indicator = |name: &str| {
        if settings[name].as_bool().unwrap_or(false) { Indicator::Set } else { Indicator::Clear }
    };
    PathParameters {
        time: Some("2020-01-01".parse().unwrap()),
        user_initial_policies: settings.get("user_initial_policy_set").map(oids),
        policy_mapping_inhibit: indicator("initial_policy_mapping_inhibit"),
        explicit_policy: indicator("initial_explicit_policy"),
        any_policy_inhibit: indicator("initial_any_policy_inhibit"),
        ..PathParameters::default()
    }
}

#[test]
fn pkits() {
    let Some(suite) = Suite::open() else {
        println!("PKITS: 0 cases ran");
        return;
    };
    let cases = suite.manifest["cases"].as_array().unwrap();
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    for case in cases {
        let outcome = suite.run(case, &parameters(&case["settings"]));
        let expected = case["expect"] == "valid";
        if outcome.is_ok() != expected {
            let name = format!("{} {}", case["id"].as_str().unwrap(), case["name"].as_str().unwrap());
            wrong.insert(name, outcome.err().unwrap_or_else(|| "valid".into()));
        }
        if std::env::var_os("KEIIN_REASONS").is_some() {
            println!(
                "{} {expected} {:?}",
                case["name"],
                suite.run(case, &parameters(&case["settings"])).err()
            );
        }
    }
    println!("PKITS: {} of {} cases", cases.len() - wrong.len(), cases.len());
    for (case, reason) in &wrong {
        println!("  {case}: {reason}");
    }
    let known: BTreeSet<&str> = NOT_YET.iter().map(|(case, _)| *case).collect();
    assert_eq!(wrong.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
}

/// The notices that PKITS wants shown (4.8.15 to 4.8.19, 4.10.12 to 4.10.14).
#[test]
fn user_notices() {
    let Some(suite) = Suite::open() else { return };
    let rows = suite.manifest["user_notices"].as_array().unwrap();
    for row in rows {
        let mut crls = row["crls"].as_array().cloned().unwrap_or_default();
        crls.push("TrustAnchorRootCRL.crl".into());
        let case = serde_json::json!({
            "trust_anchor": "TrustAnchorRootCertificate.crt",
            "target": row["cert"],
            "intermediates": row["other_certs"],
            "crls": crls,
        });
        let output = suite.run(&case, &parameters(&row["params"])).unwrap();
        let shown = path::user_notices(&output.policies);
        let wanted = row["notice"].as_str().unwrap();
        assert!(shown.iter().any(|notice| notice.starts_with(wanted)), "{}: {shown:?}", row["name"]);
        assert!(row["params"].is_null() || shown.len() == 1, "{}: {shown:?}", row["name"]);
    }
    println!("PKITS: {} user notices", rows.len());
}
