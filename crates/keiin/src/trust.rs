// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Trust anchors out of files, folders and the system.

use std::path::{Path, PathBuf};

use keiin_pki::cert::Certificate;
use keiin_validate::TrustAnchor;

use crate::{FileError, file, pem};

/// Octets of a file with anchors. The system's own bundle has 200 KiB.
const MAX_BUNDLE: u64 = 16 << 20;

/// Where trust comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustSource {
    /// The CAs of HPKI, known by fingerprint: no file is needed when the chain is in the signature.
    Hpki,
    /// The roots of the system.
    System,
    /// A file with certificates (DER or PEM, any number), or a folder of such files.
    Path(PathBuf),
}

impl From<&str> for TrustSource {
    /// `hpki`, `os`, or a path.
    fn from(text: &str) -> Self {
        match text {
            "hpki" => Self::Hpki,
            "os" => Self::System,
            path => Self::Path(path.into()),
        }
    }
}

/// Why there is no trust from a source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file holds no certificate.
    #[error("{}: no certificate is in it", path.display())]
    NoCertificate {
        /// Which.
        path: PathBuf,
    },
    /// A certificate in a file cannot be read.
    #[error("{}: certificate {number} cannot be read", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Which certificate in it, from 1.
        number: usize,
    },
    /// The system's roots cannot be read.
    #[error("the system's roots cannot be read: {reason}")]
    System {
        /// What the library says.
        reason: String,
    },
}

impl TrustSource {
    /// The anchors of this source; none for [`TrustSource::Hpki`], whose CAs are known by fingerprint and found in
    /// the signature or on the card.
    ///
    /// # Errors
    /// [`TrustError`] naming the file and the certificate in it.
    pub fn anchors(&self) -> Result<Vec<TrustAnchor>, TrustError> {
        match self {
            Self::Hpki => Ok(Vec::new()),
            Self::System => system(),
            Self::Path(path) if path.is_dir() => folder(path),
            Self::Path(path) => bundle(path),
        }
    }
}

fn anchor(certificate: Vec<u8>, class: Option<&str>) -> TrustAnchor {
    TrustAnchor { certificate: certificate.into(), class: class.map(str::to_owned) }
}

/// The files of a folder that hold certificates, in the order of their names; folders inside and files of other kinds
/// are passed over.
fn folder(path: &Path) -> Result<Vec<TrustAnchor>, TrustError> {
    let unreadable = |source| FileError::Read { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        files.push(entry.map_err(unreadable)?.path());
    }
    files.sort();
    let mut anchors = Vec::new();
    for file in files.iter().filter(|f| f.is_file()) {
        match bundle(file) {
            Ok(found) => anchors.extend(found),
            Err(TrustError::NoCertificate { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    if anchors.is_empty() { Err(TrustError::NoCertificate { path: path.to_owned() }) } else { Ok(anchors) }
}

fn bundle(path: &Path) -> Result<Vec<TrustAnchor>, TrustError> {
    let bytes = file::read(path, MAX_BUNDLE)?;
    certificates(&bytes, path).map(|found| found.into_iter().map(|c| anchor(c, None)).collect())
}

/// The certificates of a DER or PEM file.
///
/// # Errors
/// [`TrustError::NoCertificate`], [`TrustError::Unreadable`].
pub(crate) fn certificates(bytes: &[u8], path: &Path) -> Result<Vec<Vec<u8>>, TrustError> {
    if Certificate::read(bytes).is_ok() {
        return Ok(vec![bytes.to_vec()]);
    }
    let mut found = Vec::new();
    for label in ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"] {
        for (block, number) in pem::blocks(bytes, label).into_iter().zip(1..) {
            match block {
                Ok(der) if Certificate::read(&der).is_ok() => found.push(der),
                _ => return Err(TrustError::Unreadable { path: path.to_owned(), number }),
            }
        }
    }
    if found.is_empty() { Err(TrustError::NoCertificate { path: path.to_owned() }) } else { Ok(found) }
}

#[cfg(feature = "http")]
fn system() -> Result<Vec<TrustAnchor>, TrustError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let reason = found.errors.first().map_or_else(|| "there are none".to_owned(), ToString::to_string);
        return Err(TrustError::System { reason });
    }
    Ok(found.certs.into_iter().map(|c| anchor(c.to_vec(), Some("public"))).collect())
}

#[cfg(not(feature = "http"))]
fn system() -> Result<Vec<TrustAnchor>, TrustError> {
    Err(TrustError::System { reason: "keiin was built without the feature http".to_owned() })
}
