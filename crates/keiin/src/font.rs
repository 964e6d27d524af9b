// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Fonts for visible signatures: a file that is named, or a Japanese font where systems usually have one. keiin brings none.

use std::path::{Path, PathBuf};

use keiin_pades::appearance::{AppearanceError, Font, MAX_FONT};

use crate::{FileError, file};

/// Characters that a Japanese font has.
const JAPANESE: &str = "署名者資格日時理由医師:あア";

/// Where Japanese fonts usually are, the ones that come with the system first.
const USUAL: &[&str] = if cfg!(windows) {
    &["YuGothR.ttc", "YuGothM.ttc", "meiryo.ttc", "BIZ-UDGothicR.ttc", "msgothic.ttc"]
} else if cfg!(target_os = "macos") {
    &[
        "/System/Library/Fonts/ヒラギノ角ゴシック W3.ttc",
        "/System/Library/Fonts/ヒラギノ角ゴシック W4.ttc",
        "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
        "/Library/Fonts/Arial Unicode.ttf",
    ]
} else {
    &[
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
        "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
        "/usr/share/fonts/ipa-gothic/ipag.ttf",
        "/usr/share/fonts/truetype/vlgothic/VL-Gothic-Regular.ttf",
        "/usr/share/fonts/truetype/takao-gothic/TakaoGothic.ttf",
        "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf",
    ]
};

/// Why there is no font.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FontError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file cannot be used.
    #[error("{}: {source}", path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: AppearanceError,
    },
    /// None was found where they usually are.
    #[error("no Japanese font was found on this machine")]
    NoneFound,
}

/// Reads a font file; `index` chooses from a collection (.ttc) and is 0 otherwise.
///
/// # Errors
/// [`FontError::File`], [`FontError::Unusable`].
pub fn open(path: &Path, index: u32) -> Result<Font, FontError> {
    let limit = u64::try_from(MAX_FONT).unwrap_or(u64::MAX);
    let octets = file::read(path, limit)?;
    Font::read(octets, index).map_err(|source| FontError::Unusable { path: path.to_owned(), source })
}

/// The first Japanese font that is found where systems usually have one.
///
/// # Errors
/// [`FontError::NoneFound`].
pub fn usual() -> Result<Font, FontError> {
    let folder = if cfg!(windows) {
        std::env::var_os("WINDIR").map(|windows| PathBuf::from(windows).join("Fonts"))
    } else {
        None
    };
    let place = |name: &&str| folder.as_ref().map_or_else(|| PathBuf::from(name), |folder| folder.join(name));
    let usable = |path: PathBuf| open(&path, 0).ok().filter(|font| font.covers(JAPANESE));
    USUAL.iter().map(place).find_map(usable).ok_or(FontError::NoneFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_font_is_japanese_and_others_are_named() {
        match usual() {
            Ok(font) => assert!(font.covers("薬剤師")),
            Err(FontError::NoneFound) => eprintln!("no Japanese font here; not tried"),
            Err(other) => panic!("{other}"),
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.ttf");
        assert!(matches!(open(&path, 0), Err(FontError::File(FileError::Missing { .. }))));
        std::fs::write(&path, "no font").unwrap();
        assert!(matches!(open(&path, 0), Err(FontError::Unusable { .. })));
    }
}
