// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Errors of the library as messages, each with what can be done about it.

mod advice;

use keiin::{
    BatchError, ConfigError, ContentError, Error, FileError, FileKind, FontError, TransportError, TrustError,
    TsaError,
    model::{ContainerError, SignerError},
    pades::{
        PadesError,
        appearance::{AppearanceError, FontProblem},
    },
    tsp::TspError,
    xades::{XadesError, XmlError},
};

use crate::lang::Lang;

pub(crate) use advice::{advice, file_advice};

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
        Error::File(error)
        | Error::Content(ContentError::File(error))
        | Error::Trust(TrustError::File(error)) => file(error),
        Error::Batch(error) => batch(error),
        Error::Font(FontError::File(error)) => file(error),
        Error::Font(FontError::Unusable { path, source }) => {
            format!("{}:{}", path.display(), appearance(source))
        }
        Error::Font(FontError::NoneFound) => "この機器に日本語のフォントが見つかりません".to_owned(),
        Error::Content(ContentError::DigestLength { algorithm, octets }) => {
            format!("{algorithm} のダイジェストとして {octets} バイトは長さが合いません")
        }
        Error::Content(ContentError::OnlyDigests) => {
            "署名ファイルに内容を含めるには、ダイジェストではなく内容そのものが必要です".to_owned()
        }
        Error::Content(ContentError::DigestMissing { algorithm }) => {
            format!("内容の {algorithm} ダイジェストが必要ですが、渡されていません")
        }
        Error::Content(ContentError::OnlyOne) => {
            "この署名の対象は1つです。--content を複数指定することはできません".to_owned()
        }
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
        Error::Trust(TrustError::NoCertificate { path }) => {
            format!("{}:証明書が入っていません", path.display())
        }
        Error::Trust(TrustError::Unreadable { path, number }) => {
            format!("{}:{number} 番目の証明書を読み取れません", path.display())
        }
        Error::Trust(TrustError::System { reason }) => {
            format!("OSの信頼済みルート証明書を読み取れません({reason})")
        }
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

/// What is wrong with a PDF, or forbids that it is signed.
fn pdf(error: &PadesError) -> String {
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

/// An appearance's trouble, in Japanese.
fn appearance(error: &AppearanceError) -> String {
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

fn timestamp(failures: &[keiin::TsaFailure]) -> String {
    if failures.is_empty() {
        return "タイムスタンプ局が指定されていません".to_owned();
    }
    let each: Vec<_> = failures.iter().map(|f| format!("{}:{}", f.url, tsa(&f.error, Lang::Ja))).collect();
    format!("タイムスタンプを取得できませんでした({})", each.join("、"))
}

/// Why one TSA gave nothing.
pub(crate) fn tsa(error: &TsaError, lang: Lang) -> String {
    match (error, lang) {
        (TsaError::Transport(error), Lang::Ja) => transport(error),
        (TsaError::Status { status }, Lang::Ja) => format!("HTTPステータス {status}"),
        (TsaError::ContentType { .. }, Lang::Ja) => "タイムスタンプの応答ではありません".to_owned(),
        (TsaError::NotAcceptable { indication, sub_indication }, _) => {
            let messages = lang.messages();
            let why = sub_indication.map(|sub| messages.sub_indication(sub)).unwrap_or_default();
            match lang {
                Lang::Ja => format!(
                    "このタイムスタンプは「{}」となるため採用しません。{why}",
                    messages.indication(*indication)
                ),
                Lang::En => format!("its time-stamp would be {}: {why}", messages.indication(*indication)),
            }
        }
        (TsaError::Tsp(error), Lang::Ja) => token(error),
        (TsaError::Variable { name }, Lang::Ja) => {
            format!("パスワードの環境変数 {name} が設定されていません")
        }
        (other, _) => other.to_string(),
    }
}

/// What is wrong with a TSA's answer. Its own words are quoted as they came.
fn token(error: &TspError) -> String {
    match error {
        TspError::Rejected(rejection) => {
            format!("時刻認証局がタイムスタンプの発行を拒否しました({rejection})")
        }
        TspError::WrongNonce => {
            "応答のナンスが要求と違います。古い応答が再送された可能性があります".to_owned()
        }
        TspError::WrongImprint => "要求したものとは別のデータに対するタイムスタンプです".to_owned(),
        TspError::WrongSignature => "タイムスタンプの署名が壊れています".to_owned(),
        TspError::NoToken => "応答にタイムスタンプが入っていません".to_owned(),
        other => format!("タイムスタンプの応答として受け取れません({other})"),
    }
}

fn transport(error: &TransportError) -> String {
    match error {
        TransportError::Offline { url } => format!("{url} には問い合わせていません(オフライン)"),
        TransportError::Scheme { url } => format!("{url} は http または https のアドレスではありません"),
        TransportError::PrivateAddress { url, address } => {
            format!("証明書に書かれた {url} は組織内または自機のアドレス {address} を指しています")
        }
        TransportError::Unreachable { url, reason } => format!("{url} に接続できません({reason})"),
        TransportError::Timeout { url } => format!("{url} が時間内に応答しませんでした"),
        TransportError::TooLarge { url, limit } => format!("{url} の応答が {limit} バイトを超えています"),
        TransportError::Redirects { url, limit } => format!("{url} の転送が {limit} 回を超えています"),
        TransportError::Broken { url, reason } => format!("{url} の応答が途中で切れました({reason})"),
        TransportError::Identity { url, reason } => {
            format!("{url} 用のクライアント証明書を使えません({reason})")
        }
        other => other.to_string(),
    }
}

/// A configuration's trouble.
pub(crate) fn config(error: &ConfigError, lang: Lang) -> String {
    match (error, lang) {
        (ConfigError::File(error), Lang::Ja) => file(error),
        (ConfigError::NotText { path }, Lang::Ja) => {
            format!("{}:UTF-8のテキストではありません", path.display())
        }
        (ConfigError::Line { path, line, key, reason }, Lang::Ja) => {
            format!("{}:{line}行目:{key}:{}", path.display(), wanted(reason))
        }
        (other, _) => other.to_string(),
    }
}

/// What a key of the configuration takes. The parser's own complaints stay as they are.
fn wanted(reason: &str) -> &str {
    match reason {
        "ja or en" => "ja または en を指定してください",
        "strict or relaxed" => "strict または relaxed を指定してください",
        "hpki or general" => "hpki または general を指定してください",
        "an http or https address" => "http または https のアドレスを指定してください",
        "an OID in dotted form" => "OIDをドット区切りの数字で指定してください",
        "HPKI certifies no TSA" => "HPKIは時刻認証局を認証していません",
        "user is needed with it" => "user も指定してください",
        "password_env or password_file is needed with it" => {
            "password_env または password_file も指定してください"
        }
        "password_env is given too: one of the two" => "password_env とどちらか一方だけを指定してください",
        other => other,
    }
}
