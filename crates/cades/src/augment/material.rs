// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Validation material into the SignedData (EN 319 122-1, 5.4 and 6.3: SignedData.certificates and .crls, RFC 5940).

use std::collections::BTreeSet;

use keiin_model::{Material, Target};
use keiin_pki::{
    cms::{self, RevocationChoice, SignedData, SignerInfo},
    der::{Edit, write},
    material::first_unreadable,
    ocsp::wrap_basic,
};
use keiin_tsp::Token;

use crate::{
    Cades, CadesError, attribute_oid as oid,
    edit::Plan,
    locate::{Found, find_signer, has_old_archive_timestamp},
};

/// Where each new object goes. Objects that the file has where this signature's archive time-stamps cover them, in the
/// SignedData or in the signature's time-stamp tokens, are left out.
pub(super) fn embed(cades: &Cades, at: Target, material: &Material) -> Result<Vec<Edit>, CadesError> {
    if let Some(error) = first_unreadable(material) {
        return Err(error.into());
    }
    let signed = cades.signed_data()?;
    let (Target::Signature { id } | Target::Archive { id }) = at;
    let Found { signer, .. } = find_signer(&signed, &id)?;
    let tokens = tokens(&signer);
    let mut there = Inventory::default();
    there.add(&signed);
    tokens.iter().for_each(|token| there.add(&token.signed));
    // The imprint of archive-time-stamp v2 takes in the SignedData's certificates and crls as they stand (TS 101 733,
    // 6.4.1). Material for its renewal goes into the SignedData of the newest token instead: its certificates and crls
    // are under no signature (RFC 5652, 5.4), and no other time-stamp covers it yet.
    let newest = tokens.iter().max_by_key(|token| token.info.time).map(|token| &token.signed);
    let destination = match newest {
        Some(newest) if has_old_archive_timestamp(&signed) => newest,
        None if has_old_archive_timestamp(&signed) => {
            let what = "an older archive time-stamp of another signature covers all certificates and CRLs";
            return Err(CadesError::Misuse { what });
        }
        _ => &signed,
    };
    plan(destination, &there, material)
}

fn plan(
    destination: &SignedData<'_>,
    there: &Inventory,
    material: &Material,
) -> Result<Vec<Edit>, CadesError> {
    let mut plan = Plan::new(destination);
    let mut seen = BTreeSet::new();
    let mut is_new = |object: &[u8]| !there.0.contains(object) && seen.insert(object.to_vec());
    let certificates: Vec<&[u8]> = material.certificates.iter().map(|c| &**c).filter(|c| is_new(c)).collect();
    let mut crls: Vec<Vec<u8>> = material.crls.iter().filter(|c| is_new(c)).map(|c| c.to_vec()).collect();
    let ocsps: Vec<Vec<u8>> =
        material.ocsps.iter().filter(|o| is_new(o)).map(|o| revocation_choice(o)).collect();
    if !ocsps.is_empty() {
        plan.set_version_5();
    }
    crls.extend(ocsps);
    plan.add_certificates(&certificates)?;
    plan.add_crls(crls)?;
    Ok(plan.edits)
}

/// An OCSPResponse as OtherRevocationInfoFormat (RFC 5940, 2.1).
fn revocation_choice(response: &[u8]) -> Vec<u8> {
    write::element(0xa1, &[&*write::oid(&cms::oid::RI_OCSP_RESPONSE), response].concat())
}

/// The time-stamp tokens of a signature that can be read.
fn tokens<'a>(signer: &SignerInfo<'a>) -> Vec<Token<'a>> {
    let kinds = [
        oid::SIGNATURE_TIMESTAMP,
        oid::CADES_C_TIMESTAMP,
        oid::TIME_STAMPED_CERTS_CRLS_REFERENCES,
        oid::ARCHIVE_TIMESTAMP_V1,
        oid::ARCHIVE_TIMESTAMP_V2,
        oid::ARCHIVE_TIMESTAMP_V3,
    ];
    let attributes = signer.unsigned.iter().filter(|attribute| kinds.contains(&attribute.kind));
    attributes.flat_map(|a| a.values.iter()).filter_map(|value| Token::from_element(value).ok()).collect()
}

/// The objects that are in the file, as DER octets.
#[derive(Default)]
struct Inventory(BTreeSet<Vec<u8>>);

impl Inventory {
    fn add(&mut self, signed: &SignedData<'_>) {
        self.0.extend(signed.certificates.iter().map(|choice| choice.element().bytes().to_vec()));
        self.0.extend(signed.crls.iter().map(|choice| match choice {
            RevocationChoice::OcspResponse { response, .. } => response.bytes().to_vec(),
            RevocationChoice::BasicOcspResponse { response, .. } => wrap_basic(response.bytes()),
            other => other.element().bytes().to_vec(),
        }));
    }
}
