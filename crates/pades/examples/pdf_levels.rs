// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signs PDFs and writes every level into a folder, for other people's readers and verifiers: `pdf_levels FOLDER FILES`.
//! Beside the signatures: the roots. A file that cannot be signed is named with the reason.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../tests/steps/mod.rs"]
mod steps;

use std::path::{Path, PathBuf};

use keiin_pades::{FieldChoice, Pades, PadesIntent};
use steps::Steps;

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().unwrap_or_else(|| "levels".into());
    std::fs::create_dir_all(&folder).unwrap();
    let steps = Steps::new("doctor");
    for root in ["root", "tsa-root", "tsa-root-2"] {
        std::fs::write(folder.join(format!("{root}.der")), steps.pki.certificate(root)).unwrap();
    }
    for file in arguments {
        if let Err(error) = write(&steps, &folder, &file) {
            println!("{}: {error}", file.display());
        }
    }
}

fn write(steps: &Steps, folder: &Path, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let save = |level: &str, pades: &Pades| {
        std::fs::write(folder.join(format!("{stem}-{level}.pdf")), steps::octets(pades)).unwrap();
    };
    let pades = Pades::read(std::fs::read(file)?)?;
    let before = pades.signatures().len();
    let intent = PadesIntent { reason: Some("承認".to_owned()), zone: 540, ..PadesIntent::default() };
    let signed = steps.signed(&pades, &PadesIntent { field: FieldChoice::New, ..intent })?;
    save("b", &signed);
    let id = signed.signatures()[before].id;
    let mut last = signed.clone();
    for (level, pades) in steps.extended(signed, id) {
        save(level, &pades);
        last = pades;
    }
    let again = steps.signed(&last, &PadesIntent { field: FieldChoice::New, ..PadesIntent::default() })?;
    save("again", &again);
    println!("{}: written", file.display());
    Ok(())
}
