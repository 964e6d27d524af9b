// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Puts a test key and its certificates into a simulated reader:
//! `cargo run -p keiin-card --example insert -- FOLDER KEY.pkcs8.der CERTIFICATE.der [CA.der ...]`, which prints the file for
//! the module's environment variable. The PIN is 1234.

use std::path::{Path, PathBuf};

use keiin_card::{CONFIG_VARIABLE, Card, Certificate, Config};

fn main() -> std::io::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [folder, key, certificate, authorities @ ..] = arguments.as_slice() else {
        return Err(std::io::Error::other("FOLDER KEY.pkcs8.der CERTIFICATE.der [CA.der ...]"));
    };
    let read = |path: &PathBuf| std::fs::read(path);
    let mut card = Card::new("0001", read(key)?, read(certificate)?);
    for (id, authority) in (0x18..).zip(authorities) {
        card.certificates.push(Certificate { der: read(authority)?, id: vec![id] });
    }
    let file = Config::new().reader("Simulated Reader 1", Some(card)).write(Path::new(folder))?;
    println!("{CONFIG_VARIABLE}={}", file.display());
    Ok(())
}
