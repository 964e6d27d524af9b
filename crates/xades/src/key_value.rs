// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Bare keys (XML Signature 1.1, 4.5.2; RFC 4050, 3) as SubjectPublicKeyInfo, which is what pki reads.

use keiin_model::Oid;
use keiin_pki::der::write;

use crate::{
    algorithm::{DSIG, DSIG11, MORE},
    signature::octets,
    xml::{NodeId, Tree},
};

const RSA_ENCRYPTION: Oid = Oid::new(&[1, 2, 840, 113549, 1, 1, 1]);
const DSA: Oid = Oid::new(&[1, 2, 840, 10040, 4, 1]);
const EC_PUBLIC_KEY: Oid = Oid::new(&[1, 2, 840, 10045, 2, 1]);
/// Decimal digits of a coordinate; the widest curve has 157.
const MAX_DIGITS: usize = 200;

/// The key in the child of a `ds:KeyValue`; `None` when it is of no kind that keiin knows or cannot be read.
pub(crate) fn subject_public_key_info(tree: &Tree<'_>, value: NodeId) -> Option<Vec<u8>> {
    let name = tree.name(value);
    match (name.namespace, name.local) {
        (DSIG, "RSAKeyValue") => rsa(tree, value),
        (DSIG, "DSAKeyValue") => dsa(tree, value),
        (DSIG11, "ECKeyValue") => ec(tree, value),
        (MORE, "ECDSAKeyValue") => ecdsa(tree, value),
        _ => None,
    }
}

fn integer(tree: &Tree<'_>, parent: NodeId, name: &str) -> Option<Vec<u8>> {
    octets(tree, tree.child(parent, DSIG, name)?).map(|octets| write::unsigned_octets(&octets))
}

fn rsa(tree: &Tree<'_>, value: NodeId) -> Option<Vec<u8>> {
    let key = write::sequence(&[integer(tree, value, "Modulus")?, integer(tree, value, "Exponent")?]);
    Some(info(&RSA_ENCRYPTION, &[5, 0], &key))
}

/// P, Q and G may be left out when they are known otherwise; nothing here knows them.
fn dsa(tree: &Tree<'_>, value: NodeId) -> Option<Vec<u8>> {
    let parameter = |name| integer(tree, value, name);
    let parameters = write::sequence(&[parameter("P")?, parameter("Q")?, parameter("G")?]);
    Some(info(&DSA, &parameters, &parameter("Y")?))
}

fn ec(tree: &Tree<'_>, value: NodeId) -> Option<Vec<u8>> {
    let curve = tree.attribute(tree.child(value, DSIG11, "NamedCurve")?, "URI")?;
    let point = octets(tree, tree.child(value, DSIG11, "PublicKey")?)?;
    Some(info(&EC_PUBLIC_KEY, &write::oid(&urn_oid(&curve)?), &point))
}

/// RFC 4050, 3: the curve by URN, the coordinates in decimal.
fn ecdsa(tree: &Tree<'_>, value: NodeId) -> Option<Vec<u8>> {
    let parameters = tree.child(value, MORE, "DomainParameters")?;
    let curve = urn_oid(&tree.attribute(tree.child(parameters, MORE, "NamedCurve")?, "URN")?)?;
    let key = tree.child(value, MORE, "PublicKey")?;
    let coordinate = |name| decimal(&tree.attribute(tree.child(key, MORE, name)?, "Value")?);
    let (x, y) = (coordinate("X")?, coordinate("Y")?);
    let width = field_octets(&curve)?;
    let mut point = vec![4];
    for coordinate in [x, y] {
        point.resize(point.len() + width.checked_sub(coordinate.len())?, 0);
        point.extend_from_slice(&coordinate);
    }
    Some(info(&EC_PUBLIC_KEY, &write::oid(&curve), &point))
}

/// Octets of a coordinate, for the curves of RFC 4050 that pki names.
fn field_octets(curve: &Oid) -> Option<usize> {
    const WIDTHS: [(Oid, usize); 4] = [
        (Oid::new(&[1, 2, 840, 10045, 3, 1, 7]), 32),
        (Oid::new(&[1, 3, 132, 0, 33]), 28),
        (Oid::new(&[1, 3, 132, 0, 34]), 48),
        (Oid::new(&[1, 3, 132, 0, 35]), 66),
    ];
    WIDTHS.iter().find_map(|(known, width)| (known == curve).then_some(*width))
}

fn urn_oid(urn: &str) -> Option<Oid> {
    urn.trim().strip_prefix("urn:oid:")?.parse().ok()
}

/// The octets of a decimal number, big-endian, without leading zeros.
fn decimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim();
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return None;
    }
    let mut little: Vec<u8> = Vec::new();
    for digit in digits.chars() {
        let mut carry = digit.to_digit(10)?;
        for octet in &mut little {
            let sum = u32::from(*octet).saturating_mul(10).saturating_add(carry);
            let [_, _, high, low] = sum.to_be_bytes();
            (*octet, carry) = (low, u32::from(high));
        }
        if carry > 0 {
            little.push(u8::try_from(carry).ok()?);
        }
    }
    little.reverse();
    Some(little)
}

fn info(algorithm: &Oid, parameters: &[u8], key: &[u8]) -> Vec<u8> {
    let identifier = write::sequence(&[&write::oid(algorithm)[..], parameters]);
    let bits = write::element(3, &[&[0], key].concat());
    write::sequence(&[identifier, bits])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_octets() {
        assert_eq!(decimal("0"), Some(vec![]));
        assert_eq!(decimal("255"), Some(vec![255]));
        assert_eq!(decimal(" 65536 "), Some(vec![1, 0, 0]));
        assert_eq!(decimal("18446744073709551615"), Some(vec![255; 8]));
        assert!(decimal("-1").is_none() && decimal("").is_none() && decimal(&"9".repeat(201)).is_none());
    }

    #[test]
    fn an_rsa_key_is_what_pki_reads() {
        let xml = br#"<RSAKeyValue xmlns="http://www.w3.org/2000/09/xmldsig#"><Modulus>jw0=</Modulus>
            <Exponent>AQAB</Exponent></RSAKeyValue>"#;
        let tree = Tree::read(xml).unwrap();
        let spki = subject_public_key_info(&tree, tree.root()).unwrap();
        let key = keiin_pki::key::PublicKey::read(&spki).unwrap();
        assert_eq!((key.rsa_modulus(), key.rsa_exponent()), (Some(&[0x8f, 0x0d][..]), Some(&[1, 0, 1][..])));
    }
}
