// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    keiin_xades::fuzzing::signatures(data);
    keiin_xades::fuzzing::expression(data);
});
