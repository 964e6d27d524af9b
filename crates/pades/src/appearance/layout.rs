// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where the text and the image of an appearance stand, and the content stream that paints them.

use std::fmt::Write as _;

use super::{
    AppearanceError, Border, Look,
    embed::Used,
    font::{Font, Glyph},
    part::number,
    wrap::wrap,
};

/// The largest and the smallest type: below four points nobody reads it.
const LARGEST: f64 = 14.0;
const SMALLEST: f64 = 4.0;
const STEP: f64 = 0.25;
/// From one line to the next, in font sizes.
const LEADING: f64 = 1.3;
/// Around everything, in points.
const PADDING: f64 = 3.0;
/// The part of the width (of a high box: of the height) that an image beside text has at most.
const IMAGE_SHARE: f64 = 0.4;

/// A rectangle inside the appearance, in points from its lower left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The content stream, with the glyphs that it uses.
pub(super) fn paint(look: &Look, width: f64, height: f64) -> Result<(Vec<u8>, Used), AppearanceError> {
    let mut used = Used::default();
    let mut out = String::from("q\n");
    if look.border == Border::Line {
        let (w, h) = (number(width - 1.0), number(height - 1.0));
        let _ = writeln!(out, "0 G 0.5 w 0.5 0.5 {w} {h} re S");
    }
    let padding = PADDING.min(width / 10.0).min(height / 10.0);
    let inner = Area { x: padding, y: padding, width: width - 2.0 * padding, height: height - 2.0 * padding };
    let has_text = look.lines.iter().any(|line| !line.trim().is_empty());
    let (image_area, text) = divide(look, inner, has_text);
    if let (Some(image), Some(area)) = (&look.image, image_area) {
        let [a, b, c, d, e, f] = image.matrix(area).map(number);
        let _ = writeln!(out, "q {a} {b} {c} {d} {e} {f} cm /Im0 Do Q");
    }
    if let (Some(font), true) = (&look.font, has_text) {
        write_text(&mut out, look, font, text, &mut used)?;
    } else if has_text {
        return Err(AppearanceError::NoFont);
    }
    out.push_str("Q\n");
    Ok((out.into_bytes(), used))
}

/// The image stands left of the text, in a box that is higher than wide above it, in its own proportions.
fn divide(look: &Look, inner: Area, has_text: bool) -> (Option<Area>, Area) {
    let Some(image) = &look.image else { return (None, inner) };
    let Area { x, y, width, height } = inner;
    let fit = |width: f64, height: f64| {
        let aspect = image.aspect();
        if width / aspect <= height { (width, width / aspect) } else { (height * aspect, height) }
    };
    if !has_text {
        let (w, h) = fit(width, height);
        let area = Area { x: x + (width - w) / 2.0, y: y + (height - h) / 2.0, width: w, height: h };
        return (Some(area), inner);
    }
    if height > width {
        let (w, h) = fit(width, height * IMAGE_SHARE);
        let area = Area { x: x + (width - w) / 2.0, y: y + height - h, width: w, height: h };
        return (Some(area), Area { height: (height - h - PADDING).max(0.0), ..inner });
    }
    let (w, h) = fit(width * IMAGE_SHARE, height);
    let area = Area { x, y: y + (height - h) / 2.0, width: w, height: h };
    let left = w + PADDING;
    (Some(area), Area { x: x + left, width: (width - left).max(0.0), ..inner })
}

fn write_text(
    out: &mut String,
    look: &Look,
    font: &Font,
    area: Area,
    used: &mut Used,
) -> Result<(), AppearanceError> {
    let paragraphs = glyphs(look, font)?;
    let metrics = font.metrics()?;
    let (size, lines) = fit(&paragraphs, area).ok_or(AppearanceError::TooSmall)?;
    // The text is centred in its height; its first baseline lies an ascender below its top.
    let rows = f64::from(u32::try_from(lines.len()).unwrap_or(u32::MAX));
    let top = area.y + area.height - (area.height - rows * size * LEADING) / 2.0;
    let ascent = metrics.ascent.clamp(500.0, 1000.0) / 1000.0;
    let baseline = top - size * ((LEADING - 1.0) / 2.0 + ascent);
    let (size, leading) = (number(size), number(size * LEADING));
    let (x, y) = (number(area.x), number(baseline));
    let _ = writeln!(out, "BT 0 g /F0 {size} Tf {leading} TL {x} {y} Td");
    for line in lines {
        out.push('<');
        for code in used.codes(line) {
            let _ = write!(out, "{code:04X}");
        }
        out.push_str("> Tj T*\n");
    }
    out.push_str("ET\n");
    Ok(())
}

/// The glyphs of each line of the text; a name is never shown with a letter missing.
fn glyphs(look: &Look, font: &Font) -> Result<Vec<Vec<Glyph>>, AppearanceError> {
    let (mut paragraphs, mut missing) = (Vec::new(), Vec::new());
    for line in &look.lines {
        // What has no picture in any font: line ends and tabs inside a name.
        let line: String =
            line.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let (glyphs, lacking) = font.glyphs(&line)?;
        paragraphs.push(glyphs);
        missing.extend(lacking.into_iter().filter(|letter| !letter.is_whitespace()));
    }
    if missing.is_empty() {
        return Ok(paragraphs);
    }
    missing.sort_unstable();
    missing.dedup();
    Err(AppearanceError::MissingGlyphs { characters: missing.into_iter().collect() })
}

/// The largest type in which everything fits, and its lines.
fn fit(paragraphs: &[Vec<Glyph>], area: Area) -> Option<(f64, Vec<&[Glyph]>)> {
    let mut size = LARGEST;
    while size >= SMALLEST {
        let width = area.width * 1000.0 / size;
        let lines: Vec<&[Glyph]> = paragraphs.iter().flat_map(|glyphs| wrap(glyphs, width)).collect();
        let rows = f64::from(u32::try_from(lines.len()).unwrap_or(u32::MAX));
        let wide = |line: &&[Glyph]| line.iter().map(|glyph| glyph.width).sum::<f64>() > width;
        if rows * size * LEADING <= area.height && !lines.iter().any(wide) {
            return Some((size, lines));
        }
        size -= STEP;
    }
    None
}
