// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_pki::ocsp::OcspResponse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = OcspResponse::read(data);
});
