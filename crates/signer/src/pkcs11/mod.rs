// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Cards and HSMs through PKCS#11 v2.40: [`Module`] is the driver, [`Module::survey`] shows what is there
//! without a PIN, and [`Card`] is a key that signs.

mod card;
mod claim;
mod failure;
mod mechanism;
mod module;
mod object;
mod selection;
mod survey;

pub use card::Card;
pub use module::{Module, ModuleInfo};
pub use selection::Selection;
pub use survey::{CertificateSurvey, KeySurvey, PinState, SlotSurvey, TokenSurvey};
