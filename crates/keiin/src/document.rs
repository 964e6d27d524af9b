// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A signed document or a time-stamp token, read.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use keiin_cades::Cades;
use keiin_pades::{Pades, Vri};
use keiin_pki::digest::DigestSet;
use keiin_xades::Xades;
use serde::Serialize;

use crate::{
    Error,
    content::{Content, ContentError},
    file::{self, Existing},
    in_place::{self, Change},
    map::Mapped,
    model::{Container, DigestAlgorithm, Evidence, ObjectId, SignatureFacts, TimestampFacts},
    recognise::FileKind,
};

mod open;

pub use open::Progress;
pub(crate) use open::token_facts;

/// A document as read from a file: facts and evidence, unjudged.
pub struct Document {
    inner: Inner,
    /// Detached content, for digests that a later step needs.
    content: Option<Content>,
    known: DigestSet,
    path: Option<PathBuf>,
    /// The file that the octets were left in.
    mapped: Option<Mapped>,
    /// All pieces together, once somebody asked for them.
    whole: OnceLock<Vec<u8>>,
}

enum Inner {
    Cades(Box<Cades>),
    Token(Box<TokenFile>),
    Pdf(Box<Pades>),
    Xml(Box<Xades>),
}

struct TokenFile {
    bytes: Vec<u8>,
    facts: [TimestampFacts; 1],
    evidence: Evidence,
}

/// What kind of document it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentKind {
    /// A CAdES signature.
    Cades,
    /// A time-stamp token in a file of its own.
    Token,
    /// A PDF with or without signatures.
    Pdf,
    /// An XML document with or without signatures.
    Xml,
}

/// Everything that was read, as one value that serialises: a bug report, a replay, a test vector.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Facts<'a> {
    /// The signatures.
    pub signatures: &'a [SignatureFacts],
    /// Time-stamps that belong to no signature.
    pub timestamps: &'a [TimestampFacts],
    /// Certificates, CRLs and OCSP responses inside.
    pub evidence: &'a Evidence,
}

impl Document {
    /// The detached content.
    pub(crate) const fn content(&self) -> Option<&Content> {
        self.content.as_ref()
    }

    /// What kind of document it is.
    pub const fn kind(&self) -> DocumentKind {
        match self.inner {
            Inner::Cades(_) => DocumentKind::Cades,
            Inner::Token(_) => DocumentKind::Token,
            Inner::Pdf(_) => DocumentKind::Pdf,
            Inner::Xml(_) => DocumentKind::Xml,
        }
    }

    /// The file that it was read from.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The signatures, in the order of the file.
    pub fn signatures(&self) -> &[SignatureFacts] {
        match &self.inner {
            Inner::Cades(cades) => cades.signatures(),
            Inner::Token(_) => &[],
            Inner::Pdf(pdf) => pdf.signatures(),
            Inner::Xml(xml) => xml.signatures(),
        }
    }

    /// Time-stamps that belong to no signature.
    pub fn timestamps(&self) -> &[TimestampFacts] {
        match &self.inner {
            Inner::Cades(cades) => cades.timestamps(),
            Inner::Token(token) => &token.facts,
            Inner::Pdf(pdf) => pdf.timestamps(),
            Inner::Xml(_) => &[],
        }
    }

    /// Certificates, CRLs and OCSP responses inside.
    pub fn evidence(&self) -> &Evidence {
        match &self.inner {
            Inner::Cades(cades) => cades.evidence(),
            Inner::Token(token) => &token.evidence,
            Inner::Pdf(pdf) => pdf.evidence(),
            Inner::Xml(xml) => xml.evidence(),
        }
    }

    /// All that was read, to be serialised.
    pub fn facts(&self) -> Facts<'_> {
        Facts { signatures: self.signatures(), timestamps: self.timestamps(), evidence: self.evidence() }
    }

    /// The whole document, in pieces that follow each other: of a PDF what was appended stands apart.
    pub fn pieces(&self) -> Vec<&[u8]> {
        match &self.inner {
            Inner::Cades(cades) => vec![cades.as_bytes()],
            Inner::Token(token) => vec![&token.bytes],
            Inner::Pdf(pdf) => pdf.pieces().to_vec(),
            Inner::Xml(xml) => vec![xml.as_bytes()],
        }
    }

    /// The whole document. Where it stands in pieces they are copied together, so a large PDF is better taken as
    /// [`Document::pieces`].
    pub fn as_bytes(&self) -> &[u8] {
        match self.pieces().as_slice() {
            [one] | [one, []] => one,
            pieces => self.whole.get_or_init(|| pieces.concat()),
        }
    }

    /// Octets of the whole document.
    pub fn len(&self) -> usize {
        self.pieces().iter().map(|piece| piece.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the document so that it appears whole or not at all. Of a PDF that was left in its file, that file is copied
    /// as far as it stays, and what is new goes behind it.
    ///
    /// # Errors
    /// [`Error::File`] naming the file; what stood there before still does.
    pub fn write(&self, path: &Path, existing: Existing) -> Result<(), Error> {
        let pieces = self.pieces();
        match (&self.mapped, pieces.as_slice()) {
            (Some(mapped), [base, tail]) => {
                mapped.check()?;
                Ok(file::write_behind(path, mapped.path(), base.len(), tail, existing)?)
            }
            _ => Ok(file::write_pieces(path, &pieces, existing)?),
        }
    }

    /// Writes the document over the file that it was read from. Of a PDF that was left in its file only what changes is
    /// written, with a note beside the file until that is done ([`crate::in_place`], whose `recover` comes before the file is read);
    /// everything else is replaced in one step, as [`Document::write`] does.
    ///
    /// # Errors
    /// [`Error::File`] naming the file; what stood there before still does, but for [`crate::FileError::Unfinished`].
    pub fn write_in_place(&self, path: &Path) -> Result<(), Error> {
        let mapped = self.mapped.as_ref().filter(|mapped| mapped.path() == path);
        if let (Some(mapped), [base, tail]) = (mapped, self.pieces().as_slice()) {
            let at = u64::try_from(base.len()).unwrap_or(u64::MAX);
            if in_place::change(path, at, tail, &|| mapped.check())? == Change::Made {
                return Ok(());
            }
        }
        self.write(path, Existing::Replace)
    }

    /// The PDF that can be signed.
    pub(crate) fn as_pdf(&self) -> Option<&Pades> {
        if let Inner::Pdf(pdf) = &self.inner { Some(pdf) } else { None }
    }

    /// How large the next time-stamp token is expected to be: a PDF keeps room before it is known.
    pub(crate) fn expect_token(&mut self, octets: usize) {
        if let Inner::Pdf(pdf) = &mut self.inner {
            pdf.expect_token(octets);
        }
    }

    /// Takes the choice over; what is chosen for anything but a PDF is none.
    pub(crate) fn choose_vri(&mut self, vri: Vri) -> Vri {
        let Inner::Pdf(pdf) = &mut self.inner else { return Vri::LeftOut };
        pdf.choose_vri(vri);
        vri
    }

    /// The same file with another signature in it.
    pub(crate) fn replace_pdf(&mut self, pdf: Pades) {
        self.inner = Inner::Pdf(Box::new(pdf));
        self.whole = OnceLock::new();
    }

    /// Whether it is something that can be carried on.
    pub(crate) const fn check_signature(&self) -> Result<(), Error> {
        match self.inner {
            Inner::Cades(_) | Inner::Pdf(_) | Inner::Xml(_) => Ok(()),
            Inner::Token(_) => Err(Error::NotASignature),
        }
    }

    /// The CMS that can be signed further.
    pub(crate) fn as_cades(&self) -> Result<&Cades, Error> {
        match &self.inner {
            Inner::Cades(cades) => Ok(cades),
            Inner::Token(_) => Err(Error::NotASignature),
            Inner::Pdf(_) => Err(Error::NotACms),
            Inner::Xml(_) => Err(Error::Foreign { name: self.path.clone(), kind: FileKind::Xml }),
        }
    }

    /// The XML that can be signed further.
    pub(crate) fn as_xades(&self) -> Option<&Xades> {
        match &self.inner {
            Inner::Xml(xml) => Some(xml),
            _ => None,
        }
    }

    /// What stands in the file for one signature: in XML each signature has its own.
    pub(crate) fn evidence_of(&self, signature: &ObjectId) -> Cow<'_, Evidence> {
        match &self.inner {
            Inner::Xml(xml) => xml.evidence_of(signature).map(Cow::Borrowed).unwrap_or_default(),
            _ => Cow::Borrowed(self.evidence()),
        }
    }

    /// Signatures that another one is over: they stay as they are.
    pub(crate) fn sealed(&self) -> Result<BTreeSet<ObjectId>, Error> {
        match &self.inner {
            Inner::Xml(xml) => Ok(xml.sealed()?),
            _ => Ok(BTreeSet::new()),
        }
    }

    /// The container that can be extended.
    pub(crate) fn container(&mut self) -> Result<&mut dyn Container, Error> {
        self.whole = OnceLock::new();
        match &mut self.inner {
            Inner::Cades(cades) => Ok(cades.as_mut()),
            Inner::Token(_) => Err(Error::NotASignature),
            Inner::Pdf(pdf) => Ok(pdf.as_mut()),
            Inner::Xml(xml) => Ok(xml.as_mut()),
        }
    }

    /// Detached content under one more digest, which a new archive time-stamp or another signature needs.
    pub(crate) fn need_digest(&mut self, algorithm: DigestAlgorithm) -> Result<(), Error> {
        let Some(content @ (Content::File(_) | Content::Digests(_))) = &self.content else { return Ok(()) };
        let Inner::Cades(cades) = &mut self.inner else { return Ok(()) };
        if self.known.value(algorithm).is_some() {
            return Ok(());
        }
        let more = content.digests(&BTreeSet::from([algorithm]))?;
        let digest = more.value(algorithm).ok_or(ContentError::DigestMissing { algorithm })?;
        self.known
            .insert(algorithm, digest)
            .map_err(|e| ContentError::DigestLength { algorithm, octets: e.octets })?;
        let given = Some(keiin_cades::Content::Digests(self.known.clone()));
        let read = Cades::read(cades.as_bytes().to_vec(), given);
        **cades = read.map_err(|source| Error::Cades { name: self.path.clone(), source })?;
        Ok(())
    }
}
