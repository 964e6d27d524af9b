// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Renewing what has an archive time-stamp of the older kind (TS 101 733, 6.4.1), which is over all certificates, CRLs
//! and unsigned attributes as they stand.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod steps;

use keiin_cades::{Cades, CadesError, Content, Packaging, attribute_oid, imprint, prepare_additional};
use keiin_model::{Container as _, ContainerError, DigestAlgorithm, Signer as _, Target, TimestampKind};
use keiin_pki::{
    cms::{Attribute, SignedData},
    der::{Edit, assemble, splice, write},
};
use steps::{DATA, Revocation, Steps, leaves_are_kept};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

/// ES-A with an archive time-stamp in the form of v2.
fn archived(steps: &Steps, packaging: Packaging) -> Cades {
    let (_, lt) = steps.levels(packaging).swap_remove(2);
    let signed = SignedData::read(&lt).unwrap();
    let signer = &signed.signer_infos[0];
    let unsigned: Vec<&Attribute<'_>> = signer.unsigned.iter().collect();
    let form = imprint::UnsignedForm::Tagged;
    let beside = (packaging == Packaging::Detached).then_some(DATA);
    let imprint = imprint::archive_timestamp_v2(&signed, signer, beside, &unsigned, form).digest(SHA256);
    let token = steps.pki.tsa("tsa-ecdsa").stamp(SHA256, &imprint, steps.start().plus_days(2));
    let field = signer.unsigned_field.unwrap();
    let end = field.content_range().end;
    let insert = write::attribute(&attribute_oid::ARCHIVE_TIMESTAMP_V2, &[token]);
    let edit = Edit { parent: field.offset(), range: end..end, insert };
    let content = beside.map(|data| Content::Bytes(data.into()));
    Cades::read(assemble(&lt, &splice(&lt, &[edit]).unwrap()), content).unwrap()
}

fn all_intact(cades: &Cades) -> bool {
    cades.signatures()[0].timestamps.iter().all(|t| t.imprint.intact())
}

#[test]
fn material_goes_into_the_newest_token_and_a_v3_on_top() {
    let steps = Steps::new("doctor", Revocation::Both);
    let mut cades = archived(&steps, Packaging::Attached);
    assert!(all_intact(&cades));
    let id = cades.signatures()[0].id;
    let before = cades.as_bytes().to_vec();
    let certificates = SignedData::read(&before).unwrap().certificates_field.unwrap().bytes().to_vec();

    let material = steps.material("tsa-ecdsa", steps.start().plus_days(3));
    cades.embed_material(Target::Archive { id }, &material).unwrap();
    assert!(all_intact(&cades));
    assert!(cades.as_bytes().len() > before.len());
    let signed = SignedData::read(cades.as_bytes()).unwrap();
    assert_eq!(signed.certificates_field.unwrap().bytes(), certificates);
    let once = cades.as_bytes().to_vec();
    cades.embed_material(Target::Archive { id }, &material).unwrap();
    assert_eq!(cades.as_bytes(), once);

    let at = steps.start().plus_days(4);
    steps.pki.stamp(&mut cades, Target::Archive { id }, "tsa-ecdsa384", DigestAlgorithm::Sha384, at);
    let timestamps = &cades.signatures()[0].timestamps;
    assert_eq!(timestamps.len(), 3);
    assert!(all_intact(&cades));
    let newest = timestamps.last().unwrap();
    assert_eq!(newest.kind, TimestampKind::Archive);
    assert!(newest.covers.contains(&timestamps[1].id));
    leaves_are_kept(&once, cades.as_bytes());

    // The v2 is under the v3 now: the next material goes into the v3's token.
    let later = steps.material("tsa-ecdsa384", steps.start().plus_days(5));
    cades.embed_material(Target::Archive { id }, &later).unwrap();
    assert!(all_intact(&cades));
    let at = steps.start().plus_days(6);
    steps.pki.stamp(&mut cades, Target::Archive { id }, "tsa-rsa", SHA256, at);
    assert!(all_intact(&cades));
}

#[test]
fn what_would_break_it_is_refused() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let mut cades = archived(&steps, Packaging::Attached);
    let second = prepare_additional(
        &cades,
        steps.card.certificate(),
        steps.card.intermediates(),
        &steps.intent(),
        steps.start(),
    );
    assert!(matches!(second, Err(CadesError::Misuse { .. })));
    refuses_a_signature_time_stamp(&steps, &mut cades);
}

/// Without the content its imprint cannot be compared, so the rule alone must hold.
#[test]
fn it_is_kept_without_the_content_too() {
    let steps = Steps::new("doctor", Revocation::Crl);
    let with = archived(&steps, Packaging::Detached);
    assert!(all_intact(&with));
    let mut without = Cades::read(with.as_bytes().to_vec(), None).unwrap();
    refuses_a_signature_time_stamp(&steps, &mut without);
    let id = with.signatures()[0].id;
    let material = steps.material("tsa-ecdsa", steps.start().plus_days(3));
    without.embed_material(Target::Archive { id }, &material).unwrap();
    let content = Content::Bytes(DATA.into());
    assert!(all_intact(&Cades::read(without.as_bytes().to_vec(), Some(content)).unwrap()));
}

fn refuses_a_signature_time_stamp(steps: &Steps, cades: &mut Cades) {
    let before = cades.as_bytes().to_vec();
    let target = Target::Signature { id: cades.signatures()[0].id };
    let pending = cades.begin_timestamp(target, SHA256).unwrap();
    let token = steps.pki.tsa("tsa-rsa").stamp(SHA256, &pending.imprint, steps.start().plus_days(3));
    let refused = cades.finish_timestamp(&pending, &token);
    assert!(matches!(refused, Err(ContainerError::Misuse { .. })), "{refused:?}");
    assert_eq!(cades.as_bytes(), before);
}
