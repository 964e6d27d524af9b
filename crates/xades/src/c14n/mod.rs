// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Canonical XML 1.0 and 1.1 and Exclusive XML Canonicalization 1.0, each with and without comments.

mod base;
mod escape;
mod inherit;
mod literal;
mod output;
#[cfg(test)]
mod tests;
mod whole;
#[cfg(test)]
mod xmlsec;

use keiin_pki::digest::{Hasher, MultiHasher};

#[cfg(test)]
pub(crate) use self::tests::document;

use self::output::Output;
use crate::{
    error::XmlError,
    limits,
    xml::{NodeSet, Tree},
};

/// Where canonical octets go, piece by piece: a buffer, or straight into a digest.
pub(crate) trait Sink {
    /// Takes the next octets.
    fn write(&mut self, octets: &[u8]);
}

impl Sink for Vec<u8> {
    fn write(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }
}

/// Whoever takes pieces.
pub(crate) struct Pieces<'f>(pub(crate) &'f mut dyn FnMut(&[u8]));

impl Sink for Pieces<'_> {
    fn write(&mut self, octets: &[u8]) {
        (self.0)(octets);
    }
}

impl Sink for Hasher {
    fn write(&mut self, octets: &[u8]) {
        self.update(octets);
    }
}

impl Sink for MultiHasher {
    fn write(&mut self, octets: &[u8]) {
        self.update(octets);
    }
}

/// Which canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Method {
    /// Canonical XML 1.0: all namespaces in scope; what is inherited in the namespace `xml` is copied.
    Inclusive10,
    /// Canonical XML 1.1: as 1.0, but `xml:id` is not inherited and `xml:base` is joined.
    Inclusive11,
    /// Exclusive XML Canonicalization 1.0: only namespaces that are used where they stand.
    Exclusive,
}

/// A canonicalisation with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Canonicalization {
    pub(crate) method: Method,
    /// Comments are kept.
    pub(crate) comments: bool,
    /// `InclusiveNamespaces PrefixList` of the exclusive method: prefixes treated as the inclusive method does. The default
    /// namespace is `#default` in XML and the empty string here.
    pub(crate) prefixes: Vec<String>,
}

impl Canonicalization {
    /// The canonicalisation that an algorithm identifier names, with no prefix list.
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        let (method, comments) = match uri {
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => (Method::Inclusive10, false),
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments" => (Method::Inclusive10, true),
            "http://www.w3.org/2006/12/xml-c14n11" => (Method::Inclusive11, false),
            "http://www.w3.org/2006/12/xml-c14n11#WithComments" => (Method::Inclusive11, true),
            "http://www.w3.org/2001/10/xml-exc-c14n#" => (Method::Exclusive, false),
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" => (Method::Exclusive, true),
            _ => return None,
        };
        Some(Self { method, comments, prefixes: Vec::new() })
    }

    /// The algorithm identifier.
    #[cfg(test)]
    pub(crate) const fn uri(&self) -> &'static str {
        match (self.method, self.comments) {
            (Method::Inclusive10, false) => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            (Method::Inclusive10, true) => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
            (Method::Inclusive11, false) => "http://www.w3.org/2006/12/xml-c14n11",
            (Method::Inclusive11, true) => "http://www.w3.org/2006/12/xml-c14n11#WithComments",
            (Method::Exclusive, false) => "http://www.w3.org/2001/10/xml-exc-c14n#",
            (Method::Exclusive, true) => "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        }
    }

    /// With an `InclusiveNamespaces PrefixList` as it stands: names between white space, `#default` for the default.
    #[must_use]
    pub(crate) fn with_prefix_list(mut self, list: &str) -> Self {
        let names = list.split_ascii_whitespace().map(|name| if name == "#default" { "" } else { name });
        self.prefixes = names.map(str::to_owned).collect();
        self
    }
}

/// Writes the canonical form of a node set.
///
/// # Errors
/// [`XmlError::RelativeNamespace`] where there is none, and [`XmlError::Limit`].
pub(crate) fn canonicalize(
    tree: &Tree<'_>,
    set: &NodeSet,
    how: &Canonicalization,
    out: &mut dyn Sink,
) -> Result<(), XmlError> {
    let mut output = Output::new(out, tree.source());
    match set {
        NodeSet::Whole { subtrees, comments } => {
            whole::canonicalize(tree, set, (subtrees, *comments), how, &mut output)?;
        }
        NodeSet::Picked(_) => literal::canonicalize(tree, set, how, &mut output)?,
    }
    output.finish();
    Ok(())
}

/// The namespaces and attributes that one canonicalisation may look at.
struct Budget(usize);

impl Budget {
    const fn new() -> Self {
        Self(limits::MAX_NAMESPACE_NODES)
    }

    fn spend(&mut self, steps: usize) -> Result<(), XmlError> {
        let limit = limits::MAX_NAMESPACE_NODES;
        self.0 = self.0.checked_sub(steps).ok_or(XmlError::Limit { object: "namespace nodes", limit })?;
        Ok(())
    }
}

/// Canonical XML clause 1.3: a document with a relative namespace name has no canonical form.
fn check_absolute(name: &str) -> Result<(), XmlError> {
    let scheme = name.split_once(':').map_or("", |(scheme, _)| scheme);
    if name.is_empty() || base::is_scheme(scheme) {
        return Ok(());
    }
    Err(XmlError::RelativeNamespace { name: name.chars().take(200).collect() })
}
