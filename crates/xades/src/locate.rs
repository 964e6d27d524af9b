// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Finds a signature by its id.

use keiin_model::ObjectId;
use keiin_pki::digest::object_id;

use crate::{XadesError, signature::Signature};

/// Which of the signatures of a document has an id.
pub(crate) fn number(all: &[Signature], id: &ObjectId) -> Result<usize, XadesError> {
    let what = "the document has no signature with this id";
    all.iter().position(|signature| object_id(&signature.value) == *id).ok_or(XadesError::Misuse { what })
}

/// The signature with an id.
pub(crate) fn find<'s>(all: &'s [Signature], id: &ObjectId) -> Result<&'s Signature, XadesError> {
    let what = "the document has no signature with this id";
    all.get(number(all, id)?).ok_or(XadesError::Misuse { what })
}
