// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The story as a table that a person reads from top to bottom.

use std::fmt::Write as _;

use keiin::model::{Indication, Report, SubIndication, Time};

use super::scene::Stage;
use crate::{lang::Lang, messages, render::table};

/// One line of the story.
pub(super) struct Event {
    at: Time,
    what: String,
    level: String,
    octets: usize,
    verdict: Option<(Indication, Option<SubIndication>)>,
    good_until: Option<Time>,
    next: Option<keiin::model::NextAction>,
    expected: Option<Indication>,
    aside: bool,
}

impl Event {
    pub(super) fn new(
        at: Time,
        what: &str,
        level: &str,
        octets: usize,
        report: &Report,
        expected: Option<Indication>,
    ) -> Self {
        let signature = report.signatures.first();
        let last = signature.and_then(|s| s.timestamps.last());
        let own_end = signature.and_then(|s| s.signer.as_ref()).map(|signer| signer.not_after);
        let verdict = signature.map(|s| (s.indication, s.sub_indication));
        Self {
            at,
            what: what.to_owned(),
            level: level.to_owned(),
            octets,
            good_until: last.map_or(own_end, |last| last.good_until),
            next: signature.and_then(|s| s.next.first()).cloned(),
            verdict,
            expected,
            aside: false,
        }
    }

    /// What would have been: not part of the file's own story.
    pub(super) fn aside(mut self) -> Self {
        self.aside = true;
        self
    }

    /// Whether the verdict is the one that the story tells.
    pub(super) fn is_as_told(&self) -> bool {
        match (self.expected, self.verdict) {
            (Some(expected), Some((found, _))) => expected == found,
            // Of a signature without a time-stamp only this is told: it is not invalid.
            (None, Some((found, _))) => found != Indication::TotalFailed,
            (_, None) => false,
        }
    }

    fn row(&self, lang: Lang) -> [String; 6] {
        let messages = lang.messages();
        let verdict = self.verdict.map(|(indication, sub)| {
            let word = messages.indication(indication);
            match sub {
                Some(sub) => format!("{word} {}", messages::sub_code(sub)),
                None => word.to_owned(),
            }
        });
        let unexpected = if self.is_as_told() { "" } else { lang.pick("(想定外)", " (NOT AS TOLD)") };
        let until = self.good_until.filter(|_| !self.aside).map(|t| messages.day(t)).unwrap_or_default();
        let mark = if self.aside { "× " } else { "● " };
        [
            messages.day(self.at),
            format!("{mark}{}", self.what),
            self.level.clone(),
            self.octets.to_string(),
            format!("{}{unexpected}", verdict.unwrap_or_default()),
            until,
        ]
    }
}

/// The story.
pub(super) fn render(events: &[Event], stage: &Stage, lang: Lang) -> String {
    let mut out = String::new();
    let _ = match lang {
        Lang::Ja => writeln!(
            out,
            "処方箋への署名を25年間維持する例(テスト用の認証局・時刻認証局・医師のカードを使い、時計を進めて実演)\n"
        ),
        Lang::En => writeln!(
            out,
            "A signed prescription kept alive for 25 years (a test PKI, test TSAs, a doctor's test card, and a clock that is moved on)\n"
        ),
    };
    let heading = match lang {
        Lang::Ja => ["日付", "できごと", "段階", "バイト", "判定", "有効期限の目安"],
        Lang::En => ["Date", "What", "Level", "Octets", "Verdict", "Good until"],
    };
    let mut rows: Vec<[String; 6]> = vec![heading.map(str::to_owned)];
    rows.extend(events.iter().map(|event| event.row(lang)));
    out.push_str(&table::rows(&rows, 0));
    out.push('\n');
    for event in events.iter().filter(|e| e.verdict.is_some_and(|(i, _)| i != Indication::TotalPassed)) {
        let day = lang.messages().day(event.at);
        let why = event.verdict.and_then(|(_, sub)| sub).map(|sub| lang.messages().sub_indication(sub));
        let next = event.next.as_ref().map(|next| lang.messages().action(next)).unwrap_or_default();
        let what = &event.what;
        let _ = match lang {
            Lang::Ja => writeln!(out, "{day} {what}:{}。{next}", why.unwrap_or_default()),
            Lang::En => writeln!(out, "{day} {what}: {}. {next}", why.unwrap_or_default()),
        };
    }
    if let Some(folder) = stage.kept() {
        let folder = folder.display();
        let _ = match lang {
            Lang::Ja => writeln!(out, "\nファイル:{folder}"),
            Lang::En => writeln!(out, "\nFiles: {folder}"),
        };
    }
    out
}

/// The last line.
pub(super) fn summary(events: usize, right: bool, seconds: f64, lang: Lang) -> String {
    match (lang, right) {
        (Lang::Ja, true) => format!("\n{events} 回の検証はすべて想定どおりでした({seconds:.1} 秒)\n"),
        (Lang::Ja, false) => format!("\n想定と異なる判定がありました({seconds:.1} 秒)\n"),
        (Lang::En, true) => format!("\nAll {events} verdicts came out as told ({seconds:.1} s)\n"),
        (Lang::En, false) => format!("\nA verdict did not come out as told ({seconds:.1} s)\n"),
    }
}

/// A day for a file's name.
pub(super) fn file_date(at: Time) -> String {
    at.to_string().chars().take(10).collect()
}
