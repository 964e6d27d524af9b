// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XPath 1.0, 3.7: the tokens of an expression.

use super::XPathError;
use crate::limits::MAX_XPATH_TOKENS;

/// A token. Names of operators are told from other names by what stands before them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'e> {
    Number(f64),
    Literal(&'e str),
    /// A QName, of a node test, function, axis or node type.
    Name {
        prefix: Option<&'e str>,
        local: &'e str,
    },
    /// `*` as a node test.
    Any,
    /// `prefix:*`.
    AnyOf(&'e str),
    Operator(Operator),
    Open,
    Close,
    OpenPredicate,
    ClosePredicate,
    Dot,
    DotDot,
    At,
    Comma,
    Axis,
    Variable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Mod,
    Div,
    Multiply,
    Slash,
    DoubleSlash,
    Union,
    Plus,
    Minus,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Symbols, longer ones before those that they begin with.
const SYMBOLS: [(&str, Token<'static>); 22] = [
    ("::", Token::Axis),
    ("..", Token::DotDot),
    ("//", Token::Operator(Operator::DoubleSlash)),
    ("!=", Token::Operator(Operator::NotEqual)),
    ("<=", Token::Operator(Operator::LessOrEqual)),
    (">=", Token::Operator(Operator::GreaterOrEqual)),
    ("(", Token::Open),
    (")", Token::Close),
    ("[", Token::OpenPredicate),
    ("]", Token::ClosePredicate),
    (".", Token::Dot),
    ("@", Token::At),
    (",", Token::Comma),
    ("$", Token::Variable),
    ("/", Token::Operator(Operator::Slash)),
    ("|", Token::Operator(Operator::Union)),
    ("+", Token::Operator(Operator::Plus)),
    ("-", Token::Operator(Operator::Minus)),
    ("=", Token::Operator(Operator::Equal)),
    ("<", Token::Operator(Operator::Less)),
    (">", Token::Operator(Operator::Greater)),
    ("*", Token::Any),
];

/// The tokens of an expression.
pub(super) fn tokens(expression: &str) -> Result<Vec<Token<'_>>, XPathError> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim_start_matches(is_space);
    while !rest.is_empty() {
        if tokens.len() >= MAX_XPATH_TOKENS {
            return Err(XPathError::TooLong);
        }
        let (token, behind) = next(rest, tokens.last())?;
        tokens.push(token);
        rest = behind.trim_start_matches(is_space);
    }
    Ok(tokens)
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn next<'e>(rest: &'e str, before: Option<&Token<'e>>) -> Result<(Token<'e>, &'e str), XPathError> {
    let digits = rest.strip_prefix('.').unwrap_or(rest);
    if digits.starts_with(|c: char| c.is_ascii_digit()) {
        return number(rest);
    }
    if let Some(quoted) = quoted(rest) {
        return quoted;
    }
    for (symbol, token) in &SYMBOLS {
        if let Some(behind) = rest.strip_prefix(symbol) {
            let operator = *token == Token::Any && operand_ended(before);
            return Ok((if operator { Token::Operator(Operator::Multiply) } else { *token }, behind));
        }
    }
    let (local, behind) = name(rest).ok_or(XPathError::Syntax)?;
    if operand_ended(before) {
        return operator_name(local)
            .map(|operator| (Token::Operator(operator), behind))
            .ok_or(XPathError::Syntax);
    }
    let Some(tail) = behind.strip_prefix(':').filter(|tail| !tail.starts_with(':')) else {
        return Ok((Token::Name { prefix: None, local }, behind));
    };
    if let Some(behind) = tail.strip_prefix('*') {
        return Ok((Token::AnyOf(local), behind));
    }
    let (prefix, (local, behind)) = (Some(local), name(tail).ok_or(XPathError::Syntax)?);
    Ok((Token::Name { prefix, local }, behind))
}

/// Whether an operand stands before: then `*` multiplies and a name is an operator's.
fn operand_ended(before: Option<&Token<'_>>) -> bool {
    !matches!(
        before,
        None | Some(
            Token::At
                | Token::Axis
                | Token::Open
                | Token::OpenPredicate
                | Token::Comma
                | Token::Operator(_)
                | Token::Variable
        )
    )
}

fn operator_name(name: &str) -> Option<Operator> {
    Some(match name {
        "and" => Operator::And,
        "or" => Operator::Or,
        "mod" => Operator::Mod,
        "div" => Operator::Div,
        _ => return None,
    })
}

fn number(rest: &str) -> Result<(Token<'_>, &str), XPathError> {
    let whole = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let fraction = rest
        .get(whole..)
        .and_then(|r| r.strip_prefix('.'))
        .map_or(0, |fraction| 1 + fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len()));
    let (digits, behind) = rest.split_at_checked(whole + fraction).ok_or(XPathError::Syntax)?;
    let number = digits.parse().map_err(|_| XPathError::Syntax)?;
    Ok((Token::Number(number), behind))
}

fn quoted(rest: &str) -> Option<Result<(Token<'_>, &str), XPathError>> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let split = rest.get(1..)?.split_once(quote);
    Some(split.map(|(text, behind)| (Token::Literal(text), behind)).ok_or(XPathError::Syntax))
}

/// An NCName, and what stands behind it.
fn name(rest: &str) -> Option<(&str, &str)> {
    rest.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some(())?;
    let more = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}') || is_combining(c);
    rest.split_at_checked(rest.find(|c| !more(c)).unwrap_or(rest.len()))
}

/// Marks that XML 1.0 takes inside of names and that are no letters.
const fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}' | '\u{3099}'..='\u{309a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_told_from_names() {
        let and = Token::Name { prefix: None, local: "and" };
        let found = tokens("and and * * div").unwrap();
        assert_eq!(found.first(), Some(&and));
        assert_eq!(found.get(1), Some(&Token::Operator(Operator::And)));
        assert_eq!(found.get(2), Some(&Token::Any));
        assert_eq!(found.get(3), Some(&Token::Operator(Operator::Multiply)));
        assert_eq!(found.get(4), Some(&Token::Name { prefix: None, local: "div" }));
    }

    #[test]
    fn numbers_names_and_axes() {
        assert_eq!(tokens(".5").unwrap(), [Token::Number(0.5)]);
        assert_eq!(tokens("5.").unwrap(), [Token::Number(5.0)]);
        let axis = tokens("ancestor-or-self::ds:Signature").unwrap();
        assert_eq!(axis.len(), 3);
        assert_eq!(axis.get(2), Some(&Token::Name { prefix: Some("ds"), local: "Signature" }));
        assert_eq!(tokens("ds:*").unwrap(), [Token::AnyOf("ds")]);
        for wrong in ["'open", "a#b", "#", "a:"] {
            assert!(tokens(wrong).is_err(), "{wrong}");
        }
        assert!(matches!(tokens(&"a|".repeat(MAX_XPATH_TOKENS)), Err(XPathError::TooLong)));
    }
}
