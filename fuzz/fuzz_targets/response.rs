// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_tsp::Response;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = Response::read(data);
});
