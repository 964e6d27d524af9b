// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reads a document, by what it is, with what it signs outside of itself.

use std::{collections::BTreeSet, path::Path, sync::OnceLock};

use keiin_cades::Cades;
use keiin_pades::{Pades, Source};
use keiin_pki::digest::DigestSet;
use keiin_tsp::{Response, TspError};
use keiin_xades::{Detached, Xades};

use super::{Document, Inner, TokenFile};
use crate::{
    Error,
    content::{Attachment, Content, ContentError},
    file, map,
    model::{Evidence, SignatureFacts, TimestampFacts, TimestampKind},
    recognise::FileKind,
};

/// Tells how many octets of content have been read.
pub type Progress<'a> = &'a mut dyn FnMut(u64);

impl Document {
    /// Reads a file, and its detached content in one pass when there is any.
    ///
    /// # Errors
    /// [`Error`] naming the file; a foreign file by what it is.
    pub fn open(path: &Path, content: Option<&Content>) -> Result<Self, Error> {
        Self::open_with(path, content, &mut |_| ())
    }

    /// As [`Document::open`], telling how far the content has been read.
    ///
    /// # Errors
    /// As [`Document::open`].
    pub fn open_with(path: &Path, content: Option<&Content>, progress: Progress<'_>) -> Result<Self, Error> {
        let attached: Vec<_> = content.cloned().map(Attachment::from).into_iter().collect();
        Self::open_attached(path, &attached, progress)
    }

    /// As [`Document::open_with`], with any number of pieces of data that stand outside the file: references in XML
    /// speak of several, a CMS of one.
    ///
    /// # Errors
    /// As [`Document::open`].
    pub fn open_attached(
        path: &Path,
        attached: &[Attachment],
        progress: Progress<'_>,
    ) -> Result<Self, Error> {
        Self::open_locked(path, attached, None, progress)
    }

    /// As [`Document::open_attached`]; `password` (UTF-8) opens a PDF that is encrypted, and is not used for anything else.
    ///
    /// # Errors
    /// As [`Document::open`], and [`Error::Pdf`] when the password is not this file's.
    pub fn open_locked(
        path: &Path,
        attached: &[Attachment],
        password: Option<&[u8]>,
        progress: Progress<'_>,
    ) -> Result<Self, Error> {
        let (read, mapped) = match map::large_pdf(path)? {
            Some((source, mapped)) => (Self::pdf(source, attached, password), Some(mapped)),
            None => {
                let bytes = file::read(path, file::MAX_CONTAINER)?;
                (Self::read_with(bytes, attached, password, progress), None)
            }
        };
        let mut document = read.map_err(|error| error.in_file(path))?;
        document.mapped = mapped;
        document.path = Some(path.to_owned());
        Ok(document)
    }

    /// Reads octets.
    ///
    /// # Errors
    /// [`Error`]; foreign octets by what they are.
    pub fn read(bytes: Vec<u8>, content: Option<&Content>) -> Result<Self, Error> {
        let attached: Vec<_> = content.cloned().map(Attachment::from).into_iter().collect();
        Self::read_with(bytes, &attached, None, &mut |_| ())
    }

    fn read_with(
        bytes: Vec<u8>,
        attached: &[Attachment],
        password: Option<&[u8]>,
        progress: Progress<'_>,
    ) -> Result<Self, Error> {
        let kind = FileKind::of(&bytes);
        if kind == FileKind::Xml {
            return Self::xml(bytes, attached, progress);
        }
        let content = match attached {
            [] => None,
            [one] => Some(&one.content),
            _ => return Err(ContentError::OnlyOne.into()),
        };
        match kind {
            FileKind::Cms => Self::cades(bytes, content, progress),
            FileKind::Token => Self::token(bytes, content, progress),
            FileKind::TimestampResponse => Self::token(token_of(&bytes)?, content, progress),
            FileKind::Pdf => Self::pdf(bytes, attached, password),
            kind => Err(Error::Foreign { name: None, kind }),
        }
    }

    /// With nothing around it.
    fn of(inner: Inner) -> Self {
        let known = DigestSet::default();
        Self { inner, content: None, known, path: None, mapped: None, whole: OnceLock::new() }
    }

    fn cades(bytes: Vec<u8>, content: Option<&Content>, progress: Progress<'_>) -> Result<Self, Error> {
        let unreadable = |source| Error::Cades { name: None, source };
        let (given, known) = match content {
            None => (None, DigestSet::default()),
            Some(Content::Bytes(octets)) => {
                (Some(keiin_cades::Content::Bytes(octets.clone())), DigestSet::default())
            }
            Some(elsewhere) => {
                let wanted = keiin_cades::digests_wanted(&bytes).map_err(unreadable)?;
                let digests = elsewhere.digests_with(&wanted, progress)?;
                (Some(keiin_cades::Content::Digests(digests.clone())), digests)
            }
        };
        let mut cades = Cades::read(bytes, given).map_err(unreadable)?;
        if let Some(content @ Content::File(_)) = content.filter(|_| wants_octets(cades.signatures())) {
            let octets = keiin_cades::Content::Bytes(content.read()?);
            cades = Cades::read(cades.as_bytes().to_vec(), Some(octets)).map_err(unreadable)?;
        }
        Ok(Self { content: content.cloned(), known, ..Self::of(Inner::Cades(Box::new(cades))) })
    }

    fn pdf(
        octets: impl Into<Source>,
        attached: &[Attachment],
        password: Option<&[u8]>,
    ) -> Result<Self, Error> {
        if !attached.is_empty() {
            return Err(Error::Cades { name: None, source: keiin_cades::CadesError::ContentNotWanted });
        }
        let read = match password {
            Some(password) => Pades::read_with(octets, password),
            None => Pades::read(octets),
        };
        let pdf = read.map_err(|source| Error::Pdf { name: None, source })?;
        Ok(Self::of(Inner::Pdf(Box::new(pdf))))
    }

    fn xml(bytes: Vec<u8>, attached: &[Attachment], progress: Progress<'_>) -> Result<Self, Error> {
        let unreadable = |source| Error::Xml { name: None, source };
        let mut detached = Detached::new();
        if !attached.is_empty() {
            let wanted = keiin_xades::digests_wanted(&bytes).map_err(unreadable)?;
            for one in attached {
                detached = detached.with(one.name.as_deref(), one.for_references(&wanted, progress)?);
            }
        }
        let detached = (!attached.is_empty()).then_some(detached);
        let xml = Xades::read(bytes, detached).map_err(unreadable)?;
        Ok(Self::of(Inner::Xml(Box::new(xml))))
    }

    fn token(bytes: Vec<u8>, content: Option<&Content>, progress: Progress<'_>) -> Result<Self, Error> {
        let (mut facts, evidence) = token_facts(&bytes)?;
        if let (Some(content), Some(algorithm)) = (content, facts.imprint.algorithm) {
            let digests = content.digests_with(&BTreeSet::from([algorithm]), progress)?;
            facts.imprint.actual = digests.value(algorithm).cloned();
        }
        let file = TokenFile { bytes, facts: [facts], evidence };
        Ok(Self { content: content.cloned(), ..Self::of(Inner::Token(Box::new(file))) })
    }

    /// A signature that was just made. Detached content is not read again where its digests are known.
    pub(crate) fn signed(bytes: Vec<u8>, content: Option<&Content>, known: DigestSet) -> Result<Self, Error> {
        let unreadable = |source| Error::Cades { name: None, source };
        let wanted = keiin_cades::digests_wanted(&bytes).map_err(unreadable)?;
        if wanted.is_empty() {
            return Self::read(bytes, None); // the content is inside
        }
        if wanted.iter().any(|algorithm| known.value(*algorithm).is_none()) {
            return Self::read(bytes, content);
        }
        let given = Some(keiin_cades::Content::Digests(known.clone()));
        let cades = Cades::read(bytes, given).map_err(unreadable)?;
        Ok(Self { content: content.cloned(), known, ..Self::of(Inner::Cades(Box::new(cades))) })
    }

    /// An XML signature that was just made, with what it signs outside of its file. `detached` is that of the document
    /// that it was put into.
    pub(crate) fn signed_xml(
        bytes: Vec<u8>,
        contents: &[Content],
        detached: Option<&Detached>,
    ) -> Result<Self, Error> {
        if let Some(detached) = detached {
            let xml = Xades::read(bytes, Some(detached.clone()))?;
            return Ok(Self::of(Inner::Xml(Box::new(xml))));
        }
        let outside = |content: &&Content| matches!(content, Content::File(_));
        let attached: Vec<_> = contents.iter().filter(outside).cloned().map(Attachment::from).collect();
        if attached.is_empty() {
            // A large document is not read once more only to be written.
            return Ok(Self::of(Inner::Xml(Box::new(Xades::attached(bytes, None)))));
        }
        Self::xml(bytes, &attached, &mut |_| ())
    }
}

/// The token as facts, with what it carries.
pub(crate) fn token_facts(bytes: &[u8]) -> Result<(TimestampFacts, Evidence), Error> {
    keiin_tsp::token::facts(bytes, TimestampKind::Content, None, Vec::new(), [])
        .map_err(|source| Error::Token { name: None, source })
}

/// The token inside a TimeStampResp (`openssl ts -reply` writes one by default).
fn token_of(response: &[u8]) -> Result<Vec<u8>, Error> {
    let unreadable = |source| Error::Token { name: None, source };
    let response = Response::read(response).map_err(|e| unreadable(e.into()))?;
    match response.token {
        Some(token) => Ok(token.to_vec()),
        None => Err(unreadable(TspError::Rejected(response.rejection()))),
    }
}

/// Archive time-stamps before v3 are over the content's octets between other fields (TS 101 733, 6.4.1): its digest alone
/// does not give their imprint.
fn wants_octets(signatures: &[SignatureFacts]) -> bool {
    let mut timestamps = signatures.iter().flat_map(|signature| &signature.timestamps);
    timestamps.any(|timestamp| timestamp.kind == TimestampKind::Archive && !timestamp.imprint.found())
}
