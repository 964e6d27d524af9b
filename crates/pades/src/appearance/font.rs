// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A font as its file gives it: which glyph a character has, and how wide it is.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use ttf_parser::{Face, GlyphId, Tag, name_id};

use super::{AppearanceError, FontProblem};

/// Octets of a font file: the collections of systems, with four languages and seven weights, have up to 130 MB.
pub const MAX_FONT: usize = 256 << 20;

/// A TrueType or OpenType font, alone or in a collection.
#[derive(Clone, PartialEq, Eq)]
pub struct Font {
    octets: Arc<[u8]>,
    index: u32,
    outlines: Outlines,
}

/// How the outlines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outlines {
    TrueType,
    Cff,
}

/// One glyph of a line, with what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    pub(super) id: u16,
    /// The character, and the variation selector behind it that chose the glyph.
    pub(super) text: String,
    /// In thousandths of the font size.
    pub(super) width: f64,
}

/// Measures that hold for the whole font, in thousandths of the font size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Metrics {
    pub(super) name: String,
    pub(super) ascent: f64,
    pub(super) descent: f64,
    pub(super) cap_height: f64,
    pub(super) italic_angle: f64,
    pub(super) bounds: [f64; 4],
    pub(super) fixed_pitch: bool,
}

impl Font {
    /// Reads a font file; `index` chooses from a collection and is 0 otherwise.
    ///
    /// # Errors
    /// [`AppearanceError::Font`]: the file is no font, the font may not be embedded, or it has outlines that PDF does not
    /// take; [`AppearanceError::Limit`].
    pub fn read(octets: impl Into<Arc<[u8]>>, index: u32) -> Result<Self, AppearanceError> {
        let octets = octets.into();
        if octets.len() > MAX_FONT {
            return Err(AppearanceError::Limit { object: "the font file", limit: MAX_FONT });
        }
        let font = Self { octets, index, outlines: Outlines::TrueType };
        let outlines = font.with_face(|face| {
            if !face.is_subsetting_allowed() || !face.is_outline_embedding_allowed() || forbids(face) {
                return Err(FontProblem::EmbeddingForbidden);
            }
            let has = |tag: &[u8; 4]| face.raw_face().table(Tag::from_bytes(tag)).is_some();
            match (has(b"CFF "), has(b"glyf")) {
                (true, _) => Ok(Outlines::Cff),
                (false, true) => Ok(Outlines::TrueType),
                (false, false) => Err(FontProblem::NoOutlines),
            }
        })??;
        Ok(Self { outlines, ..font })
    }

    /// Whether the font has a glyph for every character of a text.
    pub fn covers(&self, text: &str) -> bool {
        matches!(self.glyphs(text), Ok((_, missing)) if missing.is_empty())
    }

    pub(super) const fn outlines(&self) -> Outlines {
        self.outlines
    }

    /// The glyphs of a line, and the characters that have none.
    pub(super) fn glyphs(&self, line: &str) -> Result<(Vec<Glyph>, Vec<char>), FontProblem> {
        self.with_face(|face| {
            let em = f64::from(face.units_per_em().max(1));
            let (mut glyphs, mut missing) = (Vec::new(), Vec::new());
            let mut rest = line.chars().peekable();
            while let Some(letter) = rest.next() {
                let selector = rest.next_if(|next| is_selector(*next));
                let varied = selector.and_then(|selector| face.glyph_variation_index(letter, selector));
                // Without the variant the plain form stands for it, as text without the selector would.
                let Some(GlyphId(id)) = varied.or_else(|| face.glyph_index(letter)).filter(|id| id.0 != 0)
                else {
                    missing.push(letter);
                    continue;
                };
                let width = f64::from(face.glyph_hor_advance(GlyphId(id)).unwrap_or(0)) * 1000.0 / em;
                let text = std::iter::once(letter).chain(selector).collect();
                glyphs.push(Glyph { id, text, width });
            }
            (glyphs, missing)
        })
    }

    pub(super) fn metrics(&self) -> Result<Metrics, FontProblem> {
        self.with_face(|face| {
            let em = f64::from(face.units_per_em().max(1));
            let scaled = |value: i16| f64::from(value) * 1000.0 / em;
            let bounds = face.global_bounding_box();
            Metrics {
                name: postscript_name(face),
                ascent: scaled(face.ascender()),
                descent: scaled(face.descender()),
                cap_height: scaled(face.capital_height().unwrap_or_else(|| face.ascender())),
                italic_angle: f64::from(face.italic_angle()),
                bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(scaled),
                fixed_pitch: face.is_monospaced(),
            }
        })
    }

    /// The glyphs alone, the first of them .notdef, numbered from 0 in the order of `glyphs`. What it gives is a whole
    /// TrueType file, or the CFF table by itself.
    pub(super) fn subset(&self, glyphs: &subsetter::GlyphRemapper) -> Result<Vec<u8>, FontProblem> {
        let made = guarded(|| subsetter::subset(&self.octets, self.index, glyphs))?;
        let file = made.map_err(|error| FontProblem::Unusable { reason: error.to_string() })?;
        if self.outlines == Outlines::TrueType {
            return Ok(file);
        }
        let table = guarded(|| {
            let face = ttf_parser::RawFace::parse(&file, 0).ok()?;
            face.table(Tag::from_bytes(b"CFF ")).map(<[u8]>::to_vec)
        })?;
        table.ok_or_else(|| FontProblem::Unusable {
            reason: "its outlines are not where they belong".to_owned(),
        })
    }

    /// Works on the font as its tables are read.
    fn with_face<T>(&self, work: impl FnOnce(&Face<'_>) -> T) -> Result<T, FontProblem> {
        guarded(|| {
            let face = Face::parse(&self.octets, self.index)
                .map_err(|error| FontProblem::Unusable { reason: error.to_string() })?;
            Ok(work(&face))
        })?
    }
}

impl fmt::Debug for Font {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Font").field("octets", &self.octets.len()).field("index", &self.index).finish()
    }
}

/// A font file is a stranger's, and so are the libraries that read it: what they cannot bear is an error of the font.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, FontProblem> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| FontProblem::Unusable { reason: "its tables contradict each other".to_owned() })
}

fn forbids(face: &Face<'_>) -> bool {
    face.permissions() == Some(ttf_parser::Permissions::Restricted)
}

/// The variation selectors (Unicode 23.4): how one kanji of a name is told from another of the same code point.
pub(super) const fn is_selector(letter: char) -> bool {
    matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn postscript_name(face: &Face<'_>) -> String {
    let names = face.names();
    let name = names
        .into_iter()
        .filter(|name| name.name_id == name_id::POST_SCRIPT_NAME)
        .find_map(|name| name.to_string())
        .unwrap_or_default();
    // What a PostScript name may have (OpenType, name table, ID 6).
    let name: String = name.chars().filter(|c| c.is_ascii_graphic() && !"[](){}<>/%#".contains(*c)).collect();
    if name.is_empty() { "Font".to_owned() } else { name.chars().take(63).collect() }
}
