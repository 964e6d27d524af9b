// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Full disks, killed writes, pipes and devices, broken seals: whatever happens, nothing is lost and everything is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use std::time::Duration;

use cmd::{Hospital, Run, TRUST};
use keiin_testkit::{Fault, Faults, PkiFailure};

#[cfg(unix)]
const KEIIN: &str = env!("CARGO_BIN_EXE_keiin");

/// Temporary files that a command left behind.
fn left_behind(hospital: &Hospital) -> usize {
    let entries = std::fs::read_dir(hospital.place.folder()).unwrap();
    entries
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".keiin-"))
        .count()
}

/// Runs a line of shell in the hospital's folder.
#[cfg(unix)]
fn shell(hospital: &Hospital, script: &str) -> std::process::Output {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script]).current_dir(hospital.place.folder()).env("HOME", hospital.place.folder());
    shell.stdin(std::process::Stdio::null()).output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_full_disk_costs_nothing() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o a.p7m").expect(0);
    let before = hospital.place.read("a.p7m");
    let tsa = hospital.tsa("tsa-ecdsa");
    // A file that may not grow beyond 512 octets (1 KiB in some shells) is a disk with as much room.
    for (arguments, said) in [
        (
            format!("extend a.p7m --in-place {TRUST} --tsa {tsa} --lang en"),
            "error: a.p7m: the disk is full; nothing was changed",
        ),
        (
            "sign 処方箋.txt --key doctor.key --cert doctor.cer --lang ja".to_owned(),
            "エラー:処方箋.txt.p7m:ディスクに空きがありません。元のファイルは変わっていません",
        ),
    ] {
        let run = Run::of(shell(&hospital, &format!("trap '' XFSZ; ulimit -f 1; exec {KEIIN} {arguments}")));
        assert!(run.code == 5 && run.err.contains(said), "{}: {}", run.code, run.err);
    }
    assert_eq!(hospital.place.read("a.p7m"), before);
    assert!(!hospital.place.path("処方箋.txt.p7m").exists());
    assert_eq!(left_behind(&hospital), 0);
}

#[cfg(unix)]
#[test]
fn a_write_that_is_killed_in_the_middle_leaves_the_old_file() {
    use std::os::unix::process::ExitStatusExt as _;
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o a.p7m").expect(0);
    let before = hospital.place.read("a.p7m");
    let extend = format!("extend a.p7m --in-place {TRUST} --tsa {}", hospital.tsa("tsa-ecdsa"));
    // The system kills a process at the octet that goes beyond its limit: in the middle of the write.
    for arguments in [extend.as_str(), "sign 処方箋.txt --key doctor.key --cert doctor.cer -o new.p7m"] {
        let output = shell(&hospital, &format!("ulimit -c 0; ulimit -f 1; exec {KEIIN} {arguments}"));
        assert!(output.status.signal().is_some(), "{output:?}");
    }
    assert_eq!(left_behind(&hospital), 2, "it was killed while it wrote");
    assert_eq!(hospital.place.read("a.p7m"), before);
    assert!(!hospital.place.path("new.p7m").exists(), "no half file under the final name");
    hospital.keiin("extend a.p7m --in-place {trust} {tsa}").expect(0);
    hospital.keiin("verify a.p7m {trust}").expect(0);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_neither_waited_for_nor_read_nor_replaced() {
    let hospital = Hospital::open();
    assert!(shell(&hospital, "mkfifo pipe").status.success());
    hospital.keiin("sign 処方箋.txt {doctor} --detached -o a.p7s").expect(0);
    for arguments in [
        "verify FILE",
        "inspect FILE",
        "verify a.p7s --content FILE",
        "verify a.p7s --trust FILE",
        "verify a.p7s --crl FILE",
        "verify a.p7s --config FILE",
        "verify a.p7s --report FILE",
        "sign FILE {doctor} -o x.p7m",
        "sign 処方箋.txt {doctor} -o FILE --force",
        "sign 処方箋.txt --p12 FILE",
        "sign 処方箋.txt --key FILE --cert doctor.cer",
        "stamp FILE {tsa} -o x.tst",
        "extend FILE --in-place {tsa}",
    ] {
        for file in ["pipe", "/dev/zero"] {
            let run = hospital.keiin(&format!("{} --lang en", arguments.replace("FILE", file))).expect(3);
            let said = format!(
                "error: {file}: this is a device, a pipe or a socket, and a file is needed\nadvice: save it"
            );
            assert!(run.err.starts_with(&said), "{arguments}: {}", run.err);
        }
    }
    use std::os::unix::fs::FileTypeExt as _;
    assert!(std::fs::metadata(hospital.place.path("pipe")).unwrap().file_type().is_fifo());
    let ja = hospital.keiin("verify pipe --lang ja").expect(3);
    assert!(ja.err.starts_with("エラー:pipe:これは装置、パイプまたはソケットです"), "{}", ja.err);
}

#[test]
fn a_file_that_is_too_large_is_not_begun() {
    let hospital = Hospital::open();
    let large = std::fs::File::create(hospital.place.path("large")).unwrap();
    large.set_len(2 << 30).unwrap(); // no block of it is on the disk
    let run = hospital.keiin("verify large --lang en").expect(4);
    assert!(run.err.starts_with("error: large: larger than 1073741824 octets\nadvice: "), "{}", run.err);
    let run = hospital.keiin("sign large {doctor} --lang ja").expect(4);
    assert!(run.err.contains("--detached"), "{}", run.err);
}

#[test]
fn the_result_never_replaces_what_was_read() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} --detached -o a.p7s").expect(0);
    let files = ["処方箋.txt", "a.p7s", "doctor.key", "doctor.cer"];
    let before = files.map(|name| hospital.place.read(name));
    for arguments in [
        "sign 処方箋.txt {doctor} --detached --force -o 処方箋.txt",
        "sign 処方箋.txt {doctor} --detached --force -o ./doctor.key",
        "stamp 処方箋.txt {tsa} --force -o 処方箋.txt",
        "extend a.p7s --content 処方箋.txt {trust} {tsa} --force -o 処方箋.txt",
        "verify a.p7s {trust} --report a.p7s",
        "verify a.p7s --content 処方箋.txt {trust} --report 処方箋.txt",
    ] {
        let run = hospital.keiin(&format!("{arguments} --lang en")).expect(3);
        assert!(
            run.err.contains("may not replace a file that the command reads"),
            "{arguments}: {}",
            run.err
        );
    }
    assert_eq!(files.map(|name| hospital.place.read(name)), before);
    // Of a signature that is carried on, --force says as much as --in-place.
    hospital.keiin("extend a.p7s --content 処方箋.txt {trust} {tsa} --force -o a.p7s").expect(0);
    hospital.keiin("verify a.p7s --content 処方箋.txt {trust}").expect(0);
}

#[test]
fn what_another_program_wrote_meanwhile_stays() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o a.p7m").expect(0);
    let slow = Fault::Slow(Duration::from_millis(400));
    hospital.server.set_faults(Faults::on("/tsa/tsa-ecdsa", slow));
    let asked = || hospital.server.requests().iter().filter(|r| r.contains("/tsa/")).count();
    let mut command = hospital.place.command();
    command.args(["extend", "a.p7m", "--in-place", "--lang", "en", "--tsa", &hospital.tsa("tsa-ecdsa")]);
    command.args(TRUST.split(' ')).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    while asked() == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    hospital.place.write("a.p7m", "theirs");
    let run = Run::of(child.wait_with_output().unwrap()).expect(5);
    assert!(
        run.err.contains(
            "a.p7m: another program changed this file meanwhile; nothing was written\nadvice: run it again"
        ),
        "{}",
        run.err
    );
    assert_eq!(hospital.place.read("a.p7m"), b"theirs");
}

#[test]
fn several_files_are_all_answered_and_the_worst_counts() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o good.p7m").expect(0);
    hospital.keiin("sign 処方箋.txt {doctor} --detached -o open.p7s").expect(0);
    let mut broken = hospital.place.read("good.p7m");
    let last = broken.len() - 1;
    broken[last] ^= 1;
    hospital.place.write("broken.p7m", &broken);
    hospital.place.write("foreign.txt", "hello");
    for (files, code) in [
        ("good.p7m good.p7m", 0),
        ("good.p7m open.p7s", 2),
        ("open.p7s foreign.txt good.p7m", 3),
        ("broken.p7m good.p7m none.p7m foreign.txt", 1),
        ("none.p7m broken.p7m", 1),
    ] {
        let run = hospital.keiin(&format!("verify --json {files} {{trust}} --report all.json")).expect(code);
        let told: Vec<serde_json::Value> =
            run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let names: Vec<_> = told.iter().map(|one| one["file"].as_str().unwrap()).collect();
        assert_eq!(names, files.split(' ').collect::<Vec<_>>());
        assert_eq!(
            String::from_utf8(hospital.place.read("all.json")).unwrap(),
            run.out,
            "the report has them all"
        );
    }
}

#[test]
fn a_broken_seal_is_plainly_said_and_mended() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} --to es-a {trust} {tsa} -o a.p7m").expect(0);
    let again = hospital.keiin("extend a.p7m --in-place {trust} {tsa} --lang en").expect(0);
    assert_eq!(again.err, "a.p7m: ES-A already; nothing was added (keiin renew renews it)\n");
    // The archive time-stamp is the last unsigned attribute, and its signature value the token's last octets but one field.
    let mut octets = hospital.place.read("a.p7m");
    let near_end = octets.len() - 60;
    octets[near_end] ^= 1;
    hospital.place.write("broken.p7m", &octets);
    let en = hospital.keiin("verify broken.p7m {trust} --offline --lang en");
    assert!(
        en.out.contains("  Intact    yes") && en.out.contains("WARNING: the archive time-stamp of "),
        "{}",
        en.out
    );
    assert!(en.out.contains("is broken and INVALID") && en.out.contains("reached without it"), "{}", en.out);
    assert_eq!(
        en.out.matches("good until").count(),
        1,
        "a broken time-stamp is good until no day: {}",
        en.out
    );
    let ja = hospital.keiin("verify broken.p7m {trust} --offline --lang ja");
    assert!(
        ja.out.contains("アーカイブタイムスタンプ") && ja.out.contains("は壊れており、無効です"),
        "{}",
        ja.out
    );
    // Its advice, extend --to es-a, adds a seal that holds.
    let mended =
        hospital.keiin("extend broken.p7m -o mended.p7m --to es-a {trust} {tsa} --lang en").expect(0);
    assert!(mended.err.contains("archive time-stamp: "), "{}", mended.err);
    let found = hospital.keiin("verify mended.p7m {trust} --offline --json").expect(0).json();
    let last = found["signatures"][0]["timestamps"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["type"], &last["signature_intact"]), (&"ARCHIVE_TIMESTAMP".into(), &true.into()));
}

#[test]
fn a_licence_that_is_missing_or_misspelt_is_named() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o a.p7m").expect(0);
    let ja = hospital.keiin("verify a.p7m {trust} --require-role 薬剤師 --lang ja").expect(2);
    assert!(ja.out.contains("求めた資格:薬剤師、証明書の資格:医師\n"), "{}", ja.out);
    let en = hospital.keiin("verify a.p7m {trust} --require-role phamacist --lang en").expect(2);
    assert!(
        en.out.contains("licence asked for: phamacist; licence in the certificate: Medical Doctor (phamacist is no licence that keiin knows: check its spelling)"),
        "{}",
        en.out
    );
}

#[test]
fn every_fault_of_a_tsa_is_named_and_writes_nothing() {
    let hospital = Hospital::open();
    let reject = Fault::Reject { failure: PkiFailure::SystemFailure, text: "out of order".to_owned() };
    for fault in [
        Fault::Garbage,
        Fault::WrongNonce,
        Fault::WrongImprint,
        Fault::WrongKey,
        Fault::Truncated,
        Fault::RedirectLoop,
        Fault::WrongContentType,
        Fault::Status(500),
        Fault::Huge(8 << 20),
        reject,
    ] {
        hospital.server.set_faults(Faults::on("/tsa/tsa-ecdsa", fault.clone()));
        let address = hospital.tsa("tsa-ecdsa");
        for (lang, said) in
            [("ja", "エラー:タイムスタンプを取得できませんでした("), ("en", "error: no time-stamp: ")]
        {
            let run = hospital.keiin(&format!("stamp 処方箋.txt {{tsa}} --lang {lang}")).expect(5);
            assert!(run.err.starts_with(said) && run.err.contains(&address), "{fault:?}: {}", run.err);
            let foreign =
                ["the token", "malformed:", "the answer is"].iter().any(|words| run.err.contains(words));
            assert!(
                lang == "en" || !foreign || run.err.contains("受け取れません"),
                "Japanese is Japanese: {}",
                run.err
            );
            assert_eq!(run.err.lines().count(), 2, "message and advice: {}", run.err);
        }
        assert!(!hospital.place.path("処方箋.txt.tst").exists());
    }
}

#[test]
fn pem_is_told_apart() {
    let hospital = Hospital::open();
    hospital.place.write("certificate.pem", cmd::pem("CERTIFICATE", &hospital.place.read("doctor.cer")));
    hospital.place.write("cms.pem", cmd::pem("CMS", b"x"));
    for (name, said) in [
        ("doctor.key", "this is a private key, not a signature\n"),
        ("certificate.pem", "this is a certificate, not a signature\n"),
        ("cms.pem", "this is PEM text, and DER is needed\nadvice: convert it: openssl cms -cmsout"),
    ] {
        let run = hospital.keiin(&format!("verify {name} --lang en")).expect(3);
        assert!(run.err.starts_with(&format!("error: {name}: {said}")), "{}", run.err);
    }
}
