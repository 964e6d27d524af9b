// SPDX-License-Identifier: Apache-2.0 OR MIT
//! TimeStampResp (RFC 3161, 2.4.2).

use keiin_pki::der::{DerError, DerErrorKind, Element, Reader, Tag};

use crate::{Failure, Rejection, Status};

/// Octets of a response. The largest token of the corpus, with CRLs and OCSP responses inside, has 300 KiB.
pub const MAX_RESPONSE: usize = 16 * 1024 * 1024;
/// Lines of a TSA's own text that are kept.
const MAX_TEXTS: usize = 20;
/// Characters of one line that are kept.
const MAX_TEXT: usize = 1_000;

/// A TSA's answer, unjudged.
#[derive(Clone, Debug)]
pub struct Response<'a> {
    /// PKIStatus.
    pub status: Status,
    /// PKIFailureInfo.
    pub failures: Vec<Failure>,
    /// statusString, control characters removed: it will be shown to a person.
    pub text: Vec<String>,
    /// The timeStampToken's ContentInfo as it stands.
    pub token: Option<&'a [u8]>,
}

impl<'a> Response<'a> {
    /// Reads a TimeStampResp that fills the input.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn read(input: &'a [u8]) -> Result<Self, DerError> {
        let mut outer = sequence(&Element::whole(input, "TimeStampResp")?, "TimeStampResp")?;
        let mut info = outer.expect(Tag::SEQUENCE, "PKIStatusInfo")?.reader("PKIStatusInfo")?;
        let status = info.expect(Tag::INTEGER, "status")?.unsigned("status")?;
        let text = info.optional(Tag::SEQUENCE, "statusString")?;
        let failures = info.optional(Tag::BIT_STRING, "failInfo")?;
        info.end("PKIStatusInfo")?;
        let token = outer.optional(Tag::SEQUENCE, "timeStampToken")?;
        outer.end("TimeStampResp")?;
        Ok(Self {
            status: Status::from_number(status),
            failures: match failures {
                Some(bits) => Failure::all(bits.bit_string("failInfo")?.1),
                None => Vec::new(),
            },
            text: text.map_or(Ok(Vec::new()), |text| free_text(&text))?,
            token: token.map(|token| token.bytes()),
        })
    }

    /// What there is to say when no token is accepted.
    pub fn rejection(&self) -> Rejection {
        Rejection { status: self.status, failures: self.failures.clone(), text: self.text.clone() }
    }
}

fn sequence<'a>(element: &Element<'a>, object: &'static str) -> Result<Reader<'a>, DerError> {
    if element.tag() == Tag::SEQUENCE {
        element.reader(object)
    } else {
        Err(element.error(object, DerErrorKind::UnexpectedTag))
    }
}

/// PKIFreeText: UTF8Strings, and whatever else TSAs put there instead.
fn free_text(list: &Element<'_>) -> Result<Vec<String>, DerError> {
    let texts = list.reader("statusString")?.all(MAX_TEXTS, "statusString")?;
    texts.iter().map(|text| text.text("statusString").map(|text| printable(&text))).collect()
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}
