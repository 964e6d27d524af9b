// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why there is no time-stamp: the TSA, its answer, the way to it.

use keiin::{TransportError, TsaError, tsp::TspError};

use crate::lang::Lang;

/// Why no TSA gave a time-stamp, in Japanese.
pub(super) fn timestamp(failures: &[keiin::TsaFailure]) -> String {
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
