// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Digests of ranges of the file. Signatures and time-stamps of one file are over nearly the same octets: each begins
//! where the digest of the one before stood, so that all of them cost one pass.

use std::{collections::BTreeSet, ops::Range, sync::PoisonError};

use keiin_model::DigestAlgorithm;
use keiin_pki::digest::{DigestSet, MultiHasher};

use crate::{PadesError, limits::MAX_HASHED, source::Source};

/// Beginnings of the file whose digests are kept.
const MAX_PREFIXES: usize = 32;

/// Ranges that are hashed one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Ranges {
    /// The ranges.
    pub ranges: Vec<Range<usize>>,
    /// Under which algorithms.
    pub algorithms: BTreeSet<DigestAlgorithm>,
}

/// Digests under way, each over the file from its first octet to `end`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prefixes(Vec<Prefix>);

#[derive(Clone, Debug)]
struct Prefix {
    end: usize,
    algorithms: BTreeSet<DigestAlgorithm>,
    hasher: MultiHasher,
}

impl Prefixes {
    /// The longest beginning that is known and not over `end`.
    fn longest(&self, end: usize, algorithms: &BTreeSet<DigestAlgorithm>) -> Option<&Prefix> {
        let fits = |prefix: &&Prefix| prefix.end <= end && prefix.algorithms.is_superset(algorithms);
        self.0.iter().filter(fits).max_by_key(|prefix| prefix.end)
    }

    fn keep(&mut self, prefix: Prefix) {
        if self.0.iter().any(|p| p.end == prefix.end && p.algorithms.is_superset(&prefix.algorithms)) {
            return;
        }
        if self.0.len() >= MAX_PREFIXES {
            self.0.remove(0);
        }
        self.0.push(prefix);
    }

    fn retain_base(&mut self, border: usize) {
        self.0.retain(|prefix| prefix.end <= border);
    }
}

impl Source {
    /// The digests of each of these, in their order. What of a range is not in the file is left out.
    ///
    /// # Errors
    /// [`PadesError::Unread`] when the file cannot be read again, [`PadesError::Limit`] when too much would be hashed.
    pub fn digests(&self, wanted: &[Ranges]) -> Result<Vec<DigestSet>, PadesError> {
        // All algorithms in each pass: the beginning that they share must be hashed under each of them anyway.
        let algorithms: BTreeSet<_> = wanted.iter().flat_map(|w| w.algorithms.iter().copied()).collect();
        let mut order: Vec<_> = wanted.iter().enumerate().collect();
        order.sort_by_key(|(_, wanted)| wanted.ranges.first().map_or(0, |range| range.end));
        let mut prefixes = self.prefixes().lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut work = Work { source: self, algorithms, hashed: 0 };
        let mut found = vec![DigestSet::default(); wanted.len()];
        for (index, one) in order {
            if let Some(place) = found.get_mut(index)
                && !one.algorithms.is_empty()
            {
                *place = work.digest(&one.ranges, &mut prefixes)?;
            }
        }
        prefixes.retain_base(self.base().len());
        *self.prefixes().lock().unwrap_or_else(PoisonError::into_inner) = prefixes;
        Ok(found)
    }
}

struct Work<'s> {
    source: &'s Source,
    algorithms: BTreeSet<DigestAlgorithm>,
    hashed: u64,
}

impl Work<'_> {
    fn digest(&mut self, ranges: &[Range<usize>], prefixes: &mut Prefixes) -> Result<DigestSet, PadesError> {
        let (first, rest) = match ranges.split_first() {
            Some((first, rest)) if first.start == 0 => (first.clone(), rest),
            _ => (0..0, ranges),
        };
        let mut hasher = self.prefix(first.end.min(self.source.len()), prefixes)?;
        for range in rest {
            self.feed(range.clone(), &mut hasher)?;
        }
        Ok(hasher.finish())
    }

    /// The file from its first octet to `end`; what is known of it is not read again, and the digest at the end of the
    /// base is kept, as the next revision begins there.
    fn prefix(&mut self, end: usize, prefixes: &mut Prefixes) -> Result<MultiHasher, PadesError> {
        let border = self.source.base().len();
        let known = prefixes.longest(end, &self.algorithms);
        let (mut at, mut hasher) = known.map_or_else(
            || (0, MultiHasher::new(self.algorithms.iter().copied())),
            |known| (known.end, known.hasher.clone()),
        );
        for stop in [border, end] {
            if stop <= at || stop > end {
                continue;
            }
            self.feed(at..stop, &mut hasher)?;
            at = stop;
            prefixes.keep(Prefix { end: at, algorithms: self.algorithms.clone(), hasher: hasher.clone() });
        }
        Ok(hasher)
    }

    fn feed(&mut self, range: Range<usize>, hasher: &mut MultiHasher) -> Result<(), PadesError> {
        let range = range.start..range.end.min(self.source.len());
        self.hashed = self.hashed.saturating_add(u64::try_from(range.len()).unwrap_or(u64::MAX));
        if self.hashed > MAX_HASHED {
            return Err(PadesError::Limit { object: "octets under ByteRanges", limit: MAX_HASHED });
        }
        if range.is_empty() {
            return Ok(());
        }
        self.source.feed(range, &mut |octets| hasher.update(octets))
    }
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
        Ranges { ranges: ranges.to_vec(), algorithms: [algorithm].into() }
    }

    #[test]
    #[allow(clippy::single_range_in_vec_init)] // a ByteRange of one piece
    fn ranges_that_begin_alike_cost_one_pass_and_give_what_each_alone_gives() {
        let octets: Vec<u8> = (0..9_000_u32).flat_map(u32::to_le_bytes).collect();
        let read = Arc::new(AtomicUsize::new(0));
        let (count, base) = (Arc::clone(&read), octets.clone());
        let stream = move |range: Range<usize>, sink: &mut dyn FnMut(&[u8])| {
            count.fetch_add(range.len(), Ordering::Relaxed);
            sink(base.get(range).ok_or(Unread)?);
            Ok(())
        };
        let mut source = Source::shared(Arc::new(octets.clone()), Some(Arc::new(stream)));
        source.tail_mut().extend_from_slice(b"a revision behind it");
        let whole = [octets.as_slice(), source.tail()].concat();
        let sha = DigestAlgorithm::Sha256;
        let all = [
            wanted(&[0..20_000, 20_100..36_000], sha),
            wanted(&[0..36_005, 36_010..36_020], DigestAlgorithm::Sha512),
            wanted(&[0..10_000, 10_000..10_010], sha),
            wanted(&[5..10, 3..4], sha),
            wanted(&[0..99_999], sha),
        ];
        let found = source.digests(&all).unwrap();
        for (one, set) in all.iter().zip(&found) {
            let algorithm = *one.algorithms.first().unwrap();
            let pieces = one.ranges.iter().map(|r| &whole[r.start..r.end.min(whole.len())]);
            let alone = DigestSet::compute([algorithm], pieces);
            assert_eq!(set.value(algorithm), alone.value(algorithm));
        }
        assert_eq!(read.load(Ordering::Relaxed), 36_000 + 15_900 + 10 + 6);
        // Another revision: the base is not read again.
        source.tail_mut().extend_from_slice(b", and another");
        source.digests(&[wanted(&[0..36_030], sha)]).unwrap();
        assert_eq!(read.load(Ordering::Relaxed), 36_000 + 15_900 + 10 + 6);
    }
}
