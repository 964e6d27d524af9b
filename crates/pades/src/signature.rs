// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The objects of a signature: its dictionary, its field with the widget, the form, and what the catalog says of them
//! (ISO 32000-1, 12.7 and 12.8; EN 319 142-1, 5.3 and 5.4.3).

use keiin_model::Time;

use crate::{
    Lock, PadesError, PadesIntent, Visible,
    field::{Field, Target},
    page,
    pdf::{Draft, Object, Pdf, Reference, Spot, Value, text_string},
    restriction,
    visible::{self, Placed},
};

/// /Filter of everything that keiin writes: the handler that every reader has.
const FILTER: &str = "Adobe.PPKLite";
/// Print (the third bit), which PDF/A asks for, and Locked (the eighth).
const WIDGET_FLAGS: i64 = 4 | 128;
/// SignaturesExist and AppendOnly (12.7.2).
const SIG_FLAGS: i64 = 3;
/// Octets of /ByteRange with its brackets: four numbers of the longest that an offset can be.
const BYTE_RANGE: usize = 72;

/// What a signature's revision consists of.
pub(crate) struct Plan<'i> {
    pub(crate) target: &'i Target,
    pub(crate) kind: Kind<'i>,
    /// Octets of /Contents.
    pub(crate) room: usize,
}

/// A signature or a time-stamp.
pub(crate) enum Kind<'i> {
    Signature { intent: &'i PadesIntent, location: Option<String>, now: Time },
    Timestamp,
}

impl Plan<'_> {
    const fn visible(&self) -> Option<&Visible> {
        match &self.kind {
            Kind::Signature { intent, .. } => intent.visible.as_ref(),
            Kind::Timestamp => None,
        }
    }
}

/// Puts a signature with room for its value into a draft, and yields its dictionary.
pub(crate) fn place(
    draft: &mut Draft<'_, '_>,
    pdf: &Pdf<'_>,
    plan: &Plan<'_>,
) -> Result<Reference, PadesError> {
    let lock = locked(pdf, plan)?;
    let signature = draft.reserve()?;
    draft.write(signature, &dictionary(draft, plan, &lock)?);
    let field = match plan.target {
        Target::New(name) => new_field(draft, pdf, name, signature, plan, &lock)?,
        Target::Existing(_, number) => {
            let field = Draft::object(*number);
            draft.set(&field, "V", &Value::Reference(signature))?;
            if let Some(visible) = plan.visible() {
                visible::show(draft, pdf, visible, *number)?;
            }
            None
        }
    };
    form(draft, field)?;
    if let Kind::Signature { intent, .. } = &plan.kind
        && intent.certification.permission().is_some()
    {
        permissions(draft, signature)?;
    }
    Ok(signature)
}

/// The fields that this signature locks: by the signer's choice, else by the field's own lock dictionary.
fn locked(pdf: &Pdf<'_>, plan: &Plan<'_>) -> Result<Lock, PadesError> {
    let Kind::Signature { intent, .. } = &plan.kind else { return Ok(Lock::None) };
    let own = match plan.target {
        Target::Existing(field, _) => own_lock(pdf, field)?,
        Target::New(_) => Lock::None,
    };
    match (&intent.lock, own) {
        (chosen, Lock::None) => Ok(chosen.clone()),
        (Lock::None, own) => Ok(own),
        (chosen, own) if *chosen == own => Ok(own),
        _ => Err(PadesError::OtherLock { field: plan.target.name().to_owned() }),
    }
}

fn own_lock(pdf: &Pdf<'_>, field: &Field) -> Result<Lock, PadesError> {
    let lock = pdf.value(&field.dictionary, "Lock")?.object;
    lock.as_dictionary().map_or(Ok(Lock::None), |lock| restriction::lock(pdf, lock))
}

fn dictionary(draft: &Draft<'_, '_>, plan: &Plan<'_>, lock: &Lock) -> Result<Value, PadesError> {
    let timestamp = matches!(plan.kind, Kind::Timestamp);
    let (kind, sub_filter) =
        if timestamp { ("DocTimeStamp", "ETSI.RFC3161") } else { ("Sig", "ETSI.CAdES.detached") };
    let zeros = plan.room.saturating_mul(2).saturating_add(2);
    let mut contents = vec![b'0'; zeros];
    if let [first, .., last] = contents.as_mut_slice() {
        (*first, *last) = (b'<', b'>');
    }
    let mut range = vec![b' '; BYTE_RANGE];
    if let [first, .., last] = range.as_mut_slice() {
        (*first, *last) = (b'[', b']');
    }
    let mut entries = vec![
        ("Type", Value::name(kind)),
        ("Filter", Value::name(FILTER)),
        ("SubFilter", Value::name(sub_filter)),
        ("ByteRange", Value::Raw(range)),
        ("Contents", Value::Raw(contents)),
    ];
    if let Kind::Signature { intent, location, now } = &plan.kind {
        entries.push(("M", Value::String(date(*now, intent.zone).into_bytes())));
        let texts = [
            ("Reason", intent.reason.as_ref()),
            ("Location", intent.location.as_ref().or(location.as_ref())),
            ("ContactInfo", intent.contact.as_ref()),
        ];
        let given = texts.into_iter().filter_map(|(key, text)| Some((key, Value::text(text?))));
        entries.extend(given);
        let references = references(draft, intent, lock)?;
        if !references.is_empty() {
            entries.push(("Reference", Value::Array(references)));
        }
    }
    Ok(Value::Dictionary(entries))
}

/// Signature references: the transforms of certification and lock (12.8.2).
fn references(draft: &Draft<'_, '_>, intent: &PadesIntent, lock: &Lock) -> Result<Vec<Value>, PadesError> {
    let mut found = Vec::new();
    if let Some(permission) = intent.certification.permission() {
        let parameters = vec![
            ("Type", Value::name("TransformParams")),
            ("V", Value::name("1.2")),
            ("P", Value::Integer(permission)),
        ];
        found.push(Value::Dictionary(vec![
            ("Type", Value::name("SigRef")),
            ("TransformMethod", Value::name("DocMDP")),
            ("TransformParams", Value::Dictionary(parameters)),
        ]));
    }
    if let Some(mut parameters) = lock_entries(lock) {
        parameters.push(("Type", Value::name("TransformParams")));
        parameters.push(("V", Value::name("1.2")));
        found.push(Value::Dictionary(vec![
            ("Type", Value::name("SigRef")),
            ("TransformMethod", Value::name("FieldMDP")),
            ("TransformParams", Value::Dictionary(parameters)),
            ("Data", Value::Reference(draft.reference(&draft.catalog()?)?)),
        ]));
    }
    Ok(found)
}

fn lock_entries(lock: &Lock) -> Option<Vec<(&'static str, Value)>> {
    let names =
        |names: &[String]| Value::Array(names.iter().map(|name| Value::String(text_string(name))).collect());
    match lock {
        Lock::None => None,
        Lock::All => Some(vec![("Action", Value::name("All"))]),
        Lock::Include(fields) => Some(vec![("Action", Value::name("Include")), ("Fields", names(fields))]),
        Lock::Exclude(fields) => Some(vec![("Action", Value::name("Exclude")), ("Fields", names(fields))]),
    }
}

/// A field that is its own widget: where it is to be seen, else on the first page with an empty appearance, as PDF/A wants one.
fn new_field(
    draft: &mut Draft<'_, '_>,
    pdf: &Pdf<'_>,
    name: &str,
    signature: Reference,
    plan: &Plan<'_>,
    lock: &Lock,
) -> Result<Option<Reference>, PadesError> {
    let Placed { page, rect, appearance } = match plan.visible() {
        Some(visible) => visible::place(draft, pdf, visible)?,
        None => unseen(draft, pdf)?,
    };
    let mut entries = vec![
        ("Type", Value::name("Annot")),
        ("Subtype", Value::name("Widget")),
        ("FT", Value::name("Sig")),
        ("T", Value::text(name)),
        ("V", Value::Reference(signature)),
        ("F", Value::Integer(WIDGET_FLAGS)),
        ("Rect", rect),
        ("AP", Value::Dictionary(vec![("N", Value::Reference(appearance))])),
    ];
    if matches!(plan.kind, Kind::Signature { .. })
        && let Some(mut lock) = lock_entries(lock)
    {
        lock.push(("Type", Value::name("SigFieldLock")));
        entries.push(("Lock", Value::Reference(draft.add(&Value::Dictionary(lock))?)));
    }
    let page = page.map(Draft::object);
    if let Some(page) = &page {
        entries.push(("P", Value::Reference(draft.reference(page)?)));
    }
    let field = draft.add(&Value::Dictionary(entries))?;
    if let Some(page) = page {
        append(draft, &page, "Annots", field)?;
    }
    Ok(Some(field))
}

/// Nothing to be seen, on the first page.
fn unseen(draft: &mut Draft<'_, '_>, pdf: &Pdf<'_>) -> Result<Placed, PadesError> {
    let zero = || Value::Array(vec![Value::Integer(0); 4]);
    let form = vec![
        ("Type", Value::name("XObject")),
        ("Subtype", Value::name("Form")),
        ("BBox", zero()),
        ("Resources", Value::Dictionary(Vec::new())),
    ];
    let appearance = draft.add_stream(form, b"")?;
    Ok(Placed { page: page::find(pdf, 0)?, rect: zero(), appearance })
}

/// Puts a reference into an array that may not be there yet.
fn append(draft: &mut Draft<'_, '_>, owner: &Spot, key: &str, item: Reference) -> Result<(), PadesError> {
    let item = Value::Reference(item);
    match draft.follow(owner, key)? {
        Some(array) if matches!(draft.value(&array)?, Object::Array(_)) => draft.push(&array, &item),
        _ => draft.set(owner, key, &Value::Array(vec![item])),
    }
}

/// The interactive form names the field and says that there are signatures, so that writers append.
fn form(draft: &mut Draft<'_, '_>, field: Option<Reference>) -> Result<(), PadesError> {
    let catalog = draft.catalog()?;
    let flags = ("SigFlags", Value::Integer(SIG_FLAGS));
    let there = draft.follow(&catalog, "AcroForm")?;
    let Some(form) = there.filter(|form| draft.value(form).is_ok_and(|form| form.as_dictionary().is_some()))
    else {
        let fields = Value::Array(field.into_iter().map(Value::Reference).collect());
        let form = draft.add(&Value::Dictionary(vec![("Fields", fields), flags]))?;
        return draft.set(&catalog, "AcroForm", &Value::Reference(form));
    };
    if let Some(field) = field {
        append(draft, &form, "Fields", field)?;
    }
    let old = draft.follow(&form, "SigFlags")?;
    let old = old.map(|old| draft.value(&old)).transpose()?.and_then(|old| old.as_integer()).unwrap_or(0);
    if old & SIG_FLAGS == SIG_FLAGS {
        Ok(())
    } else {
        draft.set(&form, "SigFlags", &Value::Integer(old | SIG_FLAGS))
    }
}

/// /Perms /DocMDP: this is the certification signature (12.8.4).
fn permissions(draft: &mut Draft<'_, '_>, signature: Reference) -> Result<(), PadesError> {
    let catalog = draft.catalog()?;
    let value = Value::Reference(signature);
    match draft.follow(&catalog, "Perms")? {
        Some(permissions) => draft.set(&permissions, "DocMDP", &value),
        None => draft.set(&catalog, "Perms", &Value::Dictionary(vec![("DocMDP", value)])),
    }
}

/// A PDF older than 2.0 says that it has what PAdES brings (EN 319 142-1, 5.6).
pub(crate) fn extension(draft: &mut Draft<'_, '_>, pdf: &Pdf<'_>) -> Result<(), PadesError> {
    let catalog = draft.catalog()?;
    let later = draft.follow(&catalog, "Version")?.map(|version| draft.value(&version)).transpose()?;
    let later = later.is_some_and(|version| version.as_name().is_some_and(|name| name >= b"2.0".as_slice()));
    if later || pdf.header_version() >= *b"2.0" {
        return Ok(());
    }
    let level =
        Value::Dictionary(vec![("BaseVersion", Value::name("1.7")), ("ExtensionLevel", Value::Integer(1))]);
    match draft.follow(&catalog, "Extensions")? {
        Some(extensions) if draft.follow(&extensions, "ESIC")?.is_some() => Ok(()),
        Some(extensions) => draft.set(&extensions, "ESIC", &level),
        None => draft.set(&catalog, "Extensions", &Value::Dictionary(vec![("ESIC", level)])),
    }
}

/// A date with its zone (7.9.4).
fn date(time: Time, zone: i16) -> String {
    let (year, month, day, hour, minute, second) = time.plus_seconds(i64::from(zone) * 60).calendar();
    let (sign, east) = (if zone < 0 { '-' } else { '+' }, zone.unsigned_abs());
    format!(
        "D:{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{sign}{:02}'{:02}'",
        east / 60,
        east % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    #[test]
    fn dates_read_as_the_moment_they_are() {
        let time: Time = "2026-04-01T20:30:00Z".parse().unwrap();
        for (zone, want) in [
            (0, "D:20260401203000+00'00'"),
            (540, "D:20260402053000+09'00'"),
            (-210, "D:20260401170000-03'30'"),
        ] {
            assert_eq!(date(time, zone), want);
            assert_eq!(text::date(want.as_bytes()), Some(time));
        }
    }
}
