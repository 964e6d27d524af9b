// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signing (PKCS#11 v2.40, 5.11).

use cryptoki_sys::*;

use super::{
    call,
    memory::{index, octets, put, ulong},
};

pub(super) unsafe extern "C" fn C_SignInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    call(|library| {
        if mechanism.is_null() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        // SAFETY: the C contract (top of `abi`).
        let mechanism = unsafe { mechanism.read_unaligned() };
        library.sign_init(session, mechanism.mechanism, index(key))
    })
}

/// Asking for the length, or with too little room, does not end the operation (PKCS#11 v2.40, 5.2).
pub(super) unsafe extern "C" fn C_Sign(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    len: CK_ULONG,
    signature: *mut CK_BYTE,
    room: *mut CK_ULONG,
) -> CK_RV {
    let mut delay = std::time::Duration::ZERO;
    let length = call(|library| {
        let size = ulong(library.signature_len(session)?);
        if room.is_null() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        // SAFETY: the C contract (top of `abi`).
        let had = unsafe { room.replace(size) };
        if !signature.is_null() && had < size {
            return Err(CKR_BUFFER_TOO_SMALL);
        }
        delay = library.delay(session);
        Ok(())
    });
    if length != CKR_OK || signature.is_null() {
        return length;
    }
    // Outside the lock: a slow card does not hold up the others.
    std::thread::sleep(delay);
    call(|library| {
        // SAFETY: the C contract (top of `abi`).
        let value = library.sign(session, unsafe { octets(data, len) }?)?;
        // SAFETY: the C contract; above it was seen that there is room.
        unsafe {
            signature.copy_from_nonoverlapping(value.as_ptr(), value.len());
            put(room, ulong(value.len()))
        }
    })
}
