// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What differs between Linux, macOS and Windows.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// What the key behind a module is for, as far as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Purpose {
    /// The signature application of an HPKI card (`HpkiSigP11`).
    Sign,
    /// Whatever is in the reader: OpenSC, SoftHSM, another card's module.
    General,
    /// The authentication application of an HPKI card (`HpkiAuthP11`): not for documents.
    Authenticate,
}

/// A PKCS#11 module found in a usual place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownModule {
    /// The library.
    pub path: PathBuf,
    /// What it is for.
    pub purpose: Purpose,
}

/// The PKCS#11 modules that are installed in the usual places, HPKI's signature module first and its
/// authentication module last: software that took the first one by name has signed documents with the
/// authentication key.
pub fn known_modules() -> Vec<KnownModule> {
    let mut found: Vec<_> = hpki_folders().iter().flat_map(|folder| hpki_modules(folder)).collect();
    let others = other_modules().into_iter().filter(|path| path.is_file());
    found.extend(others.map(|path| KnownModule { path, purpose: Purpose::General }));
    found.sort_by_key(|module| module.purpose);
    found
}

/// `HpkiSigP11_vendor.dll` and `HpkiAuthP11_vendor.dll` (JAHIS 24-002, 5.2.2): the suffix is the vendor's.
fn hpki_modules(folder: &Path) -> Vec<KnownModule> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().filter_map(hpki_module).collect()
}

fn hpki_module(path: PathBuf) -> Option<KnownModule> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let name = name.strip_prefix("lib").unwrap_or(&name);
    if !name.ends_with(std::env::consts::DLL_SUFFIX) {
        return None;
    }
    let purpose = if name.starts_with("hpkisigp11") {
        Purpose::Sign
    } else if name.starts_with("hpkiauthp11") {
        Purpose::Authenticate
    } else {
        return None;
    };
    Some(KnownModule { path, purpose })
}

#[cfg(windows)]
fn hpki_folders() -> Vec<PathBuf> {
    std::env::var_os("SystemRoot").map(|root| PathBuf::from(root).join("System32")).into_iter().collect()
}

#[cfg(windows)]
fn other_modules() -> Vec<PathBuf> {
    let programs =
        std::env::var_os("ProgramFiles").map_or_else(|| PathBuf::from(r"C:\Program Files"), PathBuf::from);
    vec![
        programs.join(r"JPKI\JPKIPKCS11Sign64.dll"),
        programs.join(r"OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll"),
        PathBuf::from(r"C:\SoftHSM2\lib\softhsm2-x64.dll"),
    ]
}

#[cfg(target_os = "macos")]
fn hpki_folders() -> Vec<PathBuf> {
    vec![PathBuf::from("/usr/local/lib")]
}

#[cfg(target_os = "macos")]
fn other_modules() -> Vec<PathBuf> {
    ["/Library/OpenSC/lib/opensc-pkcs11.so", "/opt/homebrew/lib", "/usr/local/lib"]
        .iter()
        .flat_map(|place| match place.strip_suffix("/lib") {
            None => vec![PathBuf::from(place)],
            Some(_) => vec![
                Path::new(place).join("softhsm/libsofthsm2.so"),
                Path::new(place).join("opensc-pkcs11.so"),
            ],
        })
        .collect()
}

#[cfg(not(any(windows, target_os = "macos")))]
fn hpki_folders() -> Vec<PathBuf> {
    library_folders()
}

#[cfg(not(any(windows, target_os = "macos")))]
fn other_modules() -> Vec<PathBuf> {
    let names = ["opensc-pkcs11.so", "softhsm/libsofthsm2.so"];
    let mut found: Vec<PathBuf> = Vec::new();
    for path in library_folders().iter().flat_map(|folder| names.map(|name| folder.join(name))) {
        // Distributions link the folders to each other: the same library once.
        let Ok(real) = path.canonicalize() else { continue };
        if !found.iter().any(|have| have.canonicalize().is_ok_and(|have| have == real)) {
            found.push(path);
        }
    }
    found
}

#[cfg(not(any(windows, target_os = "macos")))]
fn library_folders() -> Vec<PathBuf> {
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    ["/usr/local/lib", &multiarch, "/usr/lib64", "/usr/lib"].iter().map(PathBuf::from).collect()
}

/// Reads an inherited descriptor to its first line end or its end.
#[cfg(unix)]
#[allow(unsafe_code)]
pub(crate) fn read_descriptor(descriptor: i32, most: usize) -> io::Result<Vec<u8>> {
    use std::os::fd::BorrowedFd;
    if descriptor < 0 {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    // SAFETY: the number is borrowed for the one call of dup(2), which answers EBADF when nothing is open
    // there.
    let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
    read_line(fs::File::from(borrowed.try_clone_to_owned()?), most)
}

/// Windows has no inherited descriptor numbers.
#[cfg(not(unix))]
pub(crate) fn read_descriptor(_: i32, _: usize) -> io::Result<Vec<u8>> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// Octet by octet: what follows the line belongs to somebody else, and no buffer keeps a copy of the PIN.
#[cfg(unix)]
fn read_line(mut source: impl io::Read, most: usize) -> io::Result<Vec<u8>> {
    let mut line = zeroize::Zeroizing::new(Vec::with_capacity(most));
    let mut octet = [0];
    while source.read(&mut octet)? > 0 && octet != *b"\n" {
        if line.len() == most {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the line is too long for a PIN"));
        }
        line.extend_from_slice(&octet);
    }
    Ok(std::mem::take(&mut *line))
}

/// Opens the file that stands for a device in the folder for temporary files, for a lock on it. It is never
/// written.
pub(crate) fn open_lock_file(name: &str) -> io::Result<(PathBuf, fs::File)> {
    let path = std::env::temp_dir().join(format!("keiin-{name}.lock"));
    let opened = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let file = match opened {
        // Another user's file in a shared folder: a lock needs no right to write.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => fs::File::open(&path)?,
        other => other?,
    };
    Ok((path, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hpki_modules_are_told_apart_and_ordered() {
        let folder = tempfile::tempdir().unwrap();
        let name = |stem: &str| format!("{stem}{}", std::env::consts::DLL_SUFFIX);
        for stem in ["HpkiAuthP11_MPKCS11H", "HpkiSigP11_MPKCS11H", "hpkisigp11_abc", "Other"] {
            fs::write(folder.path().join(name(stem)), []).unwrap();
        }
        fs::write(folder.path().join("HpkiSigP11.txt"), []).unwrap();
        let mut found = hpki_modules(folder.path());
        found.sort_by_key(|module| module.purpose);
        let names: Vec<_> = found
            .iter()
            .map(|m| (m.path.file_name().unwrap().to_str().unwrap().to_owned(), m.purpose))
            .collect();
        assert_eq!(names.len(), 3);
        assert_eq!(names[2], (name("HpkiAuthP11_MPKCS11H"), Purpose::Authenticate));
        assert!(names[..2].iter().all(|(_, purpose)| *purpose == Purpose::Sign));
    }
}
