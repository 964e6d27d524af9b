// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The key that signs: a card, a PKCS#12 file or a key file, by the flags or the configuration.

use std::path::Path;

use keiin::{
    file,
    model::{ObjectId, Signer, SignerError},
    signer::{
        Pin, SoftKey,
        pkcs11::{Card, Module, Selection},
    },
};

use crate::{
    context::Context,
    error::Failure,
    flags::Key,
    pin::{self, Unlocks},
};

/// Whether a certificate may sign what is to be signed.
pub(crate) type Check<'c> = &'c dyn Fn(&[u8]) -> Result<(), Failure>;

/// Opens the key. Where its certificate can be read without the PIN, it is checked before the PIN is asked for; the
/// library checks it in any case.
pub(crate) fn open(context: &Context, key: &Key, check: Check<'_>) -> Result<Box<dyn Signer>, Failure> {
    let files = key.p12.iter().chain(&key.key).chain(&key.cert).chain(&key.chain);
    files.map(|path| file::open(path)).try_for_each(|opened| opened.map(drop))?;
    let chain: Vec<&Path> = key.cert.iter().chain(&key.chain).map(AsRef::as_ref).collect();
    if let (Some(_), Some(path)) = (&key.key, &key.cert) {
        let anchors = keiin::TrustSource::Path(path.clone()).anchors().map_err(keiin::Error::from)?;
        anchors.first().map_or(Ok(()), |own| check(&own.certificate))?;
    }
    if let Some(path) = key.p12.as_deref().or(key.key.as_deref()) {
        let open = |pin: Option<&Pin>| match SoftKey::open(path, &chain, pin) {
            // No card: nothing is locked by it, and the file is named.
            Err(SignerError::PinWrong) => Err(Failure::Password(path.to_owned())),
            Err(SignerError::NoCertificate) => Err(no_certificate(path)),
            other => Ok(other?),
        };
        let soft = match open(pin::given(key)?.as_ref()) {
            Err(Failure::Keiin(keiin::Error::Signer(SignerError::PinMissing))) => {
                open(Some(&pin::ask(Unlocks::File, context.lang)?))?
            }
            other => other?,
        };
        return Ok(Box::new(soft));
    }
    match key.module.as_deref().or(context.config.module.as_deref()) {
        Some(module) => Ok(Box::new(card(context, key, module, check)?)),
        None => Err(Failure::usage("署名に使う鍵が指定されていません", "there is no key to sign with").with_advice(
            "--module(カード)、--p12、--key と --cert のいずれかを指定してください。カードは keiin card で一覧できます",
            "give --module (a card), --p12, or --key with --cert; keiin card lists the cards",
        )),
    }
}

fn no_certificate(key: &Path) -> Failure {
    Failure::usage(
        format!("{}:この鍵に対応する証明書が、渡されたファイルの中にありません", key.display()),
        format!("{}: no certificate of this key is in the files that were given", key.display()),
    )
    .with_advice(
        "鍵と組になる証明書(PEMまたはDER)を --cert で指定してください",
        "give the certificate that belongs to the key (PEM or DER) with --cert",
    )
}

/// The PIN is asked for after the card was found and claimed, and only when the card wants one.
fn card(context: &Context, key: &Key, module: &Path, check: Check<'_>) -> Result<Card, Failure> {
    let module = Module::load(module)?;
    let selection = Selection {
        slot: key.slot.map(|slot| slot.to_string()).or_else(|| key.reader.clone()),
        label: key.token.clone(),
        certificate: key.certificate.as_deref().map(|prefix| certificate(&module, prefix)).transpose()?,
        ..Selection::default()
    };
    if let Some(certificate) = Card::certificate_of(&module, &selection)? {
        check(&certificate)?;
    }
    match Card::open(&module, &selection, pin::given(key)?) {
        Err(SignerError::PinMissing) => {
            Ok(Card::open(&module, &selection, Some(pin::ask(Unlocks::Card, context.lang)?))?)
        }
        other => Ok(other?),
    }
}

/// The one certificate whose SHA-256 begins so.
fn certificate(module: &Module, prefix: &str) -> Result<ObjectId, Failure> {
    let wanted = prefix.replace([':', ' '], "").to_ascii_lowercase();
    let slots = module.survey()?;
    let mut found: Vec<ObjectId> = slots
        .iter()
        .filter_map(|slot| slot.token.as_ref())
        .flat_map(|token| &token.certificates)
        .map(|certificate| certificate.fingerprint)
        .filter(|fingerprint| !wanted.is_empty() && fingerprint.to_string().starts_with(&wanted))
        .collect();
    found.sort();
    found.dedup();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(SignerError::NoSuchToken { name: format!("certificate {prefix}") }.into()),
        several => {
            Err(SignerError::Ambiguous { choices: several.iter().map(ToString::to_string).collect() }.into())
        }
    }
}
