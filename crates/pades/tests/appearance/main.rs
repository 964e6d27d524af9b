// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Visible signatures as other people's readers see them: where they stand, what they show, what is embedded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail
#![allow(clippy::disallowed_methods)] // fonts come from files, and other programs look at files

mod page;

use std::path::{Path, PathBuf};

use keiin_pades::appearance::{
    AppearanceError, Border, Conformance, Font, FontProblem, Image, Look, Rectangle, Turn, Value, View, paint,
};
use page::{CROP, Picture, pdf, run};

/// Japanese fonts where Debian puts them: TrueType outlines, and CFF outlines in a collection.
const FONTS: [(&str, u32); 2] = [
    ("/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf", 0),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 0),
];

fn fonts() -> Vec<(&'static str, Font)> {
    let mut fonts = Vec::new();
    for (path, index) in FONTS {
        match std::fs::read(path) {
            Ok(octets) => fonts.push((path, Font::read(octets, index).unwrap())),
            Err(_) => eprintln!("{path} is not installed (scripts/setup.sh); not tried"),
        }
    }
    eprintln!("{} of {} fonts tried", fonts.len(), FONTS.len());
    fonts
}

const LINES: [&str; 4] = [
    "署名者:山田 太郎(Yamada Taro)",
    "資格:医師",
    "日時:2026-04-01 09:00:05 +09:00",
    "理由:紹介状の原本と相違ないことを確認したため、スキャン文書に署名します。",
];

/// Red on the left, blue on the right, transparent below.
fn png(size: u32) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut encoder = png::Encoder::new(&mut octets, size, size);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let pixel = |index: u32| {
        let (x, y) = (index % size, index / size);
        let colour = if x < size / 2 { [255, 0, 0] } else { [0, 0, 255] };
        [colour[0], colour[1], colour[2], if y < size / 2 { 255 } else { 0 }]
    };
    let data: Vec<u8> = (0..size * size).flat_map(pixel).collect();
    encoder.write_header().unwrap().write_image_data(&data).unwrap();
    octets
}

fn red([r, g, b]: [u8; 3]) -> bool {
    r > 180 && g < 90 && b < 90
}

fn blue([r, g, b]: [u8; 3]) -> bool {
    b > 180 && g < 90 && r < 90
}

fn ink([r, g, b]: [u8; 3]) -> bool {
    r < 120 && g < 120 && b < 120
}

/// Somewhere to keep the files: `KEIIN_KEEP` names a folder for people who want to look.
fn folder() -> (Option<tempfile::TempDir>, PathBuf) {
    match std::env::var_os("KEIIN_KEEP") {
        Some(path) => (None, PathBuf::from(path)),
        None => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().to_owned();
            (Some(folder), path)
        }
    }
}

fn close(found: Option<[usize; 4]>, want: [usize; 4]) -> bool {
    found.is_some_and(|found| found.iter().zip(want).all(|(a, b)| a.abs_diff(b) <= 2))
}

#[test]
fn an_image_stands_upright_where_it_was_asked_for_on_every_turned_page() {
    let (_keep, folder) = folder();
    let look = Look { image: Some(Image::read(&png(64)).unwrap()), ..Look::default() };
    let turns = [(0, Turn::None), (90, Turn::Quarter), (180, Turn::Half), (270, Turn::ThreeQuarters)];
    for (degrees, turn) in turns {
        let view = View { area: CROP, turn };
        let rect = view.rect(&Rectangle { x: 50.0, y: 70.0, width: 60.0, height: 40.0 }).unwrap();
        assert_eq!(view.seen(rect), (60.0, 40.0));
        let appearance = paint(&look, 60.0, 40.0, turn, Conformance::Ordinary).unwrap();
        let name = format!("turned-{degrees}.pdf");
        std::fs::write(folder.join(&name), pdf(&appearance, rect, degrees)).unwrap();
        run("qpdf", &["--check", &name], &folder);
        let Some(pictures) = Picture::both(&folder, &name) else { return };
        for picture in pictures {
            let sides = if degrees % 180 == 0 { (300, 400) } else { (400, 300) };
            assert_eq!((picture.width, picture.height), sides);
            // A square of 34 points in the middle of the box; its lower half is transparent.
            let (reds, blues) = (picture.bounds(red), picture.bounds(blue));
            assert!(close(reds, [63, 90, 79, 106]), "{degrees}: {reds:?}");
            assert!(close(blues, [80, 90, 96, 106]), "{degrees}: {blues:?}");
        }
    }
}

#[test]
fn japanese_is_shown_embedded_and_found() {
    let (_keep, folder) = folder();
    for (path, font) in fonts() {
        let kind = if path.ends_with(".ttf") { "CID TrueType" } else { "CID Type 0C" };
        for (degrees, turn) in [(0, Turn::None), (270, Turn::ThreeQuarters)] {
            let look = Look {
                lines: LINES.map(str::to_owned).to_vec(),
                font: Some(font.clone()),
                image: Some(Image::read(&png(64)).unwrap()),
                border: Border::Line,
            };
            let view = View { area: CROP, turn };
            let rect = view.rect(&Rectangle { x: 20.0, y: -10.0, width: 240.0, height: 80.0 }).unwrap();
            let appearance = paint(&look, 240.0, 80.0, turn, Conformance::Ordinary).unwrap();
            let name = format!("text-{degrees}-{}.pdf", &kind[4..].replace(' ', ""));
            let octets = pdf(&appearance, rect, degrees);
            assert!(octets.len() < 60_000, "{name}: {} octets with a part of the font", octets.len());
            std::fs::write(folder.join(&name), octets).unwrap();
            run("qpdf", &["--check", &name], &folder);
            if let Some(listed) = run("pdffonts", &[&name], &folder) {
                let row = listed.lines().nth(2).unwrap();
                assert!(
                    row.contains(kind) && row.contains("Identity-H") && row.contains("yes yes yes"),
                    "{row}"
                );
            }
            if let Some(text) = run("pdftotext", &[&name, "-"], &folder) {
                let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                for line in LINES {
                    let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
                    assert!(text.contains(&line), "{name}: {line} in {text}");
                }
            }
            let Some(pictures) = Picture::both(&folder, &name) else { return };
            for picture in pictures {
                let (wide, high) = if degrees == 0 { (300, 400) } else { (400, 300) };
                assert_eq!((picture.width, picture.height), (wide, high));
                // The line around it stands where it was asked for, and everything is inside.
                let found = picture.bounds(ink).unwrap();
                assert!(close(Some(found), [20, high - 90, 259, high - 11]), "{name}: {found:?}");
                let beside = |(index, pixel): &(usize, &[u8; 3])| {
                    let (column, row) = (index % wide, index / wide);
                    (104..255).contains(&column) && (14..86).contains(&row) && pixel[0] < 190
                };
                let dark = picture.pixels.iter().enumerate().filter(beside).count();
                assert!(dark > 400, "{name}: text beside the image, {dark}");
            }
        }
    }
}

#[test]
fn jpegs_of_all_colours_pass_through() {
    let (_keep, folder) = folder();
    // A page half red and half blue, made a JPEG by poppler.
    let content = b"<</Length 53>>\nstream\n1 0 0 rg 0 0 50 50 re f 0 0 1 rg 50 0 50 50 re f    \nendstream";
    let source = page::file(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 50]/Contents 4 0 R>>".to_vec(),
        content.to_vec(),
    ]);
    std::fs::write(folder.join("source.pdf"), source).unwrap();
    for (kind, flag) in [("rgb", "-jpeg"), ("cmyk", "-jpegcmyk"), ("grey", "-gray")] {
        let arguments = [flag, "-jpeg", "-r", "144", "-singlefile", "source.pdf", kind];
        // Beside -jpeg the flag for CMYK counts for nothing.
        let arguments: Vec<_> = arguments
            .into_iter()
            .enumerate()
            .filter(|(i, a)| *i != 1 || kind == "grey" || *a != "-jpeg")
            .map(|(_, a)| a)
            .collect();
        if run("pdftoppm", &arguments, &folder).is_none() {
            return;
        }
        let file = folder.join(format!("{kind}.jpg"));
        let octets = std::fs::read(&file).unwrap();
        let look =
            Look { image: Some(Image::read(&octets).unwrap()), border: Border::None, ..Look::default() };
        let appearance = paint(&look, 106.0, 56.0, Turn::None, Conformance::Ordinary).unwrap();
        assert_eq!(appearance.parts[0].stream.as_deref(), Some(octets.as_slice()), "as it is");
        let name = format!("jpeg-{kind}.pdf");
        let rect = [120.0, 130.0, 226.0, 186.0];
        std::fs::write(folder.join(&name), pdf(&appearance, rect, 0)).unwrap();
        run("qpdf", &["--check", &name], &folder);
        for picture in Picture::both(&folder, &name).unwrap() {
            if kind == "grey" {
                let grey = |[r, g, b]: [u8; 3]| r == g && g == b && r < 128;
                assert!(close(picture.bounds(grey), [103, 103, 202, 152]), "{:?}", picture.bounds(grey));
                continue;
            }
            let (reds, blues) =
                (picture.bounds(red), picture.bounds(|p| blue(p) || p[2] > p[0].saturating_add(60)));
            assert!(
                close(reds, [103, 103, 152, 152]) && close(blues, [153, 103, 202, 152]),
                "{kind}: {reds:?} {blues:?}"
            );
        }
        let in_archive = paint(&look, 106.0, 56.0, Turn::None, Conformance::PdfA2);
        assert_eq!(in_archive.is_err(), kind == "cmyk", "no output intent says what its colours are");
    }
}

fn entry<'v>(entries: &'v [(&'static str, Value)], key: &str) -> Option<&'v Value> {
    entries.iter().find(|(k, _)| *k == key).map(|(_, value)| value)
}

#[test]
fn pdf_a_1_gets_neither_transparency_nor_device_colours() {
    let image = Image::read(&png(8)).unwrap();
    for (conformance, masked) in
        [(Conformance::Ordinary, true), (Conformance::PdfA1, false), (Conformance::PdfA2, true)]
    {
        let look = Look {
            lines: vec!["医師".to_owned()],
            font: fonts().pop().map(|(_, font)| font),
            image: Some(image.clone()),
            ..Look::default()
        };
        if look.font.is_none() {
            return;
        }
        let appearance = paint(&look, 100.0, 50.0, Turn::None, conformance).unwrap();
        let is_image = |d: &&[(&'static str, Value)]| entry(d, "SMask").is_some();
        let dictionaries: Vec<_> = appearance.parts.iter().map(|part| part.dictionary.as_slice()).collect();
        assert_eq!(dictionaries.iter().any(is_image), masked);
        let device =
            dictionaries.iter().any(|d| entry(d, "ColorSpace") == Some(&Value::Name("DeviceRGB".into())));
        assert_eq!(device, conformance == Conformance::Ordinary);
        let Some(Value::Dictionary(resources)) = entry(dictionaries[appearance.form], "Resources") else {
            panic!("a form has resources")
        };
        let Some(grey) = entry(resources, "ColorSpace") else {
            assert_eq!(conformance, Conformance::Ordinary);
            continue;
        };
        assert!(format!("{grey:?}").contains("CalGray"), "{grey:?}");
        let set = dictionaries.iter().any(|d| entry(d, "CIDSet").is_some());
        assert_eq!(set, conformance == Conformance::PdfA1);
    }
}

#[test]
fn what_cannot_be_shown_is_said() {
    let Some((_, font)) = fonts().into_iter().next() else { return };
    let look = |lines: &[&str]| Look {
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        font: Some(font.clone()),
        ..Look::default()
    };
    let painted =
        |lines: &[&str], w: f64, h: f64| paint(&look(lines), w, h, Turn::None, Conformance::Ordinary);
    assert_eq!(
        painted(&["医師\u{1f600}太郎\u{10ffff}"], 200.0, 50.0).unwrap_err(),
        AppearanceError::MissingGlyphs { characters: "\u{1f600}\u{10ffff}".to_owned() }
    );
    let long = "長い理由".repeat(200);
    assert_eq!(painted(&[&long], 60.0, 20.0).unwrap_err(), AppearanceError::TooSmall);
    assert_eq!(painted(&["x"], 0.0, 20.0).unwrap_err(), AppearanceError::TooSmall);
    assert_eq!(painted(&["x"], f64::NAN, 20.0).unwrap_err(), AppearanceError::TooSmall);
    assert!(matches!(painted(&[&long.repeat(50)], 500.0, 500.0), Err(AppearanceError::Limit { .. })));
    let no_font = Look { lines: vec!["x".to_owned()], ..Look::default() };
    let painted = paint(&no_font, 50.0, 50.0, Turn::None, Conformance::Ordinary);
    assert_eq!(painted.unwrap_err(), AppearanceError::NoFont);
    // A variation selector that the font does not know shows the plain form; a known one is no other text.
    assert!(font.covers("葛\u{e0100}城") && !font.covers("\u{1f600}"));
}

#[test]
fn broken_fonts_are_errors_and_nothing_else() {
    for (path, _) in fonts() {
        let whole = std::fs::read(path).unwrap();
        let mut broken = 0;
        for round in 0..60usize {
            let mut octets = whole.clone();
            match round % 3 {
                0 => octets.truncate(whole.len() * (round + 1) / 64),
                // Into the table directory and the tables' heads.
                1 => octets[12 + round * 7] ^= 0xff,
                _ => {
                    let step = 997 + round;
                    (0..octets.len()).step_by(step).for_each(|at| octets[at] = octets[at].wrapping_add(1));
                }
            }
            let Ok(font) = Font::read(octets, 0) else {
                broken += 1;
                continue;
            };
            let look = Look { lines: LINES.map(str::to_owned).to_vec(), font: Some(font), ..Look::default() };
            broken += usize::from(paint(&look, 240.0, 80.0, Turn::None, Conformance::Ordinary).is_err());
        }
        eprintln!("{}: {broken} of 60 were refused", Path::new(path).display());
        assert!(broken > 10);
    }
    assert!(matches!(
        Font::read(b"no font".to_vec(), 0),
        Err(AppearanceError::Font(FontProblem::Unusable { .. }))
    ));
}
