// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a verdict rests on: time-stamps and revocation data.

use keiin::{
    inspect,
    model::{Indication, RevocationUse, SignatureReport, SignerReport, TimestampReport},
};

use super::View;
use crate::{lang::Lang, messages, render::name::short};

impl View<'_> {
    pub(super) fn stamped_by(&self, timestamp: &TimestampReport) -> String {
        let kind = self.say().timestamp(timestamp.kind);
        match (self.lang, &timestamp.signer) {
            (Lang::Ja, Some(tsa)) => format!("{} の{kind}", short(&tsa.subject)),
            (Lang::En, Some(tsa)) => format!("{kind} of {}", short(&tsa.subject)),
            (_, None) => kind.to_owned(),
        }
    }

    pub(super) fn grounds(&self, signature: &SignatureReport) -> Vec<String> {
        let mut grounds = Vec::new();
        if let Some(signer) = &signature.signer {
            grounds.extend(signer.revocation.iter().map(|used| self.revocation(used, signer)));
        }
        for timestamp in &signature.timestamps {
            let time = self.say().time(timestamp.time);
            let verdict =
                self.headline(timestamp.indication, timestamp.sub_indication.map(messages::sub_code));
            let until = self.good_until(timestamp).map(|u| format!("、{u}")).unwrap_or_default();
            grounds.push(match self.lang {
                Lang::Ja => format!("{} {time}:{verdict}{until}", self.stamped_by(timestamp)),
                Lang::En => {
                    format!("{}, {time}: {verdict}{}", self.stamped_by(timestamp), until.replace('、', ", "))
                }
            });
        }
        grounds
    }

    /// Said of a time-stamp that holds; what is broken or open is good until no day.
    pub(super) fn good_until(&self, timestamp: &TimestampReport) -> Option<String> {
        if timestamp.indication != Indication::TotalPassed {
            return None;
        }
        let until = self.say().time(timestamp.good_until?);
        let ends = timestamp.ends_with.as_ref().map(|e| e.algorithm.as_str());
        Some(match (self.lang, ends) {
            (Lang::Ja, None | Some("certificate")) => format!("{until} まで有効(証明書の期限)"),
            (Lang::Ja, Some(algorithm)) => format!("{until} まで有効({algorithm} の期限)"),
            (Lang::En, None | Some("certificate")) => format!("good until {until} (end of its certificates)"),
            (Lang::En, Some(algorithm)) => format!("good until {until} (end of {algorithm})"),
        })
    }

    pub(super) fn revocation(&self, used: &RevocationUse, holder: &SignerReport) -> String {
        let subject = if used.certificate == holder.certificate {
            Some(holder.subject.clone())
        } else {
            self.evidence.object(&used.certificate).and_then(|o| inspect::subject(&o.bytes))
        };
        let of = subject.map_or_else(|| used.certificate.to_string(), |s| short(&s));
        let kind = used.kind.to_uppercase();
        let issuer = short(&used.issuer);
        let number = match (self.lang, &used.number) {
            (Lang::Ja, Some(number)) => format!(" 第{number}号"),
            (Lang::En, Some(number)) => format!(" no. {number}"),
            (_, None) => String::new(),
        };
        let (issued, next) =
            (self.say().time(used.this_update), used.next_update.map(|t| self.say().time(t)));
        let reason = used.reason.as_deref().map(|reason| self.say().reason(reason));
        match self.lang {
            Lang::Ja => {
                let next = next.map(|n| format!("、次回 {n}")).unwrap_or_default();
                let status = match (used.revoked_at, reason) {
                    (None, _) => "失効していない".to_owned(),
                    (Some(at), None) => format!("{} に失効", self.say().time(at)),
                    (Some(at), Some(reason)) => format!("{} に失効({reason})", self.say().time(at)),
                };
                format!("{of}:{status}({issuer} の{kind}{number}、発行 {issued}{next})")
            }
            Lang::En => {
                let next = next.map(|n| format!(", next {n}")).unwrap_or_default();
                let status = match (used.revoked_at, reason) {
                    (None, _) => "not revoked".to_owned(),
                    (Some(at), None) => format!("revoked at {}", self.say().time(at)),
                    (Some(at), Some(reason)) => format!("revoked at {} ({reason})", self.say().time(at)),
                };
                format!("{of}: {status} ({kind}{number} of {issuer}, issued {issued}{next})")
            }
        }
    }
}
