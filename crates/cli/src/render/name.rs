// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Names of people and authorities out of RFC 4514 text.

/// What a person calls the holder of a certificate: its common name, else its most particular organisational name, else
/// the whole.
pub(crate) fn short(name: &str) -> String {
    let parts = parts(name);
    let find = |wanted: &str| {
        parts.iter().find(|(kind, _)| kind.eq_ignore_ascii_case(wanted)).map(|(_, v)| v.clone())
    };
    find("CN").or_else(|| find("OU")).or_else(|| find("O")).unwrap_or_else(|| name.to_owned())
}

/// The types and values of a name, in the order of the text, escapes undone (RFC 4514, 3).
fn parts(name: &str) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    let mut octets: Vec<u8> = Vec::new();
    let mut characters = name.chars().peekable();
    let mut finish = |octets: &mut Vec<u8>| {
        let text = String::from_utf8_lossy(octets).into_owned();
        if let Some((kind, value)) = text.split_once('=') {
            parts.push((kind.trim().to_owned(), value.to_owned()));
        }
        octets.clear();
    };
    while let Some(character) = characters.next() {
        match character {
            '\\' => octets.extend(escaped(&mut characters)),
            ',' | '+' => finish(&mut octets),
            other => octets.extend(other.to_string().bytes()),
        }
    }
    finish(&mut octets);
    parts
}

/// What stands behind a backslash: two hexadecimal digits, or a character itself.
fn escaped(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Vec<u8> {
    let Some(first) = rest.next() else { return Vec::new() };
    if let (Some(high), Some(low)) = (first.to_digit(16), rest.peek().and_then(|c| c.to_digit(16))) {
        rest.next();
        return vec![u8::try_from(high * 16 + low).unwrap_or(b'?')];
    }
    first.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_are_found_and_unescaped() {
        assert_eq!(short("serialNumber=TEST1,CN=KEIIN Taro,C=JP"), "KEIIN Taro");
        assert_eq!(short("CN=Yamada\\, Taro,C=JP"), "Yamada, Taro");
        assert_eq!(short("CN=\\E5\\A5\\91\\E5\\8D\\B0,C=JP"), "契印");
        assert_eq!(short("OU=MHLW HPKI Root CA V2,O=MHLW,C=JP"), "MHLW HPKI Root CA V2");
        assert_eq!(short("x"), "x");
    }
}
