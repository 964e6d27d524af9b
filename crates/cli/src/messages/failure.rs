// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Errors of the library as messages, each with what can be done about it.

use keiin::{
    BatchError, Blame, ConfigError, ContentError, Error, FileError, FileKind, FontError, TransportError,
    TrustError, TsaError,
    model::{ContainerError, SignerError},
    pades::{
        PadesError,
        appearance::{AppearanceError, FontProblem},
    },
    tsp::TspError,
};

use crate::lang::Lang;

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
        Error::Foreign { name, kind } => format!("{}{}", named(name.as_deref()), foreign(*kind)),
        Error::Cades { name, source } => format!("{}署名を扱えません({source})", named(name.as_deref())),
        Error::Pdf { name, source } => {
            format!("{}{}", named(name.as_deref()), pdf(source))
        }
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
        FileKind::Xml => "XMLです。XML署名(XAdES)はこの版では読めません",
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

/// What can be done about it; `None` where the message says it all.
pub(crate) fn advice(error: &Error, lang: Lang) -> Option<String> {
    let (ja, en) = match error {
        Error::File(error)
        | Error::Content(ContentError::File(error))
        | Error::Trust(TrustError::File(error @ (FileError::Missing { .. } | FileError::Special { .. }))) => {
            return file_advice(error, lang);
        }
        Error::Batch(error) => batch_advice(error)?,
        Error::Font(FontError::NoneFound) => (
            "日本語フォント(Debian・Ubuntuでは fonts-noto-cjk か fonts-ipafont-gothic)を導入するか、--font で指定してください",
            "install one (Debian and Ubuntu: fonts-noto-cjk or fonts-ipafont-gothic), or name a file with --font",
        ),
        Error::Pdf { source: PadesError::Appearance(error), .. } => appearance_advice(error)?,
        Error::Foreign { kind, .. } => foreign_advice(*kind)?,
        Error::Cades { .. } if error.blame() == Blame::Malformed => (
            "ファイルが壊れていないか、送り主から受け取り直して確かめてください",
            "get the file again from where it came: it may be broken",
        ),
        Error::Signer(error) => signer_advice(error)?,
        Error::NoTimestamp(failures) if failures.0.is_empty() => (
            "--tsa URL で指定するか、keiin.toml の [[tsa]] に書いてください",
            "name one with --tsa URL or under [[tsa]] in keiin.toml",
        ),
        Error::NoTimestamp(_) => (
            "通信とアドレスを確かめてください。--tsa を複数指定すると、失敗したとき次の局に頼みます",
            "check the address and the network; with several --tsa the next one is asked when one fails",
        ),
        Error::CertificateExpired { .. } => {
            ("証明書を更新してから署名してください", "get a new certificate, then sign")
        }
        Error::CertificateNotYetValid { .. } => {
            ("この機器の時計を確かめてください", "check this machine's clock")
        }
        Error::AuthenticationCertificate => (
            "署名用のカードまたは証明書を指定してください(keiin card で一覧できます)",
            "choose the certificate for signing: keiin card lists them",
        ),
        Error::NothingToRenew { .. } => {
            ("先に keiin extend --to es-a を行ってください", "run keiin extend --to es-a first")
        }
        Error::NoSuchPreset { .. } => {
            ("general または hpki を指定してください", "there are general and hpki")
        }
        Error::Trust(TrustError::NoCertificate { .. } | TrustError::Unreadable { .. }) => {
            ("PEMまたはDER形式の証明書を指定してください", "give certificates in PEM or DER")
        }
        Error::NotValid { next, .. } => {
            let action = next.first()?;
            return Some(lang.messages().action(action));
        }
        _ => return None,
    };
    Some(lang.pick(ja, en).to_owned())
}

pub(crate) fn file_advice(error: &FileError, lang: Lang) -> Option<String> {
    let (ja, en) = match error {
        FileError::Exists { .. } => (
            "-o で別の名前を指定するか、置き換えてよければ --force を付けてください",
            "give another name with -o, or --force to replace it",
        ),
        FileError::Special { .. } => (
            "いったんファイルに保存し、そのファイルを指定してください",
            "save it into a file first, and name that file",
        ),
        FileError::NoFolder { .. } => (
            "先にフォルダーを作るか、-o で別の場所を指定してください",
            "make the folder first, or write elsewhere with -o",
        ),
        FileError::Changed { .. } => ("もう一度実行してください", "run it again"),
        FileError::TooLarge { .. } => (
            "大きな文書には分離署名(keiin sign --detached)を使ってください。--content で渡す内容に上限はありません",
            "sign large documents with keiin sign --detached: what goes to --content has no limit",
        ),
        FileError::Missing { .. } => ("名前と場所を確かめてください", "check its name and place"),
        FileError::DiskFull { .. } => {
            ("空きを作るか、-o で別の場所を指定してください", "make room, or write elsewhere with -o")
        }
        FileError::Write { .. } => (
            "書き込み権限を確かめるか、-o で別の場所を指定してください",
            "check the permissions, or write elsewhere with -o",
        ),
        _ => return None,
    };
    Some(lang.pick(ja, en).to_owned())
}

const fn appearance_advice(error: &AppearanceError) -> Option<(&'static str, &'static str)> {
    Some(match error {
        AppearanceError::MissingGlyphs { .. } | AppearanceError::Font(_) => {
            ("--font で別のフォントを指定してください", "give another font with --font")
        }
        AppearanceError::TooSmall | AppearanceError::Rectangle { .. } | AppearanceError::NoSuchPage => (
            "--visible のページ、位置、大きさを変えてください",
            "change the page, place or size of --visible",
        ),
        AppearanceError::NoWidget => {
            ("--visible PAGE:X,Y,W,H で場所を指定してください", "give a place with --visible PAGE:X,Y,W,H")
        }
        _ => return None,
    })
}

const fn batch_advice(error: &BatchError) -> Option<(&'static str, &'static str)> {
    Some(match error {
        BatchError::SameFolder { .. } => {
            ("-o で別のフォルダーを指定してください", "name another folder with -o")
        }
        BatchError::Busy { .. } => {
            ("終わるのを待って、もう一度実行してください", "run it again when it has finished")
        }
        BatchError::Journal { .. } => {
            ("-o で新しいフォルダーを指定してください", "name a new folder with -o")
        }
        BatchError::TooManyFiles { .. } => {
            ("サブフォルダーごとに分けて実行してください", "run it for each sub-folder")
        }
        _ => return None,
    })
}

const fn foreign_advice(kind: FileKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        FileKind::Truncated | FileKind::Empty => {
            ("もう一度受け取るかコピーし直してください", "fetch or copy it again")
        }
        FileKind::Pem => (
            "DERに変換してください:openssl cms -cmsout -inform PEM -in FILE -outform DER -out OUT",
            "convert it: openssl cms -cmsout -inform PEM -in FILE -outform DER -out OUT",
        ),
        FileKind::Pdf | FileKind::Xml | FileKind::Zip | FileKind::Unknown => (
            "署名ファイル(.p7s、.p7m)を指定し、署名対象の文書は --content で渡してください",
            "name the signature file (.p7s, .p7m), and give the signed document with --content",
        ),
        _ => return None,
    })
}

fn signer_advice(error: &SignerError) -> Option<(&'static str, &'static str)> {
    Some(match error {
        SignerError::PinWrong => (
            "自動では再試行しません。続けて間違えるとカードがロックされます。keiin card でPINの状態を確かめてください",
            "it is not tried again by itself: repeated wrong PINs lock the card. keiin card shows the state of the PIN",
        ),
        SignerError::PinFinalTry => (
            "カードに付属のソフトウェアで正しいPINを入力すると、試行回数が元に戻ります",
            "enter the right PIN with the card's own software: that resets the count",
        ),
        SignerError::PinLocked => {
            ("カードの発行元にロックの解除を依頼してください", "ask the issuer of the card to unlock it")
        }
        SignerError::PinMissing => (
            "端末から実行して入力するか、--pin-fd N または --pin-env NAME で渡してください",
            "run it at a terminal to type it, or give --pin-fd N or --pin-env NAME",
        ),
        SignerError::CardRemoved => (
            "カードを差し直して、もう一度実行してください。署名は作成されていません",
            "put the card back and run it again; nothing was signed",
        ),
        SignerError::NoSuchToken { .. } => (
            "カードが差し込まれているか確かめてください。keiin card で一覧できます",
            "see that the card is in its reader; keiin card lists what is there",
        ),
        SignerError::Ambiguous { .. } => (
            "--reader、--slot、--token、--certificate のいずれかで一つに絞ってください",
            "choose one with --reader, --slot, --token or --certificate",
        ),
        SignerError::NoCertificate => (
            "署名用のカードまたは証明書を指定してください(keiin card で一覧できます)",
            "choose the card or certificate for signing: keiin card lists them",
        ),
        SignerError::NoKey => (
            "証明書と鍵の組み合わせを確かめてください",
            "check that the key and the certificate belong together",
        ),
        SignerError::Busy => {
            ("終わるのを待って、もう一度実行してください", "run it again when it has finished")
        }
        SignerError::Algorithm(_) => {
            ("--digest または --pss の指定を変えてください", "change --digest or --pss")
        }
        SignerError::Unusable { object, .. } if object.starts_with("the PKCS#11 module ") => (
            "カードのドライバーが導入されているか、--module の指定が正しいか確かめてください",
            "see that the card's driver is installed and that --module names it",
        ),
        SignerError::Device { .. } => (
            "カードを差し直し、ドライバーを確かめてください",
            "take the card out and put it back, and check its driver",
        ),
        _ => return None,
    })
}
