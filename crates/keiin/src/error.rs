// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why something could not be done. Verdicts are not errors: they are in the report.

use std::path::PathBuf;

use keiin_cades::CadesError;
use keiin_pades::PadesError;
use keiin_tsp::TspError;

use crate::{
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
    /// None of the key's schemes is good for new signatures.
    #[error("the key offers no scheme that is good for new signatures")]
    NoScheme,
    /// The certificate is for authentication.
    #[error("this certificate is for authentication, not for signing (its keyUsage lacks nonRepudiation)")]
    AuthenticationCertificate,
    /// The document is a time-stamp token, and a signature is needed.
    #[error("this is a time-stamp token; only a signature can be extended")]
    NotASignature,
    /// The document is a PDF, and a change was asked for.
    #[error("this is a PDF; signatures in PDFs are read and verified, but not extended or renewed yet")]
    PdfIsReadOnly,
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

impl Error {
    /// Whose fault it is.
    pub const fn blame(&self) -> Blame {
        match self {
            Self::File(error) | Self::Content(ContentError::File(error)) => file_blame(error),
            Self::Trust(TrustError::File(error)) => file_blame(error),
            Self::Cades { source, .. } => cades_blame(source),
            Self::Container(ContainerError::Limit { .. }) => Blame::Limit,
            Self::Token { source: TspError::Limit(_) | TspError::ResponseTooLong { .. }, .. } => Blame::Limit,
            Self::Pdf { source: PadesError::Limit { .. }, .. } => Blame::Limit,
            Self::Pdf { source: PadesError::Unread(_), .. } => Blame::Environment,
            Self::Pdf { source: PadesError::Password | PadesError::Encryption { .. }, .. } => Blame::Misuse,
            Self::Foreign { .. } | Self::Token { .. } | Self::Pdf { .. } => Blame::Malformed,
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
        // A value that is not by the certificate's key comes from a card or a service that went wrong.
        CadesError::WrongValue(_) => Blame::Environment,
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

fn named(name: Option<&std::path::Path>) -> String {
    name.map(|path| format!("{}: ", path.display())).unwrap_or_default()
}

const fn foreign(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Empty => "the file is empty",
        FileKind::Truncated => "the file is cut off in the middle: fetch or copy it again",
        FileKind::Xml => "this is XML; XML signatures (XAdES) are not read yet",
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
