// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What can be done about an error.

use keiin::{
    BatchError, Blame, ContentError, Error, FileError, FileKind, FontError, TrustError,
    model::SignerError,
    pades::{PadesError, appearance::AppearanceError},
};

use crate::lang::Lang;

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
        FileError::Changed { .. } | FileError::InUse { .. } => ("もう一度実行してください", "run it again"),
        FileError::Unfinished { .. } => (
            "原因を取り除いて、もう一度実行してください。最初に元へ戻してから進みます",
            "mend what is wrong and run it again: it begins by taking the change back",
        ),
        FileError::OtherNote { .. } => (
            "ファイルの内容を確かめてください。今のままでよければ、括弧内のファイルを削除してから、もう一度実行してください",
            "look at the file; if it is as it should be, remove the file in brackets and run it again",
        ),
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
