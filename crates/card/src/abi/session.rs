// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Sessions and the PIN (PKCS#11 v2.40, 5.6).

use std::os::raw::c_void;

use cryptoki_sys::*;

use super::{
    call,
    memory::{octets, put},
};

pub(super) unsafe extern "C" fn C_OpenSession(
    slot: CK_SLOT_ID,
    flags: CK_FLAGS,
    _: *mut c_void,
    _: CK_NOTIFY,
    session: *mut CK_SESSION_HANDLE,
) -> CK_RV {
    call(|library| {
        if flags & CKF_SERIAL_SESSION == 0 {
            return Err(CKR_SESSION_PARALLEL_NOT_SUPPORTED);
        }
        if flags & CKF_RW_SESSION != 0 {
            return Err(CKR_TOKEN_WRITE_PROTECTED);
        }
        let handle = library.open_session(slot)?;
        // SAFETY: the C contract (top of `abi`).
        unsafe { put(session, handle) }
    })
}

pub(super) unsafe extern "C" fn C_CloseSession(session: CK_SESSION_HANDLE) -> CK_RV {
    call(|library| library.close_session(session))
}

pub(super) unsafe extern "C" fn C_CloseAllSessions(slot: CK_SLOT_ID) -> CK_RV {
    call(|library| library.close_all_sessions(slot))
}

pub(super) unsafe extern "C" fn C_GetSessionInfo(
    session: CK_SESSION_HANDLE,
    info: *mut CK_SESSION_INFO,
) -> CK_RV {
    call(|library| {
        let slot = library.slot_of(session)?;
        let state =
            if library.token(slot)?.logged_in { CKS_RO_USER_FUNCTIONS } else { CKS_RO_PUBLIC_SESSION };
        let value = CK_SESSION_INFO { slotID: slot, state, flags: CKF_SERIAL_SESSION, ulDeviceError: 0 };
        // SAFETY: the C contract (top of `abi`).
        unsafe { put(info, value) }
    })
}

pub(super) unsafe extern "C" fn C_Login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut CK_UTF8CHAR,
    len: CK_ULONG,
) -> CK_RV {
    // SAFETY: the C contract (top of `abi`).
    call(|library| library.login(session, user, unsafe { octets(pin, len) }?))
}

pub(super) unsafe extern "C" fn C_Logout(session: CK_SESSION_HANDLE) -> CK_RV {
    call(|library| library.logout(session))
}
