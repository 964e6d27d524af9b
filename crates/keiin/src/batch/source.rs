// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The content of a file to sign, read once.

use std::{
    collections::BTreeSet,
    io::{self, Read as _},
    path::Path,
};

use keiin_pki::digest::{DigestSet, Hasher};

use crate::{
    Content, Error, file,
    model::{DataReference, DigestAlgorithm, ObjectId},
};

/// A file's content with what names it.
pub(super) struct Source {
    pub(super) content: Content,
    pub(super) digests: DigestSet,
    pub(super) sha256: ObjectId,
    octets: u64,
}

impl Source {
    /// Reads content of so many octets once, under SHA-256 and another digest.
    pub(super) fn read(
        content: Content,
        octets: u64,
        other: Option<DigestAlgorithm>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, Error> {
        let algorithms: BTreeSet<_> = std::iter::once(DigestAlgorithm::Sha256).chain(other).collect();
        let digests = content.digests_with(&algorithms, progress)?;
        let sha256 = digests.value(DigestAlgorithm::Sha256).and_then(|digest| digest.first_chunk().copied());
        let sha256 = ObjectId::from_sha256(sha256.unwrap_or_default());
        Ok(Self { content, digests, sha256, octets })
    }

    /// Whether a file begins with this content: what is appended to a PDF leaves it as it is.
    pub(super) fn begins(&self, path: &Path) -> bool {
        let Ok(file) = file::open(path) else { return false };
        let mut hasher = Hasher::new(DigestAlgorithm::Sha256);
        let (mut file, mut buffer) = (file.take(self.octets), vec![0; 1 << 17]);
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return hasher.finish() == self.sha256.as_bytes(),
                Ok(octets) => hasher.update(buffer.get(..octets).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
    }

    /// Whether a digest in a signature is this content's.
    pub(super) fn is(&self, data: &DataReference) -> bool {
        let Some(algorithm) = data.algorithm else { return false };
        let digest = match self.digests.value(algorithm) {
            Some(digest) => Some(digest.clone()),
            None => self
                .content
                .digests(&BTreeSet::from([algorithm]))
                .ok()
                .and_then(|digests| digests.value(algorithm).cloned()),
        };
        digest.is_some_and(|digest| digest == data.expected)
    }
}
