// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Errors of the library as messages, each with what can be done about it.

mod advice;
mod config;
mod pdf;
mod tsa;

use keiin::{
    BatchError, ContentError, Error, FileError, FileKind, FontError, TrustError,
    model::{ContainerError, SignerError},
    pades::PadesError,
    xades::{XadesError, XmlError},
};

use self::{
    pdf::{appearance, pdf},
    tsa::timestamp,
};
use crate::lang::Lang;

pub(crate) use advice::{advice, file_advice};
pub(crate) use config::config;
pub(crate) use tsa::tsa;

/// What is wrong. English is what the library's own errors say.
pub(crate) fn message(error: &Error, lang: Lang) -> String {
    match (error, lang) {
        (Error::Waiting { next, .. }, _) => {
            let actions: Vec<_> = next.iter().map(|action| lang.messages().action(action)).collect();
            let first = lang.pick("まだ先へ進めません", "this cannot go on yet");
            let colon = lang.pick(":", ": ");
            if actions.is_empty() { first.to_owned() } else { format!("{first}{colon}{}", actions.join(" ")) }
        }
        (Error::NotValid { indication, sub_indication, .. }, _) => {
            let messages = lang.messages();
            let why = sub_indication.map(|sub| messages.sub_indication(sub)).unwrap_or_default();
            match lang {
                Lang::Ja => format!(
                    "署名が「{}」と判定されたため、処理を進めません。{why}",
                    messages.indication(*indication)
                ),
                Lang::En => format!(
                    "the signature is {}, so it is not carried on: {why}",
                    messages.indication(*indication)
                ),
            }
        }
        (error, Lang::En) => error.to_string(),
        (error, Lang::Ja) => japanese(error),
    }
}

fn japanese(error: &Error) -> String {
    match error {
        Error::File(error) => file(error),
        Error::Batch(error) => batch(error),
        Error::Font(error) => font(error),
        Error::Content(error) => content(error),
        Error::Foreign { name, kind } => format!("{}{}", named(name.as_deref()), foreign(*kind)),
        Error::Cades { name, source } => format!("{}署名を扱えません({source})", named(name.as_deref())),
        Error::Pdf { name, source: PadesError::Password } => {
            format!(
                "{}パスワードが違います(利用者または所有者のパスワードが必要です)",
                named(name.as_deref())
            )
        }
        Error::Pdf { name, source: PadesError::Encryption { .. } } => {
            format!(
                "{}この方式で暗号化されたPDFは開けません(パスワードによる標準の方式だけです)",
                named(name.as_deref())
            )
        }
        Error::Pdf { name, source } => {
            format!("{}{}", named(name.as_deref()), pdf(source))
        }
        Error::Xml { name, source } => format!("{}{}", named(name.as_deref()), xml(source)),
        Error::Token { name, source } => {
            format!("{}タイムスタンプを読み取れません({source})", named(name.as_deref()))
        }
        Error::Container(error) => container(error),
        Error::Signer(error) => signer(error),
        Error::Trust(error) => trust(error),
        Error::AlgorithmTable { path, reason } => {
            format!("{}:暗号アルゴリズムの期限表を読み取れません({reason})", path.display())
        }
        Error::NoSuchPreset { name } => format!("{name} という検証方針はありません"),
        Error::NoTimestamp(failures) => timestamp(&failures.0),
        Error::SignerCertificate => "署名者の証明書を読み取れません".to_owned(),
        Error::CertificateExpired { not_after } => {
            format!(
                "署名者の証明書の有効期間は {} に終わっています。期限切れの証明書では署名しません",
                Lang::Ja.messages().time(*not_after)
            )
        }
        Error::CertificateNotYetValid { not_before } => {
            format!("署名者の証明書の有効期間は {} に始まります", Lang::Ja.messages().time(*not_before))
        }
        Error::NoScheme => "この鍵には、新しい署名に使える署名方式がありません".to_owned(),
        Error::AuthenticationCertificate => {
            "この証明書は認証用であり、署名には使えません(鍵用途に否認防止がありません)".to_owned()
        }
        Error::WrongRole { wanted, found } => {
            let found = if found.is_empty() { "資格の記載なし".to_owned() } else { found.join("、") };
            format!("この書式に署名できるのは {} です。この証明書は {found} です", wanted.join("・"))
        }
        Error::OneContent => {
            "CAdESの署名は一つのファイルに対するものです(複数のファイルにはXAdESで署名できます)".to_owned()
        }
        Error::NotACms => {
            "これはPDFです。PDFの署名に副署はできません。署名者を加えるには、もう一度署名してください"
                .to_owned()
        }
        Error::NotAPdf => "PAdESの署名はPDFの中に作るものですが、これはPDFではありません".to_owned(),
        Error::NotASignature => "これはタイムスタンプです。延長できるのは署名だけです".to_owned(),
        Error::NothingToRenew { .. } => "アーカイブタイムスタンプがまだありません".to_owned(),
        other => other.to_string(),
    }
}

/// What is wrong with the font of a visible signature, in Japanese.
fn font(error: &FontError) -> String {
    match error {
        FontError::File(error) => file(error),
        FontError::Unusable { path, source } => format!("{}:{}", path.display(), appearance(source)),
        FontError::NoneFound => "この機器に日本語のフォントが見つかりません".to_owned(),
        other => other.to_string(),
    }
}

/// What is wrong with the content, in Japanese.
fn content(error: &ContentError) -> String {
    match error {
        ContentError::File(error) => file(error),
        ContentError::DigestLength { algorithm, octets } => {
            format!("{algorithm} のダイジェストとして {octets} バイトは長さが合いません")
        }
        ContentError::OnlyDigests => {
            "署名ファイルに内容を含めるには、ダイジェストではなく内容そのものが必要です".to_owned()
        }
        ContentError::DigestMissing { algorithm } => {
            format!("内容の {algorithm} ダイジェストが必要ですが、渡されていません")
        }
        ContentError::OnlyOne => {
            "この署名の対象は1つです。--content を複数指定することはできません".to_owned()
        }
        other => other.to_string(),
    }
}

/// What is wrong with trust anchors, in Japanese.
fn trust(error: &TrustError) -> String {
    match error {
        TrustError::File(error) => file(error),
        TrustError::NoCertificate { path } => format!("{}:証明書が入っていません", path.display()),
        TrustError::Unreadable { path, number } => {
            format!("{}:{number} 番目の証明書を読み取れません", path.display())
        }
        TrustError::System { reason } => {
            format!("OSの信頼済みルート証明書を読み取れません({reason})")
        }
        other => other.to_string(),
    }
}

/// Why XML is not read, in Japanese.
fn xml(error: &XadesError) -> String {
    match error {
        XadesError::Xml(XmlError::DocumentType { .. }) => {
            "文書型宣言(DTD)のあるXMLは読みません。宣言の中身は署名された内容ではないからです".to_owned()
        }
        XadesError::Xml(XmlError::Limit { object, limit }) => {
            format!("XMLが上限を超えています({object}:{limit} まで)")
        }
        XadesError::Xml(error) => format!("XMLとして読み取れません({error})"),
        other => format!("XMLの署名を扱えません({other})"),
    }
}

/// A file's trouble, in Japanese.
fn file(error: &FileError) -> String {
    match error {
        FileError::Missing { path } => format!("{}:ファイルがありません", path.display()),
        FileError::Directory { path } => {
            format!("{}:これはフォルダーです。ファイルを指定してください", path.display())
        }
        FileError::Special { path } => {
            format!("{}:これは装置、パイプまたはソケットです。ファイルを指定してください", path.display())
        }
        FileError::NoFolder { path } => format!("{}:フォルダーがありません", path.display()),
        FileError::Changed { path } => {
            format!(
                "{}:処理中に別のプログラムがこのファイルを変更したため、書き込みませんでした",
                path.display()
            )
        }
        FileError::InUse { path } => {
            format!("{}:別のプロセスがこのファイルを変更しているため、書き込みませんでした", path.display())
        }
        FileError::Unfinished { path, source } => {
            format!("{}:変更を終えられず、まだ元にも戻せていません({source})", path.display())
        }
        FileError::OtherNote { path, note } => {
            format!(
                "{}:途中で止まった変更のあとで、別のプログラムがこのファイルに書き込んでいます({})",
                path.display(),
                note.display()
            )
        }
        FileError::TooLarge { path, limit } => {
            format!("{}:上限({limit} バイト)を超えています", path.display())
        }
        FileError::DiskFull { path } => {
            format!("{}:ディスクに空きがありません。元のファイルは変わっていません", path.display())
        }
        FileError::Exists { path } => format!("{}:すでにファイルがあります", path.display()),
        FileError::Read { path, source } => format!("{}:読み取れません({source})", path.display()),
        FileError::Write { path, source } => {
            format!("{}:書き込めません({source})。元のファイルは変わっていません", path.display())
        }
        other => other.to_string(),
    }
}

/// A batch's trouble, in Japanese.
fn batch(error: &BatchError) -> String {
    match error {
        BatchError::SameFolder { path } => {
            format!("{}:結果の出力先は、署名するファイルとは別のフォルダーにしてください", path.display())
        }
        BatchError::NotAFolder { path } => format!("{}:フォルダーではありません", path.display()),
        BatchError::Busy { path } => {
            format!("{}:このフォルダーでは別の一括署名が実行中です", path.display())
        }
        BatchError::Journal { path } => format!("{}:一括署名の記録ではありません", path.display()),
        BatchError::TooManyFiles { path, limit } => {
            format!("{}:ファイルが {limit} 件を超えています", path.display())
        }
        other => other.to_string(),
    }
}

fn named(name: Option<&std::path::Path>) -> String {
    name.map(|path| format!("{}:", path.display())).unwrap_or_default()
}

const fn foreign(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Empty => "ファイルが空です",
        FileKind::Truncated => "ファイルが途中で切れています",
        FileKind::Xml => "XMLです。署名ファイルではありません",
        FileKind::Pdf => "PDFです。署名ファイルではありません",
        FileKind::Zip => "ZIPまたはオフィス文書であり、署名ファイルではありません",
        FileKind::Pem => "PEM形式のテキストです。DER形式が必要です",
        FileKind::Certificate => "証明書であり、署名ファイルではありません",
        FileKind::Crl => "CRLであり、署名ファイルではありません",
        FileKind::PrivateKey => "秘密鍵であり、署名ファイルではありません",
        FileKind::Pkcs12 => "PKCS#12の鍵ファイルであり、署名ファイルではありません",
        FileKind::OtherCms => "署名を含まないCMSです",
        FileKind::OtherDer => "DERですが、署名ファイルではありません",
        _ => "署名ファイルではありません",
    }
}

fn container(error: &ContainerError) -> String {
    match error {
        ContainerError::Malformed { object, .. } => format!("署名ファイルの {object} が壊れています"),
        ContainerError::Limit { object, limit } => format!("{object} が上限({limit})を超えています"),
        ContainerError::Misuse { what } => format!("この署名ファイルには行えません({what})"),
        ContainerError::Token { what } => format!("タイムスタンプが要求と合いません({what})"),
        other => other.to_string(),
    }
}

fn signer(error: &SignerError) -> String {
    match error {
        SignerError::PinWrong => "PINまたはパスワードが違います".to_owned(),
        SignerError::PinFinalTry => {
            "PINの残り試行回数は1回です。次に間違えるとロックされるため、試していません".to_owned()
        }
        SignerError::PinLocked => "PINがロックされています".to_owned(),
        SignerError::PinMissing => "PINまたはパスワードが必要です".to_owned(),
        SignerError::PinLength { min, max } => {
            format!("PINは {min}~{max} 文字です。長さが合わないため、試していません")
        }
        SignerError::CardRemoved => "使用中にカードが抜かれました".to_owned(),
        SignerError::NoSuchToken { name } => format!("該当するカードまたはスロットがありません({name})"),
        SignerError::Ambiguous { choices } => {
            format!("署名に使えるものが複数あります:{}", choices.join("、"))
        }
        SignerError::NoKey => "証明書に対応する秘密鍵が見つかりません".to_owned(),
        SignerError::NoCertificate => "署名用の証明書が見つかりません".to_owned(),
        SignerError::Algorithm(algorithm) => format!("この鍵では {algorithm} で署名できません"),
        SignerError::Busy => "カードは別のプログラムが使用中です".to_owned(),
        SignerError::Device { call, reason } => {
            format!("カードまたはドライバーの {call} が失敗しました({reason})")
        }
        SignerError::Unusable { object, reason } => {
            let object =
                match (object.strip_prefix("the PKCS#11 module "), object.strip_prefix("file descriptor ")) {
                    (Some(path), _) => format!("PKCS#11モジュール {path}"),
                    (_, Some(number)) => format!("ファイル記述子 {number}"),
                    _ => object.clone(),
                };
            let reason = match reason.as_str() {
                "there is no such file" => "ファイルがありません",
                other => other,
            };
            format!("{object} を使えません({reason})")
        }
        other => other.to_string(),
    }
}
