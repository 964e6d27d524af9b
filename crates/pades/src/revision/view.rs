// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The file as one revision left it.

use crate::{
    PadesError,
    pdf::{Dictionary, Located, Object, Pdf, Stream, StreamError},
};

/// A revision of a file.
#[derive(Clone, Copy)]
pub(super) struct View<'p, 'a> {
    pub(super) pdf: &'p Pdf<'a>,
    pub(super) index: usize,
}

impl<'a> View<'_, 'a> {
    fn with<T>(self, look: impl FnOnce(&Pdf<'_>) -> Result<T, PadesError>) -> Result<T, PadesError> {
        self.pdf.look_at(self.index);
        let found = look(self.pdf);
        self.pdf.look_at(0);
        found
    }

    pub(super) fn object(self, number: u32) -> Result<Object, PadesError> {
        self.with(|pdf| pdf.object(number)).map(|found| found.object)
    }

    pub(super) fn resolve(self, object: &Object) -> Result<Object, PadesError> {
        self.with(|pdf| pdf.resolve(object)).map(|found: Located| found.object)
    }

    /// What a key leads to; null when it is not there.
    pub(super) fn value(self, dictionary: &Dictionary, key: &str) -> Result<Object, PadesError> {
        dictionary.value(key).map_or(Ok(Object::Null), |value| self.resolve(value))
    }

    /// A value of the newest trailer that has it.
    pub(super) fn trailer(self, key: &str) -> Option<Object> {
        self.pdf.look_at(self.index);
        let found = self.pdf.trailer_value(key);
        self.pdf.look_at(0);
        found
    }

    /// Every value of the trailers.
    pub(super) fn trailer_entries(self) -> Vec<(Vec<u8>, Object)> {
        self.pdf.look_at(self.index);
        let found = self.pdf.trailer_entries();
        self.pdf.look_at(0);
        found
    }

    pub(super) fn catalog(self) -> Result<Dictionary, PadesError> {
        Ok(self.with(|pdf| pdf.catalog())?.unwrap_or_default())
    }

    /// Whether the revision has an object at an offset.
    pub(super) fn holds(self, offset: Option<usize>) -> bool {
        self.pdf.look_at(self.index);
        let found = offset.is_none_or(|offset| self.pdf.has_offset(offset));
        self.pdf.look_at(0);
        found
    }

    fn octets(self, stream: &Stream) -> Result<Result<Vec<u8>, StreamError>, PadesError> {
        self.with(|pdf| pdf.octets(stream))
    }

    fn raw(self, stream: &Stream) -> Result<&'a [u8], PadesError> {
        self.pdf.look_at(self.index);
        let raw = self.pdf.raw(stream);
        self.pdf.look_at(0);
        raw
    }
}

/// Whether two objects say the same, each in its own revision; references are the same when they name the same object.
pub(super) fn same(
    (old, a): (View<'_, '_>, &Object),
    (new, b): (View<'_, '_>, &Object),
) -> Result<bool, PadesError> {
    Ok(match (a, b) {
        (Object::String(a, _), Object::String(b, _)) => a == b,
        (Object::Array(a), Object::Array(b)) => {
            a.len() == b.len() && all(a.iter().zip(b).map(|(a, b)| same((old, a), (new, b))))?
        }
        (Object::Dictionary(a), Object::Dictionary(b)) => same_entries((old, a), (new, b))?,
        (Object::Stream(a), Object::Stream(b)) => {
            if a.start == b.start {
                return Ok(true); // one file, one place
            }
            same_entries((old, &a.dictionary), (new, &b.dictionary))? && same_octets((old, a), (new, b))?
        }
        // 7.3.3: one number in two spellings.
        (Object::Integer(_) | Object::Real(_), Object::Integer(_) | Object::Real(_)) => {
            number(a) == number(b)
        }
        (a, b) => a == b,
    })
}

#[allow(clippy::cast_precision_loss)] // both sides lose the same
fn number(object: &Object) -> Option<f64> {
    match object {
        Object::Integer(value) => Some(*value as f64),
        Object::Real(value) => Some(*value),
        _ => None,
    }
}

/// An encrypted stream that was written anew has other octets that mean the same.
fn same_octets(
    (old, a): (View<'_, '_>, &Stream),
    (new, b): (View<'_, '_>, &Stream),
) -> Result<bool, PadesError> {
    if old.raw(a)? == new.raw(b)? {
        return Ok(true);
    }
    Ok(matches!((old.octets(a)?, new.octets(b)?), (Ok(a), Ok(b)) if a == b))
}

fn same_entries(
    (old, a): (View<'_, '_>, &Dictionary),
    (new, b): (View<'_, '_>, &Dictionary),
) -> Result<bool, PadesError> {
    Ok(differing((old, a), (new, b))?.is_empty())
}

/// The keys whose values differ; a key that is missing is one with null (7.3.7).
pub(super) fn differing(
    (old, a): (View<'_, '_>, &Dictionary),
    (new, b): (View<'_, '_>, &Dictionary),
) -> Result<Vec<String>, PadesError> {
    let mut keys: Vec<_> = a.entries().chain(b.entries()).map(|(key, _)| key.to_vec()).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut found = Vec::new();
    for key in keys {
        let name = String::from_utf8_lossy(&key).into_owned();
        let (a, b) = (a.value(&name).unwrap_or(&Object::Null), b.value(&name).unwrap_or(&Object::Null));
        if !same((old, a), (new, b))? {
            found.push(name);
        }
    }
    Ok(found)
}

fn all(mut checks: impl Iterator<Item = Result<bool, PadesError>>) -> Result<bool, PadesError> {
    checks.try_fold(true, |so_far, check| Ok(so_far && check?))
}
