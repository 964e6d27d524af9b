// SPDX-License-Identifier: Apache-2.0 OR MIT
//! signature-time-stamp in the CMS (EN 319 122-1, 5.3) and document time-stamps (EN 319 142-1, 5.4.3).

use std::ops::Range;

use keiin_cades::{Cades, Content};
use keiin_model::{Bytes, Container, DigestAlgorithm, ObjectId, PendingTimestamp, Target, is_for_new};
use keiin_pki::{der::Reader, digest::DigestSet};
use keiin_tsp::Token;
use serde::{Deserialize, Serialize};

use crate::{
    FieldChoice, Pades, PadesError, Source, field, form, imprint,
    layout::{self, Layout},
    limits::MAX_ROOM,
    pdf::Draft,
    signature::{self, Kind, Plan},
};

/// Octets of /Contents of a document time-stamp: a token with its certificates, and more than any that was seen.
const TOKEN_ROOM: usize = 16_384;
/// A token is not begun in a room that has fewer octets free than the smallest need, or than those that were seen had. One
/// that is larger after all is got for nothing, and the document is stamped instead: readers that look for a time-stamp in
/// the signature alone are too many to pass a room by that will do.
const LEAST_ROOM: usize = 4_096;
/// Octets of the attribute around a token.
const ATTRIBUTE: usize = 64;

/// Where a token that was begun goes.
#[derive(Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "kebab-case")]
enum State {
    /// Into the CMS of the signature.
    Contents,
    /// Into a revision that is laid out behind the file.
    Revision { base: usize, tail: Bytes, hole: Range<usize> },
}

pub(super) fn begin(
    pades: &Pades,
    at: Target,
    algorithm: DigestAlgorithm,
) -> Result<PendingTimestamp, PadesError> {
    if !is_for_new(algorithm) {
        return Err(PadesError::Misuse { what: "this digest algorithm is for reading old time-stamps only" });
    }
    let (Target::Signature { id } | Target::Archive { id }) = at;
    let index = index(pades, &id)?;
    if let Target::Signature { .. } = at
        && let Some(contents) = Contents::of(pades, index, least_room(pades))?
    {
        let pending = contents.cades.begin_timestamp(Target::Signature { id }, algorithm)?;
        return Ok(PendingTimestamp { state: state(&State::Contents)?, ..pending });
    }
    let Layout { source, hole } = document_timestamp(pades)?;
    let imprint = imprint::digest(&source, &hole, algorithm)?;
    let (base, tail) = (source.base().len(), Bytes::from(source.tail()));
    let state = state(&State::Revision { base, tail, hole })?;
    Ok(PendingTimestamp { target: at, algorithm, imprint, state })
}

fn least_room(pades: &Pades) -> usize {
    LEAST_ROOM.max(pades.wishes.token.saturating_add(ATTRIBUTE))
}

fn state(state: &State) -> Result<Bytes, PadesError> {
    let failed = PadesError::Misuse { what: "what was begun cannot be written down" };
    serde_json::to_vec(state).map(Bytes::from).map_err(|_| failed)
}

fn index(pades: &Pades, id: &ObjectId) -> Result<usize, PadesError> {
    let found = pades.signatures().iter().position(|signature| signature.id == *id);
    found.ok_or(PadesError::Misuse { what: "there is no such signature in this PDF" })
}

fn document_timestamp(pades: &Pades) -> Result<Layout, PadesError> {
    let source = pades.source();
    let pdf = pades.pdf()?;
    let target = field::choose(&field::all(&pdf)?, &FieldChoice::New)?;
    let mut draft = Draft::new(&pdf)?;
    signature::extension(&mut draft, &pdf)?;
    let expected = pades.wishes.token;
    let room = TOKEN_ROOM.max(expected.saturating_add(expected / 4)).min(MAX_ROOM);
    let plan = Plan { target: &target, kind: Kind::Timestamp, room };
    let reference = signature::place(&mut draft, &pdf, &plan)?;
    layout::lay_out(source, draft, reference)
}

/// The CMS of a signature where it may still grow: in the room behind it, as long as nothing is over that room.
struct Contents {
    cades: Cades,
    hole: Range<usize>,
}

impl Contents {
    fn of(pades: &Pades, index: usize, least: usize) -> Result<Option<Self>, PadesError> {
        let Some(dictionary) = pades.dictionaries().get(index) else { return Ok(None) };
        let hole = dictionary.contents_place();
        let covered = pades.ranges().any(|range| range.start < hole.end && hole.start < range.end);
        let stamped =
            matches!(dictionary.sub_filter.as_deref(), Some("ETSI.CAdES.detached" | "adbe.pkcs7.detached"));
        if covered || !stamped || !dictionary.defects.is_empty() {
            return Ok(None);
        }
        let cms = Reader::new(&dictionary.contents).read("ContentInfo")?.bytes().to_vec();
        if layout::room(&hole).saturating_sub(cms.len()) < least {
            return Ok(None);
        }
        Ok(Some(Self { cades: Cades::read(cms, digests(pades, index))?, hole }))
    }
}

/// The digests of the document that the reader computed.
fn digests(pades: &Pades, index: usize) -> Option<Content> {
    let mut set = DigestSet::default();
    for reference in &pades.signatures().get(index)?.data {
        set.insert(reference.algorithm?, reference.actual.as_ref()?).ok()?;
    }
    Some(Content::Digests(set))
}

pub(super) fn finish(pades: &Pades, pending: &PendingTimestamp, token: &[u8]) -> Result<Pades, PadesError> {
    let read = Token::answering(token, pending).map_err(|what| PadesError::TokenMismatch { what })?;
    let begun = serde_json::from_slice(&pending.state);
    let begun = begun.map_err(|_| PadesError::Misuse { what: "this is not what was begun" })?;
    let new = match begun {
        State::Contents => in_contents(pades, pending, token)?,
        State::Revision { base, tail, hole } => in_revision(pades.source(), base, &tail, &hole, token)?,
    };
    let new = pades.with_source(new)?;
    let fault = new.standing().fault_of(&read.signature_id().map_err(|_| NO_TOKEN)?);
    match fault {
        Some(what) => Err(PadesError::Misuse { what }),
        None => Ok(new),
    }
}

const NO_TOKEN: PadesError = PadesError::TokenMismatch { what: "it is not a time-stamp token" };
const OTHER_FILE: PadesError =
    PadesError::Misuse { what: "this time-stamp was begun on another file than the one it is put into" };

fn in_revision(
    file: &Source,
    base: usize,
    tail: &[u8],
    hole: &Range<usize>,
    token: &[u8],
) -> Result<Source, PadesError> {
    if file.base().len() != base || !tail.starts_with(file.tail()) {
        return Err(OTHER_FILE);
    }
    let mut source = file.clone();
    *source.tail_mut() = tail.to_vec();
    layout::fill(&mut source, hole, token)?;
    Ok(source)
}

/// The token into the CMS, and that into its place. Where the place is in the file that was opened, all of that file from
/// the signature on becomes part of the tail: it is the part that is written anew.
fn in_contents(pades: &Pades, pending: &PendingTimestamp, token: &[u8]) -> Result<Source, PadesError> {
    let Target::Signature { id } = pending.target else { return Err(OTHER_FILE) };
    let mut contents = Contents::of(pades, index(pades, &id)?, 0)?.ok_or(OTHER_FILE)?;
    let inner = PendingTimestamp { state: Bytes::default(), ..pending.clone() };
    contents.cades.finish_timestamp(&inner, token)?;
    let mut source = pades.source().clone();
    if contents.hole.start < source.base().len() {
        let at = form::place_of(&pades.pdf()?, &contents.hole)?.ok_or(OTHER_FILE)?;
        source.split(at);
    }
    layout::fill(&mut source, &contents.hole, contents.cades.as_bytes())?;
    Ok(source)
}
