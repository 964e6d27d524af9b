// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XPath 1.0, 2 to 4: an expression evaluated, within a budget.

use std::borrow::Cow;

use super::{
    XPathError,
    document::Document,
    expression::{Arithmetic, Comparison, Expression, Path, Step},
    function::{Call, count},
    value::{Node, Value, number_is_true, number_of, text_of},
};

/// What an expression is evaluated at (XPath 1.0, 1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub(crate) node: Node,
    pub(crate) position: usize,
    pub(crate) size: usize,
}

impl Context {
    /// One node, alone.
    pub(crate) const fn at(node: Node) -> Self {
        Self { node, position: 1, size: 1 }
    }
}

/// Evaluates expressions over one document.
pub(crate) struct Evaluator<'x, 't, 'a> {
    pub(super) document: &'x Document<'t, 'a>,
    /// The element that holds the expression; `None` when it stands in another document.
    pub(super) here: Option<Node>,
}

impl<'x, 't, 'a> Evaluator<'x, 't, 'a> {
    pub(crate) const fn new(document: &'x Document<'t, 'a>, here: Option<Node>) -> Self {
        Self { document, here }
    }

    pub(super) fn here(&self) -> Result<Node, XPathError> {
        self.here.ok_or(XPathError::Here)
    }

    pub(crate) fn evaluate(&self, expression: &Expression, at: &Context) -> Result<Value, XPathError> {
        self.document.charge(1)?;
        Ok(match expression {
            Expression::Or(_) | Expression::And(_) => Value::Boolean(self.is_true(expression, at)?),
            Expression::Compare(first, rest) => {
                let mut left = self.evaluate(first, at)?;
                for (comparison, right) in rest {
                    left = Value::Boolean(self.compare(*comparison, &left, &self.evaluate(right, at)?)?);
                }
                left
            }
            Expression::Compute(first, rest) => {
                let mut number = self.as_number(self.evaluate(first, at)?)?;
                for (arithmetic, right) in rest {
                    number = compute(*arithmetic, number, self.as_number(self.evaluate(right, at)?)?);
                }
                Value::Number(number)
            }
            Expression::Negate(operand) => Value::Number(-self.as_number(self.evaluate(operand, at)?)?),
            Expression::Union(operands) => {
                let mut all = Vec::new();
                for operand in operands {
                    all.append(&mut self.nodes(operand, at)?);
                }
                Value::Nodes(in_order(all))
            }
            Expression::Path(path) => Value::Nodes(self.path(path, at)?),
            Expression::Filter { primary, predicates, steps } => {
                if predicates.is_empty() && steps.is_empty() {
                    return self.evaluate(primary, at);
                }
                let mut nodes = self.nodes(primary, at)?;
                for predicate in predicates {
                    nodes = self.filter(nodes, predicate)?;
                }
                Value::Nodes(self.steps(nodes, steps)?)
            }
            Expression::Literal(text) => {
                self.document.charge(text.len() / 4)?;
                Value::Text(text.clone())
            }
            Expression::Number(number) => Value::Number(*number),
            Expression::Call(function, arguments) => {
                Call { evaluator: self, arguments, context: at }.evaluate(*function)?
            }
        })
    }

    /// The boolean of an expression; `and` and `or` stop where the answer is known (XPath 1.0, 3.4).
    pub(crate) fn is_true(&self, expression: &Expression, at: &Context) -> Result<bool, XPathError> {
        match expression {
            Expression::Or(operands) => {
                for operand in operands {
                    if self.is_true(operand, at)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Expression::And(operands) => {
                for operand in operands {
                    if !self.is_true(operand, at)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            other => Ok(match self.evaluate(other, at)? {
                Value::Nodes(nodes) => !nodes.is_empty(),
                Value::Boolean(boolean) => boolean,
                Value::Number(number) => number_is_true(number),
                Value::Text(text) => !text.is_empty(),
            }),
        }
    }

    /// The nodes of an expression that must yield nodes.
    pub(crate) fn nodes(&self, expression: &Expression, at: &Context) -> Result<Vec<Node>, XPathError> {
        match self.evaluate(expression, at)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(XPathError::Type),
        }
    }

    fn path(&self, path: &Path, at: &Context) -> Result<Vec<Node>, XPathError> {
        let start = if path.absolute { self.document.root() } else { at.node };
        self.steps(vec![start], &path.steps)
    }

    fn steps(&self, mut nodes: Vec<Node>, steps: &[Step]) -> Result<Vec<Node>, XPathError> {
        for step in steps {
            nodes = self.step(&nodes, step)?;
        }
        Ok(nodes)
    }

    fn step(&self, from: &[Node], step: &Step) -> Result<Vec<Node>, XPathError> {
        let mut all = Vec::new();
        for &node in from {
            let mut found = self.document.axis(node, step.axis, &step.test)?;
            for predicate in &step.predicates {
                found = self.filter(found, predicate)?;
            }
            if all.is_empty() {
                all = found;
            } else {
                all.append(&mut found);
            }
        }
        Ok(if from.len() == 1 && !step.axis.is_reverse() { all } else { in_order(all) })
    }

    /// XPath 1.0, 2.4: a number stands for the position.
    fn filter(&self, nodes: Vec<Node>, predicate: &Expression) -> Result<Vec<Node>, XPathError> {
        let size = nodes.len();
        let mut kept = Vec::new();
        for (before, node) in nodes.into_iter().enumerate() {
            let at = Context { node, position: before.saturating_add(1), size };
            let keep = match predicate {
                Expression::Or(_) | Expression::And(_) => self.is_true(predicate, &at)?,
                _ => match self.evaluate(predicate, &at)? {
                    #[allow(clippy::float_cmp)] // positions are whole numbers
                    Value::Number(number) => number == count(at.position),
                    Value::Nodes(nodes) => !nodes.is_empty(),
                    Value::Boolean(boolean) => boolean,
                    Value::Text(text) => !text.is_empty(),
                },
            };
            if keep {
                kept.push(node);
            }
        }
        Ok(kept)
    }

    pub(super) fn as_text(&self, value: Value) -> Result<String, XPathError> {
        match value {
            Value::Nodes(nodes) => match nodes.first() {
                Some(first) => self.text_of(*first).map(Cow::into_owned),
                None => Ok(String::new()),
            },
            Value::Boolean(boolean) => Ok(boolean.to_string()),
            Value::Number(number) => Ok(text_of(number)),
            Value::Text(text) => Ok(text),
        }
    }

    pub(super) fn as_number(&self, value: Value) -> Result<f64, XPathError> {
        match value {
            Value::Boolean(boolean) => Ok(f64::from(u8::from(boolean))),
            Value::Number(number) => Ok(number),
            other => self.as_text(other).map(|text| number_of(&text)),
        }
    }

    /// XPath 1.0, 3.4: a node-set compares by any of its nodes; otherwise the stronger type of both decides.
    fn compare(&self, comparison: Comparison, left: &Value, right: &Value) -> Result<bool, XPathError> {
        match (left, right) {
            (Value::Nodes(_), Value::Boolean(_)) | (Value::Boolean(_), Value::Nodes(_)) => {
                Ok(compare_numbers(comparison, truth(left), truth(right)))
            }
            (Value::Nodes(lefts), Value::Nodes(rights)) => self.compare_sets(comparison, lefts, rights),
            (Value::Nodes(nodes), other) => {
                for node in nodes {
                    let text = Value::Text(self.text_of(*node)?.into_owned());
                    if compare_plain(comparison, &text, other) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            (other, Value::Nodes(nodes)) => {
                for node in nodes {
                    let text = Value::Text(self.text_of(*node)?.into_owned());
                    if compare_plain(comparison, other, &text) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Ok(compare_plain(comparison, left, right)),
        }
    }

    fn compare_sets(
        &self,
        comparison: Comparison,
        lefts: &[Node],
        rights: &[Node],
    ) -> Result<bool, XPathError> {
        let mut texts = Vec::new();
        for right in rights {
            texts.push(Value::Text(self.text_of(*right)?.into_owned()));
        }
        for left in lefts {
            self.document.charge(texts.len())?;
            let left = Value::Text(self.text_of(*left)?.into_owned());
            if texts.iter().any(|right| compare_plain(comparison, &left, right)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn text_of(&self, node: Node) -> Result<Cow<'x, str>, XPathError> {
        self.document.text(node)
    }
}

fn in_order(mut nodes: Vec<Node>) -> Vec<Node> {
    if !nodes.is_sorted_by(|a, b| a < b) {
        nodes.sort_unstable();
        nodes.dedup();
    }
    nodes
}

fn truth(value: &Value) -> f64 {
    let is_true = match value {
        Value::Nodes(nodes) => !nodes.is_empty(),
        Value::Boolean(boolean) => *boolean,
        Value::Number(number) => number_is_true(*number),
        Value::Text(text) => !text.is_empty(),
    };
    f64::from(u8::from(is_true))
}

/// Neither is a node-set.
fn compare_plain(comparison: Comparison, left: &Value, right: &Value) -> bool {
    let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    match (left, right) {
        (Value::Text(left), Value::Text(right)) if equality => {
            (left == right) == (comparison == Comparison::Equal)
        }
        (Value::Boolean(_), _) | (_, Value::Boolean(_)) if equality => {
            compare_numbers(comparison, truth(left), truth(right))
        }
        _ => compare_numbers(comparison, plain_number(left), plain_number(right)),
    }
}

fn plain_number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => *number,
        Value::Text(text) => number_of(text),
        Value::Boolean(_) | Value::Nodes(_) => truth(value),
    }
}

#[allow(clippy::float_cmp)] // XPath 1.0, 3.4: IEEE 754 comparison
fn compare_numbers(comparison: Comparison, left: f64, right: f64) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }
}

/// XPath 1.0, 3.5: `mod` has the sign of the dividend, as Rust's.
fn compute(arithmetic: Arithmetic, left: f64, right: f64) -> f64 {
    match arithmetic {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide => left / right,
        Arithmetic::Modulo => left % right,
    }
}
