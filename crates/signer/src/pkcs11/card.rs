// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A card that signs: opened with a PIN, ours alone until it is dropped.

use std::sync::{Mutex, PoisonError};

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::RawAuthPin;
use keiin_model::{SignRequest, SignatureAlgorithm, Signer, SignerError};

use super::claim::Claim;
use super::failure::failure;
use super::mechanism;
use super::module::Module;
use super::object::{self, CertificateObject};
use super::selection::{Candidate, Selection, choose, choose_certificate};
use super::survey::PinState;
use crate::pin::Pin;

/// A private key on a card or in an HSM, with its certificate.
///
/// While it exists nobody else gets the card, in this process or another: a login is the whole process's, and
/// HPKI cards bear no concurrent access (JAHIS 24-002, 5.3.3). Dropping it logs out, closes the session and
/// overwrites the PIN.
pub struct Card {
    // Dropped in this order: the session is closed before the module may be finalised, and only then is the
    // card given back.
    state: Mutex<State>,
    module: Module,
    slot: Slot,
    key: ObjectHandle,
    longest_signature: usize,
    always_authenticate: bool,
    offered: Vec<MechanismType>,
    algorithms: Vec<SignatureAlgorithm>,
    certificate: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    _claim: Claim,
}

struct State {
    session: Session,
    /// Kept only when every signature needs it.
    pin: Option<Pin>,
    /// The card refused the PIN: it is not tried again.
    refused: bool,
    /// We logged in, so we log out.
    logged_in: bool,
}

impl Card {
    /// Finds the card, claims it, compares the PIN once and finds the key of the certificate.
    ///
    /// # Errors
    /// [`SignerError::NoSuchToken`], [`SignerError::Ambiguous`], [`SignerError::NoCertificate`] and
    /// [`SignerError::Busy`] before the PIN is touched; [`SignerError::PinFinalTry`],
    /// [`SignerError::PinLocked`], [`SignerError::PinMissing`] and [`SignerError::PinLength`] instead of
    /// touching it; [`SignerError::PinWrong`] after the one try; [`SignerError::NoKey`],
    /// [`SignerError::CardRemoved`] and [`SignerError::Device`] as they come.
    pub fn open(module: &Module, selection: &Selection, pin: Option<Pin>) -> Result<Self, SignerError> {
        let candidate = choose(module, selection)?;
        let device =
            format!("{}/{}", candidate.slot_info.slot_description(), candidate.token.serial_number());
        let claim = Claim::take(&device, selection.wait)?;
        let (mut state, certificates) = State::open(module, &candidate, selection, pin)?;
        let keys = object::private_keys(&state.session)?;
        let chosen = choose_certificate(&certificates, selection)?;
        let key = object::key_of(chosen, &keys).ok_or(SignerError::NoKey)?;
        let public_key = &chosen.facts.as_ref().ok_or(SignerError::NoCertificate)?.key;
        let offered = module
            .context()
            .get_mechanism_list(candidate.slot)
            .map_err(|error| failure("C_GetMechanismList", &error))?;
        let algorithms = mechanism::algorithms(public_key, &offered);
        if algorithms.is_empty() {
            return Err(SignerError::NoKey);
        }
        if !key.always_authenticate {
            state.pin = None;
        }
        Ok(Self {
            key: key.handle,
            always_authenticate: key.always_authenticate,
            slot: candidate.slot,
            module: module.clone(),
            longest_signature: mechanism::longest_signature(public_key),
            offered,
            algorithms,
            certificate: chosen.der.clone(),
            certificates: others(&certificates, chosen),
            state: Mutex::new(state),
            _claim: claim,
        })
    }

    /// The certificate that [`Card::open`] will sign with, read without a PIN; `None` where the card shows its certificates
    /// after a login only. So that what must not be signed with it is said before a PIN is asked for.
    ///
    /// # Errors
    /// [`SignerError::NoSuchToken`], [`SignerError::Ambiguous`], [`SignerError::NoCertificate`] and what the module says.
    pub fn certificate_of(module: &Module, selection: &Selection) -> Result<Option<Vec<u8>>, SignerError> {
        let candidate = choose(module, selection)?;
        let session = module
            .context()
            .open_ro_session(candidate.slot)
            .map_err(|error| failure("C_OpenSession", &error))?;
        let certificates = object::certificates(&session)?;
        if certificates.is_empty() {
            return Ok(None);
        }
        Ok(Some(choose_certificate(&certificates, selection)?.der.clone()))
    }

    /// C_SignInit, the PIN if each signature needs it, C_Sign.
    fn sign_once(
        &self,
        state: &mut State,
        mechanism: &Mechanism<'_>,
        data: &[u8],
    ) -> Result<Vec<u8>, SignerError> {
        state.session.sign_init(mechanism, self.key).map_err(|error| failure("C_SignInit", &error))?;
        if self.always_authenticate {
            state.authenticate(&token_info(&self.module, self.slot)?)?;
        }
        self.module.sign(&state.session, data, self.longest_signature)
    }

    /// An operation that was begun and not ended would block the session for good, and v2.40 has no call that
    /// cancels one: a second session takes over. It is opened before the first is closed, so the login stays.
    fn renew(&self, state: &mut State) {
        if let Ok(session) = self.module.context().open_ro_session(self.slot) {
            state.session = session;
        }
    }
}

impl Signer for Card {
    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        &self.algorithms
    }

    fn sign(&self, request: &SignRequest<'_>) -> Result<Vec<u8>, SignerError> {
        let unable = || SignerError::Algorithm(request.algorithm);
        if !self.algorithms.contains(&request.algorithm) {
            return Err(unable());
        }
        let mechanism = mechanism::mechanism(request.algorithm, &self.offered).ok_or_else(unable)?;
        let data = mechanism::input(&mechanism, request).ok_or_else(|| SignerError::Unusable {
            object: "the request to sign".to_owned(),
            reason: format!("its digest has {} octets", request.digest.len()),
        })?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.refused {
            return Err(SignerError::PinWrong);
        }
        let raw = self.sign_once(&mut state, &mechanism, &data).inspect_err(|_| self.renew(&mut state))?;
        mechanism::signature(request.algorithm, raw).ok_or_else(|| SignerError::Device {
            call: "C_Sign",
            reason: "the signature is not r and s".to_owned(),
        })
    }
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Card")
            .field("module", &self.module)
            .field("slot", &self.slot.id())
            .finish_non_exhaustive()
    }
}

impl State {
    /// Opens a session, reads the certificates and logs in, in this order: what cannot sign is not asked for
    /// its PIN.
    fn open(
        module: &Module,
        candidate: &Candidate,
        selection: &Selection,
        pin: Option<Pin>,
    ) -> Result<(Self, Vec<CertificateObject>), SignerError> {
        let session = module
            .context()
            .open_ro_session(candidate.slot)
            .map_err(|error| failure("C_OpenSession", &error))?;
        let mut state = Self { session, pin, refused: false, logged_in: false };
        let certificates = object::certificates(&state.session)?;
        if !certificates.is_empty() {
            choose_certificate(&certificates, selection)?;
        }
        let token = token_info(module, candidate.slot)?;
        if token.serial_number() != candidate.token.serial_number() {
            return Err(SignerError::CardRemoved); // another card now, while we waited for this one
        }
        if token.login_required() || state.pin.is_some() {
            state.log_in(&token)?;
        }
        if certificates.is_empty() {
            let shown = object::certificates(&state.session)?; // some HSMs show theirs after a login only
            return Ok((state, shown));
        }
        Ok((state, certificates))
    }

    /// C_Login for the session.
    fn log_in(&mut self, token: &TokenInfo) -> Result<(), SignerError> {
        match self.compare(UserType::User, token)? {
            Login::Done => self.logged_in = true,
            // Other code of this process is logged in; then it is not ours to log out.
            Login::Already => {}
        }
        Ok(())
    }

    /// C_Login for the one operation that was begun (PKCS#11 v2.40, 4.9, CKA_ALWAYS_AUTHENTICATE).
    fn authenticate(&mut self, token: &TokenInfo) -> Result<(), SignerError> {
        self.compare(UserType::ContextSpecific, token).map(|_| ())
    }

    /// The only place where a PIN goes to a card: after what the card says of its tries, and never again once
    /// refused.
    fn compare(&mut self, user: UserType, token: &TokenInfo) -> Result<Login, SignerError> {
        check_pin(self.pin.as_ref(), token)?;
        let answer = match &self.pin {
            _ if token.protected_authentication_path() => self.session.login(user, None),
            Some(pin) => self.session.login_with_raw(user, &RawAuthPin::new(Box::new(pin.octets().to_vec()))),
            None => return Err(SignerError::PinMissing),
        };
        match answer {
            Ok(()) => Ok(Login::Done),
            Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(Login::Already),
            Err(Error::Pkcs11(RvError::PinLenRange | RvError::PinInvalid, _)) => Err(length_of(token)),
            Err(error) => {
                let error = failure("C_Login", &error);
                if matches!(error, SignerError::PinWrong | SignerError::PinLocked) {
                    self.refused = true;
                    self.pin = None;
                }
                Err(error)
            }
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if self.logged_in {
            // The card may be gone; closing the session, which follows, ends the login as well.
            let _ = self.session.logout();
        }
    }
}

enum Login {
    Done,
    Already,
}

/// What can be known to go wrong before the PIN is sent, so that it costs no try.
fn check_pin(pin: Option<&Pin>, token: &TokenInfo) -> Result<(), SignerError> {
    match PinState::of(token) {
        PinState::Locked => return Err(SignerError::PinLocked),
        PinState::FinalTry => return Err(SignerError::PinFinalTry),
        PinState::CountLow | PinState::Ready => {}
    }
    if token.protected_authentication_path() {
        return Ok(());
    }
    let len = pin.ok_or(SignerError::PinMissing)?.octets().len();
    let most = token.max_pin_length(); // 0 where the token does not say
    if len < token.min_pin_length() || (most > 0 && len > most) {
        return Err(length_of(token));
    }
    Ok(())
}

fn length_of(token: &TokenInfo) -> SignerError {
    SignerError::PinLength {
        min: u64::try_from(token.min_pin_length()).unwrap_or(0),
        max: u64::try_from(token.max_pin_length()).unwrap_or(u64::MAX),
    }
}

fn token_info(module: &Module, slot: Slot) -> Result<TokenInfo, SignerError> {
    module.context().get_token_info(slot).map_err(|error| failure("C_GetTokenInfo", &error))
}

fn others(certificates: &[CertificateObject], chosen: &CertificateObject) -> Vec<Vec<u8>> {
    certificates.iter().map(|c| &c.der).filter(|der| **der != chosen.der).cloned().collect()
}
