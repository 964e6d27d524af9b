// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a JPEG says of itself (ITU-T T.81, annex B). Its octets go into the PDF as they are.

use super::orientation::Orientation;

/// The frame of a JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: u8,
    /// Adobe's segment is there: its four-colour images are inverted.
    pub(super) adobe: bool,
    /// How it is to be held.
    pub(super) orientation: Orientation,
}

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Reads the segments up to the first scan; `None` for what is no JPEG that a PDF reader decodes.
pub(super) fn frame(octets: &[u8]) -> Option<Frame> {
    let mut rest = octets.strip_prefix(&[0xff, 0xd8])?;
    let (mut found, mut adobe, mut orientation) = (None, false, None);
    loop {
        let (marker, after) = marker(rest)?;
        // Markers without a segment (B.1.1.4).
        if matches!(marker, 0x01 | 0xd0..=0xd7) {
            rest = after;
            continue;
        }
        let (length, _) = after.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (segment, after) = after.split_at_checked(length.max(2))?;
        let body = segment.get(2..)?;
        match marker {
            // Baseline, extended and progressive with Huffman coding: what DCTDecode is (ISO 32000-1, 7.4.8).
            0xc0..=0xc2 => found = Some(frame_of(body)?),
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return None,
            // The first that says it counts.
            0xe1 => orientation = orientation.or_else(|| Orientation::read(body)),
            0xee => adobe |= body.starts_with(b"Adobe"),
            START_OF_SCAN => {
                // A file that was cut off would show half a seal.
                let ends = after.windows(2).rev().any(|pair| pair == [0xff, END_OF_IMAGE]);
                let orientation = orientation.unwrap_or_default();
                return found.filter(|_| ends).map(|frame| Frame { adobe, orientation, ..frame });
            }
            END_OF_IMAGE => return None,
            _ => {}
        }
        rest = after;
    }
}

/// The marker that comes next; fill octets before it count for nothing.
fn marker(octets: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = octets.strip_prefix(&[0xff])?;
    while let Some(more) = rest.strip_prefix(&[0xff]) {
        rest = more;
    }
    let (marker, rest) = rest.split_first()?;
    (*marker != 0).then_some((*marker, rest))
}

fn frame_of(body: &[u8]) -> Option<Frame> {
    let [8, h1, h0, w1, w0, components, ..] = *body else { return None };
    let (height, width) = (u16::from_be_bytes([h1, h0]), u16::from_be_bytes([w1, w0]));
    let known = matches!(components, 1 | 3 | 4) && width > 0 && height > 0;
    known.then_some(Frame {
        width: width.into(),
        height: height.into(),
        components,
        adobe: false,
        orientation: Orientation::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(kind: u8, components: u8, adobe: bool) -> Vec<u8> {
        let mut octets = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];
        if adobe {
            octets.extend_from_slice(b"\xff\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x02");
        }
        octets.extend_from_slice(&[0xff, kind, 0, 8, 8, 0, 30, 0, 40, components]);
        octets.extend_from_slice(&[0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0, 0xff, 0xd9]);
        octets
    }

    #[test]
    fn the_frame_is_found() {
        let orientation = Orientation::default();
        let upright = Frame { width: 1, height: 1, components: 1, adobe: false, orientation };
        assert_eq!(
            frame(&jpeg(0xc0, 3, false)),
            Some(Frame { width: 40, height: 30, components: 3, adobe: false, ..upright })
        );
        assert_eq!(
            frame(&jpeg(0xc2, 4, true)),
            Some(Frame { width: 40, height: 30, components: 4, adobe: true, ..upright })
        );
    }

    #[test]
    fn the_way_it_was_held_is_found() {
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let mut octets = vec![0xff, 0xd8, 0xff, 0xe1];
        octets.extend([&length[..], exif, &jpeg(0xc0, 3, false)[2..]].concat());
        let held = frame(&octets).unwrap().orientation;
        assert!(held.is_sideways() && Some(held) == Orientation::read(exif));
        assert!(!frame(&jpeg(0xc0, 3, false)).unwrap().orientation.is_sideways());
    }

    #[test]
    fn what_pdf_readers_do_not_decode_is_refused() {
        assert_eq!(frame(&jpeg(0xc3, 3, false)), None, "lossless");
        assert_eq!(frame(&jpeg(0xc9, 3, false)), None, "arithmetic");
        assert_eq!(frame(&jpeg(0xc0, 2, false)), None);
        let whole = jpeg(0xc1, 1, true);
        assert!((0..whole.len()).all(|cut| frame(&whole[..cut]).is_none()), "cut off");
    }
}
