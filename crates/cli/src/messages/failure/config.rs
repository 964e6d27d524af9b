// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is wrong with a configuration.

use keiin::ConfigError;

use super::file;
use crate::lang::Lang;

/// A configuration's trouble.
pub(crate) fn config(error: &ConfigError, lang: Lang) -> String {
    match (error, lang) {
        (ConfigError::File(error), Lang::Ja) => file(error),
        (ConfigError::NotText { path }, Lang::Ja) => {
            format!("{}:UTF-8のテキストではありません", path.display())
        }
        (ConfigError::Line { path, line, key, reason }, Lang::Ja) => {
            format!("{}:{line}行目:{key}:{}", path.display(), wanted(reason))
        }
        (other, _) => other.to_string(),
    }
}

/// What a key of the configuration takes. The parser's own complaints stay as they are.
fn wanted(reason: &str) -> &str {
    match reason {
        "ja or en" => "ja または en を指定してください",
        "strict or relaxed" => "strict または relaxed を指定してください",
        "hpki or general" => "hpki または general を指定してください",
        "an http or https address" => "http または https のアドレスを指定してください",
        "an OID in dotted form" => "OIDをドット区切りの数字で指定してください",
        "HPKI certifies no TSA" => "HPKIは時刻認証局を認証していません",
        "user is needed with it" => "user も指定してください",
        "password_env or password_file is needed with it" => {
            "password_env または password_file も指定してください"
        }
        "password_env is given too: one of the two" => "password_env とどちらか一方だけを指定してください",
        other => other,
    }
}
