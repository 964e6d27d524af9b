// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The module from the C side: what it refuses, and what OpenSC's pkcs11-tool makes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may fail
#![allow(unsafe_code)] // C calls with pointers to locals that outlive them

use std::path::{Path, PathBuf};
use std::process::Command;
use std::ptr::{null, null_mut};

use cryptoki_sys::*;
use keiin_card::{CONFIG_VARIABLE, Card, Config, State};

unsafe extern "C" {
    fn C_GetFunctionList(list: *mut *mut CK_FUNCTION_LIST) -> CK_RV;
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output =
        Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl is installed");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A reader with an HPKI card in it; the file for the module.
fn reader(folder: &Path) -> PathBuf {
    std::fs::write(folder.join("empty.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n").unwrap();
    openssl(folder, &["genpkey", "-algorithm", "RSA", "-out", "key.pem"]);
    openssl(folder, &["pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER", "-out", "key.der"]);
    let request = [
        "req",
        "-x509",
        "-new",
        "-config",
        "empty.cnf",
        "-key",
        "key.der",
        "-days",
        "3650",
        "-subj",
        "/C=JP/CN=x",
    ];
    openssl(folder, &[&request[..], &["-outform", "DER", "-out", "certificate.der"]].concat());
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let card = Card::new("abi", read("key.der"), read("certificate.der"));
    Config::new().reader("Reader", Some(card)).reader("Empty", None).write(folder).unwrap()
}

fn functions() -> CK_FUNCTION_LIST {
    let mut list = null_mut();
    // SAFETY: `list` may be written, and what is put there is a static.
    unsafe {
        assert_eq!(C_GetFunctionList(&raw mut list), CKR_OK);
        list.read_unaligned()
    }
}

/// One test: the module's state is the process's.
#[test]
fn the_module_keeps_to_the_standard() {
    let folder = tempfile::tempdir().unwrap();
    let file = reader(folder.path());
    let f = functions();
    // SAFETY: this binary has one test; every pointer below is to a local, or null where that is asked.
    unsafe {
        assert_eq!(f.C_CloseSession.unwrap()(1), CKR_CRYPTOKI_NOT_INITIALIZED);
        std::env::set_var(CONFIG_VARIABLE, folder.path().join("nothing.json"));
        assert_eq!(f.C_Initialize.unwrap()(null_mut()), CKR_GENERAL_ERROR);
        std::env::set_var(CONFIG_VARIABLE, &file);
        assert_eq!(f.C_Initialize.unwrap()(null_mut()), CKR_OK);
        assert_eq!(f.C_Initialize.unwrap()(null_mut()), CKR_CRYPTOKI_ALREADY_INITIALIZED);
        assert_eq!(f.C_GetInfo.unwrap()(null_mut()), CKR_ARGUMENTS_BAD);

        // Present and refusing: not among the 21 functions of an HPKI module.
        assert_eq!(f.C_SignUpdate.unwrap()(1, null_mut(), 0), CKR_FUNCTION_NOT_SUPPORTED);
        assert_eq!(f.C_GenerateRandom.unwrap()(1, null_mut(), 0), CKR_FUNCTION_NOT_SUPPORTED);
        assert_eq!(f.C_Digest.unwrap()(1, null_mut(), 0, null_mut(), null_mut()), CKR_FUNCTION_NOT_SUPPORTED);

        let mut session = 0;
        let open = |slot, flags, session: *mut CK_SESSION_HANDLE| {
            f.C_OpenSession.unwrap()(slot, flags, null_mut(), None, session)
        };
        assert_eq!(open(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, &raw mut session), CKR_TOKEN_WRITE_PROTECTED);
        assert_eq!(open(1, CKF_SERIAL_SESSION, &raw mut session), CKR_TOKEN_NOT_PRESENT);
        assert_eq!(open(2, CKF_SERIAL_SESSION, &raw mut session), CKR_SLOT_ID_INVALID);
        assert_eq!(open(0, CKF_SERIAL_SESSION, &raw mut session), CKR_OK);
        signing(&f, session);
        assert_eq!(f.C_CloseSession.unwrap()(session), CKR_OK);
        assert_eq!(f.C_CloseSession.unwrap()(session), CKR_SESSION_HANDLE_INVALID);
        assert_eq!(f.C_Finalize.unwrap()(null_mut()), CKR_OK);
    }
    let state = State::read(folder.path(), "abi").unwrap();
    assert_eq!((state.tries_left, state.compared, state.signatures), (15, 4, 1));
    pkcs11_tool(folder.path(), &file);
}

/// SAFETY: as the caller's.
unsafe fn signing(f: &CK_FUNCTION_LIST, session: CK_SESSION_HANDLE) {
    // SAFETY: every pointer is to a local, or null.
    unsafe {
        let login = |user, pin: &[u8]| {
            f.C_Login.unwrap()(session, user, pin.as_ptr().cast_mut(), pin.len().try_into().unwrap())
        };
        let mut mechanism = CK_MECHANISM { mechanism: CKM_RSA_PKCS, ..Default::default() };
        let mut init = |key| f.C_SignInit.unwrap()(session, &raw mut mechanism, key);
        let sign = |data: &[u8], value: *mut u8, len: *mut CK_ULONG| {
            f.C_Sign.unwrap()(session, data.as_ptr().cast_mut(), data.len().try_into().unwrap(), value, len)
        };
        let (mut value, mut len) = ([0_u8; 256], 256);

        assert_eq!(sign(b"x", value.as_mut_ptr(), &raw mut len), CKR_OPERATION_NOT_INITIALIZED);
        assert_eq!(init(1), CKR_KEY_HANDLE_INVALID, "the key is not seen before the login");
        assert_eq!(login(CKU_SO, b"1234"), CKR_USER_TYPE_INVALID);
        assert_eq!(login(CKU_USER, b"123"), CKR_PIN_LEN_RANGE);
        assert_eq!(login(CKU_USER, b"4321"), CKR_PIN_INCORRECT);
        assert_eq!(login(CKU_USER, b"1234"), CKR_OK);
        assert_eq!(login(CKU_USER, b"1234"), CKR_USER_ALREADY_LOGGED_IN);
        assert_eq!(login(CKU_CONTEXT_SPECIFIC, b"1234"), CKR_OPERATION_NOT_INITIALIZED);
        assert_eq!(init(2), CKR_KEY_TYPE_INCONSISTENT, "a certificate does not sign");

        let mut secret = CK_ATTRIBUTE { type_: CKA_VALUE, pValue: null_mut(), ulValueLen: 0 };
        let read = f.C_GetAttributeValue.unwrap()(session, 1, &raw mut secret, 1);
        let unavailable = secret.ulValueLen;
        assert_eq!((read, unavailable), (CKR_ATTRIBUTE_SENSITIVE, CK_UNAVAILABLE_INFORMATION));

        // The PIN for the signature is wanting: refused, and the operation is over.
        assert_eq!(init(1), CKR_OK);
        assert_eq!(init(1), CKR_OPERATION_ACTIVE);
        assert_eq!(sign(b"x", value.as_mut_ptr(), &raw mut len), CKR_USER_NOT_LOGGED_IN);
        assert_eq!(sign(b"x", value.as_mut_ptr(), &raw mut len), CKR_OPERATION_NOT_INITIALIZED);

        // EMSA-PKCS1-v1_5 needs eleven octets of its own.
        assert_eq!((init(1), login(CKU_CONTEXT_SPECIFIC, b"1234")), (CKR_OK, CKR_OK));
        assert_eq!(sign(&[7; 246], value.as_mut_ptr(), &raw mut len), CKR_DATA_LEN_RANGE);

        // Asking for the length, and too little room, leave the operation as it is.
        assert_eq!((init(1), login(CKU_CONTEXT_SPECIFIC, b"1234")), (CKR_OK, CKR_OK));
        assert_eq!((sign(b"x", null_mut(), &raw mut len), len), (CKR_OK, 256));
        len = 255;
        assert_eq!((sign(b"x", value.as_mut_ptr(), &raw mut len), len), (CKR_BUFFER_TOO_SMALL, 256));
        assert_eq!(sign(b"x", value.as_mut_ptr(), &raw mut len), CKR_OK);
        assert_eq!(
            f.C_FindObjects.unwrap()(session, null_mut(), 1, null::<CK_ULONG>().cast_mut()),
            CKR_ARGUMENTS_BAD
        );
    }
}

/// Other people's software finds the certificate, gives the PIN for each signature, and OpenSSL takes what came
/// out.
fn pkcs11_tool(folder: &Path, file: &Path) {
    let exe = std::env::current_exe().unwrap();
    let name = format!("{}keiin_card{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let module =
        exe.ancestors().skip(1).take(2).map(|near| near.join(&name)).find(|path| path.is_file()).unwrap();
    if Command::new("pkcs11-tool").arg("--version").output().is_err() {
        println!("pkcs11-tool is not installed: 0 cases");
        return;
    }
    // DigestInfo of SHA-256 (RFC 8017, 9.2, note 1), and the digest of no octets.
    let info = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20\
        \xe3\xb0\xc4\x42\x98\xfc\x1c\x14\x9a\xfb\xf4\xc8\x99\x6f\xb9\x24\x27\xae\x41\xe4\x64\x9b\x93\x4c\xa4\x95\x99\x1b\x78\x52\xb8\x55";
    std::fs::write(folder.join("info"), info).unwrap();
    std::fs::write(folder.join("nothing"), []).unwrap();
    let tool = Command::new("pkcs11-tool")
        .arg("--module")
        .arg(module)
        .args([
            "--login",
            "--pin",
            "1234",
            "--sign",
            "-m",
            "RSA-PKCS",
            "--id",
            "17",
            "-i",
            "info",
            "-o",
            "signature",
        ])
        .current_dir(folder)
        .env(CONFIG_VARIABLE, file)
        .output()
        .unwrap();
    assert!(tool.status.success(), "{}", String::from_utf8_lossy(&tool.stderr));
    openssl(folder, &["pkey", "-inform", "DER", "-in", "key.der", "-pubout", "-out", "public.pem"]);
    openssl(folder, &["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "nothing"]);
    println!("pkcs11-tool: 1 case");
}
