// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What came after a signature in its file.

use keiin::model::{Check, Outcome, SignatureReport};
use serde_json::{Value, json};

use crate::{lang::Lang, messages::revision};

/// One change of a later revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Later {
    /// Which revision, counted from the first.
    pub(crate) revision: Option<u32>,
    /// What it did.
    pub(crate) code: String,
    /// A field, a key, an object.
    pub(crate) about: String,
    pub(crate) allowed: bool,
}

/// The changes as the engine was told them, those that are not allowed first.
pub(crate) fn later(signature: &SignatureReport) -> Vec<Later> {
    let mut found = Vec::new();
    collect(&signature.checks, &mut found);
    found.sort_by_key(|later| later.allowed);
    found
}

fn collect(checks: &[Check], found: &mut Vec<Later>) {
    for check in checks {
        if check.id == "sav.revision"
            && let Some(change) = check.detail.get("change")
        {
            let (place, what) = change.split_once(": ").unwrap_or(("", change));
            let (code, about) = what.split_once(' ').unwrap_or((what, ""));
            let later = Later {
                revision: place.strip_prefix("revision ").and_then(|number| number.parse().ok()),
                code: code.to_owned(),
                about: about.to_owned(),
                allowed: check.outcome == Outcome::Passed,
            };
            if !found.contains(&later) {
                found.push(later);
            }
        }
        collect(&check.children, found);
    }
}

impl Later {
    pub(crate) fn json(&self) -> Value {
        json!({ "revision": self.revision, "change": self.code, "about": self.about, "allowed": self.allowed })
    }

    pub(crate) fn text(&self, lang: Lang) -> String {
        let what = revision::change(&self.code, lang);
        let about = match (self.about.as_str(), lang) {
            ("", _) => String::new(),
            (about, Lang::Ja) => format!("({about})"),
            (about, Lang::En) => format!(" ({about})"),
        };
        let place = match (self.revision, lang) {
            (Some(number), Lang::Ja) => format!("第{number}版:"),
            (Some(number), Lang::En) => format!("revision {number}: "),
            (None, _) => String::new(),
        };
        let not =
            if self.allowed { "" } else { lang.pick("【許されていない変更】", "NOT ALLOWED: ") };
        format!("{not}{place}{what}{about}")
    }
}
