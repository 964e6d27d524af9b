// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where unsigned properties go, and which prefixes are bound there.

use crate::{
    XadesError,
    algorithm::DSIG,
    splice::{Splice, behind, first_child, last_child},
    template::{Bound, XADES, XADES141},
    xml::{NodeId, Tree},
};

/// The place behind the last unsigned property of a signature.
pub(crate) struct UnsignedPlace {
    splice: Splice,
    /// Elements that must be made around the property, outermost first.
    missing: Vec<&'static str>,
    /// The prefixes that are bound there.
    pub(crate) bound: Bound,
}

impl UnsignedPlace {
    /// The property with the elements around it that are not there yet.
    pub(crate) fn wrapped(&self, property: &[u8]) -> Vec<u8> {
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        for local in &self.missing {
            let name = self.name(local);
            head.extend_from_slice(format!("<{name}>").as_bytes());
            tail.splice(0..0, format!("</{name}>").into_bytes());
        }
        [&*head, property, &tail].concat()
    }

    /// The place with an element of XAdES around whatever comes there.
    pub(crate) fn splice_around(&self, local: &'static str) -> Splice {
        let mut around = self.missing.clone();
        around.push(local);
        let names: Vec<String> = around.iter().map(|local| self.name(local)).collect();
        let head: String = names.iter().map(|name| format!("<{name}>")).collect();
        let tail: String = names.iter().rev().map(|name| format!("</{name}>")).collect();
        self.splice.clone().around(head.as_bytes(), tail.as_bytes())
    }

    /// The place itself, when the elements around it are there.
    pub(crate) const fn splice(&self) -> &Splice {
        &self.splice
    }

    pub(crate) fn apply(&self, document: &[u8], property: &[u8]) -> Vec<u8> {
        self.splice.apply(document, &self.wrapped(property)).0
    }

    fn name(&self, local: &str) -> String {
        if self.bound.xades.is_empty() { local.to_owned() } else { format!("{}:{local}", self.bound.xades) }
    }
}

/// Where the next unsigned signature property of a signature goes.
pub(crate) fn unsigned_place(tree: &Tree<'_>, signature: NodeId) -> Result<UnsignedPlace, XadesError> {
    let what = "this XML signature has no xades:QualifyingProperties, so nothing can be added to it";
    let qualifying = qualifying_properties(tree, signature).ok_or(XadesError::Misuse { what })?;
    let properties = tree.child(qualifying, XADES, "UnsignedProperties");
    let inner = properties.and_then(|node| tree.child(node, XADES, "UnsignedSignatureProperties"));
    let (splice, missing, holder) = match (properties, inner) {
        (_, Some(inner)) => (last_child(tree, inner)?, vec![], inner),
        (Some(outer), None) => (first_child(tree, outer)?, vec!["UnsignedSignatureProperties"], outer),
        (None, None) => {
            let signed = tree.child(qualifying, XADES, "SignedProperties");
            let splice = match signed {
                Some(signed) => behind(tree, signed),
                None => first_child(tree, qualifying)?,
            };
            (splice, vec!["UnsignedProperties", "UnsignedSignatureProperties"], qualifying)
        }
    };
    Ok(UnsignedPlace { splice, missing, bound: bound(tree, holder, signature) })
}

/// The unsigned signature properties as they stand.
pub(crate) fn unsigned_properties(tree: &Tree<'_>, signature: NodeId) -> Vec<NodeId> {
    let inner = qualifying_properties(tree, signature)
        .and_then(|node| tree.child(node, XADES, "UnsignedProperties"))
        .and_then(|node| tree.child(node, XADES, "UnsignedSignatureProperties"));
    inner.map(|inner| tree.elements(inner).collect()).unwrap_or_default()
}

/// xades:QualifyingProperties in a ds:Object of a signature.
fn qualifying_properties(tree: &Tree<'_>, signature: NodeId) -> Option<NodeId> {
    tree.elements(signature)
        .filter(|object| tree.is(*object, DSIG, "Object"))
        .find_map(|object| tree.child(object, XADES, "QualifyingProperties"))
}

/// The prefixes in scope in an element. Its own is that of XAdES, as it is an element of XAdES.
fn bound(tree: &Tree<'_>, holder: NodeId, signature: NodeId) -> Bound {
    let own = |prefix: &str, namespace: &str| {
        (tree.namespace(holder, prefix) == Some(namespace)).then(|| prefix.to_owned())
    };
    let ds = own(tree.name(signature).prefix, DSIG).or_else(|| own("ds", DSIG));
    let xades141 = ["xades141", "xa141", "xadesv141"].into_iter().find_map(|prefix| own(prefix, XADES141));
    Bound { xades: tree.name(holder).prefix.to_owned(), ds, xades141 }
}
