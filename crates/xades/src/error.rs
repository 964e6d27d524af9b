// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why a document could not be read, signed or changed.

use keiin_pki::{der::DerError, signing::SigningError};

/// Why an XML document could not be read or canonicalised. Offsets count octets of the document in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// The document breaks a rule of XML 1.0 or of Namespaces in XML 1.0.
    #[error("not well-formed XML at octet {at}: {what}")]
    Malformed {
        /// Where.
        at: usize,
        /// The rule.
        what: &'static str,
    },
    /// The document has a document type declaration. It could bring entities and default attributes from elsewhere.
    #[error(
        "a document type declaration (DTD) at octet {at}: not taken, for what it declares is not what was signed"
    )]
    DocumentType {
        /// Where.
        at: usize,
    },
    /// A reference to an entity that XML itself does not define, so only a DTD could.
    #[error("the entity reference at octet {at} is none of XML's own five")]
    Entity {
        /// Where.
        at: usize,
    },
    /// A prefix that no element around it declares.
    #[error("the namespace prefix {prefix:?} at octet {at} is not declared")]
    UndeclaredPrefix {
        /// Where.
        at: usize,
        /// The prefix.
        prefix: String,
    },
    /// The document is in a character encoding that keiin does not read.
    #[error("the character encoding {name:?} is not read")]
    Encoding {
        /// Its name in the XML declaration.
        name: String,
    },
    /// The octets are not what the encoding makes.
    #[error("not {encoding} at octet {at}")]
    Undecodable {
        /// The encoding.
        encoding: &'static str,
        /// Where in the document as it stands.
        at: usize,
    },
    /// The document is in another encoding than UTF-8: it is read and judged, but an edit would have to re-encode it.
    #[error("the document is in {encoding}: only a document in UTF-8 is changed")]
    NotEditable {
        /// The encoding.
        encoding: &'static str,
    },
    /// The document has more of something than keiin takes.
    #[error("{object}: more than {limit}")]
    Limit {
        /// What there is too much of.
        object: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Canonical XML 1.0 clause 1.3: a relative namespace name has no canonical form.
    #[error("the namespace name {name:?} is relative: it has no canonical form")]
    RelativeNamespace {
        /// The namespace name.
        name: String,
    },
}

/// Why an XML document could not be read as signed, judged or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum XadesError {
    /// The XML itself.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// The identifier of an algorithm names none that keiin has.
    #[error("the algorithm {uri:?} is not known")]
    Algorithm {
        /// The identifier.
        uri: String,
    },
    /// The call does not fit the document.
    #[error("{what}")]
    Misuse {
        /// What does not fit and what to do.
        what: &'static str,
    },
    /// The time-stamp token does not answer what was begun.
    #[error("the time-stamp token does not fit: {what}")]
    TokenMismatch {
        /// What differs.
        what: &'static str,
    },
    /// A certificate, CRL or OCSP response that is to be put in cannot be read.
    #[error("what is to be put in cannot be read: {0}")]
    Material(#[source] DerError),
    /// The signer: its certificate, its scheme, or the value that its key gave.
    #[error(transparent)]
    Signing(#[from] SigningError),
}
