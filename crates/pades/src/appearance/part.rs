// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The objects that an appearance is made of, before the revision that takes them gives them numbers.

use miniz_oxide::deflate::compress_to_vec_zlib;

/// A value in an object of an appearance.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A name, without its slash.
    Name(String),
    /// The octets of a string: encrypted where strings are.
    String(Vec<u8>),
    /// An array.
    Array(Vec<Self>),
    /// A dictionary.
    Dictionary(Vec<(&'static str, Self)>),
    /// Another object of the same appearance, by its place among [`Appearance::parts`].
    Part(usize),
}

impl Value {
    pub(super) fn name(name: &str) -> Self {
        Self::Name(name.to_owned())
    }

    pub(super) fn integer(value: impl TryInto<i64>) -> Self {
        Self::Integer(value.try_into().unwrap_or(i64::MAX))
    }

    pub(super) fn numbers(values: impl IntoIterator<Item = f64>) -> Self {
        Self::Array(values.into_iter().map(Self::Number).collect())
    }
}

/// A number as PDF writes it: never with an exponent, and with three digits behind the point at most.
pub fn number(value: f64) -> String {
    let value = if value.is_finite() { value.clamp(-1e9, 1e9) } else { 0.0 };
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// An indirect object: a dictionary, or a stream with one. /Length is not in it: encryption changes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The entries.
    pub dictionary: Vec<(&'static str, Value)>,
    /// The octets of the stream, under the filter that the dictionary names.
    pub stream: Option<Vec<u8>>,
}

impl Part {
    pub(super) const fn dictionary(dictionary: Vec<(&'static str, Value)>) -> Self {
        Self { dictionary, stream: None }
    }

    /// A stream that is not compressed yet.
    pub(super) fn flate(mut dictionary: Vec<(&'static str, Value)>, octets: &[u8]) -> Self {
        dictionary.push(("Filter", Value::name("FlateDecode")));
        Self { dictionary, stream: Some(compress_to_vec_zlib(octets, 6)) }
    }
}

/// What a widget's /AP /N is, with everything that it needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Appearance {
    /// The objects; each names others by their place here.
    pub parts: Vec<Part>,
    /// The form XObject among them.
    pub form: usize,
}

impl Appearance {
    pub(super) fn add(&mut self, part: Part) -> Value {
        self.parts.push(part);
        Value::Part(self.parts.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_plain() {
        let cases =
            [(0.0, "0"), (-0.0001, "0"), (12.5, "12.5"), (-3.0, "-3"), (100.0, "100"), (1.0 / 3.0, "0.333")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!((number(f64::NAN).as_str(), number(1e300).as_str()), ("0", "1000000000"));
    }
}
