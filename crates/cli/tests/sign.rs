// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From a key file to a renewed ES-A and back to a verdict, over HTTP on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use std::process::Command;

use cmd::Hospital;

fn verdict(hospital: &Hospital, arguments: &str, code: i32) -> serde_json::Value {
    hospital.keiin(&format!("verify --json {{trust}} {arguments}")).expect(code).json()["signatures"][0]
        .clone()
}

#[test]
fn the_whole_way_attached() {
    let hospital = Hospital::open();
    hospital
        .keiin("sign 処方箋.txt {doctor} --location JP,Tokyo --role 主治医 --commitment approval -o bes.p7m")
        .expect(0);
    assert_eq!(verdict(&hospital, "bes.p7m", 0)["format"], "CAdES-BASELINE-B");
    hospital.keiin("extend bes.p7m -o t.p7m {trust} {tsa}").expect(0);
    assert_eq!(verdict(&hospital, "t.p7m", 0)["format"], "CAdES-BASELINE-T");
    hospital.keiin("extend t.p7m -o xl.p7m {trust}").expect(0);
    assert_eq!(verdict(&hospital, "xl.p7m --offline", 0)["format"], "CAdES-BASELINE-LT");
    std::fs::copy(hospital.place.path("xl.p7m"), hospital.place.path("a.p7m")).unwrap();
    hospital.keiin("extend a.p7m --in-place {trust} {tsa}").expect(0);
    let sealed = verdict(&hospital, "a.p7m --offline", 0);
    assert_eq!(
        (&sealed["format"], &sealed["indication"]),
        (&"CAdES-BASELINE-LTA".into(), &"TOTAL_PASSED".into())
    );
    assert_eq!(sealed["timestamps"][1]["type"], "ARCHIVE_TIMESTAMP");
    let said = hospital.keiin("renew a.p7m -o a2.p7m --digest sha512 {trust} {tsa} --lang en").expect(0);
    assert!(said.err.contains("archive time-stamp: ") && said.err.contains("wrote a2.p7m"), "{}", said.err);
    assert_eq!(verdict(&hospital, "a2.p7m --offline", 0)["timestamps"].as_array().unwrap().len(), 3);
}

#[test]
fn in_one_call_to_es_a_detached_with_ecdsa() {
    let hospital = Hospital::open();
    let key = "--key doctor-ec.key --cert doctor-ec.cer --chain signing-ca.cer";
    hospital.keiin(&format!("sign 処方箋.txt --detached {key} --to es-a {{trust}} {{tsa}}")).expect(0);
    let found = verdict(&hospital, "処方箋.txt.p7s --content 処方箋.txt --offline", 0);
    assert_eq!(found["format"], "CAdES-BASELINE-LTA");
    let missing = verdict(&hospital, "処方箋.txt.p7s --offline", 2);
    assert_eq!(missing["sub_indication"], "SIGNED_DATA_NOT_FOUND");
    let said = hospital.keiin("verify 処方箋.txt.p7s --lang en --offline {trust}").expect(2);
    assert!(said.out.contains("give the signed data with --content FILE"), "{}", said.out);
    hospital.place.write("other.txt", "Rp.1 something else");
    let changed = verdict(&hospital, "処方箋.txt.p7s --content other.txt --offline", 1);
    assert_eq!(changed["sub_indication"], "HASH_FAILURE");
}

#[test]
fn roles_are_required_by_their_japanese_and_english_names() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o doctor.p7m").expect(0);
    for (role, code) in [("医師", 0), ("薬剤師", 2), ("pharmacist", 2), ("doctor", 0)] {
        let run = hospital.keiin(&format!("verify doctor.p7m {{trust}} --require-role {role}"));
        assert_eq!(run.code, code, "{role}: {}{}", run.out, run.err);
    }
    let said = hospital.keiin("verify doctor.p7m {trust} --lang ja").expect(0);
    assert!(said.out.contains("署名者    KEIIN Taro(医師)"), "{}", said.out);
    assert!(said.out.contains("判 定     有効(TOTAL_PASSED)"), "{}", said.out);
    let said =
        hospital.keiin("verify doctor.p7m {trust} --policy general --require-role 医師 --lang en").expect(3);
    assert_eq!(
        said.err,
        "error: --policy general knows no licences\nadvice: give --policy hpki with --require-role\n"
    );
}

#[test]
fn nobody_is_trusted_by_default() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o doctor.p7m").expect(0);
    let found = hospital.keiin("verify --json --offline doctor.p7m").expect(2).json();
    let signature = &found["signatures"][0];
    assert_eq!(signature["sub_indication"], "NO_CERTIFICATE_CHAIN_FOUND");
    assert_eq!(
        (&signature["signature_intact"], &signature["data"][0]["intact"]),
        (&true.into(), &true.into())
    );
    let said = hospital.keiin("verify --offline doctor.p7m --lang en").expect(2);
    assert!(said.out.contains("INDETERMINATE (INDETERMINATE / NO_CERTIFICATE_CHAIN_FOUND)"), "{}", said.out);
    assert!(!said.out.contains("VALID ("), "{}", said.out);
}

#[test]
fn a_file_of_any_kind_is_stamped_and_checked() {
    let hospital = Hospital::open();
    hospital.keiin("stamp 処方箋.txt {tsa}").expect(0);
    let found = hospital.keiin("verify --json 処方箋.txt.tst --content 処方箋.txt {trust}").expect(0).json();
    assert_eq!(
        (&found["timestamps"][0]["imprint_intact"], &found["signatures"]),
        (&true.into(), &serde_json::json!([]))
    );
    let text = hospital.keiin("verify 処方箋.txt.tst --content 処方箋.txt {trust} --lang ja").expect(0);
    assert!(text.out.contains("はい。対象のファイルは当時のままです"), "{}", text.out);
    hospital.place.write("changed.txt", "x");
    let changed =
        hospital.keiin("verify --json 処方箋.txt.tst --content changed.txt {trust}").expect(1).json();
    assert_eq!(changed["timestamps"][0]["imprint_intact"], false);
}

#[test]
fn the_kinds_of_revocation_data_are_chosen() {
    let hospital = Hospital::open();
    let key = "--key doctor-ocsp.key --cert doctor-ocsp.cer --chain signing-ca.cer";
    hospital.keiin(&format!("sign 処方箋.txt {key} --to es-t {{trust}} {{tsa}} -o t.p7m")).expect(0);
    for (kinds, signers_crl, ocsp) in [("crl", true, false), ("ocsp", false, true), ("both", true, true)] {
        hospital
            .keiin(&format!("extend t.p7m -o {kinds}.p7m --to es-xl --revocation {kinds} {{trust}}"))
            .expect(0);
        let inside = hospital.keiin(&format!("inspect {kinds}.p7m --json")).expect(0).json();
        let crls = inside["crls"].as_array().unwrap();
        let of_signers_ca =
            |crl: &&serde_json::Value| crl["found"]["issuer"].as_str().unwrap().contains("SignCA2");
        assert_eq!(crls.iter().find(of_signers_ca).is_some(), signers_crl, "{kinds}: {inside}");
        assert_eq!(!inside["ocsp_responses"].as_array().unwrap().is_empty(), ocsp, "{kinds}: {inside}");
        verdict(&hospital, &format!("{kinds}.p7m --offline"), 0);
    }
}

#[test]
fn the_key_may_be_elsewhere() {
    let hospital = Hospital::open();
    hospital
        .keiin("sign 処方箋.txt --detached --cert doctor.cer --chain signing-ca.cer --prepare prepared.json")
        .expect(0);
    let prepared: serde_json::Value = serde_json::from_slice(&hospital.place.read("prepared.json")).unwrap();
    let digest: keiin::model::Bytes = serde_json::from_value(prepared["digest"].clone()).unwrap();
    let key = hospital.pki().key("doctor");
    let value = key.sign_digest(keiin::model::DigestAlgorithm::Sha256, &digest).unwrap();
    hospital.place.write("value.bin", &value);
    hospital.keiin("sign --finish prepared.json --value value.bin -o doctor.p7s").expect(0);
    verdict(&hospital, "doctor.p7s --content 処方箋.txt", 0);
    let mut wrong = value;
    wrong[0] ^= 1;
    hospital.place.write("value.bin", wrong);
    let run = hospital.keiin("sign --finish prepared.json --value value.bin -o wrong.p7s");
    assert_ne!(run.code, 0);
    assert!(!hospital.place.path("wrong.p7s").exists());
}

#[test]
fn several_signers_and_a_countersignature() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} -o one.p7m").expect(0);
    let pharmacist = "--key pharmacist.key --cert pharmacist.cer --chain signing-ca.cer";
    hospital.keiin(&format!("sign one.p7m --add {pharmacist} -o two.p7m")).expect(0);
    let two = hospital.keiin("verify --json two.p7m {trust}").expect(0).json();
    assert_eq!(two["signatures"].as_array().unwrap().len(), 2);
    let id = two["signatures"][0]["id"].as_str().unwrap()[..12].to_owned();
    hospital.keiin(&format!("sign one.p7m --countersign {id} {pharmacist} -o counter.p7m")).expect(0);
    let counter = hospital.keiin("verify --json counter.p7m {trust}").expect(0).json();
    assert!(
        counter["signatures"].as_array().unwrap().iter().any(|s| !s["countersigns"].is_null()),
        "{counter}"
    );
}

#[test]
fn a_pkcs12_file_of_openssl_signs_and_its_password_never_stands_in_argv() {
    let mut hospital = Hospital::open();
    let folder = hospital.place.folder().to_owned();
    hospital.place.write("doctor.pem", cmd::pem("CERTIFICATE", &hospital.place.read("doctor.cer")));
    let made = Command::new("openssl")
        .args(
            "pkcs12 -export -inkey doctor.key -in doctor.pem -passout pass:secret -out doctor.p12".split(' '),
        )
        .current_dir(folder)
        .output();
    let Ok(made) = made else {
        println!("openssl is not here: 0 cases");
        return;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    hospital.place.variable("RIGHT", "secret");
    hospital.place.variable("WRONG", "geheim");
    let sign = "sign 処方箋.txt --p12 doctor.p12 --chain signing-ca.cer --lang en";
    hospital.keiin(&format!("{sign} --pin-env RIGHT")).expect(0);
    verdict(&hospital, "処方箋.txt.p7m", 0);
    let wrong = hospital.keiin(&format!("{sign} --pin-env WRONG -o wrong.p7m")).expect(5);
    assert!(wrong.err == "error: doctor.p12: wrong password for this key file\n", "{}", wrong.err);
    let none = hospital.keiin(&format!("{sign} -o none.p7m")).expect(5);
    assert!(none.err.contains("--pin-fd N or --pin-env NAME"), "{}", none.err);
    let unset = hospital.keiin(&format!("{sign} --pin-env NOT_THERE -o none.p7m")).expect(3);
    assert_eq!(unset.err, "error: the environment variable NOT_THERE is not set\n");
}

#[test]
fn inspect_says_what_is_inside() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} --to es-t {trust} {tsa} -o t.p7m").expect(0);
    let text = hospital.keiin("inspect t.p7m --lang ja").expect(0);
    for part in
        ["signing-certificate-v2", "signature-time-stamp", "証明書 KEIIN Taro [医師]", "署名タイムスタンプ"]
    {
        assert!(text.out.contains(part), "{part}: {}", text.out);
    }
    let json = hospital.keiin("inspect t.p7m --json").expect(0).json();
    assert_eq!(json["structure"]["octets"], hospital.place.read("t.p7m").len());
    let facts = hospital.keiin("inspect t.p7m --facts").expect(0).json();
    assert_eq!(facts["signatures"][0]["timestamps"][0]["kind"], "SIGNATURE_TIMESTAMP");
}

#[test]
fn xml_the_whole_way() {
    let hospital = Hospital::open();
    hospital.place.write("記録.xml", "<?xml version=\"1.0\"?>\n<r><l Id=\"l\">薬</l></r>\n");
    hospital.place.write("a.txt", "a");
    hospital.place.write("b 1.txt", "b");
    for (name, arguments, content) in [
        ("enveloped", "--packaging enveloped 記録.xml", ""),
        ("parallel", "--packaging enveloped --parallel 記録.xml", ""),
        ("enveloping", "記録.xml", ""),
        ("beside", "--packaging internally-detached --carry xml 記録.xml", ""),
        ("element", "--element l --sign-key-info --issuer-serial --id 処方 記録.xml", ""),
        ("detached", "--packaging detached a.txt 記録.xml", "--content a.txt --content 記録.xml"),
        ("manifest", "--packaging detached --manifest a.txt 記録.xml", "--content a.txt --content 記録.xml"),
    ] {
        hospital.keiin(&format!("sign --format xades {{doctor}} {arguments} -o {name}.xml")).expect(0);
        let found = verdict(&hospital, &format!("{name}.xml {content}"), 0);
        assert_eq!(found["format"], "XAdES-BASELINE-B", "{name}");
        let extend = format!("extend {name}.xml {content} --to es-a -o {name}-a.xml {{trust}} {{tsa}}");
        hospital.keiin(&extend).expect(0);
        let renew =
            format!("renew {name}-a.xml {content} --digest sha512 -o {name}-a2.xml {{trust}} {{tsa}}");
        hospital.keiin(&renew).expect(0);
        let found = verdict(&hospital, &format!("{name}-a2.xml {content} --offline"), 0);
        assert_eq!(found["format"], "XAdES-BASELINE-LTA", "{name}");
    }
    hospital.keiin("sign --add parallel.xml {doctor} -o both.xml").expect(0);
    let both = hospital.keiin("verify --json both.xml {trust}").expect(0).json();
    assert_eq!(both["signatures"].as_array().unwrap().len(), 2);
    let refused =
        hospital.keiin("sign --packaging enveloped 記録.xml {doctor} --lang en -o no.xml").expect(3);
    assert!(refused.err.contains("--format xades"), "{}", refused.err);
}
