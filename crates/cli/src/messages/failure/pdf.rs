// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is wrong with a PDF or with what a signature in it is to look like, in Japanese.

use keiin::pades::{
    PadesError,
    appearance::{AppearanceError, FontProblem},
};

/// What is wrong with a PDF, or forbids that it is signed.
pub(super) fn pdf(error: &PadesError) -> String {
    match error {
        PadesError::Appearance(error) => appearance(error),
        PadesError::BrokenReference => {
            "PDFの相互参照表が壊れているため、署名を追加できません。先に修復してください".to_owned()
        }
        PadesError::Password => "PDFが暗号化されています。パスワードが違うか、指定されていません".to_owned(),
        PadesError::Encryption { handler } => {
            format!("PDFの暗号化の方式({handler})には対応していません")
        }
        PadesError::Certified => {
            "この文書は一切の変更を禁じて認証されているため(DocMDP)、署名を追加できません".to_owned()
        }
        PadesError::NotFirst => "すでに署名があります。認証署名は最初の署名でなければなりません".to_owned(),
        PadesError::Locked { field, by } => {
            format!("署名欄 {field} は {by} の署名によって変更を禁じられています(FieldMDP)")
        }
        PadesError::OtherLock { field } => {
            format!("署名欄 {field} が禁じる変更は、欄そのものに定められており、指定と違います")
        }
        PadesError::FieldSigned { name } => format!("署名欄 {name} はすでに署名されています"),
        PadesError::FieldName { name } => {
            format!("{name} は署名欄の名前ではなく、新しい署名欄の名前にもできません")
        }
        PadesError::FieldToChoose { names } => {
            format!("空の署名欄が複数あります。--field で一つを指定してください:{}", names.join("、"))
        }
        PadesError::SeedValue { constraint } => {
            format!("この署名欄は、この署名が満たさない条件を定めています(シード値 {constraint})")
        }
        PadesError::ReasonAndCommitment => {
            "--reason と --commitment は同時に指定できません(EN 319 142-1)".to_owned()
        }
        PadesError::NoRoom { needed, reserved } => {
            format!(
                "署名またはタイムスタンプ({needed} バイト)が、確保した領域({reserved} バイト)に入りません"
            )
        }
        other => format!("PDFの署名を扱えません({other})"),
    }
}

/// An appearance's trouble, in Japanese.
pub(super) fn appearance(error: &AppearanceError) -> String {
    match error {
        AppearanceError::Font(FontProblem::EmbeddingForbidden) => {
            "このフォントは埋め込みが許可されていません".to_owned()
        }
        AppearanceError::Font(problem) => format!("フォントとして使えません({problem})"),
        AppearanceError::NoFont => "表示する文字のためのフォントがありません".to_owned(),
        AppearanceError::MissingGlyphs { characters } => {
            format!("フォントに「{characters}」の字形がありません")
        }
        AppearanceError::Image => "8ビットのPNGまたはJPEGの画像ではないか、途中で切れています".to_owned(),
        AppearanceError::TooSmall => "表示する場所が小さく、文字が入りません".to_owned(),
        AppearanceError::Rectangle { width, height } => {
            format!("表示する場所がページ({width:.0}×{height:.0} ポイント)からはみ出しています")
        }
        AppearanceError::NoSuchPage => "そのページはありません".to_owned(),
        AppearanceError::NoWidget => "署名欄がページの上に場所を持っていません".to_owned(),
        AppearanceError::Page => "ページの大きさを読み取れません".to_owned(),
        AppearanceError::Conformance { .. } => {
            "この画像の色(CMYK)はPDF/Aのファイルには入れられません".to_owned()
        }
        other => other.to_string(),
    }
}
