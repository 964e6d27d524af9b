// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The flags as clap reads them. Their texts stand in [`crate::messages::flag`], in both languages.

mod ground;
mod localise;
mod sign;
mod value;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use keiin::model::{PathPurpose, Time};

pub(crate) use ground::{Evidence, Grounds, Judge, Trust, Tsa};
pub(crate) use localise::{command, usage_error};
pub(crate) use sign::{Key, Pdf, Sign};
pub(crate) use value::{
    AlgorithmsChoice, Carry, CertifyChoice, Commitment, Digest, DigestValue, FormatChoice, Freshness, Level,
    Location, LockChoice, PackagingChoice, PathPolicy, PolicyChoice, ProfileChoice, RevocationKinds,
    VisiblePlace,
};

use crate::lang::Lang;

#[derive(Parser)]
#[command(name = "keiin", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args)]
pub(crate) struct Global {
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<Lang>,
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    Demo(Demo),
    Sign(Box<Sign>),
    Stamp(Stamp),
    Extend(Box<Extend>),
    Renew(Box<Change>),
    Verify(Box<Verify>),
    Path(Box<PathFlags>),
    Inspect(Inspect),
    Card(Card),
}

/// Puts a command's flags into it.
type AddFlags = fn(clap::Command) -> clap::Command;

/// Each command with its flags.
const WITH_FLAGS: [(&str, AddFlags); 9] = [
    ("demo", Demo::augment_args),
    ("sign", Sign::augment_args),
    ("stamp", Stamp::augment_args),
    ("extend", Extend::augment_args),
    ("renew", Change::augment_args),
    ("verify", Verify::augment_args),
    ("path", PathFlags::augment_args),
    ("inspect", Inspect::augment_args),
    ("card", Card::augment_args),
];

impl Command {
    /// The command of this name with its flags.
    fn with_flags(name: &str) -> Option<clap::Command> {
        let (name, add_flags) = WITH_FLAGS.iter().find(|(known, _)| *known == name)?;
        Some(add_flags(clap::Command::new(*name)))
    }
}

#[derive(Args)]
pub(crate) struct Demo {
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

/// The password of an encrypted PDF.
#[derive(Args)]
pub(crate) struct PdfPassword {
    #[arg(
        long = "password-fd",
        value_name = "N",
        conflicts_with = "pdf_password_env",
        id = "pdf_password_fd"
    )]
    pub(crate) password_fd: Option<i32>,
    #[arg(long = "password-env", value_name = "NAME", id = "pdf_password_env")]
    pub(crate) password_env: Option<String>,
}

#[derive(Args)]
pub(crate) struct Stamp {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) output: Output,
    #[arg(long, value_name = "DIGEST")]
    pub(crate) digest: Option<Digest>,
    #[command(flatten)]
    pub(crate) tsa: Tsa,
}

/// What changes a signed file.
#[derive(Args)]
pub(crate) struct Change {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) output: Output,
    #[arg(long, conflicts_with = "output")]
    pub(crate) in_place: bool,
    #[arg(long, value_name = "DIGEST")]
    pub(crate) digest: Option<Digest>,
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) vri: bool,
    #[command(flatten)]
    pub(crate) pdf_password: PdfPassword,
    #[command(flatten)]
    pub(crate) tsa: Tsa,
    #[command(flatten)]
    pub(crate) grounds: Grounds,
}

#[derive(Args)]
pub(crate) struct Extend {
    #[command(flatten)]
    pub(crate) change: Change,
    /// The help shows it right after where the result goes.
    #[arg(long, value_name = "LEVEL", display_order = 2)]
    pub(crate) to: Option<Level>,
}

#[derive(Args)]
pub(crate) struct Verify {
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Vec<PathBuf>,
    #[arg(long, value_name = "ALG:BASE64[:NAME]")]
    pub(crate) content_digest: Vec<DigestValue>,
    #[arg(long = "evidence", value_name = "FILE")]
    pub(crate) evidence_record: Vec<PathBuf>,
    #[arg(long, value_name = "ROLE")]
    pub(crate) require_role: Vec<String>,
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pdf_password: PdfPassword,
    #[arg(short, long)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) grounds: Grounds,
}

#[derive(Args)]
pub(crate) struct PathFlags {
    #[arg(value_name = "CERT")]
    pub(crate) file: PathBuf,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,
    #[arg(long, value_name = "signer|tsa|any", value_parser = value::path_purpose)]
    pub(crate) purpose: Option<PathPurpose>,
    #[arg(long, value_name = "general|hpki|OID")]
    pub(crate) policy: Vec<PathPolicy>,
    #[arg(long, value_name = "etsi|cryptrec|FILE")]
    pub(crate) algorithms: Option<AlgorithmsChoice>,
    #[arg(long, value_name = "FRESH")]
    pub(crate) fresh: Option<Freshness>,
    #[arg(short, long)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) trust: Trust,
    #[command(flatten)]
    pub(crate) evidence: Evidence,
}

#[derive(Args)]
pub(crate) struct Inspect {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(long, conflicts_with = "json")]
    pub(crate) facts: bool,
}

#[derive(Args)]
pub(crate) struct Card {
    #[arg(long, value_name = "PATH")]
    pub(crate) module: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where a result goes.
#[derive(Args)]
pub(crate) struct Output {
    #[arg(short, long = "output", value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
    #[arg(long)]
    pub(crate) force: bool,
}
