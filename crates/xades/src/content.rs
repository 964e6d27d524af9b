// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signed data outside the document: by name, as octets or as digests alone.

use std::{borrow::Cow, collections::BTreeMap};

use keiin_model::Bytes;
use keiin_pki::digest::DigestSet;

/// Data outside the document.
#[derive(Clone, Debug)]
pub enum Content {
    /// The octets.
    Bytes(Bytes),
    /// Only digests of them, so that a large file is read once and not held. References that transform their data need
    /// the octets.
    Digests(DigestSet),
}

/// One piece of data outside the document.
#[derive(Clone, Debug)]
pub struct ExternalData {
    /// The URI, path or file name that references speak of; `None` when nobody said.
    pub name: Option<String>,
    /// What is known of it.
    pub content: Content,
}

/// All data outside the document that the caller has.
///
/// A Reference finds its data by the whole URI first, then by the file name, percent-decoded. When one piece alone was
/// given and one external URI alone is referenced, they belong together whatever their names.
#[derive(Clone, Debug, Default)]
pub struct Detached {
    data: Vec<ExternalData>,
    /// By the whole name and by the file name: which piece, `None` where there are several.
    names: BTreeMap<String, Option<usize>>,
    files: BTreeMap<String, Option<usize>>,
}

impl Detached {
    /// No data yet.
    pub const fn new() -> Self {
        Self { data: Vec::new(), names: BTreeMap::new(), files: BTreeMap::new() }
    }

    /// Adds data under the URI, path or file name by which references may speak of it.
    #[must_use]
    pub fn with(mut self, name: Option<&str>, content: Content) -> Self {
        if let Some(name) = name {
            let number = self.data.len();
            for (index, key) in [(&mut self.names, name), (&mut self.files, file_name(name))] {
                index.entry(key.to_owned()).and_modify(|found| *found = None).or_insert(Some(number));
            }
        }
        self.data.push(ExternalData { name: name.map(str::to_owned), content });
        self
    }

    /// What was given.
    pub fn data(&self) -> &[ExternalData] {
        &self.data
    }

    /// The data of an external URI; `None` for the URI stands for a Reference without one (XML Signature 1.1, 4.4.3.1:
    /// the application knows). `only` says that no other external URI is referenced.
    ///
    /// Two pieces that fit equally well are none: which of them was signed is not for the reader to guess.
    pub(crate) fn find(&self, uri: Option<&str>, only: bool) -> Option<&ExternalData> {
        let by_name = uri.and_then(|uri| {
            let wanted = decoded(uri);
            let whole = match (self.names.get(uri), self.names.get(&*wanted)) {
                (Some(found), _) if *wanted == *uri => *found,
                (Some(found), None) | (None, Some(found)) => *found,
                _ => None,
            };
            let number = whole.or_else(|| *self.files.get(file_name(&wanted))?)?;
            self.data.get(number)
        });
        by_name.or_else(|| match self.data.as_slice() {
            [one] if only || uri.is_none() => Some(one),
            _ => None,
        })
    }
}

/// What stands behind the last separator of a URI or of a path of any system.
fn file_name(name: &str) -> &str {
    let path = name.split_once(['?', '#']).map_or(name, |(path, _)| path);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The URI without percent-encoding (RFC 3986, 2.1); as it stands when that is no text.
pub(crate) fn decoded(uri: &str) -> Cow<'_, str> {
    if !uri.contains('%') {
        return Cow::Borrowed(uri);
    }
    let mut octets = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| tail.split_first_chunk::<2>()).flatten();
        match escaped.and_then(|(digits, behind)| Some((hex(digits)?, behind))) {
            Some((octet, behind)) => {
                octets.push(octet);
                rest = behind;
            }
            None => {
                octets.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(octets).map_or(Cow::Borrowed(uri), Cow::Owned)
}

fn hex(digits: &[u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(text: &str) -> Content {
        Content::Bytes(text.as_bytes().into())
    }

    fn found<'d>(detached: &'d Detached, uri: &str, only: bool) -> Option<&'d str> {
        detached.find(Some(uri), only)?.name.as_deref()
    }

    #[test]
    fn names_are_found_whole_then_by_file_name() {
        let detached = Detached::new()
            .with(Some("a/x.txt"), octets("1"))
            .with(Some("b/x.txt"), octets("2"))
            .with(Some("/tmp/処方.csv"), octets("3"));
        assert_eq!(found(&detached, "b/x.txt", true), Some("b/x.txt"));
        assert_eq!(found(&detached, "x.txt", true), None);
        assert_eq!(found(&detached, "http://h/%E5%87%A6%E6%96%B9.csv?v=1", false), Some("/tmp/処方.csv"));
    }

    #[test]
    fn the_only_data_is_that_of_the_only_uri() {
        let detached = Detached::new().with(Some("renamed"), octets("1"));
        assert!(detached.find(Some("report.pdf"), true).is_some());
        assert!(detached.find(Some("report.pdf"), false).is_none());
        assert!(detached.find(None, false).is_some());
        let two = detached.with(None, octets("2"));
        assert!(two.find(Some("report.pdf"), true).is_none());
        assert!(two.find(None, true).is_none());
    }

    #[test]
    fn a_lone_percent_stands_for_itself() {
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%41%zz"), "A%zz");
        assert_eq!(decoded("%ff"), "%ff");
    }
}
