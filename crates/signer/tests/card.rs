// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Cards as they are met in a hospital, played by keiin-card: one reader each, all in one machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod fixture;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fixture::{Identity, card_module, openssl_accepts, sign_once, signer_conformance};
use keiin_card::{CONFIG_VARIABLE, Card as Played, Certificate, Config, Fault, Mechanism, State};
use keiin_model::{ObjectId, SignRequest, SignatureAlgorithm, Signer, SignerError};
use keiin_signer::Pin;
use keiin_signer::pkcs11::{Card, Module, PinState, Selection};

struct Machine {
    folder: tempfile::TempDir,
    module: Module,
    doctor: Identity,
    login: Identity,
    curve: Identity,
}

impl Machine {
    fn tries(&self, serial: &str) -> (u32, u32) {
        let state = State::read(self.folder.path(), serial).unwrap();
        (state.tries_left, state.compared)
    }

    fn open(&self, serial: &str, pin: &str) -> Result<Card, SignerError> {
        Card::open(&self.module, &at(serial), Some(Pin::new(pin.into())))
    }
}

/// The reader named after the card in it.
fn at(reader: &str) -> Selection {
    Selection { slot: Some(reader.to_owned()), wait: Duration::from_millis(300), ..Selection::default() }
}

fn fingerprint(der: &[u8]) -> ObjectId {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
    ObjectId::from_sha256(digest.as_ref().try_into().unwrap())
}

#[allow(unsafe_code)]
fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let doctor = Identity::hpki(folder.path(), "doctor");
        let login =
            Identity::certify(folder.path(), "login", "doctor.key.pem", "keyUsage=critical,digitalSignature");
        let ca = Identity::new(folder.path(), "ca", "rsa", "basicConstraints=critical,CA:TRUE");
        let curve = Identity::new(folder.path(), "curve", "P-256", "keyUsage=critical,nonRepudiation");
        let config = readers(&doctor, &login, &ca, &curve);
        let file = config.write(folder.path()).unwrap();
        // SAFETY: every test comes through here first, and nothing in the process reads the environment behind
        // std's back before the module is loaded on the next line.
        unsafe { std::env::set_var(CONFIG_VARIABLE, file) };
        let module = Module::load(card_module()).unwrap();
        Machine { folder, module, doctor, login, curve }
    })
}

fn readers(doctor: &Identity, login: &Identity, ca: &Identity, curve: &Identity) -> Config {
    let card = |serial: &str| Played::new(serial, doctor.pkcs8.clone(), doctor.der.clone());
    let faulty = |serial: &str, fault| Played { fault, ..card(serial) };
    let authority = Certificate { der: ca.der.clone(), id: vec![0x1b] };
    let authentication = Certificate { der: login.der.clone(), id: vec![0x17] };
    let signature = Certificate { der: doctor.der.clone(), id: vec![0x17] };
    let cards = [
        card("plain"),
        Played { always_authenticate: false, ..card("once") },
        card("wrong"),
        Played { tries_left: 2, ..card("low") },
        Played { tries_left: 1, ..card("final") },
        Played { tries_left: 0, ..card("locked") },
        card("worn"),
        card("request"),
        card("length"),
        card("missing"),
        faulty("pulled-init", Fault::RemoveAfterSignInit),
        faulty("pulled-later", Fault::RemoveAfterSigns(1)),
        faulty("slow", Fault::SlowMs(700)),
        faulty("changed", Fault::PinChanged),
        faulty("broken", Fault::SignFails),
        faulty("foreign", Fault::NotRecognized),
        card("shared"),
        card("shared-proc"),
        Played {
            certificates: vec![authority.clone(), authentication.clone(), signature.clone()],
            ..card("mixed")
        },
        Played { certificates: vec![authority.clone(), authentication.clone()], ..card("auth-only") },
        Played { key_id: vec![9, 9], ..card("other-id") },
        Played { key: ca.pkcs8.clone(), ..card("other-key") },
        Played { mechanisms: vec![Mechanism::RsaPkcs, Mechanism::RsaPkcsPss], ..card("pss") },
        Played {
            mechanisms: vec![Mechanism::Ecdsa],
            ..Played::new("curve", curve.pkcs8.clone(), curve.der.clone())
        },
        Played { mechanisms: vec![], ..card("unable") },
    ];
    let config = Config::new().reader("empty", None);
    cards.into_iter().fold(config, |config, card| config.reader(&card.serial.clone(), Some(card)))
}

#[test]
fn an_hpki_card_signs_and_wants_its_pin_each_time() {
    let machine = machine();
    let card = machine.open("plain", "1234").unwrap();
    assert_eq!(card.certificate(), machine.doctor.der);
    assert!(matches!(card.algorithms(), [SignatureAlgorithm::RsaPkcs1 { .. }, _, _]));
    signer_conformance(&card);
    // Three schemes, two messages each: one login and six signatures, each with the PIN.
    assert_eq!(machine.tries("plain"), (15, 7));
}

#[test]
fn a_card_without_user_consent_compares_the_pin_once() {
    let machine = machine();
    let card = machine.open("once", "1234").unwrap();
    signer_conformance(&card);
    assert_eq!(machine.tries("once"), (15, 1));
}

#[test]
fn a_wrong_pin_costs_exactly_one_try() {
    let machine = machine();
    assert!(matches!(machine.open("wrong", "9999"), Err(SignerError::PinWrong)));
    assert_eq!(machine.tries("wrong"), (14, 1));
}

#[test]
fn the_last_try_is_left_to_its_owner() {
    let machine = machine();
    assert!(matches!(machine.open("final", "1234"), Err(SignerError::PinFinalTry)));
    assert_eq!(machine.tries("final"), (1, 0));
    // Two tries left: one may be used, and then no more.
    assert!(matches!(machine.open("low", "9999"), Err(SignerError::PinWrong)));
    assert!(matches!(machine.open("low", "1234"), Err(SignerError::PinFinalTry)));
    assert_eq!(machine.tries("low"), (1, 1));
}

#[test]
fn a_locked_card_is_not_asked() {
    let machine = machine();
    assert!(matches!(machine.open("locked", "1234"), Err(SignerError::PinLocked)));
    assert_eq!(machine.tries("locked"), (0, 0));
}

/// Somebody else uses up the tries while we hold the card and its PIN.
#[test]
fn the_tries_are_looked_at_before_every_signature() {
    let machine = machine();
    let card = machine.open("worn", "1234").unwrap();
    sign_once(&card).unwrap();
    let file = machine.folder.path().join("worn.state.json");
    let state = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, state.replace("\"tries_left\":15", "\"tries_left\":1")).unwrap();
    assert!(matches!(sign_once(&card), Err(SignerError::PinFinalTry)));
    assert_eq!(machine.tries("worn"), (1, 2));
    std::fs::write(&file, state).unwrap();
    sign_once(&card).expect("the refused operation was given up and the next one begins anew");
}

/// A program that signs a hundred files in a row must not use up the tries with a PIN that was right once.
#[test]
fn a_pin_that_was_refused_is_never_sent_again() {
    let machine = machine();
    let card = machine.open("changed", "1234").unwrap();
    for _ in 0..3 {
        assert!(matches!(sign_once(&card), Err(SignerError::PinWrong)));
    }
    assert_eq!(machine.tries("changed"), (14, 2), "one comparison at the login, one at the first signature");
}

#[test]
fn a_pin_of_a_wrong_length_is_not_tried() {
    let machine = machine();
    for pin in ["123", "12345678901234567"] {
        assert!(matches!(machine.open("length", pin), Err(SignerError::PinLength { min: 4, max: 16 })));
    }
    assert_eq!(machine.tries("length"), (15, 0));
}

#[test]
fn without_a_pin_nothing_is_tried() {
    let machine = machine();
    assert!(matches!(Card::open(&machine.module, &at("missing"), None), Err(SignerError::PinMissing)));
    assert_eq!(machine.tries("missing"), (15, 0));
}

#[test]
fn a_card_pulled_out_is_said_so() {
    let machine = machine();
    let card = machine.open("pulled-init", "1234").unwrap();
    assert!(matches!(sign_once(&card), Err(SignerError::CardRemoved)));
    assert!(matches!(sign_once(&card), Err(SignerError::CardRemoved)));
    drop(card);
    assert!(matches!(machine.open("pulled-init", "1234"), Err(SignerError::NoSuchToken { .. })));

    let card = machine.open("pulled-later", "1234").unwrap();
    sign_once(&card).unwrap();
    assert!(matches!(sign_once(&card), Err(SignerError::CardRemoved)));
}

#[test]
fn a_failing_device_is_named_with_its_reason() {
    let card = machine().open("broken", "1234").unwrap();
    for _ in 0..2 {
        let Err(SignerError::Device { call, reason }) = sign_once(&card) else { panic!("it cannot sign") };
        assert_eq!((call, reason.as_str()), ("C_Sign", "CKR_DEVICE_ERROR"));
    }
}

#[test]
fn no_such_slot_no_card_and_a_foreign_card() {
    let machine = machine();
    for reader in ["nowhere", "empty", "foreign"] {
        let Err(SignerError::NoSuchToken { name }) = machine.open(reader, "1234") else { panic!("{reader}") };
        assert!(name.contains(reader), "{name}");
    }
    let selection = Selection { serial: Some("0815".to_owned()), ..Selection::default() };
    assert!(matches!(Card::open(&machine.module, &selection, None), Err(SignerError::NoSuchToken { .. })));
}

#[test]
fn between_cards_none_is_guessed() {
    let machine = machine();
    let pin = Pin::new(b"1234".to_vec());
    let Err(SignerError::Ambiguous { choices }) =
        Card::open(&machine.module, &Selection::default(), Some(pin))
    else {
        panic!("there are many cards")
    };
    assert!(choices.iter().any(|choice| choice.contains("plain")));
    assert!(!choices.iter().any(|choice| choice.contains("auth-only")), "{choices:?}");
}

#[test]
fn a_card_is_found_by_serial_and_by_number() {
    let machine = machine();
    let survey = machine.module.survey().unwrap();
    let number = survey.iter().find(|slot| slot.description == "pss").unwrap().number;
    let by = |selection: Selection| {
        Card::open(&machine.module, &selection, Some(Pin::new(b"1234".to_vec()))).unwrap()
    };
    let card = by(at(&number.to_string()));
    signer_conformance(&card); // also RSASSA-PSS
    assert_eq!(card.algorithms().len(), 6);
    drop(card);
    drop(by(Selection { serial: Some("pss".to_owned()), ..Selection::default() }));
}

#[test]
fn the_certificate_for_documents_is_chosen_among_others() {
    let machine = machine();
    let card = machine.open("mixed", "1234").unwrap();
    assert_eq!(card.certificate(), machine.doctor.der);
    assert_eq!(card.certificates().len(), 2);
    sign_once(&card).unwrap();
    drop(card);
    assert!(matches!(machine.open("auth-only", "1234"), Err(SignerError::NoCertificate)));
    assert_eq!(machine.tries("auth-only"), (15, 0));

    // Whoever names a certificate gets it.
    let named = Selection { certificate: Some(fingerprint(&machine.login.der)), ..at("auth-only") };
    let card = Card::open(&machine.module, &named, Some(Pin::new(b"1234".to_vec()))).unwrap();
    assert_eq!(card.certificate(), machine.login.der);
}

#[test]
fn the_key_is_found_by_modulus_and_a_foreign_key_is_none() {
    let machine = machine();
    let card = machine.open("other-id", "1234").unwrap();
    sign_once(&card).unwrap();
    assert!(matches!(machine.open("other-key", "1234"), Err(SignerError::NoKey)));
    assert!(matches!(machine.open("unable", "1234"), Err(SignerError::NoKey)));
}

#[test]
fn an_ecdsa_card_gives_der() {
    let machine = machine();
    let card = machine.open("curve", "1234").unwrap();
    assert_eq!(card.certificate(), machine.curve.der);
    signer_conformance(&card);
}

#[test]
fn a_slow_card_is_waited_for() {
    let card = machine().open("slow", "1234").unwrap();
    let begun = Instant::now();
    let signature = sign_once(&card).unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(700));
    assert!(openssl_accepts(&card, card.algorithms()[0], b"message", &signature));
}

#[test]
fn a_card_in_use_is_busy() {
    let machine = machine();
    let card = machine.open("shared", "1234").unwrap();
    let begun = Instant::now();
    assert!(matches!(machine.open("shared", "1234"), Err(SignerError::Busy)));
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert_eq!(machine.tries("shared"), (15, 1), "a busy card is not asked for the PIN");
    sign_once(&card).expect("the second user did not disturb the first");
    drop(card);
    machine.open("shared", "1234").unwrap();
}

/// The part of `a_card_in_use_by_another_process_is_busy` that runs in the other process.
#[test]
#[ignore = "started by another test"]
fn hold_a_card() {
    let Some(module) = std::env::var_os("KEIIN_TEST_HOLD") else { return };
    let module = Module::load(module).unwrap();
    let _card = Card::open(&module, &at("shared-proc"), Some(Pin::new(b"1234".to_vec()))).unwrap();
    println!("held");
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn a_card_in_use_by_another_process_is_busy() {
    let machine = machine();
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "hold_a_card", "--ignored", "--nocapture"])
        .env("KEIIN_TEST_HOLD", card_module())
        .env(CONFIG_VARIABLE, machine.folder.path().join("cards.json"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(other.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(said.any(|line| line.contains("held")), "the other process has the card");
    assert!(matches!(machine.open("shared-proc", "1234"), Err(SignerError::Busy)));
    drop(other.stdin.take());
    other.wait().unwrap();
    machine.open("shared-proc", "1234").unwrap();
}

#[test]
fn a_survey_shows_everything_but_asks_nothing() {
    let machine = machine();
    assert_eq!(machine.module.info().unwrap().description, "HPKI 3.0");
    let survey = machine.module.survey().unwrap();
    let slot = |name: &str| survey.iter().find(|slot| slot.description == name).unwrap();
    assert_eq!(slot("empty").token, None);
    assert!(slot("foreign").trouble.is_some());
    let token = slot("mixed").token.as_ref().unwrap();
    assert_eq!((token.label.as_str(), token.model.as_str()), ("HPKI Application", "ISO 7816-15:2016"));
    assert_eq!((token.pin_min, token.pin_max, token.login_required), (4, 16, true));
    assert_eq!(token.mechanisms, ["CKM_RSA_PKCS"]);
    assert_eq!(token.certificates.len(), 3);
    assert_eq!(token.certificates[2].fingerprint, fingerprint(&machine.doctor.der));
    assert!(token.keys.is_empty(), "the private key is seen after a login only");
    assert_eq!(slot("locked").token.as_ref().unwrap().pin, PinState::Locked);
    assert_eq!(machine.tries("mixed").0, 15);
}

#[test]
fn a_request_that_contradicts_itself_is_refused() {
    let machine = machine();
    let card = machine.open("request", "1234").unwrap();
    let request = SignRequest { algorithm: card.algorithms()[0], message: b"message", digest: &[0; 20] };
    assert!(matches!(card.sign(&request), Err(SignerError::Unusable { .. })));
}

#[test]
fn what_is_not_a_module_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.so");
    std::fs::write(&text, "not a library").unwrap();
    for path in [Path::new("/nonexistent/module.so"), &text, folder.path()] {
        assert!(matches!(Module::load(path), Err(SignerError::Unusable { .. })), "{}", path.display());
    }
}
