// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A signature that is seen: the widget's place on its page and its appearance in the revision (ISO 32000-1, 12.5.5).

use crate::{
    PadesError,
    appearance::{
        self, AppearanceError, Conformance, Look, PageChoice, Part, Rectangle, Turn, View, number, paint,
    },
    limits::MAX_DEPTH,
    page,
    pdf::{Draft, Object, Pdf, Reference, Value, find},
};

/// What is seen of a signature, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Visible {
    /// What.
    pub look: Look,
    /// Where. A field that is there already has its own page and rectangle, whatever this says.
    pub place: Place,
}

/// Where a signature is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Where its field is: there must be one.
    Field,
    /// On a page, in a field that is made for it.
    Page(PageChoice, Rectangle),
}

/// A widget's place.
pub(crate) struct Placed {
    pub(crate) page: Option<u32>,
    pub(crate) rect: Value,
    pub(crate) appearance: Reference,
}

/// The place and the appearance of a new field.
pub(crate) fn place(
    draft: &mut Draft<'_, '_>,
    pdf: &Pdf<'_>,
    visible: &Visible,
) -> Result<Placed, PadesError> {
    let Place::Page(choice, rectangle) = &visible.place else { return Err(AppearanceError::NoWidget.into()) };
    let page = match choice {
        PageChoice::First => page::find(pdf, 0)?,
        PageChoice::Last => page::last(pdf)?,
        PageChoice::Number(number) => match number.checked_sub(1) {
            Some(index) => page::find(pdf, usize::try_from(index).unwrap_or(usize::MAX))?,
            None => None,
        },
    };
    let page = page.ok_or(AppearanceError::NoSuchPage)?;
    let view = view(pdf, page)?;
    let rect = view.rect(rectangle)?;
    let appearance = add(draft, pdf, &visible.look, rect, &view)?;
    let rect = Value::Array(rect.into_iter().map(decimal).collect());
    Ok(Placed { page: Some(page), rect, appearance })
}

/// Gives the widget of a field that is there its appearance.
pub(crate) fn show(
    draft: &mut Draft<'_, '_>,
    pdf: &Pdf<'_>,
    visible: &Visible,
    field: u32,
) -> Result<(), PadesError> {
    let (widget, rect) = widget(pdf, field)?.ok_or(AppearanceError::NoWidget)?;
    let found = pdf.object(widget)?.object;
    let page = match found.as_dictionary().and_then(|widget| widget.value("P")) {
        Some(Object::Reference(page)) => Some(*page),
        _ => None,
    };
    // A widget that does not say on which page it stands is taken to stand on one that is not turned.
    let upright = View { area: [0.0, 0.0, appearance::MAX_SIDE, appearance::MAX_SIDE], turn: Turn::None };
    let view = page.map_or(Ok(upright), |page| view(pdf, page))?;
    let appearance = add(draft, pdf, &visible.look, rect, &view)?;
    let normal = Value::Dictionary(vec![("N", Value::Reference(appearance))]);
    draft.set(&Draft::object(widget), "AP", &normal)
}

/// The field itself, or the first of its widgets, with its /Rect.
fn widget(pdf: &Pdf<'_>, field: u32) -> Result<Option<(u32, [f64; 4])>, PadesError> {
    if let Some(rect) = pdf.rectangle(field, "Rect")? {
        return Ok(Some((field, rect)));
    }
    let found = pdf.object(field)?.object;
    let Some(field) = found.as_dictionary() else { return Ok(None) };
    let kids = pdf.value(field, "Kids")?.object;
    let Some(Object::Reference(kid)) = kids.as_array().and_then(<[Object]>::first) else { return Ok(None) };
    Ok(pdf.rectangle(*kid, "Rect")?.map(|rect| (*kid, rect)))
}

/// What is seen of a page; what it does not say itself is inherited (7.7.3.4).
fn view(pdf: &Pdf<'_>, page: u32) -> Result<View, PadesError> {
    let (mut media, mut crop, mut turn) = (None, None, None);
    let mut node = Some(page);
    for _ in 0..MAX_DEPTH {
        let Some(number) = node else { break };
        media = media.map_or_else(|| pdf.rectangle(number, "MediaBox"), |known| Ok(Some(known)))?;
        crop = crop.map_or_else(|| pdf.rectangle(number, "CropBox"), |known| Ok(Some(known)))?;
        let found = pdf.object(number)?.object;
        let Some(dictionary) = found.as_dictionary() else { break };
        let degrees = pdf.value(dictionary, "Rotate")?.object.as_integer();
        turn = turn.or(degrees.map(Turn::of_degrees));
        node = match dictionary.value("Parent") {
            Some(Object::Reference(parent)) => Some(*parent),
            _ => None,
        };
    }
    let media = media.map(ordered).ok_or(AppearanceError::Page)?;
    let area = crop.map_or(media, |crop| within(ordered(crop), media));
    Ok(View { area, turn: turn.unwrap_or_default() })
}

fn ordered([a, b, c, d]: [f64; 4]) -> [f64; 4] {
    [a.min(c), b.min(d), a.max(c), b.max(d)]
}

/// A crop box reaches no further than the medium (14.11.2).
fn within([a, b, c, d]: [f64; 4], [e, f, g, h]: [f64; 4]) -> [f64; 4] {
    [a.max(e), b.max(f), c.min(g), d.min(h)]
}

/// Adds the objects of an appearance; its form stands for all.
fn add(
    draft: &mut Draft<'_, '_>,
    pdf: &Pdf<'_>,
    look: &Look,
    rect: [f64; 4],
    view: &View,
) -> Result<Reference, PadesError> {
    let (width, height) = view.seen(rect);
    let painted = paint(look, width, height, view.turn, conformance(pdf)?)?;
    let mut written: Vec<Reference> = Vec::with_capacity(painted.parts.len());
    for Part { dictionary, stream } in &painted.parts {
        let entries = dictionary.iter().map(|(key, value)| (*key, value_of(value, &written))).collect();
        written.push(match stream {
            Some(octets) => draft.add_stream(entries, octets)?,
            None => draft.add(&Value::Dictionary(entries))?,
        });
    }
    written.get(painted.form).copied().ok_or(PadesError::Misuse { what: "an appearance without its form" })
}

/// A part names only parts before it.
fn value_of(value: &appearance::Value, written: &[Reference]) -> Value {
    match value {
        appearance::Value::Integer(value) => Value::Integer(*value),
        appearance::Value::Number(value) => decimal(*value),
        appearance::Value::Name(name) => Value::Name(name.clone()),
        appearance::Value::String(octets) => Value::String(octets.clone()),
        appearance::Value::Array(items) => {
            Value::Array(items.iter().map(|item| value_of(item, written)).collect())
        }
        appearance::Value::Dictionary(entries) => {
            Value::Dictionary(entries.iter().map(|(key, value)| (*key, value_of(value, written))).collect())
        }
        appearance::Value::Part(index) => {
            written.get(*index).map_or(Value::Raw(b" null".to_vec()), |part| Value::Reference(*part))
        }
    }
}

/// A number, set off from what stands before it.
fn decimal(value: f64) -> Value {
    Value::Raw(format!(" {}", number(value)).into_bytes())
}

/// What the file claims to be (ISO 19005, pdfaid:part in the document's metadata).
fn conformance(pdf: &Pdf<'_>) -> Result<Conformance, PadesError> {
    let Some(catalog) = pdf.catalog()? else { return Ok(Conformance::Ordinary) };
    let Object::Stream(stream) = pdf.value(&catalog, "Metadata")?.object else {
        return Ok(Conformance::Ordinary);
    };
    let Ok(metadata) = pdf.octets(&stream)? else { return Ok(Conformance::Ordinary) };
    Ok(part_of(&metadata))
}

/// Both ways of writing it: an element and an attribute.
fn part_of(metadata: &[u8]) -> Conformance {
    const NAME: &[u8] = b"pdfaid:part";
    let mut rest = metadata;
    while let Some(at) = find(rest, NAME) {
        rest = rest.get(at.saturating_add(NAME.len())..).unwrap_or_default();
        let mut letters = rest.iter().skip_while(|octet| b" \t\r\n=>\"'".contains(octet));
        match letters.next() {
            Some(b'1') => return Conformance::PdfA1,
            Some(b'2'..=b'9') => return Conformance::PdfA2,
            _ => {}
        }
    }
    Conformance::Ordinary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pdf_a_is_read_in_both_ways() {
        for (text, want) in [
            ("<pdfaid:part>1</pdfaid:part>", Conformance::PdfA1),
            ("xmlns:pdfaid='x' pdfaid:part = \"3\"", Conformance::PdfA2),
            ("pdfaid:part", Conformance::Ordinary),
            ("<pdfaid:conformance>B</pdfaid:conformance>", Conformance::Ordinary),
            ("", Conformance::Ordinary),
        ] {
            assert_eq!(part_of(text.as_bytes()), want, "{text}");
        }
    }
}
