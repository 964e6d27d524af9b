// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The C side (PKCS#11 v2.40, 5): pointers in, [`Library`] calls, pointers out. All unsafe code of the crate
//! is here.
//!
//! Every `unsafe` below rests on the one contract of the C interface: a pointer that the caller passes is null
//! or points to as many readable (or writable) values as the standard says for that argument, for the length of
//! the call. Null is checked; the rest cannot be.
#![allow(unsafe_code)]
#![allow(non_snake_case)] // the names are PKCS#11's

mod list;

use std::os::raw::c_void;
use std::slice;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki_sys::*;

use crate::library::Library;

static LIBRARY: Mutex<Option<Library>> = Mutex::new(None);

fn library() -> MutexGuard<'static, Option<Library>> {
    // A panic of one call leaves at worst one operation half done: the next call answers for itself.
    LIBRARY.lock().unwrap_or_else(PoisonError::into_inner)
}

fn call(body: impl FnOnce(&mut Library) -> Result<(), CK_RV>) -> CK_RV {
    match library().as_mut() {
        None => CKR_CRYPTOKI_NOT_INITIALIZED,
        Some(library) => body(library).err().unwrap_or(CKR_OK),
    }
}

/// The octets that the caller lends.
///
/// # Safety
/// `data` is null or points to `len` readable octets for as long as `'a`.
unsafe fn octets<'a>(data: *const CK_BYTE, len: CK_ULONG) -> Result<&'a [u8], CK_RV> {
    if data.is_null() {
        return if len == 0 { Ok(&[]) } else { Err(CKR_ARGUMENTS_BAD) };
    }
    let len = usize::try_from(len).map_err(|_| CKR_ARGUMENTS_BAD)?;
    // SAFETY: the caller's contract.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}

/// Writes one value where the caller wants it.
///
/// # Safety
/// `place` is null or may be written.
unsafe fn put<T>(place: *mut T, value: T) -> Result<(), CK_RV> {
    if place.is_null() {
        return Err(CKR_ARGUMENTS_BAD);
    }
    // SAFETY: the caller's contract; unaligned because Windows packs PKCS#11's structures.
    unsafe { place.write_unaligned(value) };
    Ok(())
}

/// Answers a list the way of PKCS#11 v2.40, 5.2: the count alone when `list` is null.
///
/// # Safety
/// `count` may be read and written; `list` is null or has room for `*count` values.
unsafe fn put_list<T: Copy>(values: &[T], list: *mut T, count: *mut CK_ULONG) -> Result<(), CK_RV> {
    if count.is_null() {
        return Err(CKR_ARGUMENTS_BAD);
    }
    let have = ulong(values.len());
    // SAFETY: the caller's contract.
    let room = unsafe { count.replace(have) };
    if list.is_null() {
        return Ok(());
    }
    if room < have {
        return Err(CKR_BUFFER_TOO_SMALL);
    }
    for (i, value) in values.iter().enumerate() {
        // SAFETY: there is room for `have` values, and `i` is less.
        unsafe { list.add(i).write_unaligned(*value) };
    }
    Ok(())
}

fn ulong(value: usize) -> CK_ULONG {
    CK_ULONG::try_from(value).unwrap_or(CK_UNAVAILABLE_INFORMATION)
}

fn index(handle: CK_ULONG) -> usize {
    usize::try_from(handle).unwrap_or(usize::MAX)
}

/// A text of fixed length, padded with blanks.
fn padded<const N: usize>(text: &str) -> [CK_UTF8CHAR; N] {
    let mut field = [b' '; N];
    for (place, octet) in field.iter_mut().zip(text.bytes()) {
        *place = octet;
    }
    field
}

const VERSION: CK_VERSION = CK_VERSION { major: 2, minor: 40 };

pub(super) unsafe extern "C" fn C_Initialize(_: *mut c_void) -> CK_RV {
    let mut library = library();
    if library.is_some() {
        return CKR_CRYPTOKI_ALREADY_INITIALIZED;
    }
    match Library::open() {
        Ok(open) => {
            *library = Some(open);
            CKR_OK
        }
        Err(rv) => rv,
    }
}

pub(super) unsafe extern "C" fn C_Finalize(_: *mut c_void) -> CK_RV {
    if library().take().is_some() { CKR_OK } else { CKR_CRYPTOKI_NOT_INITIALIZED }
}

pub(super) unsafe extern "C" fn C_GetInfo(info: *mut CK_INFO) -> CK_RV {
    call(|library| {
        let value = CK_INFO {
            cryptokiVersion: VERSION,
            manufacturerID: padded("keiin"),
            flags: 0,
            libraryDescription: padded(&library.description),
            libraryVersion: CK_VERSION { major: 3, minor: 0 },
        };
        // SAFETY: the C contract (top of the file).
        unsafe { put(info, value) }
    })
}

pub(super) unsafe extern "C" fn C_GetSlotList(
    present: CK_BBOOL,
    list: *mut CK_SLOT_ID,
    count: *mut CK_ULONG,
) -> CK_RV {
    call(|library| {
        let wanted = |slot: &crate::library::Slot| present == CK_FALSE || slot.token().is_some();
        let slots: Vec<_> = library
            .slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| wanted(slot))
            .map(|(id, _)| ulong(id))
            .collect();
        // SAFETY: the C contract (top of the file).
        unsafe { put_list(&slots, list, count) }
    })
}

pub(super) unsafe extern "C" fn C_GetSlotInfo(slot: CK_SLOT_ID, info: *mut CK_SLOT_INFO) -> CK_RV {
    call(|library| {
        let slot = library.slot(slot)?;
        let present = if slot.token().is_some() { CKF_TOKEN_PRESENT } else { 0 };
        let value = CK_SLOT_INFO {
            slotDescription: padded(&slot.name),
            manufacturerID: padded("keiin"),
            flags: CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | present,
            hardwareVersion: VERSION,
            firmwareVersion: VERSION,
        };
        // SAFETY: the C contract (top of the file).
        unsafe { put(info, value) }
    })
}

pub(super) unsafe extern "C" fn C_GetTokenInfo(slot: CK_SLOT_ID, info: *mut CK_TOKEN_INFO) -> CK_RV {
    call(|library| {
        let token = library.token(slot)?;
        if token.card.fault == crate::Fault::NotRecognized {
            return Err(CKR_TOKEN_NOT_RECOGNIZED);
        }
        let value = CK_TOKEN_INFO {
            label: padded(&token.card.label),
            manufacturerID: padded("keiin"),
            model: padded("ISO 7816-15:2016"),
            serialNumber: padded(&token.card.serial),
            flags: token.flags()?,
            ulMaxSessionCount: CK_EFFECTIVELY_INFINITE,
            ulSessionCount: CK_UNAVAILABLE_INFORMATION,
            ulMaxRwSessionCount: CK_EFFECTIVELY_INFINITE,
            ulRwSessionCount: CK_UNAVAILABLE_INFORMATION,
            ulMinPinLen: token.card.pin_length.0.into(),
            ulMaxPinLen: token.card.pin_length.1.into(),
            ulTotalPublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulTotalPrivateMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePrivateMemory: CK_UNAVAILABLE_INFORMATION,
            hardwareVersion: VERSION,
            firmwareVersion: VERSION,
            utcTime: padded(""),
        };
        // SAFETY: the C contract (top of the file).
        unsafe { put(info, value) }
    })
}

pub(super) unsafe extern "C" fn C_GetMechanismList(
    slot: CK_SLOT_ID,
    list: *mut CK_MECHANISM_TYPE,
    count: *mut CK_ULONG,
) -> CK_RV {
    call(|library| {
        let mechanisms = library.token(slot)?.mechanisms();
        // SAFETY: the C contract (top of the file).
        unsafe { put_list(&mechanisms, list, count) }
    })
}

pub(super) unsafe extern "C" fn C_GetMechanismInfo(
    slot: CK_SLOT_ID,
    mechanism: CK_MECHANISM_TYPE,
    info: *mut CK_MECHANISM_INFO,
) -> CK_RV {
    call(|library| {
        let token = library.token(slot)?;
        if !token.mechanisms().contains(&mechanism) {
            return Err(CKR_MECHANISM_INVALID);
        }
        let bits = token.key.rsa_public().map_or(256, |(modulus, _)| ulong(modulus.len() * 8));
        let value = CK_MECHANISM_INFO { ulMinKeySize: bits, ulMaxKeySize: bits, flags: CKF_HW | CKF_SIGN };
        // SAFETY: the C contract (top of the file).
        unsafe { put(info, value) }
    })
}

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
        // SAFETY: the C contract (top of the file).
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
        // SAFETY: the C contract (top of the file).
        unsafe { put(info, value) }
    })
}

pub(super) unsafe extern "C" fn C_Login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut CK_UTF8CHAR,
    len: CK_ULONG,
) -> CK_RV {
    // SAFETY: the C contract (top of the file).
    call(|library| library.login(session, user, unsafe { octets(pin, len) }?))
}

pub(super) unsafe extern "C" fn C_Logout(session: CK_SESSION_HANDLE) -> CK_RV {
    call(|library| library.logout(session))
}

/// PKCS#11 v2.40, 5.7 C_GetAttributeValue: every attribute is answered, and the last trouble is the return
/// value.
pub(super) unsafe extern "C" fn C_GetAttributeValue(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    call(|library| {
        if template.is_null() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        let object = library.object(session, index(object))?;
        let mut answer = Ok(());
        for i in 0..index(count) {
            // SAFETY: the C contract (top of the file): `template` has `count` attributes, each with room for
            // what it says.
            let one = unsafe {
                let place = template.add(i);
                let mut attribute = place.read_unaligned();
                let kind = attribute.type_;
                let one = fill(&mut attribute, object.attribute(kind));
                place.write_unaligned(attribute);
                one
            };
            answer = answer.and(one);
        }
        answer
    })
}

/// # Safety
/// `attribute.pValue` is null or has room for `attribute.ulValueLen` octets.
unsafe fn fill(attribute: &mut CK_ATTRIBUTE, value: Result<&[u8], CK_RV>) -> Result<(), CK_RV> {
    let room = attribute.ulValueLen; // no reference into it: Windows packs the structure
    attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    let value = value?;
    if !attribute.pValue.is_null() {
        if room < ulong(value.len()) {
            return Err(CKR_BUFFER_TOO_SMALL);
        }
        // SAFETY: there is room, and a caller's buffer does not overlap our value.
        unsafe { attribute.pValue.cast::<u8>().copy_from_nonoverlapping(value.as_ptr(), value.len()) };
    }
    attribute.ulValueLen = ulong(value.len());
    Ok(())
}

pub(super) unsafe extern "C" fn C_FindObjectsInit(
    session: CK_SESSION_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    call(|library| {
        if template.is_null() && count > 0 {
            return Err(CKR_ARGUMENTS_BAD);
        }
        let mut wanted = Vec::new();
        for i in 0..index(count) {
            // SAFETY: the C contract (top of the file).
            let value = unsafe {
                let attribute = template.add(i).read_unaligned();
                (attribute.type_, octets(attribute.pValue.cast(), attribute.ulValueLen)?.to_vec())
            };
            wanted.push(value);
        }
        library.find_init(session, &wanted)
    })
}

pub(super) unsafe extern "C" fn C_FindObjects(
    session: CK_SESSION_HANDLE,
    list: *mut CK_OBJECT_HANDLE,
    room: CK_ULONG,
    count: *mut CK_ULONG,
) -> CK_RV {
    call(|library| {
        if list.is_null() || count.is_null() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        let found = library.find(session, index(room))?;
        for (i, object) in found.iter().enumerate() {
            // SAFETY: the C contract (top of the file): there is room for `room` handles, and no more were
            // found.
            unsafe { list.add(i).write_unaligned(ulong(*object)) };
        }
        // SAFETY: the C contract (top of the file).
        unsafe { put(count, ulong(found.len())) }
    })
}

pub(super) unsafe extern "C" fn C_FindObjectsFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    call(|library| library.find_final(session))
}

pub(super) unsafe extern "C" fn C_SignInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    call(|library| {
        if mechanism.is_null() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        // SAFETY: the C contract (top of the file).
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
        // SAFETY: the C contract (top of the file).
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
        // SAFETY: the C contract (top of the file).
        let value = library.sign(session, unsafe { octets(data, len) }?)?;
        // SAFETY: the C contract; above it was seen that there is room.
        unsafe {
            signature.copy_from_nonoverlapping(value.as_ptr(), value.len());
            put(room, ulong(value.len()))
        }
    })
}
