// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What `--prepare` writes and `--finish` reads: a signature but for its value, on its way to the key and back.

use std::path::Path;

use keiin::{
    Prepared, file,
    model::{Bytes, SignatureAlgorithm},
    pades,
};
use serde::{Deserialize, Serialize};

use super::outcome::Place;
use crate::{
    context::Context,
    error::{Exit, Failure},
};

/// Octets of a prepared signature: it holds the content when that is attached.
const MAX_PREPARED: u64 = 2 << 30;

/// What the other side signs, and what `--finish` needs.
#[derive(Serialize, Deserialize)]
pub(super) struct PreparedFile {
    /// The scheme to sign with.
    algorithm: SignatureAlgorithm,
    /// The digest to sign, base64; for keys that take the whole message `to_be_signed` stands in what is prepared.
    digest: Bytes,
    #[serde(flatten)]
    pub(super) what: What,
}

/// The signature by where it will stand.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum What {
    /// In a file of its own.
    Prepared(Prepared),
    /// In a PDF, which is needed again.
    Pdf(pades::Prepared),
}

impl PreparedFile {
    pub(super) fn of(prepared: Prepared) -> Self {
        let (algorithm, digest) = (prepared.algorithm(), prepared.digest().into());
        Self { algorithm, digest, what: What::Prepared(prepared) }
    }

    pub(super) fn of_pdf(prepared: pades::Prepared) -> Self {
        let (algorithm, digest) = (prepared.algorithm(), prepared.digest().into());
        Self { algorithm, digest, what: What::Pdf(prepared) }
    }

    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let json = file::read(path, MAX_PREPARED)?;
        serde_json::from_slice(&json).map_err(|_| Failure::Prepared(path.to_owned()))
    }

    pub(super) fn write(&self, context: &Context, place: &Place) -> Result<Exit, Failure> {
        let json = serde_json::to_vec_pretty(self).map_err(|_| Failure::Prepared(place.path().to_owned()))?;
        place.write_bytes(&json)?;
        context.wrote(place, context.lang.pick("署名の準備", "prepared"));
        Ok(Exit::Valid)
    }
}
