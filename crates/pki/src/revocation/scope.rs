// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Whether a CRL speaks for a certificate, and for which reasons (RFC 5280, 6.3.3 (b) and (d)).

use super::RevocationRejection;
use crate::{
    cert::Certificate,
    crl::Crl,
    der::write,
    extension::{DistributionPoint, DistributionPointName, IssuingDistributionPoint, ReasonFlags},
    name::{GeneralName, Name, NameAttribute},
};

/// The reasons for which a CRL speaks for a certificate.
///
/// Every distribution point of the certificate is tried, and the one that RFC 5280, 6.3.3 assumes beside them: named like
/// the certificate's issuer, for all reasons.
pub(super) fn covered_reasons(
    certificate: &Certificate<'_>,
    crl: &Crl<'_>,
) -> Result<ReasonFlags, RevocationRejection> {
    let scope = crl.issuing_distribution_point.as_ref();
    check_kind(certificate, scope)?;
    let assumed = DistributionPoint {
        name: Some(DistributionPointName::Full(vec![GeneralName::Directory(certificate.issuer)])),
        ..DistributionPoint::default()
    };
    let mut covered = 0;
    let mut rejection = None;
    for point in certificate.crl_distribution_points.iter().chain([&assumed]) {
        match check_point(certificate, point, crl) {
            Ok(reasons) => covered |= reasons.0,
            Err(reason) => rejection = rejection.or(Some(reason)),
        }
    }
    match rejection {
        Some(reason) if covered == 0 => Err(reason),
        _ => Ok(ReasonFlags(covered)),
    }
}

/// RFC 5280, 6.3.3 (b)(2)(ii) to (iv).
fn check_kind(
    certificate: &Certificate<'_>,
    scope: Option<&IssuingDistributionPoint<'_>>,
) -> Result<(), RevocationRejection> {
    let Some(scope) = scope else { return Ok(()) };
    let listed = if certificate.is_ca() { !scope.only_user_certs } else { !scope.only_ca_certs };
    let fits = listed && !scope.only_attribute_certs;
    if fits { Ok(()) } else { Err(RevocationRejection::CertificateKind) }
}

fn check_point(
    certificate: &Certificate<'_>,
    point: &DistributionPoint<'_>,
    crl: &Crl<'_>,
) -> Result<ReasonFlags, RevocationRejection> {
    let scope = crl.issuing_distribution_point.as_ref();
    // (b)(1)
    let speaks = if point.crl_issuer.is_empty() {
        crl.issuer.matches(&certificate.issuer)
    } else {
        scope.is_some_and(|s| s.indirect)
            && directory_names(&point.crl_issuer).any(|n| n.matches(&crl.issuer))
    };
    if !speaks {
        return Err(RevocationRejection::Issuer);
    }
    // (b)(2)(i)
    if let Some(name) = scope.and_then(|s| s.name.as_ref())
        && !is_same_point(certificate, point, crl, name)
    {
        return Err(RevocationRejection::DistributionPoint);
    }
    // (d)
    let some = |reasons: Option<ReasonFlags>| reasons.unwrap_or(ReasonFlags::ALL).0;
    match some(point.reasons) & some(scope.and_then(|s| s.only_some_reasons)) {
        0 => Err(RevocationRejection::Reasons),
        reasons => Ok(ReasonFlags(reasons)),
    }
}

/// Whether one of the names of the issuing distribution point is one of the certificate's; where that has none, one of
/// its cRLIssuer names.
fn is_same_point(
    certificate: &Certificate<'_>,
    point: &DistributionPoint<'_>,
    crl: &Crl<'_>,
    issuing: &DistributionPointName<'_>,
) -> bool {
    let base = directory_names(&point.crl_issuer).next().unwrap_or(certificate.issuer);
    let theirs = PointNames::of(issuing, &crl.issuer);
    match &point.name {
        Some(name) => PointNames::of(name, &base).shares_one(&theirs),
        None => PointNames { full: &point.crl_issuer, relative: None }.shares_one(&theirs),
    }
}

/// The names of a distribution point; a relative one made whole (RFC 5280, 4.2.1.13).
struct PointNames<'n, 'a> {
    full: &'n [GeneralName<'a>],
    relative: Option<Vec<u8>>,
}

impl<'n, 'a> PointNames<'n, 'a> {
    fn of(name: &'n DistributionPointName<'a>, base: &Name<'_>) -> Self {
        match name {
            DistributionPointName::Full(names) => Self { full: names, relative: None },
            DistributionPointName::Relative(rdn) => Self { full: &[], relative: Some(append(base, rdn)) },
        }
    }

    fn names(&self) -> impl Iterator<Item = GeneralName<'_>> {
        let relative = self.relative.as_ref().and_then(|der| Name::from_der(der).ok());
        self.full.iter().copied().chain(relative.map(GeneralName::Directory))
    }

    fn shares_one(&self, other: &PointNames<'_, '_>) -> bool {
        self.names().any(|a| other.names().any(|b| is_same(&a, &b)))
    }
}

fn is_same(a: &GeneralName<'_>, b: &GeneralName<'_>) -> bool {
    match (a, b) {
        (GeneralName::Directory(a), GeneralName::Directory(b)) => a.matches(b),
        (GeneralName::Uri(a), GeneralName::Uri(b)) => a == b,
        (GeneralName::Dns(a), GeneralName::Dns(b)) => a.eq_ignore_ascii_case(b),
        (GeneralName::Rfc822(a), GeneralName::Rfc822(b)) => a == b,
        _ => false,
    }
}

/// A name with one relative distinguished name more.
fn append(base: &Name<'_>, last: &[NameAttribute<'_>]) -> Vec<u8> {
    let rdn = |attributes: &[NameAttribute<'_>]| {
        let pair = |a: &NameAttribute<'_>| write::sequence(&[&write::oid(&a.kind)[..], a.value.bytes()]);
        write::set_of(&attributes.iter().map(pair).collect::<Vec<_>>())
    };
    let rdns: Vec<Vec<u8>> =
        base.rdns().iter().map(|attributes| rdn(attributes)).chain([rdn(last)]).collect();
    write::sequence(&rdns)
}

/// The directory names among general names.
pub(super) fn directory_names<'n, 'a>(names: &'n [GeneralName<'a>]) -> impl Iterator<Item = Name<'a>> + 'n {
    names.iter().filter_map(|name| match name {
        GeneralName::Directory(name) => Some(*name),
        _ => None,
    })
}

/// Whether a complete CRL and a delta have the same scope (RFC 5280, 5.2.4 (b) and 6.3.3 (c)(2)).
pub(super) fn is_same_scope(complete: &Crl<'_>, delta: &Crl<'_>) -> bool {
    match (&complete.issuing_distribution_point, &delta.issuing_distribution_point) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            let flags = |p: &IssuingDistributionPoint<'_>| {
                (p.only_user_certs, p.only_ca_certs, p.only_attribute_certs, p.indirect, p.only_some_reasons)
            };
            flags(a) == flags(b)
                && match (&a.name, &b.name) {
                    (None, None) => true,
                    (Some(x), Some(y)) => {
                        PointNames::of(x, &complete.issuer).shares_one(&PointNames::of(y, &delta.issuer))
                    }
                    _ => false,
                }
        }
        _ => false,
    }
}
