// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Lines of Japanese and Latin text that fit a width (JIS X 4051, its simplest rules).

use super::font::Glyph;

/// What does not begin a line: closing marks, small kana, marks of repetition and lengthening.
const NOT_FIRST: &str =
    ")]}」』】〕〉》)]}、。,.・:;:;,.!?!?ー々〻ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ’”%℃";
/// What does not end a line: opening marks.
const NOT_LAST: &str = "([{「『【〔〈《([{‘“¥¥$#";

/// Breaks the glyphs of a paragraph into lines of at most `width` thousandths of the font size.
pub(super) fn wrap(glyphs: &[Glyph], width: f64) -> Vec<&[Glyph]> {
    let mut lines = Vec::new();
    let mut rest = glyphs;
    while !rest.is_empty() {
        let end = end_of_line(rest, width);
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        lines.push(without_end_space(line));
        rest = without_begin_space(after);
    }
    if lines.is_empty() {
        lines.push(glyphs);
    }
    lines
}

/// How many glyphs stand in the first line: as many as fit, back to where a break is good, and one at least.
fn end_of_line(glyphs: &[Glyph], width: f64) -> usize {
    let mut used = 0.0;
    let mut fitting = 0;
    for glyph in glyphs {
        used += glyph.width;
        // A space hangs over the end.
        if used > width && !is_space(glyph) {
            break;
        }
        fitting += 1;
    }
    if fitting == glyphs.len() {
        return fitting;
    }
    let fitting = fitting.max(1);
    (1..=fitting).rev().find(|at| may_break(glyphs, *at)).unwrap_or(fitting)
}

/// Whether a line may end before the glyph at a place.
fn may_break(glyphs: &[Glyph], at: usize) -> bool {
    let (Some(before), Some(after)) = (at.checked_sub(1).and_then(|i| glyphs.get(i)), glyphs.get(at)) else {
        return false;
    };
    if is_one_of(after, NOT_FIRST) || is_one_of(before, NOT_LAST) {
        return false;
    }
    // A word is not divided: neither letters nor what stands in the middle of numbers and addresses.
    is_space(before) || is_space(after) || !(is_latin(before) && is_latin(after))
}

fn is_one_of(glyph: &Glyph, set: &str) -> bool {
    glyph.text.chars().next().is_some_and(|letter| set.contains(letter))
}

fn is_space(glyph: &Glyph) -> bool {
    matches!(glyph.text.as_str(), " " | "\u{3000}")
}

fn is_latin(glyph: &Glyph) -> bool {
    glyph.text.chars().next().is_some_and(|letter| letter < '\u{2e80}' && letter != ' ')
}

fn without_end_space(line: &[Glyph]) -> &[Glyph] {
    let end = line.iter().rposition(|glyph| !is_space(glyph)).map_or(line.len().min(1), |last| last + 1);
    line.get(..end).unwrap_or(line)
}

fn without_begin_space(line: &[Glyph]) -> &[Glyph] {
    let start = line.iter().position(|glyph| !is_space(glyph)).unwrap_or(line.len());
    line.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Japanese is as wide as it is high, Latin half of it.
    fn lines(text: &str, letters: f64) -> Vec<String> {
        let glyph = |letter: char| Glyph {
            id: 1,
            text: letter.to_string(),
            width: if letter < '\u{2e80}' { 500.0 } else { 1000.0 },
        };
        let glyphs: Vec<Glyph> = text.chars().map(glyph).collect();
        wrap(&glyphs, letters * 1000.0)
            .iter()
            .map(|line| line.iter().map(|glyph| glyph.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn japanese_breaks_anywhere_but_before_a_closing_mark() {
        assert_eq!(lines("処方内容を確認した。", 5.0), ["処方内容を", "確認した。"]);
        assert_eq!(lines("処方内容を確認、", 7.0), ["処方内容を確", "認、"]);
        assert_eq!(lines("理由(「承認」のため)", 4.0), ["理由", "(「承", "認」のた", "め)"]);
    }

    #[test]
    fn latin_words_stay_whole_where_they_can() {
        assert_eq!(lines("Medical Doctor at Tokyo", 5.0), ["Medical", "Doctor at", "Tokyo"]);
        assert_eq!(lines("Hippocrates", 2.0), ["Hipp", "ocra", "tes"]);
        assert_eq!(lines("医師Taro Yamada様", 4.0), ["医師Taro", "Yamada様"]);
    }

    #[test]
    fn nothing_gets_lost_and_nothing_hangs() {
        assert_eq!(lines("", 3.0), [""]);
        assert_eq!(lines("   ", 0.0), [" "]);
        assert_eq!(lines("。。。。", 1.0), ["。", "。", "。", "。"]);
        assert_eq!(lines("あいう", 0.1), ["あ", "い", "う"]);
    }
}
