// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Digests of ranges of the file. Signatures and time-stamps of one file are over nearly the same octets, so all that is
//! wanted is planned together: the file is read once from its first octet to its last, what begins alike is hashed once,
//! and where two part, the digest under way is cloned.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::Range,
    sync::PoisonError,
};

use keiin_model::DigestAlgorithm;
use keiin_pki::digest::{DigestSet, Hasher, MultiHasher};

use crate::{PadesError, limits::MAX_HASHED, source::Source};

/// Beginnings of the file whose digests are kept.
const MAX_PREFIXES: usize = 64;
/// Octets that one digest takes before the next has its turn: they stay in the first-level cache.
const TURN: usize = 1 << 14;

/// Ranges that are hashed one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Ranges {
    /// The ranges.
    pub ranges: Vec<Range<usize>>,
    /// Under which algorithms.
    pub algorithms: BTreeSet<DigestAlgorithm>,
    /// Where something in the first range begins that may be written anew: the digest of all before it is kept.
    pub written_anew: Option<usize>,
}

/// Digests under way, each over the file from its first octet to `end`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prefixes(Vec<Prefix>);

#[derive(Clone, Debug)]
struct Prefix {
    end: usize,
    algorithm: DigestAlgorithm,
    hasher: Hasher,
}

impl Prefixes {
    /// The longest beginning that is known, is longer than `from` and not longer than `end`.
    fn longest(&self, algorithm: DigestAlgorithm, from: usize, end: usize) -> Option<&Prefix> {
        let fits = |p: &&Prefix| p.algorithm == algorithm && from < p.end && p.end <= end;
        self.0.iter().filter(fits).max_by_key(|prefix| prefix.end)
    }

    fn keep(&mut self, prefix: Prefix) {
        if self.0.iter().any(|p| p.end == prefix.end && p.algorithm == prefix.algorithm) {
            return;
        }
        let shortest = self.0.iter().enumerate().min_by_key(|(_, prefix)| prefix.end).map(|(index, _)| index);
        if let Some(shortest) = shortest.filter(|_| self.0.len() >= MAX_PREFIXES) {
            self.0.swap_remove(shortest);
        }
        self.0.push(prefix);
    }

    /// Those of what stays when all behind `end` changes.
    pub(crate) fn until(mut self, end: usize) -> Self {
        self.0.retain(|prefix| prefix.end <= end);
        self
    }
}

impl Source {
    /// The digests of each of these, in their order. What of a range is not in the file is left out.
    ///
    /// # Errors
    /// [`PadesError::Unread`] when the file cannot be read again, [`PadesError::Limit`] when too much would be hashed.
    pub fn digests(&self, wanted: &[Ranges]) -> Result<Vec<DigestSet>, PadesError> {
        let known = self.prefixes().lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut sweep = Sweep::plan(self, wanted, known);
        sweep.run()?;
        *self.prefixes().lock().unwrap_or_else(PoisonError::into_inner) =
            sweep.prefixes.until(self.base().len());
        let mut found = vec![DigestSet::default(); wanted.len()];
        for branch in sweep.branches.into_iter().chain(sweep.apart) {
            if let Some(place) = found.get_mut(branch.index) {
                *place = branch.hashers.into_iter().collect::<MultiHasher>().finish();
            }
        }
        Ok(found)
    }
}

/// The file from its first octet on under one algorithm.
struct Trunk {
    hasher: Hasher,
    legs: VecDeque<Leg>,
}

/// A part of the way that has to be read; what is known stands before it.
struct Leg {
    range: Range<usize>,
    known: Option<Hasher>,
}

/// One of those wanted from where it leaves the trunk.
struct Branch {
    index: usize,
    algorithms: BTreeSet<DigestAlgorithm>,
    fork: usize,
    rest: VecDeque<Range<usize>>,
    /// One for each algorithm, from the fork on.
    hashers: Vec<Hasher>,
}

/// One way through the file.
struct Sweep<'s> {
    source: &'s Source,
    trunks: BTreeMap<DigestAlgorithm, Trunk>,
    branches: Vec<Branch>,
    /// Ranges that do not follow each other: each of them is read for itself.
    apart: Vec<Branch>,
    prefixes: Prefixes,
    hashed: u64,
}

impl<'s> Sweep<'s> {
    fn plan(source: &'s Source, wanted: &[Ranges], prefixes: Prefixes) -> Self {
        let border = source.base().len();
        let (mut branches, mut apart) = (Vec::new(), Vec::new());
        let mut stops: BTreeMap<DigestAlgorithm, BTreeSet<usize>> = BTreeMap::new();
        for (index, one) in wanted.iter().enumerate().filter(|(_, one)| !one.algorithms.is_empty()) {
            let mut branch = Branch::new(index, one, source.len());
            if !branch.is_in_order() {
                branch.rest.push_front(0..branch.fork);
                apart.push(branch);
                continue;
            }
            // The next revision begins at the border, and so does its digest.
            let also = [Some(border), one.written_anew].into_iter().flatten().filter(|at| *at < branch.fork);
            let also: Vec<usize> = also.chain([branch.fork]).collect();
            for algorithm in &one.algorithms {
                stops.entry(*algorithm).or_default().extend(&also);
            }
            branches.push(branch);
        }
        let trunk = |(algorithm, stops)| (algorithm, Trunk::new(algorithm, &stops, &prefixes));
        let trunks = stops.into_iter().map(trunk).collect();
        Self { source, trunks, branches, apart, prefixes, hashed: 0 }
    }

    fn run(&mut self) -> Result<(), PadesError> {
        let legs = self.trunks.values().flat_map(|trunk| &trunk.legs).map(|leg| &leg.range);
        let rests = self.branches.iter().flat_map(|branch| &branch.rest);
        let mut borders: BTreeSet<usize> = legs.chain(rests).flat_map(|r| [r.start, r.end]).collect();
        borders.extend(self.branches.iter().map(|branch| branch.fork));
        let mut borders = borders.into_iter().peekable();
        while let Some(at) = borders.next() {
            self.arrive(at);
            if let Some(next) = borders.peek() {
                self.feed(at..*next)?;
                self.leave(*next);
            }
        }
        self.feed_apart()
    }

    /// What is known comes in, and what parts here is cloned.
    fn arrive(&mut self, at: usize) {
        for trunk in self.trunks.values_mut() {
            let Some(leg) = trunk.legs.front_mut().filter(|leg| leg.range.start == at) else { continue };
            if let Some(known) = leg.known.take() {
                trunk.hasher = known;
            }
            if leg.range.is_empty() {
                trunk.legs.pop_front();
            }
        }
        for branch in self.branches.iter_mut().filter(|branch| branch.fork == at) {
            let parts = branch.algorithms.iter().filter_map(|algorithm| self.trunks.get(algorithm));
            branch.hashers = parts.map(|trunk| trunk.hasher.clone()).collect();
        }
    }

    /// Reads a piece for all that want it.
    fn feed(&mut self, piece: Range<usize>) -> Result<(), PadesError> {
        let covers = |range: Option<&Range<usize>>| {
            range.is_some_and(|range| range.start <= piece.start && piece.end <= range.end)
        };
        let trunks =
            self.trunks.values_mut().filter(|trunk| covers(trunk.legs.front().map(|leg| &leg.range)));
        let mut hashers: Vec<&mut Hasher> = trunks.map(|trunk| &mut trunk.hasher).collect();
        let mut times = usize::from(!hashers.is_empty());
        for branch in self.branches.iter_mut().filter(|branch| covers(branch.rest.front())) {
            times = times.saturating_add(1);
            hashers.extend(&mut branch.hashers);
        }
        count(&mut self.hashed, &piece, times)?;
        if hashers.is_empty() {
            return Ok(());
        }
        self.source.feed(piece, &mut |octets| update(&mut hashers, octets))
    }

    /// What ends here ends, and a beginning of the file that is whole is kept.
    fn leave(&mut self, at: usize) {
        for (algorithm, trunk) in &mut self.trunks {
            // One that is empty begins here: what is known comes in when it is arrived at.
            if trunk.legs.front().is_some_and(|leg| !leg.range.is_empty() && leg.range.end == at) {
                trunk.legs.pop_front();
                if at <= self.source.base().len() {
                    let hasher = trunk.hasher.clone();
                    self.prefixes.keep(Prefix { end: at, algorithm: *algorithm, hasher });
                }
            }
        }
        for branch in &mut self.branches {
            if branch.rest.front().is_some_and(|range| range.end == at) {
                branch.rest.pop_front();
            }
        }
    }

    fn feed_apart(&mut self) -> Result<(), PadesError> {
        for branch in &mut self.apart {
            branch.hashers = branch.algorithms.iter().map(|algorithm| Hasher::new(*algorithm)).collect();
            let mut hashers: Vec<_> = branch.hashers.iter_mut().collect();
            for range in branch.rest.drain(..) {
                count(&mut self.hashed, &range, 1)?;
                self.source.feed(range, &mut |octets| update(&mut hashers, octets))?;
            }
        }
        Ok(())
    }
}

impl Trunk {
    fn new(algorithm: DigestAlgorithm, stops: &BTreeSet<usize>, prefixes: &Prefixes) -> Self {
        let (mut legs, mut at) = (VecDeque::new(), 0);
        for stop in stops.iter().copied().filter(|stop| *stop > 0) {
            let known = prefixes.longest(algorithm, at, stop);
            let start = known.map_or(at, |known| known.end);
            legs.push_back(Leg { range: start..stop, known: known.map(|known| known.hasher.clone()) });
            at = stop;
        }
        Self { hasher: Hasher::new(algorithm), legs }
    }
}

impl Branch {
    fn new(index: usize, wanted: &Ranges, len: usize) -> Self {
        let clip = |range: &Range<usize>| range.start.min(len)..range.end.min(len);
        let mut rest: VecDeque<_> =
            wanted.ranges.iter().map(clip).filter(|range| !range.is_empty()).collect();
        let fork = rest.pop_front_if(|first| first.start == 0).map_or(0, |first| first.end);
        Self { index, algorithms: wanted.algorithms.clone(), fork, rest, hashers: Vec::new() }
    }

    /// Whether what is left follows the beginning and each other.
    fn is_in_order(&self) -> bool {
        let mut at = self.fork;
        self.rest.iter().all(|range| std::mem::replace(&mut at, range.end) <= range.start)
    }
}

fn update(hashers: &mut [&mut Hasher], octets: &[u8]) {
    match hashers {
        [only] => only.update(octets),
        several => {
            for turn in octets.chunks(TURN) {
                several.iter_mut().for_each(|hasher| hasher.update(turn));
            }
        }
    }
}

/// Counts what is hashed.
fn count(hashed: &mut u64, range: &Range<usize>, times: usize) -> Result<(), PadesError> {
    let octets = u64::try_from(range.len().saturating_mul(times)).unwrap_or(u64::MAX);
    *hashed = hashed.saturating_add(octets);
    if *hashed > MAX_HASHED {
        return Err(PadesError::Limit { object: "octets under ByteRanges", limit: MAX_HASHED });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::source::Unread;

    fn wanted(ranges: &[Range<usize>], algorithm: DigestAlgorithm) -> Ranges {
        Ranges { ranges: ranges.to_vec(), algorithms: [algorithm].into(), written_anew: None }
    }

    /// 36,000 octets, as a base that counts how many of them are read.
    fn counted() -> (Vec<u8>, Source, Arc<AtomicUsize>) {
        let octets: Vec<u8> = (0..9_000_u32).flat_map(u32::to_le_bytes).collect();
        let read = Arc::new(AtomicUsize::new(0));
        let (count, base) = (Arc::clone(&read), octets.clone());
        let stream = move |range: Range<usize>, sink: &mut dyn FnMut(&[u8])| {
            count.fetch_add(range.len(), Ordering::Relaxed);
            sink(base.get(range).ok_or(Unread)?);
            Ok(())
        };
        let source = Source::shared(Arc::new(octets.clone()), Some(Arc::new(stream)));
        (octets, source, read)
    }

    #[test]
    #[allow(clippy::single_range_in_vec_init)] // a ByteRange of one piece
    fn ranges_that_begin_alike_cost_one_pass_and_give_what_each_alone_gives() {
        let (octets, mut source, read) = counted();
        source.tail_mut().extend_from_slice(b"a revision behind it");
        let whole = [octets.as_slice(), source.tail()].concat();
        let sha = DigestAlgorithm::Sha256;
        let all = [
            wanted(&[0..20_000, 20_100..36_000], sha),
            wanted(&[0..36_005, 36_010..36_020], DigestAlgorithm::Sha512),
            wanted(&[0..10_000, 10_000..10_010], sha),
            wanted(&[0..2, 5..10, 3..4], sha),
            wanted(&[0..99_999], sha),
        ];
        let found = source.digests(&all).unwrap();
        let first = read.swap(0, Ordering::Relaxed);
        assert_eq!(source.digests(&all).unwrap(), found, "what is known changes nothing");
        assert!(read.swap(first, Ordering::Relaxed) < first);
        for (one, set) in all.iter().zip(&found) {
            let algorithm = *one.algorithms.first().unwrap();
            let pieces = one.ranges.iter().map(|r| &whole[r.start..r.end.min(whole.len())]);
            let alone = DigestSet::compute([algorithm], pieces);
            assert_eq!(set.value(algorithm), alone.value(algorithm));
        }
        // Once from end to end, and what is out of order for itself.
        assert_eq!(read.load(Ordering::Relaxed), 36_000 + 8);
        // Another revision: the base is not read again, under neither algorithm.
        source.tail_mut().extend_from_slice(b", and another");
        let both = Ranges {
            algorithms: [sha, DigestAlgorithm::Sha512].into(),
            ..wanted(&[0..36_030, 36_031..36_033], sha)
        };
        let found = source.digests(&[both.clone(), wanted(&[0..36_001], sha)]).unwrap();
        assert_eq!(read.load(Ordering::Relaxed), 36_000 + 8);
        let whole = [octets.as_slice(), source.tail()].concat();
        let pieces = both.ranges.iter().map(|range| &whole[range.clone()]);
        assert_eq!(found[0], DigestSet::compute(both.algorithms, pieces));
        assert_eq!(found[1], DigestSet::compute([sha], [&whole[..36_001]]));
    }

    #[test]
    #[allow(clippy::single_range_in_vec_init)] // a ByteRange of one piece
    fn all_before_what_is_written_anew_is_not_read_again() {
        let (octets, mut source, read) = counted();
        let sha = DigestAlgorithm::Sha256;
        let signature = Ranges { written_anew: Some(30_000), ..wanted(&[0..31_000, 33_000..36_000], sha) };
        source.digests(&[signature]).unwrap();
        assert_eq!(read.load(Ordering::Relaxed), 34_000);
        source.split(30_000);
        source.tail_mut()[2_000] ^= 1;
        let found = source.digests(&[wanted(&[0..36_000], sha)]).unwrap();
        let mut whole = octets;
        whole[32_000] ^= 1;
        assert_eq!(found[0], DigestSet::compute([sha], [&whole]));
        assert_eq!(read.load(Ordering::Relaxed), 34_000);
    }
}
