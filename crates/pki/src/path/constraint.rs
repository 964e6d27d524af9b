// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Name constraints (RFC 5280, 4.2.1.10).

use std::mem::discriminant;

use keiin_model::Oid;

use super::PathErrorKind;
use crate::{
    cert::Certificate,
    der::{DerError, Element, Tag},
    extension::NameConstraints,
    name::GeneralName,
};

const EMAIL_ADDRESS: Oid = Oid::new(&[1, 2, 840, 113549, 1, 9, 1]);

/// initial-permitted-subtrees and initial-excluded-subtrees (RFC 5280, 6.1.1 (h) and (i)), as the value of a
/// nameConstraints extension would say them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialSubtrees(Vec<u8>);

impl InitialSubtrees {
    /// Reads the DER of a NameConstraints (RFC 5280, 4.2.1.10).
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn read(name_constraints: Vec<u8>) -> Result<Self, DerError> {
        NameConstraints::read(&name_constraints)?;
        Ok(Self(name_constraints))
    }

    /// `None` cannot be: it was read before.
    pub(super) fn constraints(&self) -> Option<NameConstraints<'_>> {
        NameConstraints::read(&self.0).ok()
    }
}

/// RFC 5280, 6.1.3 (b) and (c): every name of a certificate within a permitted subtree of each certificate above that
/// permits names of its form, and within no excluded one. `comparisons` is what is left of the limit.
pub(super) fn check_names(
    certificate: &Certificate<'_>,
    constraints: &[&NameConstraints<'_>],
    comparisons: &mut u32,
) -> Result<(), PathErrorKind> {
    if constraints.is_empty() {
        return Ok(());
    }
    let emails = subject_emails(certificate);
    let subject = (!certificate.subject.is_empty()).then_some(GeneralName::Directory(certificate.subject));
    let names = subject
        .into_iter()
        .chain(certificate.subject_alt_names.iter().copied())
        .chain(emails.iter().map(|email| GeneralName::Rfc822(email)));
    for name in names {
        for constraint in constraints {
            check_name(&name, constraint, comparisons)?;
        }
    }
    Ok(())
}

/// The e-mail addresses in the subject, which count when subjectAltName has none.
fn subject_emails(certificate: &Certificate<'_>) -> Vec<String> {
    if certificate.subject_alt_names.iter().any(|n| matches!(n, GeneralName::Rfc822(_))) {
        return Vec::new();
    }
    let attributes = certificate.subject.rdns().into_iter().flatten();
    let emails = attributes.filter(|a| a.kind == EMAIL_ADDRESS);
    emails.filter_map(|a| a.value.text("emailAddress").ok().map(Into::into)).collect()
}

fn check_name(
    name: &GeneralName<'_>,
    constraints: &NameConstraints<'_>,
    comparisons: &mut u32,
) -> Result<(), PathErrorKind> {
    let mut within_any = |subtrees: &[GeneralName<'_>], side| -> Result<Option<bool>, PathErrorKind> {
        let mut outcome = None;
        for base in subtrees.iter().filter(|base| is_same_form(base, name)) {
            *comparisons = comparisons.checked_sub(1).ok_or(PathErrorKind::NameComparisons)?;
            let within = is_within(name, base, side).ok_or(PathErrorKind::NameConstraintUnsupported)?;
            outcome = Some(outcome.unwrap_or(false) | within);
        }
        Ok(outcome)
    };
    if within_any(&constraints.excluded, Side::Excluded)? == Some(true) {
        return Err(PathErrorKind::NameExcluded { name: text(name) });
    }
    match within_any(&constraints.permitted, Side::Permitted)? {
        Some(false) => Err(PathErrorKind::NameNotPermitted { name: text(name) }),
        _ => Ok(()),
    }
}

/// Whether two names are of one form. What an otherName is its type says: one is no constraint on another.
fn is_same_form(a: &GeneralName<'_>, b: &GeneralName<'_>) -> bool {
    match (a, b) {
        (GeneralName::OtherName(a), GeneralName::OtherName(b)) => match (type_id(a), type_id(b)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        },
        _ => discriminant(a) == discriminant(b),
    }
}

/// The type-id of an otherName.
fn type_id(other_name: &[u8]) -> Option<Oid> {
    let mut reader = Element::whole(other_name, "otherName").ok()?.reader("otherName").ok()?;
    reader.expect(Tag::OID, "type-id").ok()?.oid("type-id").ok()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Permitted,
    Excluded,
}

/// Whether a name stands within a subtree of the same form; `None` when the form or the values cannot be compared, and
/// the certificate must be refused (RFC 5280, 4.2.1.10).
fn is_within(name: &GeneralName<'_>, base: &GeneralName<'_>, side: Side) -> Option<bool> {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => Some(name.is_within(base)),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => Some(dns_within(name, base, side)),
        (GeneralName::Rfc822(name), GeneralName::Rfc822(base)) => email_within(name, base),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => {
            uri_host(name).map(|host| host_within(host, base))
        }
        (GeneralName::Ip(name), GeneralName::Ip(base)) => ip_within(name, base),
        _ => None,
    }
}

/// Labels may be added to the left. A base that starts with a dot, which RFC 5280 does not know here, wants one at least.
fn dns_within(name: &str, base: &str, side: Side) -> bool {
    let (name, base) = (name.trim_end_matches('.').to_ascii_lowercase(), base.to_ascii_lowercase());
    let under = |name: &str, base: &str| match base.strip_prefix('.') {
        Some(_) => name.ends_with(base),
        None => {
            base.is_empty() || name == base || name.strip_suffix(base).is_some_and(|left| left.ends_with('.'))
        }
    };
    // A wildcard may stand for a name that is excluded.
    let may_expand =
        |rest: &str| side == Side::Excluded && base.strip_suffix(rest).is_some_and(|l| l.ends_with('.'));
    under(&name, &base) || name.strip_prefix("*.").is_some_and(may_expand)
}

/// A mailbox, all mailboxes of a host, or (with a leading dot) of the hosts of a domain.
fn email_within(name: &str, base: &str) -> Option<bool> {
    let (local, host) = name.rsplit_once('@')?;
    Some(match base.rsplit_once('@') {
        Some((base_local, base_host)) => local == base_local && host.eq_ignore_ascii_case(base_host),
        None => host_within(host, base),
    })
}

/// A host itself, or (with a leading dot) the hosts of a domain.
fn host_within(host: &str, base: &str) -> bool {
    if base.starts_with('.') {
        host.to_ascii_lowercase().ends_with(&base.to_ascii_lowercase())
    } else {
        host.eq_ignore_ascii_case(base)
    }
}

/// The host of a URI with an authority that is a domain name; any other URI cannot be judged.
fn uri_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host_port.split_once(':').map_or(host_port, |(host, _)| host);
    let is_name = !host.is_empty() && !host.starts_with('[') && host.parse::<std::net::Ipv4Addr>().is_err();
    is_name.then_some(host)
}

/// An address within a network: the base is address and mask (RFC 5280, 4.2.1.10).
fn ip_within(name: &[u8], base: &[u8]) -> Option<bool> {
    if !matches!(base.len(), 8 | 32) {
        return None;
    }
    let (address, mask) = base.split_at_checked(base.len() / 2)?;
    let same = |((n, a), m): ((&u8, &u8), &u8)| n & m == a & m;
    Some(name.len() == address.len() && name.iter().zip(address).zip(mask).all(same))
}

fn text(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::Directory(name) => name.to_string(),
        GeneralName::Dns(text) | GeneralName::Rfc822(text) | GeneralName::Uri(text) => (*text).to_owned(),
        GeneralName::Ip(octets) => match (<[u8; 4]>::try_from(*octets), <[u8; 16]>::try_from(*octets)) {
            (Ok(v4), _) => std::net::Ipv4Addr::from(v4).to_string(),
            (_, Ok(v6)) => std::net::Ipv6Addr::from(v6).to_string(),
            _ => format!("{octets:02x?}"),
        },
        GeneralName::RegisteredId(oid) => oid.to_string(),
        GeneralName::OtherName(_) => "otherName".to_owned(),
        GeneralName::X400(_) => "x400Address".to_owned(),
        GeneralName::EdiParty(_) => "ediPartyName".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(name: GeneralName<'_>, base: GeneralName<'_>) -> Option<bool> {
        is_within(&name, &base, Side::Permitted)
    }

    #[test]
    fn dns_names() {
        let dns = |name, base| within(GeneralName::Dns(name), GeneralName::Dns(base));
        assert_eq!(dns("www.Example.com", "example.COM"), Some(true));
        assert_eq!(dns("example.com", "example.com"), Some(true));
        assert_eq!(dns("badexample.com", "example.com"), Some(false));
        assert_eq!(dns("example.com", ".example.com"), Some(false));
        assert_eq!(dns("anything", ""), Some(true));
        let excluded =
            |name, base| is_within(&GeneralName::Dns(name), &GeneralName::Dns(base), Side::Excluded);
        assert_eq!(excluded("*.example.com", "secret.example.com"), Some(true));
        assert_eq!(dns("*.example.com", "secret.example.com"), Some(false));
    }

    #[test]
    fn mailboxes_and_hosts() {
        let email = |name, base| within(GeneralName::Rfc822(name), GeneralName::Rfc822(base));
        assert_eq!(email("a@example.com", "a@EXAMPLE.com"), Some(true));
        assert_eq!(email("A@example.com", "a@example.com"), Some(false));
        assert_eq!(email("a@mail.example.com", "example.com"), Some(false));
        assert_eq!(email("a@mail.example.com", ".example.com"), Some(true));
        assert_eq!(email("no mailbox", "example.com"), None);
        let uri = |name, base| within(GeneralName::Uri(name), GeneralName::Uri(base));
        assert_eq!(uri("http://u:p@host.example.com:80/a@b", ".example.com"), Some(true));
        assert_eq!(uri("http://example.com?x", ".example.com"), Some(false));
        assert_eq!(uri("http://192.0.2.1/", "example.com"), None);
        assert_eq!(uri("urn:example", "example.com"), None);
    }

    #[test]
    fn networks() {
        let net = [192, 0, 2, 0, 255, 255, 255, 0];
        let ip = |name, base| within(GeneralName::Ip(name), GeneralName::Ip(base));
        assert_eq!(ip(&[192, 0, 2, 9], &net), Some(true));
        assert_eq!(ip(&[192, 0, 3, 9], &net), Some(false));
        assert_eq!(ip(&[0; 16], &net), Some(false));
        assert_eq!(ip(&[192, 0, 2, 9], &net[..5]), None);
    }

    #[test]
    fn forms_without_a_rule_are_refused() {
        let id = GeneralName::RegisteredId(EMAIL_ADDRESS);
        assert_eq!(within(id, id), None);
    }
}
