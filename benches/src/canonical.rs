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
    let (mut out, mut written) = (std::io::stdout().lock(), Ok(()));
    keiin_xades::canonicalize_into(&std::fs::read(file)?, algorithm, &mut |piece| {
        if written.is_ok() {
            written = out.write_all(piece);
        }
    })?;
    written?;
    Ok(true)
}

pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let (runs, large, small) = if bench.short { (3, 5, 1) } else { (7, 20, 5) };
    for (shape, piece) in SHAPES {
        let megabyte = if shape == RECORDS { large } else { small };
        let file = bench.path("large.xml");
        std::fs::write(&file, document(megabyte * 1_000_000, piece))?;
        for (name, option, algorithm) in
            [("c14n", "--c14n", INCLUSIVE), ("exc-c14n", "--exc-c14n", EXCLUSIVE)]
        {
            let what = format!("{name} of {megabyte} MB of {shape}, whole process");
            both(runs, &what, (option, algorithm), &file, table)?;
        }
    }
    Ok(())
}

fn both(
    runs: usize,
    what: &str,
    (option, algorithm): (&str, &str),
    file: &str,
    table: &mut Table,
) -> Result<(), Failure> {
    let program = std::env::current_exe()?.display().to_string();
    let ours = measure(runs, &[program, "--canonicalize".into(), algorithm.into(), file.into()])?;
    let theirs = measure(runs, &["xmllint".into(), "--huge".into(), option.into(), file.into()]).ok();
    let note = match &theirs {
        Some(theirs) => format!("{}, xmllint {}", megabytes(&ours), megabytes(theirs)),
        None => megabytes(&ours),
    };
    table.add(what, "ms", ours.millis, theirs.map(|cost| ("xmllint", cost.millis)), &note);
    Ok(())
}

const RECORDS: &str = "records";

/// The piece of a document with a number.
type Piece = fn(u64) -> String;

/// What documents are mostly made of.
const SHAPES: [(&str, Piece); 5] = [
    (RECORDS, record),
    ("attributes", attributes),
    ("text", text),
    ("depth", deep),
    ("namespaces", namespaces),
];

/// A document of so many pieces that it has at least `octets`.
fn document(octets: usize, piece: Piece) -> String {
    let mut out = String::with_capacity(octets + 10_000);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root xmlns=\"urn:a\" xmlns:x=\"urn:x\">\n");
    for number in 0_u64.. {
        if out.len() >= octets {
            break;
        }
        out.push_str(&piece(number));
    }
    out.push_str("</root>\n");
    out
}

/// What records have: two namespaces, Japanese, references, both quotes, empty elements, indentation.
fn record(number: u64) -> String {
    format!(
        "  <record number=\"{number}\" kind=\"薬\" x:flag='yes'>\n    <name>山田 太郎 &amp; co {number}</name>\n    \
         <x:note z=\"1\" a=\"2\"/>\n    <value unit=\"mg\">{} &gt; 2</value>\n  </record>\n",
        number * 3
    )
}

/// Many attributes, out of order, with references and with prefixes.
fn attributes(number: u64) -> String {
    let all = (0..20).map(|at| match (at * 7 + number) % 20 {
        at @ 0..2 => format!(" x:a{at}=\"{number}\""),
        at @ 2..4 => format!(" a{at}='&lt;{number}&quot;'"),
        at => format!(" a{at}=\"値 {number}\""),
    });
    format!("<item{}/>\n", all.collect::<String>())
}

/// Long paragraphs.
fn text(number: u64) -> String {
    let sentence = "錠剤を一日三回、毎食後に服用してください。Take one tablet after each meal. ".repeat(20);
    format!("<p>{sentence}&amp;{sentence}\r\n{number}<![CDATA[{sentence}]]></p>\n")
}

/// Elements within elements.
fn deep(number: u64) -> String {
    format!("{}{number}{}\n", "<d><x:e>".repeat(100), "</x:e></d>".repeat(100))
}

/// Each element declares namespaces and uses others.
fn namespaces(number: u64) -> String {
    let other = number % 50;
    format!(
        "<n{other}:a xmlns:n{other}=\"urn:n{other}\" xmlns:unused=\"urn:u{number}\"><b xmlns=\"\" n{other}:c=\"1\">\
         <x:d xmlns:x=\"urn:{other}\"/><n{other}:e/></b></n{other}:a>\n"
    )
}
