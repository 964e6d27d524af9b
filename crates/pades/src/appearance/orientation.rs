// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which way up a photograph is (Exif 2.32, 4.6.4 A, Orientation): a camera stores what its sensor saw and says how it was
//! held. PDF readers do not look at that, so the matrix that paints the image turns it.

use super::layout::Area;

/// Exif's Orientation, 1 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orientation(u8);

impl Default for Orientation {
    fn default() -> Self {
        Self(1)
    }
}

const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;
/// Octets of an entry in an image file directory (TIFF 6.0, 2).
const ENTRY: usize = 12;

impl Orientation {
    /// Reads an APP1 segment; `None` for one that is not Exif or says nothing that can be read.
    pub(super) fn read(segment: &[u8]) -> Option<Self> {
        let tiff = segment.strip_prefix(b"Exif\0\0")?;
        let word = match tiff.get(..4)? {
            b"II*\0" => |octets: [u8; 2]| u16::from_le_bytes(octets),
            b"MM\0*" => |octets: [u8; 2]| u16::from_be_bytes(octets),
            _ => return None,
        };
        let short = |at: &[u8]| at.first_chunk::<2>().map(|octets| word(*octets));
        let first: [u8; 4] = *tiff.get(4..)?.first_chunk()?;
        let first =
            if tiff.starts_with(b"II") { u32::from_le_bytes(first) } else { u32::from_be_bytes(first) };
        let directory = tiff.get(usize::try_from(first).ok()?..)?;
        let count = usize::from(short(directory)?);
        let entry = directory
            .get(2..)?
            .chunks_exact(ENTRY)
            .take(count)
            .find(|entry| short(entry) == Some(ORIENTATION))?;
        let value = short(entry.get(8..)?).filter(|_| entry.get(2..).and_then(short) == Some(SHORT))?;
        u8::try_from(value).ok().filter(|value| (1..=8).contains(value)).map(Self)
    }

    /// Whether what is stored as width is seen as height.
    pub(super) const fn is_sideways(self) -> bool {
        self.0 >= 5
    }

    /// The matrix that paints the image upright into an area.
    pub(super) fn matrix(self, area: Area) -> [f64; 6] {
        let [a, b, c, d, e, f]: [f64; 6] = match self.0 {
            2 => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
            3 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
            4 => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
            5 => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
            6 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
            7 => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
            8 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
            _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        };
        let Area { x, y, width, height } = area;
        [a * width, b * height, c * width, d * height, e * width + x, f * height + y]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exif(order: &[u8; 2], kind: u16, value: u16) -> Vec<u8> {
        let little = order == b"II";
        let two = |v: u16| if little { v.to_le_bytes() } else { v.to_be_bytes() };
        let four = |v: u32| if little { v.to_le_bytes() } else { v.to_be_bytes() };
        let mut octets = b"Exif\0\0".to_vec();
        octets.extend_from_slice(order);
        octets.extend(two(42));
        octets.extend(four(8));
        octets.extend(two(2));
        octets.extend([&two(0x010f)[..], &two(2), &four(1), &four(0)].concat()); // Make
        octets.extend([&two(ORIENTATION)[..], &two(kind), &four(1), &two(value), &two(0)].concat());
        octets.extend(four(0));
        octets
    }

    #[test]
    fn the_orientation_is_found_in_either_order_of_octets() {
        for order in [b"II", b"MM"] {
            assert_eq!(Orientation::read(&exif(order, SHORT, 6)), Some(Orientation(6)));
            assert_eq!(Orientation::read(&exif(order, SHORT, 9)), None);
            assert_eq!(Orientation::read(&exif(order, 4, 6)), None);
            let whole = exif(order, SHORT, 8);
            let read = (0..whole.len()).map(|cut| Orientation::read(&whole[..cut]));
            assert!(read.take(whole.len() - 8).all(|found| found.is_none()), "cut off");
        }
        assert_eq!(Orientation::read(b"http://ns.adobe.com/xap/1.0/\0"), None);
    }

    /// Where the stored image's upper left corner and its upper right one are seen (Exif's own words: "the 0th row is at
    /// the visual ... of the image, and the 0th column is the visual ..."), from the lower left of what is seen.
    #[test]
    fn corners_go_where_exif_says() {
        let area = Area { x: 10.0, y: 20.0, width: 4.0, height: 2.0 };
        let (left, right, bottom, top) = (10.0, 14.0, 20.0, 22.0);
        let cases = [
            (1, (left, top), (right, top)),
            (2, (right, top), (left, top)),
            (3, (right, bottom), (left, bottom)),
            (4, (left, bottom), (right, bottom)),
            (5, (left, top), (left, bottom)),
            (6, (right, top), (right, bottom)),
            (7, (right, bottom), (right, top)),
            (8, (left, bottom), (left, top)),
        ];
        for (value, first, last) in cases {
            let [a, b, c, d, e, f] = Orientation(value).matrix(area);
            let at = |x: f64, y: f64| (a * x + c * y + e, b * x + d * y + f);
            assert_eq!((at(0.0, 1.0), at(1.0, 1.0)), (first, last), "{value}");
        }
    }
}
