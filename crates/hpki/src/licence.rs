// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Names of licences and offices as hcRole states them (codeDataFreeText), in Japanese and in short.

/// How well a row of the table is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Read from certificates that the CAs issued.
    Certificate,
    /// Named in JAHIS's guideline on electronic preservation, Ver. 3.3 (2017), 6.8 (1).
    Guideline,
    /// After the HPKI certificate policy's table as remembered; not confirmed in a source.
    Unconfirmed,
}

/// A licence or office. The list is open: a role that is not in it is known by its code alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Licence {
    /// As hcRole states it: `Medical Doctor`.
    pub code: &'static str,
    /// In Japanese: `医師`.
    pub japanese: &'static str,
    /// For the command line: `doctor`.
    pub short: &'static str,
    /// Where the row comes from.
    pub source: Source,
}

impl Licence {
    /// The row of a code, exactly as a certificate states it.
    pub fn of_code(code: &str) -> Option<&'static Self> {
        LICENCES.iter().find(|licence| licence.code == code)
    }

    /// The row that a person means: its Japanese name, its code or its short name, in any case.
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = name.trim();
        LICENCES.iter().find(|licence| {
            licence.japanese == name
                || licence.code.eq_ignore_ascii_case(name)
                || licence.short.eq_ignore_ascii_case(name)
        })
    }
}

const fn row(code: &'static str, japanese: &'static str, short: &'static str, source: Source) -> Licence {
    Licence { code, japanese, short, source }
}

/// Licences and offices of the HPKI certificate policy.
pub const LICENCES: &[Licence] = &[
    row("Medical Doctor", "医師", "doctor", Source::Certificate),
    row("Dentist", "歯科医師", "dentist", Source::Guideline),
    row("Pharmacist", "薬剤師", "pharmacist", Source::Certificate),
    row("Medical Technologist", "臨床検査技師", "medical-technologist", Source::Unconfirmed),
    row("Radiological Technologist", "診療放射線技師", "radiological-technologist", Source::Unconfirmed),
    row("General Nurse", "看護師", "nurse", Source::Unconfirmed),
    row("Public Health Nurse", "保健師", "public-health-nurse", Source::Unconfirmed),
    row("Midwife", "助産師", "midwife", Source::Unconfirmed),
    row("Physical Therapist", "理学療法士", "physical-therapist", Source::Unconfirmed),
    row("Occupational Therapist", "作業療法士", "occupational-therapist", Source::Unconfirmed),
    row("Orthoptist", "視能訓練士", "orthoptist", Source::Unconfirmed),
    row("Speech Therapist", "言語聴覚士", "speech-therapist", Source::Unconfirmed),
    row("Dental Technician", "歯科技工士", "dental-technician", Source::Unconfirmed),
    row("National Registered Dietitian", "管理栄養士", "dietitian", Source::Unconfirmed),
    row("Certified Social Worker", "社会福祉士", "social-worker", Source::Unconfirmed),
    row("Certified Care Worker", "介護福祉士", "care-worker", Source::Unconfirmed),
    row("Emergency Medical Technician", "救急救命士", "emergency-medical-technician", Source::Unconfirmed),
    row("Psychiatric Social Worker", "精神保健福祉士", "psychiatric-social-worker", Source::Unconfirmed),
    row("Clinical Engineer", "臨床工学技士", "clinical-engineer", Source::Unconfirmed),
    row("Masseur", "あん摩マッサージ指圧師", "masseur", Source::Unconfirmed),
    row("Acupuncturist", "はり師", "acupuncturist", Source::Unconfirmed),
    row("Moxibustion Practitioner", "きゅう師", "moxibustion-practitioner", Source::Unconfirmed),
    row("Dental Hygienist", "歯科衛生士", "dental-hygienist", Source::Unconfirmed),
    row("Artificial Limb Fitter", "義肢装具士", "artificial-limb-fitter", Source::Unconfirmed),
    row("Judo Therapist", "柔道整復師", "judo-therapist", Source::Unconfirmed),
    row("Clinical Laboratory Technician", "衛生検査技師", "laboratory-technician", Source::Unconfirmed),
    row("Director of Hospital", "病院長", "hospital-director", Source::Unconfirmed),
    row("Director of Clinic", "診療所院長", "clinic-director", Source::Unconfirmed),
    row("Supervisor of Pharmacy", "管理薬剤師", "pharmacy-supervisor", Source::Unconfirmed),
    row("Proprietor of Pharmacy", "薬局開設者", "pharmacy-proprietor", Source::Unconfirmed),
    row("Director", "その他の保健医療福祉機関の管理責任者", "director", Source::Unconfirmed),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_means_one_row() {
        for licence in LICENCES {
            for name in [licence.code, licence.japanese, licence.short] {
                assert_eq!(Licence::named(name), Some(licence), "{name}");
            }
            assert_eq!(Licence::of_code(licence.code), Some(licence));
        }
        assert_eq!(Licence::named("Nurse").map(|l| l.code), Some("General Nurse"));
        assert_eq!(Licence::of_code("Nurse"), None);
        assert_eq!(Licence::named("獣医師"), None);
    }
}
