// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XPath 1.0, 2 and 3: tokens to an expression.

use std::{
    iter::{Copied, Peekable},
    slice,
};

use super::{
    XPathError,
    expression::{Arithmetic, Axis, Comparison, Expression, NodeTest, Path, Step},
    function::Function,
    token::{Operator, Token, tokens},
};
use crate::limits::MAX_XPATH_DEPTH;

/// Reads an expression; `namespace` says what a prefix stands for where the expression stands.
pub(crate) fn parse(
    expression: &str,
    namespace: &dyn Fn(&str) -> Option<String>,
) -> Result<Expression, XPathError> {
    let tokens = tokens(expression)?;
    let mut parser = Parser { tokens: tokens.iter().copied().peekable(), namespace, depth: 0 };
    let expression = parser.expression()?;
    if parser.tokens.next().is_some() { Err(XPathError::Syntax) } else { Ok(expression) }
}

struct Parser<'e, 's> {
    tokens: Peekable<Copied<slice::Iter<'s, Token<'e>>>>,
    namespace: &'s dyn Fn(&str) -> Option<String>,
    depth: usize,
}

type Parsed = Result<Expression, XPathError>;

impl<'e> Parser<'e, '_> {
    fn expression(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_XPATH_DEPTH {
            return Err(XPathError::TooDeep);
        }
        let parsed = self.list(&[Operator::Or], Expression::Or, |parser| {
            parser.list(&[Operator::And], Expression::And, Self::equality)
        });
        self.depth -= 1;
        parsed
    }

    fn eat(&mut self, token: &Token<'_>) -> bool {
        self.tokens.next_if(|next| next == token).is_some()
    }

    fn expect(&mut self, token: &Token<'_>) -> Result<(), XPathError> {
        if self.eat(token) { Ok(()) } else { Err(XPathError::Syntax) }
    }

    fn operator(&mut self, allowed: &[Operator]) -> Option<Operator> {
        match self.tokens.next_if(|next| matches!(next, Token::Operator(o) if allowed.contains(o)))? {
            Token::Operator(operator) => Some(operator),
            _ => None,
        }
    }

    /// Operands with one operator between them; one alone stays as it is.
    fn list(
        &mut self,
        operator: &[Operator],
        whole: fn(Vec<Expression>) -> Expression,
        mut operand: impl FnMut(&mut Self) -> Parsed,
    ) -> Parsed {
        let first = operand(self)?;
        if self.operator(operator).is_none() {
            return Ok(first);
        }
        let mut operands = vec![first, operand(self)?];
        while self.operator(operator).is_some() {
            operands.push(operand(self)?);
        }
        Ok(whole(operands))
    }

    fn equality(&mut self) -> Parsed {
        self.comparisons(&[Operator::Equal, Operator::NotEqual], Self::relation)
    }

    fn relation(&mut self) -> Parsed {
        let operators = [Operator::Less, Operator::LessOrEqual, Operator::Greater, Operator::GreaterOrEqual];
        self.comparisons(&operators, Self::sum)
    }

    fn comparisons(&mut self, operators: &[Operator], operand: fn(&mut Self) -> Parsed) -> Parsed {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.operator(operators) {
            rest.push((comparison(operator).ok_or(XPathError::Syntax)?, operand(self)?));
        }
        Ok(if rest.is_empty() { first } else { Expression::Compare(Box::new(first), rest) })
    }

    fn sum(&mut self) -> Parsed {
        self.computation(&[Operator::Plus, Operator::Minus], Self::product)
    }

    fn product(&mut self) -> Parsed {
        self.computation(&[Operator::Multiply, Operator::Div, Operator::Mod], Self::negation)
    }

    fn computation(&mut self, operators: &[Operator], operand: fn(&mut Self) -> Parsed) -> Parsed {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.operator(operators) {
            rest.push((arithmetic(operator).ok_or(XPathError::Syntax)?, operand(self)?));
        }
        Ok(if rest.is_empty() { first } else { Expression::Compute(Box::new(first), rest) })
    }

    /// Two signs are none, but what they stand before becomes a number.
    fn negation(&mut self) -> Parsed {
        let mut signs = 0usize;
        while self.operator(&[Operator::Minus]).is_some() {
            signs += 1;
        }
        let operand = self.list(&[Operator::Union], Expression::Union, Self::path)?;
        Ok(match (signs, signs.is_multiple_of(2)) {
            (0, _) => operand,
            (_, true) => Expression::Negate(Box::new(Expression::Negate(Box::new(operand)))),
            (_, false) => Expression::Negate(Box::new(operand)),
        })
    }

    /// A LocationPath or a FilterExpr (XPath 1.0, 3.3): what begins with a function, a bracket or a literal is the latter.
    fn path(&mut self) -> Parsed {
        let primary = match self.tokens.peek().copied().ok_or(XPathError::Syntax)? {
            Token::Variable => return Err(XPathError::Variable),
            Token::Open => {
                self.tokens.next();
                let inner = self.expression()?;
                self.expect(&Token::Close)?;
                inner
            }
            Token::Literal(text) => {
                let literal = Expression::Literal(text.to_owned());
                self.tokens.next();
                literal
            }
            Token::Number(number) => {
                let number = Expression::Number(number);
                self.tokens.next();
                number
            }
            Token::Name { .. } if self.is_function_call() => self.call()?,
            _ => return self.location_path(),
        };
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        if let Some(separator) = self.operator(&SEPARATORS) {
            self.relative_path(separator == Operator::DoubleSlash, &mut steps)?;
        }
        let bare = predicates.is_empty() && steps.is_empty();
        Ok(if bare { primary } else { Expression::Filter { primary: Box::new(primary), predicates, steps } })
    }

    fn is_function_call(&mut self) -> bool {
        let mut ahead = self.tokens.clone();
        let node_type =
            matches!(ahead.next(), Some(Token::Name { prefix: None, local }) if is_node_type(local));
        !node_type && ahead.next() == Some(Token::Open)
    }

    fn call(&mut self) -> Parsed {
        let Some(Token::Name { prefix, local }) = self.tokens.next() else { return Err(XPathError::Syntax) };
        let unknown = || XPathError::Function {
            name: prefix.map_or_else(|| local.to_owned(), |prefix| format!("{prefix}:{local}")),
        };
        let function = if prefix.is_none() { Function::by_name(local) } else { None };
        let function = function.ok_or_else(unknown)?;
        self.expect(&Token::Open)?;
        let mut arguments = Vec::new();
        if !self.eat(&Token::Close) {
            loop {
                arguments.push(self.expression()?);
                if !self.eat(&Token::Comma) {
                    break;
                }
            }
            self.expect(&Token::Close)?;
        }
        if !function.takes(arguments.len()) {
            return Err(XPathError::Arguments { function: function.name() });
        }
        Ok(Expression::Call(function, arguments))
    }

    fn location_path(&mut self) -> Parsed {
        let mut steps = Vec::new();
        let absolute = match self.operator(&SEPARATORS) {
            Some(Operator::Slash) => {
                if self.step_begins() {
                    self.relative_path(false, &mut steps)?;
                }
                true
            }
            Some(_) => {
                self.relative_path(true, &mut steps)?;
                true
            }
            None => {
                self.relative_path(false, &mut steps)?;
                false
            }
        };
        Ok(Expression::Path(Path { absolute, steps }))
    }

    fn step_begins(&mut self) -> bool {
        matches!(
            self.tokens.peek(),
            Some(Token::Name { .. } | Token::Any | Token::AnyOf(_) | Token::Dot | Token::DotDot | Token::At)
        )
    }

    fn relative_path(&mut self, mut through: bool, steps: &mut Vec<Step>) -> Result<(), XPathError> {
        loop {
            if through {
                steps.push(plain(Axis::DescendantOrSelf, NodeTest::Node));
            }
            let step = self.step()?;
            add_step(steps, step);
            match self.operator(&SEPARATORS) {
                Some(separator) => through = separator == Operator::DoubleSlash,
                None => return Ok(()),
            }
        }
    }

    fn step(&mut self) -> Result<Step, XPathError> {
        if self.eat(&Token::Dot) {
            return Ok(plain(Axis::Itself, NodeTest::Node));
        }
        if self.eat(&Token::DotDot) {
            return Ok(plain(Axis::Parent, NodeTest::Node));
        }
        let axis = if self.eat(&Token::At) { Axis::Attribute } else { self.axis()? };
        let test = self.node_test()?;
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn axis(&mut self) -> Result<Axis, XPathError> {
        let mut ahead = self.tokens.clone();
        let (Some(Token::Name { prefix: None, local: name }), Some(Token::Axis)) =
            (ahead.next(), ahead.next())
        else {
            return Ok(Axis::Child);
        };
        self.tokens = ahead;
        Axis::by_name(name).ok_or(XPathError::Syntax)
    }

    fn node_test(&mut self) -> Result<NodeTest, XPathError> {
        match self.tokens.next().ok_or(XPathError::Syntax)? {
            Token::Any => Ok(NodeTest::Any),
            Token::AnyOf(prefix) => Ok(NodeTest::Namespace(self.namespace(prefix)?)),
            Token::Name { prefix: None, local } if is_node_type(local) && self.eat(&Token::Open) => {
                self.node_type(local)
            }
            Token::Name { prefix, local } => {
                let namespace = prefix.map_or(Ok(String::new()), |prefix| self.namespace(prefix))?;
                Ok(NodeTest::Name { namespace, local: local.to_owned() })
            }
            _ => Err(XPathError::Syntax),
        }
    }

    fn node_type(&mut self, name: &'e str) -> Result<NodeTest, XPathError> {
        let test = match name {
            "node" => NodeTest::Node,
            "text" => NodeTest::Text,
            "comment" => NodeTest::Comment,
            _ => {
                let target = self.tokens.next_if(|next| matches!(next, Token::Literal(_)));
                NodeTest::Instruction(match target {
                    Some(Token::Literal(target)) => Some(target.to_owned()),
                    _ => None,
                })
            }
        };
        self.expect(&Token::Close)?;
        Ok(test)
    }

    fn predicates(&mut self) -> Result<Vec<Expression>, XPathError> {
        let mut predicates = Vec::new();
        while self.eat(&Token::OpenPredicate) {
            predicates.push(self.expression()?);
            self.expect(&Token::ClosePredicate)?;
        }
        Ok(predicates)
    }

    fn namespace(&self, prefix: &str) -> Result<String, XPathError> {
        (self.namespace)(prefix).ok_or_else(|| XPathError::Prefix { prefix: prefix.to_owned() })
    }
}

const SEPARATORS: [Operator; 2] = [Operator::Slash, Operator::DoubleSlash];

const fn plain(axis: Axis, test: NodeTest) -> Step {
    Step { axis, test, predicates: Vec::new() }
}

/// `//X` without predicates is all descendants of that name at once, instead of the children of every node: the same
/// nodes (XPath 1.0, 2.5), in one walk.
fn add_step(steps: &mut Vec<Step>, mut step: Step) {
    let through = steps.last().is_some_and(|last| *last == plain(Axis::DescendantOrSelf, NodeTest::Node));
    if through && step.axis == Axis::Child && step.predicates.is_empty() {
        steps.pop();
        step.axis = Axis::Descendant;
    }
    steps.push(step);
}

fn is_node_type(name: &str) -> bool {
    matches!(name, "node" | "text" | "comment" | "processing-instruction")
}

const fn comparison(operator: Operator) -> Option<Comparison> {
    Some(match operator {
        Operator::Equal => Comparison::Equal,
        Operator::NotEqual => Comparison::NotEqual,
        Operator::Less => Comparison::Less,
        Operator::LessOrEqual => Comparison::LessOrEqual,
        Operator::Greater => Comparison::Greater,
        Operator::GreaterOrEqual => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

const fn arithmetic(operator: Operator) -> Option<Arithmetic> {
    Some(match operator {
        Operator::Plus => Arithmetic::Add,
        Operator::Minus => Arithmetic::Subtract,
        Operator::Multiply => Arithmetic::Multiply,
        Operator::Div => Arithmetic::Divide,
        Operator::Mod => Arithmetic::Modulo,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(expression: &str) -> Parsed {
        parse(expression, &|prefix| (prefix == "ds").then(|| "urn:ds".to_owned()))
    }

    #[test]
    fn the_usual_filter_is_known() {
        let parsed = read(" not(ancestor-or-self::ds:Signature) ").unwrap();
        let name = NodeTest::Name { namespace: "urn:ds".into(), local: "Signature".into() };
        assert_eq!(parsed.as_subtrees_taken_out(), Some(&name));
        assert_eq!(read("not(ancestor-or-self::ds:Signature[1])").unwrap().as_subtrees_taken_out(), None);
    }

    #[test]
    fn what_is_refused_is_named() {
        assert_eq!(read("document('x')"), Err(XPathError::Function { name: "document".into() }));
        assert_eq!(read("ds:f()"), Err(XPathError::Function { name: "ds:f".into() }));
        assert_eq!(read("x:y"), Err(XPathError::Prefix { prefix: "x".into() }));
        assert_eq!(read("$v"), Err(XPathError::Variable));
        assert_eq!(read("not()"), Err(XPathError::Arguments { function: "not" }));
        for wrong in ["", "a b", "a[", "(a", "a/", "foo::a", "a or", "//", "self::", "1 +"] {
            assert_eq!(read(wrong), Err(XPathError::Syntax), "{wrong}");
        }
    }

    #[test]
    fn depth_ends_at_a_limit_and_length_does_not_make_it() {
        assert_eq!(read(&"(".repeat(MAX_XPATH_DEPTH + 1)), Err(XPathError::TooDeep));
        assert!(read(&format!("1{}", "+1".repeat(900))).is_ok());
        assert!(read(&format!("{}1", "-".repeat(900))).is_ok());
    }
}
