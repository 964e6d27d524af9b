// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin path` as a user runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use cmd::Hospital;

#[test]
fn a_good_path_in_both_languages_and_as_json() {
    let hospital = Hospital::open();
    let ask = "path doctor.cer --certs signing-ca.cer --trust root.cer --allow-private";
    let text = hospital.keiin(&format!("{ask} --lang en")).expect(0).out;
    for part in ["trusted", "not revoked: CRL", "└─ ", "Verdict: VALID", "for signing documents"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let text = hospital.keiin(&format!("{ask} --lang ja")).expect(0).out;
    for part in ["信頼の起点", "失効していません:CRL", "判定:有効", "文書の署名用として"]
    {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let json = hospital.keiin(&format!("{ask} --json")).expect(0).json();
    assert_eq!((json["indication"].as_str(), json["exit"].as_u64()), (Some("PASSED"), Some(0)));
    let links = json["paths"][0]["links"].as_array().unwrap();
    assert_eq!(links.len(), 3);
    assert_eq!(links[0]["status"], "good");
    assert_eq!(links[0]["revocation"]["kind"], "crl");
    assert_eq!(links[2]["status"], "anchor");
}

#[test]
fn what_is_missing_is_said_with_its_address() {
    let hospital = Hospital::open();
    let offline = "path doctor.cer --certs signing-ca.cer --trust root.cer --offline --lang en";
    let text = hospital.keiin(offline).expect(2).out;
    assert!(text.contains("Missing") && text.contains("/crl/signing-ca.crl"), "{text}");
    let nobody = hospital.keiin("path doctor.cer --trust root.cer --offline --lang en").expect(2).out;
    assert!(nobody.contains("no certificate of its issuer is at hand"), "{nobody}");
    let stranger = "path doctor.cer --certs signing-ca.cer --certs root.cer --trust tsa-root.cer --offline";
    let text = hospital.keiin(&format!("{stranger} --lang en")).expect(2).out;
    assert!(text.contains("it issued itself and is not trusted"), "{text}");
    let json = hospital.keiin(&format!("{stranger} --json")).expect(2).json();
    assert_eq!(json["dead_ends"][0]["why"], "self-issued");
}

#[test]
fn lists_given_by_hand_settle_it_offline() {
    let hospital = Hospital::open();
    let now = keiin::clock::now();
    for ca in ["signing-ca", "root"] {
        hospital.place.write(&format!("{ca}.crl"), hospital.pki().crl(ca, now));
    }
    hospital.place.write("signing-ca.pem", cmd::pem("X509 CRL", &hospital.pki().crl("signing-ca", now)));
    let ask = "path doctor.cer --certs signing-ca.cer --trust root.cer --offline --crl root.crl";
    hospital.keiin(&format!("{ask} --crl signing-ca.crl")).expect(0);
    hospital.keiin(&format!("{ask} --crl signing-ca.pem")).expect(0);
    hospital.keiin(ask).expect(2);
    // A revoked, an ended and a certificate for something else.
    hospital.place.write("revoked.cer", hospital.pki().certificate("doctor-revoked"));
    let after = now.plus_days(40);
    hospital.place.write("later.crl", hospital.pki().crl("signing-ca", after));
    hospital.place.write("later-root.crl", hospital.pki().crl("root", after));
    let revoked = "path revoked.cer --certs signing-ca.cer --trust root.cer --offline --lang en \
                   --crl later.crl --crl later-root.crl";
    let text = hospital.keiin(&format!("{revoked} --at {after}")).expect(1).out;
    assert!(text.contains("REVOKED") && text.contains("Verdict: NOT VALID"), "{text}");
    let auth = "path doctor-authentication.cer --certs authentication-ca.cer --trust root.cer \
                --allow-private --policy hpki --lang en";
    let text = hospital.keiin(auth).expect(1).out;
    assert!(text.contains("CHAIN_CONSTRAINTS_FAILURE"), "{text}");
}

#[test]
fn a_policy_that_the_path_does_not_have_is_said() {
    let hospital = Hospital::open();
    let ask = "path doctor.cer --certs signing-ca.cer --trust root.cer --allow-private --lang en";
    let text = hospital.keiin(&format!("{ask} --policy 1.2.3.4")).expect(1).out;
    assert!(text.contains("no valid policy, and one is required"), "{text}");
    hospital.keiin(&format!("{ask} --policy general")).expect(0);
    let wrong = hospital.keiin(&format!("{ask} --policy nonsense")).expect(3);
    assert!(wrong.err.contains("--policy"), "{}", wrong.err);
}

#[test]
fn of_a_signed_file_it_shows_signer_and_tsa() {
    let hospital = Hospital::open();
    hospital.keiin("sign 処方箋.txt {doctor} --to es-t {tsa} {trust}").expect(0);
    let run = hospital.keiin("path 処方箋.txt.p7m {trust} --json").expect(0);
    let reports: Vec<serde_json::Value> =
        run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let purposes: Vec<_> = reports.iter().map(|r| r["purpose"].as_str().unwrap()).collect();
    assert_eq!(purposes, ["signer", "tsa"]);
    hospital.keiin("path 処方箋.txt --trust root.cer").expect(3);
    hospital.keiin("path nothing.cer --trust root.cer").expect(3);
}
