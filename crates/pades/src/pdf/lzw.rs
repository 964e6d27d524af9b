// SPDX-License-Identifier: Apache-2.0 OR MIT
//! LZW (ISO 32000-1, 7.4.4): codes of 9 to 12 bits, the highest bit first.

use super::filter::FilterError;

const CLEAR: usize = 256;
const END: usize = 257;
/// Codes of twelve bits.
const MAX_CODES: usize = 4096;

/// Decodes; `early` is the default in which codes grow one entry before they must.
pub(crate) fn decode(octets: &[u8], early: bool, limit: usize) -> Result<Vec<u8>, FilterError> {
    let mut out = Vec::new();
    // Each entry is a stretch of what was written already.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let (mut bits, mut held, mut width) = (0_u32, 0_u32, 9_u32);
    let mut before: Option<(usize, usize)> = None;
    for octet in octets {
        bits = bits << 8 | u32::from(*octet);
        held += 8;
        if held < width {
            continue;
        }
        held -= width;
        let code = usize::try_from(bits >> held & ((1 << width) - 1)).map_err(|_| FilterError::Malformed)?;
        bits &= (1 << held) - 1;
        match code {
            CLEAR => {
                table.clear();
                (width, before) = (9, None);
                continue;
            }
            END => break,
            _ => {}
        }
        let start = out.len();
        let Some(length) = expand(&mut out, code, &table, before, limit)? else { break };
        if let Some((from, count)) = before
            && END + 1 + table.len() < MAX_CODES
        {
            table.push((from, count + 1)); // what stood before with the first octet of this
        }
        before = Some((start, length));
        width = match END + 1 + table.len() + usize::from(early) {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
    }
    Ok(out)
}

/// Writes what a code stands for and answers how many octets that were; `None` for a code that cannot stand here: what was
/// decoded before it is kept, as readers do.
fn expand(
    out: &mut Vec<u8>,
    code: usize,
    table: &[(usize, usize)],
    before: Option<(usize, usize)>,
    limit: usize,
) -> Result<Option<usize>, FilterError> {
    let stretch = match (u8::try_from(code), before) {
        (Ok(octet), _) => {
            out.push(octet);
            return if out.len() > limit { Err(FilterError::TooLarge) } else { Ok(Some(1)) };
        }
        (Err(_), Some((from, count))) if code == END + 1 + table.len() => (from, count + 1),
        (Err(_), _) => match code.checked_sub(END + 1).and_then(|index| table.get(index)) {
            Some(stretch) => *stretch,
            None if out.is_empty() => return Err(FilterError::Malformed),
            None => return Ok(None),
        },
    };
    let (from, count) = stretch;
    if out.len().saturating_add(count) > limit {
        return Err(FilterError::TooLarge);
    }
    for at in from..from + count {
        let octet = out.get(at).copied().ok_or(FilterError::Malformed)?;
        out.push(octet);
    }
    Ok(Some(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_example() {
        // 7.4.4.2, example 1.
        let encoded = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(decode(&encoded, true, 100).unwrap(), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
        assert_eq!(decode(&encoded, true, 9), Err(FilterError::TooLarge));
    }

    #[test]
    fn any_octets_end() {
        for seed in 0..200_u32 {
            let octets: Vec<u8> =
                (0..400_u32).map(|i| (i.wrapping_mul(seed * 7919 + 13) >> 3).to_le_bytes()[0]).collect();
            drop(decode(&octets, seed % 2 == 0, 10_000));
        }
    }
}
