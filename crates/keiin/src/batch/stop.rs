// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which errors of one file end a whole batch.

use keiin_cades::CadesError;
use keiin_pades::{PadesError, appearance::AppearanceError};
use keiin_pki::signing::SigningError;

use crate::{Document, Error, FileError, model::Indication};

/// Whether an error would be every other file's too: the key, the certificate, the TSAs, the disk. A batch that goes on
/// regardless would use up PIN tries, or ask a server that is down a thousand times.
pub(super) const fn stops(error: &Error) -> bool {
    match error {
        Error::File(FileError::DiskFull { .. } | FileError::Write { .. })
        | Error::Signer(_)
        | Error::NoTimestamp(_)
        | Error::SignerCertificate
        | Error::CertificateExpired { .. }
        | Error::CertificateNotYetValid { .. }
        | Error::NoScheme
        | Error::AuthenticationCertificate => true,
        // The value is not by the certificate's key: the card is broken.
        Error::Cades { source, .. } | Error::Pdf { source: PadesError::Cms(source), .. } => {
            matches!(source, CadesError::Signing(SigningError::WrongValue(_)))
        }
        Error::Pdf { source: PadesError::Appearance(source), .. } => matches!(
            source,
            AppearanceError::Font(_) | AppearanceError::NoFont | AppearanceError::MissingGlyphs { .. }
        ),
        _ => false,
    }
}

/// Whether the one signature of a document will never be valid: the next file's would not either.
pub(super) fn is_hopeless(error: &Error, document: &Document) -> bool {
    matches!(error, Error::NotValid { indication: Indication::TotalFailed, .. })
        && document.signatures().len() == 1
}
