// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Cards as a user meets them, played by keiin-card in a PKCS#11 module.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use cmd::{Hospital, Run, card_module};
use keiin_card::{CONFIG_VARIABLE, Card, Certificate, Config, Fault, State};

/// A hospital with one card in a reader.
struct Desk {
    hospital: Hospital,
}

impl Desk {
    fn with(change: impl FnOnce(&mut Card)) -> Self {
        let mut hospital = Hospital::open();
        let mut card = doctor(&hospital, "0001");
        change(&mut card);
        put(&mut hospital, &Config::new().reader("Reader 1", Some(card)));
        Self { hospital }
    }

    fn sign(&self, more: &str) -> Run {
        sign(&self.hospital, more)
    }

    fn state(&self) -> State {
        State::read(&self.hospital.place.path("cards"), "0001").unwrap()
    }
}

fn doctor(hospital: &Hospital, serial: &str) -> Card {
    let pki = hospital.pki();
    let mut card = Card::new(serial, pki.key_pkcs8("doctor").to_vec(), pki.certificate("doctor").to_vec());
    for (id, name) in [(0x1b, "signing-ca"), (0x1a, "root")] {
        card.certificates.push(Certificate { der: pki.certificate(name).to_vec(), id: vec![id] });
    }
    card
}

fn put(hospital: &mut Hospital, config: &Config) {
    let file = config.write(&hospital.place.path("cards")).unwrap();
    hospital.place.variable(CONFIG_VARIABLE, file.to_str().unwrap());
    hospital.place.variable("RIGHT", "1234");
    hospital.place.variable("WRONG", "4321");
}

fn sign(hospital: &Hospital, more: &str) -> Run {
    hospital.keiin(&format!("sign 処方箋.txt --lang en --module {} {more}", card_module().display()))
}

#[test]
fn a_card_signs_and_its_chain_comes_from_the_card() {
    let desk = Desk::with(|_| ());
    desk.sign("--pin-env RIGHT").expect(0);
    desk.hospital.keiin("verify 処方箋.txt.p7m {trust} --require-role 医師").expect(0);
    assert_eq!(desk.state().signatures, 1);
}

#[cfg(unix)]
#[test]
fn a_pin_comes_through_a_descriptor() {
    let desk = Desk::with(|_| ());
    desk.hospital.place.write("pin", "1234\n");
    let module = card_module().display().to_string();
    let script =
        format!("exec {} sign 処方箋.txt --module {module} --pin-fd 3 3<pin", env!("CARGO_BIN_EXE_keiin"));
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).current_dir(desk.hospital.place.folder());
    shell.env(CONFIG_VARIABLE, desk.hospital.place.path("cards/cards.json"));
    Run::of(shell.output().unwrap()).expect(0);
}

#[test]
fn a_wrong_pin_costs_one_try_and_no_more() {
    let desk = Desk::with(|_| ());
    let run = desk.sign("--pin-env WRONG").expect(5);
    assert!(
        run.err.starts_with("error: wrong PIN") && run.err.contains("not tried again by itself"),
        "{}",
        run.err
    );
    assert_eq!((desk.state().compared, desk.state().tries_left), (1, 14));
    assert!(!desk.hospital.place.path("処方箋.txt.p7m").exists());
}

#[test]
fn the_last_try_and_a_locked_card_are_left_alone() {
    let desk = Desk::with(|card| card.tries_left = 1);
    let run = desk.sign("--pin-env RIGHT").expect(5);
    assert!(run.err.contains("one PIN try left") && run.err.contains("card's own software"), "{}", run.err);
    assert_eq!(desk.state().compared, 0);
    let desk = Desk::with(|card| card.tries_left = 0);
    let run = desk.sign("--pin-env RIGHT").expect(5);
    assert!(run.err.contains("the PIN is locked") && run.err.contains("ask the issuer"), "{}", run.err);
    assert_eq!(desk.state().compared, 0);
}

#[test]
fn a_card_that_is_pulled_out_fails_or_is_not_there() {
    let desk = Desk::with(|card| card.fault = Fault::RemoveAfterSignInit);
    let run = desk.sign("--pin-env RIGHT").expect(5);
    assert!(
        run.err.contains("the card was removed") && run.err.contains("nothing was signed"),
        "{}",
        run.err
    );
    let desk = Desk::with(|_| ());
    let run = desk.sign("--pin-env RIGHT --slot 7").expect(5);
    assert!(
        run.err.contains("no such card or token: slot 7") && run.err.contains("keiin card lists"),
        "{}",
        run.err
    );
    let run = desk.sign("--pin-env RIGHT --certificate 00000000").expect(5);
    assert!(run.err.contains("certificate 00000000"), "{}", run.err);
    let run = desk.hospital.keiin("sign 処方箋.txt --module no.so --pin-env RIGHT --lang en").expect(5);
    assert!(run.err.contains("no.so"), "{}", run.err);
}

#[test]
fn what_cannot_work_is_said_before_the_card_is_used() {
    let desk = Desk::with(|_| ());
    for (more, code, said) in [
        ("--to es-t", 5, "no TSA is configured"),
        ("--to es-t --tsa http://127.0.0.1:9/ --trust none.cer", 3, "none.cer: no such file"),
        ("-o none/x.p7m", 3, "none: there is no such folder"),
        ("-o 処方箋.txt --force", 3, "may not replace a file that the command reads"),
    ] {
        let run = desk.sign(&format!("--pin-env RIGHT {more}")).expect(code);
        assert!(run.err.contains(said), "{more}: {}", run.err);
    }
    assert_eq!((desk.state().compared, desk.state().signatures), (0, 0));
}

#[test]
fn between_two_cards_none_is_guessed() {
    let mut hospital = Hospital::open();
    let config = Config::new()
        .reader("Left", Some(doctor(&hospital, "1")))
        .reader("Right", Some(doctor(&hospital, "2")));
    put(&mut hospital, &config);
    let run = sign(&hospital, "--pin-env RIGHT").expect(3);
    assert!(run.err.contains("more than one could sign") && run.err.contains("--reader"), "{}", run.err);
    assert_eq!(State::read(&hospital.place.path("cards"), "1").unwrap().compared, 0);
    sign(&hospital, "--pin-env RIGHT --reader Right").expect(0);
    assert_eq!(State::read(&hospital.place.path("cards"), "2").unwrap().signatures, 1);
}

#[test]
fn without_a_terminal_a_missing_pin_is_said() {
    let desk = Desk::with(|_| ());
    let run = desk.sign("").expect(5);
    assert!(run.err.contains("a PIN is needed") && run.err.contains("--pin-fd"), "{}", run.err);
    assert_eq!(desk.state().compared, 0);
}

#[test]
fn the_survey_names_licence_expiry_and_use() {
    let desk = Desk::with(|card| card.tries_left = 1);
    let module = card_module().display().to_string();
    let ja = desk.hospital.keiin(&format!("card --module {module} --lang ja")).expect(0).out;
    for part in ["スロット 0:Reader 1", "KEIIN Taro(医師):署名用", "残り1回です", "SHA-256", "認証局"]
    {
        assert!(ja.contains(part), "{part}: {ja}");
    }
    let json = desk.hospital.keiin(&format!("card --module {module} --json")).expect(0).json();
    let token = &json["modules"][0]["slots"][0]["token"];
    assert_eq!(token["pin"]["state"], "final-try");
    let doctor =
        &token["certificates"].as_array().unwrap().iter().find(|c| c["for_signing"] == true).unwrap();
    assert_eq!(
        (&doctor["roles"][0]["code"], &doctor["roles"][0]["japanese"]),
        (&"Medical Doctor".into(), &"医師".into())
    );
    assert_eq!(desk.state().compared, 0);
}

#[test]
fn a_card_of_another_licence_is_refused_before_its_pin_is_asked_for() {
    let mut hospital = Hospital::open();
    let pki = hospital.pki();
    let mut nurse = Card::new("0002", pki.key_pkcs8("nurse").to_vec(), pki.certificate("nurse").to_vec());
    nurse.certificates.push(Certificate { der: pki.certificate("signing-ca").to_vec(), id: vec![0x1b] });
    put(&mut hospital, &Config::new().reader("Reader 1", Some(nurse)));
    hospital.place.write("rx.csv", "SJ1\n1,1,8000010,99,検証用病院\n");
    let module = card_module().display().to_string();
    // No PIN is given, and there is no terminal: one that is asked for would be another failure.
    for (lang, said) in [("ja", "医師・歯科医師"), ("en", "signed by 医師 or 歯科医師")] {
        let arguments =
            format!("sign rx.csv --profile eprescription --lang {lang} --module {module} -o rx.xml");
        let refused = hospital.keiin(&arguments).expect(3);
        assert!(refused.err.contains(said) && refused.err.contains("看護師"), "{}", refused.err);
    }
    assert!(!hospital.place.path("rx.xml").exists());
    // With its PIN it signs what anybody may sign.
    let arguments = format!("sign rx.csv --format xades --module {module} --pin-env RIGHT -o rx.xml");
    hospital.keiin(&arguments).expect(0);
}
