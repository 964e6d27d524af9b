// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The tree of checks, for those who ask why.

use std::fmt::Write as _;

use keiin::model::Check;

use crate::{lang::Lang, messages::check};

/// Checks with their outcome, clause and details, children indented under what rests on them.
pub(crate) fn checks(out: &mut String, checks: &[Check], depth: usize, lang: Lang) {
    for found in checks {
        let outcome = lang.messages().outcome(found.outcome);
        let text = check::text(&found.id, lang);
        let id = if text == found.id { String::new() } else { format!("; {}", found.id) };
        let indent = "  ".repeat(depth);
        let _ = writeln!(out, "{indent}[{outcome}] {text} ({}{id})", found.clause);
        for (key, value) in &found.detail {
            let _ = writeln!(out, "{indent}    {key}: {value}");
        }
        if let Some(object) = &found.object {
            let _ = writeln!(out, "{indent}    SHA-256 {object}");
        }
        self::checks(out, &found.children, depth + 1, lang);
    }
}
