// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_pki::der::{Edit, Element, Reader, assemble, first_non_der, splice};
use libfuzzer_sys::fuzz_target;

// Every element lies inside the input, and splicing nothing changes nothing.
fuzz_target!(|data: &[u8]| {
    let Ok(element) = Reader::new(data).read("fuzz") else { return };
    assert_eq!(data.get(element.range()), Some(element.bytes()));
    first_non_der(&element);
    let _ = (element.time("fuzz"), element.text("fuzz"), element.bit_string("fuzz"));
    if let Ok(octets) = element.octets("fuzz") {
        assert_eq!(octets.to_cow().len(), octets.len());
    }
    assert_eq!(assemble(data, &splice(data, &[]).unwrap()), data);
    let at = element.content_range().end;
    if let Ok(plan) = splice(data, &[Edit { parent: 0, range: at..at, insert: vec![5, 0] }]) {
        let grown = assemble(data, &plan);
        let element = Reader::new(&grown).read("fuzz").unwrap();
        assert!(element.content().ends_with(&[5, 0]));
    }
    let _ = Element::zero_padded(data, "fuzz");
});
