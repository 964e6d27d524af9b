// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Stream filters (ISO 32000-1, 7.4): those that cross-references, object streams and DER are written with.

use std::borrow::Cow;

use miniz_oxide::inflate::{
    TINFLStatus,
    core::{DecompressorOxide, decompress, inflate_flags},
};

use super::{
    lexer::{hex_digit, is_space},
    lzw,
    object::{Dictionary, Object},
};

/// Why a stream's octets cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FilterError {
    /// A filter that keiin has not.
    Unsupported,
    /// The octets do not fit the filter.
    Malformed,
    /// More would come out than is allowed.
    TooLarge,
}

/// One step: a filter's name with its parameters.
pub(crate) struct Step<'d> {
    pub(crate) name: &'d [u8],
    pub(crate) parameters: Option<&'d Dictionary>,
}

/// Applies the steps in turn; no step may make more than `limit` octets.
pub(crate) fn decode<'a>(
    raw: &'a [u8],
    steps: &[Step<'_>],
    limit: usize,
) -> Result<Cow<'a, [u8]>, FilterError> {
    let mut octets = Cow::Borrowed(raw);
    for step in steps {
        octets = match step.name {
            b"FlateDecode" | b"Fl" => Cow::Owned(predict(inflate(&octets, limit)?, step.parameters)?),
            b"LZWDecode" | b"LZW" => {
                let early = integer(step.parameters, "EarlyChange", 1) != 0;
                Cow::Owned(predict(lzw::decode(&octets, early, limit)?, step.parameters)?)
            }
            b"ASCIIHexDecode" | b"AHx" => Cow::Owned(ascii_hex(&octets)),
            b"ASCII85Decode" | b"A85" => Cow::Owned(ascii_85(&octets, limit)?),
            b"RunLengthDecode" | b"RL" => Cow::Owned(run_length(&octets, limit)?),
            b"Crypt" => octets, // undone where the stream was read
            _ => return Err(FilterError::Unsupported),
        };
    }
    Ok(octets)
}

fn integer(parameters: Option<&Dictionary>, key: &str, default: i64) -> i64 {
    parameters.and_then(|p| p.value(key)).and_then(Object::as_integer).unwrap_or(default)
}

/// What could be inflated before an error is kept and the checksum is not asked for, as readers do: both are often wrong.
fn inflate(octets: &[u8], limit: usize) -> Result<Vec<u8>, FilterError> {
    let flags = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
        | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
        | inflate_flags::TINFL_FLAG_IGNORE_ADLER32;
    let mut state = DecompressorOxide::new();
    let mut out = vec![0; octets.len().saturating_mul(4).clamp(64, limit.max(64))];
    let (mut taken, mut made) = (0, 0);
    loop {
        let rest = octets.get(taken..).unwrap_or_default();
        let (status, read, written) = decompress(&mut state, rest, &mut out, made, flags);
        taken += read;
        made += written;
        match status {
            TINFLStatus::HasMoreOutput if out.len() >= limit => return Err(FilterError::TooLarge),
            TINFLStatus::HasMoreOutput => out.resize(out.len().saturating_mul(2).min(limit), 0),
            TINFLStatus::Done => break,
            _ if made == 0 => return Err(FilterError::Malformed),
            _ => break,
        }
    }
    out.truncate(made);
    Ok(out)
}

fn ascii_hex(octets: &[u8]) -> Vec<u8> {
    let mut digits = octets.iter().take_while(|o| **o != b'>').filter_map(|o| hex_digit(*o));
    let mut out = Vec::with_capacity(octets.len() / 2);
    while let Some(high) = digits.next() {
        out.push(high << 4 | digits.next().unwrap_or(0));
    }
    out
}

/// 7.4.3: five digits of base 85 are four octets; `z` is four of zero, `~` the end.
fn ascii_85(octets: &[u8], limit: usize) -> Result<Vec<u8>, FilterError> {
    let (mut out, mut group, mut count) = (Vec::new(), 0_u32, 0_usize);
    for octet in octets.iter().filter(|o| !is_space(**o)) {
        match octet {
            b'~' => break,
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(octet - b'!'));
                count += 1;
                if count == 5 {
                    out.extend(group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            _ => return Err(FilterError::Malformed),
        }
        if out.len() > limit {
            return Err(FilterError::TooLarge);
        }
    }
    if count > 1 {
        let filled = (count..5).fold(group, |group, _| group.wrapping_mul(85).wrapping_add(84));
        out.extend(filled.to_be_bytes().into_iter().take(count - 1));
    }
    Ok(out)
}

/// 7.4.5: a length octet, then that many octets and one more, or one octet to be repeated.
fn run_length(octets: &[u8], limit: usize) -> Result<Vec<u8>, FilterError> {
    let (mut out, mut rest) = (Vec::new(), octets);
    while let Some((length, after)) = rest.split_first() {
        match *length {
            128 => break,
            length @ 0..=127 => {
                let count = usize::from(length) + 1;
                out.extend_from_slice(after.get(..count).unwrap_or(after));
                rest = after.get(count..).unwrap_or_default();
            }
            length => {
                let Some((octet, after)) = after.split_first() else { break };
                out.resize(out.len() + 257 - usize::from(length), *octet);
                rest = after;
            }
        }
        if out.len() > limit {
            return Err(FilterError::TooLarge);
        }
    }
    Ok(out)
}

/// Undoes a predictor (7.4.4.4).
fn predict(octets: Vec<u8>, parameters: Option<&Dictionary>) -> Result<Vec<u8>, FilterError> {
    let number = |key: &str, default: i64| {
        usize::try_from(integer(parameters, key, default)).map_err(|_| FilterError::Malformed)
    };
    let predictor = number("Predictor", 1)?;
    match predictor {
        1 => return Ok(octets),
        2 | 10..=15 => {}
        _ => return Err(FilterError::Unsupported),
    }
    let (colors, bits, columns) =
        (number("Colors", 1)?, number("BitsPerComponent", 8)?, number("Columns", 1)?);
    let row_bits =
        colors.checked_mul(bits).and_then(|b| b.checked_mul(columns)).ok_or(FilterError::Malformed)?;
    let (row, pixel) = (row_bits.div_ceil(8), (colors * bits).div_ceil(8));
    if row == 0 || pixel == 0 || row > octets.len() {
        return if octets.is_empty() { Ok(octets) } else { Err(FilterError::Malformed) };
    }
    if predictor != 2 {
        return png(&octets, row, pixel);
    }
    // Samples of other sizes are for images, which nobody reads here.
    if bits == 8 { Ok(tiff(octets, row, pixel)) } else { Err(FilterError::Unsupported) }
}

/// TIFF's predictor 2: each sample is the difference to the one left of it.
fn tiff(mut octets: Vec<u8>, row: usize, pixel: usize) -> Vec<u8> {
    for line in octets.chunks_mut(row) {
        for index in pixel..line.len() {
            let left = line.get(index - pixel).copied().unwrap_or(0);
            if let Some(place) = line.get_mut(index) {
                *place = place.wrapping_add(left);
            }
        }
    }
    octets
}

/// PNG rows: a filter type, then the octets (RFC 2083, 6).
fn png(octets: &[u8], row: usize, pixel: usize) -> Result<Vec<u8>, FilterError> {
    let mut out = Vec::with_capacity(octets.len());
    let mut above = vec![0; row];
    for line in octets.chunks(row + 1) {
        let (kind, values) = line.split_first().ok_or(FilterError::Malformed)?;
        let mut now = vec![0_u8; row];
        for (index, value) in values.iter().enumerate() {
            let before =
                |from: &[u8]| index.checked_sub(pixel).and_then(|i| from.get(i)).copied().unwrap_or(0);
            let up = above.get(index).copied().unwrap_or(0);
            let left = before(&now);
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => up,
                3 => u8::midpoint(left, up),
                4 => paeth(left, up, before(&above)),
                _ => return Err(FilterError::Malformed),
            };
            if let Some(place) = now.get_mut(index) {
                *place = value.wrapping_add(guess);
            }
        }
        out.extend_from_slice(now.get(..values.len()).unwrap_or_default());
        above = now;
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let estimate = a + b - c;
    let (da, db, dc) = ((estimate - a).abs(), (estimate - b).abs(), (estimate - c).abs());
    if da <= db && da <= dc {
        left
    } else if db <= dc {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn png_rows_are_undone() {
        // RFC 2083, 6: none, sub, up, average, Paeth on rows of two octets.
        let rows = [0, 1, 2, 1, 1, 1, 2, 1, 1, 3, 1, 1, 4, 1, 1];
        assert_eq!(png(&rows, 2, 1), Ok(vec![1, 2, 1, 2, 2, 3, 2, 3, 3, 4]));
        assert_eq!(png(&[9, 1, 2], 2, 1), Err(FilterError::Malformed));
    }

    #[test]
    fn what_would_grow_too_large_is_refused() {
        let zeros = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 100_000], 6);
        assert_eq!(inflate(&zeros, 1_000), Err(FilterError::TooLarge));
        assert_eq!(inflate(&zeros, 100_000).unwrap().len(), 100_000);
        assert_eq!(inflate(b"no zlib", 1_000), Err(FilterError::Malformed));
    }

    #[test]
    fn base_85_and_runs() {
        assert_eq!(ascii_85(b"87cURD]i,\"Ebo80~>", 99).unwrap(), b"Hello World!");
        assert_eq!(ascii_85(b"z5l~>", 99).unwrap(), b"\0\0\0\0A");
        assert_eq!(ascii_85(b"zzz", 9), Err(FilterError::TooLarge));
        assert_eq!(run_length(&[2, 1, 2, 3, 254, 9, 128, 7], 99).unwrap(), [1, 2, 3, 9, 9, 9]);
        assert_eq!(run_length(&[129, 0, 129, 0], 200), Err(FilterError::TooLarge));
        assert_eq!(tiff(vec![1, 1, 1, 5, 1, 1], 3, 1), [1, 2, 3, 5, 6, 7]);
    }

    #[test]
    fn hexadecimal_ends_at_its_mark() {
        assert_eq!(ascii_hex(b"4 8 6>99"), b"H`");
    }
}
