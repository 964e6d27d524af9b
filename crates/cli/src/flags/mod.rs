// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The flags as clap reads them. Their texts stand in [`crate::messages::flag`], in both languages.

mod localise;
mod value;

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use keiin::model::{PathPurpose, Time};

pub(crate) use localise::{command, usage_error};
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

#[derive(Args)]
pub(crate) struct Demo {
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Sign {
    /// Absent with `--finish`, which knows its content, and with `--batch`.
    #[arg(value_name = "FILE", required_unless_present_any = ["finish", "batch"])]
    pub(crate) files: Vec<PathBuf>,
    #[arg(long, value_name = "FOLDER", conflicts_with_all = [
        "files", "profile", "force", "signing_time", "in_place", "add", "countersign", "prepare", "finish", "content",
    ])]
    pub(crate) batch: Option<PathBuf>,
    #[arg(long, value_name = "PATTERN", requires = "batch")]
    pub(crate) glob: Vec<String>,
    #[arg(long, requires = "batch")]
    pub(crate) json: bool,
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<FormatChoice>,
    #[command(flatten)]
    pub(crate) output: Output,
    #[arg(long)]
    pub(crate) detached: bool,
    #[command(flatten)]
    pub(crate) xml: Xml,
    #[command(flatten)]
    pub(crate) pdf: Pdf,
    #[command(flatten)]
    pub(crate) pdf_password: PdfPassword,
    #[arg(long, value_name = "LEVEL", default_value = "es-bes")]
    pub(crate) to: Level,
    #[arg(long, value_name = "DIGEST")]
    pub(crate) digest: Option<Digest>,
    #[arg(long)]
    pub(crate) pss: bool,
    #[arg(long, value_name = "COMMITMENT")]
    pub(crate) commitment: Vec<Commitment>,
    #[arg(long, value_name = "CC,CITY")]
    pub(crate) location: Option<Location>,
    #[arg(long, value_name = "TEXT")]
    pub(crate) role: Vec<String>,
    #[arg(long, value_name = "TIME")]
    pub(crate) signing_time: Option<Time>,
    #[arg(long, conflicts_with_all = ["countersign", "prepare", "finish"])]
    pub(crate) add: bool,
    #[arg(long, value_name = "ID", conflicts_with_all = ["prepare", "finish"])]
    pub(crate) countersign: Option<String>,
    #[arg(long, value_name = "JSON", conflicts_with = "finish")]
    pub(crate) prepare: Option<PathBuf>,
    #[arg(long, value_name = "JSON", requires = "value")]
    pub(crate) finish: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "finish")]
    pub(crate) value: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) key: Key,
    #[command(flatten)]
    pub(crate) tsa: Tsa,
    #[command(flatten)]
    pub(crate) grounds: Grounds,
}

/// How an XML signature is laid out.
#[derive(Args)]
pub(crate) struct Xml {
    #[arg(long, value_name = "PROFILE", conflicts_with_all = ["format", "packaging", "detached", "add", "countersign"])]
    pub(crate) profile: Option<ProfileChoice>,
    #[arg(long, value_name = "PACKAGING", conflicts_with = "detached")]
    pub(crate) packaging: Option<PackagingChoice>,
    #[arg(long, value_name = "ID")]
    pub(crate) element: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(crate) into: Option<String>,
    #[arg(long, value_name = "FORM")]
    pub(crate) carry: Option<Carry>,
    #[arg(long)]
    pub(crate) parallel: bool,
    #[arg(long)]
    pub(crate) manifest: bool,
    #[arg(long)]
    pub(crate) sign_key_info: bool,
    #[arg(long)]
    pub(crate) issuer_serial: bool,
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
}

impl Xml {
    /// Flags that only an XML signature knows; the first that is given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--packaging", self.packaging.is_some()),
            ("--element", self.element.is_some()),
            ("--into", self.into.is_some()),
            ("--carry", self.carry.is_some()),
            ("--parallel", self.parallel),
            ("--manifest", self.manifest),
            ("--sign-key-info", self.sign_key_info),
            ("--issuer-serial", self.issuer_serial),
            ("--id", self.id.is_some()),
        ];
        flags.into_iter().find_map(|(name, given)| given.then_some(name))
    }
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

/// A signature inside a PDF.
#[derive(Args)]
pub(crate) struct Pdf {
    #[arg(long = "in-place", conflicts_with = "output")]
    pub(crate) in_place: bool,
    #[arg(long, value_name = "NAME")]
    pub(crate) field: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub(crate) contact: Option<String>,
    #[arg(long, value_name = "CHANGES")]
    pub(crate) certify: Option<CertifyChoice>,
    #[arg(long, value_name = "FIELDS")]
    pub(crate) lock: Option<LockChoice>,
    #[arg(long, value_name = "PAGE:X,Y,W,H")]
    pub(crate) visible: Option<VisiblePlace>,
    #[arg(long, value_name = "FILE", requires = "visible")]
    pub(crate) font: Option<PathBuf>,
    #[arg(long, value_name = "N", requires = "font")]
    pub(crate) font_index: Option<u32>,
    #[arg(long, value_name = "FILE", requires = "visible")]
    pub(crate) image: Option<PathBuf>,
    #[arg(long, value_name = "LINE", requires = "visible")]
    pub(crate) text: Vec<String>,
    #[arg(long, requires = "visible")]
    pub(crate) border: bool,
}

impl Pdf {
    /// Flags that only a signature inside a PDF knows; the first that is given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--in-place", self.in_place),
            ("--field", self.field.is_some()),
            ("--reason", self.reason.is_some()),
            ("--contact", self.contact.is_some()),
            ("--certify", self.certify.is_some()),
            ("--lock", self.lock.is_some()),
            ("--visible", self.visible.is_some()),
        ];
        flags.into_iter().find_map(|(name, given)| given.then_some(name))
    }
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

/// Which key signs, and how its PIN comes in.
#[derive(Args)]
pub(crate) struct Key {
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "module"])]
    pub(crate) p12: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "cert", conflicts_with = "module")]
    pub(crate) key: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) chain: Vec<PathBuf>,
    #[arg(long, value_name = "PATH")]
    pub(crate) module: Option<PathBuf>,
    #[arg(long, value_name = "N", conflicts_with = "reader")]
    pub(crate) slot: Option<u64>,
    #[arg(long, value_name = "LABEL")]
    pub(crate) token: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub(crate) reader: Option<String>,
    #[arg(long, value_name = "SHA256")]
    pub(crate) certificate: Option<String>,
    #[arg(long, value_name = "N", conflicts_with = "pin_env")]
    pub(crate) pin_fd: Option<i32>,
    #[arg(long, value_name = "NAME")]
    pub(crate) pin_env: Option<String>,
}

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
