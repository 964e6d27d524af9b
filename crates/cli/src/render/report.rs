// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A verdict for people: three answers, the verdict, what it rests on, what is to be done.

mod answer;
mod ground;

use std::fmt::Write as _;

use keiin::{
    hpki::Licence,
    model::{Check, Evidence, Indication, Outcome, Report, SignatureReport, TimestampReport},
};

use super::{coverage, revision, table::pad, tree};
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
        let later = revision::later(signature);
        let mut intact = vec![self.intact(signature)];
        if later.iter().any(|later| !later.allowed) {
            let warning = l.pick(
                "ただし、署名の後に、署名者の許していない変更が加えられています。表示される文書は署名された文書ではありません",
                "BUT the file was changed afterwards in a way that the signer does not allow: what is shown is not what was signed",
            );
            intact.insert(0, warning.to_owned());
        }
        intact.extend(broken.clone());
        self.lines(out, l.pick("完全性", "Intact"), &intact);
        self.lines(out, l.pick("対 象", "Covers"), &coverage::lines(&signature.data, l));
        let later: Vec<String> = later.iter().map(|later| later.text(l)).collect();
        self.lines(out, l.pick("署名後", "Since"), &later);
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
}
