// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signature dictionaries (ISO 32000-1, 12.8.1).

use std::ops::Range;

use keiin_model::{Defect, DefectKind, Time};
use keiin_pki::der::Reader;
use keiin_tsp::facts::defect;

use crate::{
    PadesError,
    form::Placed,
    pdf::{Dictionary, Object, Pdf, is_hexadecimal},
    text::{date, text},
};

/// What a signature dictionary says beside its CMS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureDictionary {
    /// The partial name of the field that it stands in.
    pub field: String,
    /// /Type: `Sig`, `DocTimeStamp`.
    pub kind: Option<String>,
    /// /Filter.
    pub filter: Option<String>,
    /// /SubFilter: `ETSI.CAdES.detached`, `adbe.pkcs7.detached`.
    pub sub_filter: Option<String>,
    /// /M: the claimed time.
    pub time: Option<Time>,
    /// /Reason.
    pub reason: Option<String>,
    /// /Location.
    pub location: Option<String>,
    /// /Name.
    pub name: Option<String>,
    /// /Contents: the CMS or token, with what was reserved behind it.
    pub contents: Vec<u8>,
    /// /ByteRange as ranges of octets of the file, as the dictionary has them.
    pub byte_range: Vec<Range<usize>>,
    /// The octets that are hashed: the ranges, and what the hole holds behind the value of /Contents.
    hashed: Vec<Range<usize>>,
    /// Where it stands itself, or the field whose value it is.
    begins: Option<usize>,
    /// What is wrong with the dictionary.
    pub defects: Vec<Defect>,
}

impl SignatureDictionary {
    /// Reads a dictionary; strings in an encrypted file that is not opened are left out, but for /Contents, which is never
    /// encrypted (7.6.1).
    pub(crate) fn read(pdf: &Pdf<'_>, placed: &Placed) -> Result<Self, PadesError> {
        let value = |key| pdf.value(&placed.dictionary, key).map(|found| found.object);
        let name = |key| value(key).map(|o| o.as_name().map(|n| String::from_utf8_lossy(n).into_owned()));
        let string = |key| {
            value(key).map(|object| match object {
                Object::String(octets, _) if pdf.locked().is_none() => Some(octets),
                _ => None,
            })
        };
        let mut found = Self {
            field: placed.field.clone(),
            begins: placed.offset,
            kind: name("Type")?,
            filter: name("Filter")?,
            sub_filter: name("SubFilter")?,
            time: string("M")?.and_then(|octets| date(&octets)),
            reason: string("Reason")?.map(|octets| text(&octets)),
            location: string("Location")?.map(|octets| text(&octets)),
            name: string("Name")?.map(|octets| text(&octets)),
            ..Self::default()
        };
        let contents = found.read_contents(pdf, placed)?;
        found.read_byte_range(pdf, &placed.dictionary)?;
        found.check_coverage(pdf, placed, contents.as_ref());
        found.check_filling(pdf, contents);
        Ok(found)
    }

    /// Takes /Contents and answers where it stands, if in the file itself.
    fn read_contents(&mut self, pdf: &Pdf<'_>, placed: &Placed) -> Result<Option<Range<usize>>, PadesError> {
        let found = pdf.value(&placed.dictionary, "Contents")?;
        let in_place = !matches!(placed.dictionary.value("Contents"), Some(Object::Reference(_)));
        let in_file = if in_place { placed.offset.is_some() } else { found.offset.is_some() };
        let Object::String(octets, range) = found.object else { return Ok(None) };
        self.contents = octets;
        Ok(in_file.then_some(range))
    }

    fn read_byte_range(&mut self, pdf: &Pdf<'_>, dictionary: &Dictionary) -> Result<(), PadesError> {
        let array = pdf.value(dictionary, "ByteRange")?.object;
        let mut numbers = Vec::new();
        for item in array.as_array().unwrap_or_default() {
            let number = pdf.resolve(item)?.object.as_integer().and_then(|n| usize::try_from(n).ok());
            numbers.extend(number);
        }
        let all = array.as_array().is_some_and(|items| items.len() == numbers.len());
        if !all || numbers.is_empty() || numbers.len() % 2 != 0 {
            self.defects.push(defect(DefectKind::Unreadable, "ByteRange"));
            return Ok(());
        }
        let pairs = numbers.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)));
        self.byte_range = pairs.map(|(start, length)| start..start.saturating_add(length)).collect();
        Ok(())
    }

    /// 12.8.1: the range is the whole file as it was but for the value of /Contents. Anything else would let somebody put
    /// unsigned octets where a reader takes them for signed ones.
    fn check_coverage(&mut self, pdf: &Pdf<'_>, placed: &Placed, contents: Option<&Range<usize>>) {
        self.hashed.clone_from(&self.byte_range);
        let [before, after] = self.byte_range.as_slice() else {
            if !self.byte_range.is_empty() {
                self.defects.push(defect(DefectKind::Coverage, "ByteRange"));
            }
            return;
        };
        let hole = before.end..after.start;
        // What stands in the hole beside the string is read with the document, so it counts as signed data that differs.
        // Where the value of /Contents fills it there is nothing else.
        if contents != Some(&hole)
            && let Some(end) = pdf.string_end(hole.start)
            && end < hole.end
        {
            self.hashed = vec![before.clone(), end..after.end];
        }
        let whole = before.start == 0 && hole.start <= hole.end && after.end <= pdf.len();
        if !whole || contents != Some(&hole) {
            self.defects.push(defect(DefectKind::Coverage, "ByteRange"));
        }
        let inside = placed.offset.is_some_and(|at| before.contains(&at) || after.contains(&at));
        if !inside {
            self.defects.push(defect(DefectKind::Coverage, "signature dictionary"));
        }
    }

    /// The room of /Contents holds the value and zeros behind it, in hexadecimal digits with nothing between them (ISO
    /// 32000-1, 12.8.3.3): nothing that is signed says anything of what else stands there. What follows a CMS is seen
    /// where that is read.
    fn check_filling(&mut self, pdf: &Pdf<'_>, contents: Option<Range<usize>>) {
        let written = contents.and_then(|place| pdf.file().get(place)).unwrap_or_default();
        let in_digits = match written {
            [b'<', digits @ .., b'>'] => digits.len().is_multiple_of(2) && is_hexadecimal(digits),
            _ => true,
        };
        let token = Reader::new(&self.contents).read("ContentInfo").map_or(0, |token| token.bytes().len());
        let rest = self.contents.get(token..).unwrap_or_default();
        let followed = self.is_timestamp() && rest.iter().any(|octet| *octet != 0);
        if followed || !in_digits {
            self.defects.push(defect(DefectKind::Ignored, "Contents"));
        }
    }

    /// Where the value of /Contents stands by the ranges, brackets included.
    pub(crate) fn contents_place(&self) -> Range<usize> {
        match self.byte_range.as_slice() {
            [before, after] => before.end..after.start,
            _ => 0..0,
        }
    }

    /// Where it stands in the file, or the field whose value it is; `None` inside an object stream.
    pub(crate) const fn begins(&self) -> Option<usize> {
        self.begins
    }

    /// Where what it signs ends: later signatures and time-stamps cover it.
    pub(crate) fn end(&self) -> usize {
        self.byte_range.iter().map(|range| range.end).max().unwrap_or(0)
    }

    /// Whether octets stand in what it signs.
    pub(crate) fn covers(&self, octets: &Range<usize>) -> bool {
        self.byte_range.iter().any(|range| range.start <= octets.start && octets.end <= range.end)
    }

    /// The ranges that are hashed as far as they are in a file of `len` octets; `None` without a readable range.
    pub(crate) fn signed(&self, len: usize) -> Option<Vec<Range<usize>>> {
        let clip = |range: &Range<usize>| range.start.min(len)..range.end.min(len);
        let ranges: Vec<_> = self.hashed.iter().map(clip).collect();
        // Overlaps would let a small file ask for any amount of hashing.
        let total = ranges.iter().fold(0_usize, |sum, range| sum.saturating_add(range.len()));
        (!ranges.is_empty() && total <= len).then_some(ranges)
    }

    /// Whether it holds a document time-stamp (EN 319 142-1, 5.4.3). One that calls itself a signature is none.
    pub(crate) fn is_timestamp(&self) -> bool {
        match self.kind.as_deref() {
            Some("DocTimeStamp") => true,
            None => self.has_timestamp_filter(),
            Some(_) => false,
        }
    }

    pub(crate) fn has_timestamp_filter(&self) -> bool {
        self.sub_filter.as_deref() == Some("ETSI.RFC3161")
    }
}
