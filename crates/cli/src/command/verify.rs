// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin verify`: the verdict over one file or many.

use std::path::Path;

use keiin::{
    Content, Document, Existing, Setup, clock, file,
    model::{Report, Time},
    verify,
};

use crate::{
    context::{Context, SetupFlags, Work},
    error::{Exit, Failure},
    flags::Verify,
    progress::Progress,
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
    let setup_flags = SetupFlags {
        trust: &flags.trust,
        evidence: &flags.evidence,
        judge: &flags.judge,
        tsa: None,
        roles: &flags.require_role,
    };
    let setup = match context.setup(&setup_flags, Work::Judge) {
        Ok(setup) => setup,
        Err(failure) => return refuse_all(context, flags, failure),
    };
    let now = flags.at.unwrap_or_else(clock::now);
    let mut worst = Exit::Valid;
    for (index, path) in flags.files.iter().enumerate() {
        let exit = match judge(context, flags, &setup, path, now) {
            Ok((text, exit)) => {
                let blank = if index > 0 && !flags.json { "\n" } else { "" };
                context.print(&format!("{blank}{text}"))?;
                exit
            }
            Err(failure) => refuse(context, flags, path, &failure)?,
        };
        worst = worst.worst(exit);
    }
    Ok(worst)
}

fn judge(
    context: &Context,
    flags: &Verify,
    setup: &Setup<'_>,
    path: &Path,
    now: Time,
) -> Result<(String, Exit), Failure> {
    let content = content(flags);
    let mut progress = Progress::of(flags.content.as_deref(), context.quiet);
    let document = Document::open_with(path, content.as_ref(), &mut |octets| progress.at(octets))?;
    drop(progress);
    let verdict = verify(setup, &document, now);
    let exit = exit(&verdict.report);
    let name = path.display().to_string();
    if let Some(out) = &flags.report {
        let mut text = serde_json::to_string_pretty(&json::report(&name, &verdict.report, exit.code()))
            .unwrap_or_default();
        text.push('\n');
        file::write(out, text.as_bytes(), Existing::Replace)?;
    }
    if flags.json {
        return Ok((format!("{}\n", json::report(&name, &verdict.report, exit.code())), exit));
    }
    let view = View { lang: context.lang, verbose: flags.verbose, evidence: &verdict.evidence };
    Ok((view.report(&name, &verdict.report), exit))
}

fn content(flags: &Verify) -> Option<Content> {
    if let Some(path) = &flags.content {
        return Some(Content::file(path));
    }
    let digests: Vec<_> = flags.content_digest.iter().map(|d| (d.algorithm, d.digest.clone())).collect();
    (!digests.is_empty()).then_some(Content::Digests(digests))
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
        let name = path.display().to_string();
        let value = json::error(&name, &failure.message(context.lang), exit.code());
        context.print(&format!("{value}\n"))?;
    }
    crate::say(&failure.render(context.lang));
    Ok(exit)
}

fn refuse_all(context: &Context, flags: &Verify, failure: Failure) -> Result<Exit, Failure> {
    if flags.json {
        for path in &flags.files {
            let name = path.display().to_string();
            let value = json::error(&name, &failure.message(context.lang), failure.exit().code());
            context.print(&format!("{value}\n"))?;
        }
    }
    Err(failure)
}
