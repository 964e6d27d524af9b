// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A PDF with the signatures and document time-stamps that were read from it.

use std::{fmt, ops::Range};

use keiin_model::{Defect, DefectKind, Evidence, SignatureFacts, TimestampFacts};
use keiin_tsp::facts::defect;

use crate::{
    PadesError, SignatureDictionary, Vri, document,
    form::{self, Placed},
    material::Stores,
    pdf::Pdf,
    revision,
    source::Source,
};

/// A PDF: its octets and the facts.
#[derive(Clone, Debug)]
pub struct Pades {
    source: Source,
    password: Password,
    facts: PdfFacts,
    pub(crate) wishes: Wishes,
}

/// What the caller wishes of the steps that follow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wishes {
    /// Octets of the tokens that are to be expected.
    pub(crate) token: usize,
    pub(crate) vri: Vri,
}

/// The password that the file was opened with; steps that follow open it again.
#[derive(Clone, Default)]
struct Password(Option<Vec<u8>>);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Password(given)" } else { "Password(none)" })
    }
}

/// What a PDF says.
#[derive(Clone, Debug, Default)]
pub(crate) struct PdfFacts {
    pub(crate) signatures: Vec<SignatureFacts>,
    pub(crate) dictionaries: Vec<SignatureDictionary>,
    /// Those of all document time-stamps.
    pub(crate) stamps: Vec<SignatureDictionary>,
    pub(crate) timestamps: Vec<TimestampFacts>,
    pub(crate) evidence: Evidence,
    pub(crate) defects: Vec<Defect>,
    /// What all signatures and time-stamps are over.
    pub(crate) ranges: Vec<Range<usize>>,
}

impl Pades {
    /// Reads a PDF. One without signatures reads too and has none. An encrypted file is opened if nobody needs a password
    /// to open it; else that is read which is not encrypted: the signatures, not the stores.
    ///
    /// # Errors
    /// [`PadesError`] when it is no PDF, over a limit, or holds signatures of which none can be read.
    pub fn read(octets: impl Into<Source>) -> Result<Self, PadesError> {
        let source = octets.into();
        let facts = read(&source, None)?;
        Ok(Self { source, password: Password::default(), facts, wishes: Wishes::default() })
    }

    /// As [`Pades::read`], with the user's or the owner's password, in UTF-8. A file that is not encrypted needs none and
    /// takes any.
    ///
    /// # Errors
    /// As [`Pades::read`], and [`PadesError::Password`], [`PadesError::Encryption`] where the file stays closed.
    pub fn read_with(octets: impl Into<Source>, password: &[u8]) -> Result<Self, PadesError> {
        let source = octets.into();
        let facts = read(&source, Some(password))?;
        let password = Password(Some(password.to_vec()));
        Ok(Self { source, password, facts, wishes: Wishes::default() })
    }

    /// The file's objects, opened as it was.
    pub(crate) fn pdf(&self) -> Result<Pdf<'_>, PadesError> {
        Pdf::open(self.source.octets(), self.password.0.as_deref().unwrap_or_default())
    }

    /// Other octets with the same password.
    pub(crate) fn with_source(&self, source: Source) -> Result<Self, PadesError> {
        let facts = read(&source, self.password.0.as_deref())?;
        Ok(Self { source, password: self.password.clone(), facts, wishes: self.wishes })
    }

    /// How many octets the next time-stamp token is expected to have. It goes into the room of a signature only where it
    /// fits, and over the document there is room for one that is larger by a quarter. Without this, for tokens as most
    /// TSAs make them.
    pub const fn expect_token(&mut self, octets: usize) {
        self.wishes.token = octets;
    }

    /// The octets as they stand.
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The octets in two pieces: the file as it was read, and what was appended.
    pub fn pieces(&self) -> [&[u8]; 2] {
        [self.source.base(), self.source.tail()]
    }

    /// The signatures in the order in which they were made, each with the document time-stamps that were made after it.
    pub fn signatures(&self) -> &[SignatureFacts] {
        &self.facts.signatures
    }

    /// What the dictionary of each signature says, in the order of [`Pades::signatures`].
    pub fn dictionaries(&self) -> &[SignatureDictionary] {
        &self.facts.dictionaries
    }

    /// Whether the stores that are written from now on say which of their objects belong to which signature.
    pub const fn choose_vri(&mut self, vri: Vri) {
        self.wishes.vri = vri;
    }

    /// What the dictionary of each document time-stamp says, in the order in which they were made.
    pub(crate) fn stamps(&self) -> &[SignatureDictionary] {
        &self.facts.stamps
    }

    /// Document time-stamps that no signature came before.
    pub fn timestamps(&self) -> &[TimestampFacts] {
        &self.facts.timestamps
    }

    /// Certificates, CRLs and OCSP responses in the CMS, the tokens and the DSS dictionaries.
    pub const fn evidence(&self) -> &Evidence {
        &self.facts.evidence
    }

    /// What the signatures and time-stamps are over.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        self.facts.ranges.iter()
    }

    /// What is wrong with the file: a cross-reference that had to be made anew, a signature that cannot be read.
    pub fn defects(&self) -> &[Defect] {
        &self.facts.defects
    }
}

fn read(source: &Source, password: Option<&[u8]>) -> Result<PdfFacts, PadesError> {
    let octets = source.octets();
    let given = password.unwrap_or_default();
    let mut pdf = Pdf::open(octets, given)?;
    match pdf.locked() {
        Some(locked) if password.is_some() => return Err(PadesError::locked(locked)),
        _ => {}
    }
    let mut defects = Vec::new();
    let mut found = form::signatures(&pdf)?;
    if pdf.is_broken() && !pdf.is_repaired() {
        pdf = Pdf::rebuilt(octets, given)?;
        found = form::signatures(&pdf)?;
    }
    let placed = match found {
        Some(placed) if !placed.is_empty() || !pdf.has_hidden() => placed,
        // A signature dictionary never stands in a stream, so encryption cannot hide one.
        _ => without_form(&pdf, &mut defects)?,
    };
    if pdf.is_repaired() {
        defects.push(defect(DefectKind::Ignored, "cross-reference"));
    }
    if pdf.locked().is_some() {
        defects.push(defect(DefectKind::Ignored, "Encrypt"));
    }
    let mut dictionaries = Vec::new();
    for one in &placed {
        let mut dictionary = SignatureDictionary::read(&pdf, one)?;
        if !dictionary.is_timestamp() {
            dictionary.defects.extend(revision::after(&pdf, one, &dictionary, given)?);
        }
        dictionaries.push(dictionary);
    }
    dictionaries.sort_by_key(SignatureDictionary::end);
    let stores = Stores::read(&pdf)?;
    if stores.unreadable {
        defects.push(defect(DefectKind::Ignored, "DSS"));
    }
    document::read(source, dictionaries, stores, defects)
}

/// Where there is no form: one that an earlier revision had, whose signatures no reader shows any more, or what a damaged
/// file still holds. A sound file without a form is not looked through: it may have any size.
fn without_form(pdf: &Pdf<'_>, defects: &mut Vec<Defect>) -> Result<Vec<Placed>, PadesError> {
    let mut found = Vec::new();
    for view in 1..pdf.views() {
        pdf.look_at(view);
        let earlier = form::signatures(pdf);
        pdf.look_at(0);
        found = earlier?.unwrap_or_default();
        if !found.is_empty() {
            break;
        }
    }
    if found.is_empty() && (pdf.is_repaired() || pdf.has_hidden()) {
        found = form::all(pdf)?;
    }
    if !found.is_empty() {
        defects.push(defect(DefectKind::Ignored, "AcroForm"));
    }
    Ok(found)
}
