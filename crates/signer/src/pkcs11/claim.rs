// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One user of a card at a time (JAHIS 24-002, 5.3.3), in this process and in all others.

use std::fs::{File, TryLockError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use keiin_model::SignerError;

use crate::certificate::fingerprint;
use crate::platform;

/// Devices claimed in this process. A login belongs to the whole process (PKCS#11 v2.40, 5.6), so two users of
/// one card inside it would sign with each other's PIN.
static CLAIMED: Mutex<Vec<String>> = Mutex::new(Vec::new());

const PAUSE: Duration = Duration::from_millis(20);

/// The card is ours until this is dropped.
pub(super) struct Claim {
    name: String,
    /// The lock goes with the file's handle, also when the process dies.
    _lock: File,
}

impl Claim {
    /// Waits at most `wait` for the device, which is known by what it calls itself.
    pub(super) fn take(device: &str, wait: Duration) -> Result<Self, SignerError> {
        let digest = fingerprint(device.as_bytes()).to_string();
        let name = digest.get(..32).unwrap_or(&digest).to_owned();
        let begun = Instant::now();
        loop {
            if let Some(claim) = Self::attempt(&name)? {
                return Ok(claim);
            }
            if begun.elapsed() >= wait {
                return Err(SignerError::Busy);
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn attempt(name: &str) -> Result<Option<Self>, SignerError> {
        let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
        if claimed.iter().any(|have| have == name) {
            return Ok(None);
        }
        let unusable = |error: std::io::Error| SignerError::Unusable {
            object: "the lock file of the card".to_owned(),
            reason: error.to_string(),
        };
        let (_, file) = platform::open_lock_file(name).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        claimed.push(name.to_owned());
        Ok(Some(Self { name: name.to_owned(), _lock: file }))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMED.lock().unwrap_or_else(PoisonError::into_inner).retain(|have| *have != self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_claimed_once() {
        let claim = Claim::take("test reader/1", Duration::ZERO).unwrap();
        assert!(matches!(Claim::take("test reader/1", Duration::from_millis(30)), Err(SignerError::Busy)));
        drop(Claim::take("test reader/2", Duration::ZERO).unwrap());
        drop(claim);
        drop(Claim::take("test reader/1", Duration::ZERO).unwrap());
    }

    #[test]
    fn a_lock_of_another_process_is_respected() {
        // Another process's handle on the same file is, to the system, just another open file.
        let digest = fingerprint(b"test reader/3").to_string();
        let (_, file) = platform::open_lock_file(&digest[..32]).unwrap();
        file.lock().unwrap();
        assert!(matches!(Claim::take("test reader/3", Duration::from_millis(30)), Err(SignerError::Busy)));
        drop(file);
        drop(Claim::take("test reader/3", Duration::ZERO).unwrap());
    }
}
