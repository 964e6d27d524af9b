// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_cades::Cades;
use libfuzzer_sys::fuzz_target;

// Reading never changes an octet.
fuzz_target!(|data: &[u8]| {
    if let Ok(cades) = Cades::read(data.to_vec(), None) {
        assert_eq!(cades.as_bytes(), data);
        let _ = cades.signatures().len();
    }
});
