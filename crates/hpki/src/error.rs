// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What can be wrong with the parts of a certificate that HPKI adds.

use keiin_pki::der::DerError;

/// Why something of HPKI could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HpkiError {
    /// subjectDirectoryAttributes or the hcRole in it is malformed.
    #[error("hcRole is malformed: {0}")]
    MalformedRole(#[from] DerError),
}
