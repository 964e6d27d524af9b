// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XPath 1.0 for the node-set filters of XML Signature: all of the language but variables, with its core functions and
//! `here()`. What else an expression asks for is refused by its name.

mod document;
mod evaluate;
mod expression;
mod function;
mod parser;
#[cfg(test)]
mod tests;
mod token;
mod value;

pub(crate) use document::{Document, Work};
pub(crate) use evaluate::{Context, Evaluator};
pub(crate) use expression::{Expression, NodeTest};
pub(crate) use parser::parse;
pub(crate) use value::{Node, Part, Value};

/// Why an expression cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]

pub(crate) enum XPathError {
    /// It is no expression of XPath 1.0.
    #[error("the expression is not XPath 1.0")]
    Syntax,
    /// It has too many tokens.
    #[error("the expression is too long")]
    TooLong,
    /// Its brackets are nested too deep.
    #[error("the expression is nested too deep")]
    TooDeep,
    /// A function that neither XPath 1.0 nor XML Signature defines.
    #[error("the function {name}() is not known")]
    Function {
        /// Its name.
        name: String,
    },
    /// A function has too few or too many arguments.
    #[error("{function}() does not take that many arguments")]
    Arguments {
        /// Its name.
        function: &'static str,
    },
    /// A prefix that is not declared where the expression stands.
    #[error("the prefix {prefix} is not declared where the expression stands")]
    Prefix {
        /// The prefix.
        prefix: String,
    },
    /// A variable: XML Signature has none.
    #[error("variables are not defined in a signature")]
    Variable,
    /// Something else stands where a node-set must.
    #[error("a node-set is needed where the expression has none")]
    Type,
    /// `here()` over another document than the one that holds the expression (XML Signature 1.1, 6.6.3).
    #[error("here() is not in the document that is filtered")]
    Here,
    /// Evaluation takes more work than a document may ask for.
    #[error("the expression takes more than {limit} steps")]
    Work {
        /// The limit.
        limit: u64,
    },
}
