// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Attributes of the namespace `xml` that an element takes from around it where its parent is not in the node set
//! (Canonical XML 1.0 and 1.1 clause 2.4).

use super::{Method, literal::Written};
use crate::xml::{NodeId, NodeSet, Tree, XML};

/// Adds to the attributes of `element` what it inherits.
pub(super) fn inherit<'t>(
    tree: &'t Tree<'_>,
    _set: &NodeSet,
    element: NodeId,
    method: Method,
    attributes: &mut Vec<Written<'t>>,
) {
    let inherited = |local: &str| match method {
        Method::Inclusive10 => true,
        Method::Inclusive11 => matches!(local, "lang" | "space"),
        Method::Exclusive => false,
    };
    let mut seen: Vec<&str> =
        tree.attributes(element).filter(|own| own.name.namespace == XML).map(|own| own.name.local).collect();
    for ancestor in tree.ancestors(element) {
        for attribute in tree.attributes(ancestor) {
            let name = attribute.name;
            if name.namespace == XML && inherited(name.local) && !seen.contains(&name.local) {
                seen.push(name.local);
                attributes.push(Written { name, value: attribute.value });
            }
        }
    }
}

/// The name begins with `scheme:` (RFC 3986 clause 3.1).
pub(super) fn has_scheme(name: &str) -> bool {
    let scheme = name.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.'))
}
