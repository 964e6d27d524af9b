// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which card and which certificate. Nothing is guessed between two: a PIN tried on the wrong card costs its
//! owner a try.

use std::time::Duration;

use cryptoki::slot::{Slot, SlotInfo, TokenInfo};
use keiin_model::{ObjectId, SignerError};

use super::failure::failure;
use super::module::Module;
use super::object::{self, CertificateObject};
use crate::certificate::{Use, fingerprint};

/// What the caller knows of the card. The default takes the only card that can sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The reader's name (slotDescription), or the slot's number.
    pub slot: Option<String>,
    /// The token's label. HPKI cards all have the same one, or none.
    pub label: Option<String>,
    /// The token's serial number.
    pub serial: Option<String>,
    /// The certificate to sign with, by the SHA-256 of its DER. Named like this, also one without
    /// nonRepudiation is taken; a CA's never.
    pub certificate: Option<ObjectId>,
    /// How long to wait for another user of the card.
    pub wait: Duration,
}

impl Default for Selection {
    fn default() -> Self {
        Self { slot: None, label: None, serial: None, certificate: None, wait: Duration::from_secs(10) }
    }
}

/// A token that fits.
pub(super) struct Candidate {
    pub(super) slot: Slot,
    pub(super) slot_info: SlotInfo,
    pub(super) token: TokenInfo,
}

impl Candidate {
    fn describe(&self) -> String {
        let serial = self.token.serial_number();
        format!("slot {} \"{}\" serial {serial}", self.slot.id(), self.slot_info.slot_description())
    }

    /// Not so when the token shows its certificates and none of them is for signing: an authentication card.
    fn may_sign(&self, module: &Module, selection: &Selection) -> bool {
        let Ok(session) = module.context().open_ro_session(self.slot) else { return false };
        object::certificates(&session)
            .is_ok_and(|shown| shown.is_empty() || !suitable(&shown, selection).is_empty())
    }
}

/// The one token that the selection means. Only where several fit are they asked for their certificates: a card
/// that may be another's at the moment is not read without need.
pub(super) fn choose(module: &Module, selection: &Selection) -> Result<Candidate, SignerError> {
    let mut fitting = candidates(module, selection)?;
    if fitting.len() > 1 {
        fitting.retain(|candidate| candidate.may_sign(module, selection));
        if fitting.is_empty() {
            return Err(SignerError::NoCertificate);
        }
    }
    if fitting.len() > 1 {
        return Err(SignerError::Ambiguous { choices: fitting.iter().map(Candidate::describe).collect() });
    }
    fitting.pop().ok_or_else(|| SignerError::NoSuchToken { name: selection.describe() })
}

/// The one certificate that the selection means.
pub(super) fn choose_certificate<'c>(
    certificates: &'c [CertificateObject],
    selection: &Selection,
) -> Result<&'c CertificateObject, SignerError> {
    match suitable(certificates, selection).as_slice() {
        [] => Err(SignerError::NoCertificate),
        [only] => Ok(only),
        several => Err(SignerError::Ambiguous { choices: several.iter().map(|c| describe(c)).collect() }),
    }
}

/// The certificates that may be chosen: the named one, or those made for documents, or those without a limit.
fn suitable<'c>(certificates: &'c [CertificateObject], selection: &Selection) -> Vec<&'c CertificateObject> {
    let usage = |c: &CertificateObject| c.facts.as_ref().map_or(Use::NoSignature, |facts| facts.usage);
    if let Some(wanted) = selection.certificate {
        let named = |c: &&CertificateObject| usage(c) != Use::NoSignature && fingerprint(&c.der) == wanted;
        return certificates.iter().find(named).into_iter().collect();
    }
    let with = |wanted: Use| certificates.iter().filter(|c| usage(c) == wanted).collect::<Vec<_>>();
    let documents = with(Use::Documents);
    if documents.is_empty() { with(Use::Unlimited) } else { documents }
}

fn describe(certificate: &CertificateObject) -> String {
    let subject = certificate.facts.as_ref().map_or("", |facts| &facts.subject);
    format!("{} {subject}", fingerprint(&certificate.der))
}

fn candidates(module: &Module, selection: &Selection) -> Result<Vec<Candidate>, SignerError> {
    let context = module.context();
    let slots = context.get_slots_with_token().map_err(|error| failure("C_GetSlotList", &error))?;
    // A reader that answers badly, or a foreign card in it, must not hide the card in the next reader.
    let readable = slots.into_iter().filter_map(|slot| {
        let slot_info = context.get_slot_info(slot).ok()?;
        Some(Candidate { slot, slot_info, token: context.get_token_info(slot).ok()? })
    });
    Ok(readable
        .filter(|c| selection.fits_slot(c.slot, &c.slot_info) && selection.fits_token(&c.token))
        .collect())
}

impl Selection {
    fn fits_slot(&self, slot: Slot, info: &SlotInfo) -> bool {
        self.slot.as_ref().is_none_or(|wanted| {
            wanted.trim() == info.slot_description().trim()
                || wanted.parse().is_ok_and(|id: u64| id == slot.id())
        })
    }

    fn fits_token(&self, info: &TokenInfo) -> bool {
        let fits =
            |wanted: &Option<String>, have: &str| wanted.as_ref().is_none_or(|w| w.trim() == have.trim());
        fits(&self.label, info.label()) && fits(&self.serial, info.serial_number())
    }

    fn describe(&self) -> String {
        let parts = [("slot", &self.slot), ("label", &self.label), ("serial", &self.serial)];
        let named: Vec<_> =
            parts.iter().filter_map(|(what, name)| Some(format!("{what} {}", name.as_ref()?))).collect();
        if named.is_empty() { "no reader has a card".to_owned() } else { named.join(", ") }
    }
}
