// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What every command stands on: language, configuration, and the library's setup made of both and the flags.

use std::{
    ffi::OsStr,
    fmt::Write as _,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use keiin::{
    Config, ConfigError, FileError, Network, RevocationKinds, Setup, TrustSource, Tsa, algorithm_table,
    config::{FreshnessChoice, Language},
    file,
    transport::PrivateAddresses,
    tsa::{Account, Secret},
    validate::{AlgorithmTable, RevocationFreshness},
};

use crate::{
    error::{Failure, Text},
    flags::{
        AlgorithmsChoice, Evidence, Freshness, Global, Grounds, Judge, PolicyChoice,
        RevocationKinds as Kinds, Trust, Tsa as TsaFlags,
    },
    lang::Lang,
};

/// Octets of a file with certificates, a CRL or an OCSP response.
const MAX_EVIDENCE: u64 = 256 << 20;

/// The language, the configuration and the way out.
pub(crate) struct Context {
    pub(crate) lang: Lang,
    pub(crate) quiet: bool,
    pub(crate) config: Config,
}

/// For what a setup is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// For judging: the policy's own freshness unless told otherwise.
    Judge,
    /// For making something that must last: revocation data after the time-stamp unless told otherwise.
    Make,
}

/// Flags that make a setup.
pub(crate) struct SetupFlags<'a> {
    pub(crate) trust: &'a Trust,
    pub(crate) evidence: &'a Evidence,
    pub(crate) judge: &'a Judge,
    pub(crate) tsa: Option<&'a TsaFlags>,
    pub(crate) roles: &'a [String],
}

impl<'a> From<&'a Grounds> for SetupFlags<'a> {
    fn from(grounds: &'a Grounds) -> Self {
        let Grounds { trust, evidence, judge } = grounds;
        Self { trust, evidence, judge, tsa: None, roles: &[] }
    }
}

impl Context {
    /// Reads the configuration. `lang` is what the flags or the locale said; the configuration's language goes between.
    pub(crate) fn new(global: &Global, locale: Lang) -> Result<Self, Failure> {
        let config = config(global.config.as_deref())?;
        let configured = config.language.map(|language| match language {
            Language::Japanese => Lang::Ja,
            Language::English => Lang::En,
        });
        Ok(Self { lang: global.lang.or(configured).unwrap_or(locale), quiet: global.quiet, config })
    }

    /// Prints a result. A reader that has gone away is no error: what it wanted it has.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Environment(
                Text::new("結果を出力できません", "the result cannot be printed"),
                error,
            )),
            _ => Ok(()),
        }
    }

    /// Says something beside the result, unless it is to be quiet.
    pub(crate) fn note(&self, ja: impl FnOnce() -> String, en: impl FnOnce() -> String) {
        if self.quiet {
            return;
        }
        let mut text = match self.lang {
            Lang::Ja => ja(),
            Lang::En => en(),
        };
        let _ = writeln!(text);
        // Nobody can be told that standard error is gone.
        drop(io::stderr().write_all(text.as_bytes()));
    }

    /// The library's setup for some flags.
    pub(crate) fn setup(&self, flags: &SetupFlags<'_>, work: Work) -> Result<Setup<'static>, Failure> {
        let mut config = self.config.clone();
        if flags.trust.offline {
            config.network = Network::Offline;
        }
        if flags.trust.allow_private {
            config.private_addresses = PrivateAddresses::Allow;
        }
        if !flags.trust.trust.is_empty() {
            config.signer_trust = flags.trust.trust.iter().map(|t| source(t)).collect();
        }
        if !flags.trust.tsa_trust.is_empty() {
            config.tsa_trust = flags.trust.tsa_trust.iter().map(|t| source(t)).collect();
        }
        if let Some(tsa) = flags.tsa {
            tsas(tsa, &mut config);
        }
        if !flags.roles.is_empty() {
            config.required_roles = flags.roles.to_vec();
        }
        config.preset = Some(self.preset(flags)?);
        let mut setup = Setup::from_config(&config)?;
        match &flags.judge.algorithms {
            Some(AlgorithmsChoice::Etsi) => setup.policy.algorithms = AlgorithmTable::ets_119312(),
            Some(AlgorithmsChoice::Cryptrec) => setup.policy.algorithms = AlgorithmTable::cryptrec(),
            Some(AlgorithmsChoice::File(path)) => setup.policy.algorithms = algorithm_table(path)?,
            None => {}
        }
        freshness(&mut setup, flags.judge.fresh, config.freshness, work);
        from_the_file_alone(&mut setup, flags.judge.fresh);
        setup.revocation = match flags.evidence.revocation {
            None | Some(Kinds::Any) => RevocationKinds::Any,
            Some(Kinds::Crl) => RevocationKinds::Crl,
            Some(Kinds::Ocsp) => RevocationKinds::Ocsp,
            Some(Kinds::Both) => RevocationKinds::Both,
        };
        supply(&mut setup, flags.evidence)?;
        Ok(setup)
    }

    /// The policy's preset: what the flag says, else the configuration; else `general` where the command line names
    /// anchors that are not HPKI's and asks for no licence, and the strict `hpki` everywhere else.
    fn preset(&self, flags: &SetupFlags<'_>) -> Result<String, Failure> {
        let general = match flags.judge.policy {
            Some(choice) => choice == PolicyChoice::General,
            None => {
                let trust = &flags.trust.trust;
                let foreign = !trust.is_empty() && trust.iter().all(|t| t != "hpki");
                match &self.config.preset {
                    Some(preset) => return Ok(preset.clone()),
                    None => foreign && flags.roles.is_empty(),
                }
            }
        };
        if general && !flags.roles.is_empty() {
            return Err(Failure::usage(
                "--policy general では資格を確かめられません",
                "--policy general knows no licences",
            )
            .with_advice(
                "--require-role には --policy hpki を指定してください",
                "give --policy hpki with --require-role",
            ));
        }
        Ok(if general { "general" } else { "hpki" }.to_owned())
    }
}

fn freshness(setup: &mut Setup<'_>, flag: Option<Freshness>, config: FreshnessChoice, work: Work) {
    let strict = RevocationFreshness::Strict { grace: std::time::Duration::ZERO };
    match (flag, config, work) {
        (Some(Freshness::Relaxed), ..) => {
            setup.policy.signer_freshness = RevocationFreshness::NextUpdate;
            setup.policy.tsa_freshness = RevocationFreshness::NextUpdate;
        }
        (Some(Freshness::Strict), ..) | (None, FreshnessChoice::Strict, Work::Make) => {
            setup.policy.signer_freshness = strict;
        }
        (None, ..) => {}
    }
}

/// Offline a third party judges from the file alone (JAHIS 6.8 (3)(a)). Nothing younger can come about the TSA of the last
/// time-stamp, which seals everything but the data about itself, so what the file holds about TSAs decides whatever its age.
fn from_the_file_alone(setup: &mut Setup<'_>, flag: Option<Freshness>) {
    if setup.network == Network::Offline && flag.is_none() {
        setup.policy.tsa_freshness = RevocationFreshness::Any;
    }
}

fn source(text: &OsStr) -> TrustSource {
    text.to_str().map_or_else(|| TrustSource::Path(PathBuf::from(text)), TrustSource::from)
}

fn tsas(flags: &TsaFlags, config: &mut Config) {
    let account = flags.user.clone().zip(flags.password_env.clone());
    let account = account.map(|(user, name)| Account { user, password: Secret::Variable(name) });
    if !flags.urls.is_empty() {
        config.tsas = flags.urls.iter().map(Tsa::new).collect();
    }
    if let Some(account) = account {
        config.tsas.iter_mut().for_each(|tsa| tsa.account = Some(account.clone()));
    }
}

/// Certificates, CRLs and OCSP responses given by hand; PEM files may hold many.
fn supply(setup: &mut Setup<'_>, flags: &Evidence) -> Result<(), Failure> {
    for path in &flags.certs {
        for anchor in TrustSource::Path(path.clone()).anchors().map_err(keiin::Error::from)? {
            setup.supply(anchor.certificate);
        }
    }
    for path in flags.crl.iter().chain(&flags.ocsp) {
        let bytes = file::read(path, MAX_EVIDENCE)?;
        if !setup.supply(bytes) {
            return Err(Failure::usage(
                format!("{}:CRLでもOCSPレスポンスでもありません", path.display()),
                format!("{}: neither a CRL nor an OCSP response", path.display()),
            )
            .with_advice("DER形式で(CRLはPEM形式でも)渡してください", "give it in DER (a CRL may be PEM)"));
        }
    }
    Ok(())
}

/// The named configuration, else `./keiin.toml`, else the user's; none is no error unless it was named.
fn config(named: Option<&Path>) -> Result<Config, Failure> {
    if let Some(path) = named {
        return Ok(Config::read(path)?);
    }
    let places = std::iter::once(PathBuf::from("keiin.toml")).chain(user_config());
    for path in places {
        match Config::read(&path) {
            Err(ConfigError::File(FileError::Missing { .. })) => {}
            other => return Ok(other?),
        }
    }
    Ok(Config::default())
}

/// Where a user's `keiin.toml` is.
fn user_config() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = if cfg!(windows) {
        variable("APPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")))
    };
    folder.map(|folder| folder.join("keiin").join("keiin.toml"))
}
