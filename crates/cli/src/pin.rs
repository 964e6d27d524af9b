// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where a PIN comes from: a descriptor, the environment, the terminal. Never the command line.

use std::io;

use keiin::{model::SignerError, signer::Pin};

use crate::{
    error::Failure,
    flags::{Key, PdfPassword},
    lang::Lang,
};

/// What is unlocked, for the prompt.
#[derive(Clone, Copy)]
pub(crate) enum Unlocks {
    Card,
    File,
}

/// A PIN that needs nobody at the terminal, if one was given.
pub(crate) fn given(key: &Key) -> Result<Option<Pin>, Failure> {
    from(key.pin_fd, key.pin_env.as_deref())
}

/// The password of an encrypted PDF, if one was given.
pub(crate) fn of_pdf(password: &PdfPassword) -> Result<Option<Pin>, Failure> {
    from(password.password_fd, password.password_env.as_deref())
}

/// What comes through a descriptor or the environment.
fn from(descriptor: Option<i32>, variable: Option<&str>) -> Result<Option<Pin>, Failure> {
    if let Some(descriptor) = descriptor {
        return Ok(Some(Pin::from_fd(descriptor)?));
    }
    match variable {
        Some(name) if std::env::var_os(name).is_none() => Err(Failure::usage(
            format!("環境変数 {name} が設定されていません"),
            format!("the environment variable {name} is not set"),
        )),
        Some(name) => Ok(Some(Pin::from_env(name)?)),
        None => Ok(None),
    }
}

/// Asks at the terminal, without echo.
pub(crate) fn ask(what: Unlocks, lang: Lang) -> Result<Pin, Failure> {
    let prompt = match what {
        Unlocks::Card => lang.pick("カードのPIN:", "PIN of the card: "),
        Unlocks::File => lang.pick("鍵ファイルのパスワード:", "Password of the key file: "),
    };
    let pin = Pin::prompt(|| rpassword::prompt_password(prompt));
    // Without a terminal there is nobody to ask: that is a missing PIN, and the advice says how to give one.
    Ok(pin.map_err(|error| if no_terminal() { SignerError::PinMissing } else { error })?)
}

fn no_terminal() -> bool {
    !io::IsTerminal::is_terminal(&io::stdin())
}
