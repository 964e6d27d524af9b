// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CRLs, OCSP responses and certificates that were fetched, kept on disk.
//!
//! What is kept is as untrusted as what is fetched: the engine checks the signature of each object whenever it uses it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use keiin_pki::digest::object_id;

use crate::file::{self, Existing, FileError};

/// Octets that the cache keeps; the files that were written longest ago go first.
pub const DEFAULT_LIMIT: u64 = 256 << 20;

/// A folder with one file for each address.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    limit: u64,
}

impl Cache {
    /// A cache in a folder, which is made when something is kept.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), limit: DEFAULT_LIMIT }
    }

    /// The same with another limit, in octets.
    #[must_use]
    pub fn with_limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// What was kept for a question: an address, and the body that was sent there.
    pub(crate) fn find(&self, url: &str, body: &[u8], limit: usize) -> Option<Vec<u8>> {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        file::read(&self.path(url, body), limit).ok().filter(|bytes| !bytes.is_empty())
    }

    /// Keeps an answer.
    pub(crate) fn keep(&self, url: &str, body: &[u8], answer: &[u8]) -> Result<(), FileError> {
        if u64::try_from(answer.len()).unwrap_or(u64::MAX) > self.limit {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)
            .map_err(|source| FileError::Write { path: self.folder.clone(), source })?;
        let path = self.path(url, body);
        file::write(&path, answer, Existing::Replace)?;
        self.shrink(&path);
        Ok(())
    }

    fn path(&self, url: &str, body: &[u8]) -> PathBuf {
        let mut question = url.as_bytes().to_vec();
        question.push(0);
        question.extend_from_slice(body);
        self.folder.join(format!("{}.der", object_id(&question)))
    }

    /// Removes the oldest files until the limit holds. Another process may be doing the same: a file that is gone is
    /// gone, and only files with a cache's names are touched.
    fn shrink(&self, newest: &Path) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .filter_map(Result::ok)
            .filter(|e| is_ours(&e.path()) && e.path() != newest)
            .filter_map(|e| {
                let metadata = e.metadata().ok()?;
                Some((metadata.modified().ok()?, metadata.len(), e.path()))
            })
            .collect();
        let newest = fs::metadata(newest).map_or(0, |m| m.len());
        let mut total = files.iter().fold(newest, |sum, (_, len, _)| sum.saturating_add(*len));
        files.sort();
        for (_, len, path) in files {
            if total <= self.limit {
                return;
            }
            total = total.saturating_sub(len);
            drop(fs::remove_file(path));
        }
    }
}

fn is_ours(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    path.extension().is_some_and(|e| e == "der") && crate::model::ObjectId::from_hex(stem).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_finds_its_own_answer() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("キャッシュ"));
        assert_eq!(cache.find("http://a/", b"", 10), None);
        cache.keep("http://a/", b"", b"one").unwrap();
        cache.keep("http://a/", b"q", b"two").unwrap();
        assert_eq!(cache.find("http://a/", b"", 10).as_deref(), Some(&b"one"[..]));
        assert_eq!(cache.find("http://a/", b"q", 10).as_deref(), Some(&b"two"[..]));
        assert_eq!(cache.find("http://a/", b"q", 2), None, "larger than asked for");
    }

    #[test]
    fn the_oldest_go_first_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine.txt"), [0; 100]).unwrap();
        let cache = Cache::new(folder.path()).with_limit(25);
        for url in ["a", "b", "c"] {
            cache.keep(url, b"", &[1; 10]).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert_eq!(cache.find("a", b"", 10), None);
        assert!(cache.find("b", b"", 10).is_some() && cache.find("c", b"", 10).is_some());
        assert!(folder.path().join("mine.txt").exists());
        cache.keep("d", b"", &[1; 26]).unwrap();
        assert_eq!(cache.find("d", b"", 100), None, "an answer larger than the cache is not kept");
    }
}
