// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A verdict for people: three answers, the verdict, what it rests on, what is to be done.

use std::fmt::Write as _;

use keiin::{
    hpki::Licence,
    inspect,
    model::{
        Check, Evidence, Indication, Outcome, Report, RevocationUse, SignatureReport, SignerReport,
        SubIndication, TimestampKind, TimestampReport,
    },
};

use super::{coverage, name::short, table::pad, tree};
use crate::{
    lang::Lang,
    messages::{self, Messages},
};

/// How a report is shown.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) lang: Lang,
    /// Whether the tree of checks is shown.
    pub(crate) verbose: bool,
    /// What the verdict was given: certificates have their names here.
    pub(crate) evidence: &'a Evidence,
}

/// A licence's Japanese name, where it has one.
fn japanese(code: &str) -> &str {
    Licence::of_code(code).map_or(code, |licence| licence.japanese)
}

/// Columns of the labels on the left.
const LABEL: usize = 9;

impl View<'_> {
    /// The report of one file.
    pub(crate) fn report(&self, file: &str, report: &Report) -> String {
        let mut out = String::new();
        let count = report.signatures.len();
        for (index, signature) in report.signatures.iter().enumerate() {
            let number = format!("{}/{count}", index + 1);
            let heading = match (self.lang, signature.countersigns.is_some()) {
                (Lang::Ja, false) => format!("{file}(署名 {number}、{})", signature.format),
                (Lang::Ja, true) => format!("{file}(副署 {number}、{})", signature.format),
                (Lang::En, false) => format!("{file} (signature {number}, {})", signature.format),
                (Lang::En, true) => format!("{file} (counter-signature {number}, {})", signature.format),
            };
            let _ = writeln!(out, "{heading}");
            self.signature(&mut out, signature);
        }
        for timestamp in &report.timestamps {
            let what = self.say().timestamp(timestamp.kind);
            let _ = writeln!(out, "{file}{}", self.lang.pick("(タイムスタンプ)", " (time-stamp)"));
            self.token(&mut out, timestamp, what);
        }
        if report.signatures.is_empty() && report.timestamps.is_empty() {
            let _ = writeln!(
                out,
                "{file}{}",
                self.lang.pick(
                    ":署名もタイムスタンプも入っていません",
                    ": neither a signature nor a time-stamp is in it"
                )
            );
        }
        let (at, by) = (self.say().time(report.time), &report.policy);
        let _ = match self.lang {
            Lang::Ja => writeln!(out, "判定の基準:時刻 {at}、検証方針 {by}"),
            Lang::En => writeln!(out, "Judged as of {at} under the policy {by}"),
        };
        out
    }

    fn say(&self) -> &'static dyn Messages {
        self.lang.messages()
    }

    fn signature(&self, out: &mut String, signature: &SignatureReport) {
        let l = self.lang;
        let broken = self.broken(signature);
        let intact: Vec<String> = std::iter::once(self.intact(signature)).chain(broken.clone()).collect();
        self.lines(out, l.pick("完全性", "Intact"), &intact);
        self.lines(out, l.pick("対 象", "Covers"), &coverage::lines(&signature.data, l));
        self.lines(out, l.pick("署名者", "Who"), &self.who(signature.signer.as_ref()));
        self.lines(out, l.pick("時 刻", "When"), &self.when(signature));
        let mut verdict =
            vec![self.headline(signature.indication, signature.sub_indication.map(messages::sub_code))];
        verdict.push(match signature.sub_indication {
            Some(sub) => self.say().sub_indication(sub).to_owned(),
            None => self.say().verdict(signature.indication).to_owned(),
        });
        verdict.extend(self.role_missing(&signature.checks));
        if signature.indication == Indication::TotalPassed && !broken.is_empty() {
            verdict.push(
                l.pick(
                    "注意:ただし、壊れたタイムスタンプは何も証明していません。この判定はそれを除いて行いました",
                    "WARNING: a broken time-stamp proves nothing; this verdict was reached without it",
                )
                .to_owned(),
            );
        }
        self.lines(out, l.pick("判 定", "Verdict"), &verdict);
        self.lines(out, l.pick("根 拠", "Grounds"), &self.grounds(signature));
        let next: Vec<String> = signature.next.iter().map(|action| self.say().action(action)).collect();
        self.lines(out, l.pick("次の対応", "Next"), &next);
        if self.verbose {
            let _ = writeln!(out, "  {}", l.pick("検査の詳細", "Checks"));
            tree::checks(out, &signature.checks, 2, l);
            for timestamp in &signature.timestamps {
                let kind = self.say().timestamp(timestamp.kind);
                let _ = writeln!(out, "  {kind} {}", self.say().time(timestamp.time));
                tree::checks(out, &timestamp.checks, 2, l);
            }
        }
    }

    /// A time-stamp in a file of its own.
    fn token(&self, out: &mut String, timestamp: &TimestampReport, what: &str) {
        let l = self.lang;
        let intact = match (timestamp.imprint_found, timestamp.imprint_intact) {
            (false, _) => l.pick(
                "未確認。対象のファイルが渡されていません(--content で渡してください)",
                "not checked: the stamped file was not given (give it with --content)",
            ),
            (true, false) => {
                l.pick("いいえ。対象のファイルは変わっています", "NO: the stamped file was changed")
            }
            (true, true) => {
                l.pick("はい。対象のファイルは当時のままです", "yes: the file is as it was stamped")
            }
        };
        self.lines(out, l.pick("完全性", "Intact"), &[intact.to_owned()]);
        self.lines(out, l.pick("発行者", "TSA"), &self.who(timestamp.signer.as_ref()));
        self.lines(out, l.pick("時 刻", "When"), &[format!("{}({what})", self.say().time(timestamp.time))]);
        let mut verdict =
            vec![self.headline(timestamp.indication, timestamp.sub_indication.map(messages::sub_code))];
        verdict.extend(timestamp.sub_indication.map(|sub| self.say().sub_indication(sub).to_owned()));
        verdict.extend(self.good_until(timestamp));
        self.lines(out, l.pick("判 定", "Verdict"), &verdict);
        let grounds: Vec<String> = timestamp
            .signer
            .iter()
            .flat_map(|tsa| tsa.revocation.iter().map(|used| self.revocation(used, tsa)))
            .collect();
        self.lines(out, l.pick("根 拠", "Grounds"), &grounds);
        if self.verbose {
            tree::checks(out, &timestamp.checks, 2, l);
        }
    }

    /// A label with its lines; nothing when there are none.
    fn lines(&self, out: &mut String, label: &str, lines: &[String]) {
        for (index, line) in lines.iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            let _ = writeln!(out, "  {} {line}", pad(label, LABEL));
        }
    }

    /// Time-stamps that are not what they were: said beside the first answer, whatever the signature itself is.
    fn broken(&self, signature: &SignatureReport) -> Vec<String> {
        let failed = |t: &&TimestampReport| t.indication == Indication::TotalFailed;
        let mut lines: Vec<String> = Vec::new();
        for timestamp in signature.timestamps.iter().filter(failed) {
            let (what, time) = (self.stamped_by(timestamp), self.say().time(timestamp.time));
            lines.push(match self.lang {
                Lang::Ja => format!("注意:{what} {time} は壊れており、無効です"),
                Lang::En => format!("WARNING: the {what}, {time}, is broken and INVALID"),
            });
        }
        lines
    }

    /// Which licence was asked for, and which the certificate states, where they differ.
    fn role_missing(&self, checks: &[Check]) -> Option<String> {
        checks.iter().find_map(|check| match check.id.as_ref() {
            "xcv.role" if check.outcome != Outcome::Passed => Some(self.role_line(check)),
            _ => self.role_missing(&check.children),
        })
    }

    fn role_line(&self, check: &Check) -> String {
        let detail = |key: &str| check.detail.get(key).map(String::as_str).filter(|text| !text.is_empty());
        let none = self.lang.pick("なし", "none");
        let (asked, stated) = (detail("required").unwrap_or(none), detail("found").unwrap_or(none));
        let stated = match self.lang {
            Lang::Ja => stated.split(", ").map(japanese).collect::<Vec<_>>().join("、"),
            Lang::En => stated.to_owned(),
        };
        let unknown: Vec<_> = asked.split(", ").filter(|name| Licence::named(name).is_none()).collect();
        let mut line = match self.lang {
            Lang::Ja => format!("求めた資格:{asked}、証明書の資格:{stated}"),
            Lang::En => format!("licence asked for: {asked}; licence in the certificate: {stated}"),
        };
        if !unknown.is_empty() {
            let unknown = unknown.join(", ");
            line += &match self.lang {
                Lang::Ja => format!("({unknown} は既知の資格名ではありません。綴りを確かめてください)"),
                Lang::En => format!(" ({unknown} is no licence that keiin knows: check its spelling)"),
            };
        }
        line
    }

    /// VALID is said of TOTAL_PASSED alone.
    fn headline(&self, indication: Indication, sub: Option<String>) -> String {
        let word = self.say().indication(indication);
        let code = messages::code(&indication);
        let sub = sub.map(|sub| format!(" / {sub}")).unwrap_or_default();
        match self.lang {
            Lang::Ja => format!("{word}({code}{sub})"),
            Lang::En => format!("{word} ({code}{sub})"),
        }
    }

    fn intact(&self, signature: &SignatureReport) -> String {
        let l = self.lang;
        let changed: Vec<&str> =
            signature.data.iter().filter(|d| d.found() && !d.intact()).map(|d| d.name.as_str()).collect();
        if !changed.is_empty() {
            let changed = changed.join(", ");
            return match l {
                Lang::Ja => {
                    format!(
                        "いいえ。内容が署名されたときと違います。署名後の変更か、別のファイルです({changed})"
                    )
                }
                Lang::En => {
                    format!(
                        "NO: the data is not what was signed: changed afterwards, or another file ({changed})"
                    )
                }
            };
        }
        let text = match (signature.signature_intact, signature.data.iter().all(|d| d.found())) {
            (Some(false), _) => l.pick(
                "いいえ。署名値が署名者の鍵と一致しません",
                "NO: the signature value does not fit the signer's key",
            ),
            (Some(true), true) => l.pick(
                "はい。署名された内容と署名値は、署名時のままです",
                "yes: the signed data and the signature value are as they were signed",
            ),
            (Some(true), false) => l.pick(
                "未確認。署名値は正しいものの、署名された内容が渡されていません",
                "not checked: the signature value is right, but the signed data was not given",
            ),
            (None, _) => l.pick(
                "未確認。署名値を確かめるための鍵または内容がありません",
                "not checked: the key or the signed data that the signature value needs is not there",
            ),
        };
        text.to_owned()
    }

    fn who(&self, signer: Option<&SignerReport>) -> Vec<String> {
        let l = self.lang;
        let Some(signer) = signer else {
            return vec![
                l.pick("不明(証明書が見つかりません)", "unknown: no certificate was found").to_owned(),
            ];
        };
        let roles: Vec<String> = self.roles(signer);
        let name = short(&signer.subject);
        let first = match (l, roles.is_empty()) {
            (Lang::Ja, false) => format!("{name}({})", roles.join("、")),
            (Lang::En, false) => format!("{name}, {}", roles.join(", ")),
            (_, true) => name,
        };
        let (from, to) = (self.say().day(signer.not_before), self.say().day(signer.not_after));
        let certificate = match l {
            Lang::Ja => {
                format!("証明書:{}、シリアル {}、有効期間 {from}~{to}", signer.subject, signer.serial)
            }
            Lang::En => {
                format!("certificate: {}, serial {}, valid {from} to {to}", signer.subject, signer.serial)
            }
        };
        let issuer = match l {
            Lang::Ja => format!("発行者:{}", signer.issuer),
            Lang::En => format!("issued by {}", signer.issuer),
        };
        vec![first, certificate, issuer, self.trust(signer)]
    }

    /// Licences as the verdict's profile read them; where the policy has no profile, as they stand in the certificate.
    fn roles(&self, signer: &SignerReport) -> Vec<String> {
        let own = if signer.roles.is_empty() {
            self.evidence.object(&signer.certificate).map(|o| inspect::roles(&o.bytes)).unwrap_or_default()
        } else {
            signer.roles.clone()
        };
        own.iter()
            .map(|role| match (self.lang, &role.japanese) {
                (Lang::Ja, Some(japanese)) => japanese.clone(),
                _ => role.code.clone(),
            })
            .collect()
    }

    fn trust(&self, signer: &SignerReport) -> String {
        let Some(anchor) = signer.path.last() else {
            return self
                .lang
                .pick(
                    "信頼の起点に至る経路が見つからないため、本人のものとは確認できていません",
                    "no path to a trusted certificate was found, so nobody vouches for this name",
                )
                .to_owned();
        };
        let name = match self.evidence.object(anchor).and_then(|o| inspect::subject(&o.bytes)) {
            Some(subject) => short(&subject),
            None => anchor.to_string(),
        };
        let class = signer.anchor_class.as_deref().map(|class| self.say().class(class));
        match (self.lang, class) {
            (Lang::Ja, Some(class)) => format!("信頼の起点:{name}({class})"),
            (Lang::Ja, None) => format!("信頼の起点:{name}"),
            (Lang::En, Some(class)) => format!("trusted through {name} ({class})"),
            (Lang::En, None) => format!("trusted through {name}"),
        }
    }

    fn when(&self, signature: &SignatureReport) -> Vec<String> {
        let time = &signature.time;
        let best = self.say().time(time.best_signature_time);
        let by = time.proven_by.and_then(|id| signature.timestamps.iter().find(|t| t.id == id));
        let proven = match (self.lang, time.proven_by.is_some()) {
            (Lang::Ja, true) => {
                let by = by.map(|t| self.stamped_by(t)).unwrap_or_else(|| "タイムスタンプ".to_owned());
                format!("{best} には存在していました(証明:{by})")
            }
            (Lang::En, true) => {
                let by = by.map(|t| self.stamped_by(t)).unwrap_or_else(|| "time-stamp".to_owned());
                format!("it existed at {best} (proven by the {by})")
            }
            (Lang::Ja, false) => {
                "判定の時刻より前に存在したことを証明するタイムスタンプはありません".to_owned()
            }
            (Lang::En, false) => {
                "no time-stamp proves that it existed before the time of this verdict".to_owned()
            }
        };
        let claimed = time.claimed.map(|claimed| {
            let claimed = self.say().time(claimed);
            match self.lang {
                Lang::Ja => format!("署名者の申告:{claimed}(申告のみでは証明になりません)"),
                Lang::En => format!("the signer claims {claimed}, which alone proves nothing"),
            }
        });
        let unproven = (time.proven_by.is_none()).then(|| self.unproven(signature)).flatten();
        std::iter::once(proven).chain(unproven).chain(claimed).collect()
    }

    /// The earliest time-stamp over the signature that fits, and whose TSA nobody vouches for: what it would prove.
    fn unproven(&self, signature: &SignatureReport) -> Option<String> {
        let open = |t: &&TimestampReport| {
            let chain = Some(SubIndication::NoCertificateChainFound) == t.sub_indication;
            t.kind == TimestampKind::Signature
                && t.imprint_intact
                && t.signature_intact == Some(true)
                && chain
        };
        let stamp = signature.timestamps.iter().filter(open).min_by_key(|t| t.time)?;
        let (by, at) = (self.stamped_by(stamp), self.say().time(stamp.time));
        let top = stamp.signer.as_ref().map(|tsa| short(&tsa.issuer)).unwrap_or_default();
        Some(match self.lang {
            Lang::Ja => format!(
                "{by} は {at} を示していますが、時刻認証局が信頼の起点につながりません(発行者:{top}。--tsa-trust で指定してください)"
            ),
            Lang::En => format!(
                "the {by} says {at}, but its TSA is not trusted (issued by {top}; name whom to trust with --tsa-trust)"
            ),
        })
    }

    fn stamped_by(&self, timestamp: &TimestampReport) -> String {
        let kind = self.say().timestamp(timestamp.kind);
        match (self.lang, &timestamp.signer) {
            (Lang::Ja, Some(tsa)) => format!("{} の{kind}", short(&tsa.subject)),
            (Lang::En, Some(tsa)) => format!("{kind} of {}", short(&tsa.subject)),
            (_, None) => kind.to_owned(),
        }
    }

    fn grounds(&self, signature: &SignatureReport) -> Vec<String> {
        let mut grounds = Vec::new();
        if let Some(signer) = &signature.signer {
            grounds.extend(signer.revocation.iter().map(|used| self.revocation(used, signer)));
        }
        for timestamp in &signature.timestamps {
            let time = self.say().time(timestamp.time);
            let verdict =
                self.headline(timestamp.indication, timestamp.sub_indication.map(messages::sub_code));
            let until = self.good_until(timestamp).map(|u| format!("、{u}")).unwrap_or_default();
            grounds.push(match self.lang {
                Lang::Ja => format!("{} {time}:{verdict}{until}", self.stamped_by(timestamp)),
                Lang::En => {
                    format!("{}, {time}: {verdict}{}", self.stamped_by(timestamp), until.replace('、', ", "))
                }
            });
        }
        grounds
    }

    /// Said of a time-stamp that holds; what is broken or open is good until no day.
    fn good_until(&self, timestamp: &TimestampReport) -> Option<String> {
        if timestamp.indication != Indication::TotalPassed {
            return None;
        }
        let until = self.say().time(timestamp.good_until?);
        let ends = timestamp.ends_with.as_ref().map(|e| e.algorithm.as_str());
        Some(match (self.lang, ends) {
            (Lang::Ja, None | Some("certificate")) => format!("{until} まで有効(証明書の期限)"),
            (Lang::Ja, Some(algorithm)) => format!("{until} まで有効({algorithm} の期限)"),
            (Lang::En, None | Some("certificate")) => format!("good until {until} (end of its certificates)"),
            (Lang::En, Some(algorithm)) => format!("good until {until} (end of {algorithm})"),
        })
    }

    fn revocation(&self, used: &RevocationUse, holder: &SignerReport) -> String {
        let subject = if used.certificate == holder.certificate {
            Some(holder.subject.clone())
        } else {
            self.evidence.object(&used.certificate).and_then(|o| inspect::subject(&o.bytes))
        };
        let of = subject.map_or_else(|| used.certificate.to_string(), |s| short(&s));
        let kind = used.kind.to_uppercase();
        let issuer = short(&used.issuer);
        let number = match (self.lang, &used.number) {
            (Lang::Ja, Some(number)) => format!(" 第{number}号"),
            (Lang::En, Some(number)) => format!(" no. {number}"),
            (_, None) => String::new(),
        };
        let (issued, next) =
            (self.say().time(used.this_update), used.next_update.map(|t| self.say().time(t)));
        let reason = used.reason.as_deref().map(|reason| self.say().reason(reason));
        match self.lang {
            Lang::Ja => {
                let next = next.map(|n| format!("、次回 {n}")).unwrap_or_default();
                let status = match (used.revoked_at, reason) {
                    (None, _) => "失効していない".to_owned(),
                    (Some(at), None) => format!("{} に失効", self.say().time(at)),
                    (Some(at), Some(reason)) => format!("{} に失効({reason})", self.say().time(at)),
                };
                format!("{of}:{status}({issuer} の{kind}{number}、発行 {issued}{next})")
            }
            Lang::En => {
                let next = next.map(|n| format!(", next {n}")).unwrap_or_default();
                let status = match (used.revoked_at, reason) {
                    (None, _) => "not revoked".to_owned(),
                    (Some(at), None) => format!("revoked at {}", self.say().time(at)),
                    (Some(at), Some(reason)) => format!("revoked at {} ({reason})", self.say().time(at)),
                };
                format!("{of}: {status} ({kind}{number} of {issuer}, issued {issued}{next})")
            }
        }
    }
}
