// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The worlds: which entities there are, with all their times relative to one start.

use keiin_model::{DigestAlgorithm, Time};

use crate::{
    TestPki,
    entity::{
        CaProfile, CrlStyle, DistinguishedName, Entity, EssVersion, HolderProfile, HolderUsage, Kind,
        NamePart::{CommonName, Organization, OrganizationalUnit, SerialNumber},
        Revocation, RevocationReason, RevocationSources, RsaNaming, TokenProfile, TsaProfile, TsaUsage,
    },
};

/// Where certificates say that CRLs and the rest are, unless a world is told otherwise. No such host exists.
pub const DEFAULT_BASE_URL: &str = "http://keiin.test";

const POLICY_SIGNATURE: &str = "1.2.392.100495.1.5.1.1.0.1";
const POLICY_SIGNATURE_CA: &str = "1.2.392.100495.1.5.1.1.3.1";
const POLICY_AUTHENTICATION: &str = "1.2.392.100495.1.5.1.2.0.1";
const POLICY_AUTHENTICATION_CA: &str = "1.2.392.100495.1.5.1.2.3.1";
/// Not an HPKI policy (the enterprise number for examples, RFC 5612).
const POLICY_FOREIGN: &str = "1.3.6.1.4.1.32473.1.1";

/// A description of a PKI that [`World::build`] makes.
#[derive(Clone, Debug)]
pub struct World {
    /// The start of the URLs in certificates, without a slash at its end.
    pub base_url: String,
    /// The day on which the stories begin; every other time is relative to it.
    pub start: Time,
    /// Where certificates say that revocation can be asked.
    pub sources: RevocationSources,
    /// The certificates, issuers and issued in any order.
    pub entities: Vec<Entity>,
}

impl World {
    /// The HPKI-like world with its time-stamp authorities. Times are years (y) and days (d) from the start.
    ///
    /// | CA | issuer | key | valid | what |
    /// |---|---|---|---|---|
    /// | `root` | itself | RSA-2048 | -12y to 18y | as the MHLW root: no CN, CRL `root` with critical IDP, `root-rarl` for itself |
    /// | `signing-ca` | `root` | RSA-2048 | -6y to 14y | "forNonRepudiation" |
    /// | `signing-ca-2` | `root` | RSA-2048 | -1y to 17y | the same name, a new key |
    /// | `signing-ca-new-with-old`, `signing-ca-old-with-new` | each other | RSA-2048 | -1y to 14y | rollover links |
    /// | `signing-ca-revoked` | `root` | RSA-2048 | -6y to 14y | cACompromise from 30d |
    /// | `authentication-ca` | `root` | RSA-2048 | -6y to 14y | "forAuthentication-forIndividual" |
    /// | `stranger-root` | itself | RSA-3072 | -5y to 15y | nobody's HPKI |
    /// | `tsa-root`, `tsa-ca` | itself, `tsa-root` | RSA-3072, RSA-2048 | -10y to 20y, -5y to 15y | TSAs, first generation |
    /// | `tsa-root-2`, `tsa-ca-2` | itself, `tsa-root-2` | P-384 | -1y to 40y, -1y to 34y | TSAs, all ECDSA |
    ///
    /// Each CA has a delegated OCSP responder, `ocsp-NAME`.
    ///
    /// | holder (of `signing-ca`, RSA-2048, -31d to 5y, Medical Doctor unless said) | what |
    /// |---|---|
    /// | `doctor` | with a Japanese subjectAltName as MEDIS writes it |
    /// | `pharmacist`, `nurse`, `dentist`, `doctor-two-roles` | the licence; Medical Doctor and Director of Hospital |
    /// | `doctor-ec`, `doctor-ec384`, `doctor-rsa4096` | the key |
    /// | `doctor-ocsp`, `doctor-ocsp-only` | AIA beside the CRL distribution point, or in its place |
    /// | `doctor-rollover` | issued by `signing-ca-2` |
    /// | `doctor-authentication` | an authentication card, of `authentication-ca` |
    /// | `doctor-revoked`, `doctor-compromised` | cessationOfOperation, keyCompromise from 30d |
    /// | `doctor-on-hold`, `doctor-hold-lifted` | certificateHold from 10d; lifted at 20d |
    /// | `doctor-expired`, `doctor-expiring`, `doctor-future` | -6y to -1y; to 90d; 1y to 6y |
    /// | `doctor-sha1` | signed with SHA-1 |
    /// | `doctor-revoked-ca` | issued by `signing-ca-revoked` |
    /// | `no-role`, `doctor-wrong-policy`, `stranger` | no hcRole; a foreign policy; of `stranger-root` |
    ///
    /// | TSA (-60d to 11y unless said) | of | key, digest, token |
    /// |---|---|---|
    /// | `tsa-rsa` | `tsa-ca` | RSA-2048, SHA-256 |
    /// | `tsa-rsa4096-sha512` | `tsa-ca` | RSA-4096, SHA-512 |
    /// | `tsa-ecdsa`, `tsa-ecdsa384` | `tsa-ca-2` | P-256 SHA-256, P-384 SHA-384 |
    /// | `tsa-essv1` | `tsa-ca` | ESSCertID v1, signing-time, no accuracy |
    /// | `tsa-precise` | `tsa-ca` | microseconds, ordering, names itself |
    /// | `tsa-generation-2`, `tsa-generation-3` | `tsa-ca-2` | P-384 SHA-512; 9y to 21y, 19y to 31y |
    /// | `tsa-expiring`, `tsa-expired` | `tsa-ca` | to 90d; -5y to -1y |
    /// | `tsa-revoked`, `tsa-retired` | `tsa-ca` | keyCompromise, cessationOfOperation from 30d |
    /// | `tsa-no-eku`, `tsa-eku-not-critical`, `tsa-eku-with-others` | `tsa-ca` | the extended key usage |
    pub fn hpki(base_url: &str, start: Time) -> Self {
        let mut world = Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            start,
            sources: RevocationSources::Crl,
            entities: Vec::new(),
        };
        world.add_authorities();
        world.add_holders();
        world.add_failing_holders();
        world.add_tsa_authorities();
        world.add_tsas();
        world.add_failing_tsas();
        world
    }

    /// This world with other revocation sources in all its certificates that have no choice of their own.
    #[must_use]
    pub fn with_sources(mut self, sources: RevocationSources) -> Self {
        self.sources = sources;
        self
    }

    /// This world with a root whose CRL is a plain one. The MHLW root's lists have a critical
    /// IssuingDistributionPoint with onlyContainsCACerts, which EU DSS does not take when it collects revocation data
    /// for level LT; a peer of that kind needs this world.
    #[must_use]
    pub fn with_plain_root_crl(mut self) -> Self {
        for entity in &mut self.entities {
            if let Kind::Ca(profile) = &mut entity.kind {
                profile.crl = CrlStyle::Full;
            }
        }
        self
    }

    /// This world with one more certificate.
    #[must_use]
    pub fn with(mut self, entity: Entity) -> Self {
        self.entities.push(entity);
        self
    }

    /// Makes it. Certificates are signed when they are first asked for.
    ///
    /// # Panics
    /// When two entities have one name, an issuer is missing, or a key's name is unknown.
    pub fn build(self) -> TestPki {
        TestPki::new(self)
    }

    fn years(&self, years: i64) -> Time {
        let (year, month, day, hour, minute, second) = self.start.calendar();
        let year = u16::try_from(year + years).expect("a year");
        // 28 February stands in for 29 February of years that have none.
        Time::from_calendar(year, month, day, hour, minute, second, 0)
            .or_else(|| Time::from_calendar(year, month, 28, hour, minute, second, 0))
            .expect("a day")
    }

    fn days(&self, days: i64) -> Time {
        self.start.plus_days(days)
    }

    fn ca(
        &mut self,
        name: &str,
        subject: DistinguishedName,
        key: &'static str,
        years: (i64, i64),
    ) -> &mut Entity {
        let entity = Entity {
            name: name.to_owned(),
            subject,
            key,
            issuer: name.to_owned(),
            not_before: self.years(years.0),
            not_after: self.years(years.1),
            kind: Kind::Ca(CaProfile { policy: None, crl: CrlStyle::Full }),
            signed_with: DigestAlgorithm::Sha256,
            revocation: None,
            sources: None,
        };
        self.push(entity)
    }

    fn push(&mut self, entity: Entity) -> &mut Entity {
        self.entities.push(entity);
        self.entities.last_mut().expect("just pushed")
    }

    fn add_authorities(&mut self) {
        let signing = Kind::Ca(CaProfile { policy: Some(POLICY_SIGNATURE_CA), crl: CrlStyle::Full });
        let ca_name = |cn: &str| {
            DistinguishedName::jp(&[
                (Organization, "Keiin Test"),
                (OrganizationalUnit, "Keiin Test HPKI CA"),
                (CommonName, cn),
            ])
        };
        let root_name = DistinguishedName::jp(&[
            (Organization, "Keiin Test Ministry of Health, Labour and Welfare"),
            (OrganizationalUnit, "Director-General for Policy Planning and Evaluation"),
            (OrganizationalUnit, "Keiin Test MHLW HPKI Root CA V2"),
        ]);
        self.ca("root", root_name, "rsa2048-01", (-12, 18)).kind =
            Kind::Ca(CaProfile { policy: None, crl: CrlStyle::Arl });

        let sign_name = ca_name("HPKI-01-KeiinTestSignCA2-forNonRepudiation");
        let revoked = Revocation::new(self.days(30), RevocationReason::CaCompromise);
        for (name, subject, key, issuer, years) in [
            ("signing-ca", sign_name.clone(), "rsa2048-02", "root", (-6, 14)),
            ("signing-ca-2", sign_name.clone(), "rsa2048-04", "root", (-1, 17)),
            ("signing-ca-new-with-old", sign_name.clone(), "rsa2048-04", "signing-ca", (-1, 14)),
            ("signing-ca-old-with-new", sign_name, "rsa2048-02", "signing-ca-2", (-1, 14)),
            (
                "signing-ca-revoked",
                ca_name("HPKI-02-KeiinTestRevokedCA-forNonRepudiation"),
                "rsa2048-20",
                "root",
                (-6, 14),
            ),
        ] {
            let entity = self.ca(name, subject, key, years);
            issuer.clone_into(&mut entity.issuer);
            entity.kind = signing.clone();
            entity.revocation = (name == "signing-ca-revoked").then_some(revoked);
        }
        let authentication = ca_name("HPKI-01-KeiinTestAuthCA2-forAuthentication-forIndividual");
        let entity = self.ca("authentication-ca", authentication, "rsa2048-03", (-6, 14));
        "root".clone_into(&mut entity.issuer);
        entity.kind = Kind::Ca(CaProfile { policy: Some(POLICY_AUTHENTICATION_CA), crl: CrlStyle::Full });
        let stranger = DistinguishedName::jp(&[(Organization, "Stranger"), (CommonName, "Stranger Root CA")]);
        self.ca("stranger-root", stranger, "rsa3072-01", (-5, 15));
    }

    fn holder(&mut self, name: &str, key: &'static str, cn: &str, licences: &[&str]) -> &mut Entity {
        let number = format!("TEST{:06}", 100_000 + self.entities.len());
        let entity = Entity {
            name: name.to_owned(),
            subject: DistinguishedName::jp(&[(CommonName, cn), (SerialNumber, &number)]),
            key,
            issuer: "signing-ca".to_owned(),
            not_before: self.days(-31),
            not_after: self.years(5),
            kind: Kind::Holder(HolderProfile {
                usage: HolderUsage::NonRepudiation,
                policy: POLICY_SIGNATURE,
                licences: licences.iter().map(|l| (*l).to_owned()).collect(),
                japanese_name: None,
            }),
            signed_with: DigestAlgorithm::Sha256,
            revocation: None,
            sources: None,
        };
        self.push(entity)
    }

    fn add_holders(&mut self) {
        const DOCTOR: &[&str] = &["Medical Doctor"];
        if let Kind::Holder(profile) = &mut self.holder("doctor", "rsa2048-05", "KEIIN Taro", DOCTOR).kind {
            profile.japanese_name = Some("契印太郎".to_owned());
        }
        self.holder("pharmacist", "rsa2048-06", "KUSURI Hanako", &["Pharmacist"]);
        self.holder("nurse", "rsa2048-07", "KANGO Sakura", &["General Nurse"]);
        self.holder("dentist", "rsa2048-08", "SHIKA Jiro", &["Dentist"]);
        self.holder(
            "doctor-two-roles",
            "rsa2048-17",
            "KENMU Saburo",
            &["Medical Doctor", "Director of Hospital"],
        );
        self.holder("doctor-ec", "p256-01", "DAEN Shiro", DOCTOR);
        self.holder("doctor-ec384", "p384-01", "DAEN Goro", DOCTOR);
        self.holder("doctor-rsa4096", "rsa4096-01", "OKII Rokuro", DOCTOR);
        self.holder("doctor-ocsp", "rsa2048-17", "OCSP Nanako", DOCTOR).sources =
            Some(RevocationSources::Both);
        self.holder("doctor-ocsp-only", "rsa2048-17", "OCSP Yachiyo", DOCTOR).sources =
            Some(RevocationSources::Ocsp);
        "signing-ca-2"
            .clone_into(&mut self.holder("doctor-rollover", "rsa2048-18", "KOSHIN Kumi", DOCTOR).issuer);
    }

    fn add_failing_holders(&mut self) {
        const DOCTOR: &[&str] = &["Medical Doctor"];
        let authentication = self.holder("doctor-authentication", "rsa2048-09", "KEIIN Taro", DOCTOR);
        "authentication-ca".clone_into(&mut authentication.issuer);
        if let Kind::Holder(profile) = &mut authentication.kind {
            profile.usage = HolderUsage::DigitalSignature;
            profile.policy = POLICY_AUTHENTICATION;
        }
        let revocation = |at: Time, reason| Some(Revocation::new(at, reason));
        let (day10, day20, day30) = (self.days(10), self.days(20), self.days(30));
        self.holder("doctor-revoked", "rsa2048-10", "HAISHI Ichiro", DOCTOR).revocation =
            revocation(day30, RevocationReason::CessationOfOperation);
        self.holder("doctor-compromised", "rsa2048-10", "ROEI Nijiro", DOCTOR).revocation =
            revocation(day30, RevocationReason::KeyCompromise);
        self.holder("doctor-on-hold", "rsa2048-12", "HORYU Mitsuko", DOCTOR).revocation =
            revocation(day10, RevocationReason::CertificateHold);
        self.holder("doctor-hold-lifted", "rsa2048-12", "KAIJO Yoko", DOCTOR).revocation =
            Some(Revocation { at: day10, reason: RevocationReason::CertificateHold, until: Some(day20) });
        let (from, to) = (self.years(-6), self.years(-1));
        let expired = self.holder("doctor-expired", "rsa2048-11", "KIGEN Gosaku", DOCTOR);
        (expired.not_before, expired.not_after) = (from, to);
        let to = self.days(90);
        self.holder("doctor-expiring", "rsa2048-11", "MOUSUGU Roku", DOCTOR).not_after = to;
        let (from, to) = (self.years(1), self.years(6));
        let future = self.holder("doctor-future", "rsa2048-11", "MIRAI Nanami", DOCTOR);
        (future.not_before, future.not_after) = (from, to);
        self.holder("doctor-sha1", "rsa2048-13", "MUKASHI Hachiro", DOCTOR).signed_with =
            DigestAlgorithm::Sha1;
        let under_revoked = self.holder("doctor-revoked-ca", "rsa2048-18", "SHITA Kuro", DOCTOR);
        "signing-ca-revoked".clone_into(&mut under_revoked.issuer);
        self.holder("no-role", "rsa2048-18", "MUSHIKAKU Juro", &[]);
        if let Kind::Holder(profile) =
            &mut self.holder("doctor-wrong-policy", "rsa2048-18", "BETSU Policy", DOCTOR).kind
        {
            profile.policy = POLICY_FOREIGN;
        }
        "stranger-root".clone_into(&mut self.holder("stranger", "rsa2048-18", "TANIN Dare", DOCTOR).issuer);
    }

    fn add_tsa_authorities(&mut self) {
        let name = |cn: &str| {
            DistinguishedName::jp(&[
                (Organization, "Keiin Test TSA"),
                (OrganizationalUnit, "Time Stamping"),
                (CommonName, cn),
            ])
        };
        self.ca("tsa-root", name("Keiin Test TSA Root CA G1"), "rsa3072-01", (-10, 20));
        "tsa-root"
            .clone_into(&mut self.ca("tsa-ca", name("Keiin Test TSA CA G1"), "rsa2048-14", (-5, 15)).issuer);
        // All of the second generation is ECDSA: it outlives the end of RSA PKCS#1 v1.5 in the ETSI catalogue.
        let root = self.ca("tsa-root-2", name("Keiin Test TSA Root CA G2"), "p384-02", (-1, 40));
        root.signed_with = DigestAlgorithm::Sha384;
        let ca = self.ca("tsa-ca-2", name("Keiin Test TSA CA G2"), "p384-03", (-1, 34));
        "tsa-root-2".clone_into(&mut ca.issuer);
        ca.signed_with = DigestAlgorithm::Sha384;
    }

    fn tsa(&mut self, name: &str, issuer: &str, key: &'static str, token: TokenProfile) -> &mut Entity {
        let entity = Entity {
            name: name.to_owned(),
            subject: DistinguishedName::jp(&[
                (Organization, "Keiin Test TSA"),
                (CommonName, &format!("Keiin Test TSU {name}")),
            ]),
            key,
            issuer: issuer.to_owned(),
            not_before: self.days(-60),
            not_after: self.years(11),
            kind: Kind::Tsa(TsaProfile { usage: TsaUsage::Critical, token }),
            signed_with: if issuer == "tsa-ca-2" { DigestAlgorithm::Sha384 } else { DigestAlgorithm::Sha256 },
            revocation: None,
            sources: None,
        };
        self.push(entity)
    }

    fn add_tsas(&mut self) {
        let usual = TokenProfile::default();
        let sha384 = TokenProfile { digest: DigestAlgorithm::Sha384, ..usual };
        let sha512 = TokenProfile { digest: DigestAlgorithm::Sha512, naming: RsaNaming::WithDigest, ..usual };
        self.tsa("tsa-rsa", "tsa-ca", "rsa2048-15", usual);
        self.tsa("tsa-rsa4096-sha512", "tsa-ca", "rsa4096-02", sha512);
        self.tsa("tsa-ecdsa", "tsa-ca-2", "p256-02", usual);
        self.tsa("tsa-ecdsa384", "tsa-ca-2", "p384-01", sha384);
        self.tsa(
            "tsa-essv1",
            "tsa-ca",
            "rsa2048-19",
            TokenProfile {
                ess: EssVersion::V1,
                accuracy: None,
                signing_time: true,
                naming: RsaNaming::WithDigest,
                ..usual
            },
        );
        self.tsa(
            "tsa-precise",
            "tsa-ca",
            "rsa2048-19",
            TokenProfile {
                accuracy: Some((0, 500, 250)),
                ordering: true,
                nanos: 123_456_000,
                tsa_name: true,
                ..usual
            },
        );
        for (name, key, from, to) in
            [("tsa-generation-2", "p384-04", 9, 21), ("tsa-generation-3", "p384-05", 19, 31)]
        {
            let (from, to) = (self.years(from), self.years(to));
            let entity =
                self.tsa(name, "tsa-ca-2", key, TokenProfile { digest: DigestAlgorithm::Sha512, ..usual });
            (entity.not_before, entity.not_after) = (from, to);
        }
    }

    fn add_failing_tsas(&mut self) {
        let usual = TokenProfile::default();
        let soon = self.days(90);
        self.tsa("tsa-expiring", "tsa-ca", "rsa2048-19", usual).not_after = soon;
        let (from, to) = (self.years(-5), self.years(-1));
        let expired = self.tsa("tsa-expired", "tsa-ca", "rsa2048-19", usual);
        (expired.not_before, expired.not_after) = (from, to);
        let day30 = self.days(30);
        self.tsa("tsa-revoked", "tsa-ca", "rsa2048-19", usual).revocation =
            Some(Revocation::new(day30, RevocationReason::KeyCompromise));
        self.tsa("tsa-retired", "tsa-ca", "rsa2048-19", usual).revocation =
            Some(Revocation::new(day30, RevocationReason::CessationOfOperation));
        for (name, usage) in [
            ("tsa-no-eku", TsaUsage::Absent),
            ("tsa-eku-not-critical", TsaUsage::NotCritical),
            ("tsa-eku-with-others", TsaUsage::WithOthers),
        ] {
            self.tsa(name, "tsa-ca", "rsa2048-19", usual).kind =
                Kind::Tsa(TsaProfile { usage, token: usual });
        }
    }
}
