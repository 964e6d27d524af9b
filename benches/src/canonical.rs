// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Canonical XML of a large document, beside xmllint: each a process that reads a file and writes its canonical form.

use std::io::Write as _;

use crate::{
    Bench, Failure,
    table::{Table, measure, megabytes},
};

const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";

/// What this program does as a process of its own: `--canonicalize ALGORITHM FILE`. True where it was asked to.
pub(crate) fn run_alone() -> Result<bool, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [option, algorithm, file] = arguments.as_slice() else { return Ok(false) };
    if option != "--canonicalize" {
        return Ok(false);
    }
    let form = keiin_xades::canonicalize(&std::fs::read(file)?, algorithm)?;
    std::io::stdout().write_all(&form)?;
    Ok(true)
}

pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let (runs, megabyte) = if bench.short { (3, 5) } else { (7, 20) };
    let file = bench.path("large.xml");
    std::fs::write(&file, document(megabyte * 1_000_000))?;
    let program = std::env::current_exe()?.display().to_string();
    for (name, option, algorithm) in [("c14n", "--c14n", INCLUSIVE), ("exc-c14n", "--exc-c14n", EXCLUSIVE)] {
        let ours =
            measure(runs, &[program.clone(), "--canonicalize".into(), algorithm.into(), file.clone()])?;
        let theirs = measure(runs, &["xmllint".into(), "--huge".into(), option.into(), file.clone()]).ok();
        let note = match &theirs {
            Some(theirs) => format!("{}, xmllint {}", megabytes(&ours), megabytes(theirs)),
            None => megabytes(&ours),
        };
        table.add(
            &format!("{name} of {megabyte} MB, whole process"),
            "ms",
            ours.millis,
            theirs.map(|cost| ("xmllint", cost.millis)),
            &note,
        );
    }
    Ok(())
}

/// Records with what documents have: two namespaces, Japanese, references, both quotes, empty elements, indentation.
fn document(octets: usize) -> String {
    let mut out = String::with_capacity(octets + 1_000);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root xmlns=\"urn:a\" xmlns:x=\"urn:x\">\n");
    for number in 0_u64.. {
        if out.len() >= octets {
            break;
        }
        out.push_str(&format!(
            "  <record number=\"{number}\" kind=\"薬\" x:flag='yes'>\n    <name>山田 太郎 &amp; co {number}</name>\n    \
             <x:note z=\"1\" a=\"2\"/>\n    <value unit=\"mg\">{} &gt; 2</value>\n  </record>\n",
            number * 3
        ));
    }
    out.push_str("</root>\n");
    out
}
