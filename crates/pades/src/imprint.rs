// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The one place that says which octets a signature or a document time-stamp is over (ISO 32000-1, 12.8.1; EN 319 142-1,
//! 5.4.3): all of the file but the value of /Contents.

use std::ops::Range;

use keiin_model::{Bytes, DigestAlgorithm};

use crate::{PadesError, Ranges, Source};

/// The ranges before and behind the value of /Contents in a file of `len` octets.
pub(crate) const fn ranges(hole: &Range<usize>, len: usize) -> [Range<usize>; 2] {
    [0..hole.start, hole.end..len]
}

/// /ByteRange: where each range begins and how many octets it has.
pub(crate) fn byte_range(hole: &Range<usize>, len: usize) -> String {
    let [before, after] = ranges(hole, len);
    format!("[{} {} {} {}]", before.start, before.len(), after.start, after.len())
}

/// The digest that is signed or stamped.
pub(crate) fn digest(
    source: &Source,
    hole: &Range<usize>,
    algorithm: DigestAlgorithm,
) -> Result<Bytes, PadesError> {
    let ranges = ranges(hole, source.len()).to_vec();
    let sets = source.digests(&[Ranges { ranges, algorithms: [algorithm].into(), written_anew: None }])?;
    let found = sets.first().and_then(|set| set.value(algorithm));
    found.cloned().ok_or(PadesError::Misuse { what: "this digest cannot be computed" })
}
