// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which kind of signature the flags ask for, and how it is laid out.

use keiin::{
    Content, Document, DocumentKind, FilledForm, Format, Profile,
    xades::{
        Carried, CertificateNaming, Except, Ids, KeyInfo, List, Parent, Sibling, XadesShape, XmlPackaging,
    },
};

use crate::{
    error::Failure,
    flags::{Carry, FormatChoice, PackagingChoice, ProfileChoice, Sign},
};

/// What is to be signed, in which format, by whose licence.
pub(crate) fn fill(flags: &Sign, files: &[Content]) -> Result<FilledForm, Failure> {
    match flags.xml.profile {
        Some(profile) => Ok(profile_of(profile).lay_out(files)?),
        None => Ok(FilledForm { contents: files.to_vec(), format: format(flags)?, roles: Vec::new() }),
    }
}

const fn profile_of(profile: ProfileChoice) -> Profile {
    match profile {
        ProfileChoice::Eprescription => Profile::Eprescription,
        ProfileChoice::Edispensing => Profile::Edispensing,
        ProfileChoice::Scan => Profile::Scan,
    }
}

fn format(flags: &Sign) -> Result<Format, Failure> {
    match (flags.format, flags.xml.given()) {
        (Some(FormatChoice::Xades), _) => Ok(Format::Xades(Box::new(shape(flags, packaging(flags)?)))),
        (_, None) => Ok(Format::Cades),
        (_, Some(flag)) => Err(Failure::usage(
            format!("{flag} はXML署名のための指定です。--format xades を付けてください"),
            format!("{flag} is for XML signatures: give --format xades"),
        )),
    }
}

/// The layout of another signature in a document: beside the ones that are there, and as they are.
pub(crate) fn again(flags: &Sign, document: &Document) -> Result<Format, Failure> {
    if document.kind() != DocumentKind::Xml {
        return Ok(Format::Cades);
    }
    let packaging = match flags.xml.packaging {
        None if flags.xml.element.is_none() => {
            XmlPackaging::Enveloped { parent: parent(flags), except: Except::EverySignature }
        }
        None => packaging_of(flags, PackagingChoice::InternallyDetached)?,
        Some(choice) => packaging_of(flags, choice)?,
    };
    Ok(Format::Xades(Box::new(shape(flags, packaging))))
}

fn shape(flags: &Sign, packaging: XmlPackaging) -> XadesShape {
    let xml = &flags.xml;
    let mut shape = XadesShape::new(packaging);
    if xml.sign_key_info {
        shape.key_info = KeyInfo::Signed;
    }
    if xml.issuer_serial {
        shape.naming = CertificateNaming::DigestAndIssuerSerial;
    }
    if let Some(id) = &xml.id {
        shape.ids = Ids::Given(id.clone());
    }
    shape
}

fn packaging(flags: &Sign) -> Result<XmlPackaging, Failure> {
    let choice = match flags.xml.packaging {
        None if flags.detached => PackagingChoice::Detached,
        None if flags.xml.element.is_some() => PackagingChoice::InternallyDetached,
        None => PackagingChoice::Enveloping,
        Some(choice) => choice,
    };
    packaging_of(flags, choice)
}

fn packaging_of(flags: &Sign, choice: PackagingChoice) -> Result<XmlPackaging, Failure> {
    let xml = &flags.xml;
    let carried = match xml.carry {
        None | Some(Carry::Base64) => Carried::Base64,
        Some(Carry::Xml) => Carried::Xml,
    };
    Ok(match choice {
        PackagingChoice::Enveloped => {
            let except = if xml.parallel { Except::EverySignature } else { Except::Itself };
            XmlPackaging::Enveloped { parent: parent(flags), except }
        }
        PackagingChoice::Enveloping => XmlPackaging::Enveloping { carried },
        PackagingChoice::Detached => {
            let list = if xml.manifest { List::Manifest } else { List::References };
            XmlPackaging::Detached { list }
        }
        PackagingChoice::InternallyDetached => {
            let element = match &xml.element {
                Some(id) => Sibling::Existing { id: id.clone(), into: parent(flags) },
                None => Sibling::New { carried },
            };
            XmlPackaging::InternallyDetached { element }
        }
    })
}

fn parent(flags: &Sign) -> Parent {
    flags.xml.into.clone().map_or(Parent::Root, Parent::Id)
}

/// The ending of a result without a name of its own.
pub(crate) fn suffix(flags: &Sign) -> &'static str {
    match (flags.format, flags.xml.profile) {
        (Some(FormatChoice::Xades), _) | (_, Some(_)) => ".signed.xml",
        _ if flags.detached => ".p7s",
        _ => ".p7m",
    }
}
