// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Another signature on a document that has one: beside it, or over its value.

use keiin_cades::content_digest_for;
use keiin_xades::XadesShape;

use crate::{
    Error,
    document::Document,
    model::{ObjectId, Signer, Time},
    permission::check_signer,
    prepared::{Format, Prepared},
    setup::Setup,
    sign::{Around, Signed, Signing, finish_known, value_of},
};

/// Adds another signer to a document: the content is signed again, the first signature stays as it is.
///
/// # Errors
/// As [`crate::sign()`].
pub fn add_signature(
    setup: &Setup<'_>,
    document: &mut Document,
    signer: &dyn Signer,
    signing: &Signing,
    now: Time,
) -> Result<Signed, Error> {
    let (certificate, chain) = (signer.certificate(), signer.certificates());
    check_signer(certificate, signing, now)?;
    let intent = &signing.intent;
    let prepared = match &signing.format {
        Format::Cades => {
            if let Some(digest) = content_digest_for(intent.algorithm) {
                document.need_digest(digest)?;
            }
            let cms = document.as_cades()?;
            Prepared::Cades(keiin_cades::prepare_additional(cms, certificate, chain, intent, now)?)
        }
        Format::Xades(shape) => {
            let objects = vec![keiin_xades::DataObject::octets(document.as_bytes())];
            Prepared::Xades(keiin_xades::prepare(objects, certificate, chain, intent, shape, now)?)
        }
    };
    let value = value_of(&prepared, signer)?;
    finish_known(setup, prepared, &value, Around::of(document), signing.level, now)
}

/// Counter-signs one signature of a document: its value is signed, not the content.
///
/// # Errors
/// As [`crate::sign()`].
pub fn countersign(
    setup: &Setup<'_>,
    document: &Document,
    signature: ObjectId,
    signer: &dyn Signer,
    signing: &Signing,
    now: Time,
) -> Result<Signed, Error> {
    let (certificate, chain) = (signer.certificate(), signer.certificates());
    check_signer(certificate, signing, now)?;
    let intent = &signing.intent;
    let prepared = match document.as_xades() {
        Some(xml) => {
            let default = XadesShape::default();
            let shape = match &signing.format {
                Format::Xades(shape) => shape,
                Format::Cades => &default,
            };
            let prepared = keiin_xades::prepare_countersignature(
                xml,
                signature,
                certificate,
                chain,
                intent,
                shape,
                now,
            )?;
            Prepared::Xades(prepared)
        }
        None => {
            let cms = document.as_cades()?;
            Prepared::Cades(keiin_cades::prepare_countersignature(
                cms,
                signature,
                certificate,
                chain,
                intent,
                now,
            )?)
        }
    };
    let value = value_of(&prepared, signer)?;
    finish_known(setup, prepared, &value, Around::of(document), signing.level, now)
}
