// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XPath 1.0, 2 and 3: an expression taken apart, its prefixes resolved.

use super::function::Function;

/// An expression. Chains of one precedence are lists, so that its depth is that of its brackets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Or(Vec<Expression>),
    And(Vec<Expression>),
    Compare(Box<Expression>, Vec<(Comparison, Expression)>),
    Compute(Box<Expression>, Vec<(Arithmetic, Expression)>),
    Negate(Box<Expression>),
    Union(Vec<Expression>),
    Path(Path),
    /// A FilterExpr with the steps that follow it.
    Filter {
        primary: Box<Expression>,
        predicates: Vec<Expression>,
        steps: Vec<Step>,
    },
    Literal(String),
    Number(f64),
    Call(Function, Vec<Expression>),
}

/// A LocationPath.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    pub(crate) absolute: bool,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) axis: Axis,
    pub(crate) test: NodeTest,
    pub(crate) predicates: Vec<Expression>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Namespace,
    Parent,
    Preceding,
    PrecedingSibling,
    Itself,
}

impl Axis {
    pub(super) fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "ancestor" => Self::Ancestor,
            "ancestor-or-self" => Self::AncestorOrSelf,
            "attribute" => Self::Attribute,
            "child" => Self::Child,
            "descendant" => Self::Descendant,
            "descendant-or-self" => Self::DescendantOrSelf,
            "following" => Self::Following,
            "following-sibling" => Self::FollowingSibling,
            "namespace" => Self::Namespace,
            "parent" => Self::Parent,
            "preceding" => Self::Preceding,
            "preceding-sibling" => Self::PrecedingSibling,
            "self" => Self::Itself,
            _ => return None,
        })
    }

    /// Reverse axes count their positions away from the context node (XPath 1.0, 2.4).
    pub(super) const fn is_reverse(self) -> bool {
        matches!(self, Self::Ancestor | Self::AncestorOrSelf | Self::Preceding | Self::PrecedingSibling)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NodeTest {
    /// `node()`.
    Node,
    Text,
    Comment,
    /// `processing-instruction()`, of one target or any.
    Instruction(Option<String>),
    /// `*`: any of the axis's principal type.
    Any,
    /// `prefix:*`.
    Namespace(String),
    Name {
        namespace: String,
        local: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Expression {
    /// The name of `not(ancestor-or-self::NAME)`, which is how signers take all signatures out: the subtrees of these
    /// elements, without looking at each node on its own.
    pub(crate) fn as_subtrees_taken_out(&self) -> Option<&NodeTest> {
        match self {
            Self::Call(Function::Not, arguments) => match arguments.as_slice() {
                [Self::Path(path)] => path.as_ancestor_or_self(),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Path {
    fn as_ancestor_or_self(&self) -> Option<&NodeTest> {
        match self.steps.as_slice() {
            [Step { axis: Axis::AncestorOrSelf, test: test @ NodeTest::Name { .. }, predicates }]
                if !self.absolute && predicates.is_empty() =>
            {
                Some(test)
            }
            _ => None,
        }
    }
}
