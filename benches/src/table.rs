// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The table, and how a command is measured.

use std::{fmt, process::Command, time::Instant};

use crate::Failure;

/// One line: what was done, our figure, the peer and its figure.
struct Row {
    what: String,
    ours: f64,
    peer: Option<(&'static str, f64)>,
    unit: &'static str,
    note: String,
}

/// The lines so far.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    pub(crate) fn add(
        &mut self,
        what: &str,
        unit: &'static str,
        ours: f64,
        peer: Option<(&'static str, f64)>,
        note: &str,
    ) {
        self.0.push(Row { what: what.to_owned(), ours, peer, unit, note: note.to_owned() });
    }
}

impl Table {
    /// Time and memory of a command beside a peer's, a line each.
    pub(crate) fn add_both(&mut self, what: &str, ours: &Cost, peer: Option<(&'static str, &Cost)>) {
        let time = peer.map(|(name, cost)| (name, cost.millis));
        self.add(what, "ms", ours.millis, time, "");
        if let Some(memory) = ours.memory {
            let theirs = peer.and_then(|(name, cost)| Some((name, cost.memory?)));
            self.add(&format!("{what}: memory"), "MiB", memory, theirs, "");
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<56} {:>12} {:>24} {:>8}  note", "what", "keiin", "peer", "ratio")?;
        for row in &self.0 {
            let ours = format!("{:.2} {}", row.ours, row.unit);
            let (peer, ratio) = match row.peer {
                Some((name, figure)) => {
                    (format!("{name} {figure:.2} {}", row.unit), format!("{:.2}", row.ours / figure))
                }
                None => ("-".to_owned(), "-".to_owned()),
            };
            writeln!(f, "{:<56} {ours:>12} {peer:>24} {ratio:>8}  {}", row.what, row.note)?;
        }
        Ok(())
    }
}

/// What a command took.
pub(crate) struct Cost {
    /// Milliseconds from start to end; the best of the runs, as everything else is noise from outside.
    pub(crate) millis: f64,
    /// The most memory that it held, MiB, where the system's `time` can say.
    pub(crate) memory: Option<f64>,
}

/// Runs a command some times and keeps the best.
pub(crate) fn measure(runs: usize, arguments: &[String]) -> Result<Cost, Failure> {
    let (program, rest) = arguments.split_first().ok_or("no command")?;
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let started = Instant::now();
        let output = Command::new(program).args(rest).output()?;
        best = best.min(started.elapsed().as_secs_f64() * 1e3);
        if !output.status.success() {
            return Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
    }
    Ok(Cost { millis: best, memory: memory(arguments) })
}

fn memory(arguments: &[String]) -> Option<f64> {
    let output = Command::new("/usr/bin/time").args(["-f", "%M"]).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stderr).ok()?;
    Some(text.lines().last()?.trim().parse::<f64>().ok()? / 1024.0)
}

/// Memory as a note.
pub(crate) fn megabytes(cost: &Cost) -> String {
    cost.memory.map_or_else(|| "memory: no /usr/bin/time".to_owned(), |mib| format!("{mib:.1} MiB"))
}
