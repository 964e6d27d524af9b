// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A font in a PDF: its used glyphs as a composite font (ISO 32000-1, 9.7) whose codes are glyph numbers.

use std::{collections::BTreeMap, fmt::Write as _};

use keiin_model::DigestAlgorithm;
use keiin_pki::digest::digest;
use subsetter::GlyphRemapper;

use super::{
    AppearanceError, Conformance,
    font::{Font, Glyph, Metrics, Outlines},
    part::{Appearance, Part, Value},
};

/// The glyphs that are shown, each with its new number.
#[derive(Debug, Default)]
pub(super) struct Used {
    remapper: GlyphRemapper,
    /// By new number: what the glyph stands for, and its width.
    glyphs: BTreeMap<u16, (String, f64)>,
}

impl Used {
    pub(super) fn is_empty(&self) -> bool {
        self.glyphs.is_empty()
    }

    /// The codes that show glyphs.
    pub(super) fn codes(&mut self, glyphs: &[Glyph]) -> Vec<u16> {
        let code = |glyph: &Glyph| {
            let code = self.remapper.remap(glyph.id);
            self.glyphs.entry(code).or_insert_with(|| (glyph.text.clone(), glyph.width));
            code
        };
        glyphs.iter().map(code).collect()
    }
}

/// Adds a font with its used glyphs.
pub(super) fn embed(
    appearance: &mut Appearance,
    font: &Font,
    used: &Used,
    conformance: Conformance,
) -> Result<Value, AppearanceError> {
    let program = font.subset(&used.remapper)?;
    let metrics = font.metrics()?;
    let name = format!("{}+{}", tag(&program), metrics.name);
    let descriptor = descriptor(appearance, font, used, &metrics, &name, &program, conformance);
    let (kind, base) = match font.outlines() {
        Outlines::TrueType => ("CIDFontType2", name.clone()),
        Outlines::Cff => ("CIDFontType0", format!("{name}-Identity-H")),
    };
    let system = Value::Dictionary(vec![
        ("Registry", Value::String(b"Adobe".to_vec())),
        ("Ordering", Value::String(b"Identity".to_vec())),
        ("Supplement", Value::Integer(0)),
    ]);
    let mut descendant = vec![
        ("Type", Value::name("Font")),
        ("Subtype", Value::name(kind)),
        ("BaseFont", Value::Name(name)),
        ("CIDSystemInfo", system),
        ("FontDescriptor", descriptor),
        ("DW", Value::Integer(1000)),
        ("W", widths(used)),
    ];
    if font.outlines() == Outlines::TrueType {
        descendant.push(("CIDToGIDMap", Value::name("Identity")));
    }
    let descendant = appearance.add(Part::dictionary(descendant));
    let to_unicode = appearance.add(Part::flate(Vec::new(), to_unicode(used).as_bytes()));
    Ok(appearance.add(Part::dictionary(vec![
        ("Type", Value::name("Font")),
        ("Subtype", Value::name("Type0")),
        ("BaseFont", Value::Name(base)),
        ("Encoding", Value::name("Identity-H")),
        ("DescendantFonts", Value::Array(vec![descendant])),
        ("ToUnicode", to_unicode),
    ])))
}

fn descriptor(
    appearance: &mut Appearance,
    font: &Font,
    used: &Used,
    metrics: &Metrics,
    name: &str,
    program: &[u8],
    conformance: Conformance,
) -> Value {
    let (key, entries) = match font.outlines() {
        Outlines::TrueType => ("FontFile2", vec![("Length1", Value::integer(program.len()))]),
        Outlines::Cff => ("FontFile3", vec![("Subtype", Value::name("CIDFontType0C"))]),
    };
    let program = appearance.add(Part::flate(entries, program));
    // Symbolic, as its characters are not Latin alone (9.8.2).
    let flags = 4 | i64::from(metrics.fixed_pitch) | if metrics.italic_angle == 0.0 { 0 } else { 64 };
    let mut entries = vec![
        ("Type", Value::name("FontDescriptor")),
        ("FontName", Value::name(name)),
        ("Flags", Value::Integer(flags)),
        ("FontBBox", Value::numbers(metrics.bounds.map(f64::round))),
        ("ItalicAngle", Value::Number(metrics.italic_angle)),
        ("Ascent", Value::Number(metrics.ascent.round())),
        ("Descent", Value::Number(metrics.descent.round())),
        ("CapHeight", Value::Number(metrics.cap_height.round())),
        ("StemV", Value::Integer(80)),
        (key, program),
    ];
    if conformance == Conformance::PdfA1 {
        // ISO 19005-1, 6.3.5: which CIDs a subset has. Later parts do without, and PDF 2.0 has dropped it.
        let set = appearance.add(Part::flate(Vec::new(), &cid_set(used)));
        entries.push(("CIDSet", set));
    }
    appearance.add(Part::dictionary(entries))
}

/// 9.6.4: six letters that tell this subset from others of the font.
fn tag(program: &[u8]) -> String {
    let digest = digest(DigestAlgorithm::Sha256, program);
    digest.iter().take(6).map(|octet| char::from(b'A'.saturating_add(octet % 26))).collect()
}

/// A bit a glyph, the first one in the highest place.
fn cid_set(used: &Used) -> Vec<u8> {
    let glyphs = used.remapper.num_gids();
    let mut set = vec![0u8; usize::from(glyphs).div_ceil(8)];
    for glyph in 0..glyphs {
        if let Some(octet) = set.get_mut(usize::from(glyph / 8)) {
            *octet |= 0x80 >> (glyph % 8);
        }
    }
    set
}

/// Runs of glyphs that follow each other (9.7.4.3).
fn widths(used: &Used) -> Value {
    let mut runs: Vec<(u16, Vec<Value>)> = Vec::new();
    for (code, (_, width)) in &used.glyphs {
        let width = Value::Number(width.round());
        match runs.last_mut() {
            Some((first, run)) if usize::from(*first) + run.len() == usize::from(*code) => run.push(width),
            _ => runs.push((*code, vec![width])),
        }
    }
    let entries = runs.into_iter().flat_map(|(first, run)| [Value::integer(first), Value::Array(run)]);
    Value::Array(entries.collect())
}

/// 9.10.3: what the codes stand for, so that the text can be found and copied.
fn to_unicode(used: &Used) -> String {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n\
         /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
    );
    let glyphs: Vec<_> = used.glyphs.iter().collect();
    // At most a hundred in a section, as Adobe's note 5014 has it.
    for section in glyphs.chunks(100) {
        let _ = writeln!(map, "{} beginbfchar", section.len());
        for (code, (text, _)) in section {
            let utf16: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
            let _ = writeln!(map, "<{code:04X}> <{utf16}>");
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    map
}
