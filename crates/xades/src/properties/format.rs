// SPDX-License-Identifier: Apache-2.0 OR MIT
//! DataObjectFormat (EN 319 132-1, 5.2.4), which levels ask for.

use crate::xml::{NodeId, Tree};

/// What a DataObjectFormat says, with how often where levels count.
#[derive(Clone, Debug, Default)]
pub(crate) struct DataObjectFormat {
    /// The identifier of the ds:Reference that it is about, without `#`.
    pub(crate) reference: Option<String>,
    pub(crate) mime_type: Option<String>,
    pub(crate) encoding: Option<String>,
    pub(crate) descriptions: usize,
    pub(crate) identifiers: usize,
    pub(crate) mime_types: usize,
    pub(crate) encodings: usize,
}

impl DataObjectFormat {
    pub(super) fn read(tree: &Tree<'_>, node: NodeId, namespace: &str) -> Self {
        let all = |local| tree.elements(node).filter(move |child| tree.is(*child, namespace, local));
        let text = |local| all(local).next().map(|child| tree.text(child).trim().to_owned());
        let reference = tree.attribute(node, "ObjectReference");
        Self {
            reference: reference.and_then(|uri| uri.trim().strip_prefix('#').map(str::to_owned)),
            mime_type: text("MimeType"),
            encoding: text("Encoding"),
            descriptions: all("Description").count(),
            identifiers: all("ObjectIdentifier").count(),
            mime_types: all("MimeType").count(),
            encodings: all("Encoding").count(),
        }
    }
}
