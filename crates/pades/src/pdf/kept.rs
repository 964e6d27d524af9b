// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Objects that were parsed and are long: the dictionary of a signature is looked at by every comparison of revisions, and
//! its /Contents has tens of thousands of digits.

use std::{cell::RefCell, collections::BTreeMap};

use super::Located;

/// Octets of an object in the file from which on it is kept.
const LONG: usize = 1_024;
/// Octets in the file of all objects that are kept.
const MAX_KEPT: usize = 1 << 20;

/// Objects by number and offset.
#[derive(Default)]
pub(super) struct Kept(RefCell<Objects>);

#[derive(Default)]
struct Objects {
    by_place: BTreeMap<(u32, usize), Located>,
    octets: usize,
}

impl Kept {
    pub(super) fn find(&self, number: u32, offset: usize) -> Option<Located> {
        self.0.borrow().by_place.get(&(number, offset)).cloned()
    }

    /// Keeps an object that was parsed from so many octets, as far as there is room.
    pub(super) fn keep(&self, number: u32, offset: usize, octets: usize, found: &Located) {
        let mut objects = self.0.borrow_mut();
        let all = objects.octets.saturating_add(octets);
        if octets >= LONG && all <= MAX_KEPT {
            objects.octets = all;
            objects.by_place.insert((number, offset), found.clone());
        }
    }
}
