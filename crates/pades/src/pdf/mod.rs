// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A PDF file as objects, read only where somebody looks.

mod cipher;
mod crypt;
mod filter;
mod kept;
mod last;
mod lexer;
mod lzw;
mod object;
mod open;
mod password;
mod rectangle;
mod repair;
mod syntax;
mod write;
mod xref;

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

pub(crate) use crypt::{Locked, Security};
use filter::{FilterError, Step};
use kept::Kept;
pub(crate) use lexer::is_hexadecimal;
pub(crate) use object::{Dictionary, Object, Stream};
pub(crate) use open::last_start;
pub(crate) use write::{Draft, Reference, Spot, Value, text_string, write_hexadecimal};
use xref::{Entry, Section};

use crate::{
    PadesError,
    limits::{MAX_INDIRECTION, MAX_STREAM, MAX_STREAMS, MAX_WORK, WORK_FACTOR},
    source::Octets,
};

/// A PDF. Newest section first; a view leaves the newest out.
pub(crate) struct Pdf<'a> {
    octets: Octets<'a>,
    /// Octets before `%PDF-`: offsets may count from there.
    shift: usize,
    sections: Vec<Section>,
    /// What stands behind the last `startxref`.
    start: usize,
    view: Cell<usize>,
    repaired: bool,
    /// The file is encrypted, and opened.
    security: Option<Security>,
    /// The file is encrypted, and closed.
    locked: Option<Locked>,
    /// An object was not where the cross-reference says.
    broken: Cell<bool>,
    /// An encrypted object stream was wanted.
    hidden: Cell<bool>,
    work: Cell<u64>,
    /// Objects that were looked at since touched pages were last given back.
    looked: Cell<u32>,
    inflated: Cell<usize>,
    indirection: Cell<usize>,
    object_streams: RefCell<BTreeMap<usize, Option<Rc<ObjectStream>>>>,
    kept: Kept,
}

/// An object with where it stands in the file, unless it is inside a stream.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub(crate) object: Object,
    pub(crate) offset: Option<usize>,
}

struct ObjectStream {
    octets: Vec<u8>,
    /// Where each object begins.
    starts: BTreeMap<u32, usize>,
}

/// Why a stream gives no octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamError {
    Encrypted,
    Unreadable,
}

/// Objects after which touched pages are given back: a page that is touched brings its neighbours, 64 KiB in all.
const RELEASE_EVERY: u32 = 64;

/// Where `what` first stands.
pub(crate) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let (first, _) = what.split_first()?;
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        at += rest.iter().position(|o| o == first)?;
        if bytes.get(at..)?.starts_with(what) {
            return Some(at);
        }
        at += 1;
    }
}

impl<'a> Pdf<'a> {
    pub(crate) const fn file(&self) -> Octets<'a> {
        self.octets
    }

    /// Octets of the file.
    pub(crate) const fn len(&self) -> usize {
        self.octets.len()
    }

    pub(crate) const fn is_repaired(&self) -> bool {
        self.repaired
    }

    /// How an encrypted file that is open encrypts.
    pub(crate) const fn security(&self) -> Option<&Security> {
        self.security.as_ref()
    }

    /// Why strings and streams cannot be read.
    pub(crate) const fn locked(&self) -> Option<&Locked> {
        self.locked.as_ref()
    }

    /// Whether an object was not where the cross-reference says.
    pub(crate) const fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// Whether something that was wanted stands in an encrypted stream.
    pub(crate) const fn has_hidden(&self) -> bool {
        self.hidden.get()
    }

    /// How many views there are: one for each section.
    pub(crate) const fn views(&self) -> usize {
        self.sections.len()
    }

    /// Looks at the file as it was before its newest `view` sections.
    pub(crate) fn look_at(&self, view: usize) {
        self.view.set(view);
    }

    fn seen(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().skip(self.view.get())
    }

    /// Where the newest section of a view stands.
    pub(crate) fn section_start(&self, view: usize) -> Option<usize> {
        self.sections.get(view)?.start
    }

    /// The objects that the newest section of a view names.
    pub(crate) fn changed(&self, view: usize) -> BTreeSet<u32> {
        self.sections.get(view).map(|section| section.entries.keys().copied().collect()).unwrap_or_default()
    }

    /// A value of the newest trailer that has it.
    pub(crate) fn trailer_value(&self, key: &str) -> Option<Object> {
        self.seen().find_map(|section| section.trailer.value(key)).cloned()
    }

    /// All entries of all trailers.
    pub(crate) fn trailer_entries(&self) -> Vec<(Vec<u8>, Object)> {
        let all = self.seen().flat_map(|section| section.trailer.entries());
        all.map(|(key, value)| (key.to_vec(), value.clone())).collect()
    }

    /// Whether an object of the view stands at an offset.
    pub(crate) fn has_offset(&self, offset: usize) -> bool {
        let is_there = |entry: &Entry| match entry {
            Entry::At(at) => *at == offset || at.checked_add(self.shift) == Some(offset),
            _ => false,
        };
        self.seen().any(|section| section.entries.values().any(is_there))
    }

    /// Where the string that begins at a position ends.
    pub(crate) fn string_end(&self, at: usize) -> Option<usize> {
        let mut lexer = lexer::Lexer::new(self.octets, at);
        let begins =
            self.octets.get(at..at.checked_add(1)?).is_some_and(|first| matches!(first, b"<" | b"("));
        (begins && lexer.skip_string()).then(|| lexer.position())
    }

    /// The catalog of the view.
    pub(crate) fn catalog(&self) -> Result<Option<Dictionary>, PadesError> {
        Ok(self.root()?.object.as_dictionary().cloned())
    }

    /// Where the catalog of the view stands.
    pub(crate) fn catalog_offset(&self) -> Result<Option<usize>, PadesError> {
        Ok(self.root()?.offset)
    }

    fn root(&self) -> Result<Located, PadesError> {
        let root = self.seen().find_map(|section| section.trailer.value("Root"));
        root.map_or_else(|| Ok(Located::null()), |root| self.resolve(root))
    }

    /// All object numbers.
    pub(crate) fn numbers(&self) -> Vec<u32> {
        let all: BTreeSet<_> = self.seen().flat_map(|s| s.entries.keys().copied()).collect();
        all.into_iter().collect()
    }

    /// What a key leads to, through references; null when it is not there.
    pub(crate) fn value(&self, dictionary: &Dictionary, key: &str) -> Result<Located, PadesError> {
        dictionary.value(key).map_or_else(|| Ok(Located::null()), |value| self.resolve(value))
    }

    /// An object that is not a reference. What stands in place gives no offset.
    pub(crate) fn resolve(&self, object: &Object) -> Result<Located, PadesError> {
        let mut found = Located { object: object.clone(), offset: None };
        for _ in 0..MAX_INDIRECTION {
            let Object::Reference(number) = found.object else { return Ok(found) };
            found = self.object(number)?;
        }
        Ok(Located::null())
    }

    /// An indirect object; null when it is free, missing or unreadable.
    pub(crate) fn object(&self, number: u32) -> Result<Located, PadesError> {
        let depth = self.indirection.get();
        if depth >= MAX_INDIRECTION {
            return Ok(Located::null());
        }
        self.indirection.set(depth + 1);
        let found = self.entry(number);
        self.indirection.set(depth);
        found
    }

    fn entry(&self, number: u32) -> Result<Located, PadesError> {
        match self.seen().find_map(|section| section.entries.get(&number)) {
            Some(Entry::At(offset)) => self.at(number, *offset),
            Some(Entry::In(stream)) => self.inside(number, *stream),
            Some(Entry::Free) | None => Ok(Located::null()),
        }
    }

    fn at(&self, number: u32, named: usize) -> Result<Located, PadesError> {
        if let Some(known) = self.kept.find(number, named) {
            return Ok(known);
        }
        self.looked.set(self.looked.get() + 1);
        if self.looked.get() >= RELEASE_EVERY {
            self.looked.set(0);
            self.octets.release();
        }
        for offset in [named, named.saturating_add(self.shift)] {
            let Some(found) = object::read_indirect(self.octets, offset) else { continue };
            let octets = found.end.saturating_sub(offset);
            self.spend(octets)?;
            if found.name.0 == number
                && let Ok(mut object) = found.object
            {
                if let Some(security) = &self.security {
                    security.open_strings(found.name, &mut object);
                }
                let found = Located { object, offset: Some(offset) };
                self.kept.keep(number, named, octets, &found);
                return Ok(found);
            }
        }
        self.broken.set(true);
        Ok(Located::null())
    }

    fn inside(&self, number: u32, stream: u32) -> Result<Located, PadesError> {
        let Some(Entry::At(offset)) = self.seen().find_map(|section| section.entries.get(&stream)).copied()
        else {
            self.broken.set(true);
            return Ok(Located::null());
        };
        let Some(opened) = self.object_stream(stream, offset)? else { return Ok(Located::null()) };
        let Some(start) = opened.starts.get(&number) else {
            self.broken.set(true);
            return Ok(Located::null());
        };
        let (object, end) = object::read(opened.octets.as_slice(), *start);
        self.spend(end.saturating_sub(*start))?;
        Ok(object.map_or_else(|_| Located::null(), |object| Located { object, offset: None }))
    }

    fn object_stream(&self, number: u32, offset: usize) -> Result<Option<Rc<ObjectStream>>, PadesError> {
        if let Some(known) = self.object_streams.borrow().get(&offset) {
            return Ok(known.clone());
        }
        let opened = self.open_object_stream(number, offset)?.map(Rc::new);
        self.object_streams.borrow_mut().insert(offset, opened.clone());
        Ok(opened)
    }

    fn open_object_stream(&self, number: u32, offset: usize) -> Result<Option<ObjectStream>, PadesError> {
        let Object::Stream(stream) = self.at(number, offset)?.object else {
            self.broken.set(true);
            return Ok(None);
        };
        let octets = match self.octets(&stream)? {
            Ok(octets) => octets,
            Err(StreamError::Encrypted) => {
                self.hidden.set(true);
                return Ok(None);
            }
            Err(StreamError::Unreadable) => return Ok(None),
        };
        let count = self.number(&stream.dictionary, "N")?.unwrap_or(0);
        let first = self.number(&stream.dictionary, "First")?.unwrap_or(0);
        let mut lexer = lexer::Lexer::new(octets.as_slice(), 0);
        let mut starts = BTreeMap::new();
        for _ in 0..count {
            let (Some(number), Some(start)) = (lexer.unsigned(), lexer.unsigned()) else { break };
            let (Ok(number), Ok(start)) = (u32::try_from(number), usize::try_from(start)) else { break };
            starts.insert(number, first.saturating_add(start));
        }
        Ok(Some(ObjectStream { octets, starts }))
    }

    fn number(&self, dictionary: &Dictionary, key: &str) -> Result<Option<usize>, PadesError> {
        Ok(self.value(dictionary, key)?.object.as_integer().and_then(|n| usize::try_from(n).ok()))
    }

    /// The decoded octets of a stream.
    pub(crate) fn octets(&self, stream: &Stream) -> Result<Result<Vec<u8>, StreamError>, PadesError> {
        let mut raw = Cow::Borrowed(self.raw(stream)?);
        let is_plain = stream.dictionary.value("Type").and_then(Object::as_name) == Some(b"XRef")
            || crypt::crypt_filter(&stream.dictionary) == Some(b"Identity");
        match (&self.security, &self.locked) {
            (Some(security), _) if !is_plain => {
                raw = Cow::Owned(security.open_stream(stream.name, &stream.dictionary, &raw));
            }
            (None, Some(_)) if !is_plain => return Ok(Err(StreamError::Encrypted)),
            _ => {}
        }
        let names = self.list(&stream.dictionary, ["Filter", "F"])?;
        let parameters = self.list(&stream.dictionary, ["DecodeParms", "DP"])?;
        let steps: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(index, name)| Step {
                name: name.as_name().unwrap_or_default(),
                parameters: parameters.get(index).and_then(Object::as_dictionary),
            })
            .collect();
        match filter::decode(&raw, &steps, MAX_STREAM) {
            Ok(octets) => {
                self.inflated.set(self.inflated.get().saturating_add(octets.len()));
                if self.inflated.get() > MAX_STREAMS {
                    return Err(PadesError::limit("octets of streams", MAX_STREAMS));
                }
                Ok(Ok(octets.into_owned()))
            }
            Err(FilterError::TooLarge) => Err(PadesError::limit("octets of one stream", MAX_STREAM)),
            Err(FilterError::Unsupported | FilterError::Malformed) => Ok(Err(StreamError::Unreadable)),
        }
    }

    /// A stream's octets as they stand; where /Length is wrong, up to `endstream`.
    pub(crate) fn raw(&self, stream: &Stream) -> Result<&'a [u8], PadesError> {
        if let Some(length) = self.number(&stream.dictionary, "Length")?
            && let Some(end) = stream.start.checked_add(length)
            && let Some(raw) = self.octets.get(stream.start..end)
            && object::ends_stream(self.octets, end)
        {
            return Ok(raw);
        }
        let raw = object::until_endstream(self.octets, stream.start);
        self.spend(raw.len())?;
        Ok(raw)
    }

    /// Where a stream's octets end in the file.
    pub(crate) fn end_of(&self, stream: &Stream) -> Result<usize, PadesError> {
        Ok(stream.start.saturating_add(self.raw(stream)?.len()))
    }

    /// An object with what its references lead to in their places, a few levels deep: what encryption dictionaries need.
    fn settled(&self, object: &Object, depth: usize) -> Result<Object, PadesError> {
        let mut object = self.resolve(object)?.object;
        if let Object::Dictionary(dictionary) = &mut object
            && depth > 0
        {
            for (_, value) in dictionary.entries_mut() {
                *value = self.settled(value, depth - 1)?;
            }
        }
        Ok(object)
    }

    /// One object or an array of them, references resolved.
    fn list(&self, dictionary: &Dictionary, keys: [&str; 2]) -> Result<Vec<Object>, PadesError> {
        let Some(value) = keys.iter().find_map(|key| dictionary.value(key)) else { return Ok(Vec::new()) };
        match self.resolve(value)?.object {
            Object::Array(items) => items.iter().map(|item| Ok(self.resolve(item)?.object)).collect(),
            Object::Null => Ok(Vec::new()),
            one => Ok(vec![one]),
        }
    }

    /// Counts octets that were looked at.
    fn spend(&self, octets: usize) -> Result<(), PadesError> {
        let size = u64::try_from(self.octets.len()).unwrap_or(u64::MAX);
        let limit = size.saturating_mul(WORK_FACTOR).saturating_add(MAX_WORK);
        let spent = self.work.get().saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
        self.work.set(spent);
        if spent > limit { Err(PadesError::Limit { object: "octets parsed", limit }) } else { Ok(()) }
    }
}

impl Located {
    const fn null() -> Self {
        Self { object: Object::Null, offset: None }
    }
}
