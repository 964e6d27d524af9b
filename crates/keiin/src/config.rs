// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin.toml`: which TSAs, which trust, which card, which policy. Errors name the key and the line.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::{
    FileError, Network, file,
    model::Oid,
    transport::PrivateAddresses,
    trust::TrustSource,
    tsa::{Account, Secret, Tsa},
};

/// Octets of a configuration file.
const MAX_CONFIG: u64 = 1 << 20;

/// The language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Language {
    Japanese,
    English,
}

/// How the engine's revocation freshness is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FreshnessChoice {
    /// Revocation data must be issued after the time-stamp: one waits for the next CRL.
    #[default]
    Strict,
    /// Revocation data that was current at the time-stamp is enough.
    Relaxed,
}

/// What a `keiin.toml` says. Paths are relative to the file's folder.
///
/// ```toml
/// lang = "ja"                    # or "en"
/// module = "/usr/lib/libhpki.so" # PKCS#11
/// cache = "cache"                # CRLs, OCSP responses, certificates
/// offline = false
/// allow_private = false          # may addresses in certificates lead into one's own network?
///
/// [trust]
/// signers = ["hpki", "anchors/"] # hpki, os, a file, a folder
/// tsas = ["tsa-roots.pem"]
///
/// [policy]
/// preset = "hpki"                # or "general": EN 319 102-1 for anchors that you name
/// algorithms = "table.toml"      # an algorithm table of one's own
/// freshness = "strict"           # or "relaxed"
/// require_role = ["医師"]
///
/// [[tsa]]
/// url = "https://tsa.example/"
/// user = "hospital"
/// password_env = "TSA_PASSWORD"  # or password_file
/// client_certificate = "client.pem"
/// policy = "1.2.392.200091.100.1"
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The language of messages.
    pub language: Option<Language>,
    /// The PKCS#11 module.
    pub module: Option<PathBuf>,
    /// Whether the network may be used.
    pub network: Network,
    /// Whether addresses in certificates may lead into one's own network.
    pub private_addresses: PrivateAddresses,
    /// Where fetched objects are kept.
    pub cache: Option<PathBuf>,
    /// Who may have certified a signer.
    pub signer_trust: Vec<TrustSource>,
    /// Who may have certified a TSA.
    pub tsa_trust: Vec<TrustSource>,
    /// The policy's preset by name.
    pub preset: Option<String>,
    /// An algorithm table in a file, in place of the preset's.
    pub algorithms: Option<PathBuf>,
    /// How fresh revocation data must be.
    pub freshness: FreshnessChoice,
    /// The licensed roles of which the signer must have one.
    pub required_roles: Vec<String>,
    /// The TSAs, in the order in which they are asked.
    pub tsas: Vec<Tsa>,
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is not UTF-8.
    #[error("{}: not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// A line is wrong.
    #[error("{}:{line}: {key}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key, as far as it is known.
        key: String,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Root {
    lang: Option<Spanned<String>>,
    module: Option<PathBuf>,
    offline: bool,
    allow_private: bool,
    cache: Option<PathBuf>,
    trust: TrustTable,
    policy: PolicyTable,
    tsa: Vec<Spanned<TsaTable>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TrustTable {
    signers: Vec<String>,
    tsas: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PolicyTable {
    preset: Option<Spanned<String>>,
    algorithms: Option<PathBuf>,
    freshness: Option<Spanned<String>>,
    require_role: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TsaTable {
    url: Spanned<String>,
    user: Option<Spanned<String>>,
    password_env: Option<Spanned<String>>,
    password_file: Option<Spanned<PathBuf>>,
    client_certificate: Option<PathBuf>,
    policy: Option<Spanned<String>>,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigError`] naming the file, the line and the key.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let bytes = file::read(path, MAX_CONFIG)?;
        let text = String::from_utf8(bytes).map_err(|_| ConfigError::NotText { path: path.to_owned() })?;
        Self::parse(&text, path)
    }

    /// Reads a text as if it stood in a file.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let source = Source { text, path, folder: path.parent().unwrap_or_else(|| Path::new("")) };
        let root: Root = toml::from_str(text).map_err(|error| source.syntax(&error))?;
        source.config(root)
    }
}

struct Source<'a> {
    text: &'a str,
    path: &'a Path,
    folder: &'a Path,
}

impl Source<'_> {
    fn config(&self, root: Root) -> Result<Config, ConfigError> {
        let at = |path: PathBuf| self.folder.join(path);
        let trust = |text: &str| match TrustSource::from(text) {
            TrustSource::Path(path) => TrustSource::Path(at(path)),
            other => other,
        };
        for tsas in &root.trust.tsas {
            if matches!(TrustSource::from(tsas.get_ref().as_str()), TrustSource::Hpki) {
                return Err(self.wrong(tsas, "tsas", "HPKI certifies no TSA"));
            }
        }
        Ok(Config {
            language: root.lang.as_ref().map(|lang| self.language(lang)).transpose()?,
            module: root.module.map(at),
            network: if root.offline { Network::Offline } else { Network::Online },
            private_addresses: if root.allow_private {
                PrivateAddresses::Allow
            } else {
                PrivateAddresses::Refuse
            },
            cache: root.cache.map(at),
            signer_trust: root.trust.signers.iter().map(|s| trust(s)).collect(),
            tsa_trust: root.trust.tsas.iter().map(|s| trust(s.get_ref())).collect(),
            preset: root.policy.preset.map(|preset| self.preset(preset)).transpose()?,
            algorithms: root.policy.algorithms.map(at),
            freshness: root
                .policy
                .freshness
                .as_ref()
                .map_or(Ok(FreshnessChoice::Strict), |f| self.freshness(f))?,
            required_roles: root.policy.require_role,
            tsas: root.tsa.into_iter().map(|tsa| self.tsa(tsa)).collect::<Result<_, _>>()?,
        })
    }

    fn language(&self, lang: &Spanned<String>) -> Result<Language, ConfigError> {
        match lang.get_ref().as_str() {
            "ja" => Ok(Language::Japanese),
            "en" => Ok(Language::English),
            _ => Err(self.wrong(lang, "lang", "ja or en")),
        }
    }

    fn preset(&self, preset: Spanned<String>) -> Result<String, ConfigError> {
        match preset.get_ref().as_str() {
            "hpki" | "general" => Ok(preset.into_inner()),
            _ => Err(self.wrong(&preset, "preset", "hpki or general")),
        }
    }

    fn freshness(&self, freshness: &Spanned<String>) -> Result<FreshnessChoice, ConfigError> {
        match freshness.get_ref().as_str() {
            "strict" => Ok(FreshnessChoice::Strict),
            "relaxed" => Ok(FreshnessChoice::Relaxed),
            _ => Err(self.wrong(freshness, "freshness", "strict or relaxed")),
        }
    }

    fn tsa(&self, table: Spanned<TsaTable>) -> Result<Tsa, ConfigError> {
        let table = table.into_inner();
        let url = table.url.get_ref();
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(self.wrong(&table.url, "url", "an http or https address"));
        }
        let password = match (table.password_env, table.password_file) {
            (Some(_), Some(file)) => {
                return Err(self.wrong(&file, "password_file", "password_env is given too: one of the two"));
            }
            (Some(name), None) => Some((name.span(), Secret::Variable(name.into_inner()))),
            (None, Some(file)) => Some((file.span(), Secret::File(self.folder.join(file.into_inner())))),
            (None, None) => None,
        };
        let account = match (table.user, password) {
            (Some(user), Some((_, password))) => Some(Account { user: user.into_inner(), password }),
            (Some(user), None) => {
                return Err(self.wrong(&user, "user", "password_env or password_file is needed with it"));
            }
            (None, Some((span, _))) => {
                return Err(self.line(span.start, "password", "user is needed with it"));
            }
            (None, None) => None,
        };
        let policy = match table.policy {
            Some(policy) => Some(
                policy
                    .get_ref()
                    .parse::<Oid>()
                    .map_err(|_| self.wrong(&policy, "policy", "an OID in dotted form"))?,
            ),
            None => None,
        };
        Ok(Tsa {
            url: table.url.into_inner(),
            account,
            identity: table.client_certificate.map(|path| self.folder.join(path)),
            policy,
        })
    }

    fn wrong<T>(&self, at: &Spanned<T>, key: &str, wanted: &str) -> ConfigError {
        self.line(at.span().start, key, wanted)
    }

    fn line(&self, offset: usize, key: &str, reason: &str) -> ConfigError {
        let line = self.text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1;
        ConfigError::Line { path: self.path.to_owned(), line, key: key.to_owned(), reason: reason.to_owned() }
    }

    fn syntax(&self, error: &toml::de::Error) -> ConfigError {
        let start = error.span().map_or(0, |span| span.start);
        let begin = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let line = self.text.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let key = line.split('=').next().unwrap_or_default().trim();
        self.line(start, key, error.message())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"
lang = "ja"
module = "/usr/lib/libhpki.so"
cache = "cache"
offline = true
[trust]
signers = ["hpki", "anchors"]
tsas = ["os", "/etc/tsa.pem"]
[policy]
freshness = "relaxed"
[[tsa]]
url = "https://one.example/"
user = "u"
password_env = "P"
[[tsa]]
url = "http://two.example/"
policy = "1.2.3"
"#;

    #[test]
    fn everything_is_read_and_paths_are_the_files_own() {
        let config = Config::parse(FULL, Path::new("/etc/keiin/keiin.toml")).unwrap();
        assert_eq!(config.network, Network::Offline);
        assert_eq!(config.cache.as_deref(), Some(Path::new("/etc/keiin/cache")));
        assert_eq!(
            config.signer_trust,
            [TrustSource::Hpki, TrustSource::Path(PathBuf::from("/etc/keiin/anchors"))]
        );
        assert_eq!(config.tsa_trust.len(), 2);
        assert_eq!(config.freshness, FreshnessChoice::Relaxed);
        let [one, two] = config.tsas.as_slice() else { panic!() };
        assert_eq!(one.account.as_ref().unwrap().password, Secret::Variable("P".to_owned()));
        assert_eq!(two.policy, Some("1.2.3".parse().unwrap()));
    }

    #[test]
    fn errors_name_key_and_line() {
        for (text, line, key) in [
            ("lang = 'fr'", 1, "lang"),
            ("\nlanguage = 'ja'", 2, "language"),
            ("offline = 'yes'", 1, "offline"),
            ("\n\n[policy]\nfreshness = 'lax'", 4, "freshness"),
            ("[policy]\npreset = 'hkpi'", 2, "preset"),
            ("[[tsa]]\nurl = 'ftp://x'", 2, "url"),
            ("[[tsa]]\nurl = 'http://x'\nuser = 'u'", 3, "user"),
            ("[[tsa]]\nurl = 'http://x'\npolicy = 'x'", 3, "policy"),
            ("[trust]\ntsas = ['hpki']", 2, "tsas"),
            ("lang = ", 1, "lang"),
        ] {
            match Config::parse(text, Path::new("keiin.toml")) {
                Err(ConfigError::Line { line: found, key: at, .. }) => {
                    assert_eq!((found, at.as_str()), (line, key), "{text}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
