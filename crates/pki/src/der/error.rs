// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What can be wrong with an encoding, and where.

/// An encoding that could not be read, with the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{object}: {kind} at octet {offset}")]
pub struct DerError {
    /// What was being read, in the standard's words.
    pub object: &'static str,
    /// What is wrong.
    pub kind: DerErrorKind,
    /// Octets from the start of the input.
    pub offset: usize,
}

/// What is wrong with an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DerErrorKind {
    /// The input ends inside an element.
    #[error("the input ends inside an element")]
    Truncated,
    /// Something else was expected here.
    #[error("another element was expected")]
    UnexpectedTag,
    /// Something follows where nothing may.
    #[error("something follows the end")]
    Trailing,
    /// A length that cannot be (more than 8 octets, reserved, or indefinite on a primitive element).
    #[error("the length is not possible")]
    Length,
    /// A tag number over 2^32.
    #[error("the tag is not possible")]
    Tag,
    /// The value does not fit its type.
    #[error("the value does not fit its type")]
    Value,
    /// More nested elements than [`super::MAX_DEPTH`].
    #[error("elements are nested too deep")]
    TooDeep,
    /// More elements than a parser takes; each parser states its limit.
    #[error("there are too many elements")]
    TooMany,
}

impl DerError {
    /// Whether a limit was reached, rather than the input being wrong.
    pub const fn is_limit(&self) -> bool {
        matches!(self.kind, DerErrorKind::TooDeep | DerErrorKind::TooMany)
    }
}
