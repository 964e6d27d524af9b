// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The PIN of a card or the password of a key file: held as short as it can be, and shown nowhere.

use std::{fmt, io};

use keiin_model::SignerError;
use zeroize::{Zeroize, Zeroizing};

use crate::platform;

/// More than any card or key file takes; a longer line is not a PIN but a mistake.
pub(crate) const MOST_OCTETS: usize = 1024;

/// A PIN or a password. It is not cloned, its `Debug` is silent, and dropping it overwrites the memory.
pub struct Pin(Zeroizing<Vec<u8>>);

impl Pin {
    /// Takes the octets over.
    pub fn new(octets: Vec<u8>) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// The value of an environment variable. The variable itself stays where it is: the caller's parent set it.
    ///
    /// # Errors
    /// [`SignerError::PinMissing`] when there is none or when it is empty.
    pub fn from_env(name: &str) -> Result<Self, SignerError> {
        let value = std::env::var_os(name).ok_or(SignerError::PinMissing)?;
        Self::line(value.into_encoded_bytes())
    }

    /// The first line that an open file descriptor gives (`--pin-fd 3 3<file`, a pipe of a password manager).
    ///
    /// # Errors
    /// [`SignerError::Unusable`] when the descriptor is not open, cannot be read, gives more than 1,024 octets,
    /// or on Windows, where descriptors are not inherited; [`SignerError::PinMissing`] when the line is empty.
    pub fn from_fd(descriptor: i32) -> Result<Self, SignerError> {
        let octets =
            platform::read_descriptor(descriptor, MOST_OCTETS).map_err(|error| SignerError::Unusable {
                object: format!("file descriptor {descriptor}"),
                reason: error.to_string(),
            })?;
        Self::line(octets)
    }

    /// Asks somebody: the closure shows the prompt and returns what was typed.
    ///
    /// # Errors
    /// [`SignerError::Unusable`] when there is nobody to ask, [`SignerError::PinMissing`] when nothing was
    /// typed.
    pub fn prompt(ask: impl FnOnce() -> io::Result<String>) -> Result<Self, SignerError> {
        let typed = ask().map_err(|error| SignerError::Unusable {
            object: "the PIN prompt".to_owned(),
            reason: error.to_string(),
        })?;
        Self::line(typed.into_bytes())
    }

    /// Up to the first line end.
    fn line(octets: Vec<u8>) -> Result<Self, SignerError> {
        let mut pin = Self::new(octets);
        let end = pin.0.iter().position(|octet| matches!(octet, b'\n' | b'\r')).unwrap_or(pin.0.len());
        if let Some(rest) = pin.0.get_mut(end..) {
            rest.zeroize();
        }
        pin.0.truncate(end);
        if pin.0.is_empty() { Err(SignerError::PinMissing) } else { Ok(pin) }
    }

    /// Its octets, for what it unlocks: a key file, an encrypted document. They are wiped with the PIN.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_one_line_and_never_shown() {
        let pin = Pin::prompt(|| Ok("1234\r\nnext".to_owned())).unwrap();
        assert_eq!(pin.octets(), b"1234");
        assert_eq!(format!("{pin:?}"), "Pin");
        assert!(matches!(Pin::prompt(|| Ok("\n".to_owned())), Err(SignerError::PinMissing)));
        assert!(matches!(Pin::from_env("KEIIN_NO_SUCH_VARIABLE"), Err(SignerError::PinMissing)));
    }

    #[cfg(unix)]
    #[test]
    fn a_pin_comes_through_a_descriptor() {
        use std::io::Write;
        use std::os::fd::AsRawFd;
        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(b"987654\n").unwrap();
        drop(writer);
        assert_eq!(Pin::from_fd(reader.as_raw_fd()).unwrap().octets(), b"987654");
        assert!(matches!(Pin::from_fd(-1), Err(SignerError::Unusable { .. })));
        assert!(matches!(Pin::from_fd(99_999), Err(SignerError::Unusable { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn an_endless_descriptor_is_refused() {
        use std::os::fd::AsRawFd;
        let zero = std::fs::File::open("/dev/zero").unwrap();
        assert!(matches!(Pin::from_fd(zero.as_raw_fd()), Err(SignerError::Unusable { .. })));
    }
}
