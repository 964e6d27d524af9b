// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What of a document a signature covers, reference by reference.

use keiin::model::{DataKind, DataReference, Extent};

use crate::lang::Lang;

/// References that are named one by one; a signature over a thousand files has its total beside them.
const SHOWN: usize = 12;

/// A line for each reference to data, and one for what none of them covers. Nothing where no reference says what it
/// covers: a CMS is over its content.
pub(super) fn lines(data: &[DataReference], lang: Lang) -> Vec<String> {
    if data.iter().all(|reference| reference.kind == DataKind::MessageDigest) {
        return Vec::new();
    }
    let about: Vec<_> = data.iter().filter(|reference| is_data(reference.kind)).collect();
    let mut lines: Vec<_> = about.iter().take(SHOWN).map(|reference| line(reference, lang)).collect();
    let more = about.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(match lang {
            Lang::Ja => format!("ほか {more} 件"),
            Lang::En => format!("and {more} more"),
        });
    }
    let whole = |reference: &&DataReference| {
        reference.intact() && reference.covered.as_ref().is_some_and(|c| c.extent == Extent::Document)
    };
    if !about.iter().any(whole) {
        let rest = "注意:これ以外の部分は、この署名では守られていません";
        let rest = lang.pick(rest, "NOTE: nothing else in the file is covered by this signature");
        lines.push(rest.to_owned());
    }
    lines
}

/// Whether a reference is over data, and not over what the signature says of itself.
const fn is_data(kind: DataKind) -> bool {
    use DataKind as K;
    !matches!(
        kind,
        K::SignedProperties | K::KeyInfo | K::SignatureProperties | K::CounterSignedSignatureValue
    )
}

fn line(reference: &DataReference, lang: Lang) -> String {
    if reference.misplaced {
        let name = &reference.name;
        return match lang {
            Lang::Ja => format!("{name}:あるべき場所にないため、対象とは認められません"),
            Lang::En => format!("{name}: not where it must stand, so it does not count"),
        };
    }
    let what = what(reference, lang);
    match (reference.found(), reference.intact(), lang) {
        (true, true, _) => what,
        (true, false, Lang::Ja) => format!("{what}:署名されたときと違います"),
        (true, false, Lang::En) => format!("{what}: NOT as it was signed"),
        (false, _, Lang::Ja) => format!("{what}:見つかりません"),
        (false, _, Lang::En) => format!("{what}: not found"),
    }
}

fn what(reference: &DataReference, lang: Lang) -> String {
    let Some(covered) = &reference.covered else { return reference.name.clone() };
    let id = covered.id.as_ref().map(|id| format!(" (#{id})")).unwrap_or_default();
    let element = format!("{}{id}", covered.element);
    match (covered.extent, lang) {
        (Extent::Document, Lang::Ja) => "文書全体(署名自身を除く)".to_owned(),
        (Extent::Document, Lang::En) => "the whole document but the signature itself".to_owned(),
        (Extent::Element, Lang::Ja) => format!("要素 {element}"),
        (Extent::Element, Lang::En) => format!("the element {element}"),
        (Extent::Text, Lang::Ja) => format!("要素 {element} の中のデータ"),
        (Extent::Text, Lang::En) => format!("the data in the element {element}"),
        (Extent::Part, Lang::Ja) => format!("要素 {element} の一部"),
        (Extent::Part, Lang::En) => format!("a part of the element {element}"),
        (_, Lang::Ja) => format!("文書の外の {}", reference.name),
        (_, Lang::En) => format!("{}, outside the document", reference.name),
    }
}

#[cfg(test)]
mod tests {
    use keiin::model::Covered;

    use super::*;

    fn reference(extent: Extent, right: bool) -> DataReference {
        let actual = Some(if right { vec![1].into() } else { vec![2].into() });
        let covered = Covered { element: "/a/b".to_owned(), id: Some("x".to_owned()), extent };
        let plain = DataReference::new("#x", None, vec![1], actual);
        DataReference { kind: DataKind::Reference, covered: Some(covered), ..plain }
    }

    #[test]
    fn what_is_not_covered_is_said() {
        let said = |data: &[DataReference]| lines(data, Lang::En);
        assert_eq!(
            said(&[reference(Extent::Document, true)]),
            ["the whole document but the signature itself"]
        );
        let element = said(&[reference(Extent::Element, true)]);
        assert_eq!(element.len(), 2);
        assert_eq!(element.first().map(String::as_str), Some("the element /a/b (#x)"));
        assert_eq!(said(&[reference(Extent::Document, false)]).len(), 2);
        assert!(said(&[DataReference::new("message-digest", None, vec![1], None)]).is_empty());
        let many = vec![reference(Extent::Outside, true); 900];
        assert_eq!(said(&many).len(), SHOWN + 2);
    }
}
