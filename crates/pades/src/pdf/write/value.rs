// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Objects as octets (ISO 32000-1, 7.3).

use super::draft::Reference;

/// An object to be written. Strings are known for what they are, so that they can be encrypted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Integer(i64),
    Name(String),
    /// A string's octets.
    String(Vec<u8>),
    Array(Vec<Self>),
    Dictionary(Vec<(&'static str, Self)>),
    Reference(Reference),
    /// Octets that are written as they are.
    Raw(Vec<u8>),
}

/// How strings are written: encrypted, or as they are.
pub(crate) type Seal<'s> = &'s dyn Fn(&[u8]) -> Vec<u8>;

impl Value {
    pub(crate) fn name(name: &str) -> Self {
        Self::Name(name.to_owned())
    }

    /// A text string (7.9.2.2).
    pub(crate) fn text(text: &str) -> Self {
        Self::String(text_string(text))
    }

    /// Writes it behind what is there.
    pub(crate) fn write(&self, out: &mut Vec<u8>, seal: Seal<'_>) {
        // A number, a keyword or a reference runs into the regular character before it.
        let regular = matches!(self, Self::Integer(_) | Self::Reference(_));
        if regular && out.last().is_some_and(|octet| octet.is_ascii_alphanumeric()) {
            out.push(b' ');
        }
        match self {
            Self::Integer(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Self::Name(name) => write_name(name.as_bytes(), out),
            Self::String(octets) => write_string(&seal(octets), out),
            Self::Array(items) => {
                out.push(b'[');
                items.iter().for_each(|item| item.write(out, seal));
                out.push(b']');
            }
            Self::Dictionary(entries) => {
                out.extend_from_slice(b"<<");
                for (key, value) in entries {
                    write_name(key.as_bytes(), out);
                    value.write(out, seal);
                }
                out.extend_from_slice(b">>");
            }
            Self::Reference(reference) => out.extend_from_slice(reference.to_string().as_bytes()),
            Self::Raw(octets) => out.extend_from_slice(octets),
        }
    }
}

/// 7.3.5: anything but regular printable characters as `#xx`.
pub(crate) fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for octet in name {
        let plain = octet.is_ascii_graphic() && !b"#()<>[]{}/%".contains(octet);
        if plain { out.push(*octet) } else { out.extend_from_slice(format!("#{octet:02X}").as_bytes()) }
    }
}

/// As a literal where that can be read, else in hexadecimal (7.3.4).
pub(crate) fn write_string(octets: &[u8], out: &mut Vec<u8>) {
    let plain = |octet: &u8| (octet.is_ascii_graphic() || *octet == b' ') && !b"()\\".contains(octet);
    if octets.iter().all(plain) {
        out.push(b'(');
        out.extend_from_slice(octets);
        out.push(b')');
    } else {
        write_hexadecimal(octets, out);
    }
}

/// `<...>`.
pub(crate) fn write_hexadecimal(octets: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).copied().unwrap_or(b'0');
    out.push(b'<');
    out.extend(octets.iter().flat_map(|octet| [digit(octet >> 4), digit(*octet)]));
    out.push(b'>');
}

/// The octets of a text string: ASCII as it is, which is PDFDocEncoding too, everything else as UTF-16 with its mark.
pub(crate) fn text_string(text: &str) -> Vec<u8> {
    let plain = |c: char| c.is_ascii_graphic() || c == ' ';
    if text.chars().all(plain) {
        return text.as_bytes().to_vec();
    }
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Value) -> String {
        let mut out = Vec::new();
        value.write(&mut out, &<[u8]>::to_vec);
        String::from_utf8(out).unwrap()
    }

    const WANT: &str = "<</Type/A#20B/N[1 -2]/R 7 2 R/T(abc)/U<FEFF53700020002800310029>>>";

    #[test]
    fn values_read_as_what_they_are() {
        let value = Value::Dictionary(vec![
            ("Type", Value::name("A B")),
            ("N", Value::Array(vec![Value::Integer(1), Value::Integer(-2)])),
            ("R", Value::Reference(Reference { number: 7, generation: 2 })),
            ("T", Value::text("abc")),
            ("U", Value::text("印 (1)")),
        ]);
        assert_eq!(written(&value), WANT);
    }
}
