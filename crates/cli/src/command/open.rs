// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Opens a document with what stands outside of it, and a bar for the patient.

use std::path::{Path, PathBuf};

use keiin::{Attachment, Content, Document, in_place, signer::Pin};

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
    if in_place::is_unfinished(path) {
        let path = path.display();
        context.note(
            || format!("注意:{path}:変更が途中で止まっており、最後の版の後ろに書きかけの版があります。次に --in-place で変更するときに元へ戻します"),
            || format!("note: {path}: a change was cut off, and an unfinished revision stands behind the last one; the next change with --in-place takes it back first"),
        );
    }
    let mut progress = Progress::of(first, context.quiet);
    let octets = password.map(Pin::octets);
    Ok(Document::open_locked(path, attached, octets, &mut |octets| progress.at(octets))?)
}
