// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is in the readers: a JSON file for the module, made and written from Rust.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

/// The environment variable that names the file of [`Config`].
pub const CONFIG_VARIABLE: &str = "KEIIN_CARD_CONFIG";

/// All readers of the simulated machine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Config {
    /// C_GetInfo's libraryDescription; empty for "HPKI 3.0".
    #[serde(default)]
    pub library: String,
    /// The readers; the position is the slot ID.
    pub readers: Vec<Reader>,
    /// Where the PIN counters are kept.
    #[serde(default)]
    state: PathBuf,
}

/// A reader and what is in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reader {
    /// slotDescription, at most 64 octets.
    pub name: String,
    /// The card, or none.
    pub card: Option<Card>,
}

/// A card application: one private key, its certificate, the CA certificates, one PIN.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Card {
    /// serialNumber, at most 16 octets; also names the file of the PIN counter.
    pub serial: String,
    /// The token's label.
    pub label: String,
    /// The PIN.
    pub pin: String,
    /// Wrong PINs until the card locks.
    pub tries: u32,
    /// Tries left when the card has no state yet.
    pub tries_left: u32,
    /// Fewest and most octets of a PIN.
    pub pin_length: (u8, u8),
    /// CKA_ALWAYS_AUTHENTICATE of the private key.
    pub always_authenticate: bool,
    /// What the card can do.
    pub mechanisms: Vec<Mechanism>,
    /// The private key, PKCS#8 DER: RSA or P-256.
    pub key: Vec<u8>,
    /// CKA_ID of the private key.
    pub key_id: Vec<u8>,
    /// The certificates.
    pub certificates: Vec<Certificate>,
    /// What goes wrong.
    #[serde(default)]
    pub fault: Fault,
}

/// A certificate on the card.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Certificate {
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// CKA_ID.
    pub id: Vec<u8>,
}

/// A PKCS#11 mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Mechanism {
    /// CKM_RSA_PKCS: the card pads what it is given (EMSA-PKCS1-v1_5 without the DigestInfo).
    RsaPkcs,
    /// CKM_RSA_PKCS_PSS over a SHA-2 digest, MGF1 with the same and salt of its length.
    RsaPkcsPss,
    /// CKM_ECDSA over a digest.
    Ecdsa,
}

/// What goes wrong with a card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The card is pulled out after C_SignInit.
    RemoveAfterSignInit,
    /// The card is pulled out after that many signatures.
    RemoveAfterSigns(u32),
    /// Each signature takes that many milliseconds.
    SlowMs(u64),
    /// Another program changes the PIN after the first login.
    PinChanged,
    /// C_Sign fails with CKR_DEVICE_ERROR.
    SignFails,
    /// C_GetTokenInfo fails with CKR_TOKEN_NOT_RECOGNIZED: some other card is in the reader.
    NotRecognized,
}

/// What a card remembers, in a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Tries left until the PIN is locked.
    pub tries_left: u32,
    /// PINs that the card has compared, right or wrong.
    pub compared: u32,
    /// Signatures made.
    pub signatures: u32,
}

impl Config {
    /// A machine without readers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a reader.
    #[must_use]
    pub fn reader(mut self, name: &str, card: Option<Card>) -> Self {
        self.readers.push(Reader { name: name.to_owned(), card });
        self
    }

    /// Writes the configuration into the folder and forgets what its cards remembered; returns the file for
    /// [`CONFIG_VARIABLE`].
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let written = Self { state: folder.canonicalize()?, ..self.clone() };
        for card in written.readers.iter().filter_map(|reader| reader.card.as_ref()) {
            card.first_state().write(&written.state_file(card))?;
        }
        let file = written.state.join("cards.json");
        fs::write(&file, serde_json::to_vec(&written)?)?;
        Ok(file)
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// When the file is not there or not a configuration.
    pub fn read(file: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(file)?)?)
    }

    pub(crate) fn state_file(&self, card: &Card) -> PathBuf {
        self.state.join(format!("{}.state.json", card.serial))
    }
}

impl Card {
    /// An HPKI signature card with the PIN `1234`, 15 tries, CKA_ID 0x17, a PIN for every signature, and
    /// CKM_RSA_PKCS.
    pub fn new(serial: &str, key: Vec<u8>, certificate: Vec<u8>) -> Self {
        Self {
            serial: serial.to_owned(),
            label: "HPKI Application".to_owned(),
            pin: "1234".to_owned(),
            tries: 15,
            tries_left: 15,
            pin_length: (4, 16),
            always_authenticate: true,
            mechanisms: vec![Mechanism::RsaPkcs],
            key,
            key_id: vec![0x17],
            certificates: vec![Certificate { der: certificate, id: vec![0x17] }],
            fault: Fault::None,
        }
    }

    fn first_state(&self) -> State {
        State { tries_left: self.tries_left, compared: 0, signatures: 0 }
    }
}

impl State {
    /// What the card of that serial number in the folder of [`Config::write`] remembers.
    ///
    /// # Errors
    /// When there is no such card.
    pub fn read(folder: &Path, serial: &str) -> io::Result<Self> {
        Self::read_file(&folder.join(format!("{serial}.state.json")))
    }

    pub(crate) fn read_file(file: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(file)?)?)
    }

    pub(crate) fn write(self, file: &Path) -> io::Result<()> {
        // A card remembers whatever happens to its user: a process that is killed leaves no half of it.
        let whole = file.with_extension(format!("{}.new", std::process::id()));
        fs::write(&whole, serde_json::to_vec(&self)?)?;
        fs::rename(whole, file)
    }
}
