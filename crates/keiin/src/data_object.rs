// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Content as an XML signature takes it.

use std::{collections::BTreeSet, path::Path};

use keiin_xades::{DataObject, List, XadesShape, XmlPackaging};

use crate::{
    Error,
    content::Content,
    model::{DigestAlgorithm, SigningIntent, message_digest_of},
};

/// Each content: whole where the signature's file takes it in or its canonical form is signed, else its digest, so that a
/// file of any size is read once and not held.
pub(crate) fn data_objects(
    contents: &[Content],
    intent: &SigningIntent,
    shape: &XadesShape,
) -> Result<Vec<DataObject>, Error> {
    contents.iter().map(|content| data_object(content, message_digest_of(intent.algorithm), shape)).collect()
}

fn data_object(
    content: &Content,
    digest: Option<DigestAlgorithm>,
    shape: &XadesShape,
) -> Result<DataObject, Error> {
    let name = match content {
        Content::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        _ => None,
    };
    let name = name.unwrap_or_default();
    let whole = match &shape.packaging {
        XmlPackaging::Detached { list: List::References } => false,
        XmlPackaging::Detached { list: List::Manifest } => name.ends_with(".xml"),
        _ => true,
    };
    let given = if whole {
        keiin_xades::Content::Bytes(content.read()?)
    } else {
        let algorithm: BTreeSet<_> = digest.into_iter().collect();
        keiin_xades::Content::Digests(content.digests(&algorithm)?)
    };
    let mime_type = mime_type(&name).map(str::to_owned);
    Ok(DataObject { mime_type, ..DataObject::file(&name, given) })
}

/// The kinds of files that medical records are made of.
fn mime_type(name: &str) -> Option<&'static str> {
    let ending = Path::new(name).extension()?.to_str()?.to_ascii_lowercase();
    Some(match ending.as_str() {
        "xml" => "text/xml",
        "csv" => "text/csv",
        "txt" => "text/plain",
        "pdf" => "application/pdf",
        "json" => "application/json",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "tif" | "tiff" => "image/tiff",
        "dcm" => "application/dicom",
        _ => return None,
    })
}
