// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The XML declaration, production 23: `<?xml version="1.0" encoding="…" standalone="…"?>`.

use super::{character::is_space, parse::malformed};
use crate::error::XmlError;

/// What a declaration says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said<'t> {
    version: Option<&'t str>,
    pub(super) encoding: Option<&'t str>,
    standalone: Option<&'t str>,
}

/// Reads the whole declaration, `<?xml` to `?>`.
pub(super) fn read(whole: &str, at: usize) -> Result<Said<'_>, XmlError> {
    let mut said = Said::default();
    let inside = whole.strip_prefix("<?xml").and_then(|rest| rest.strip_suffix("?>"));
    let mut rest = inside.ok_or_else(|| malformed(at, "an XML declaration without its end"))?;
    loop {
        let trimmed = rest.trim_start_matches(|c: char| c.is_ascii() && is_space(c as u8));
        if trimmed.is_empty() {
            break;
        }
        if trimmed.len() == rest.len() {
            return Err(malformed(at, "no white space in the XML declaration"));
        }
        rest = said.take(trimmed).ok_or_else(|| malformed(at, "the XML declaration says something else"))?;
    }
    match said.version {
        // XML 1.0 fifth edition clause 2.8: a document of another 1.x is read as 1.0.
        Some("1.1") => Err(malformed(at, "XML 1.1, which has other rules")),
        Some(version) if is_version(version) => Ok(said),
        _ => Err(malformed(at, "the XML declaration without a version")),
    }
}

/// The declaration is well-formed.
pub(super) fn check(whole: &str, at: usize) -> Result<(), XmlError> {
    read(whole, at).map(|_| ())
}

fn is_version(version: &str) -> bool {
    version
        .strip_prefix("1.")
        .is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|octet| octet.is_ascii_digit()))
}

/// `EncName`, production 81.
fn is_encoding(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-'))
}

impl<'t> Said<'t> {
    /// Takes one `name="value"`, each in its turn; gives the rest.
    fn take(&mut self, text: &'t str) -> Option<&'t str> {
        let (name, rest) = text.split_once('=')?;
        let rest = rest.trim_start_matches(|c: char| c.is_ascii() && is_space(c as u8));
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, rest) = rest.get(1..)?.split_once(quote)?;
        let name = name.trim_end_matches(|c: char| c.is_ascii() && is_space(c as u8));
        let first = self.version.is_none();
        match name {
            "version" if first => self.version = Some(value),
            "encoding" if !first && self.encoding.is_none() && self.standalone.is_none() => {
                self.encoding = Some(value).filter(|value| is_encoding(value));
                self.encoding?;
            }
            "standalone" if !first && self.standalone.is_none() && matches!(value, "yes" | "no") => {
                self.standalone = Some(value);
            }
            _ => return None,
        }
        Some(rest)
    }
}
