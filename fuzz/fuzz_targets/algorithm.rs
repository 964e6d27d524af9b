// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_pki::algorithm::{read_digest_algorithm, read_signature_algorithm};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = (read_signature_algorithm(data, None), read_digest_algorithm(data));
    let _ = keiin_pki::key::PublicKey::read(data);
});
