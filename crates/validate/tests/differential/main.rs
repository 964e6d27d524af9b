// SPDX-License-Identifier: Apache-2.0 OR MIT
//! 5,000 random sets of certificates and CRLs judged by keiin, `openssl verify` and certval. Every difference is explained
//! by a rule that names a clause, never by a case; a rule that explains nothing any more fails.
//!
//! `KEIIN_DIFFERENTIAL=50000` runs more.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::panic
)]

mod case;
mod judge;
mod rule;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU64, Ordering},
};

use case::case;
use judge::OpenSsl;
use rule::{Judge, RULES};

const CASES: u64 = 5_000;

/// What a run came to.
#[derive(Default)]
struct Tally {
    ran: u64,
    valid: u64,
    differences: BTreeMap<Judge, u64>,
    used: BTreeSet<usize>,
    unexplained: Vec<String>,
}

fn judge_one(seed: u64, openssl: &OpenSsl, tally: &mut Tally) {
    let case = case(seed);
    let ours = judge::keiin(&case);
    tally.ran += 1;
    tally.valid += u64::from(ours);
    for (judge, theirs) in [(Judge::OpenSsl, openssl.judge(&case)), (Judge::Certval, judge::certval(&case))] {
        if ours == theirs {
            continue;
        }
        *tally.differences.entry(judge).or_default() += 1;
        let explains = |(_, rule): &(usize, &rule::Rule)| {
            rule.judge == judge
                && rule.ours == ours
                && case.changes.iter().any(|change| (rule.when)(*change, case.chain.len()))
        };
        match RULES.iter().enumerate().find(explains) {
            Some((index, _)) => {
                tally.used.insert(index);
            }
            None => tally.unexplained.push(format!(
                "seed {}: {judge:?} says {theirs} and keiin {ours}: {:?} of {} {:?}",
                case.seed,
                case.changes,
                case.chain.len(),
                judge::report(&case).sub_indication,
            )),
        }
    }
}

#[test]
fn every_difference_is_explained() {
    if !OpenSsl::is_there() {
        println!("differential: 0 sets ran, there is no openssl");
        return;
    }
    let cases = std::env::var("KEIIN_DIFFERENTIAL").map_or(CASES, |n| n.parse().unwrap());
    let next = AtomicU64::new(1);
    let work = || {
        let folder = tempfile::tempdir().unwrap();
        let (openssl, mut tally) = (OpenSsl::new(folder.path()), Tally::default());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > cases {
                return tally;
            }
            judge_one(seed, &openssl, &mut tally);
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(8);
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut all = Tally::default();
    for tally in tallies {
        all.ran += tally.ran;
        all.valid += tally.valid;
        all.used.extend(tally.used);
        all.unexplained.extend(tally.unexplained);
        for (judge, count) in tally.differences {
            *all.differences.entry(judge).or_default() += count;
        }
    }
    println!("differential: {} sets ran, {} valid, differences {:?}", all.ran, all.valid, all.differences);
    all.unexplained.sort();
    for line in &all.unexplained {
        println!("  {line}");
    }
    assert!(all.unexplained.is_empty(), "{} differences without a rule", all.unexplained.len());
    assert!(all.valid * 10 > all.ran && all.valid * 10 < all.ran * 9, "both verdicts are met often");
    if cases >= CASES {
        for (index, rule) in RULES.iter().enumerate() {
            assert!(all.used.contains(&index), "this rule explains nothing: {:?} {}", rule.judge, rule.why);
        }
    }
}
