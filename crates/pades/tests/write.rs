// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signatures and time-stamps put into PDFs. That other people's software accepts them is the matrix's to show; here stand
//! what must never change and what must be refused.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may fail
#![allow(clippy::disallowed_methods)] // files of others

mod steps;

use keiin_model::{Container as _, ContainerError, DefectKind, DigestAlgorithm, Target};
use keiin_pades::{
    Certification, FieldChoice, Lock, Pades, PadesError, PadesIntent, Prepared, Reserve, Source, Vri,
};
use keiin_testkit::corpus;
use steps::{Steps, octets, reread};

/// A file of these objects, numbered from 1, with a table.
fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let start = out.len();
    out.extend_from_slice(table.as_bytes());
    let size = objects.len() + 1;
    out.extend_from_slice(
        format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    out
}

const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>";
const PAGE: &str = "<</Type/Page/Parent 2 0 R/Odd -.5/Gen 900 3 R>>";

fn plain() -> Pades {
    read(pdf(&["<</Type/Catalog/Pages 2 0 R>>", PAGES, PAGE]))
}

/// A form with these fields in place of its /Fields.
fn form(fields: &str, more: &[&str]) -> Pades {
    let catalog = format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>");
    read(pdf(&[&[&*catalog, PAGES, PAGE], more].concat()))
}

fn read(octets: Vec<u8>) -> Pades {
    Pades::read(octets).unwrap()
}

fn named(field: &str) -> PadesIntent {
    PadesIntent { field: FieldChoice::Named(field.to_owned()), ..PadesIntent::default() }
}

fn intact(pades: &Pades) -> bool {
    pades.signatures().iter().all(|signature| {
        // What we appended is an allowed revision, and nothing else is wrong.
        signature.defects.iter().all(|defect| defect.kind == DefectKind::Revised)
            && !signature.data.is_empty()
            && signature.data.iter().all(|data| data.intact())
            && signature.timestamps.iter().all(|t| t.imprint.intact() && t.defects.is_empty())
    })
}

#[test]
fn every_step_appends_and_every_octet_before_stays() {
    let steps = Steps::new("doctor");
    let file = plain();
    let intent = PadesIntent {
        reason: Some("承認".into()),
        location: Some("東京".into()),
        contact: Some("(03) 1234".into()),
        zone: 540,
        ..PadesIntent::default()
    };
    let signed = steps.signed(&file, &intent).unwrap();
    assert_eq!(signed.signatures()[0].format, "PAdES-BASELINE-B");
    let dictionary = &signed.dictionaries()[0];
    assert_eq!(dictionary.reason.as_deref(), Some("承認"));
    assert_eq!((dictionary.location.as_deref(), dictionary.field.as_str()), (Some("東京"), "Signature1"));
    assert_eq!(dictionary.time, Some(steps.start()));
    assert!(octets(&signed).starts_with(&octets(&file)));
    let id = signed.signatures()[0].id;
    let mut before = octets(&signed);
    for ((step, pades), level) in steps.extended(signed, id).into_iter().zip(["T", "LT", "LTA", "LTA"]) {
        let pades = reread(&pades);
        assert!(intact(&pades), "{step}: {:?}", pades.signatures()[0].defects);
        assert_eq!(pades.signatures()[0].format, format!("PAdES-BASELINE-{level}"), "{step}");
        let now = octets(&pades);
        if step == "t" {
            // The token went into the room behind the CMS: nothing that is signed moved.
            assert_eq!(now.len(), before.len());
        } else {
            assert!(now.starts_with(&before), "{step}");
        }
        before = now;
    }
    let text = String::from_utf8_lossy(&before);
    // What the page had stands there as it was written, in the revision that changes it too.
    assert_eq!(
        text.matches("/Odd -.5/Gen 900 3 R").count(),
        4,
        "the page, the signature's widget, three time-stamps"
    );
}

#[test]
fn a_time_stamp_goes_into_a_signature_of_a_file_that_was_opened_again() {
    let steps = Steps::new("doctor-ec");
    let signed = reread(&steps.signed(&plain(), &PadesIntent::default()).unwrap());
    let (id, before) = (signed.signatures()[0].id, octets(&signed));
    let mut pades = signed;
    let when = steps.start().plus_seconds(9);
    steps.pki.stamp(&mut pades, Target::Signature { id }, "tsa-rsa", DigestAlgorithm::Sha256, when);
    assert_eq!(octets(&pades).len(), before.len());
    assert!(intact(&reread(&pades)) && pades.dictionaries().len() == 1);
    // Without room it goes over the document.
    let small = PadesIntent { reserve: Reserve::Nothing, ..PadesIntent::default() };
    let mut pades = steps.signed(&plain(), &small).unwrap();
    let (id, before) = (pades.signatures()[0].id, octets(&pades));
    steps.pki.stamp(&mut pades, Target::Signature { id }, "tsa-rsa", DigestAlgorithm::Sha256, when);
    assert!(octets(&pades).starts_with(&before) && octets(&pades).len() > before.len());
    assert_eq!(reread(&pades).signatures()[0].format, "PAdES-BASELINE-T");
}

#[test]
fn a_number_that_the_file_speaks_of_stays_free() {
    let steps = Steps::new("doctor");
    // The page speaks of objects that there are not: every second one of those that would be next, and the last that can be.
    let nothing: String = (4..60).step_by(2).map(|number| format!("/X{number} {number} 0 R")).collect();
    let page = format!(
        "<</Type/Page/Parent 2 0 R/Resources<</XObject<<{nothing}>>>>/Odd[8388607 0 R 4294967295 0 R]>>"
    );
    let signed =
        steps.signed(&read(pdf(&["<</Type/Catalog/Pages 2 0 R>>", PAGES, &page])), &PadesIntent::default());
    let signed = signed.unwrap();
    let id = signed.signatures()[0].id;
    let (step, last) = steps.extended(signed, id).pop().unwrap();
    let last = reread(&last);
    assert!(intact(&last), "{step}: {:?}", last.signatures()[0].defects);
    let octets = octets(&last);
    let text = String::from_utf8_lossy(&octets);
    for number in 4..30 {
        assert_eq!(text.contains(&format!("\n{number} 0 obj")), number % 2 == 1, "object {number}");
    }
}

/// The entries of /VRI in the octets, each with the octets that it was written with.
fn entries(pades: &Pades) -> Vec<String> {
    let octets = octets(pades);
    let text = String::from_utf8_lossy(&octets).into_owned();
    let mut found: Vec<String> = text
        .split("obj\n")
        .filter(|object| object.starts_with("<</Type/VRI"))
        .map(|object| object.split(">>").next().unwrap().to_owned())
        .collect();
    found.dedup();
    found
}

/// Keys of /VRI: 40 capital hexadecimal digits as a name.
fn has_key(pades: &Pades, contents: &[u8]) -> bool {
    let sha1 = keiin_pki::digest::digest(DigestAlgorithm::Sha1, contents);
    let key: String = sha1.iter().map(|octet| format!("{octet:02X}")).collect();
    String::from_utf8_lossy(&octets(pades)).contains(&format!("/{key} "))
}

#[test]
fn on_wish_the_store_says_what_belongs_to_which_signature() {
    let steps = Steps::new("doctor");
    let plainly = steps.signed(&plain(), &PadesIntent::default()).unwrap();
    let id = plainly.signatures()[0].id;
    for (_, pades) in steps.extended(plainly.clone(), id) {
        assert!(!String::from_utf8_lossy(&octets(&pades)).contains("/VRI"), "nobody wished it");
    }
    let mut wished = plainly;
    wished.choose_vri(Vri::Written);
    let levels: Vec<_> = steps.extended(wished, id).into_iter().map(|(_, pades)| reread(&pades)).collect();
    let [t, lt, lta, renewed] = levels.as_slice() else { panic!("four steps") };
    assert_eq!(entries(t).len(), 0);
    // The value as it stands with the time-stamp in it and what is free behind it.
    let contents = lt.dictionaries()[0].contents.clone();
    assert!(has_key(lt, &contents) && contents.len() > 12_288);
    let [one] = entries(lt).try_into().unwrap();
    let material = steps.material("doctor", steps.start().plus_days(1));
    let references =
        |list: &str| one.split_once(list).unwrap().1.split(']').next().unwrap().matches('R').count();
    assert_eq!(references("/Cert["), material.certificates.len());
    assert_eq!(references("/CRL["), material.crls.len());
    // The second store of this step, and what comes later, leave the entry as it is.
    assert_eq!(entries(lta), std::slice::from_ref(&one));
    let [first, second] = entries(renewed).try_into().unwrap();
    assert!(first == one && second != one, "the document time-stamp has its own");
    assert!(has_key(renewed, &contents));
    for (pades, level) in [(lt, "LT"), (lta, "LTA"), (renewed, "LTA")] {
        assert!(intact(pades), "{:?}", pades.signatures()[0].defects);
        assert_eq!(pades.signatures()[0].format, format!("PAdES-BASELINE-{level}"));
    }
}

#[test]
fn a_token_goes_where_one_of_its_size_has_room() {
    let steps = Steps::new("doctor");
    let intent = PadesIntent { reserve: Reserve::Octets(6_000), ..PadesIntent::default() };
    let when = steps.start().plus_seconds(9);
    for (expected, inside) in [(0, true), (5_000, true), (7_900, false), (40_000, false)] {
        let mut pades = steps.signed(&plain(), &intent).unwrap();
        let (id, before) = (pades.signatures()[0].id, octets(&pades));
        pades.expect_token(expected);
        steps.pki.stamp(&mut pades, Target::Signature { id }, "tsa-rsa", DigestAlgorithm::Sha256, when);
        let after = octets(&pades);
        assert_eq!(after.len() == before.len(), inside, "{expected}");
        assert!(inside || after.len() > before.len() + 2 * expected.max(16_384), "{expected}");
        assert_eq!(reread(&pades).signatures()[0].format, "PAdES-BASELINE-T");
    }
}

#[test]
fn what_was_prepared_is_finished_elsewhere_and_on_this_file_alone() {
    let steps = Steps::new("doctor");
    let file = plain();
    let prepared = steps.prepared(&file, &PadesIntent::default()).unwrap();
    let json = serde_json::to_string(&prepared).unwrap();
    let back: Prepared = serde_json::from_str(&json).unwrap();
    assert_eq!(back, prepared);
    assert!(intact(&steps.attached(&file, &back)));
    let wrong = back.attach(&file, &[1; 256]).unwrap_err();
    assert!(matches!(wrong, PadesError::Cms(_)), "{wrong}");
    let value = steps.value(&back);
    let longer = read([octets(&file), b"%\n".to_vec()].concat());
    assert!(matches!(back.attach(&longer, &value), Err(PadesError::Misuse { .. })));
    let mut other = octets(&file);
    let at = other.windows(3).position(|w| w == b"595").unwrap();
    other[at] = b'6';
    assert!(matches!(back.attach(&read(other), &value), Err(PadesError::Misuse { .. })));
}

#[test]
fn tokens_of_other_files_are_refused() {
    let steps = Steps::new("doctor");
    let mut pades = steps.signed(&plain(), &PadesIntent::default()).unwrap();
    let id = pades.signatures()[0].id;
    let target = Target::Archive { id };
    let pending = pades.begin_timestamp(target, DigestAlgorithm::Sha256).unwrap();
    let mut other = pending.clone();
    other.imprint = vec![7; 32].into();
    let token = steps.pki.tsa("tsa-rsa").stamp(DigestAlgorithm::Sha256, &other.imprint, steps.start());
    assert!(matches!(pades.finish_timestamp(&pending, &token), Err(ContainerError::Token { .. })));
    assert!(matches!(pades.finish_timestamp(&other, &token), Err(ContainerError::Misuse { .. })));
    assert!(pades.finish_timestamp(&pending, b"0").is_err());
    let unknown = Target::Archive { id: steps.signed(&plain(), &named("x")).unwrap().signatures()[0].id };
    // RSA signs alike what is alike: the field's name makes it another signature.
    assert!(pades.begin_timestamp(unknown, DigestAlgorithm::Sha256).is_err());
    assert!(pades.begin_timestamp(target, DigestAlgorithm::Sha1).is_err());
    assert!(intact(&pades));
}

#[test]
fn earlier_signatures_are_respected() {
    let steps = Steps::new("doctor");
    let strict = PadesIntent { certification: Certification::NoChanges, ..PadesIntent::default() };
    let certified = steps.signed(&plain(), &strict).unwrap();
    assert!(matches!(steps.signed(&certified, &PadesIntent::default()), Err(PadesError::Certified)));
    // What makes it last is still let in.
    let id = certified.signatures()[0].id;
    assert!(intact(&steps.extended(certified.clone(), id).pop().unwrap().1));
    let forms = PadesIntent { certification: Certification::FormFilling, ..PadesIntent::default() };
    let certified = steps.signed(&plain(), &forms).unwrap();
    let twice = steps.signed(&certified, &PadesIntent::default()).unwrap();
    assert!(intact(&reread(&twice)) && twice.signatures().len() == 2);
    assert!(matches!(steps.signed(&certified, &forms), Err(PadesError::NotFirst)));
    let locks = PadesIntent { lock: Lock::Include(vec!["b".into()]), ..named("a") };
    let locked = steps.signed(&plain(), &locks).unwrap();
    assert!(matches!(steps.signed(&locked, &named("b")), Err(PadesError::Locked { .. })));
    assert!(matches!(steps.signed(&locked, &named("a")), Err(PadesError::FieldSigned { .. })));
    assert!(intact(&reread(&steps.signed(&locked, &named("c")).unwrap())));
}

#[test]
fn fields_that_are_there_are_signed_and_say_what_they_want() {
    let steps = Steps::new("doctor");
    let field =
        |more: &str| format!("<</FT/Sig/T(doctor)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/P 3 0 R{more}>>");
    let sign = |more: &str, intent: &PadesIntent| steps.signed(&form("4 0 R", &[&field(more)]), intent);
    let signed = sign("", &PadesIntent::default()).unwrap();
    assert_eq!(signed.dictionaries()[0].field, "doctor");
    assert!(intact(&reread(&signed)));
    // Its lock becomes the signature's.
    let locked = sign("/Lock<</Type/SigFieldLock/Action/All>>", &PadesIntent::default()).unwrap();
    assert!(matches!(steps.signed(&locked, &named("x")), Err(PadesError::Locked { .. })));
    let other = PadesIntent { lock: Lock::All, ..PadesIntent::default() };
    let own = "/Lock<</Action/Include/Fields[(x)]>>";
    assert!(matches!(sign(own, &other), Err(PadesError::OtherLock { .. })));
    for (seed, constraint) in [
        ("/Filter/Other/Ff 1", Some("Filter")),
        ("/SubFilter[/adbe.pkcs7.detached]/Ff 2", Some("SubFilter")),
        ("/SubFilter[/adbe.pkcs7.detached/ETSI.CAdES.detached]/Ff 2", None),
        ("/Reasons[(x)]/Ff 8", Some("Reasons")),
        ("/DigestMethod[/SHA1]/Ff 64", Some("DigestMethod")),
        ("/DigestMethod[(SHA256)]/Ff 64", None),
        ("/MDP<</P 2>>", Some("MDP")),
        ("/MDP<</P 0>>", None),
        ("/TimeStamp<</URL(http://x)/Ff 1>>", Some("TimeStamp")),
        ("/Cert<</Ff 1>>", Some("Cert")),
    ] {
        let found = match sign(&format!("/SV<<{seed}>>"), &PadesIntent::default()) {
            Err(PadesError::SeedValue { constraint }) => Some(constraint),
            Err(other) => panic!("{seed}: {other}"),
            Ok(_) => None,
        };
        assert_eq!(found, constraint, "{seed}");
    }
    let two = form("4 0 R 5 0 R", &[&field(""), &field("").replace("doctor", "nurse")]);
    assert!(matches!(steps.signed(&two, &PadesIntent::default()), Err(PadesError::FieldToChoose { .. })));
    assert_eq!(steps.signed(&two, &named("nurse")).unwrap().dictionaries()[0].field, "nurse");
}

#[test]
fn what_excludes_each_other_is_refused() {
    let steps = Steps::new("doctor");
    let reason = PadesIntent { reason: Some("x".into()), ..PadesIntent::default() };
    let mut intent = steps.intent();
    intent.commitments = vec![keiin_model::Commitment::ProofOfApproval];
    let (card, chain) = (keiin_model::Signer::certificate(&steps.card), steps.card.intermediates());
    let both = keiin_pades::prepare(&plain(), card, chain, &intent, &reason, steps.start());
    assert!(matches!(both, Err(PadesError::ReasonAndCommitment)));
    let huge = PadesIntent { reserve: Reserve::Octets(usize::MAX), ..PadesIntent::default() };
    assert!(matches!(steps.signed(&plain(), &huge), Err(PadesError::Limit { .. })));
    let mut broken = pdf(&["<</Type/Catalog/Pages 2 0 R>>", PAGES, PAGE]);
    let at = broken.windows(9).position(|w| w == b"startxref").unwrap();
    broken[at + 10] = b'9';
    assert!(matches!(steps.signed(&read(broken), &PadesIntent::default()), Err(PadesError::BrokenReference)));
}

/// Every file that can be signed reads back with the signature intact, and begins with the file that it was.
#[test]
fn files_of_other_people_are_signed_or_refused_by_name() {
    let Some(folder) = corpus::part("pdf-robust") else { return };
    let steps = Steps::new("doctor");
    let new = PadesIntent { field: FieldChoice::New, ..PadesIntent::default() };
    let (mut signed, mut refused) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let Ok(file) = Pades::read(Source::from(bytes)) else { continue };
        match steps.signed(&file, &new) {
            Ok(pades) => {
                signed += 1;
                assert!(octets(&pades).starts_with(&octets(&file)), "{}", path.display());
                let last = reread(&pades);
                let last = last.signatures().last().unwrap();
                assert!(last.data.iter().all(|data| data.intact()), "{}: {:?}", path.display(), last.defects);
            }
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
        }
    }
    println!("signed {signed}, refused {refused}");
    assert!(signed > 40, "only {signed} could be signed, {refused} were refused");
}
