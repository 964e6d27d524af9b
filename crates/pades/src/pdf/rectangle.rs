// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Rectangles (ISO 32000-1, 7.9.5).

use super::{Pdf, object::Object};
use crate::PadesError;

impl Pdf<'_> {
    /// The rectangle behind a key of an object; `None` when there is no such entry, or it is something else.
    pub(crate) fn rectangle(&self, object: u32, key: &str) -> Result<Option<[f64; 4]>, PadesError> {
        let found = self.object(object)?.object;
        let Some(dictionary) = found.as_dictionary() else { return Ok(None) };
        let value = self.value(dictionary, key)?.object;
        let Some([a, b, c, d]) = value.as_array() else { return Ok(None) };
        let mut numbers = [0.0; 4];
        for (number, item) in numbers.iter_mut().zip([a, b, c, d]) {
            *number = match self.resolve(item)?.object {
                Object::Real(value) => value,
                // A page's coordinates have few digits; i32 is what goes into f64 without loss.
                Object::Integer(value) => match i32::try_from(value) {
                    Ok(value) => f64::from(value),
                    Err(_) => return Ok(None),
                },
                _ => return Ok(None),
            };
        }
        Ok(Some(numbers))
    }
}
