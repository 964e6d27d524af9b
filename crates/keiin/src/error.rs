// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why something could not be done. Verdicts are not errors: they are in the report.

use std::path::PathBuf;

use keiin_cades::CadesError;
use keiin_pades::PadesError;
use keiin_pki::signing::SigningError;
use keiin_tsp::TspError;
use keiin_xades::{XadesError, XmlError};

use crate::{
    FontError,
    batch::BatchError,
    content::ContentError,
    file::FileError,
    model::{ContainerError, Indication, NextAction, ObjectId, SignerError, SubIndication, Time},
    recognise::FileKind,
    trust::TrustError,
    tsa::NoTimestamp,
};

/// Whose fault it is: what the user can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The file is broken or foreign.
    Malformed,
    /// The call does not fit what is there.
    Misuse,
    /// A stated limit was reached.
    Limit,
    /// The disk, the card, the TSA or the network.
    Environment,
    /// Nobody: it cannot be done yet, or the verdict stands against it.
    Verdict,
}

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A folder of files to sign.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The font of a visible signature.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The content.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The file is not one that keiin reads.
    #[error("{}{}", named(name.as_deref()), foreign(*kind))]
    Foreign {
        /// The file, when it is one.
        name: Option<PathBuf>,
        /// What it is.
        kind: FileKind,
    },
    /// The signature is broken in a way that it cannot be read.
    #[error("{}{source}", named(name.as_deref()))]
    Cades {
        /// The file, when it is one.
        name: Option<PathBuf>,
        /// Why.
        source: CadesError,
    },
    /// The PDF cannot be read.
    #[error("{}{source}", named(name.as_deref()))]
    Pdf {
        /// The file, when it is one.
        name: Option<PathBuf>,
        /// Why.
        source: PadesError,
    },
    /// The XML cannot be read.
    #[error("{}{source}", named(name.as_deref()))]
    Xml {
        /// The file, when it is one.
        name: Option<PathBuf>,
        /// Why.
        source: XadesError,
    },
    /// The time-stamp token cannot be read.
    #[error("{}{source}", named(name.as_deref()))]
    Token {
        /// The file, when it is one.
        name: Option<PathBuf>,
        /// Why.
        source: TspError,
    },
    /// A container could not take a change.
    #[error(transparent)]
    Container(#[from] ContainerError),
    /// The key or card.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// Trust anchors.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The algorithm table.
    #[error("{}: {reason}", path.display())]
    AlgorithmTable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// There is no preset of that name.
    #[error("there is no policy preset {name:?}")]
    NoSuchPreset {
        /// The name.
        name: String,
    },
    /// No TSA gave a time-stamp.
    #[error(transparent)]
    NoTimestamp(#[from] NoTimestamp),
    /// The signer's certificate cannot be read.
    #[error("the signer's certificate cannot be read")]
    SignerCertificate,
    /// The signer's certificate has ended (JAHIS 6.8 (3)(b)).
    #[error("the signer's certificate ended on {not_after}; nobody signs with an expired certificate")]
    CertificateExpired {
        /// When.
        not_after: Time,
    },
    /// The signer's certificate has not begun.
    #[error("the signer's certificate begins on {not_before}")]
    CertificateNotYetValid {
        /// When.
        not_before: Time,
    },
    /// The form is not signed by holders of this licence.
    #[error("this form is signed by {}, and this certificate is of {}", wanted.join(" or "), licences(found))]
    WrongRole {
        /// The licences that may sign it.
        wanted: Vec<String>,
        /// Those that the certificate states.
        found: Vec<String>,
    },
    /// The format signs one content.
    #[error("a CAdES signature is over one file; XAdES signs several")]
    OneContent,
    /// None of the key's schemes is good for new signatures.
    #[error("the key offers no scheme that is good for new signatures")]
    NoScheme,
    /// The certificate is for authentication.
    #[error("this certificate is for authentication, not for signing (its keyUsage lacks nonRepudiation)")]
    AuthenticationCertificate,
    /// The document is a time-stamp token, and a signature is needed.
    #[error("this is a time-stamp token; only a signature can be extended")]
    NotASignature,
    /// The document is a PDF, and something was asked for that only a CMS in a file of its own has.
    #[error(
        "this is a PDF: its signatures are not counter-signed, and another is put in by signing it again"
    )]
    NotACms,
    /// The document is no PDF, and a signature inside one was asked for.
    #[error("a PAdES signature goes into a PDF, and this is none")]
    NotAPdf,
    /// There is no archive time-stamp to renew.
    #[error("signature {signature} has no archive time-stamp yet: extend it to ES-A first")]
    NothingToRenew {
        /// Which.
        signature: ObjectId,
    },
    /// It cannot be done yet; the actions say what is missing and from when it can be had.
    #[error("not yet: {}", waiting(next))]
    Waiting {
        /// Which signature.
        signature: ObjectId,
        /// Why.
        sub_indication: Option<SubIndication>,
        /// What to do and when.
        next: Vec<NextAction>,
    },
    /// The verdict stands against it.
    #[error("signature {signature} is {indication:?} ({sub_indication:?}); it is not carried on")]
    NotValid {
        /// Which signature.
        signature: ObjectId,
        /// The verdict.
        indication: Indication,
        /// Why.
        sub_indication: Option<SubIndication>,
        /// What can be done.
        next: Vec<NextAction>,
    },
}

impl From<CadesError> for Error {
    fn from(source: CadesError) -> Self {
        Self::Cades { name: None, source }
    }
}

impl From<XadesError> for Error {
    fn from(source: XadesError) -> Self {
        Self::Xml { name: None, source }
    }
}

impl Error {
    /// Whose fault it is.
    pub const fn blame(&self) -> Blame {
        match self {
            Self::File(error) | Self::Content(ContentError::File(error)) => file_blame(error),
            Self::Trust(TrustError::File(error)) | Self::Font(FontError::File(error)) => file_blame(error),
            Self::Batch(BatchError::TooManyFiles { .. }) => Blame::Limit,
            Self::Batch(BatchError::Busy { .. }) => Blame::Environment,
            Self::Cades { source, .. } => cades_blame(source),
            Self::Container(ContainerError::Limit { .. }) => Blame::Limit,
            Self::Token { source: TspError::Limit(_) | TspError::ResponseTooLong { .. }, .. } => Blame::Limit,
            Self::Pdf { source, .. } => pdf_blame(source),
            Self::Xml { source, .. } => xades_blame(source),
            Self::Foreign { .. } | Self::Token { .. } => Blame::Malformed,
            Self::Container(ContainerError::Malformed { .. }) => Blame::Malformed,
            Self::Container(ContainerError::Token { .. }) | Self::NoTimestamp(_) | Self::Signer(_) => {
                Blame::Environment
            }
            Self::Waiting { .. } | Self::NotValid { .. } => Blame::Verdict,
            _ => Blame::Misuse,
        }
    }

    /// The same error with the name of the file in it.
    pub(crate) fn in_file(mut self, path: &std::path::Path) -> Self {
        if let Self::Foreign { name, .. }
        | Self::Cades { name, .. }
        | Self::Pdf { name, .. }
        | Self::Xml { name, .. }
        | Self::Token { name, .. } = &mut self
        {
            *name = Some(path.to_owned());
        }
        self
    }
}

const fn cades_blame(error: &CadesError) -> Blame {
    match error {
        CadesError::Structure(_) | CadesError::Limit { .. } => Blame::Limit,
        CadesError::Malformed(_) | CadesError::Token(_) => Blame::Malformed,
        CadesError::Signing(error) => signing_blame(error),
        _ => Blame::Misuse,
    }
}

const fn signing_blame(error: &SigningError) -> Blame {
    match error {
        SigningError::Certificate(_) => Blame::Malformed,
        // A value that is not by the certificate's key comes from a card or a service that went wrong.
        SigningError::WrongValue(_) => Blame::Environment,
        _ => Blame::Misuse,
    }
}

const fn xades_blame(error: &XadesError) -> Blame {
    match error {
        XadesError::Xml(XmlError::Limit { .. }) => Blame::Limit,
        XadesError::Xml(_) => Blame::Malformed,
        XadesError::Signing(error) => signing_blame(error),
        _ => Blame::Misuse,
    }
}

const fn pdf_blame(error: &PadesError) -> Blame {
    match error {
        PadesError::Limit { .. } => Blame::Limit,
        PadesError::Unread(_) => Blame::Environment,
        PadesError::NotAPdf
        | PadesError::NoCatalog
        | PadesError::Malformed { .. }
        | PadesError::BrokenReference
        | PadesError::Signature { .. } => Blame::Malformed,
        PadesError::Cms(source) => cades_blame(source),
        _ => Blame::Misuse,
    }
}

const fn file_blame(error: &FileError) -> Blame {
    match error {
        FileError::TooLarge { .. } => Blame::Limit,
        FileError::Missing { .. }
        | FileError::Directory { .. }
        | FileError::Exists { .. }
        | FileError::Special { .. }
        | FileError::NoFolder { .. } => Blame::Misuse,
        _ => Blame::Environment,
    }
}

fn licences(found: &[String]) -> String {
    if found.is_empty() { "nobody with a licence".to_owned() } else { found.join(", ") }
}

fn named(name: Option<&std::path::Path>) -> String {
    name.map(|path| format!("{}: ", path.display())).unwrap_or_default()
}

const fn foreign(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Empty => "the file is empty",
        FileKind::Truncated => "the file is cut off in the middle: fetch or copy it again",
        FileKind::Xml => "this is XML, not a signature file",
        FileKind::Pdf => "this is a PDF, not a signature file",
        FileKind::Zip => "this is a ZIP or office file, not a signature",
        FileKind::Pem => "this is PEM text, and DER is needed",
        FileKind::PrivateKey => "this is a private key, not a signature",
        FileKind::Certificate => "this is a certificate, not a signature",
        FileKind::Crl => "this is a CRL, not a signature",
        FileKind::Pkcs12 => "this is a PKCS#12 key file, not a signature",
        FileKind::OtherCms => "this is a CMS without signatures",
        FileKind::OtherDer => "this is DER of another kind, not a signature",
        _ => "this is not a signature",
    }
}

fn waiting(next: &[NextAction]) -> String {
    let Some(action) = next.first() else { return "the evidence is not complete".to_owned() };
    match action.not_before {
        Some(time) => format!("{:?} issued after {time} will settle it", action.step),
        None => format!("{:?}", action.step),
    }
}
