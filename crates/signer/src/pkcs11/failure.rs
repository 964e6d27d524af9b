// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From CKR_* to what the user can do about it.

use cryptoki::error::{Error, RvError};
use keiin_model::SignerError;

/// Why a call failed. `call` is its name in the standard.
pub(super) fn failure(call: &'static str, error: &Error) -> SignerError {
    match error {
        Error::Pkcs11(rv, _) => refusal(call, *rv),
        other => SignerError::Device { call, reason: other.to_string() },
    }
}

pub(super) fn refusal(call: &'static str, rv: RvError) -> SignerError {
    match rv {
        RvError::PinIncorrect => SignerError::PinWrong,
        RvError::PinLocked => SignerError::PinLocked,
        // Pulling a card out closes its sessions (PKCS#11 v2.40, 5.6), so their handles go bad before the slot
        // is asked.
        RvError::DeviceRemoved
        | RvError::TokenNotPresent
        | RvError::TokenNotRecognized
        | RvError::SlotIdInvalid
        | RvError::SessionHandleInvalid
        | RvError::SessionClosed => SignerError::CardRemoved,
        other => SignerError::Device { call, reason: name(other) },
    }
}

/// `PinIncorrect` as the standard spells it: `CKR_PIN_INCORRECT`.
fn name(rv: RvError) -> String {
    match rv {
        RvError::VendorDefined(code) => return format!("CKR_VENDOR_DEFINED {code:#010x}"),
        RvError::UnknownErrorCode(code) => return format!("unknown CKR {code:#010x}"),
        _ => {}
    }
    let mut name = "CKR".to_owned();
    for c in format!("{rv:?}").chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_spelled_like_the_standard() {
        assert_eq!(name(RvError::GeneralError), "CKR_GENERAL_ERROR");
        assert_eq!(name(RvError::UserNotLoggedIn), "CKR_USER_NOT_LOGGED_IN");
        assert!(name(RvError::VendorDefined(0x8000_0001)).contains("0x80000001"));
        assert!(matches!(refusal("C_Sign", RvError::DeviceRemoved), SignerError::CardRemoved));
        assert!(matches!(
            refusal("C_Sign", RvError::FunctionFailed),
            SignerError::Device { call: "C_Sign", .. }
        ));
    }
}
