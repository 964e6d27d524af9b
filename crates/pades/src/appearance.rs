// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a signature looks like on its page: lines of text, Japanese too, and an image.
//!
//! A look is painted into an [`Appearance`]: objects without numbers, which the revision of a signature takes up. The font is
//! the caller's, and only its used glyphs go into the file; ISO 32000-1, 12.5.5 and 12.7.4.5.

mod embed;
mod font;
mod image;
mod jpeg;
mod layout;
mod orientation;
mod part;
mod place;
mod wrap;

pub use font::{Font, MAX_FONT};
pub use image::{Image, MAX_IMAGE, MAX_PIXELS};
pub use part::{Appearance, Part, Value, number};
pub use place::{MAX_SIDE, PageChoice, Rectangle, Turn, View};

/// Characters of the text.
pub const MAX_TEXT: usize = 10_000;

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// The text, a paragraph each.
    pub lines: Vec<String>,
    /// The font of the text.
    pub font: Option<Font>,
    /// The image beside it.
    pub image: Option<Image>,
    /// What stands around it.
    pub border: Border,
}

/// What stands around an appearance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Border {
    /// Nothing.
    #[default]
    None,
    /// A thin line.
    Line,
}

/// What the file that the appearance goes into claims to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conformance {
    /// Any PDF.
    #[default]
    Ordinary,
    /// PDF/A-1: no transparency, no colours of a device.
    PdfA1,
    /// A later part of PDF/A: no colours of a device.
    PdfA2,
}

/// Why there is no appearance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AppearanceError {
    /// The font.
    #[error("the font cannot be used: {0}")]
    Font(#[from] FontProblem),
    /// There is text and no font.
    #[error("there is text to show, and no font for it")]
    NoFont,
    /// The font lacks characters.
    #[error("the font has no glyph for {characters}")]
    MissingGlyphs {
        /// Which.
        characters: String,
    },
    /// The image is no whole PNG or JPEG.
    #[error("the image is not a whole PNG or JPEG of 8 bits a colour")]
    Image,
    /// The text does not fit, even in small type.
    #[error("the rectangle is too small for its text")]
    TooSmall,
    /// The rectangle does not lie on the page.
    #[error("the rectangle does not lie on the page, which has {} x {} points", number(*width), number(*height))]
    Rectangle {
        /// The page's width as it is seen.
        width: f64,
        /// Its height.
        height: f64,
    },
    /// There is no such page.
    #[error("the document has no such page")]
    NoSuchPage,
    /// The field has no place on a page.
    #[error("the field has no rectangle on a page, so nothing can be seen of it")]
    NoWidget,
    /// The page's box is none.
    #[error("the page has no usable size")]
    Page,
    /// The file claims to be PDF/A and would not be any more.
    #[error("{what} does not go into a PDF/A file")]
    Conformance {
        /// What.
        what: &'static str,
    },
    /// A limit.
    #[error("{object}: more than {limit}")]
    Limit {
        /// What has the limit.
        object: &'static str,
        /// The limit.
        limit: usize,
    },
}

/// What is wrong with a font.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FontProblem {
    /// The file is none, or broken.
    #[error("{reason}")]
    Unusable {
        /// Why.
        reason: String,
    },
    /// Its maker forbids embedding (OS/2, fsType).
    #[error("its maker does not allow it to be embedded")]
    EmbeddingForbidden,
    /// It has no outlines of the two kinds that PDF knows.
    #[error("it has neither TrueType nor CFF outlines")]
    NoOutlines,
}

/// Paints a look into a box of `width` times `height` points, as they are seen, on a page that is turned.
///
/// # Errors
/// [`AppearanceError`].
pub fn paint(
    look: &Look,
    width: f64,
    height: f64,
    turn: Turn,
    conformance: Conformance,
) -> Result<Appearance, AppearanceError> {
    let is_box = |side: f64| (1.0..=MAX_SIDE).contains(&side);
    if !(is_box(width) && is_box(height)) {
        return Err(AppearanceError::TooSmall);
    }
    if look.lines.iter().map(String::len).sum::<usize>() > MAX_TEXT {
        return Err(AppearanceError::Limit { object: "the text's octets", limit: MAX_TEXT });
    }
    let (content, used) = layout::paint(look, width, height)?;
    let mut appearance = Appearance::default();
    let mut resources = Vec::new();
    if let Some(font) = look.font.as_ref().filter(|_| !used.is_empty()) {
        let font = embed::embed(&mut appearance, font, &used, conformance)?;
        resources.push(("Font", Value::Dictionary(vec![("F0", font)])));
    }
    if let Some(image) = &look.image {
        let image = image.embed(&mut appearance, conformance)?;
        resources.push(("XObject", Value::Dictionary(vec![("Im0", image)])));
    }
    if conformance != Conformance::Ordinary {
        // Text and lines are grey: not that of a device, which a file without an output intent may not have (ISO 19005-1,
        // 6.2.3.3; ISO 19005-2, 6.2.4.3).
        let default = Value::Dictionary(vec![("DefaultGray", image::calibrated_gray())]);
        resources.push(("ColorSpace", default));
    }
    let form = Part::flate(
        vec![
            ("Type", Value::name("XObject")),
            ("Subtype", Value::name("Form")),
            ("BBox", Value::numbers([0.0, 0.0, width, height])),
            ("Matrix", Value::numbers(place::matrix(turn, width, height))),
            ("Resources", Value::Dictionary(resources)),
        ],
        &content,
    );
    appearance.form = appearance.parts.len();
    appearance.add(form);
    Ok(appearance)
}
