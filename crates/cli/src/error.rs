// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What ends a command, and the exit code for it.

use std::{io, path::PathBuf};

use keiin::{
    Blame, ConfigError, Error, FileError,
    model::{Indication, SignerError},
};

use crate::{lang::Lang, messages::failure};

/// How a command ends (design.md 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Valid,
    Invalid,
    Undecided,
    Usage,
    Limit,
    Environment,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Undecided => 2,
            Self::Usage => 3,
            Self::Limit => 4,
            Self::Environment => 5,
        }
    }

    /// Of several files the one that matters most: an invalid signature is never hidden by a file that could not be read,
    /// and neither by one that is not decided.
    pub(crate) fn worst(self, other: Self) -> Self {
        const ORDER: [Exit; 6] =
            [Exit::Valid, Exit::Undecided, Exit::Usage, Exit::Limit, Exit::Environment, Exit::Invalid];
        let rank = |exit| ORDER.iter().position(|e| *e == exit);
        if rank(self) >= rank(other) { self } else { other }
    }
}

impl From<Indication> for Exit {
    fn from(indication: Indication) -> Self {
        match indication {
            Indication::TotalPassed => Self::Valid,
            Indication::Indeterminate => Self::Undecided,
            Indication::TotalFailed => Self::Invalid,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library says no.
    Keiin(Error),
    /// The configuration.
    Config(ConfigError),
    /// The flags do not fit together or the world: message and advice.
    Usage(Text, Option<Text>),
    /// Something of the machine: the terminal, standard output.
    Environment(Text, io::Error),
    /// A prepared signature cannot be read.
    Prepared(PathBuf),
    /// The password of this key file is wrong.
    Password(PathBuf),
}

/// A text in both languages.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) ja: String,
    pub(crate) en: String,
}

impl Text {
    pub(crate) fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }

    pub(crate) fn of(&self, lang: Lang) -> &str {
        lang.pick(&self.ja, &self.en)
    }
}

impl Failure {
    pub(crate) fn usage(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Usage(Text::new(ja, en), None)
    }

    pub(crate) fn with_advice(self, ja: &str, en: &str) -> Self {
        match self {
            Self::Usage(text, _) => Self::Usage(text, Some(Text::new(ja, en))),
            other => other,
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Keiin(error) => Self::exit_of(error),
            Self::Config(_) | Self::Usage(..) | Self::Prepared(_) => Exit::Usage,
            Self::Environment(..) | Self::Password(_) => Exit::Environment,
        }
    }

    /// How a command ends that ends with an error of the library.
    pub(crate) fn exit_of(error: &Error) -> Exit {
        match error {
            Error::Signer(SignerError::Ambiguous { .. }) => Exit::Usage,
            Error::NotValid { indication, .. } => (*indication).into(),
            error => match error.blame() {
                Blame::Malformed | Blame::Misuse => Exit::Usage,
                Blame::Limit => Exit::Limit,
                Blame::Environment => Exit::Environment,
                Blame::Verdict => Exit::Undecided,
            },
        }
    }

    pub(crate) fn message(&self, lang: Lang) -> String {
        match self {
            Self::Keiin(error) => failure::message(error, lang),
            Self::Config(error) => failure::config(error, lang),
            Self::Usage(text, _) => text.of(lang).to_owned(),
            Self::Environment(text, source) => match lang {
                Lang::Ja => format!("{}({source})", text.of(lang)),
                Lang::En => format!("{}: {source}", text.of(lang)),
            },
            Self::Password(path) => match lang {
                Lang::Ja => format!("{}:鍵ファイルのパスワードが違います", path.display()),
                Lang::En => format!("{}: wrong password for this key file", path.display()),
            },
            Self::Prepared(path) => match lang {
                Lang::Ja => format!("{}:keiin sign --prepare で作ったファイルではありません", path.display()),
                Lang::En => format!("{}: not a file that keiin sign --prepare made", path.display()),
            },
        }
    }

    pub(crate) fn advice(&self, lang: Lang) -> Option<String> {
        match self {
            Self::Keiin(error) => failure::advice(error, lang),
            Self::Config(ConfigError::File(error)) => failure::file_advice(error, lang),
            Self::Usage(_, advice) => advice.as_ref().map(|text| text.of(lang).to_owned()),
            _ => None,
        }
    }

    /// The message and what to do about it, as they stand on standard error.
    pub(crate) fn render(&self, lang: Lang) -> String {
        complaint(&self.message(lang), self.advice(lang).as_deref(), lang)
    }
}

/// A message with its advice.
pub(crate) fn complaint(message: &str, advice: Option<&str>, lang: Lang) -> String {
    let (error, then) = match lang {
        Lang::Ja => ("エラー:", "対処:"),
        Lang::En => ("error: ", "advice: "),
    };
    match advice {
        Some(advice) => format!("{error}{message}\n{then}{advice}\n"),
        None => format!("{error}{message}\n"),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Keiin(error)
    }
}

impl From<SignerError> for Failure {
    fn from(error: SignerError) -> Self {
        Self::Keiin(error.into())
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Keiin(error.into())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_several_files() {
        assert_eq!(Exit::Valid.worst(Exit::Undecided), Exit::Undecided);
        assert_eq!(Exit::Invalid.worst(Exit::Environment), Exit::Invalid);
        assert_eq!(Exit::Usage.worst(Exit::Undecided), Exit::Usage);
    }
}
