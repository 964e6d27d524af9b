// SPDX-License-Identifier: Apache-2.0 OR MIT
//! How far a long file has been read, or how many of many files: on a terminal only, and only when it takes longer than a
//! moment.

use std::{
    io::{self, IsTerminal as _},
    path::Path,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// Before this nobody wonders.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that appears after a moment.
pub(crate) struct Progress {
    total: u64,
    begun: Instant,
    bar: Option<ProgressBar>,
    shown: bool,
}

impl Progress {
    /// For the reading of a file; silent where nobody looks.
    pub(crate) fn of(path: Option<&Path>, quiet: bool) -> Self {
        let total = path.and_then(|path| std::fs::metadata(path).ok()).map_or(0, |m| m.len());
        Self { total, begun: Instant::now(), bar: None, shown: !quiet && io::stderr().is_terminal() }
    }

    /// So many octets have been read.
    pub(crate) fn at(&mut self, octets: u64) {
        if !self.shown || self.begun.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(self.total);
            match ProgressStyle::with_template("{bar:30} {percent}% {bytes_per_sec} {eta}") {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        bar.set_position(octets);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A bar over many files, with the name of the one at work.
pub(crate) struct Files {
    bar: ProgressBar,
}

impl Files {
    /// For so many files; silent where nobody looks.
    pub(crate) fn new(total: u64, quiet: bool) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::new(total);
        let bar = match ProgressStyle::with_template("{bar:30} {pos}/{len} {eta} {wide_msg}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        Self { bar }
    }

    /// This file is begun.
    pub(crate) fn begin(&self, name: &str) {
        self.bar.set_message(name.to_owned());
    }

    /// One file is done with.
    pub(crate) fn end(&self) {
        self.bar.inc(1);
    }

    /// Runs something that prints, with the bar out of its way.
    pub(crate) fn suspended<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
