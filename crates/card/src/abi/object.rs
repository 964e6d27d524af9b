// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Objects and their attributes (PKCS#11 v2.40, 5.7).

use cryptoki_sys::*;

use super::{
    call,
    memory::{index, octets, put, ulong},
};

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
            // SAFETY: the C contract (top of `abi`): `template` has `count` attributes, each with room for
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
            // SAFETY: the C contract (top of `abi`).
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
            // SAFETY: the C contract (top of `abi`): there is room for `room` handles, and no more were
            // found.
            unsafe { list.add(i).write_unaligned(ulong(*object)) };
        }
        // SAFETY: the C contract (top of `abi`).
        unsafe { put(count, ulong(found.len())) }
    })
}

pub(super) unsafe extern "C" fn C_FindObjectsFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    call(|library| library.find_final(session))
}
