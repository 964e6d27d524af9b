// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Wrong use is answered by name, with advice, in the right language and with the right exit code; no file is harmed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use std::process::Stdio;

use cmd::{Hospital, Place, Run};

/// Arguments, exit code, all of standard error.
#[track_caller]
fn says(place: &Place, arguments: &str, code: i32, err: &str) {
    let run = place.keiin(arguments);
    assert_eq!((run.code, run.err.as_str()), (code, err), "{arguments}: {}", run.out);
    assert_eq!(run.out, "", "{arguments}");
}

const HELP_JA: &str = "対処:使い方は keiin --help または keiin コマンド --help で表示されます\n";
const HELP_EN: &str = "advice: keiin --help and keiin COMMAND --help show what there is\n";

#[test]
fn flags_that_do_not_exist_or_fit() {
    let place = Place::new();
    says(&place, "", 3, &format!("error: a command is needed\n{HELP_EN}"));
    says(&place, "--lang ja", 3, &format!("エラー:コマンドを指定してください\n{HELP_JA}"));
    says(&place, "frob --lang ja", 3, &format!("エラー:frob というコマンドはありません\n{HELP_JA}"));
    says(&place, "verify x --frob", 3, &format!("error: there is no option or argument --frob\n{HELP_EN}"));
    says(&place, "verify", 3, &format!("error: <FILE>... is needed\n{HELP_EN}"));
    says(
        &place,
        "extend x --to es-z",
        3,
        &format!("error: --to <LEVEL> does not take es-z (it takes: es-bes, es-t, es-xl, es-a)\n{HELP_EN}"),
    );
    says(
        &place,
        "verify x --at tomorrow --lang ja",
        3,
        &format!(
            "エラー:--at <TIME> の値 tomorrow を読み取れません(not a time in the form 2026-04-01T09:00:00Z: \"tomorrow\")\n{HELP_JA}"
        ),
    );
    says(
        &place,
        "sign x --p12 a --module b",
        3,
        &format!("error: --p12 <FILE> and --module <PATH> cannot be given together\n{HELP_EN}"),
    );
}

#[test]
fn the_locale_chooses_the_language() {
    let mut place = Place::new();
    place.variable("LANG", "ja_JP.UTF-8");
    says(
        &place,
        "verify none.p7m",
        3,
        "エラー:none.p7m:ファイルがありません\n対処:名前と場所を確かめてください\n",
    );
    says(
        &place,
        "verify none.p7m --lang en",
        3,
        "error: none.p7m: no such file\nadvice: check its name and place\n",
    );
    place.write("keiin.toml", "lang = 'en'");
    says(&place, "verify none.p7m", 3, "error: none.p7m: no such file\nadvice: check its name and place\n");
}

#[test]
fn files_that_are_no_signatures() {
    let place = Place::new();
    std::fs::create_dir(place.path("folder")).unwrap();
    let ask = "advice: name the signature file (.p7s, .p7m), and give the signed document with --content\n";
    for (name, bytes, said) in [
        ("empty", &b""[..], "the file is empty\nadvice: fetch or copy it again\n".to_owned()),
        (
            "a.pdf",
            b"%PDF-1.7\n",
            "the PDF has no document catalog, and none could be found by looking through the whole file\n"
                .to_owned(),
        ),
        (
            "a.xml",
            b"<!DOCTYPE a><a/>",
            "a document type declaration (DTD) at octet 0: not taken, for what it declares is not what was signed\n"
                .to_owned(),
        ),
        ("a.txt", b"hello", format!("this is not a signature\n{ask}")),
    ] {
        place.write(name, bytes);
        says(&place, &format!("verify {name}"), 3, &format!("error: {name}: {said}"));
        says(&place, &format!("inspect {name}"), 3, &format!("error: {name}: {said}"));
    }
    says(&place, "verify folder", 3, "error: folder: this is a directory, and a file is needed\n");
    says(
        &place,
        "verify folder --lang ja",
        3,
        "エラー:folder:これはフォルダーです。ファイルを指定してください\n",
    );
    let json = place.keiin("verify --json empty --lang en").expect(3).json();
    assert_eq!(json, serde_json::json!({ "error": "empty: the file is empty", "exit": 3, "file": "empty" }));
    let run = place.keiin("verify --json a.txt empty").expect(3);
    assert_eq!(run.out.lines().count(), 2, "one object a line: {}", run.out);
}

#[test]
fn a_truncated_signature() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o a.p7m").expect(0);
    let whole = hospital.place.read("a.p7m");
    for octets in [whole.len() - 1, whole.len() / 2, 40] {
        hospital.place.write("cut.p7m", &whole[..octets]);
        let run = hospital.keiin("verify cut.p7m --lang en").expect(3);
        assert!(
            run.err.starts_with("error: cut.p7m: the file is cut off in the middle"),
            "{octets}: {}",
            run.err
        );
    }
}

#[test]
fn keys_that_cannot_sign() {
    let hospital = Hospital::open();
    let none = hospital.keiin("sign 処方箋.txt --lang ja").expect(3);
    assert!(
        none.err.starts_with("エラー:署名に使う鍵が指定されていません\n対処:--module(カード)"),
        "{}",
        none.err
    );
    for (name, said) in [
        ("doctor-authentication", "this certificate is for authentication, not for signing"),
        ("doctor-expired", "the signer's certificate ended on "),
    ] {
        let run = hospital
            .keiin(&format!("sign 処方箋.txt --key {name}.key --cert {name}.cer --lang en"))
            .expect(3);
        assert!(run.err.contains(said), "{}", run.err);
    }
    let other = hospital.keiin("sign 処方箋.txt --key doctor.key --cert pharmacist.cer --lang en").expect(3);
    assert!(
        other
            .err
            .starts_with("error: doctor.key: no certificate of this key is in the files that were given"),
        "{}",
        other.err
    );
    let pss =
        hospital.keiin("sign 処方箋.txt --key doctor-ec.key --cert doctor-ec.cer --pss --lang en").expect(3);
    assert_eq!(pss.err, "error: this key cannot do what --digest and --pss ask for\n");
    assert!(!hospital.place.path("処方箋.txt.p7m").exists());
}

#[test]
fn what_is_there_is_not_overwritten() {
    let hospital = Hospital::open();
    hospital.place.write("処方箋.txt.p7m", "precious");
    let run = hospital.keiin("sign 処方箋.txt {doctor} --lang ja").expect(3);
    assert_eq!(
        run.err,
        "エラー:処方箋.txt.p7m:すでにファイルがあります\n対処:-o で別の名前を指定するか、置き換えてよければ --force を付けてください\n"
    );
    assert_eq!(hospital.place.read("処方箋.txt.p7m"), b"precious");
    hospital.keiin("sign 処方箋.txt {doctor} --force").expect(0);
    let before = hospital.place.read("処方箋.txt.p7m");
    let run = hospital.keiin("extend 処方箋.txt.p7m {trust} {tsa} --lang en").expect(3);
    assert!(run.err.contains("-o OUT, or replace the file with --in-place"), "{}", run.err);
    let run = hospital.keiin("sign 処方箋.txt {doctor} -o no/such/folder/x.p7m --lang en").expect(3);
    assert!(run.err.starts_with("error: no/such/folder: there is no such folder\nadvice: "), "{}", run.err);
    assert_eq!(hospital.place.read("処方箋.txt.p7m"), before);
}

#[test]
fn tsas_that_are_down_and_the_next_one() {
    let hospital = Hospital::open();
    let none = hospital.keiin("stamp 処方箋.txt --lang en").expect(5);
    assert_eq!(
        none.err,
        "error: no time-stamp: no TSA is configured\nadvice: name one with --tsa URL or under [[tsa]] in keiin.toml\n"
    );
    let down = hospital.keiin("stamp 処方箋.txt --tsa http://127.0.0.1:9/ --lang ja").expect(5);
    assert!(
        down.err.starts_with("エラー:タイムスタンプを取得できませんでした(http://127.0.0.1:9/"),
        "{}",
        down.err
    );
    assert!(!hospital.place.path("処方箋.txt.tst").exists());
    let next = hospital.keiin("stamp 処方箋.txt --tsa http://127.0.0.1:9/ {tsa} --lang en").expect(0);
    assert!(next.err.starts_with("note: http://127.0.0.1:9/"), "{}", next.err);
    // The card has been used: the signature is kept when the TSA is down.
    let run = hospital
        .keiin("sign 処方箋.txt {doctor} --to es-t {trust} --tsa http://127.0.0.1:9/ --lang en")
        .expect(5);
    assert!(run.err.contains("wrote 処方箋.txt.p7m (ES-BES)"), "{}", run.err);
    hospital.keiin("verify 処方箋.txt.p7m {trust}").expect(0);
}

#[test]
fn a_configuration_is_read_and_its_errors_are_named() {
    let hospital = Hospital::open();
    let tsa = hospital.tsa("tsa-ecdsa");
    hospital.place.write(
        "keiin.toml",
        format!(
            "allow_private = true\n[trust]\nsigners = ['root.cer']\ntsas = ['tsa-root-2.cer']\n[policy]\nrequire_role = ['医師']\n[[tsa]]\nurl = '{tsa}'\n"
        ),
    );
    hospital.keiin("sign 処方箋.txt {doctor} --to es-a").expect(0);
    hospital.keiin("verify 処方箋.txt.p7m").expect(0);
    hospital.place.write("other.toml", "[trust]\nsinger = []\n");
    let run = hospital.keiin("verify 処方箋.txt.p7m --config other.toml --lang en").expect(3);
    assert!(run.err.starts_with("error: other.toml:2: singer: unknown field"), "{}", run.err);
    let run = hospital.keiin("verify 処方箋.txt.p7m --config none.toml --lang en").expect(3);
    assert!(run.err.contains("none.toml: no such file"), "{}", run.err);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    let mut child = place
        .command()
        .args(["verify", "--help"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_said() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o a.p7m").expect(0);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = hospital.place.command();
    let output = command.args(["verify", "--offline", "a.p7m"]).stdout(full).output().unwrap();
    let run = Run::of(output);
    assert_eq!(run.code, 5);
    assert!(run.err.starts_with("error: the result cannot be printed"), "{}", run.err);
}
