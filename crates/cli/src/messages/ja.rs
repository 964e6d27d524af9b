// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Japanese, for people who may have to read it out in a court.

use keiin::model::{Indication, NextAction, NextStep, Outcome, SubIndication, Time, TimestampKind};

use super::{Messages, clock, date};

pub(super) struct Japanese;

/// Japan Standard Time is nine hours ahead of UTC the whole year.
const JST: i64 = 9 * 3600;

impl Messages for Japanese {
    fn indication(&self, indication: Indication) -> &'static str {
        match indication {
            Indication::TotalPassed => "有効",
            Indication::Indeterminate => "判定不能",
            Indication::TotalFailed => "無効",
        }
    }

    fn verdict(&self, indication: Indication) -> &'static str {
        match indication {
            Indication::TotalPassed => "この署名は有効です",
            Indication::Indeterminate => "現時点の情報では、有効とも無効とも判定できません",
            Indication::TotalFailed => "この署名は無効です",
        }
    }

    fn sub_indication(&self, sub: SubIndication) -> &'static str {
        match sub {
            SubIndication::FormatFailure => "署名の構造が規格に適合していません",
            SubIndication::HashFailure => {
                "内容のダイジェストが一致しません(後からの変更、または別のファイル)"
            }
            SubIndication::SigCryptoFailure => "署名値が署名者の鍵と一致しません",
            SubIndication::Revoked => "署名者の証明書は、署名の存在が証明された時刻より前に失効していました",
            SubIndication::Expired => "署名は、署名者の証明書の有効期間が終わった後に作成されています",
            SubIndication::NotYetValid => "署名は、署名者の証明書の有効期間が始まる前に作成されています",
            SubIndication::SigConstraintsFailure => "署名の属性が、検証方針の求める条件を満たしていません",
            SubIndication::ChainConstraintsFailure => {
                "証明書またはその発行経路が、検証方針の求める条件(資格、用途など)を満たしていません"
            }
            SubIndication::CertificateChainGeneralFailure => "証明書の発行経路の検証で誤りが見つかりました",
            SubIndication::CryptoConstraintsFailure => {
                "署名時点ですでに認められていない暗号アルゴリズムまたは鍵長が使われています"
            }
            SubIndication::PolicyProcessingError => "検証方針を処理できませんでした",
            SubIndication::SignaturePolicyNotAvailable => "署名が指す署名方針を入手できません",
            SubIndication::TimestampOrderFailure => "タイムスタンプの時刻の順序に矛盾があります",
            SubIndication::NoSigningCertificateFound => "署名者の証明書が見つかりません",
            SubIndication::NoCertificateChainFound => "信頼の起点に至る証明書の発行経路が見つかりません",
            SubIndication::NoCertificateChainFoundNoPoe => {
                "発行経路が信頼の起点に届かず、信頼が有効だった時期に署名が存在した証明もありません"
            }
            SubIndication::RevokedNoPoe => {
                "署名者の証明書は失効しており、失効前に署名が存在した証明がありません"
            }
            SubIndication::RevokedCaNoPoe => {
                "認証局の証明書は失効しており、失効前に署名が存在した証明がありません"
            }
            SubIndication::OutOfBoundsNotRevoked => {
                "証明書の有効期間は終わっていますが、失効はしていません。期間内に署名が存在した証明がありません"
            }
            SubIndication::OutOfBoundsNoPoe => {
                "証明書の有効期間外であり、期間内に署名が存在した証明がありません"
            }
            SubIndication::RevocationOutOfBoundsNoPoe => {
                "失効情報の発行者の証明書が有効期間外であり、期間内に失効情報が存在した証明がありません"
            }
            SubIndication::CryptoConstraintsFailureNoPoe => {
                "使われている暗号アルゴリズムは現在認められておらず、認められていた時期に存在した証明がありません"
            }
            SubIndication::NoPoe => "ある時点に存在したことの証明(存在証明)が足りません",
            SubIndication::TryLater => "必要な失効情報がまだ得られていません。後日、判定できるようになります",
            SubIndication::SignedDataNotFound => "署名された内容(署名対象)が渡されていません",
            _ => "理由はコードのとおりです",
        }
    }

    fn step(&self, step: NextStep) -> &'static str {
        match step {
            NextStep::GiveContent => "署名対象のファイルを --content で渡してください",
            NextStep::GiveCertificate => {
                "発行経路の証明書を --certs で、信頼の起点を --trust(時刻認証局は --tsa-trust)で渡してください"
            }
            NextStep::GetRevocation => "新しい失効情報(CRLまたはOCSP)を取得してください",
            NextStep::GetAnyRevocation => "失効情報(CRLまたはOCSP)を取得してください",
            NextStep::AddTimestamp => "署名タイムスタンプを付けてください(keiin extend --to es-t)",
            NextStep::Archive => {
                "検証情報を集め、アーカイブタイムスタンプを付けてください(keiin extend --to es-a)"
            }
            NextStep::Renew => "アーカイブタイムスタンプを更新してください(keiin renew)",
            NextStep::SignAgain => {
                "この条件では、この署名を有効にする手段はありません。内容と検証の条件が正しければ、署名者に署名のやり直しを求めてください"
            }
            _ => "詳細は --json の出力をご覧ください",
        }
    }

    fn action(&self, action: &NextAction) -> String {
        let step = self.step(action.step);
        match (action.not_before, action.before) {
            (Some(from), _) if action.step == NextStep::GetRevocation => {
                format!("{} より後に発行された失効情報があれば判定できます。{step}", self.time(from))
            }
            (Some(from), Some(to)) => format!("{}から{}までの間に:{step}", self.time(from), self.time(to)),
            (Some(from), None) => format!("{} 以降に:{step}", self.time(from)),
            (None, Some(to)) => format!("{} までに:{step}", self.time(to)),
            (None, None) => step.to_owned(),
        }
    }

    fn timestamp(&self, kind: TimestampKind) -> &'static str {
        match kind {
            TimestampKind::Content => "内容タイムスタンプ",
            TimestampKind::AllDataObjects => "全データオブジェクトタイムスタンプ",
            TimestampKind::IndividualDataObjects => "個別データオブジェクトタイムスタンプ",
            TimestampKind::Signature => "署名タイムスタンプ",
            TimestampKind::ValidationData => "検証情報タイムスタンプ",
            TimestampKind::ReferencesOnly => "参照情報タイムスタンプ",
            TimestampKind::Archive => "アーカイブタイムスタンプ",
            TimestampKind::Document => "文書タイムスタンプ",
            _ => "タイムスタンプ",
        }
    }

    fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Passed => "適合",
            Outcome::Information => "情報",
            Outcome::Warning => "注意",
            Outcome::Indeterminate => "不明",
            Outcome::Failed => "不適合",
        }
    }

    fn time(&self, time: Time) -> String {
        if time == Time::MAX {
            return "期限の定めなし".to_owned();
        }
        format!("{}(UTC {})", clock(time.plus_seconds(JST)), clock(time))
    }

    fn day(&self, time: Time) -> String {
        date(time.plus_seconds(JST))
    }

    fn reason<'a>(&self, reason: &'a str) -> &'a str {
        match reason {
            "unspecified" => "理由の記載なし",
            "keyCompromise" => "秘密鍵の危殆化",
            "cACompromise" => "認証局の鍵の危殆化",
            "affiliationChanged" => "所属または記載内容の変更",
            "superseded" => "新しい証明書への切り替え",
            "cessationOfOperation" => "利用の終了",
            "certificateHold" => "一時停止",
            "removeFromCRL" => "一時停止の解除",
            "privilegeWithdrawn" => "資格または権限の取り消し",
            "aACompromise" => "属性認証局の鍵の危殆化",
            other => other,
        }
    }

    fn class<'a>(&self, class: &'a str) -> &'a str {
        match class {
            "hpki" => "HPKI認証局",
            "accredited" => "認定認証事業者",
            "public" => "公開ルート認証局",
            "jpki" => "公的個人認証サービス(JPKI)",
            other => other,
        }
    }
}
