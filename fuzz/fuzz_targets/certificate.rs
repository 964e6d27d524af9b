// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_hpki as hpki;
use keiin_pki::{cert::Certificate, key::PublicKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(certificate) = Certificate::read(data) else { return };
    let _ = (certificate.subject.to_string(), certificate.crl_urls(), PublicKey::read(certificate.spki));
    let _ = hpki::roles(&certificate);
});
