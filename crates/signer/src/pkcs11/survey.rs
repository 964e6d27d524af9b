// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is in the readers, seen without a PIN and without a lock: nothing here costs a try.

use cryptoki::session::Session;
use cryptoki::slot::{Slot, TokenInfo};
use keiin_model::{ObjectId, SignerError};

use super::failure::failure;
use super::module::Module;
use super::object;
use crate::certificate::fingerprint;

/// A reader, or a slot of an HSM.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlotSurvey {
    /// The slot's number in its module.
    pub number: u64,
    /// slotDescription: the reader's name.
    pub description: String,
    /// manufacturerID of the slot.
    pub manufacturer: String,
    /// What is in it, or none.
    pub token: Option<TokenSurvey>,
    /// Why the token, or a part of it, could not be read.
    pub trouble: Option<String>,
}

/// A card, or an HSM's partition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenSurvey {
    /// The label (`HPKI Application`, or blank).
    pub label: String,
    /// The manufacturer.
    pub manufacturer: String,
    /// The model (`ISO 7816-15:2016`).
    pub model: String,
    /// The serial number.
    pub serial: String,
    /// Whether signing needs a login.
    pub login_required: bool,
    /// Whether the PIN is typed on the reader itself.
    pub pin_pad: bool,
    /// The PIN's state.
    pub pin: PinState,
    /// Fewest octets of a PIN.
    pub pin_min: u64,
    /// Most octets of a PIN.
    pub pin_max: u64,
    /// The mechanisms by name.
    pub mechanisms: Vec<String>,
    /// The certificates that are seen without a PIN.
    pub certificates: Vec<CertificateSurvey>,
    /// The private keys that are seen without a PIN: none on an HPKI card.
    pub keys: Vec<KeySurvey>,
}

/// How near a PIN is to being locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinState {
    /// All tries are there, as far as the token tells.
    Ready,
    /// A wrong PIN was tried since the last right one (CKF_USER_PIN_COUNT_LOW).
    CountLow,
    /// The next wrong PIN locks it (CKF_USER_PIN_FINAL_TRY).
    FinalTry,
    /// It is locked (CKF_USER_PIN_LOCKED).
    Locked,
}

/// A certificate on a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateSurvey {
    /// CKA_ID, which its private key has too.
    pub id: Vec<u8>,
    /// The certificate, DER, as the token gave it.
    pub der: Vec<u8>,
    /// Its SHA-256, for [`super::Selection::certificate`].
    pub fingerprint: ObjectId,
}

/// A private key on a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySurvey {
    /// CKA_ID.
    pub id: Vec<u8>,
    /// Whether every signature needs the PIN (CKA_ALWAYS_AUTHENTICATE).
    pub always_authenticate: bool,
}

impl Module {
    /// All slots, the empty ones too. What cannot be read is said in its slot and does not hide the others.
    ///
    /// # Errors
    /// [`SignerError::Device`] when the module does not list its slots.
    pub fn survey(&self) -> Result<Vec<SlotSurvey>, SignerError> {
        let slots = self.context().get_all_slots().map_err(|error| failure("C_GetSlotList", &error))?;
        Ok(slots.into_iter().map(|slot| self.survey_slot(slot)).collect())
    }

    fn survey_slot(&self, slot: Slot) -> SlotSurvey {
        let mut survey = SlotSurvey {
            number: slot.id(),
            description: String::new(),
            manufacturer: String::new(),
            token: None,
            trouble: None,
        };
        let info = match self.context().get_slot_info(slot) {
            Ok(info) => info,
            Err(error) => {
                survey.trouble = Some(failure("C_GetSlotInfo", &error).to_string());
                return survey;
            }
        };
        info.slot_description().trim().clone_into(&mut survey.description);
        info.manufacturer_id().clone_into(&mut survey.manufacturer);
        if !info.token_present() {
            return survey;
        }
        match self.context().get_token_info(slot) {
            Ok(info) => survey.token = Some(TokenSurvey::of(&info)),
            Err(error) => survey.trouble = Some(failure("C_GetTokenInfo", &error).to_string()),
        }
        if let Some(token) = &mut survey.token
            && let Err(error) = self.survey_objects(slot, token)
        {
            survey.trouble = Some(error.to_string());
        }
        survey
    }

    fn survey_objects(&self, slot: Slot, token: &mut TokenSurvey) -> Result<(), SignerError> {
        let context = self.context();
        let mechanisms =
            context.get_mechanism_list(slot).map_err(|error| failure("C_GetMechanismList", &error))?;
        token.mechanisms = mechanisms.iter().map(ToString::to_string).collect();
        let session = context.open_ro_session(slot).map_err(|error| failure("C_OpenSession", &error))?;
        token.certificates = certificates(&session)?;
        token.keys = object::private_keys(&session)?
            .into_iter()
            .map(|key| KeySurvey { id: key.id, always_authenticate: key.always_authenticate })
            .collect();
        Ok(())
    }
}

fn certificates(session: &Session) -> Result<Vec<CertificateSurvey>, SignerError> {
    let found = object::certificates(session)?.into_iter();
    Ok(found.map(|c| CertificateSurvey { fingerprint: fingerprint(&c.der), id: c.id, der: c.der }).collect())
}

impl TokenSurvey {
    fn of(info: &TokenInfo) -> Self {
        Self {
            label: info.label().to_owned(),
            manufacturer: info.manufacturer_id().to_owned(),
            model: info.model().to_owned(),
            serial: info.serial_number().to_owned(),
            login_required: info.login_required(),
            pin_pad: info.protected_authentication_path(),
            pin: PinState::of(info),
            pin_min: u64::try_from(info.min_pin_length()).unwrap_or(0),
            pin_max: u64::try_from(info.max_pin_length()).unwrap_or(u64::MAX),
            mechanisms: Vec::new(),
            certificates: Vec::new(),
            keys: Vec::new(),
        }
    }
}

impl PinState {
    pub(super) fn of(info: &TokenInfo) -> Self {
        if info.user_pin_locked() {
            Self::Locked
        } else if info.user_pin_final_try() {
            Self::FinalTry
        } else if info.user_pin_count_low() {
            Self::CountLow
        } else {
            Self::Ready
        }
    }
}
