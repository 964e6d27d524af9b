// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Flags that several commands have: who gives time-stamps, and on what a verdict stands.

use std::{ffi::OsString, path::PathBuf};

use clap::Args;

use super::{AlgorithmsChoice, Freshness, PolicyChoice, RevocationKinds};

/// Who gives time-stamps.
#[derive(Args)]
pub(crate) struct Tsa {
    #[arg(long = "tsa", value_name = "URL")]
    pub(crate) urls: Vec<String>,
    #[arg(long = "tsa-user", value_name = "NAME", requires = "password_env")]
    pub(crate) user: Option<String>,
    #[arg(long = "tsa-password-env", value_name = "NAME", requires = "user", id = "password_env")]
    pub(crate) password_env: Option<String>,
}

/// On what a verdict stands.
#[derive(Args, Default)]
pub(crate) struct Grounds {
    #[command(flatten)]
    pub(crate) trust: Trust,
    #[command(flatten)]
    pub(crate) evidence: Evidence,
    #[command(flatten)]
    pub(crate) judge: Judge,
}

/// Whom to trust, and which network may be used.
#[derive(Args, Default)]
pub(crate) struct Trust {
    #[arg(long, value_name = "hpki|FILE|DIR")]
    pub(crate) trust: Vec<OsString>,
    #[arg(long, value_name = "os|FILE|DIR")]
    pub(crate) tsa_trust: Vec<OsString>,
    #[arg(long)]
    pub(crate) offline: bool,
    #[arg(long)]
    pub(crate) allow_private: bool,
}

/// Certificates and revocation data given by hand.
#[derive(Args, Default)]
pub(crate) struct Evidence {
    #[arg(long, value_name = "FILE")]
    pub(crate) certs: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) ocsp: Vec<PathBuf>,
    #[arg(long, value_name = "KINDS")]
    pub(crate) revocation: Option<RevocationKinds>,
}

/// How strict the verdict is.
#[derive(Args, Default)]
pub(crate) struct Judge {
    #[arg(long, value_name = "general|hpki")]
    pub(crate) policy: Option<PolicyChoice>,
    #[arg(long, value_name = "etsi|cryptrec|FILE")]
    pub(crate) algorithms: Option<AlgorithmsChoice>,
    #[arg(long, value_name = "FRESH")]
    pub(crate) fresh: Option<Freshness>,
}
