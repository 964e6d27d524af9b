// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin verify`: the verdict over one file or many.

use std::{collections::BTreeMap, iter, path::Path};

use keiin::{
    Attachment, Content, Existing, Setup, clock, file,
    model::{Evidence, Report, Time},
    signer::Pin,
    verify,
};
use serde_json::Value;

use super::{open, outcome::Place};
use crate::{
    context::{Context, SetupFlags, Work},
    error::{Exit, Failure},
    flags::Verify,
    pin,
    render::{json, report::View},
};

/// Judges each file.
pub(crate) fn run(context: &Context, flags: &Verify) -> Result<Exit, Failure> {
    if let Some(path) = flags.evidence_record.first() {
        let failure = Failure::usage(
            format!("{}:証拠記録(RFC 4998)はこの版では読めません", path.display()),
            format!("{}: evidence records (RFC 4998) cannot be read by this version", path.display()),
        );
        return refuse_all(context, flags, failure);
    }
    let grounds = SetupFlags { roles: &flags.require_role, ..SetupFlags::from(&flags.grounds) };
    let setup = match context.setup(&grounds, Work::Judge) {
        Ok(setup) => setup,
        Err(failure) => return refuse_all(context, flags, failure),
    };
    if let Err(failure) = check_report(flags) {
        return refuse_all(context, flags, failure);
    }
    let password = match pin::of_pdf(&flags.pdf_password) {
        Ok(password) => password,
        Err(failure) => return refuse_all(context, flags, failure),
    };
    let now = flags.at.unwrap_or_else(clock::now);
    let mut worst = Exit::Valid;
    let mut reports = Vec::new();
    for (index, path) in flags.files.iter().enumerate() {
        let exit = match judge(context, flags, &setup, path, password.as_ref(), now) {
            Ok((text, report, exit)) => {
                reports.push(report);
                let blank = if index > 0 && !flags.json { "\n" } else { "" };
                context.print(&format!("{blank}{text}"))?;
                exit
            }
            Err(failure) => {
                reports.push(refusal(context, path, &failure));
                refuse(context, flags, path, &failure)?
            }
        };
        worst = worst.worst(exit);
    }
    // The verdicts are out; a report that cannot be written hides none of them.
    if let Err(failure) = write_report(flags, &reports) {
        crate::say(&failure.render(context.lang));
        worst = worst.worst(failure.exit());
    }
    Ok(worst)
}

/// The report goes where it can be written, and never over what is judged.
fn check_report(flags: &Verify) -> Result<(), Failure> {
    let Some(out) = &flags.report else { return Ok(()) };
    let read = flags.files.iter().chain(&flags.content).map(AsRef::as_ref);
    Place::replacing(out)?.spare(read).map(drop)
}

/// Of one file a readable JSON, of several one object a line, as on standard output.
fn write_report(flags: &Verify, reports: &[Value]) -> Result<(), Failure> {
    let Some(out) = &flags.report else { return Ok(()) };
    let text = match reports {
        [one] => format!("{one:#}\n"),
        several => several.iter().map(|report| format!("{report}\n")).collect(),
    };
    Ok(file::write(out, text.as_bytes(), Existing::Replace)?)
}

fn judge(
    context: &Context,
    flags: &Verify,
    setup: &Setup<'_>,
    path: &Path,
    password: Option<&Pin>,
    now: Time,
) -> Result<(String, Value, Exit), Failure> {
    let document = open::document(context, path, &attached(flags), password)?;
    let verdict = verify(setup, &document, now);
    let exit = exit(&verdict.report);
    let name = path.display().to_string();
    let json = json::report(&name, &verdict.report, exit.code());
    if flags.json {
        return Ok((format!("{json}\n"), json, exit));
    }
    let mut named = verdict.evidence;
    named.merge(&anchors(setup));
    let view = View { lang: context.lang, verbose: flags.verbose, evidence: &named };
    Ok((view.report(&name, &verdict.report), json, exit))
}

/// Anchors have their names in their own certificates, which need not be in the file.
fn anchors(setup: &Setup<'_>) -> Evidence {
    let mut named = Setup::offline(keiin::hpki_policy());
    for anchor in iter::chain(&setup.policy.signer_anchors, &setup.policy.tsa_anchors) {
        named.supply(&anchor.certificate);
    }
    named.supplied
}

/// What stands outside the file: files under their paths, digests under their names. Digests of one name are of one content.
fn attached(flags: &Verify) -> Vec<Attachment> {
    let mut all = open::attached(&flags.content);
    let mut digests: BTreeMap<Option<&str>, Vec<_>> = BTreeMap::new();
    for given in &flags.content_digest {
        digests.entry(given.name.as_deref()).or_default().push((given.algorithm, given.digest.clone()));
    }
    let known = digests.into_iter().map(|(name, digests)| Attachment {
        name: name.map(str::to_owned),
        content: Content::Digests(digests),
    });
    all.extend(known);
    all
}

/// The worst verdict of the file; a file with nothing in it to judge is a wrong file.
fn exit(report: &Report) -> Exit {
    let verdicts = report.signatures.iter().map(|s| s.indication);
    let verdicts = verdicts.chain(report.timestamps.iter().map(|t| t.indication));
    verdicts.map(Exit::from).reduce(Exit::worst).unwrap_or(Exit::Usage)
}

/// A file that could not be judged is said on standard error, and in JSON in its place among the others.
fn refuse(context: &Context, flags: &Verify, path: &Path, failure: &Failure) -> Result<Exit, Failure> {
    let exit = failure.exit();
    if flags.json {
        context.print(&format!("{}\n", refusal(context, path, failure)))?;
    }
    crate::say(&failure.render(context.lang));
    Ok(exit)
}

fn refusal(context: &Context, path: &Path, failure: &Failure) -> Value {
    json::error(&path.display().to_string(), &failure.message(context.lang), failure.exit().code())
}

fn refuse_all(context: &Context, flags: &Verify, failure: Failure) -> Result<Exit, Failure> {
    if flags.json {
        for path in &flags.files {
            context.print(&format!("{}\n", refusal(context, path, &failure)))?;
        }
    }
    Err(failure)
}
