// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The C side (PKCS#11 v2.40, 5): pointers in, [`Library`] calls, pointers out. All unsafe code of the crate is here.
//!
//! Every `unsafe` below rests on the one contract of the C interface: a pointer that the caller passes is null or points
//! to as many readable (or writable) values as the standard says for that argument, for the length of the call. Null is
//! checked; the rest cannot be.
#![allow(unsafe_code)]
#![allow(non_snake_case)] // the names are PKCS#11's

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

unsafe extern "C" fn C_Initialize(_: *mut c_void) -> CK_RV {
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

unsafe extern "C" fn C_Finalize(_: *mut c_void) -> CK_RV {
    if library().take().is_some() { CKR_OK } else { CKR_CRYPTOKI_NOT_INITIALIZED }
}

unsafe extern "C" fn C_GetInfo(info: *mut CK_INFO) -> CK_RV {
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

unsafe extern "C" fn C_GetSlotList(present: CK_BBOOL, list: *mut CK_SLOT_ID, count: *mut CK_ULONG) -> CK_RV {
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

unsafe extern "C" fn C_GetSlotInfo(slot: CK_SLOT_ID, info: *mut CK_SLOT_INFO) -> CK_RV {
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

unsafe extern "C" fn C_GetTokenInfo(slot: CK_SLOT_ID, info: *mut CK_TOKEN_INFO) -> CK_RV {
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

unsafe extern "C" fn C_GetMechanismList(
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

unsafe extern "C" fn C_GetMechanismInfo(
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

unsafe extern "C" fn C_OpenSession(
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

unsafe extern "C" fn C_CloseSession(session: CK_SESSION_HANDLE) -> CK_RV {
    call(|library| library.close_session(session))
}

unsafe extern "C" fn C_CloseAllSessions(slot: CK_SLOT_ID) -> CK_RV {
    call(|library| library.close_all_sessions(slot))
}

unsafe extern "C" fn C_GetSessionInfo(session: CK_SESSION_HANDLE, info: *mut CK_SESSION_INFO) -> CK_RV {
    call(|library| {
        let slot = library.slot_of(session)?;
        let state =
            if library.token(slot)?.logged_in { CKS_RO_USER_FUNCTIONS } else { CKS_RO_PUBLIC_SESSION };
        let value = CK_SESSION_INFO { slotID: slot, state, flags: CKF_SERIAL_SESSION, ulDeviceError: 0 };
        // SAFETY: the C contract (top of the file).
        unsafe { put(info, value) }
    })
}

unsafe extern "C" fn C_Login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut CK_UTF8CHAR,
    len: CK_ULONG,
) -> CK_RV {
    // SAFETY: the C contract (top of the file).
    call(|library| library.login(session, user, unsafe { octets(pin, len) }?))
}

unsafe extern "C" fn C_Logout(session: CK_SESSION_HANDLE) -> CK_RV {
    call(|library| library.logout(session))
}

/// PKCS#11 v2.40, 5.7 C_GetAttributeValue: every attribute is answered, and the last trouble is the return value.
unsafe extern "C" fn C_GetAttributeValue(
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
            // SAFETY: the C contract (top of the file): `template` has `count` attributes, each with room for what it says.
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
    let room = std::mem::replace(&mut attribute.ulValueLen, CK_UNAVAILABLE_INFORMATION);
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

unsafe extern "C" fn C_FindObjectsInit(
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

unsafe extern "C" fn C_FindObjects(
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
            // SAFETY: the C contract (top of the file): there is room for `room` handles, and no more were found.
            unsafe { list.add(i).write_unaligned(ulong(*object)) };
        }
        // SAFETY: the C contract (top of the file).
        unsafe { put(count, ulong(found.len())) }
    })
}

unsafe extern "C" fn C_FindObjectsFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    call(|library| library.find_final(session))
}

unsafe extern "C" fn C_SignInit(
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
unsafe extern "C" fn C_Sign(
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

/// The functions that an HPKI module does not have: present, as PKCS#11 v2.40, 5.1 wants it, and refusing.
macro_rules! unsupported {
    ($($name:ident($($argument:ty),*);)*) => {
        $(unsafe extern "C" fn $name($(_: $argument),*) -> CK_RV { CKR_FUNCTION_NOT_SUPPORTED })*
    };
}

unsupported! {
    C_InitToken(CK_SLOT_ID, *mut CK_UTF8CHAR, CK_ULONG, *mut CK_UTF8CHAR);
    C_InitPIN(CK_SESSION_HANDLE, *mut CK_UTF8CHAR, CK_ULONG);
    C_SetPIN(CK_SESSION_HANDLE, *mut CK_UTF8CHAR, CK_ULONG, *mut CK_UTF8CHAR, CK_ULONG);
    C_GetOperationState(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG);
    C_SetOperationState(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE);
    C_CreateObject(CK_SESSION_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE);
    C_CopyObject(CK_SESSION_HANDLE, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE);
    C_DestroyObject(CK_SESSION_HANDLE, CK_OBJECT_HANDLE);
    C_GetObjectSize(CK_SESSION_HANDLE, CK_OBJECT_HANDLE, *mut CK_ULONG);
    C_SetAttributeValue(CK_SESSION_HANDLE, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG);
    C_EncryptInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE);
    C_Encrypt(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_EncryptUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_EncryptFinal(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG);
    C_DecryptInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE);
    C_Decrypt(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_DecryptUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_DecryptFinal(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG);
    C_DigestInit(CK_SESSION_HANDLE, *mut CK_MECHANISM);
    C_Digest(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_DigestUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG);
    C_DigestKey(CK_SESSION_HANDLE, CK_OBJECT_HANDLE);
    C_DigestFinal(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG);
    C_SignUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG);
    C_SignFinal(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG);
    C_SignRecoverInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE);
    C_SignRecover(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_VerifyInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE);
    C_Verify(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, CK_ULONG);
    C_VerifyUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG);
    C_VerifyFinal(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG);
    C_VerifyRecoverInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE);
    C_VerifyRecover(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_DigestEncryptUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_DecryptDigestUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_SignEncryptUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_DecryptVerifyUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG);
    C_GenerateKey(CK_SESSION_HANDLE, *mut CK_MECHANISM, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE);
    C_GenerateKeyPair(CK_SESSION_HANDLE, *mut CK_MECHANISM, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE, *mut CK_OBJECT_HANDLE);
    C_WrapKey(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE, *mut CK_BYTE, *mut CK_ULONG);
    C_UnwrapKey(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE);
    C_DeriveKey(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE);
    C_SeedRandom(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG);
    C_GenerateRandom(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG);
    C_GetFunctionStatus(CK_SESSION_HANDLE);
    C_CancelFunction(CK_SESSION_HANDLE);
    C_WaitForSlotEvent(CK_FLAGS, *mut CK_SLOT_ID, *mut c_void);
}

static FUNCTIONS: CK_FUNCTION_LIST = CK_FUNCTION_LIST {
    version: VERSION,
    C_Initialize: Some(C_Initialize),
    C_Finalize: Some(C_Finalize),
    C_GetInfo: Some(C_GetInfo),
    C_GetFunctionList: Some(C_GetFunctionList),
    C_GetSlotList: Some(C_GetSlotList),
    C_GetSlotInfo: Some(C_GetSlotInfo),
    C_GetTokenInfo: Some(C_GetTokenInfo),
    C_GetMechanismList: Some(C_GetMechanismList),
    C_GetMechanismInfo: Some(C_GetMechanismInfo),
    C_InitToken: Some(C_InitToken),
    C_InitPIN: Some(C_InitPIN),
    C_SetPIN: Some(C_SetPIN),
    C_OpenSession: Some(C_OpenSession),
    C_CloseSession: Some(C_CloseSession),
    C_CloseAllSessions: Some(C_CloseAllSessions),
    C_GetSessionInfo: Some(C_GetSessionInfo),
    C_GetOperationState: Some(C_GetOperationState),
    C_SetOperationState: Some(C_SetOperationState),
    C_Login: Some(C_Login),
    C_Logout: Some(C_Logout),
    C_CreateObject: Some(C_CreateObject),
    C_CopyObject: Some(C_CopyObject),
    C_DestroyObject: Some(C_DestroyObject),
    C_GetObjectSize: Some(C_GetObjectSize),
    C_GetAttributeValue: Some(C_GetAttributeValue),
    C_SetAttributeValue: Some(C_SetAttributeValue),
    C_FindObjectsInit: Some(C_FindObjectsInit),
    C_FindObjects: Some(C_FindObjects),
    C_FindObjectsFinal: Some(C_FindObjectsFinal),
    C_EncryptInit: Some(C_EncryptInit),
    C_Encrypt: Some(C_Encrypt),
    C_EncryptUpdate: Some(C_EncryptUpdate),
    C_EncryptFinal: Some(C_EncryptFinal),
    C_DecryptInit: Some(C_DecryptInit),
    C_Decrypt: Some(C_Decrypt),
    C_DecryptUpdate: Some(C_DecryptUpdate),
    C_DecryptFinal: Some(C_DecryptFinal),
    C_DigestInit: Some(C_DigestInit),
    C_Digest: Some(C_Digest),
    C_DigestUpdate: Some(C_DigestUpdate),
    C_DigestKey: Some(C_DigestKey),
    C_DigestFinal: Some(C_DigestFinal),
    C_SignInit: Some(C_SignInit),
    C_Sign: Some(C_Sign),
    C_SignUpdate: Some(C_SignUpdate),
    C_SignFinal: Some(C_SignFinal),
    C_SignRecoverInit: Some(C_SignRecoverInit),
    C_SignRecover: Some(C_SignRecover),
    C_VerifyInit: Some(C_VerifyInit),
    C_Verify: Some(C_Verify),
    C_VerifyUpdate: Some(C_VerifyUpdate),
    C_VerifyFinal: Some(C_VerifyFinal),
    C_VerifyRecoverInit: Some(C_VerifyRecoverInit),
    C_VerifyRecover: Some(C_VerifyRecover),
    C_DigestEncryptUpdate: Some(C_DigestEncryptUpdate),
    C_DecryptDigestUpdate: Some(C_DecryptDigestUpdate),
    C_SignEncryptUpdate: Some(C_SignEncryptUpdate),
    C_DecryptVerifyUpdate: Some(C_DecryptVerifyUpdate),
    C_GenerateKey: Some(C_GenerateKey),
    C_GenerateKeyPair: Some(C_GenerateKeyPair),
    C_WrapKey: Some(C_WrapKey),
    C_UnwrapKey: Some(C_UnwrapKey),
    C_DeriveKey: Some(C_DeriveKey),
    C_SeedRandom: Some(C_SeedRandom),
    C_GenerateRandom: Some(C_GenerateRandom),
    C_GetFunctionStatus: Some(C_GetFunctionStatus),
    C_CancelFunction: Some(C_CancelFunction),
    C_WaitForSlotEvent: Some(C_WaitForSlotEvent),
};

/// The one symbol of the library (PKCS#11 v2.40, 5.4 C_GetFunctionList).
///
/// # Safety
/// `list` is null or may be written.
#[unsafe(no_mangle)]
unsafe extern "C" fn C_GetFunctionList(list: *mut *mut CK_FUNCTION_LIST) -> CK_RV {
    // SAFETY: the C contract (top of the file). The list is never written, though its type lets a caller try.
    unsafe { put(list, (&raw const FUNCTIONS).cast_mut()) }.err().unwrap_or(CKR_OK)
}
