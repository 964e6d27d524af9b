// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The language of everything that the command says.

use std::ffi::OsString;

use clap::ValueEnum;

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    Ja,
    #[default]
    En,
}

impl Lang {
    /// The language before the flags are read, so that a complaint about the flags is in it too: `--lang` anywhere, else
    /// the locale (POSIX: the first of LC_ALL, LC_MESSAGES and LANG that is set and not empty).
    pub(crate) fn first(arguments: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Self {
        Self::in_arguments(arguments).unwrap_or_else(|| {
            let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| variable(name).filter(|v| !v.is_empty()));
            if locale.is_some_and(|locale| locale.starts_with("ja")) { Self::Ja } else { Self::En }
        })
    }

    /// What `--lang` says, if it is there.
    pub(crate) fn in_arguments(arguments: &[OsString]) -> Option<Self> {
        let mut arguments = arguments.iter().filter_map(|a| a.to_str());
        while let Some(argument) = arguments.next() {
            let value = match argument.strip_prefix("--lang") {
                Some("") => arguments.next()?,
                Some(rest) => rest.strip_prefix('=').unwrap_or_default(),
                None if argument == "--" => return None,
                None => continue,
            };
            return match value {
                "ja" => Some(Self::Ja),
                "en" => Some(Self::En),
                _ => None,
            };
        }
        None
    }

    /// One of two texts.
    pub(crate) const fn pick<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lang(arguments: &[&str], environment: &[(&str, &str)]) -> Lang {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        Lang::first(&arguments, |name| {
            environment.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn the_flag_goes_before_the_locale() {
        assert_eq!(lang(&["--lang", "en"], &[("LANG", "ja_JP.UTF-8")]), Lang::En);
        assert_eq!(lang(&["verify", "--lang=ja"], &[]), Lang::Ja);
        assert_eq!(lang(&["--", "--lang=ja"], &[]), Lang::En);
    }

    #[test]
    fn the_locale_is_posix() {
        assert_eq!(lang(&[], &[("LC_ALL", ""), ("LANG", "ja_JP.UTF-8")]), Lang::Ja);
        assert_eq!(lang(&[], &[("LC_ALL", "C"), ("LANG", "ja_JP.UTF-8")]), Lang::En);
        assert_eq!(lang(&[], &[]), Lang::En);
    }
}
