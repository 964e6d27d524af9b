// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin path`: the ways from a certificate to whom one trusts, and what judged each step.

use keiin::{
    PathJudgement, PathSubject, clock, judge_paths,
    model::PathIndication,
    pki::path::{Indicator, PathParameters},
    validate::PathQuestion,
};
use serde_json::{Value, json};

use crate::{
    context::{Context, SetupFlags, Work},
    error::{Exit, Failure},
    flags::{Judge, PathFlags, PathPolicy},
    render::path::PathView,
};

/// Judges the paths of a certificate, or those of everybody who signed a file.
pub(crate) fn run(context: &Context, flags: &PathFlags) -> Result<Exit, Failure> {
    let judge = Judge {
        policy: flags.policy.iter().rev().find_map(PathPolicy::preset),
        algorithms: flags.algorithms.clone(),
        fresh: flags.fresh,
    };
    let setup_flags =
        SetupFlags { trust: &flags.trust, evidence: &flags.evidence, judge: &judge, tsa: None, roles: &[] };
    let setup = context.setup(&setup_flags, Work::Judge)?;
    let subject = PathSubject::open(&flags.file)?;
    let now = flags.at.unwrap_or_else(clock::now);
    let found = judge_paths(&setup, &subject, flags.purpose, &question(flags), now);
    let name = flags.file.display().to_string();
    let mut worst = if found.is_empty() { Exit::Undecided } else { Exit::Valid };
    if found.is_empty() {
        context.note(
            || format!("{name}:署名者の証明書が見つかりません"),
            || format!("{name}: no signer's certificate is found"),
        );
    }
    for (index, judgement) in found.iter().enumerate() {
        let exit = exit(judgement);
        let text = if flags.json {
            format!("{}\n", json(&name, judgement, exit))
        } else {
            let blank = if index > 0 { "\n" } else { "" };
            let view = PathView { lang: context.lang, verbose: flags.verbose, judgement };
            format!("{blank}{}", view.render(&name))
        };
        context.print(&text)?;
        worst = worst.worst(exit);
    }
    Ok(worst)
}

/// Policies are asked for by naming them: then the path must be valid for one (RFC 5280, 6.1.1 (c) and (f)).
fn question(flags: &PathFlags) -> PathQuestion {
    let policies: std::collections::BTreeSet<_> = flags.policy.iter().filter_map(PathPolicy::oid).collect();
    let asked = !policies.is_empty();
    let parameters = PathParameters {
        user_initial_policies: asked.then_some(policies),
        explicit_policy: if asked { Indicator::Set } else { Indicator::Clear },
        ..PathParameters::default()
    };
    PathQuestion { parameters, ..PathQuestion::default() }
}

fn exit(judgement: &PathJudgement) -> Exit {
    match judgement.report.indication {
        PathIndication::Passed => Exit::Valid,
        PathIndication::Failed => Exit::Invalid,
        PathIndication::Indeterminate if judgement.report.exhausted.is_some() => Exit::Limit,
        PathIndication::Indeterminate => Exit::Undecided,
    }
}

fn json(file: &str, judgement: &PathJudgement, exit: Exit) -> Value {
    let mut value = json!(judgement.report);
    if let Value::Object(map) = &mut value {
        map.insert("file".into(), file.into());
        map.insert("exit".into(), exit.code().into());
    }
    value
}
