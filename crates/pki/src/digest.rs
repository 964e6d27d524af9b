// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Digests of slices and of streams, one algorithm or several in one pass.

use std::collections::BTreeMap;

use keiin_model::{Bytes, DigestAlgorithm, ObjectId};
use sha2::Digest as _;

/// Octets that several hashers take in turn, so that each finds them in the first-level cache.
const TURN: usize = 16 * 1024;

/// The digest of a slice.
pub fn digest(algorithm: DigestAlgorithm, data: &[u8]) -> Vec<u8> {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(data);
    hasher.finish()
}

/// The name of an object: the SHA-256 of its octets as they stand.
pub fn object_id(data: &[u8]) -> ObjectId {
    ObjectId::from_sha256(sha2::Sha256::digest(data).into())
}

/// A digest under way.
#[derive(Clone)]
pub struct Hasher {
    algorithm: DigestAlgorithm,
    state: State,
}

#[derive(Clone)]
enum State {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Ripemd160(ripemd::Ripemd160),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Sha3_224(sha3::Sha3_224),
    Sha3_256(sha3::Sha3_256),
    Sha3_384(sha3::Sha3_384),
    Sha3_512(sha3::Sha3_512),
}

macro_rules! with_state {
    ($state:expr, $hasher:ident => $body:expr) => {
        match $state {
            State::Md5($hasher) => $body,
            State::Sha1($hasher) => $body,
            State::Ripemd160($hasher) => $body,
            State::Sha224($hasher) => $body,
            State::Sha256($hasher) => $body,
            State::Sha384($hasher) => $body,
            State::Sha512($hasher) => $body,
            State::Sha3_224($hasher) => $body,
            State::Sha3_256($hasher) => $body,
            State::Sha3_384($hasher) => $body,
            State::Sha3_512($hasher) => $body,
        }
    };
}

/// The state of an algorithm before any octet. `DigestAlgorithm` is open, so an algorithm that model names and this
/// table lacks fails the build's tests (`every_algorithm_has_its_length`), not a caller.
macro_rules! start {
    ($algorithm:expr, $($name:ident => $hasher:ty),+ $(,)?) => {
        match $algorithm {
            $(DigestAlgorithm::$name => State::$name(<$hasher>::new()),)+
            _ => unreachable!("model names a digest that pki does not compute"),
        }
    };
}

impl Hasher {
    /// Begins a digest.
    pub fn new(algorithm: DigestAlgorithm) -> Self {
        let state = start!(algorithm,
            Md5 => md5::Md5,
            Sha1 => sha1::Sha1,
            Ripemd160 => ripemd::Ripemd160,
            Sha224 => sha2::Sha224,
            Sha256 => sha2::Sha256,
            Sha384 => sha2::Sha384,
            Sha512 => sha2::Sha512,
            Sha3_224 => sha3::Sha3_224,
            Sha3_256 => sha3::Sha3_256,
            Sha3_384 => sha3::Sha3_384,
            Sha3_512 => sha3::Sha3_512,
        );
        Self { algorithm, state }
    }

    /// What is being computed.
    pub const fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Takes the next octets.
    pub fn update(&mut self, data: &[u8]) {
        with_state!(&mut self.state, hasher => hasher.update(data));
    }

    /// The digest of all that was taken.
    pub fn finish(self) -> Vec<u8> {
        with_state!(self.state, hasher => hasher.finalize().to_vec())
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher({})", self.algorithm)
    }
}

/// Several digests of one stream under way.
#[derive(Clone, Debug)]
pub struct MultiHasher(Vec<Hasher>);

impl MultiHasher {
    /// Begins one digest for each algorithm; an algorithm named twice is computed once.
    pub fn new(algorithms: impl IntoIterator<Item = DigestAlgorithm>) -> Self {
        let once: std::collections::BTreeSet<_> = algorithms.into_iter().collect();
        Self(once.into_iter().map(Hasher::new).collect())
    }

    /// Takes the next octets.
    pub fn update(&mut self, data: &[u8]) {
        match self.0.as_mut_slice() {
            [only] => only.update(data),
            several => {
                for turn in data.chunks(TURN) {
                    several.iter_mut().for_each(|hasher| hasher.update(turn));
                }
            }
        }
    }

    /// The digests of all that was taken.
    pub fn finish(self) -> DigestSet {
        DigestSet(self.0.into_iter().map(|h| (h.algorithm(), h.finish().into())).collect())
    }
}

/// Digests that began apart, of one message under an algorithm each.
impl FromIterator<Hasher> for MultiHasher {
    fn from_iter<I: IntoIterator<Item = Hasher>>(hashers: I) -> Self {
        Self(hashers.into_iter().collect())
    }
}

/// Digests of one message under several algorithms: what can be known of a message that is not at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestSet(BTreeMap<DigestAlgorithm, Bytes>);

/// A digest's octets are not as many as its algorithm makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {algorithm} digest of {octets} octets")]
pub struct DigestLengthError {
    /// The algorithm.
    pub algorithm: DigestAlgorithm,
    /// The octets that were given.
    pub octets: usize,
}

impl DigestSet {
    /// Digests chunks under every algorithm in one pass.
    pub fn compute<C: AsRef<[u8]>>(
        algorithms: impl IntoIterator<Item = DigestAlgorithm>,
        chunks: impl IntoIterator<Item = C>,
    ) -> Self {
        let mut hashers = MultiHasher::new(algorithms);
        chunks.into_iter().for_each(|chunk| hashers.update(chunk.as_ref()));
        hashers.finish()
    }

    /// Adds a digest that someone else computed; it replaces one of the same algorithm.
    ///
    /// # Errors
    /// [`DigestLengthError`] when the algorithm makes another number of octets.
    pub fn insert(&mut self, algorithm: DigestAlgorithm, digest: &[u8]) -> Result<(), DigestLengthError> {
        if digest.len() != algorithm.len() {
            return Err(DigestLengthError { algorithm, octets: digest.len() });
        }
        self.0.insert(algorithm, digest.into());
        Ok(())
    }

    /// The digest under an algorithm, when it is known.
    pub fn value(&self, algorithm: DigestAlgorithm) -> Option<&Bytes> {
        self.0.get(&algorithm)
    }

    /// All of them, weakest algorithm first.
    pub fn iter(&self) -> impl Iterator<Item = (DigestAlgorithm, &Bytes)> {
        self.0.iter().map(|(algorithm, digest)| (*algorithm, digest))
    }

    /// How many digests are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// No digest is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    #[test]
    fn every_algorithm_has_its_length() {
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(digest(algorithm, b"").len(), algorithm.len(), "{algorithm}");
        }
    }

    #[test]
    fn known_answers() {
        // FIPS 180-4 and 202 examples, RFC 1321 A.5, the RIPEMD-160 page: all of "abc".
        for (algorithm, want) in [
            (DigestAlgorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (DigestAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (DigestAlgorithm::Ripemd160, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
            (DigestAlgorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (DigestAlgorithm::Sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
        ] {
            assert_eq!(hex(&digest(algorithm, b"abc")), want, "{algorithm}");
        }
    }

    #[test]
    fn one_pass_gives_what_each_alone_gives() {
        let data: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        let set = DigestSet::compute(DigestAlgorithm::ALL, data.chunks(70_001));
        assert_eq!(set.len(), DigestAlgorithm::ALL.len());
        for (algorithm, value) in set.iter() {
            assert_eq!(value.as_ref(), digest(algorithm, &data), "{algorithm}");
        }
    }

    #[test]
    fn a_digest_of_another_length_is_refused() {
        let mut set = DigestSet::default();
        assert!(set.insert(DigestAlgorithm::Sha256, &[0; 20]).is_err());
        assert!(set.insert(DigestAlgorithm::Sha256, &[0; 32]).is_ok());
        assert_eq!(set.value(DigestAlgorithm::Sha256).map(|d| d.len()), Some(32));
    }
}
