// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a building block concludes, and the checks that it leaves behind.

use std::borrow::Cow;

use keiin_model::{Check, Indication, ObjectId, Outcome, SubIndication};

/// The conclusion of a building block or process (EN 319 102-1, 5.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conclusion {
    Passed,
    Indeterminate(SubIndication),
    Failed(SubIndication),
}

impl Conclusion {
    pub(crate) const fn is_passed(self) -> bool {
        matches!(self, Self::Passed)
    }

    pub(crate) const fn indication(self) -> Indication {
        match self {
            Self::Passed => Indication::TotalPassed,
            Self::Indeterminate(_) => Indication::Indeterminate,
            Self::Failed(_) => Indication::TotalFailed,
        }
    }

    pub(crate) const fn sub(self) -> Option<SubIndication> {
        match self {
            Self::Passed => None,
            Self::Indeterminate(sub) | Self::Failed(sub) => Some(sub),
        }
    }

    pub(crate) const fn outcome(self) -> Outcome {
        match self {
            Self::Passed => Outcome::Passed,
            Self::Indeterminate(_) => Outcome::Indeterminate,
            Self::Failed(_) => Outcome::Failed,
        }
    }

    /// This conclusion, or `next` where this one passed.
    pub(crate) fn then(self, next: impl FnOnce() -> Self) -> Self {
        if self.is_passed() { next() } else { self }
    }
}

/// A check by its stable name, its clause and what it found.
pub(crate) const fn check(id: &'static str, clause: &'static str, outcome: Outcome) -> Check {
    Check {
        id: Cow::Borrowed(id),
        clause: Cow::Borrowed(clause),
        outcome,
        object: None,
        detail: std::collections::BTreeMap::new(),
        children: Vec::new(),
    }
}

/// A check that either passed or found `otherwise`.
pub(crate) const fn checked(
    id: &'static str,
    clause: &'static str,
    passed: bool,
    otherwise: Outcome,
) -> Check {
    check(id, clause, if passed { Outcome::Passed } else { otherwise })
}

/// Fills in a check.
pub(crate) trait CheckDetail {
    fn about(self, object: ObjectId) -> Self;
    fn with(self, key: &'static str, value: impl ToString) -> Self;
    fn over(self, children: Vec<Check>) -> Self;
    fn concluding(self, conclusion: Conclusion) -> Self;
}

impl CheckDetail for Check {
    fn about(mut self, object: ObjectId) -> Self {
        self.object = Some(object);
        self
    }

    fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        self.detail.insert(Cow::Borrowed(key), value.to_string());
        self
    }

    fn over(mut self, children: Vec<Check>) -> Self {
        self.children = children;
        self
    }

    fn concluding(mut self, conclusion: Conclusion) -> Self {
        self.outcome = conclusion.outcome();
        if let Some(sub) = conclusion.sub() {
            self.detail.insert(Cow::Borrowed("sub-indication"), format!("{sub:?}"));
        }
        self
    }
}
