// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_pki::crl::Crl;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(crl) = Crl::read(data) {
        let _ = crl.entries().take(1000).filter(Result::is_ok).count();
    }
});
