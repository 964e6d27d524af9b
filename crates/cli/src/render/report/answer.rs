// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The three answers: is it intact, who signed, and when?

use keiin::{
    inspect,
    model::{SignatureReport, SignerReport},
};

use super::View;
use crate::{lang::Lang, render::name::short};

impl View<'_> {
    pub(super) fn intact(&self, signature: &SignatureReport) -> String {
        let l = self.lang;
        let changed: Vec<&str> =
            signature.data.iter().filter(|d| d.found() && !d.intact()).map(|d| d.name.as_str()).collect();
        if !changed.is_empty() {
            let changed = changed.join(", ");
            return match l {
                Lang::Ja => {
                    format!(
                        "いいえ。内容が署名されたときと違います。署名後の変更か、別のファイルです({changed})"
                    )
                }
                Lang::En => {
                    format!(
                        "NO: the data is not what was signed: changed afterwards, or another file ({changed})"
                    )
                }
            };
        }
        let text = match (signature.signature_intact, signature.data.iter().all(|d| d.found())) {
            (Some(false), _) => l.pick(
                "いいえ。署名値が署名者の鍵と一致しません",
                "NO: the signature value does not fit the signer's key",
            ),
            (Some(true), true) => l.pick(
                "はい。署名された内容と署名値は、署名時のままです",
                "yes: the signed data and the signature value are as they were signed",
            ),
            (Some(true), false) => l.pick(
                "未確認。署名値は正しいものの、署名された内容が渡されていません",
                "not checked: the signature value is right, but the signed data was not given",
            ),
            (None, _) => l.pick(
                "未確認。署名値を確かめるための鍵または内容がありません",
                "not checked: the key or the signed data that the signature value needs is not there",
            ),
        };
        text.to_owned()
    }

    pub(super) fn who(&self, signer: Option<&SignerReport>) -> Vec<String> {
        let l = self.lang;
        let Some(signer) = signer else {
            return vec![
                l.pick("不明(証明書が見つかりません)", "unknown: no certificate was found").to_owned(),
            ];
        };
        let roles: Vec<String> = self.roles(signer);
        let name = short(&signer.subject);
        let first = match (l, roles.is_empty()) {
            (Lang::Ja, false) => format!("{name}({})", roles.join("、")),
            (Lang::En, false) => format!("{name}, {}", roles.join(", ")),
            (_, true) => name,
        };
        let (from, to) = (self.say().day(signer.not_before), self.say().day(signer.not_after));
        let certificate = match l {
            Lang::Ja => {
                format!("証明書:{}、シリアル {}、有効期間 {from}~{to}", signer.subject, signer.serial)
            }
            Lang::En => {
                format!("certificate: {}, serial {}, valid {from} to {to}", signer.subject, signer.serial)
            }
        };
        let issuer = match l {
            Lang::Ja => format!("発行者:{}", signer.issuer),
            Lang::En => format!("issued by {}", signer.issuer),
        };
        vec![first, certificate, issuer, self.trust(signer)]
    }

    /// Licences as the verdict's profile read them; where the policy has no profile, as they stand in the certificate.
    fn roles(&self, signer: &SignerReport) -> Vec<String> {
        let own = if signer.roles.is_empty() {
            self.evidence.object(&signer.certificate).map(|o| inspect::roles(&o.bytes)).unwrap_or_default()
        } else {
            signer.roles.clone()
        };
        own.iter()
            .map(|role| match (self.lang, &role.japanese) {
                (Lang::Ja, Some(japanese)) => japanese.clone(),
                _ => role.code.clone(),
            })
            .collect()
    }

    fn trust(&self, signer: &SignerReport) -> String {
        let Some(anchor) = signer.path.last() else {
            return self
                .lang
                .pick(
                    "信頼の起点に至る経路が見つからないため、本人のものとは確認できていません",
                    "no path to a trusted certificate was found, so nobody vouches for this name",
                )
                .to_owned();
        };
        let name = match self.evidence.object(anchor).and_then(|o| inspect::subject(&o.bytes)) {
            Some(subject) => short(&subject),
            None => anchor.to_string(),
        };
        let class = signer.anchor_class.as_deref().map(|class| self.say().class(class));
        match (self.lang, class) {
            (Lang::Ja, Some(class)) => format!("信頼の起点:{name}({class})"),
            (Lang::Ja, None) => format!("信頼の起点:{name}"),
            (Lang::En, Some(class)) => format!("trusted through {name} ({class})"),
            (Lang::En, None) => format!("trusted through {name}"),
        }
    }

    pub(super) fn when(&self, signature: &SignatureReport) -> Vec<String> {
        let time = &signature.time;
        let best = self.say().time(time.best_signature_time);
        let by = time.proven_by.and_then(|id| signature.timestamps.iter().find(|t| t.id == id));
        let proven = match (self.lang, time.proven_by.is_some()) {
            (Lang::Ja, true) => {
                let by = by.map(|t| self.stamped_by(t)).unwrap_or_else(|| "タイムスタンプ".to_owned());
                format!("{best} には存在していました(証明:{by})")
            }
            (Lang::En, true) => {
                let by = by.map(|t| self.stamped_by(t)).unwrap_or_else(|| "time-stamp".to_owned());
                format!("it existed at {best} (proven by the {by})")
            }
            (Lang::Ja, false) => {
                "判定の時刻より前に存在したことを証明するタイムスタンプはありません".to_owned()
            }
            (Lang::En, false) => {
                "no time-stamp proves that it existed before the time of this verdict".to_owned()
            }
        };
        let claimed = time.claimed.map(|claimed| {
            let claimed = self.say().time(claimed);
            match self.lang {
                Lang::Ja => format!("署名者の申告:{claimed}(申告のみでは証明になりません)"),
                Lang::En => format!("the signer claims {claimed}, which alone proves nothing"),
            }
        });
        std::iter::once(proven).chain(claimed).collect()
    }
}
