// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where others judge differently, and the clause by which keiin judges as it does.

use crate::case::Change;

/// Who judges differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Judge {
    OpenSsl,
    Certval,
}

/// A reason for a difference.
pub(crate) struct Rule {
    pub(crate) judge: Judge,
    /// keiin's verdict; the other's is the opposite.
    pub(crate) ours: bool,
    /// What must have been done to the set; the second argument is the length of its chain.
    pub(crate) when: fn(Change, usize) -> bool,
    /// Why, with the clause.
    pub(crate) why: &'static str,
}

/// A delta that changes the status.
const fn by_delta(change: Change, _: usize) -> bool {
    matches!(change, Change::RevokedByDelta { .. } | Change::HoldRemovedByDelta { .. })
}

const fn in_the_future(change: Change, _: usize) -> bool {
    matches!(change, Change::FutureCrl { .. })
}

const fn revoked_later(change: Change, _: usize) -> bool {
    matches!(change, Change::RevokedLater { .. })
}

const LATER: &str =
    "EN 319 102-1, 5.2.6.4 step 2 d: a revocation counts from its date; others take any entry for one of now";
const FUTURE: &str = "EN 319 102-1, 5.2.5.4: a list issued after the time is the fresher one; others judge it by the time of the certificate";

pub(crate) const RULES: &[Rule] = &[
    Rule { judge: Judge::OpenSsl, ours: true, when: in_the_future, why: FUTURE },
    Rule { judge: Judge::Certval, ours: true, when: in_the_future, why: FUTURE },
    Rule { judge: Judge::OpenSsl, ours: true, when: revoked_later, why: LATER },
    Rule { judge: Judge::Certval, ours: true, when: revoked_later, why: LATER },
    Rule {
        judge: Judge::OpenSsl,
        ours: true,
        when: |change, _| matches!(change, Change::ForeignKeyId { .. }),
        why: "RFC 5280, 4.2.1.1 and 6.1: key identifiers help to find an issuer and decide nothing; OpenSSL refuses",
    },
    Rule {
        judge: Judge::OpenSsl,
        ours: true,
        when: |change, _| matches!(change, Change::CrlOfItsPoint { at: 0 }),
        why: "RFC 5280, 6.1: the anchor is not part of the path; OpenSSL asks for a list about the root too",
    },
    Rule {
        judge: Judge::OpenSsl,
        ours: true,
        when: by_delta,
        why: "RFC 5280, 5.2.4: a delta of the same scope counts wherever it is from; OpenSSL wants a freshestCRL",
    },
    Rule {
        judge: Judge::OpenSsl,
        ours: false,
        when: by_delta,
        why: "RFC 5280, 5.2.4: a delta of the same scope counts wherever it is from; OpenSSL wants a freshestCRL",
    },
    Rule {
        judge: Judge::Certval,
        ours: true,
        when: by_delta,
        why: "RFC 5280, 6.3.3 (i): certval is handed the complete list alone, having no deltas",
    },
    Rule {
        judge: Judge::Certval,
        ours: false,
        when: by_delta,
        why: "RFC 5280, 6.3.3 (i): certval is handed the complete list alone, having no deltas",
    },
    Rule {
        judge: Judge::Certval,
        ours: true,
        when: |change, _| matches!(change, Change::NoKeyUsage { .. }),
        why: "RFC 5280, 6.1.4 (n): only a keyUsage that is there restricts; certval wants one in a CA certificate",
    },
    Rule {
        judge: Judge::Certval,
        ours: true,
        when: |change, _| matches!(change, Change::CrlWithoutNext { .. }),
        why: "RFC 5280, 6.3.3: nothing refuses a list without nextUpdate; keiin lets it speak for a day, certval not at all",
    },
    Rule {
        judge: Judge::OpenSsl,
        ours: false,
        when: |change, _| matches!(change, Change::CrlWithoutNext { .. }),
        why: "RFC 5280, 5.1.2.5 wants nextUpdate: without it keiin lets a list speak for a day, OpenSSL for ever",
    },
];
