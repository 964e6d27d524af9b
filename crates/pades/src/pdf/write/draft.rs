// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A revision under work: objects that are new, and those that change with only the changed part spliced in.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
};

use super::{section, value::Value};
use crate::{
    PadesError,
    limits::{MAX_INDIRECTION, MAX_OBJECT_NUMBER},
    pdf::{
        Dictionary, Object, Pdf, object,
        syntax::{self, Text},
    },
};

/// The number of an indirect object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    pub(crate) number: u32,
    pub(crate) generation: u32,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} R", self.number, self.generation)
    }
}

/// A value inside an object: behind these keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    number: u32,
    path: Vec<Vec<u8>>,
}

/// What will stand between `obj` and `endobj`.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) generation: u32,
    pub(super) octets: Vec<u8>,
}

/// A revision under work.
pub(crate) struct Draft<'p, 'a> {
    pdf: &'p Pdf<'a>,
    bodies: BTreeMap<u32, Body>,
    next: u32,
    /// Numbers from `next` on that the file speaks of, though it has no such objects: they stay free.
    spoken_of: BTreeSet<u32>,
}

/// A revision as octets that go behind the file.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    pub(crate) octets: Vec<u8>,
    /// Where each object's body stands in them.
    bodies: BTreeMap<u32, Range<usize>>,
}

impl Revision {
    /// The places of values of a dictionary of this revision.
    pub(crate) fn places<const N: usize>(
        &self,
        object: Reference,
        keys: [&str; N],
    ) -> Option<[Range<usize>; N]> {
        let body = self.bodies.get(&object.number)?;
        let entries = syntax::dictionary(self.octets.get(body.clone())?, 0)?;
        let mut places = keys.map(|_| 0..0);
        for (place, key) in places.iter_mut().zip(keys) {
            let found = entries.value(key.as_bytes())?;
            *place = body.start.checked_add(found.start)?..body.start.checked_add(found.end)?;
        }
        Some(places)
    }
}

impl<'p, 'a> Draft<'p, 'a> {
    /// A revision of a file that was opened by its own cross-reference.
    pub(crate) fn new(pdf: &'p Pdf<'a>) -> Result<Self, PadesError> {
        if let Some(locked) = pdf.locked() {
            return Err(PadesError::locked(locked));
        }
        if pdf.is_repaired() || pdf.is_broken() {
            return Err(PadesError::BrokenReference);
        }
        let next = pdf.first_new()?;
        Ok(Self { pdf, bodies: BTreeMap::new(), next, spoken_of: pdf.dangling(next)? })
    }

    /// A number for an object that is written later.
    pub(crate) fn reserve(&mut self) -> Result<Reference, PadesError> {
        // A reference to nothing is null (7.3.10). An object of that number would give it a meaning that nobody gave it.
        while self.spoken_of.contains(&self.next) {
            self.next = self.next.saturating_add(1);
        }
        let number = self.next;
        if number > MAX_OBJECT_NUMBER {
            let limit = u64::from(MAX_OBJECT_NUMBER);
            return Err(PadesError::Limit { object: "object numbers", limit });
        }
        self.next += 1;
        Ok(Reference { number, generation: 0 })
    }

    /// Writes a new object.
    pub(crate) fn write(&mut self, object: Reference, value: &Value) {
        let mut octets = Vec::new();
        value.write(&mut octets, &self.seal(object));
        self.bodies.insert(object.number, Body { generation: object.generation, octets });
    }

    /// Adds a new object.
    pub(crate) fn add(&mut self, value: &Value) -> Result<Reference, PadesError> {
        let object = self.reserve()?;
        self.write(object, value);
        Ok(object)
    }

    /// Adds a stream; /Length is written here.
    pub(crate) fn add_stream(
        &mut self,
        mut entries: Vec<(&'static str, Value)>,
        data: &[u8],
    ) -> Result<Reference, PadesError> {
        let object = self.reserve()?;
        let data = self.seal_stream(object, data);
        entries.push(("Length", Value::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX))));
        let mut octets = Vec::with_capacity(data.len().saturating_add(128));
        Value::Dictionary(entries).write(&mut octets, &self.seal(object));
        octets.extend_from_slice(b"\nstream\n");
        octets.extend_from_slice(&data);
        octets.extend_from_slice(b"\nendstream");
        self.bodies.insert(object.number, Body { generation: 0, octets });
        Ok(object)
    }

    /// How the strings of an object are written.
    fn seal(&self, object: Reference) -> impl Fn(&[u8]) -> Vec<u8> + use<'p> {
        let (security, name) = (self.pdf.security(), (object.number, object.generation));
        move |data| match security {
            Some(security) => security.seal_string(name, &security.iv(name, data), data),
            None => data.to_vec(),
        }
    }

    fn seal_stream<'d>(&self, object: Reference, data: &'d [u8]) -> Cow<'d, [u8]> {
        let name = (object.number, object.generation);
        self.pdf.security().map_or(Cow::Borrowed(data), |security| {
            Cow::Owned(security.seal_stream(name, &security.iv(name, data), &Dictionary::default(), data))
        })
    }

    /// The whole object of a number.
    pub(crate) const fn object(number: u32) -> Spot {
        Spot { number, path: Vec::new() }
    }

    /// The catalog.
    pub(crate) fn catalog(&self) -> Result<Spot, PadesError> {
        Ok(Self::object(self.pdf.root_number().ok_or(PadesError::NoCatalog)?))
    }

    /// How others refer to the object of a spot.
    pub(crate) fn reference(&self, spot: &Spot) -> Result<Reference, PadesError> {
        let generation = match self.bodies.get(&spot.number) {
            Some(body) => body.generation,
            None => self.old(spot.number)?.generation,
        };
        Ok(Reference { number: spot.number, generation })
    }

    /// The value as it stands now, read; a reference is followed by [`Draft::follow`] only.
    pub(crate) fn value(&self, spot: &Spot) -> Result<Object, PadesError> {
        let octets = self.octets(spot.number)?;
        let place = syntax::place(&octets, &spot.path);
        let object = place.and_then(|place| object::read(&*octets, place.start).0.ok());
        Ok(object.unwrap_or(Object::Null))
    }

    /// Where the value of a key stands: behind its reference, if it is one; `None` when there is no such value.
    pub(crate) fn follow(&self, spot: &Spot, key: &str) -> Result<Option<Spot>, PadesError> {
        let mut here = Spot { number: spot.number, path: spot.path.clone() };
        here.path.push(key.as_bytes().to_vec());
        for _ in 0..MAX_INDIRECTION {
            match self.value(&here)? {
                Object::Null => return Ok(None),
                Object::Reference(number) => here = Self::object(number),
                _ => return Ok(Some(here)),
            }
        }
        Ok(None)
    }

    /// Gives a key of a dictionary a value, in the place of the one that it has.
    pub(crate) fn set(&mut self, spot: &Spot, key: &str, value: &Value) -> Result<(), PadesError> {
        let mut written = Vec::new();
        value.write(&mut written, &self.seal(self.reference(spot)?));
        let octets = self.octets(spot.number)?.into_owned();
        let place = syntax::place(&octets, &spot.path).ok_or(MALFORMED)?;
        let entries = syntax::dictionary(&octets, place.start).ok_or(MALFORMED)?;
        let (place, mut insert) = match entries.value(key.as_bytes()) {
            Some(place) => (place.clone(), Vec::new()),
            None => {
                let mut name = Vec::new();
                super::value::write_name(key.as_bytes(), &mut name);
                (entries.end..entries.end, name)
            }
        };
        // What stands before may be a regular character, and so may what begins the value.
        if written.first().is_some_and(|octet| !b"/[(<".contains(octet)) {
            insert.push(b' ');
        }
        insert.append(&mut written);
        insert.push(b' ');
        self.splice(spot.number, octets, place, insert)
    }

    /// Where the object of a spot stands in the file; `None` inside an object stream.
    pub(crate) fn offset(&self, spot: &Spot) -> Result<Option<usize>, PadesError> {
        Ok(self.pdf.object(spot.number)?.offset)
    }

    /// Writes the object of a spot again as it is.
    pub(crate) fn repeat(&mut self, spot: &Spot) -> Result<(), PadesError> {
        let Text { generation, octets, .. } = self.old(spot.number)?;
        self.bodies.insert(spot.number, Body { generation, octets });
        Ok(())
    }

    /// Puts an item behind those of an array.
    pub(crate) fn push(&mut self, spot: &Spot, item: &Value) -> Result<(), PadesError> {
        let mut insert = vec![b' '];
        item.write(&mut insert, &self.seal(self.reference(spot)?));
        let octets = self.octets(spot.number)?.into_owned();
        let place = syntax::place(&octets, &spot.path).ok_or(MALFORMED)?;
        let end = syntax::array_end(&octets, place.start).ok_or(MALFORMED)?;
        self.splice(spot.number, octets, end..end, insert)
    }

    fn splice(
        &mut self,
        number: u32,
        mut octets: Vec<u8>,
        place: Range<usize>,
        insert: Vec<u8>,
    ) -> Result<(), PadesError> {
        let generation = self.reference(&Self::object(number))?.generation;
        octets.splice(place, insert);
        self.bodies.insert(number, Body { generation, octets });
        Ok(())
    }

    fn octets(&self, number: u32) -> Result<Cow<'_, [u8]>, PadesError> {
        match self.bodies.get(&number) {
            Some(body) => Ok(Cow::Borrowed(&body.octets)),
            None => Ok(Cow::Owned(self.old(number)?.octets)),
        }
    }

    /// An object of the file as it stands there.
    fn old(&self, number: u32) -> Result<Text, PadesError> {
        let mut text = self.pdf.text(number)?.ok_or(MALFORMED)?;
        if text.inside && self.pdf.security().is_some() {
            // Its stream was encrypted as a whole. On its own each of its strings is.
            let object = Reference { number, generation: text.generation };
            text.octets = syntax::with_strings(&text.octets, &self.seal(object));
        }
        Ok(text)
    }

    /// The octets that make this revision behind a file of `len` octets of which `last` is the last.
    pub(crate) fn finish(mut self, len: usize, last: Option<u8>) -> Result<Revision, PadesError> {
        let mut octets = Vec::new();
        if !matches!(last, Some(b'\n' | b'\r')) {
            octets.push(b'\n');
        }
        let mut revision = Revision { octets, bodies: BTreeMap::new() };
        let mut offsets = BTreeMap::new();
        for (number, body) in &self.bodies {
            let out = &mut revision.octets;
            offsets.insert(*number, (body.generation, len.saturating_add(out.len())));
            out.extend_from_slice(format!("{number} {} obj\n", body.generation).as_bytes());
            let start = out.len();
            out.extend_from_slice(&body.octets);
            revision.bodies.insert(*number, start..out.len());
            out.extend_from_slice(b"\nendobj\n");
        }
        let stream = if self.pdf.ends_in_stream() { Some(self.reserve()?.number) } else { None };
        section::write(self.pdf, &mut revision.octets, len, offsets, self.next, stream)?;
        Ok(revision)
    }
}

const MALFORMED: PadesError = PadesError::Malformed { object: "an object that the signature changes" };
