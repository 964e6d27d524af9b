// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `ds:KeyInfo` (XML Signature 1.1, 4.5): what it offers and names, unjudged.

use keiin_model::DigestAlgorithm;

use crate::{
    XmlError,
    algorithm::{DSIG, DSIG11, digest_by_uri},
    key_value,
    limits::{MAX_KEY_INFO_DEPTH, MAX_KEY_INFO_FOLLOWED, MAX_KEY_INFO_ITEMS},
    signature::{algorithm_of, octets},
    xml::{NodeId, Tree},
};

/// `RetrievalMethod`'s type for DER octets that stand elsewhere.
const RAW_CERTIFICATE: &str = "http://www.w3.org/2000/09/xmldsig#rawX509Certificate";

/// KeyInfo as it stands.
#[derive(Clone, Debug)]
pub(crate) struct KeyInfo {
    /// `ds:KeyInfo`.
    pub(crate) node: NodeId,
    /// What it has, in document order, and what it refers to inside of the document in place of the reference.
    pub(crate) items: Vec<KeyItem>,
}

/// One thing that KeyInfo says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyItem {
    /// `ds:X509Certificate`: DER.
    Certificate(Vec<u8>),
    /// `ds:X509CRL`: DER.
    Crl(Vec<u8>),
    /// `ds:X509IssuerSerial`: the issuer as RFC 4514 text, the serial in decimal, both as they stand.
    IssuerSerial { issuer: String, serial: String },
    /// `ds:X509SubjectName`: RFC 4514 text as it stands.
    SubjectName(String),
    /// `ds:X509SKI`.
    KeyId(Vec<u8>),
    /// `dsig11:X509Digest`: of a certificate.
    CertificateDigest { algorithm: Option<DigestAlgorithm>, digest: Vec<u8> },
    /// A bare key, as the DER of a SubjectPublicKeyInfo: `ds:KeyValue` and `dsig11:DEREncodedKeyValue`.
    Key(Vec<u8>),
    /// `ds:KeyName`.
    Name(String),
    /// `ds:RetrievalMethod` or `dsig11:KeyInfoReference` that leads outside of the document.
    Elsewhere {
        uri: String,
        /// What is there is one DER certificate.
        certificate: bool,
    },
    /// An element that could not be read, or whose kind keiin does not know.
    Unreadable(String),
}

impl KeyInfo {
    /// Reads the `ds:KeyInfo` at `node`; `followed` is how many octets references inside of the document may still lead to.
    ///
    /// # Errors
    /// [`XmlError::Limit`].
    pub(crate) fn read(tree: &Tree<'_>, node: NodeId, followed: &mut usize) -> Result<Self, XmlError> {
        let mut reading = Reading { tree, items: Vec::new(), left: MAX_KEY_INFO_ITEMS, followed };
        reading.children(node, 0)?;
        Ok(Self { node, items: reading.items })
    }

    /// The certificates that stand in it, in document order.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.items.iter().filter_map(|item| match item {
            KeyItem::Certificate(der) => Some(der.as_slice()),
            _ => None,
        })
    }
}

struct Reading<'t, 'a, 'f> {
    tree: &'t Tree<'a>,
    items: Vec<KeyItem>,
    /// How many elements may still be looked at: references to one element again and again are bounded too.
    left: usize,
    followed: &'f mut usize,
}

impl Reading<'_, '_, '_> {
    fn children(&mut self, parent: NodeId, depth: usize) -> Result<(), XmlError> {
        let tree = self.tree;
        tree.elements(parent).try_for_each(|child| self.element(child, depth))
    }

    fn element(&mut self, node: NodeId, depth: usize) -> Result<(), XmlError> {
        let limit = XmlError::Limit { object: "elements in ds:KeyInfo", limit: MAX_KEY_INFO_ITEMS };
        self.left = self.left.checked_sub(1).ok_or(limit)?;
        let name = self.tree.name(node);
        let item = match (name.namespace, name.local) {
            (DSIG, "X509Data") => return self.children(node, depth),
            (DSIG, "RetrievalMethod") | (DSIG11, "KeyInfoReference") => return self.reference(node, depth),
            (DSIG, "KeyInfo") if depth > 0 => return self.children(node, depth),
            (DSIG, "KeyName") => Some(KeyItem::Name(self.text(node))),
            (DSIG, "KeyValue") => self.key_value(node),
            (DSIG11, "DEREncodedKeyValue") => octets(self.tree, node).map(KeyItem::Key),
            (DSIG, "X509Certificate") => octets(self.tree, node).map(KeyItem::Certificate),
            (DSIG, "X509CRL") => octets(self.tree, node).map(KeyItem::Crl),
            (DSIG, "X509SKI") => octets(self.tree, node).map(KeyItem::KeyId),
            (DSIG, "X509SubjectName") => Some(KeyItem::SubjectName(self.text(node))),
            (DSIG, "X509IssuerSerial") => self.issuer_serial(node),
            (DSIG11, "X509Digest") => octets(self.tree, node).map(|digest| KeyItem::CertificateDigest {
                algorithm: digest_by_uri(&algorithm_of(self.tree, node)),
                digest,
            }),
            _ => None,
        };
        self.items.push(item.unwrap_or_else(|| KeyItem::Unreadable(name.local.to_owned())));
        Ok(())
    }

    fn text(&self, node: NodeId) -> String {
        self.tree.text(node).trim().to_owned()
    }

    fn key_value(&self, node: NodeId) -> Option<KeyItem> {
        let mut values = self.tree.elements(node);
        let value = values.next().filter(|_| values.next().is_none())?;
        key_value::subject_public_key_info(self.tree, value).map(KeyItem::Key)
    }

    fn issuer_serial(&self, node: NodeId) -> Option<KeyItem> {
        let issuer = self.text(self.tree.child(node, DSIG, "X509IssuerName")?);
        let serial = self.text(self.tree.child(node, DSIG, "X509SerialNumber")?);
        Some(KeyItem::IssuerSerial { issuer, serial })
    }

    /// What is in the same document stands for the reference to it; transforms on the way to a key are not followed.
    fn reference(&mut self, node: NodeId, depth: usize) -> Result<(), XmlError> {
        let uri = self.tree.attribute(node, "URI").unwrap_or_default().into_owned();
        let kind = self.tree.attribute(node, "Type").unwrap_or_default();
        let plain = self.tree.child(node, DSIG, "Transforms").is_none();
        let target = uri.strip_prefix('#').and_then(|id| self.tree.by_id(id));
        let item = match target {
            Some(target) if plain && depth < MAX_KEY_INFO_DEPTH => {
                let limit = XmlError::Limit {
                    object: "octets that ds:KeyInfo refers to",
                    limit: MAX_KEY_INFO_FOLLOWED,
                };
                *self.followed = self.followed.checked_sub(self.tree.range(target).len()).ok_or(limit)?;
                return self.element(target, depth.saturating_add(1));
            }
            None if plain && !uri.is_empty() && !uri.starts_with('#') => {
                KeyItem::Elsewhere { uri, certificate: kind == RAW_CERTIFICATE }
            }
            _ => KeyItem::Unreadable(self.tree.name(node).local.to_owned()),
        };
        self.items.push(item);
        Ok(())
    }
}
