// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The module between C_Initialize and C_Finalize: readers, sessions and the operations in them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use cryptoki_sys::{
    CK_ATTRIBUTE_TYPE, CK_MECHANISM_TYPE, CK_RV, CK_SESSION_HANDLE, CK_SLOT_ID, CK_USER_TYPE, CKA_CLASS,
    CKO_PRIVATE_KEY, CKR_DEVICE_REMOVED, CKR_GENERAL_ERROR, CKR_KEY_HANDLE_INVALID,
    CKR_KEY_TYPE_INCONSISTENT, CKR_MECHANISM_INVALID, CKR_OBJECT_HANDLE_INVALID, CKR_OPERATION_ACTIVE,
    CKR_OPERATION_NOT_INITIALIZED, CKR_SESSION_HANDLE_INVALID, CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_PRESENT,
    CKR_USER_ALREADY_LOGGED_IN, CKR_USER_NOT_LOGGED_IN, CKR_USER_TYPE_INVALID, CKU_CONTEXT_SPECIFIC,
    CKU_USER,
};

use crate::config::{CONFIG_VARIABLE, Config, Fault};
use crate::object::Object;
use crate::token::Token;

pub(crate) struct Library {
    pub(crate) description: String,
    pub(crate) slots: Vec<Slot>,
    sessions: BTreeMap<CK_SESSION_HANDLE, Session>,
    next_session: CK_SESSION_HANDLE,
}

pub(crate) struct Slot {
    pub(crate) name: String,
    token: Option<Token>,
}

struct Session {
    slot: CK_SLOT_ID,
    found: Option<Vec<usize>>,
    signing: Option<Signing>,
}

#[derive(Clone, Copy)]
struct Signing {
    mechanism: CK_MECHANISM_TYPE,
    authenticated: bool,
}

impl Slot {
    /// The card in the reader; a card that was pulled out is no card.
    pub(crate) fn token(&self) -> Option<&Token> {
        self.token.as_ref().filter(|token| !token.removed)
    }
}

impl Library {
    pub(crate) fn open() -> Result<Self, CK_RV> {
        let file = std::env::var_os(CONFIG_VARIABLE).ok_or(CKR_GENERAL_ERROR)?;
        let config = Config::read(&PathBuf::from(file)).map_err(|_| CKR_GENERAL_ERROR)?;
        let insert = |card| Token::insert(&config, card);
        let slots = config
            .readers
            .iter()
            .map(|reader| {
                let token = reader.card.as_ref().map(insert).transpose()?;
                Ok(Slot { name: reader.name.clone(), token })
            })
            .collect::<Result<_, CK_RV>>()?;
        let description = if config.library.is_empty() { "HPKI 3.0" } else { &config.library };
        Ok(Self { description: description.to_owned(), slots, sessions: BTreeMap::new(), next_session: 1 })
    }

    pub(crate) fn slot(&self, id: CK_SLOT_ID) -> Result<&Slot, CK_RV> {
        let index = usize::try_from(id).map_err(|_| CKR_SLOT_ID_INVALID)?;
        self.slots.get(index).ok_or(CKR_SLOT_ID_INVALID)
    }

    pub(crate) fn token(&self, id: CK_SLOT_ID) -> Result<&Token, CK_RV> {
        self.slot(id)?.token().ok_or(CKR_TOKEN_NOT_PRESENT)
    }

    fn token_mut(&mut self, id: CK_SLOT_ID) -> Result<&mut Token, CK_RV> {
        let index = usize::try_from(id).map_err(|_| CKR_SLOT_ID_INVALID)?;
        let slot = self.slots.get_mut(index).ok_or(CKR_SLOT_ID_INVALID)?;
        slot.token.as_mut().ok_or(CKR_TOKEN_NOT_PRESENT)
    }

    pub(crate) fn open_session(&mut self, slot: CK_SLOT_ID) -> Result<CK_SESSION_HANDLE, CK_RV> {
        self.token(slot)?;
        let handle = self.next_session;
        self.next_session += 1;
        self.sessions.insert(handle, Session { slot, found: None, signing: None });
        Ok(handle)
    }

    /// Closing a token's last session logs it out (PKCS#11 v2.40, 5.6 C_CloseSession).
    pub(crate) fn close_session(&mut self, handle: CK_SESSION_HANDLE) -> Result<(), CK_RV> {
        let closed = self.sessions.remove(&handle).ok_or(CKR_SESSION_HANDLE_INVALID)?;
        if !self.sessions.values().any(|session| session.slot == closed.slot) {
            self.token_mut(closed.slot)?.logged_in = false;
        }
        Ok(())
    }

    pub(crate) fn close_all_sessions(&mut self, slot: CK_SLOT_ID) -> Result<(), CK_RV> {
        self.sessions.retain(|_, session| session.slot != slot);
        self.token_mut(slot).map(|token| token.logged_in = false)
    }

    /// The session, while its card is in the reader: pulling the card out ends its sessions.
    fn session(&mut self, handle: CK_SESSION_HANDLE) -> Result<&mut Session, CK_RV> {
        let slot = self.slot_of(handle)?;
        if self.slot(slot)?.token().is_none() {
            return Err(CKR_SESSION_HANDLE_INVALID);
        }
        self.sessions.get_mut(&handle).ok_or(CKR_SESSION_HANDLE_INVALID)
    }

    pub(crate) fn slot_of(&self, handle: CK_SESSION_HANDLE) -> Result<CK_SLOT_ID, CK_RV> {
        self.sessions.get(&handle).map(|session| session.slot).ok_or(CKR_SESSION_HANDLE_INVALID)
    }

    pub(crate) fn login(
        &mut self,
        handle: CK_SESSION_HANDLE,
        user: CK_USER_TYPE,
        pin: &[u8],
    ) -> Result<(), CK_RV> {
        let slot = self.session(handle)?.slot;
        let token = self.token_mut(slot)?;
        match user {
            CKU_USER if token.logged_in => Err(CKR_USER_ALREADY_LOGGED_IN),
            CKU_USER => {
                token.compare(pin)?;
                token.logged_in = true;
                Ok(())
            }
            CKU_CONTEXT_SPECIFIC => {
                let token = self.token(slot)?;
                if !token.logged_in {
                    return Err(CKR_USER_NOT_LOGGED_IN);
                }
                if !token.card.always_authenticate || self.session(handle)?.signing.is_none() {
                    return Err(CKR_OPERATION_NOT_INITIALIZED);
                }
                self.token(slot)?.compare(pin)?;
                if let Some(signing) = &mut self.session(handle)?.signing {
                    signing.authenticated = true;
                }
                Ok(())
            }
            _ => Err(CKR_USER_TYPE_INVALID),
        }
    }

    pub(crate) fn logout(&mut self, handle: CK_SESSION_HANDLE) -> Result<(), CK_RV> {
        let slot = self.session(handle)?.slot;
        let token = self.token_mut(slot)?;
        if std::mem::replace(&mut token.logged_in, false) { Ok(()) } else { Err(CKR_USER_NOT_LOGGED_IN) }
    }

    pub(crate) fn object(&mut self, handle: CK_SESSION_HANDLE, object: usize) -> Result<&Object, CK_RV> {
        let slot = self.session(handle)?.slot;
        self.token(slot)?.object(object).ok_or(CKR_OBJECT_HANDLE_INVALID)
    }

    pub(crate) fn find_init(
        &mut self,
        handle: CK_SESSION_HANDLE,
        template: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)],
    ) -> Result<(), CK_RV> {
        if self.session(handle)?.found.is_some() {
            return Err(CKR_OPERATION_ACTIVE);
        }
        let slot = self.slot_of(handle)?;
        let visible = self.token(slot)?.visible();
        let mut found: Vec<_> =
            visible.filter(|(_, o)| o.matches(template)).map(|(handle, _)| handle).collect();
        found.reverse();
        self.session(handle)?.found = Some(found);
        Ok(())
    }

    pub(crate) fn find(&mut self, handle: CK_SESSION_HANDLE, most: usize) -> Result<Vec<usize>, CK_RV> {
        let found = self.session(handle)?.found.as_mut().ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
        Ok(found.drain(found.len().saturating_sub(most)..).rev().collect())
    }

    pub(crate) fn find_final(&mut self, handle: CK_SESSION_HANDLE) -> Result<(), CK_RV> {
        self.session(handle)?.found.take().map(drop).ok_or(CKR_OPERATION_NOT_INITIALIZED)
    }

    pub(crate) fn sign_init(
        &mut self,
        handle: CK_SESSION_HANDLE,
        mechanism: CK_MECHANISM_TYPE,
        key: usize,
    ) -> Result<(), CK_RV> {
        if self.session(handle)?.signing.is_some() {
            return Err(CKR_OPERATION_ACTIVE);
        }
        let slot = self.slot_of(handle)?;
        let token = self.token(slot)?;
        if !token.mechanisms().contains(&mechanism) {
            return Err(CKR_MECHANISM_INVALID);
        }
        let object = token.object(key).ok_or(CKR_KEY_HANDLE_INVALID)?;
        if object.attribute(CKA_CLASS)? != CKO_PRIVATE_KEY.to_ne_bytes() {
            return Err(CKR_KEY_TYPE_INCONSISTENT);
        }
        self.session(handle)?.signing = Some(Signing { mechanism, authenticated: false });
        let token = self.token_mut(slot)?;
        if token.card.fault == Fault::RemoveAfterSignInit {
            token.remove();
        }
        Ok(())
    }

    /// How long the card needs for the signature that was begun.
    pub(crate) fn delay(&self, handle: CK_SESSION_HANDLE) -> Duration {
        let fault = self.slot_of(handle).and_then(|slot| self.token(slot)).map(|token| token.card.fault);
        match fault {
            Ok(Fault::SlowMs(ms)) => Duration::from_millis(ms),
            _ => Duration::ZERO,
        }
    }

    /// How many octets the signature has that was begun.
    pub(crate) fn signature_len(&mut self, handle: CK_SESSION_HANDLE) -> Result<usize, CK_RV> {
        let slot = self.slot_of(handle)?;
        if self.slot(slot)?.token().is_none() {
            return Err(CKR_DEVICE_REMOVED);
        }
        self.session(handle)?.signing.ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
        Ok(self.token(slot)?.key.signature_len())
    }

    /// C_Sign ends the operation, well or not.
    pub(crate) fn sign(&mut self, handle: CK_SESSION_HANDLE, data: &[u8]) -> Result<Vec<u8>, CK_RV> {
        let session = self.session(handle)?;
        let signing = session.signing.take().ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
        let slot = session.slot;
        self.token_mut(slot)?.sign(signing.mechanism, signing.authenticated, data)
    }
}
