// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XPath 1.0, 1 and 4: nodes and the four kinds of values.

use crate::xml::{AttributeId, NodeId};

/// A node of the XPath data model (XPath 1.0, 5). The order is document order: an element, its namespaces, its attributes,
/// its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Node {
    /// The node of the tree; the element of an attribute or namespace node.
    pub(crate) owner: NodeId,
    /// Which node of the owner's.
    pub(crate) part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    Itself,
    /// By its place among the namespaces in scope, sorted by prefix.
    Namespace(u32),
    Attribute(AttributeId),
}

impl Node {
    pub(crate) const fn of(owner: NodeId) -> Self {
        Self { owner, part: Part::Itself }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// In document order, each once.
    Nodes(Vec<Node>),
    Boolean(bool),
    Number(f64),
    Text(String),
}

/// XPath 1.0, 4.3.
pub(super) fn number_is_true(number: f64) -> bool {
    number != 0.0 && !number.is_nan()
}

/// XPath 1.0, 4.4: an optional sign and digits, white space around them, or NaN.
pub(super) fn number_of(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain =
        digits.chars().all(|c| c.is_ascii_digit() || c == '.') && digits.chars().any(|c| c.is_ascii_digit());
    if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

/// XPath 1.0, 4.2: without exponent, zero without sign.
pub(super) fn text_of(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// XPath 1.0, 4.4: the half goes up.
pub(super) fn rounded(number: f64) -> f64 {
    if number.is_finite() && number.fract() != 0.0 { (number + 0.5).floor() } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_and_read_as_xpath_says() {
        assert!(number_of("1e3").is_nan() && number_of("+1").is_nan() && number_of("").is_nan());
        assert!(number_of("-").is_nan() && number_of("1.2.3").is_nan() && number_of("inf").is_nan());
        assert_eq!((number_of(" -1.50\n"), number_of("5."), number_of(".5")), (-1.5, 5.0, 0.5));
        assert_eq!((text_of(-0.0).as_str(), text_of(1.5).as_str(), text_of(3.0).as_str()), ("0", "1.5", "3"));
        assert_eq!((text_of(f64::NAN).as_str(), text_of(-f64::INFINITY).as_str()), ("NaN", "-Infinity"));
        assert_eq!((rounded(2.5), rounded(-2.5), rounded(-0.2)), (3.0, -2.0, 0.0));
    }
}
