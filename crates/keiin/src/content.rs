// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The data that is signed or stamped, when it is not inside the signature.

use std::{
    collections::BTreeSet,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use keiin_pki::digest::{DigestSet, MultiHasher};

use crate::{
    FileError, file,
    model::{Bytes, DigestAlgorithm},
};

/// Octets that are read at once: small enough to stay in the second-level cache between the copy and the digest. Content of
/// any size takes this much memory.
const BUFFER: usize = 1 << 17;

/// Where signed data is.
#[derive(Clone, Debug)]
pub enum Content {
    /// In a file, which is read once and never held whole.
    File(PathBuf),
    /// In memory.
    Bytes(Bytes),
    /// Elsewhere: only its digests are known, each under its algorithm.
    Digests(Vec<(DigestAlgorithm, Bytes)>),
}

/// A piece of signed data outside the file, under the name by which a reference may speak of it.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its URI, path or file name; `None` when it is the only one or its name is not known.
    pub name: Option<String>,
    /// Where it is.
    pub content: Content,
}

/// A file up to this size is held: a reference that transforms its data needs the octets. A larger one is only digested.
const HELD: u64 = 64 << 20;

impl From<Content> for Attachment {
    fn from(content: Content) -> Self {
        let name = match &content {
            Content::File(path) => path.to_str().map(str::to_owned),
            Content::Bytes(_) | Content::Digests(_) => None,
        };
        Self { name, content }
    }
}

/// The octets of content, so that examples need no other import.
impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Bytes::from(bytes))
    }
}

impl Attachment {
    /// What a reader of references is given: the octets, or the digests that they ask for.
    pub(crate) fn for_references(
        &self,
        wanted: &BTreeSet<DigestAlgorithm>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<keiin_xades::Content, ContentError> {
        let held = match &self.content {
            Content::Bytes(_) => true,
            Content::File(path) => file::open(path)?.metadata().is_ok_and(|found| found.len() <= HELD),
            Content::Digests(_) => false,
        };
        if held {
            return Ok(keiin_xades::Content::Bytes(self.content.read()?));
        }
        Ok(keiin_xades::Content::Digests(self.content.digests_with(wanted, progress)?))
    }
}

impl Content {
    /// Content in a file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::File(path.into())
    }

    /// Content in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// The digests of the content under some algorithms, in one pass. What is only known by digests gives those.
    ///
    /// # Errors
    /// [`ContentError::File`] when it cannot be read, [`ContentError::DigestLength`] when a given digest has the wrong length.
    pub fn digests(&self, algorithms: &BTreeSet<DigestAlgorithm>) -> Result<DigestSet, ContentError> {
        self.digests_with(algorithms, &mut |_| ())
    }

    /// As [`Content::digests`], telling after each piece how many octets have been read so far.
    ///
    /// # Errors
    /// As [`Content::digests`].
    pub fn digests_with(
        &self,
        algorithms: &BTreeSet<DigestAlgorithm>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<DigestSet, ContentError> {
        match self {
            Self::File(path) => Ok(stream(path, algorithms, progress)?),
            Self::Bytes(bytes) => Ok(DigestSet::compute(algorithms.iter().copied(), [bytes])),
            Self::Digests(known) => {
                let mut set = DigestSet::default();
                for (algorithm, digest) in known {
                    set.insert(*algorithm, digest).map_err(|_| ContentError::DigestLength {
                        algorithm: *algorithm,
                        octets: digest.len(),
                    })?;
                }
                Ok(set)
            }
        }
    }

    /// All octets, for a signature that carries its content.
    ///
    /// # Errors
    /// [`ContentError::File`] when they cannot be read, [`ContentError::OnlyDigests`] when they are elsewhere.
    pub fn read(&self) -> Result<Bytes, ContentError> {
        match self {
            Self::File(path) => Ok(file::read(path, file::MAX_CONTAINER)?.into()),
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::Digests(_) => Err(ContentError::OnlyDigests),
        }
    }
}

fn stream(
    path: &Path,
    algorithms: &BTreeSet<DigestAlgorithm>,
    progress: &mut dyn FnMut(u64),
) -> Result<DigestSet, FileError> {
    let mut file = file::open(path)?;
    let mut hasher = MultiHasher::new(algorithms.iter().copied());
    let mut buffer = vec![0; BUFFER];
    let mut done = 0u64;
    loop {
        let octets = match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(octets) => octets,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(FileError::Read { path: path.to_owned(), source }),
        };
        hasher.update(buffer.get(..octets).unwrap_or_default());
        done = done.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
        progress(done);
    }
}

/// Why content could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// Its file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A given digest has the wrong length.
    #[error("a {algorithm} digest has {} octets, not {octets}", algorithm.len())]
    DigestLength {
        /// The algorithm.
        algorithm: DigestAlgorithm,
        /// The octets that were given.
        octets: usize,
    },
    /// The octets themselves are needed, and only digests were given.
    #[error("the content itself is needed to put it into the signature; only its digest was given")]
    OnlyDigests,
    /// Several pieces were given, and what is in hand speaks of one.
    #[error("this signature is over one piece of content, and several were given")]
    OnlyOne,
    /// A digest under one algorithm is needed and was not given.
    #[error("the {algorithm} digest of the content is needed; it was not among the given ones")]
    DigestMissing {
        /// The algorithm.
        algorithm: DigestAlgorithm,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_and_its_octets_have_one_digest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("内容");
        let octets: Vec<u8> = (0..700_000u32).flat_map(u32::to_le_bytes).collect();
        std::fs::write(&path, &octets).unwrap();
        let algorithms = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha3_512].into();
        let mut seen = 0;
        let streamed = Content::file(&path).digests_with(&algorithms, &mut |n| seen = n).unwrap();
        assert_eq!(streamed, Content::bytes(octets).digests(&algorithms).unwrap());
        assert_eq!(seen, 2_800_000);
    }

    #[test]
    fn a_digest_of_another_length_is_refused() {
        let content = Content::Digests(vec![(DigestAlgorithm::Sha256, vec![0; 20].into())]);
        assert!(matches!(
            content.digests(&BTreeSet::new()),
            Err(ContentError::DigestLength { octets: 20, .. })
        ));
        assert!(matches!(content.read(), Err(ContentError::OnlyDigests)));
    }
}
