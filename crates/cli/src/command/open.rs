// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Opens a document with what stands outside of it, and a bar for the patient.

use std::path::{Path, PathBuf};

use keiin::{Attachment, Content, Document, signer::Pin};

use crate::{context::Context, error::Failure, progress::Progress};

/// The signed data in files of its own, each under its path.
pub(super) fn attached(content: &[PathBuf]) -> Vec<Attachment> {
    content.iter().map(|path| Attachment::from(Content::file(path))).collect()
}

/// The document; `password` is an encrypted PDF's. The bar runs over the first file of the signed data.
pub(super) fn document(
    context: &Context,
    path: &Path,
    attached: &[Attachment],
    password: Option<&Pin>,
) -> Result<Document, Failure> {
    let first = attached.iter().find_map(|attachment| match &attachment.content {
        Content::File(path) => Some(path.as_path()),
        Content::Bytes(_) | Content::Digests(_) => None,
    });
    let mut progress = Progress::of(first, context.quiet);
    let octets = password.map(Pin::octets);
    Ok(Document::open_locked(path, attached, octets, &mut |octets| progress.at(octets))?)
}
