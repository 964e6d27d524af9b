// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The C side (PKCS#11 v2.40, 5): pointers in, [`Library`] calls, pointers out. All unsafe code of the crate
//! is here and below.
//!
//! Every `unsafe` below rests on the one contract of the C interface: a pointer that the caller passes is null
//! or points to as many readable (or writable) values as the standard says for that argument, for the length of
//! the call. Null is checked; the rest cannot be.
#![allow(unsafe_code)]
#![allow(non_snake_case)] // the names are PKCS#11's

mod list;
mod memory;
mod object;
mod session;
mod sign;

use std::os::raw::c_void;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki_sys::*;

use self::memory::{padded, put, put_list, ulong};
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
        // SAFETY: the C contract (top of `abi`).
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
        // SAFETY: the C contract (top of `abi`).
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
        // SAFETY: the C contract (top of `abi`).
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
        // SAFETY: the C contract (top of `abi`).
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
        // SAFETY: the C contract (top of `abi`).
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
        // SAFETY: the C contract (top of `abi`).
        unsafe { put(info, value) }
    })
}
