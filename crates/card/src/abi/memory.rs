// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Values across the border: what the caller lends, and where the caller wants an answer.

use std::slice;

use cryptoki_sys::*;

/// The octets that the caller lends.
///
/// # Safety
/// `data` is null or points to `len` readable octets for as long as `'a`.
pub(super) unsafe fn octets<'a>(data: *const CK_BYTE, len: CK_ULONG) -> Result<&'a [u8], CK_RV> {
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
pub(super) unsafe fn put<T>(place: *mut T, value: T) -> Result<(), CK_RV> {
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
pub(super) unsafe fn put_list<T: Copy>(
    values: &[T],
    list: *mut T,
    count: *mut CK_ULONG,
) -> Result<(), CK_RV> {
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

pub(super) fn ulong(value: usize) -> CK_ULONG {
    CK_ULONG::try_from(value).unwrap_or(CK_UNAVAILABLE_INFORMATION)
}

pub(super) fn index(handle: CK_ULONG) -> usize {
    usize::try_from(handle).unwrap_or(usize::MAX)
}

/// A text of fixed length, padded with blanks.
pub(super) fn padded<const N: usize>(text: &str) -> [CK_UTF8CHAR; N] {
    let mut field = [b' '; N];
    for (place, octet) in field.iter_mut().zip(text.bytes()) {
        *place = octet;
    }
    field
}
