// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is seen of a signature in a PDF: the text, in the language of the messages, the font and the image.

use std::path::Path;

use keiin::{
    file, font, inspect,
    model::Time,
    pades::{
        Place, Visible,
        appearance::{Border, Image, Look, MAX_IMAGE},
    },
};

use crate::{
    context::Context,
    error::Failure,
    flags::{Pdf, VisiblePlace},
    lang::Lang,
    render::name,
};

/// What a look needs, read once: font and image are the same for every file of a batch.
pub(super) struct Painter {
    place: Place,
    look: Look,
    /// The user's own lines; without them the usual ones are made for each signature.
    own: bool,
}

impl Painter {
    /// By the flags; `None` when nothing is to be seen.
    pub(super) fn new(flags: &Pdf) -> Result<Option<Self>, Failure> {
        let Some(place) = &flags.visible else { return Ok(None) };
        let place = match place {
            VisiblePlace::Field => Place::Field,
            VisiblePlace::Page(page, rectangle) => Place::Page(*page, *rectangle),
        };
        let own = !flags.text.is_empty();
        let has_text = !own || flags.text.iter().any(|line| !line.trim().is_empty());
        let font = match &flags.font {
            _ if !has_text => None,
            Some(path) => Some(font::open(path, flags.font_index.unwrap_or(0)).map_err(keiin::Error::from)?),
            None => Some(font::usual().map_err(keiin::Error::from)?),
        };
        let border = if flags.border { Border::Line } else { Border::None };
        let image = flags.image.as_deref().map(image).transpose()?;
        let look = Look { lines: flags.text.clone(), font, image, border };
        Ok(Some(Self { place, look, own }))
    }

    /// For one signature.
    pub(super) fn visible(&self, lang: Lang, certificate: &[u8], reason: Option<&str>, at: Time) -> Visible {
        let mut look = self.look.clone();
        if !self.own {
            look.lines = lines(lang, certificate, reason, at);
        }
        Visible { place: self.place, look }
    }
}

fn image(path: &Path) -> Result<Image, Failure> {
    let octets = file::read(path, u64::try_from(MAX_IMAGE).unwrap_or(u64::MAX))?;
    Image::read(&octets).map_err(|source| {
        let source = keiin::pades::PadesError::from(source);
        keiin::Error::Pdf { name: Some(path.to_owned()), source }.into()
    })
}

/// Who, in which licensed role, when and why.
fn lines(lang: Lang, certificate: &[u8], reason: Option<&str>, at: Time) -> Vec<String> {
    let signer = inspect::subject(certificate).map(|subject| name::short(&subject)).unwrap_or_default();
    let role = |role: keiin::model::RoleReport| match lang {
        Lang::Ja => role.japanese.unwrap_or(role.code),
        Lang::En => role.code,
    };
    let roles: Vec<String> = inspect::roles(certificate).into_iter().map(role).collect();
    let roles = roles.join(lang.pick("、", ", "));
    let row = |ja: &str, en: &str, value: &str| match lang {
        Lang::Ja => format!("{ja}:{value}"),
        Lang::En => format!("{en}: {value}"),
    };
    let mut lines = vec![row("署名者", "Signed by", &signer)];
    lines.extend((!roles.is_empty()).then(|| row("資格", "Licence", &roles)));
    lines.push(row("日時", "Date", &date(lang, at)));
    lines.extend(reason.map(|reason| row("理由", "Reason", reason)));
    lines
}

/// The moment as a reader of the page knows it: Japan's time in Japanese, UTC in English.
fn date(lang: Lang, at: Time) -> String {
    let (zone, name) = match lang {
        Lang::Ja => (9 * 3600, "+09:00"),
        Lang::En => (0, "UTC"),
    };
    let (year, month, day, hour, minute, second) = at.plus_seconds(zone).calendar();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} {name}")
}

impl Context {
    /// What is seen of a signature that is made now.
    pub(super) fn visible(
        &self,
        flags: &Pdf,
        certificate: &[u8],
        at: Time,
    ) -> Result<Option<Visible>, Failure> {
        let painter = Painter::new(flags)?;
        Ok(painter.map(|painter| painter.visible(self.lang, certificate, flags.reason.as_deref(), at)))
    }
}
