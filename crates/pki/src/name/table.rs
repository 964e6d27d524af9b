// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Objects by name. A name that stands in the table octet for octet is found by its octets, without being prepared for
//! comparison: an issuer's name is nearly always copied from its certificate.

use std::collections::{BTreeMap, BTreeSet};

use keiin_model::ObjectId;

use super::Name;

/// Objects by a name of theirs (RFC 5280, 7.1).
#[derive(Clone, Debug, Default)]
pub(crate) struct NameTable<'a> {
    /// The objects of each name.
    objects: Vec<BTreeSet<ObjectId>>,
    by_octets: BTreeMap<&'a [u8], usize>,
    by_key: BTreeMap<Vec<u8>, usize>,
}

impl<'a> NameTable<'a> {
    pub(crate) fn insert(&mut self, name: &Name<'a>, id: ObjectId) {
        let place = match self.by_octets.get(name.as_bytes()) {
            Some(place) => *place,
            None => {
                let next = self.objects.len();
                let place = *self.by_key.entry(name.comparison_key()).or_insert(next);
                self.by_octets.insert(name.as_bytes(), place);
                place
            }
        };
        if place >= self.objects.len() {
            self.objects.push(BTreeSet::new());
        }
        if let Some(objects) = self.objects.get_mut(place) {
            objects.insert(id);
        }
    }

    /// The objects of a name in the order of their ids.
    pub(crate) fn objects(&self, name: &Name<'_>) -> impl Iterator<Item = &ObjectId> {
        let place = self.by_octets.get(name.as_bytes()).or_else(|| self.by_key.get(&name.comparison_key()));
        place.and_then(|place| self.objects.get(*place)).into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use keiin_model::Oid;

    use super::*;
    use crate::der::write;

    #[test]
    fn names_that_match_have_the_same_objects() {
        let name = |tag, text: &str| {
            let value = write::element(tag, text.as_bytes());
            let one = write::sequence(&[write::oid(&Oid::new(&[2, 5, 4, 3])), value]);
            write::sequence(&[write::set_of(&[one])])
        };
        let (a, b, c) = (name(0x13, "CA One"), name(0x0c, "ca  one"), name(0x0c, "CA Two"));
        let [a, b, c] = [&a, &b, &c].map(|der| Name::from_der(der).unwrap());
        let id = |octet: u8| ObjectId::from_sha256([octet; 32]);
        let mut table = NameTable::default();
        for (one, octet) in [(a, 2), (b, 1), (c, 3), (a, 4)] {
            table.insert(&one, id(octet));
        }
        for one in [a, b] {
            assert_eq!(table.objects(&one).copied().collect::<Vec<_>>(), [id(1), id(2), id(4)]);
        }
        assert_eq!(table.objects(&c).count(), 1);
        let spelt = name(0x13, "CA  TWO");
        assert_eq!(table.objects(&Name::from_der(&spelt).unwrap()).count(), 1);
    }
}
