// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin card`: what is in the readers. No PIN is used and no try is spent.

use std::{fmt::Write as _, path::PathBuf};

use keiin::{
    clock,
    inspect::{CertificateSummary, Purpose},
    model::Time,
    signer::{
        Purpose as ModulePurpose, known_modules,
        pkcs11::{Module, PinState, SlotSurvey, TokenSurvey},
    },
};
use serde_json::{Value, json};

use crate::{
    context::Context,
    error::{Exit, Failure},
    flags::Card,
    lang::Lang,
    messages::failure,
};

/// A module with what it shows.
struct Seen {
    path: PathBuf,
    purpose: ModulePurpose,
    shown: Result<(String, Vec<SlotSurvey>), keiin::Error>,
}

/// Lists modules, slots, tokens and certificates.
pub(crate) fn run(context: &Context, flags: &Card) -> Result<Exit, Failure> {
    let seen: Vec<Seen> = modules(context, flags).into_iter().map(look).collect();
    if seen.is_empty() {
        return Err(Failure::usage(
            "PKCS#11モジュール(カードのドライバー)が見つかりません",
            "no PKCS#11 module (the card's driver) was found",
        )
        .with_advice(
            "カードのドライバーを導入するか、--module PATH で指定してください",
            "install the card's driver, or name it with --module PATH",
        ));
    }
    let now = clock::now();
    let text = if flags.json {
        let modules: Vec<Value> = seen.iter().map(|s| module_json(s, context.lang, now)).collect();
        format!("{}\n", json!({ "modules": modules }))
    } else {
        seen.iter().map(|s| module_text(s, context.lang, now)).collect::<Vec<_>>().join("\n")
    };
    context.print(&text)?;
    // One module that does not load among several is said in its place; when none does, nothing was found out.
    if seen.iter().all(|s| s.shown.is_err()) { Ok(Exit::Environment) } else { Ok(Exit::Valid) }
}

fn modules(context: &Context, flags: &Card) -> Vec<(PathBuf, ModulePurpose)> {
    if !flags.module.is_empty() {
        return flags.module.iter().map(|path| (path.clone(), ModulePurpose::General)).collect();
    }
    let configured = context.config.module.iter().map(|path| (path.clone(), ModulePurpose::General));
    let known = known_modules().into_iter().map(|module| (module.path, module.purpose));
    let mut all: Vec<_> = configured.collect();
    for (path, purpose) in known {
        if !all.iter().any(|(seen, _)| *seen == path) {
            all.push((path, purpose));
        }
    }
    all
}

fn look((path, purpose): (PathBuf, ModulePurpose)) -> Seen {
    let shown = Module::load(&path).and_then(|module| {
        let info = module.info()?;
        Ok((info.description, module.survey()?))
    });
    Seen { path, purpose, shown: shown.map_err(Into::into) }
}

fn module_text(seen: &Seen, lang: Lang, now: Time) -> String {
    let mut out = seen.path.display().to_string();
    if seen.purpose == ModulePurpose::Authenticate {
        out.push_str(lang.pick("(認証用。署名には使いません)", " (for authentication, not for signing)"));
    }
    match &seen.shown {
        Err(error) => {
            let _ = writeln!(out, "\n  {}", failure::message(error, lang));
        }
        Ok((description, slots)) => {
            let _ = writeln!(out, "{}{description}", lang.pick(":", ": "));
            if slots.is_empty() {
                let _ = writeln!(out, "  {}", lang.pick("カードリーダーがありません", "there is no reader"));
            }
            slots.iter().for_each(|slot| slot_text(&mut out, slot, lang, now));
        }
    }
    out
}

fn slot_text(out: &mut String, slot: &SlotSurvey, lang: Lang, now: Time) {
    let (number, reader) = (slot.number, &slot.description);
    let _ = match lang {
        Lang::Ja => writeln!(out, "  スロット {number}:{reader}"),
        Lang::En => writeln!(out, "  slot {number}: {reader}"),
    };
    if let Some(trouble) = &slot.trouble {
        let _ = writeln!(
            out,
            "    {}{trouble}",
            lang.pick("読み取れない部分があります:", "not all could be read: ")
        );
    }
    match &slot.token {
        None if slot.trouble.is_none() => {
            let _ = writeln!(out, "    {}", lang.pick("カードなし", "no card"));
        }
        None => {}
        Some(token) => token_text(out, token, lang, now),
    }
}

fn token_text(out: &mut String, token: &TokenSurvey, lang: Lang, now: Time) {
    let (label, model, serial) = (&token.label, &token.model, &token.serial);
    let _ = match lang {
        Lang::Ja => writeln!(out, "    カード:{label}(型式 {model}、シリアル {serial})"),
        Lang::En => writeln!(out, "    card: {label} (model {model}, serial {serial})"),
    };
    let _ = writeln!(out, "    {}{}", lang.pick("PIN:", "PIN: "), pin(token, lang));
    for certificate in &token.certificates {
        match CertificateSummary::read(&certificate.der) {
            Some(summary) => certificate_text(out, &summary, lang, now),
            None => {
                let unreadable = lang.pick("読み取れない証明書", "a certificate that cannot be read");
                let _ = writeln!(out, "    - {unreadable} {}", certificate.fingerprint);
            }
        }
    }
}

fn certificate_text(out: &mut String, summary: &CertificateSummary, lang: Lang, now: Time) {
    let name = crate::render::name::short(&summary.subject);
    let roles = role_names(summary, lang);
    let use_ = purpose(summary.purpose, lang);
    let _ = match (lang, roles.is_empty()) {
        (Lang::Ja, false) => writeln!(out, "    - {name}({roles}):{use_}"),
        (Lang::En, false) => writeln!(out, "    - {name}, {roles}: {use_}"),
        (_, true) => writeln!(out, "    - {name}{}{use_}", lang.pick(":", ": ")),
    };
    let messages = lang.messages();
    let (from, to) = (messages.day(summary.not_before), messages.day(summary.not_after));
    let state = validity(summary, lang, now);
    let _ = match lang {
        Lang::Ja => writeln!(out, "      有効期間 {from}~{to}({state})"),
        Lang::En => writeln!(out, "      valid {from} to {to} ({state})"),
    };
    let _ = writeln!(out, "      {}{}", lang.pick("発行者 ", "issued by "), summary.issuer);
    let _ = writeln!(out, "      SHA-256 {}", summary.sha256);
}

fn role_names(summary: &CertificateSummary, lang: Lang) -> String {
    let name = |role: &keiin::model::RoleReport| match (lang, &role.japanese) {
        (Lang::Ja, Some(japanese)) => japanese.clone(),
        _ => role.code.clone(),
    };
    summary.roles.iter().map(name).collect::<Vec<_>>().join(lang.pick("、", ", "))
}

fn validity(summary: &CertificateSummary, lang: Lang, now: Time) -> String {
    if now > summary.not_after {
        return lang.pick("期限切れ", "EXPIRED").to_owned();
    }
    if now < summary.not_before {
        return lang.pick("まだ有効期間前", "not yet valid").to_owned();
    }
    let days = (summary.not_after.unix() - now.unix()) / 86_400;
    match lang {
        Lang::Ja => format!("残り {days} 日"),
        Lang::En => format!("{days} days left"),
    }
}

const fn purpose(purpose: Purpose, lang: Lang) -> &'static str {
    match (purpose, lang) {
        (Purpose::Signing, Lang::Ja) => "署名用",
        (Purpose::Signing, Lang::En) => "for signing",
        (Purpose::Authentication, Lang::Ja) => "認証用(署名には使えません)",
        (Purpose::Authentication, Lang::En) => "for authentication, not for signing",
        (Purpose::TimeStamping, Lang::Ja) => "タイムスタンプ用",
        (Purpose::TimeStamping, Lang::En) => "for time-stamping",
        (Purpose::Authority, Lang::Ja) => "認証局",
        (Purpose::Authority, Lang::En) => "a CA",
        (Purpose::Other, Lang::Ja) => "その他の用途",
        (Purpose::Other, Lang::En) => "for something else",
    }
}

fn pin(token: &TokenSurvey, lang: Lang) -> String {
    if !token.login_required {
        return lang.pick("不要", "not needed").to_owned();
    }
    let state = match (token.pin, lang) {
        (PinState::Ready, Lang::Ja) => "使用できます",
        (PinState::Ready, Lang::En) => "ready",
        (PinState::CountLow, Lang::Ja) => "直前に間違えて入力されています。ご注意ください",
        (PinState::CountLow, Lang::En) => "a wrong one was entered since the last right one: take care",
        (PinState::FinalTry, Lang::Ja) => "残り1回です。次に間違えるとロックされます",
        (PinState::FinalTry, Lang::En) => "ONE try left; the next wrong one locks it",
        (PinState::Locked, Lang::Ja) => "ロックされています。発行元に解除を依頼してください",
        (PinState::Locked, Lang::En) => "LOCKED; ask the issuer of the card",
        (_, Lang::Ja) => "状態不明",
        (_, Lang::En) => "in an unknown state",
    };
    let pad = if token.pin_pad { lang.pick("、リーダーで入力", ", typed on the reader") } else { "" };
    let (min, max) = (token.pin_min, token.pin_max);
    match lang {
        Lang::Ja => format!("{state}({min}~{max} 文字{pad})"),
        Lang::En => format!("{state} ({min} to {max} characters{pad})"),
    }
}

fn module_json(seen: &Seen, lang: Lang, now: Time) -> Value {
    let path = seen.path.display().to_string();
    match &seen.shown {
        Err(error) => json!({ "module": path, "error": failure::message(error, lang) }),
        Ok((description, slots)) => json!({
            "module": path,
            "for_authentication": seen.purpose == ModulePurpose::Authenticate,
            "description": description,
            "slots": slots.iter().map(|slot| slot_json(slot, now)).collect::<Vec<_>>(),
        }),
    }
}

fn slot_json(slot: &SlotSurvey, now: Time) -> Value {
    json!({
        "slot": slot.number,
        "reader": slot.description,
        "trouble": slot.trouble,
        "token": slot.token.as_ref().map(|token| token_json(token, now)),
    })
}

fn token_json(token: &TokenSurvey, now: Time) -> Value {
    let certificates: Vec<Value> = token
        .certificates
        .iter()
        .map(|c| match CertificateSummary::read(&c.der) {
            None => json!({ "sha256": c.fingerprint.to_string() }),
            Some(summary) => {
                let mut value = serde_json::to_value(&summary).unwrap_or_default();
                if let Some(map) = value.as_object_mut() {
                    map.insert("expired".into(), (now > summary.not_after).into());
                    map.insert("for_signing".into(), (summary.purpose == Purpose::Signing).into());
                }
                value
            }
        })
        .collect();
    let state = match token.pin {
        PinState::Ready => "ready",
        PinState::CountLow => "count-low",
        PinState::FinalTry => "final-try",
        PinState::Locked => "locked",
        _ => "unknown",
    };
    json!({
        "label": token.label,
        "manufacturer": token.manufacturer,
        "model": token.model,
        "serial": token.serial,
        "pin": { "needed": token.login_required, "pad": token.pin_pad, "state": state,
                 "min": token.pin_min, "max": token.pin_max },
        "mechanisms": token.mechanisms,
        "certificates": certificates,
        "keys_seen_without_pin": token.keys.len(),
    })
}
