// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Attributes of the namespace `xml` that an element takes from around it where its parent is not in the node set
//! (Canonical XML 1.0 and 1.1 clause 2.4).

use std::borrow::Cow;

use super::{Budget, Method, base, escape::Written};
use crate::{
    error::XmlError,
    xml::{Attribute, Name, NodeId, NodeKind, NodeSet, Tree, XML},
};

/// Adds to the attributes of `element`, whose parent is not in the set, what it inherits.
pub(super) fn inherit<'t>(
    tree: &'t Tree<'_>,
    set: &NodeSet,
    element: NodeId,
    method: Method,
    budget: &mut Budget,
    attributes: &mut Vec<Written<'t>>,
) -> Result<(), XmlError> {
    let inherited = |local: &str| match method {
        Method::Inclusive10 => true,
        Method::Inclusive11 => matches!(local, "lang" | "space"),
        Method::Exclusive => false,
    };
    if method == Method::Exclusive {
        return Ok(());
    }
    let mut seen: Vec<&str> = of_xml(tree, element).map(|own| own.name.local).collect();
    for ancestor in tree.ancestors(element) {
        budget.spend(1 + tree.attribute_count(ancestor))?;
        for attribute in of_xml(tree, ancestor) {
            if inherited(attribute.name.local) && !seen.contains(&attribute.name.local) {
                seen.push(attribute.name.local);
                attributes.push(Written { name: attribute.name, value: attribute.value });
            }
        }
    }
    if method == Method::Inclusive11 {
        join_base(tree, set, element, budget, attributes)?;
    }
    Ok(())
}

fn of_xml<'t>(tree: &'t Tree<'_>, element: NodeId) -> impl Iterator<Item = Attribute<'t>> {
    tree.attributes(element).filter(|attribute| attribute.name.namespace == XML)
}

fn base_of<'t>(tree: &'t Tree<'_>, element: NodeId) -> Option<Cow<'t, str>> {
    of_xml(tree, element).find(|attribute| attribute.name.local == "base").map(|attribute| attribute.value)
}

/// The `xml:base` of the elements left out directly above and of the element itself become one.
fn join_base<'t>(
    tree: &'t Tree<'_>,
    set: &NodeSet,
    element: NodeId,
    budget: &mut Budget,
    attributes: &mut Vec<Written<'t>>,
) -> Result<(), XmlError> {
    let mut joined = base_of(tree, element);
    let mut any = false;
    for omitted in tree.ancestors(element) {
        if tree.kind(omitted) != NodeKind::Element || set.contains(tree, omitted) {
            break;
        }
        let Some(outer) = base_of(tree, omitted) else { continue };
        any = true;
        // Each join copies what was joined before.
        budget.spend(outer.len() + joined.as_ref().map_or(0, |inner| inner.len()))?;
        joined = Some(match joined {
            Some(inner) => base::join(&outer, &inner).into(),
            None => outer,
        });
    }
    if any {
        attributes.retain(|own| own.name.namespace != XML || own.name.local != "base");
        if let Some(value) = joined.filter(|value| !value.is_empty()) {
            let name = Name { namespace: XML, prefix: "xml", local: "base" };
            attributes.push(Written { name, value });
        }
    }
    Ok(())
}
