// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What later revisions of a PDF did, by code, as text.

use crate::lang::Lang;

/// Code, Japanese, English. Sorted by code; what is not here is shown by its code.
const CHANGES: &[(&str, &str, &str)] = &[
    ("annotation-added", "注釈を追加", "an annotation was added"),
    ("annotation-changed", "注釈を変更", "an annotation was changed"),
    ("annotation-removed", "注釈を削除", "an annotation was removed"),
    ("catalog-changed", "文書全体の設定を変更", "the document catalog was changed"),
    ("catalog-noted", "文書全体の付記を更新", "notes in the document catalog were updated"),
    ("catalog-replaced", "文書全体を別のものに差し替え", "the document catalog was replaced by another"),
    (
        "coverage-inside-revision",
        "署名の範囲が版の途中で終わっている",
        "what was signed ends in the middle of a revision",
    ),
    ("encryption-changed", "暗号化の設定を変更", "the encryption was changed"),
    ("form-changed", "入力フォームの設定を変更", "the form's settings were changed"),
    ("form-field-added", "入力欄を追加", "a form field was added"),
    ("form-field-changed", "入力欄の性質を変更", "the nature of a form field was changed"),
    ("form-field-filled", "入力欄に記入", "a form field was filled"),
    ("form-field-removed", "入力欄を削除", "a form field was removed"),
    ("form-field-replaced", "入力欄を差し替え", "a form field was replaced"),
    ("form-field-shown", "入力欄の見た目を更新", "a form field is drawn anew"),
    ("information", "文書情報を更新", "the document information was updated"),
    ("object-added", "表示に使われる部品を追加", "an object that is used was added"),
    ("object-changed", "表示に使われる部品を変更", "an object that is used was changed"),
    (
        "object-shared",
        "許された変更に見せて、別の箇所でも使われる部品を変更",
        "an object was changed under the cover of an allowed change while something else uses it too",
    ),
    (
        "objects-behind-end",
        "ファイルの終わりの後ろに部品を追加",
        "objects were put behind the end of the file",
    ),
    ("page-changed", "ページの内容を変更", "a page was changed"),
    ("page-noted", "ページの付記を更新", "notes about a page were updated"),
    ("security-store", "検証情報(DSS)を追加", "validation material (DSS) was added"),
    ("signature", "署名を追加", "another signature was added"),
    ("signature-field-added", "署名欄を追加", "a signature field was added"),
    (
        "signature-not-in-revision",
        "署名された版にこの署名がない",
        "the revision that was signed lacks this signature",
    ),
    ("signature-replaced", "署名を差し替え", "a signature was replaced"),
    (
        "signed-revision-left-out",
        "署名された版を飛ばして別の版につないでいる",
        "the file's revisions pass over the one that was signed",
    ),
    (
        "signed-revision-unreadable",
        "署名された部分だけでは文書にならない",
        "what was signed is no document by itself",
    ),
    ("timestamp", "タイムスタンプを追加", "a time-stamp was added"),
];

/// A change as text.
pub(crate) fn change(code: &str, lang: Lang) -> &str {
    let found =
        CHANGES.binary_search_by_key(&code, |(known, _, _)| known).ok().and_then(|at| CHANGES.get(at));
    found.map_or(code, |(_, ja, en)| lang.pick(ja, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted() {
        assert!(CHANGES.is_sorted_by_key(|(code, _, _)| *code));
    }
}
