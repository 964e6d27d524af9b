// SPDX-License-Identifier: Apache-2.0 OR MIT
#![no_main]
use keiin_pades::appearance::{Conformance, Font, Image, Look, Turn, paint};
use libfuzzer_sys::fuzz_target;

// A font and an image are a user's files: whatever they are, there is an appearance or an error. A panic inside the font's
// libraries is caught where they are called, so that alone must not end the run; one that gets out still does.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| ())), |data: &[u8]| {
    let look = Look {
        lines: vec!["A\u{e0100} 1".to_owned()],
        font: Font::read(data.to_vec(), 0).ok(),
        image: Image::read(data).ok(),
        ..Look::default()
    };
    if look.font.is_some() || look.image.is_some() {
        drop(paint(&look, 200.0, 50.0, Turn::Quarter, Conformance::PdfA1));
    }
});
