// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Stream filters (ISO 32000-1, 7.4): those that cross-references, object streams and DER are written with.

use std::borrow::Cow;

use miniz_oxide::inflate::{
    TINFLStatus,
    core::{DecompressorOxide, decompress, inflate_flags},
};

use super::{
    lexer::hex_digit,
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
            b"ASCIIHexDecode" | b"AHx" => Cow::Owned(ascii_hex(&octets)),
            b"Crypt" if is_identity(step.parameters) => octets,
            _ => return Err(FilterError::Unsupported),
        };
    }
    Ok(octets)
}

fn is_identity(parameters: Option<&Dictionary>) -> bool {
    parameters.and_then(|p| p.value("Name")).is_none_or(|name| name.as_name() == Some(b"Identity"))
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

/// Undoes a predictor (7.4.4.4).
fn predict(octets: Vec<u8>, parameters: Option<&Dictionary>) -> Result<Vec<u8>, FilterError> {
    let number = |key: &str, default: i64| {
        let value = parameters.and_then(|p| p.value(key)).and_then(Object::as_integer).unwrap_or(default);
        usize::try_from(value).map_err(|_| FilterError::Malformed)
    };
    match number("Predictor", 1)? {
        1 => return Ok(octets),
        10..=15 => {}
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
    png(&octets, row, pixel)
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
    fn hexadecimal_ends_at_its_mark() {
        assert_eq!(ascii_hex(b"4 8 6>99"), b"H`");
    }
}
