// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The `keiin` command: flags in, calls to the library, words out.
//!
//! What it does not do: decide anything. Verdicts, levels and the next step are the library's.
#![forbid(unsafe_code)]

mod command;
mod context;
mod error;
mod flags;
mod lang;
mod messages;
mod pin;
mod progress;
mod render;

use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::FromArgMatches as _;

use crate::{
    context::Context,
    error::{Exit, Failure},
    flags::{Cli, Command},
    lang::Lang,
};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let lang = Lang::first(&arguments, |name| std::env::var(name).ok());
    let parsed = flags::command(lang, &arguments).try_get_matches_from(arguments);
    let exit = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => run(cli, lang),
        Err(error) => complain(&error, lang),
    };
    ExitCode::from(exit.code())
}

fn run(cli: Cli, locale: Lang) -> Exit {
    let context = match Context::new(&cli.global, locale) {
        Ok(context) => context,
        Err(failure) => return fail(&failure, cli.global.lang.unwrap_or(locale)),
    };
    let done = match cli.command {
        Command::Demo(flags) => command::demo::run(&context, &flags),
        Command::Sign(flags) => command::sign::run(&context, &flags),
        Command::Stamp(flags) => command::stamp::run(&context, &flags),
        Command::Extend(flags) => command::extend::run(&context, &flags),
        Command::Renew(flags) => command::renew::run(&context, &flags),
        Command::Verify(flags) => command::verify::run(&context, &flags),
        Command::Path(flags) => command::path::run(&context, &flags),
        Command::Inspect(flags) => command::inspect::run(&context, &flags),
        Command::Card(flags) => command::card::run(&context, &flags),
    };
    done.unwrap_or_else(|failure| fail(&failure, context.lang))
}

/// Help and version are answers; everything else is wrong use.
fn complain(error: &clap::Error, lang: Lang) -> Exit {
    match flags::usage_error(error, lang) {
        Some((message, advice)) => {
            say(&error::complaint(&message, Some(&advice), lang));
            Exit::Usage
        }
        None => {
            drop(io::stdout().write_all(error.render().to_string().as_bytes()));
            Exit::Valid
        }
    }
}

fn fail(failure: &Failure, lang: Lang) -> Exit {
    say(&failure.render(lang));
    failure.exit()
}

fn say(text: &str) {
    drop(io::stderr().write_all(text.as_bytes()));
}
