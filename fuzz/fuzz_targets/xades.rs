// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_xades::Xades;
use libfuzzer_sys::fuzz_target;

// Reading never changes an octet, and what is said to be covered is digested.
fuzz_target!(|data: &[u8]| {
    if let Ok(document) = Xades::read(data.to_vec(), None) {
        assert_eq!(document.as_bytes(), data);
        for reference in document.signatures().iter().flat_map(|signature| &signature.data) {
            assert!(reference.covered.is_none() || reference.actual.is_some());
        }
    }
});
