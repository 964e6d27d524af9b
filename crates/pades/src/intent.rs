// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a signer chooses for a signature in a PDF beside what goes into its CMS.

use serde::{Deserialize, Serialize};

use crate::Visible;

/// Where a signature goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldChoice {
    /// The empty signature field of the form when there is exactly one, a new field when there is none. Of several one must
    /// be named.
    #[default]
    Free,
    /// A new field with the first free name.
    New,
    /// The field of this full name; a new one when there is none of it.
    Named(String),
}

/// What may be done to the document after a certification signature (ISO 32000-1, table 254).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certification {
    /// An approval signature, which certifies nothing.
    #[default]
    None,
    /// Nothing (P 1). What makes signatures last may still be added.
    NoChanges,
    /// Forms may be filled in and signed (P 2).
    FormFilling,
    /// As well, annotations may be made (P 3).
    Annotations,
}

/// Which form fields no longer change once this signature is made (ISO 32000-1, 12.8.2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lock {
    /// None but those that the field itself says.
    #[default]
    None,
    /// All.
    All,
    /// These.
    Include(Vec<String>),
    /// All but these.
    Exclude(Vec<String>),
}

/// Octets of /Contents that are kept free for what comes into the CMS later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reserve {
    /// Enough for a signature-time-stamp as TSAs make it.
    #[default]
    Timestamp,
    /// None: a time-stamp will go into a revision of its own.
    Nothing,
    /// So many.
    Octets(usize),
}

/// Everything that is the signer's choice in the PDF. The default is an invisible approval signature.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PadesIntent {
    /// Where it goes.
    #[serde(default)]
    pub field: FieldChoice,
    /// /Reason. Not beside a commitment or a policy in the CMS (EN 319 142-1, 6.3, requirements d and m).
    #[serde(default)]
    pub reason: Option<String>,
    /// /Location.
    #[serde(default)]
    pub location: Option<String>,
    /// /ContactInfo.
    #[serde(default)]
    pub contact: Option<String>,
    /// What is seen of it. This is painted when the signature is laid out, and does not serialise.
    #[serde(skip)]
    pub visible: Option<Visible>,
    /// In which zone /M is written: minutes east of UTC.
    #[serde(default)]
    pub zone: i16,
    /// Whether it certifies the document.
    #[serde(default)]
    pub certification: Certification,
    /// What it locks.
    #[serde(default)]
    pub lock: Lock,
    /// What is kept free behind the CMS.
    #[serde(default)]
    pub reserve: Reserve,
}

impl Certification {
    /// /P of the transform parameters.
    pub(crate) const fn permission(self) -> Option<i64> {
        match self {
            Self::None => None,
            Self::NoChanges => Some(1),
            Self::FormFilling => Some(2),
            Self::Annotations => Some(3),
        }
    }
}
