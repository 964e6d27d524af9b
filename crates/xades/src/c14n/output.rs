// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is written, in large pieces: stretches of the document that follow each other go out as one, and small pieces are
//! gathered.

use std::ops::Range;

use super::Sink;

/// Octets gathered before they go out.
const GATHERED: usize = 16 * 1024;

/// A sink, what was gathered for it, and the stretch of the document that comes next.
pub(super) struct Output<'o> {
    sink: &'o mut dyn Sink,
    source: &'o [u8],
    gathered: Vec<u8>,
    stretch: Range<usize>,
}

impl<'o> Output<'o> {
    pub(super) fn new(sink: &'o mut dyn Sink, source: &'o [u8]) -> Self {
        Self { sink, source, gathered: Vec::with_capacity(GATHERED), stretch: 0..0 }
    }

    /// Writes a stretch of the document as it stands.
    #[inline]
    pub(super) fn copy(&mut self, range: Range<usize>) {
        if range.start == self.stretch.end {
            self.stretch.end = range.end;
        } else {
            self.end_stretch();
            self.stretch = range;
        }
    }

    fn end_stretch(&mut self) {
        let stretch = std::mem::take(&mut self.stretch);
        if !stretch.is_empty() {
            let source = self.source;
            self.gather(source.get(stretch).unwrap_or_default());
        }
    }

    #[inline]
    fn gather(&mut self, octets: &[u8]) {
        if self.gathered.len() + octets.len() > GATHERED {
            self.send(octets);
        } else {
            self.gathered.extend_from_slice(octets);
        }
    }

    /// Sends what was gathered, and with it what is too large to gather.
    #[cold]
    fn send(&mut self, octets: &[u8]) {
        self.sink.write(&self.gathered);
        self.gathered.clear();
        if octets.len() > GATHERED / 4 {
            self.sink.write(octets);
        } else {
            self.gathered.extend_from_slice(octets);
        }
    }

    /// Writes the rest.
    pub(super) fn finish(mut self) {
        self.end_stretch();
        self.sink.write(&self.gathered);
    }
}

impl Sink for Output<'_> {
    #[inline]
    fn write(&mut self, octets: &[u8]) {
        self.end_stretch();
        self.gather(octets);
    }
}
