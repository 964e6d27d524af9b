// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Paths for people: a tree from the anchor down, under each certificate what judged it, then what leads nowhere and what
//! is missing.

use std::fmt::Write as _;

use keiin::{
    PathJudgement,
    model::{
        Check, LinkStatus, ObjectId, Outcome, PathIndication, PathLink, PathPurpose, PathVerdict,
        RevocationUse, Want,
    },
};

use super::{name::short, tree};
use crate::{
    lang::Lang,
    messages::{self, check, path::reason},
};

/// Dead ends that are shown; JSON has all.
const MAX_SHOWN: usize = 12;

/// How a judgement is shown.
#[derive(Clone, Copy)]
pub(crate) struct PathView<'a> {
    pub(crate) lang: Lang,
    /// Whether the tree of checks is shown.
    pub(crate) verbose: bool,
    pub(crate) judgement: &'a PathJudgement,
}

impl PathView<'_> {
    /// The whole text.
    pub(crate) fn render(&self, file: &str) -> String {
        let report = &self.judgement.report;
        let mut out = String::new();
        let (name, purpose) = (self.name(&report.certificate), self.purpose(report.purpose));
        let _ = match self.lang {
            Lang::Ja => writeln!(out, "{file}:{name}({purpose})"),
            Lang::En => writeln!(out, "{file}: {name} ({purpose})"),
        };
        for (index, path) in report.paths.iter().enumerate() {
            self.path(&mut out, index + 1, path);
        }
        self.dead_ends(&mut out);
        self.missing(&mut out);
        if let Some(limit) = &report.exhausted {
            let _ = writeln!(
                out,
                "  {}{}",
                self.lang.pick("探索を途中で打ち切りました:", "The search was ended: "),
                reason(limit, self.lang)
            );
        }
        let (verdict, at) = (self.verdict(report.indication), self.lang.messages().time(report.time));
        let why =
            report.sub_indication.map(|sub| format!(" {}", messages::sub_code(sub))).unwrap_or_default();
        let _ = match self.lang {
            Lang::Ja => writeln!(out, "判定:{verdict}{why}(時刻 {at}、検証方針 {})", report.policy),
            Lang::En => writeln!(out, "Verdict: {verdict}{why} (as of {at}, policy {})", report.policy),
        };
        if let (Some(sub), true) = (report.sub_indication, report.paths.is_empty()) {
            let _ = writeln!(out, "  {}", self.lang.messages().sub_indication(sub));
        }
        out
    }

    fn path(&self, out: &mut String, number: usize, path: &PathVerdict) {
        let why = path.sub_indication.map(|sub| format!(" {}", messages::sub_code(sub))).unwrap_or_default();
        let verdict = self.verdict(path.indication);
        let _ = match self.lang {
            Lang::Ja => writeln!(out, "  経路 {number}:{verdict}{why}"),
            Lang::En => writeln!(out, "  Path {number}: {verdict}{why}"),
        };
        for (depth, link) in path.links.iter().rev().enumerate() {
            self.link(out, depth, link, path);
        }
        let indent = " ".repeat(4);
        self.problems(out, &indent, &path.checks);
        if !path.policies.is_empty() {
            let policies: Vec<String> = path.policies.iter().map(ToString::to_string).collect();
            let label = self.lang.pick("証明書ポリシー:", "policies: ");
            let _ = writeln!(out, "{indent}{label}{}", policies.join(", "));
        }
        if self.verbose {
            tree::checks(out, &path.checks, 3, self.lang);
        }
    }

    fn link(&self, out: &mut String, depth: usize, link: &PathLink, path: &PathVerdict) {
        let branch = if depth == 0 { String::new() } else { format!("{}└─ ", "   ".repeat(depth - 1)) };
        let _ = writeln!(out, "    {branch}{}{}", self.name(&link.certificate), self.particulars(link));
        let indent = format!("    {}", "   ".repeat(depth));
        let status = match link.status {
            LinkStatus::Anchor => {
                let class = path.anchor_class.as_deref().map(|class| self.lang.messages().class(class));
                let class =
                    class.map(|class| self.lang.pick("、", ", ").to_owned() + class).unwrap_or_default();
                self.lang.pick("信頼の起点", "trusted").to_owned() + &class
            }
            LinkStatus::Good => self.lang.pick("失効していません", "not revoked").to_owned(),
            LinkStatus::Revoked => self.lang.pick("失効しています", "REVOKED").to_owned(),
            LinkStatus::OnHold => self.lang.pick("効力が一時停止されています", "ON HOLD").to_owned(),
            LinkStatus::Unknown => self
                .lang
                .pick("失効の有無が分かりません", "nothing usable says whether it is revoked")
                .to_owned(),
            LinkStatus::NotAsked => {
                self.lang.pick("失効情報は発行されません", "no revocation data is issued for it").to_owned()
            }
        };
        let by = link.revocation.as_ref().map(|used| self.by(used)).unwrap_or_default();
        let _ = writeln!(out, "{indent}{status}{by}");
        for refused in link.refused.iter().take(MAX_SHOWN) {
            let (object, why) = (self.object(&refused.object), reason(&refused.why, self.lang));
            let _ = match self.lang {
                Lang::Ja => writeln!(out, "{indent}使わなかったもの:{object}({why})"),
                Lang::En => writeln!(out, "{indent}not used: {object} ({why})"),
            };
        }
        self.problems(out, &indent, &link.checks);
        if self.verbose {
            tree::checks(out, &link.checks, depth + 3, self.lang);
        }
    }

    /// Serial number and validity.
    fn particulars(&self, link: &PathLink) -> String {
        let certificates = &self.judgement.report.certificates;
        let Some(found) = certificates.iter().find(|c| c.id == link.certificate) else {
            return String::new();
        };
        let messages = self.lang.messages();
        let (from, to) = (messages.day(found.not_before), messages.day(found.not_after));
        match self.lang {
            Lang::Ja => format!("(シリアル番号 {}、{from}から{to}まで)", found.serial),
            Lang::En => format!(" (serial {}, {from} to {to})", found.serial),
        }
    }

    /// What judged a certificate.
    fn by(&self, used: &RevocationUse) -> String {
        let messages = self.lang.messages();
        let kind = used.kind.to_uppercase();
        let number = used.number.as_ref().map(|n| format!(" {n}")).unwrap_or_default();
        let (issuer, issued) = (short(&used.issuer), messages.time(used.this_update));
        let mut text = match self.lang {
            Lang::Ja => format!(":{kind}{number}({issuer}、{issued}発行"),
            Lang::En => format!(": {kind}{number} of {issuer}, issued {issued}"),
        };
        if let Some(next) = used.next_update {
            let next = messages.time(next);
            text += &match self.lang {
                Lang::Ja => format!("、次回 {next}"),
                Lang::En => format!(", next {next}"),
            };
        }
        if let Some(at) = used.revoked_at {
            let (at, why) = (messages.time(at), used.reason.as_deref().map(|r| messages.reason(r)));
            text += &match self.lang {
                Lang::Ja => format!("、失効日時 {at} {}", why.unwrap_or_default()),
                Lang::En => format!(", revoked {at} {}", why.unwrap_or_default()),
            };
        }
        if self.lang == Lang::Ja { text + ")" } else { text }
    }

    /// The checks that stand in the way.
    fn problems(&self, out: &mut String, indent: &str, checks: &[Check]) {
        let in_the_way = |check: &&Check| matches!(check.outcome, Outcome::Indeterminate | Outcome::Failed);
        for found in checks.iter().filter(in_the_way) {
            let text = check::text(&found.id, self.lang);
            let detail = match (found.detail.get("code"), found.detail.get("found")) {
                (Some(code), _) => reason(code, self.lang).to_owned(),
                (None, Some(value)) => value.clone(),
                (None, None) => String::new(),
            };
            let outcome = self.lang.messages().outcome(found.outcome);
            let colon = if detail.is_empty() { "" } else { self.lang.pick(":", ": ") };
            let _ = writeln!(out, "{indent}[{outcome}] {text}{colon}{detail} ({})", found.clause);
        }
    }

    fn dead_ends(&self, out: &mut String) {
        let dead_ends = &self.judgement.report.dead_ends;
        if dead_ends.is_empty() {
            return;
        }
        let _ = writeln!(out, "  {}", self.lang.pick("行き止まり", "Dead ends"));
        for dead_end in dead_ends.iter().take(MAX_SHOWN) {
            let names: Vec<String> = dead_end.certificates.iter().map(|id| self.name(id)).collect();
            let why = reason(&dead_end.why, self.lang);
            let _ = writeln!(out, "    {}{}{why}", names.join(" ← "), self.lang.pick(":", ": "));
        }
        if let Some(more) = dead_ends.len().checked_sub(MAX_SHOWN).filter(|more| *more > 0) {
            let _ = match self.lang {
                Lang::Ja => writeln!(out, "    ほかに{more}件(--json ですべて示します)"),
                Lang::En => writeln!(out, "    and {more} more (--json shows all)"),
            };
        }
    }

    fn missing(&self, out: &mut String) {
        let wants = &self.judgement.report.wants;
        if wants.is_empty() {
            return;
        }
        let _ = writeln!(out, "  {}", self.lang.pick("足りないもの", "Missing"));
        for want in wants {
            let name = self.name(want.certificate());
            let (what, urls) = match want {
                Want::Revocation { issued_after, crl_urls, ocsp_urls, .. } => {
                    let urls: Vec<&str> = crl_urls.iter().chain(ocsp_urls).map(String::as_str).collect();
                    (self.revocation_data(&name, *issued_after), urls.join(" "))
                }
                Want::Issuer { urls, .. } => {
                    let what = match self.lang {
                        Lang::Ja => format!("{name} の発行者の証明書"),
                        Lang::En => format!("the certificate of the issuer of {name}"),
                    };
                    (what, urls.join(" "))
                }
                _ => (name, String::new()),
            };
            let _ = writeln!(out, "    {what} {urls}");
        }
    }

    fn revocation_data(&self, name: &str, after: Option<keiin::model::Time>) -> String {
        let after = after.map(|time| self.lang.messages().time(time));
        match (self.lang, after) {
            (Lang::Ja, None) => format!("{name} の失効情報"),
            (Lang::Ja, Some(after)) => format!("{name} の失効情報({after} 以後に発行されたもの)"),
            (Lang::En, None) => format!("revocation data about {name}"),
            (Lang::En, Some(after)) => format!("revocation data about {name}, issued {after} or later"),
        }
    }

    fn name(&self, id: &ObjectId) -> String {
        let found = self.judgement.report.certificates.iter().find(|c| c.id == *id);
        let subject = found.map(|c| c.subject.clone()).or_else(|| {
            let object = self.judgement.evidence.object(id)?;
            keiin::inspect::subject(&object.bytes)
        });
        match subject.as_deref() {
            Some("") => self.lang.pick("(名前なし)", "(no name)").to_owned(),
            Some(subject) => short(subject),
            None => id.to_string(),
        }
    }

    /// A CRL or OCSP response in a few words.
    fn object(&self, id: &ObjectId) -> String {
        let evidence = self.judgement.evidence.object(id);
        let found = evidence.and_then(|object| keiin::inspect::RevocationSummary::read(&object.bytes));
        match found.and_then(|found| Some((found.this_update?, found.issuer))) {
            Some((issued, issuer)) => format!("{} {}", short(&issuer), self.lang.messages().time(issued)),
            None => id.to_string(),
        }
    }

    fn verdict(&self, indication: PathIndication) -> &'static str {
        match indication {
            PathIndication::Passed => self.lang.pick("有効", "VALID"),
            PathIndication::Failed => self.lang.pick("無効", "NOT VALID"),
            PathIndication::Indeterminate => self.lang.pick("判定不能", "UNDECIDED"),
        }
    }

    fn purpose(&self, purpose: PathPurpose) -> &'static str {
        match purpose {
            PathPurpose::Signer => self.lang.pick("文書の署名用として", "for signing documents"),
            PathPurpose::Tsa => self.lang.pick("タイムスタンプ用として", "for time-stamps"),
            PathPurpose::Any => self.lang.pick("用途を問わず", "for any purpose"),
        }
    }
}
