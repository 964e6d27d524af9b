// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A folder signed with one card: broken off anywhere, it goes on, and nothing is half-written or signed twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use cmd::{Hospital, Run, TRUST, card_module};
use keiin_card::{CONFIG_VARIABLE, Card, Certificate, Config, Fault as CardFault, State};
use keiin_testkit::{Fault, Faults};
use serde_json::Value;

/// A scan room: a folder of scans with Japanese names in sub-folders, and a card.
struct Room {
    hospital: Hospital,
    files: Vec<String>,
}

impl Room {
    fn with(files: usize, change: impl FnOnce(&mut Card)) -> Self {
        let mut hospital = Hospital::open();
        let pki = hospital.pki();
        let mut card =
            Card::new("0001", pki.key_pkcs8("doctor").to_vec(), pki.certificate("doctor").to_vec());
        let ca = Certificate { der: pki.certificate("signing-ca").to_vec(), id: vec![0x1b] };
        card.certificates.push(ca);
        change(&mut card);
        let config =
            Config::new().reader("Reader 1", Some(card)).write(&hospital.place.path("cards")).unwrap();
        hospital.place.variable(CONFIG_VARIABLE, config.to_str().unwrap());
        hospital.place.variable("RIGHT", "1234");
        hospital.place.variable("WRONG", "4321");
        let names = |number: usize| match number % 3 {
            0 => format!("紹介状 {number:04}.pdf"),
            1 => format!("外来/内科/診療録{number:04}.pdf"),
            _ => format!("外来/{number:04} タブ\tと改行\n.PDF"),
        };
        let mut files: Vec<String> = (0..files).map(names).collect();
        files.sort();
        for (number, name) in files.iter().enumerate() {
            let path = hospital.place.path("scans").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("%PDF-1.7 scan {number}").repeat(number + 1)).unwrap();
        }
        Self { hospital, files }
    }

    fn arguments(more: &str) -> String {
        let module = card_module();
        format!(
            "sign --batch scans -o out --detached --lang en --json --pin-env RIGHT --module {} {more}",
            module.display()
        )
    }

    fn sign(&self, more: &str) -> Lines {
        Lines::of(self.hospital.keiin(&Self::arguments(more)))
    }

    fn card(&self) -> State {
        State::read(&self.hospital.place.path("cards"), "0001").unwrap()
    }

    fn scan(&self, name: &str) -> PathBuf {
        self.hospital.place.path("scans").join(name)
    }

    fn result(&self, name: &str) -> PathBuf {
        self.hospital.place.path("out").join(format!("{name}.p7s"))
    }

    /// Every result that there is, judged; the formats by name.
    fn judge(&self) -> BTreeMap<String, String> {
        let mut formats = BTreeMap::new();
        for name in self.files.iter().filter(|name| self.result(name).exists()) {
            let (result, scan) = (self.result(name), self.scan(name));
            let mut arguments = vec!["verify", "--json", "--offline"];
            arguments.extend(TRUST.split(' '));
            arguments.extend([result.to_str().unwrap(), "--content", scan.to_str().unwrap()]);
            let run = self.hospital.place.keiin_with(&arguments);
            let report = &run.json()["signatures"][0];
            assert_eq!(
                (&report["signature_intact"], &report["data"][0]["expected"]),
                (&true.into(), &report["data"][0]["actual"]),
                "{name}: {report}"
            );
            formats.insert(name.clone(), report["format"].as_str().unwrap().to_owned());
        }
        formats
    }

    /// What stands in the folder of results.
    fn output(&self) -> Vec<String> {
        let mut names = Vec::new();
        list(&self.hospital.place.path("out"), Path::new(""), &mut names);
        names.sort();
        names
    }

    fn expect_whole(&self) {
        let mut wanted: Vec<String> = self.files.iter().map(|name| format!("{name}.p7s")).collect();
        wanted.extend([".keiin-batch/journal".to_owned(), ".keiin-batch/lock".to_owned()]);
        wanted.sort();
        assert_eq!(self.output(), wanted);
        assert_eq!(self.judge().len(), self.files.len());
    }
}

fn list(root: &Path, relative: &Path, names: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(root.join(relative)) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let relative = relative.join(entry.file_name());
        // What a batch at work keeps for a moment may be gone already.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            list(root, &relative, names);
        } else {
            names.push(relative.to_str().unwrap().to_owned());
        }
    }
}

/// A run with its lines.
struct Lines {
    run: Run,
    lines: Vec<Value>,
}

impl Lines {
    fn of(run: Run) -> Self {
        let lines = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        Self { run, lines }
    }

    #[track_caller]
    fn expect(self, code: i32) -> Self {
        Self { run: self.run.expect(code), ..self }
    }

    /// The files of a status.
    fn are(&self, status: &str) -> Vec<&str> {
        let is = |line: &&Value| line["status"] == status;
        self.lines.iter().filter(is).map(|line| line["file"].as_str().unwrap()).collect()
    }
}

#[test]
fn a_folder_is_signed_with_one_pin_and_once() {
    let room = Room::with(30, |card| card.always_authenticate = false);
    let first = room.sign("").expect(0);
    assert_eq!(first.are("signed").len(), 30);
    assert!(first.run.err.contains("of 30 files: 30 signed"), "{}", first.run.err);
    assert_eq!((room.card().compared, room.card().signatures), (1, 30), "one PIN for all");
    room.expect_whole();
    let again = room.sign("").expect(0);
    assert_eq!(again.are("already").len(), 30);
    assert_eq!(room.card().signatures, 30, "nothing is signed twice");
    // What is new is signed, and nothing else.
    std::fs::write(room.scan("新しい.pdf"), "%PDF-1.7 new").unwrap();
    let more = room.sign("").expect(0);
    assert_eq!((more.are("signed"), more.are("already").len()), (vec!["新しい.pdf"], 30));
    assert_eq!(room.card().signatures, 31);
}

#[test]
fn a_card_that_wants_its_pin_for_every_signature_gets_it() {
    let room = Room::with(12, |card| card.always_authenticate = true);
    assert_eq!(room.sign("").expect(0).are("signed").len(), 12);
    assert_eq!(room.card().compared, 13, "the login, and each signature");
    room.expect_whole();
}

#[cfg(unix)]
#[test]
fn killed_at_any_moment_it_goes_on_where_it_was() {
    let room = Room::with(40, |card| {
        card.always_authenticate = false;
        card.fault = CardFault::SlowMs(15);
    });
    let mut kills = 0;
    // Different moments of the work on a file: one more millisecond each time.
    for pause in 0..12 {
        let before = room.output().len();
        let mut command = room.hospital.place.command();
        command.args(Room::arguments("").split_whitespace()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let begun = Instant::now();
        while room.output().len() < before + 3 && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(pause));
        child.kill().unwrap();
        kills += u32::from(child.wait().unwrap().code().is_none());
        // Whatever stands there under a result's name is a whole signature.
        room.judge();
    }
    assert!(kills >= 5, "{kills}");
    let last = room.sign("").expect(0);
    assert_eq!(last.are("signed").len() + last.are("already").len(), 40);
    room.expect_whole();
    // A kill loses at most the signature that the card was making at that moment.
    let signatures = room.card().signatures;
    assert!((40..=40 + kills).contains(&signatures), "{signatures} signatures, {kills} kills");
}

#[test]
fn a_wrong_pin_stops_at_once() {
    let room = Room::with(5, |_| ());
    let run = room.sign("").expect(0);
    assert_eq!(run.are("signed").len(), 5);
    let room = Room::with(5, |_| ());
    let arguments = Room::arguments("").replace("RIGHT", "WRONG");
    let run = room.hospital.keiin(&arguments).expect(5);
    assert!(run.err.starts_with("error: wrong PIN"), "{}", run.err);
    assert_eq!((room.card().compared, room.card().signatures), (1, 0));
    // Another program changes the PIN in the middle: one try, not five.
    let room = Room::with(5, |card| card.fault = CardFault::PinChanged);
    let run = room.sign("").expect(5);
    assert!(run.run.err.contains("5 left") && run.run.err.contains("error: wrong PIN"), "{}", run.run.err);
    assert_eq!((room.card().compared, room.card().signatures), (2, 0));
}

#[test]
fn what_was_done_before_the_card_was_pulled_out_stays() {
    let room = Room::with(9, |card| card.fault = CardFault::RemoveAfterSigns(4));
    let run = room.sign("").expect(5);
    assert!(run.run.err.contains("the card was removed"), "{}", run.run.err);
    assert!(run.run.err.contains("the same command goes on from there"), "{}", run.run.err);
    let signed = run.are("signed").len();
    assert_eq!(signed, room.judge().len());
    // The module counts anew in each process: each takes four more.
    room.sign("").expect(5);
    let last = room.sign("").expect(0);
    assert_eq!(last.are("signed").len(), 1, "{:?}", last.lines);
    room.expect_whole();
    assert_eq!(room.card().signatures, 9);
}

#[test]
fn a_tsa_that_is_down_costs_no_signature() {
    let room = Room::with(4, |_| ());
    let onward = format!("--to es-t {TRUST} --tsa {}", room.hospital.tsa("tsa-ecdsa"));
    room.hospital.server.set_faults(Faults::on("/tsa/tsa-ecdsa", Fault::Status(503)));
    let run = room.sign(&onward).expect(5);
    assert!(run.run.err.contains("HTTP status 503"), "{}", run.run.err);
    assert_eq!((run.lines.len(), room.card().signatures), (0, 1), "it does not go on to the next file");
    assert!(room.judge().is_empty(), "a signature without its time-stamp is no result");
    room.hospital.server.set_faults(Faults::none());
    assert_eq!(room.sign(&onward).expect(0).are("signed").len(), 4);
    assert_eq!(room.card().signatures, 4, "the one that was made is used");
    room.expect_whole();
    assert!(room.judge().values().all(|format| format == "CAdES-BASELINE-T"));
}

#[test]
fn a_result_is_carried_on_by_a_later_run() {
    let room = Room::with(3, |_| ());
    room.sign("").expect(0);
    let onward = format!("{TRUST} --tsa {}", room.hospital.tsa("tsa-ecdsa"));
    room.hospital.server.set_faults(Faults::on("/crl/", Fault::Stale(1)).and("/ocsp", Fault::OcspStatus(3)));
    let run = room.sign(&format!("--to es-a --fresh strict {onward}")).expect(2);
    assert_eq!(run.are("open").len(), 3, "a younger CRL is needed, tomorrow there is one");
    assert_eq!(run.lines[0]["level"], "ES-T");
    room.hospital.server.set_faults(Faults::none());
    let run = room.sign(&format!("--to es-a --fresh strict {onward}")).expect(0);
    assert_eq!(run.are("extended").len(), 3);
    assert_eq!(room.sign("--to es-t --tsa http://127.0.0.1:9/").expect(0).are("already").len(), 3);
    assert_eq!(room.card().signatures, 3);
    room.expect_whole();
    assert!(room.judge().values().all(|format| format == "CAdES-BASELINE-LTA"));
}

#[test]
fn a_bad_file_does_not_stop_the_others() {
    let room = Room::with(6, |_| ());
    let large = std::fs::File::create(room.scan("大きい.pdf")).unwrap();
    large.set_len(2 << 30).unwrap(); // no block of it is on the disk
    std::fs::create_dir(room.hospital.place.path("out")).unwrap();
    std::fs::write(room.hospital.place.path("out").join("紹介状 0000.pdf.p7m"), "a letter").unwrap();
    let run = Lines::of(room.hospital.keiin(&Room::arguments("").replace("--detached", "--format cades")))
        .expect(4);
    assert_eq!(run.are("signed").len(), 5);
    assert_eq!(run.are("failed"), ["大きい.pdf", "紹介状 0000.pdf"]);
    let why: BTreeMap<_, _> =
        run.lines.iter().map(|line| (line["file"].as_str().unwrap(), line["message"].to_string())).collect();
    assert!(why["大きい.pdf"].contains("larger than 1073741824 octets"), "{why:?}");
    assert!(why["紹介状 0000.pdf"].contains("exists already"), "{why:?}");
    let letter = std::fs::read(room.hospital.place.path("out").join("紹介状 0000.pdf.p7m")).unwrap();
    assert_eq!(letter, b"a letter");
    assert_eq!(room.card().signatures, 5);
}

#[test]
fn a_file_that_was_changed_since_is_named() {
    let room = Room::with(4, |_| ());
    room.sign("").expect(0);
    let (changed, touched) = (&room.files[1], &room.files[2]);
    let octets = std::fs::read(room.scan(changed)).unwrap();
    std::fs::write(room.scan(changed), octets.to_ascii_uppercase()).unwrap();
    std::fs::write(room.scan(touched), std::fs::read(room.scan(touched)).unwrap()).unwrap();
    let before = std::fs::read(room.result(changed)).unwrap();
    let run = room.sign("").expect(3);
    assert_eq!((run.are("changed"), run.are("already").len()), (vec![changed.as_str()], 3));
    assert_eq!(std::fs::read(room.result(changed)).unwrap(), before);
    assert_eq!(room.card().signatures, 4);
}

#[test]
fn without_its_journal_a_result_is_known_by_what_it_is() {
    let room = Room::with(4, |_| ());
    room.sign("").expect(0);
    std::fs::remove_file(room.hospital.place.path("out/.keiin-batch/journal")).unwrap();
    // One is another file's signature.
    let (other, broken) = (&room.files[2], &room.files[3]);
    std::fs::copy(room.result(&room.files[0]), room.result(other)).unwrap();
    let mut octets = std::fs::read(room.result(broken)).unwrap();
    let last = octets.len() - 1;
    octets[last] ^= 1;
    std::fs::write(room.result(broken), octets).unwrap();
    let run = room.sign("").expect(3);
    assert_eq!((run.are("already").len(), run.are("failed")), (2, vec![other.as_str(), broken.as_str()]));
    assert_eq!(room.card().signatures, 4);
    std::fs::write(room.hospital.place.path("out/.keiin-batch/journal"), "a letter\n").unwrap();
    let run = room.hospital.keiin(&Room::arguments("")).expect(3);
    assert!(run.err.contains("not the journal of a batch"), "{}", run.err);
}

#[test]
fn a_pattern_and_a_table_for_people() {
    let room = Room::with(6, |_| ());
    std::fs::write(room.scan("Thumbs.db"), "x").unwrap();
    let arguments = Room::arguments("--glob 外来/**/*.pdf").replace("--json", "");
    let run = room.hospital.keiin(&arguments).expect(0);
    let mut lines = run.out.lines();
    assert_eq!(lines.next(), Some("file\tstatus\tlevel\tresult\tmessage"));
    let fields: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    assert_eq!(fields.len(), 4);
    assert!(fields.iter().all(|line| line.len() == 5 && line[1] == "signed" && line[2] == "ES-BES"));
    assert_eq!(fields[0][0], "外来/0002 タブ\\tと改行\\n.PDF");
    let ja = room.hospital.keiin(&arguments.replace("--lang en", "--lang ja")).expect(0);
    assert!(ja.err.contains("4 件中:署名 0、途中まで 0、署名済み 4"), "{}", ja.err);
}

#[test]
fn folders_that_do_not_fit_are_said_before_the_pin() {
    let room = Room::with(2, |_| ());
    room.hospital.place.write("letter", "x");
    let sign = |from: &str, to: &str| {
        let arguments =
            Room::arguments("").replace("--batch scans -o out", &format!("--batch {from} -o {to}"));
        room.hospital.keiin(&arguments)
    };
    for (from, to, said) in [
        ("scans", "scans", "the results need a folder of their own"),
        ("scans", "none/out", "none: there is no such folder"),
        ("none", "out", "none: there is no such folder"),
        ("letter", "out", "letter: this is not a folder"),
        ("scans", "letter", "letter: this is not a folder"),
    ] {
        let run = sign(from, to).expect(3);
        assert!(run.err.contains(said), "{from} {to}: {}", run.err);
    }
    for more in ["--add", "--force", "--content letter", "letter"] {
        room.hospital.keiin(&Room::arguments(more)).expect(3);
    }
    room.hospital.keiin(&Room::arguments("").replace("-o out", "")).expect(3);
    assert_eq!(room.card().compared, 0);
    // Results inside the folder of scans are not taken for scans.
    sign("scans", "scans/out").expect(0);
    let again = Lines::of(sign("scans", "scans/out").expect(0));
    assert_eq!((again.lines.len(), room.card().signatures), (2, 2));
}

/// A room of real PDFs, which get their signatures inside.
fn pdfs(files: usize, change: impl FnOnce(&mut Card)) -> Room {
    let room = Room::with(files, change);
    for (number, name) in room.files.iter().enumerate() {
        std::fs::write(room.scan(name), cmd::pdf(number)).unwrap();
    }
    room
}

fn inside(more: &str) -> String {
    Room::arguments(more).replace("--detached", "")
}

#[test]
fn pdfs_are_signed_inside_and_keep_their_names() {
    let room = pdfs(6, |_| ());
    std::fs::write(room.scan("broken.pdf"), "%PDF-1.7 and nothing else").unwrap();
    std::fs::write(room.scan("notes.txt"), "no PDF").unwrap();
    let reason = "--reason 原本との照合";
    let run = Lines::of(room.hospital.keiin(&inside(reason))).expect(3);
    assert_eq!((run.are("signed").len(), run.are("failed")), (7, vec!["broken.pdf"]));
    let signed = |name: &str| room.hospital.place.path("out").join(name);
    assert!(signed("notes.txt.p7m").exists() && !signed("broken.pdf").exists());
    for name in &room.files {
        let (before, after) = (std::fs::read(room.scan(name)).unwrap(), std::fs::read(signed(name)).unwrap());
        assert!(after.len() > before.len() && after.starts_with(&before));
        let result = signed(name);
        let mut arguments = vec!["verify", "--json", "--offline"];
        arguments.extend(TRUST.split(' '));
        arguments.push(result.to_str().unwrap());
        let report = room.hospital.place.keiin_with(&arguments).json();
        assert_eq!(report["signatures"].as_array().unwrap().len(), 1);
        assert_eq!(report["signatures"][0]["signature_intact"], true);
    }
    // The journal lost, the results are known by what they are.
    std::fs::remove_file(signed(".keiin-batch/journal")).unwrap();
    let again = Lines::of(room.hospital.keiin(&inside(reason))).expect(3);
    assert_eq!((again.are("already").len(), room.card().signatures), (7, 7));
    // Carried on by a later run, with the same signature.
    let onward =
        inside(&format!("--to es-a --fresh relaxed {TRUST} --tsa {}", room.hospital.tsa("tsa-ecdsa")));
    let run = Lines::of(room.hospital.keiin(&onward)).expect(3);
    assert_eq!((run.are("extended").len(), room.card().signatures), (7, 7), "{:?}", run.lines);
}

#[cfg(unix)]
#[test]
fn pdfs_are_whole_or_not_there_when_it_is_killed() {
    let room = pdfs(15, |card| card.fault = CardFault::SlowMs(15));
    let mut kills = 0;
    for pause in 0..6 {
        let done =
            || room.files.iter().filter(|name| room.hospital.place.path("out").join(name).exists()).count();
        let before = done();
        let mut command = room.hospital.place.command();
        command.args(inside("").split_whitespace()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let begun = Instant::now();
        while done() < (before + 2).min(15) && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(pause * 3));
        child.kill().unwrap();
        kills += u32::from(child.wait().unwrap().code().is_none());
    }
    let last = Lines::of(room.hospital.keiin(&inside(""))).expect(0);
    assert_eq!(last.are("signed").len() + last.are("already").len(), 15);
    let mut wanted = room.files.clone();
    wanted.extend([".keiin-batch/journal".to_owned(), ".keiin-batch/lock".to_owned()]);
    wanted.sort();
    assert_eq!(room.output(), wanted);
    assert!((15..=15 + kills).contains(&room.card().signatures), "{} {kills}", room.card().signatures);
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let room = Room::with(3, |_| ());
    let elsewhere = room.hospital.place.path("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("secret.pdf"), "x").unwrap();
    symlink(&elsewhere, room.scan("folder.pdf")).unwrap();
    symlink(elsewhere.join("secret.pdf"), room.scan("file.pdf")).unwrap();
    symlink(room.hospital.place.path("scans"), room.scan("round.pdf")).unwrap();
    std::fs::create_dir(room.hospital.place.path("out")).unwrap();
    symlink(&elsewhere, room.hospital.place.path("out/外来")).unwrap();
    let run = room.sign("").expect(3);
    assert_eq!(run.are("skipped"), ["file.pdf", "folder.pdf", "round.pdf"]);
    assert_eq!((run.are("signed").len(), run.are("failed").len()), (1, 2));
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 1);
}

#[test]
fn two_batches_do_not_share_a_folder() {
    let room = Room::with(20, |card| card.fault = CardFault::SlowMs(1000));
    let mut command = room.hospital.place.command();
    command.args(Room::arguments("").split_whitespace()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    while !room.files.iter().any(|name| room.result(name).exists())
        && begun.elapsed() < Duration::from_secs(20)
    {
        std::thread::sleep(Duration::from_millis(5));
    }
    let run = room.hospital.keiin(&Room::arguments("")).expect(5);
    assert!(run.err.contains("another batch is at work"), "{}", run.err);
    child.kill().unwrap();
    child.wait().unwrap();
}
