// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_pades::Pades;
use libfuzzer_sys::fuzz_target;

// Reading never changes an octet, and each signature has its dictionary.
fuzz_target!(|data: &[u8]| {
    drop(Pades::read_with(data.to_vec(), b"usersecret"));
    if let Ok(document) = Pades::read(data.to_vec()) {
        assert_eq!(document.pieces().concat(), data);
        assert_eq!(document.signatures().len(), document.dictionaries().len());
    }
});
