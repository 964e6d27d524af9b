// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Runs the command as a user does: as a process, in a folder of its own, against the test world on a loopback port.
#![allow(dead_code)] // each test binary uses a part

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

use keiin_testkit::{
    TestPki, World,
    net::{Port, Server},
};
use tempfile::TempDir;

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A folder to run in.
pub(crate) struct Place {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub(crate) fn variable(&mut self, name: &str, value: impl Into<String>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    /// The command in this folder with nothing of the tester's own environment that could change what it does.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keiin"));
        command.current_dir(self.folder()).env("HOME", self.folder()).stdin(std::process::Stdio::null());
        for name in
            ["LC_ALL", "LC_MESSAGES", "LANG", "XDG_CONFIG_HOME", "http_proxy", "https_proxy", "HTTP_PROXY"]
        {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it with arguments separated by blanks.
    pub(crate) fn keiin(&self, arguments: &str) -> Run {
        self.keiin_with(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn keiin_with(&self, arguments: &[&str]) -> Run {
        Run::of(self.command().args(arguments).output().unwrap())
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(!err.contains("panicked"), "{err}");
        Self { code: output.status.code().expect("it was not killed"), out, err }
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

/// The test world around the real time of day, served on loopback, with a doctor's and a pharmacist's key files in a folder.
pub(crate) struct Hospital {
    pub(crate) place: Place,
    pub(crate) server: Server,
}

/// Flags that trust the test world.
pub(crate) const TRUST: &str =
    "--trust root.cer --tsa-trust tsa-root.cer --tsa-trust tsa-root-2.cer --allow-private";

impl Hospital {
    pub(crate) fn open() -> Self {
        let port = Port::take().unwrap();
        let now = keiin::clock::now();
        // The holders' certificates begin a month before the start of the story and end years after it.
        let pki = Arc::new(World::hpki(&port.url().unwrap(), now.plus_days(-3)).build());
        let place = Place::new();
        for name in
            ["doctor", "doctor-ec", "doctor-ocsp", "pharmacist", "doctor-expired", "doctor-authentication"]
        {
            place.write(&format!("{name}.key"), pem("PRIVATE KEY", pki.key_pkcs8(name)));
            place.write(&format!("{name}.cer"), pki.certificate(name));
        }
        for name in ["root", "signing-ca", "authentication-ca", "tsa-root", "tsa-root-2"] {
            place.write(&format!("{name}.cer"), pki.certificate(name));
        }
        place.write("処方箋.txt", "Rp.1 アムロジピン 5mg 1錠 分1 朝食後 28日分\n");
        Self { place, server: port.serve(pki, now).unwrap() }
    }

    pub(crate) fn pki(&self) -> &TestPki {
        self.server.pki()
    }

    pub(crate) fn tsa(&self, name: &str) -> String {
        format!("{}/tsa/{name}", self.server.url())
    }

    /// Runs it; `{tsa}` stands for a TSA, `{trust}` for trust in this world, `{doctor}` for the doctor's key file.
    pub(crate) fn keiin(&self, arguments: &str) -> Run {
        let arguments = arguments
            .replace("{tsa}", &format!("--tsa {}", self.tsa("tsa-ecdsa")))
            .replace("{trust}", TRUST)
            .replace("{doctor}", "--key doctor.key --cert doctor.cer --chain signing-ca.cer");
        self.place.keiin(&arguments)
    }
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = format!("-----BEGIN {label}-----\n");
    let base64 = serde_json::to_value(keiin::model::Bytes::from(der)).unwrap();
    for line in base64.as_str().unwrap().as_bytes().chunks(64) {
        writeln!(text, "{}", std::str::from_utf8(line).unwrap()).unwrap();
    }
    text + &format!("-----END {label}-----\n")
}

/// The module that plays cards: cargo builds it beside the test binaries, as their dependency.
pub(crate) fn card_module() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let name = format!("{}keiin_card{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let near = exe.ancestors().skip(1).take(2).map(|folder| folder.join(&name));
    near.into_iter().find(|path| path.is_file()).unwrap_or_else(|| panic!("cargo built no {name}"))
}

/// A PDF of two pages, the second one turned and cropped, without any compression: number tells one from another.
pub(crate) fn pdf(number: usize) -> Vec<u8> {
    let content = format!("0.{} 0 0 rg 100 100 200 200 re f", number % 10);
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 595.276 841.89]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Contents 5 0 R>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Contents 5 0 R/CropBox[50 40 550 800]/Rotate 90>>".to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
    ];
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).into_bytes());
    }
    let start = out.len();
    out.extend(
        format!("xref\n0 6\n{table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n")
            .into_bytes(),
    );
    out
}
