// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Lays out a signature: the revision that it stands in, with room for its value, and the CMS but for that value
//! (EN 319 142-1, 5.3 and 6.3).

use std::ops::Range;

use keiin_cades::Content;
use keiin_model::{
    Bytes, ClaimedTime, DigestAlgorithm, Packaging, SignatureAlgorithm, SignerLocation, SigningIntent, Time,
    message_digest_of,
};
use keiin_pki::{digest::DigestSet, signing::SigningError};
use serde::{Deserialize, Serialize};

use crate::{
    Pades, PadesError, PadesIntent, Reserve,
    field::{self, Target},
    imprint,
    layout::{self, Layout},
    limits::MAX_ROOM,
    pdf::Draft,
    restriction, seed,
    signature::{self, Kind, Plan},
};

/// Octets for the signature value and the headers of the CMS: the longest value is RSA's with 8192 bits.
const VALUE_ROOM: usize = 2_048;
/// Octets for a signature-time-stamp: tokens with their certificates have 3,000 to 8,000.
const TIMESTAMP_ROOM: usize = 12_288;

/// A signature but for its value. It serialises and holds all that [`Prepared::attach`] needs beside the file itself, so
/// that the card may be in another process or place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prepared {
    pub(crate) cms: keiin_cades::Prepared,
    /// What stands behind the file that was opened.
    pub(crate) tail: Bytes,
    /// Octets of that file.
    pub(crate) base: usize,
    /// Where the value of /Contents goes.
    pub(crate) hole: Range<usize>,
    /// The name of the field.
    pub(crate) field: String,
}

impl Prepared {
    /// The octets that the signer signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.cms.to_be_signed()
    }

    /// The scheme that the signer signs with.
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.cms.algorithm()
    }

    /// The digest of [`to_be_signed`](Self::to_be_signed) under the scheme's digest, as cards take it.
    pub fn digest(&self) -> Vec<u8> {
        self.cms.digest()
    }

    /// The certificate whose key must sign, DER.
    pub fn certificate(&self) -> &[u8] {
        self.cms.certificate()
    }

    /// The full name of the field that is signed.
    pub fn field(&self) -> &str {
        &self.field
    }
}

/// Lays out a signature over a PDF.
///
/// `certificate` is the signer's, `chain` others to embed, in any order; `now` is the claimed time of signing. Of
/// `intent`, the location goes into the dictionary, the MIME type is the PDF's and left out, and the CMS is detached
/// (EN 319 142-1, 6.3).
///
/// # Errors
/// [`PadesError`] by what forbids it: the file's structure, an earlier signature, what the field asks for, or what the
/// certificate and the scheme are.
pub fn prepare<C: AsRef<[u8]>>(
    document: &Pades,
    certificate: &[u8],
    chain: &[C],
    intent: &SigningIntent,
    pades: &PadesIntent,
    now: Time,
) -> Result<Prepared, PadesError> {
    if pades.reason.is_some() && (!intent.commitments.is_empty() || intent.policy.is_some()) {
        return Err(PadesError::ReasonAndCommitment);
    }
    let source = document.source();
    let pdf = document.pdf()?;
    let fields = field::all(&pdf)?;
    let target = field::choose(&fields, &pades.field)?;
    restriction::check(&pdf, &fields, &target, pades.certification)?;
    if let Target::Existing(field, _) = &target {
        seed::check(&pdf, field, intent, pades)?;
    }
    let cms = Cms { certificate, chain, intent: for_pdf(intent), now };
    let room = cms.room(pades.reserve)?;
    let location = intent.location.as_ref().map(place);
    let kind = Kind::Signature { intent: pades, location, now };
    let plan = Plan { target: &target, kind, room };
    let mut draft = Draft::new(&pdf)?;
    signature::extension(&mut draft, &pdf)?;
    let reference = signature::place(&mut draft, &pdf, &plan)?;
    let Layout { source, hole } = layout::lay_out(source, draft, reference)?;
    let algorithm = cms.digest_algorithm()?;
    let digest = imprint::digest(&source, &hole, algorithm)?;
    let cms = cms.prepare(&digest)?;
    let (tail, base) = (Bytes::from(source.tail()), source.base().len());
    Ok(Prepared { cms, tail, base, hole, field: target.name().to_owned() })
}

/// A location as one line, the smallest place first.
fn place(location: &SignerLocation) -> String {
    let parts = location.postal_address.iter().chain(&location.locality).chain(&location.country);
    parts.cloned().collect::<Vec<_>>().join(", ")
}

/// What a CMS in a PDF is: detached, without signing-time, signer-location and mime-type (EN 319 142-1, 6.3, table 1).
fn for_pdf(intent: &SigningIntent) -> SigningIntent {
    SigningIntent {
        packaging: Packaging::Detached,
        claimed_time: ClaimedTime::LeftOut,
        location: None,
        mime_type: None,
        ..intent.clone()
    }
}

struct Cms<'s, C> {
    certificate: &'s [u8],
    chain: &'s [C],
    intent: SigningIntent,
    now: Time,
}

impl<C: AsRef<[u8]>> Cms<'_, C> {
    fn digest_algorithm(&self) -> Result<DigestAlgorithm, PadesError> {
        let algorithm = self.intent.algorithm;
        message_digest_of(algorithm)
            .ok_or_else(|| PadesError::Cms(SigningError::NotForSigning { algorithm }.into()))
    }

    fn prepare(&self, digest: &[u8]) -> Result<keiin_cades::Prepared, PadesError> {
        let mut set = DigestSet::default();
        let wrong = PadesError::Misuse { what: "the digest of the document has the wrong length" };
        set.insert(self.digest_algorithm()?, digest).map_err(|_| wrong)?;
        let content = Content::Digests(set);
        keiin_cades::prepare(&content, self.certificate, self.chain, &self.intent, self.now)
            .map_err(PadesError::Cms)
    }

    /// Octets of /Contents: what the CMS has at most, and what is kept free behind it.
    fn room(&self, reserve: Reserve) -> Result<usize, PadesError> {
        // The signed attributes have the same length whatever the digest is.
        let digest = vec![0; self.digest_algorithm()?.len()];
        let attributes = self.prepare(&digest)?.to_be_signed().len();
        let certificates =
            self.chain.iter().map(|c| c.as_ref().len()).sum::<usize>() + self.certificate.len();
        let free = match reserve {
            Reserve::Timestamp => TIMESTAMP_ROOM,
            Reserve::Nothing => 0,
            Reserve::Octets(octets) => octets,
        };
        let room = attributes.saturating_add(certificates).saturating_add(VALUE_ROOM).saturating_add(free);
        if room > MAX_ROOM { Err(PadesError::limit("octets for a signature", MAX_ROOM)) } else { Ok(room) }
    }
}
