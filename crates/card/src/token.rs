// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One card: its PIN counter, its login, its signatures and its faults.

use std::path::PathBuf;

use cryptoki_sys::{
    CK_FLAGS, CK_MECHANISM_TYPE, CK_RV, CKF_LOGIN_REQUIRED, CKF_RNG, CKF_TOKEN_INITIALIZED,
    CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_INITIALIZED, CKF_USER_PIN_LOCKED,
    CKR_DEVICE_ERROR, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE, CKR_PIN_LOCKED, CKR_TOKEN_NOT_PRESENT,
    CKR_USER_NOT_LOGGED_IN,
};

use crate::config::{Card, Config, Fault, State};
use crate::key::{Key, mechanism_type};
use crate::object::{Object, objects};

pub(crate) struct Token {
    pub(crate) card: Card,
    pub(crate) key: Key,
    objects: Vec<Object>,
    state_file: PathBuf,
    pub(crate) logged_in: bool,
    pub(crate) removed: bool,
    signatures: u32,
}

impl Token {
    pub(crate) fn insert(config: &Config, card: &Card) -> Result<Self, CK_RV> {
        let key = Key::read(&card.key)?;
        Ok(Self {
            objects: objects(card, &key),
            key,
            state_file: config.state_file(card),
            card: card.clone(),
            logged_in: false,
            removed: false,
            signatures: 0,
        })
    }

    /// The object of that handle, if this login may see it. Handles count from 1.
    pub(crate) fn object(&self, handle: usize) -> Option<&Object> {
        let object = self.objects.get(handle.checked_sub(1)?)?;
        (self.logged_in || !object.private).then_some(object)
    }

    pub(crate) fn visible(&self) -> impl Iterator<Item = (usize, &Object)> {
        (1..=self.objects.len()).filter_map(|handle| Some((handle, self.object(handle)?)))
    }

    pub(crate) fn mechanisms(&self) -> Vec<CK_MECHANISM_TYPE> {
        self.card.mechanisms.iter().map(|m| mechanism_type(*m)).collect()
    }

    fn state(&self) -> Result<State, CK_RV> {
        State::read_file(&self.state_file).map_err(|_| CKR_DEVICE_ERROR)
    }

    fn remember(&self, state: State) -> Result<(), CK_RV> {
        state.write(&self.state_file).map_err(|_| CKR_DEVICE_ERROR)
    }

    pub(crate) fn flags(&self) -> Result<CK_FLAGS, CK_RV> {
        let left = self.state()?.tries_left;
        let mut flags = CKF_RNG | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED;
        if left < self.card.tries {
            flags |= CKF_USER_PIN_COUNT_LOW;
        }
        match left {
            0 => flags |= CKF_USER_PIN_LOCKED,
            1 => flags |= CKF_USER_PIN_FINAL_TRY,
            _ => {}
        }
        Ok(flags)
    }

    /// Compares a PIN; a wrong one costs a try, the right one gives all tries back.
    pub(crate) fn compare(&self, pin: &[u8]) -> Result<(), CK_RV> {
        let mut state = self.state()?;
        let (fewest, most) = self.card.pin_length;
        if pin.len() < usize::from(fewest) || pin.len() > usize::from(most) {
            return Err(CKR_PIN_LEN_RANGE);
        }
        if state.tries_left == 0 {
            return Err(CKR_PIN_LOCKED);
        }
        let changed = self.card.fault == Fault::PinChanged && state.compared > 0;
        let right = pin == self.card.pin.as_bytes() && !changed;
        state.compared += 1;
        state.tries_left = if right { self.card.tries } else { state.tries_left - 1 };
        self.remember(state)?;
        if right { Ok(()) } else { Err(CKR_PIN_INCORRECT) }
    }

    pub(crate) fn sign(
        &mut self,
        mechanism: CK_MECHANISM_TYPE,
        authenticated: bool,
        data: &[u8],
    ) -> Result<Vec<u8>, CK_RV> {
        if self.removed {
            return Err(CKR_TOKEN_NOT_PRESENT);
        }
        if !self.logged_in || (self.card.always_authenticate && !authenticated) {
            return Err(CKR_USER_NOT_LOGGED_IN);
        }
        if self.card.fault == Fault::SignFails {
            return Err(CKR_DEVICE_ERROR);
        }
        let signature = self.key.sign(mechanism, data)?;
        let state = self.state()?;
        self.remember(State { signatures: state.signatures + 1, ..state })?;
        self.signatures += 1;
        if self.card.fault == Fault::RemoveAfterSigns(self.signatures) {
            self.remove();
        }
        Ok(signature)
    }

    pub(crate) fn remove(&mut self) {
        self.removed = true;
        self.logged_in = false;
    }
}
