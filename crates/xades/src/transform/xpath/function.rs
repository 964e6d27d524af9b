// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XPath 1.0, 4: the core function library, and `here()` of XML Signature (6.6.3).

use std::borrow::Cow;

use super::{
    XPathError,
    document::NodeName,
    evaluate::{Context, Evaluator},
    expression::Expression,
    value::{Node, Value, number_of, rounded},
};

macro_rules! functions {
    ($($name:literal => $function:ident, $least:literal, $most:expr;)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Function {
            $($function,)+
        }

        impl Function {
            pub(super) fn by_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$function),)+
                    _ => None,
                }
            }

            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$function => $name,)+
                }
            }

            /// Whether it may have so many arguments.
            pub(super) const fn takes(self, arguments: usize) -> bool {
                match self {
                    $(Self::$function => matches!(arguments, $least..=$most),)+
                }
            }
        }
    };
}

functions! {
    "last" => Last, 0, 0;
    "position" => Position, 0, 0;
    "count" => Count, 1, 1;
    "id" => Id, 1, 1;
    "local-name" => LocalName, 0, 1;
    "namespace-uri" => NamespaceUri, 0, 1;
    "name" => Name, 0, 1;
    "string" => Text, 0, 1;
    "concat" => Concat, 2, usize::MAX;
    "starts-with" => StartsWith, 2, 2;
    "contains" => Contains, 2, 2;
    "substring-before" => SubstringBefore, 2, 2;
    "substring-after" => SubstringAfter, 2, 2;
    "substring" => Substring, 2, 3;
    "string-length" => StringLength, 0, 1;
    "normalize-space" => NormalizeSpace, 0, 1;
    "translate" => Translate, 3, 3;
    "boolean" => Boolean, 1, 1;
    "not" => Not, 1, 1;
    "true" => True, 0, 0;
    "false" => False, 0, 0;
    "lang" => Lang, 1, 1;
    "number" => Number, 0, 1;
    "sum" => Sum, 1, 1;
    "floor" => Floor, 1, 1;
    "ceiling" => Ceiling, 1, 1;
    "round" => Round, 1, 1;
    "here" => Here, 0, 0;
}

/// A call with its arguments not evaluated yet.
pub(super) struct Call<'c, 'x, 't, 'a> {
    pub(super) evaluator: &'c Evaluator<'x, 't, 'a>,
    pub(super) arguments: &'c [Expression],
    pub(super) context: &'c Context,
}

impl Call<'_, '_, '_, '_> {
    pub(super) fn evaluate(&self, function: Function) -> Result<Value, XPathError> {
        Ok(match function {
            Function::Last => Value::Number(count(self.context.size)),
            Function::Position => Value::Number(count(self.context.position)),
            Function::Count => Value::Number(count(self.nodes(0)?.len())),
            Function::Id => Value::Nodes(self.by_id()?),
            Function::LocalName => Value::Text(self.name(|name| name.local.into_owned())?),
            Function::NamespaceUri => Value::Text(self.name(|name| name.namespace.into_owned())?),
            Function::Name => Value::Text(self.name(|name| name.qualified())?),
            Function::Text => Value::Text(self.text_or_context(0)?),
            Function::Concat => {
                let mut all = String::new();
                for at in 0..self.arguments.len() {
                    all.push_str(&self.text(at)?);
                }
                Value::Text(all)
            }
            Function::StartsWith => Value::Boolean(self.text(0)?.starts_with(self.text(1)?.as_str())),
            Function::Contains => Value::Boolean(self.text(0)?.contains(self.text(1)?.as_str())),
            Function::SubstringBefore => self.split(|(before, _)| before)?,
            Function::SubstringAfter => self.split(|(_, after)| after)?,
            Function::Substring => Value::Text(self.substring()?),
            Function::StringLength => Value::Number(count(self.text_or_context(0)?.chars().count())),
            Function::NormalizeSpace => {
                let text = self.text_or_context(0)?;
                let words = text.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty());
                Value::Text(words.collect::<Vec<_>>().join(" "))
            }
            Function::Translate => Value::Text(self.translate()?),
            Function::Boolean => Value::Boolean(self.boolean(0)?),
            Function::Not => Value::Boolean(!self.boolean(0)?),
            Function::True => Value::Boolean(true),
            Function::False => Value::Boolean(false),
            Function::Lang => Value::Boolean(self.lang()?),
            Function::Number => Value::Number(match self.arguments.first() {
                Some(_) => self.number(0)?,
                None => number_of(&self.text_or_context(0)?),
            }),
            Function::Sum => {
                let mut sum = 0.0;
                for node in self.nodes(0)? {
                    sum += number_of(&self.evaluator.text_of(node)?);
                }
                Value::Number(sum)
            }
            Function::Floor => Value::Number(self.number(0)?.floor()),
            Function::Ceiling => Value::Number(self.number(0)?.ceil()),
            Function::Round => Value::Number(rounded(self.number(0)?)),
            Function::Here => Value::Nodes(vec![self.evaluator.here()?]),
        })
    }

    fn argument(&self, at: usize) -> Result<Value, XPathError> {
        let argument = self.arguments.get(at).ok_or(XPathError::Syntax)?;
        self.evaluator.evaluate(argument, self.context)
    }

    fn nodes(&self, at: usize) -> Result<Vec<Node>, XPathError> {
        match self.argument(at)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(XPathError::Type),
        }
    }

    fn text(&self, at: usize) -> Result<String, XPathError> {
        self.evaluator.as_text(self.argument(at)?)
    }

    /// The argument as text, or the context node's string-value when there is none.
    fn text_or_context(&self, at: usize) -> Result<String, XPathError> {
        if self.arguments.len() > at {
            return self.text(at);
        }
        self.evaluator.text_of(self.context.node).map(Cow::into_owned)
    }

    fn number(&self, at: usize) -> Result<f64, XPathError> {
        self.evaluator.as_number(self.argument(at)?)
    }

    fn boolean(&self, at: usize) -> Result<bool, XPathError> {
        let argument = self.arguments.get(at).ok_or(XPathError::Syntax)?;
        self.evaluator.is_true(argument, self.context)
    }

    fn name(&self, part: impl Fn(NodeName<'_>) -> String) -> Result<String, XPathError> {
        let node = match self.arguments.first() {
            Some(_) => self.nodes(0)?.first().copied(),
            None => Some(self.context.node),
        };
        Ok(node.map(|node| self.evaluator.document.name(node)).map(part).unwrap_or_default())
    }

    fn by_id(&self) -> Result<Vec<Node>, XPathError> {
        let text = match self.argument(0)? {
            Value::Nodes(nodes) => {
                let mut all = String::new();
                for node in nodes {
                    all.push_str(&self.evaluator.text_of(node)?);
                    all.push(' ');
                }
                all
            }
            other => self.evaluator.as_text(other)?,
        };
        let ids = text.split([' ', '\t', '\r', '\n']).filter(|id| !id.is_empty());
        let mut nodes: Vec<_> = ids.filter_map(|id| self.evaluator.document.by_id(id)).collect();
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }

    fn split(&self, half: for<'s> fn((&'s str, &'s str)) -> &'s str) -> Result<Value, XPathError> {
        let (text, at) = (self.text(0)?, self.text(1)?);
        Ok(Value::Text(text.split_once(at.as_str()).map(half).unwrap_or_default().to_owned()))
    }

    /// XPath 1.0, 4.2: positions count from 1, and NaN selects nothing.
    fn substring(&self) -> Result<String, XPathError> {
        let text = self.text(0)?;
        let from = rounded(self.number(1)?);
        let to = if self.arguments.len() > 2 { from + rounded(self.number(2)?) } else { f64::INFINITY };
        let inside = |position: usize| {
            let position = count(position.saturating_add(1));
            position >= from && position < to
        };
        Ok(text.chars().enumerate().filter(|(at, _)| inside(*at)).map(|(_, c)| c).collect())
    }

    fn translate(&self) -> Result<String, XPathError> {
        let (text, from, to) = (self.text(0)?, self.text(1)?, self.text(2)?);
        self.evaluator.document.charge(text.len().saturating_mul(from.len()) / 8)?;
        let replaced = |c: char| match from.chars().position(|other| other == c) {
            Some(at) => to.chars().nth(at),
            None => Some(c),
        };
        Ok(text.chars().filter_map(replaced).collect())
    }

    fn lang(&self) -> Result<bool, XPathError> {
        let wanted = self.text(0)?.to_ascii_lowercase();
        let found =
            self.evaluator.document.language(self.context.node).map(|found| found.to_ascii_lowercase());
        Ok(found.is_some_and(|found| {
            found.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        }))
    }
}

#[allow(clippy::cast_precision_loss)] // counts of nodes and characters are far below 2^53
pub(super) const fn count(number: usize) -> f64 {
    number as f64
}
