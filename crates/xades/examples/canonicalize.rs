// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Writes the canonical form of a file: `canonicalize ALGORITHM FILE`.
#![allow(clippy::disallowed_methods)] // an example is an edge

use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (algorithm, file) = arguments.next().zip(arguments.next()).ok_or("canonicalize ALGORITHM FILE")?;
    let document = std::fs::read(file)?;
    std::io::stdout().write_all(&keiin_xades::canonicalize(&document, &algorithm)?)?;
    Ok(())
}
