// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The forms of Japanese healthcare: what is signed, how it is laid out, and who may sign it.

use keiin_xades::{XadesError, form};

use crate::{Error, content::Content, prepared::Format};

/// A form that waits for its signature: what [`crate::sign_all`] takes, and what goes into [`crate::Signing`].
#[derive(Clone, Debug)]
pub struct FilledForm {
    /// What is to be signed.
    pub contents: Vec<Content>,
    /// How it is laid out.
    pub format: Format,
    /// The licences by one of which it is signed.
    pub roles: Vec<String>,
}

/// A form with rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// The electronic prescription: 電子処方箋.
    Eprescription,
    /// The record of its dispensing: 調剤結果.
    Edispensing,
    /// Scanned papers: a signature over a list of files.
    Scan,
}

impl Profile {
    /// The licences by one of which the form is signed; empty: by any.
    pub const fn roles(self) -> &'static [&'static str] {
        match self {
            // 医師法 22条、歯科医師法 21条
            Self::Eprescription => &["医師", "歯科医師"],
            // 薬剤師法 26条
            Self::Edispensing => &["薬剤師"],
            Self::Scan => &[],
        }
    }

    /// Lays out the form of plain files: the CSV of a prescription; the prescription that is dispensed and the CSV of its
    /// dispensing, in any order; scanned files. A document that is whole but for its signature is taken as it stands.
    ///
    /// # Errors
    /// [`Error::Content`] when a file cannot be read, [`Error::Xml`] when one is not what the form needs.
    pub fn lay_out(self, files: &[Content]) -> Result<FilledForm, Error> {
        let form = match (self, files) {
            (Self::Scan, _) => form::scan(),
            (Self::Eprescription, [one]) => form::prescription(&one.read()?)?,
            (Self::Edispensing, [one]) => form::dispensing_document(&one.read()?)?,
            (Self::Edispensing, [one, other]) => {
                let (one, other) = (one.read()?, other.read()?);
                if form::is_xml(&one) {
                    form::dispensing(&other, &one)?
                } else {
                    form::dispensing(&one, &other)?
                }
            }
            (Self::Eprescription, _) => {
                return Err(misuse("a prescription is made of one file: its CSV, or the unsigned document"));
            }
            (Self::Edispensing, _) => {
                return Err(misuse(
                    "a dispensing record is made of the prescription and the CSV of its dispensing",
                ));
            }
        };
        let roles = self.roles().iter().map(|role| (*role).to_owned()).collect();
        let contents =
            form.document.map_or_else(|| files.to_vec(), |document| vec![Content::bytes(document)]);
        Ok(FilledForm { contents, format: Format::Xades(Box::new(form.shape)), roles })
    }
}

const fn misuse(what: &'static str) -> Error {
    Error::Xml { name: None, source: XadesError::Misuse { what } }
}
