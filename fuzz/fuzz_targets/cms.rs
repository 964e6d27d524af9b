// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_pki::cms::SignedData;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(signed_data) = SignedData::read(data) {
        for signer in &signed_data.signer_infos {
            let _ = signer.signed_octets();
        }
    }
});
