// SPDX-License-Identifier: Apache-2.0 OR MIT
//! clap's command with the texts of a language, and clap's complaints in that language.

use std::ffi::OsString;

use clap::{
    CommandFactory as _,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{Cli, Command};
use crate::{
    lang::Lang,
    messages::{command, flag},
};

const JA_TEMPLATE: &str = "{about}\n\n使い方: {usage}\n\n{all-args}{after-help}";

/// The command with help in a language. Of the commands under it those are made with their flags that the arguments name: it
/// can be no other, and most of a short run would go into the flags of the rest.
pub(crate) fn command(lang: Lang, arguments: &[OsString]) -> clap::Command {
    let mut command = localised(Cli::command(), lang, "");
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        let named = arguments.iter().any(|argument| *argument == *name);
        let with_flags = if named { Command::with_flags(&name) } else { None };
        command = command.mut_subcommand(&name, |sub| match with_flags {
            Some(sub) => localised(sub, lang, &name),
            None => sub.about(command::about(&name, lang).0),
        });
    }
    if lang == Lang::Ja {
        command = command.subcommand_help_heading("コマンド").subcommand_value_name("コマンド");
    }
    command
}

fn localised(mut command: clap::Command, lang: Lang, name: &str) -> clap::Command {
    let (about, after) = command::about(name, lang);
    command = command.about(about).disable_help_flag(true).disable_version_flag(true);
    if !after.is_empty() {
        command = command.after_help(after);
    }
    let help = clap::Arg::new("help")
        .short('h')
        .long("help")
        .action(clap::ArgAction::Help)
        .help(flag::argument(name, "help", lang));
    command = command.arg(help);
    if name.is_empty() {
        let version = clap::Arg::new("version")
            .long("version")
            .action(clap::ArgAction::Version)
            .help(flag::argument(name, "version", lang));
        command = command.arg(version);
    }
    let headings = lang == Lang::Ja;
    let usage = usage(name, &command);
    if headings {
        command = command.override_usage(usage);
    }
    command = command.mut_args(|arg| {
        let text = flag::argument(name, arg.get_id().as_str(), lang);
        let heading = if arg.is_positional() { "引数" } else { "オプション" };
        let arg = if headings { in_japanese(arg, text) } else { arg.help(text) };
        if headings { arg.help_heading(heading) } else { arg }
    });
    if headings {
        command = command.help_template(JA_TEMPLATE);
    }
    command
}

/// clap writes "possible values" and "default" in English, so they go into the text.
fn in_japanese(arg: clap::Arg, text: &'static str) -> clap::Arg {
    if !arg.get_action().takes_values() {
        return arg.help(text);
    }
    let values: Vec<String> = arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    let default: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
    let mut notes = Vec::new();
    notes.extend((!values.is_empty()).then(|| values.join("、")));
    notes.extend((!default.is_empty()).then(|| format!("既定:{}", default.join("、"))));
    let notes = if notes.is_empty() { String::new() } else { format!("({})", notes.join("。")) };
    arg.help(format!("{text}{notes}")).hide_possible_values(true).hide_default_value(true)
}

/// clap writes `[OPTIONS]` in English.
fn usage(name: &str, command: &clap::Command) -> String {
    if name.is_empty() {
        return "keiin [オプション] <コマンド>".to_owned();
    }
    let positional = command.get_positionals().map(|arg| {
        let name = arg.get_value_names().and_then(|names| names.first()).map_or("FILE", |n| n.as_str());
        if arg.get_num_args().is_some_and(|n| n.max_values() > 1) {
            format!(" <{name}>...")
        } else {
            format!(" <{name}>")
        }
    });
    format!("keiin {name} [オプション]{}", positional.collect::<String>())
}

/// What clap complains of, as a message and advice. Help and version are not complaints: `None`.
pub(crate) fn usage_error(error: &clap::Error, lang: Lang) -> Option<(String, String)> {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return None;
    }
    let text = |kind| error.get(kind).map(shown).unwrap_or_default();
    let (argument, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    let prior = text(ContextKind::PriorArg);
    let valid = text(ContextKind::ValidValue);
    let command = text(ContextKind::InvalidSubcommand);
    let reason = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let message = match (lang, error.kind()) {
        (Lang::Ja, ErrorKind::UnknownArgument) => format!("{argument} というオプションや引数はありません"),
        (Lang::En, ErrorKind::UnknownArgument) => format!("there is no option or argument {argument}"),
        (Lang::Ja, ErrorKind::InvalidSubcommand) => format!("{command} というコマンドはありません"),
        (Lang::En, ErrorKind::InvalidSubcommand) => format!("there is no command {command}"),
        (Lang::Ja, ErrorKind::MissingRequiredArgument) => format!("{argument} を指定してください"),
        (Lang::En, ErrorKind::MissingRequiredArgument) => format!("{argument} is needed"),
        (Lang::Ja, ErrorKind::ArgumentConflict) => format!("{argument} と {prior} は同時に指定できません"),
        (Lang::En, ErrorKind::ArgumentConflict) => format!("{argument} and {prior} cannot be given together"),
        (Lang::Ja, ErrorKind::InvalidValue) if value.is_empty() => format!("{argument} に値がありません"),
        (Lang::En, ErrorKind::InvalidValue) if value.is_empty() => format!("{argument} needs a value"),
        (Lang::Ja, ErrorKind::InvalidValue) => {
            format!("{argument} に {value} は指定できません(指定できる値: {valid})")
        }
        (Lang::En, ErrorKind::InvalidValue) => {
            format!("{argument} does not take {value} (it takes: {valid})")
        }
        (Lang::Ja, ErrorKind::ValueValidation) => {
            format!("{argument} の値 {value} を読み取れません({reason})")
        }
        (Lang::En, ErrorKind::ValueValidation) => format!("{argument}: {value} cannot be read ({reason})"),
        (Lang::Ja, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand) => {
            "コマンドを指定してください".to_owned()
        }
        (Lang::En, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand) => {
            "a command is needed".to_owned()
        }
        (_, other) => other.as_str().unwrap_or("usage").to_owned(),
    };
    let advice = match lang {
        Lang::Ja => "使い方は keiin --help または keiin コマンド --help で表示されます",
        Lang::En => "keiin --help and keiin COMMAND --help show what there is",
    };
    Some((message, advice.to_owned()))
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        other => other.to_string(),
    }
}
