// SPDX-License-Identifier: Apache-2.0 OR MIT
//! How an XML signature is laid out: what a caller may choose beside what is signed.

use keiin_model::Bytes;
use serde::{Deserialize, Serialize};

use crate::{
    XadesError,
    c14n::{Canonicalization, Method},
    content::Content,
    template::{is_name, is_text},
};

/// Where the signature stands in relation to what it signs (XML Signature 1.1, 2.0; EN 319 132-1 leaves all four open).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum XmlPackaging {
    /// Inside of the document that it signs.
    Enveloped {
        /// The element whose last child the signature becomes.
        parent: Parent,
        /// What of the document is not signed.
        except: Except,
    },
    /// Around the content, in a ds:Object.
    Enveloping {
        /// How the content stands in it.
        carried: Carried,
    },
    /// Beside an element of the same document.
    InternallyDetached {
        /// The element that is signed.
        element: Sibling,
    },
    /// In a file of its own.
    Detached {
        /// Whether SignedInfo refers to the files, or to a ds:Manifest that does.
        list: List,
    },
}

/// An element of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parent {
    /// The document element.
    #[default]
    Root,
    /// The element with this id.
    Id(String),
    /// Elements without a namespace, each the first of its name in the one before, from the document element's child on.
    Path(Vec<String>),
}

/// What an enveloped signature does not sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Except {
    /// Itself: nobody can sign beside it or extend an older signature under it (XML Signature 1.1, 6.6.4).
    #[default]
    Itself,
    /// Every ds:Signature of the document, so that others can sign beside it and all can be extended (XPath Filter 2.0).
    EverySignature,
}

/// How content stands in a ds:Object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carried {
    /// As base64, whatever it is: its own octets are signed.
    #[default]
    Base64,
    /// As XML, which it must be: its canonical form is signed.
    Xml,
}

/// The element that is signed beside the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sibling {
    /// One that the document has, by its id; the signature becomes the last child of `into`.
    Existing {
        /// The id of the element that is signed.
        id: String,
        /// Where the signature goes.
        into: Parent,
    },
    /// A new document is made with the content in one element and the signature in the next.
    New {
        /// How the content stands in its element.
        carried: Carried,
    },
}

/// How files of a detached signature are referred to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum List {
    /// One ds:Reference a file.
    #[default]
    References,
    /// One ds:Reference to a ds:Manifest with one ds:Reference a file: a changed file breaks its own line alone.
    Manifest,
}

/// Whether ds:KeyInfo is signed too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyInfo {
    /// It is not: SigningCertificateV2 names the certificate.
    #[default]
    Unsigned,
    /// It is, by a ds:Reference of its own.
    Signed,
}

/// Which certificates ds:KeyInfo holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyCertificates {
    /// The signer's and the others that are given.
    #[default]
    Chain,
    /// The signer's alone.
    Signer,
}

/// How SigningCertificateV2 names the certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateNaming {
    /// By its digest.
    #[default]
    Digest,
    /// By its digest and by IssuerSerialV2.
    DigestAndIssuerSerial,
}

/// How the octets of an element come about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Canonical {
    /// Exclusive XML Canonicalization 1.0: the element can be moved into another document.
    #[default]
    Exclusive,
    /// Canonical XML 1.0: the namespaces around the element are signed with it.
    Inclusive,
}

impl Canonical {
    pub(crate) const fn uri(self) -> &'static str {
        match self {
            Self::Exclusive => "http://www.w3.org/2001/10/xml-exc-c14n#",
            Self::Inclusive => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        }
    }

    pub(crate) const fn canonicalization(self) -> Canonicalization {
        let method = match self {
            Self::Exclusive => Method::Exclusive,
            Self::Inclusive => Method::Inclusive10,
        };
        Canonicalization { method, comments: false, prefixes: Vec::new() }
    }
}

/// How the reference to an element with an id states its canonical form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentTransform {
    /// By a ds:Transform with the signature's canonicalization.
    #[default]
    Stated,
    /// Not at all, which means Canonical XML 1.0 (XML Signature 1.1, 4.4.3.2): the electronic prescription.
    LeftOut,
}

/// Whether xades:DataObjectFormat is there, which XAdES baseline wants (EN 319 132-1, 6.3) and the prescription has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectFormat {
    /// For every signed object.
    #[default]
    Stated,
    /// For none.
    LeftOut,
}

/// The prefixes of what is written; an empty one makes the default namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefixes {
    /// Of XML Signature.
    pub ds: String,
    /// Of XAdES 1.3.2.
    pub xades: String,
}

impl Default for Prefixes {
    fn default() -> Self {
        Self { ds: "ds".to_owned(), xades: "xades".to_owned() }
    }
}

/// The ids of what is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ids {
    /// Made of a digest of the certificate, the time and the document: the same call makes the same octets.
    #[default]
    Derived,
    /// The signature's own id; the others begin with it.
    Given(String),
}

/// Everything about the layout. The default is an enveloping XAdES baseline signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct XadesShape {
    /// Where the signature stands.
    pub packaging: XmlPackaging,
    /// The canonical form of SignedInfo and of everything that the signature's own references select.
    #[serde(default)]
    pub canonical: Canonical,
    /// How the reference to the content states its canonical form.
    #[serde(default)]
    pub transform: ContentTransform,
    /// Whether ds:KeyInfo is signed.
    #[serde(default)]
    pub key_info: KeyInfo,
    /// Which certificates ds:KeyInfo holds.
    #[serde(default)]
    pub certificates: KeyCertificates,
    /// How SigningCertificateV2 names the certificate.
    #[serde(default)]
    pub naming: CertificateNaming,
    /// Whether the formats of the signed objects are stated.
    #[serde(default)]
    pub formats: ObjectFormat,
    /// The prefixes.
    #[serde(default)]
    pub prefixes: Prefixes,
    /// The ids.
    #[serde(default)]
    pub ids: Ids,
}

impl XadesShape {
    /// The defaults with a packaging.
    pub fn new(packaging: XmlPackaging) -> Self {
        Self {
            packaging,
            canonical: Canonical::default(),
            transform: ContentTransform::default(),
            key_info: KeyInfo::default(),
            certificates: KeyCertificates::default(),
            naming: CertificateNaming::default(),
            formats: ObjectFormat::default(),
            prefixes: Prefixes::default(),
            ids: Ids::default(),
        }
    }
}

impl XmlPackaging {
    /// The XML document that the signature goes into; `None` when it makes one.
    pub(crate) fn document<'o>(&self, objects: &'o [DataObject]) -> Result<Option<&'o Bytes>, XadesError> {
        let existing = matches!(
            self,
            Self::Enveloped { .. } | Self::InternallyDetached { element: Sibling::Existing { .. } }
        );
        match objects {
            [] => Err(XadesError::Misuse { what: "there is nothing to sign" }),
            _ if !existing => Ok(None),
            [DataObject { content: Content::Bytes(octets), .. }] => Ok(Some(octets)),
            _ => Err(XadesError::Misuse {
                what: "this packaging signs one XML document, and its octets are needed",
            }),
        }
    }
}

impl XadesShape {
    /// Whether prefixes can be written.
    pub(crate) fn check_names(&self) -> Result<(), XadesError> {
        let prefixes = &self.prefixes;
        let reserved = |prefix: &str| prefix.to_ascii_lowercase().starts_with("xml");
        let fits = |prefix: &str| prefix.is_empty() || (is_name(prefix) && !reserved(prefix));
        let same = prefixes.ds == prefixes.xades && !prefixes.ds.is_empty();
        if fits(&prefixes.ds) && fits(&prefixes.xades) && !same {
            return Ok(());
        }
        Err(XadesError::Misuse {
            what: "the prefixes of XML Signature and XAdES are two different XML names",
        })
    }
}

impl Default for XadesShape {
    fn default() -> Self {
        Self::new(XmlPackaging::Enveloping { carried: Carried::default() })
    }
}

/// One thing to sign.
#[derive(Clone, Debug)]
pub struct DataObject {
    /// How a detached signature refers to it: a file name, percent-encoded where it must be, or another URI.
    pub uri: String,
    /// Its octets, or, for a detached signature, digests of them.
    pub content: Content,
    /// Its kind (xades:MimeType); the intent's where it is not given.
    pub mime_type: Option<String>,
}

impl DataObject {
    /// Octets without a name: for every packaging but the detached one.
    pub fn octets(octets: impl Into<Bytes>) -> Self {
        Self { uri: String::new(), content: Content::Bytes(octets.into()), mime_type: None }
    }

    /// Whether XML can hold what is written of it.
    pub(crate) fn check(&self) -> Result<(), XadesError> {
        let texts = [Some(self.uri.as_str()), self.mime_type.as_deref()];
        if texts.into_iter().flatten().all(is_text) {
            return Ok(());
        }
        Err(XadesError::Misuse { what: "a name or a MIME type has a character that XML cannot hold" })
    }

    /// A file by its name, which becomes a relative URI (RFC 3986, 2.1).
    pub fn file(name: &str, content: Content) -> Self {
        Self { uri: relative_uri(name), content, mime_type: None }
    }
}

/// A file name as a relative URI reference: a colon in its first segment would make it a scheme (RFC 3986, 4.2), so
/// that is encoded as well.
fn relative_uri(name: &str) -> String {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~/!$'()*+,;=@".contains(&octet);
    let mut uri = String::with_capacity(name.len());
    for octet in name.bytes() {
        match octet {
            octet if plain(octet) => uri.push(char::from(octet)),
            octet => uri.push_str(&format!("%{octet:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_uris() {
        assert_eq!(relative_uri("scan 1.jpg"), "scan%201.jpg");
        assert_eq!(relative_uri("./a/薬.pdf"), "./a/%E8%96%AC.pdf");
        assert_eq!(relative_uri("a:b#c?d%"), "a%3Ab%23c%3Fd%25");
    }
}
