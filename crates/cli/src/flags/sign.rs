// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The flags of `keiin sign`, and those that only one format has.

use std::path::PathBuf;

use clap::Args;
use keiin::model::Time;

use super::{
    Carry, CertifyChoice, Commitment, Digest, FormatChoice, Grounds, Level, Location, LockChoice, Output,
    PackagingChoice, PdfPassword, ProfileChoice, Tsa, VisiblePlace,
};

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
