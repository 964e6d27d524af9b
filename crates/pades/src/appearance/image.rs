// SPDX-License-Identifier: Apache-2.0 OR MIT
//! An image in an appearance: a seal, a logo, a handwritten name. JPEG as it is, PNG decoded.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use png::{ColorType, Decoder, Limits, Transformations};

use super::{
    AppearanceError, Conformance,
    jpeg::{self, Frame},
    layout::Area,
    orientation::Orientation,
    part::{Appearance, Part, Value},
};

/// Octets of an image file.
pub const MAX_IMAGE: usize = 32 << 20;
/// Pixels of an image: at 600 dpi a square of 16 cm.
pub const MAX_PIXELS: u64 = 16 << 20;

/// An image that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    width: u32,
    height: u32,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Jpeg { octets: Arc<[u8]>, frame: Frame },
    Samples { colours: usize, samples: Arc<[u8]>, alpha: Option<Arc<[u8]>> },
}

impl Image {
    /// Reads a PNG or JPEG.
    ///
    /// # Errors
    /// [`AppearanceError::Image`] for anything else, and for one that is cut off; [`AppearanceError::Limit`].
    pub fn read(octets: &[u8]) -> Result<Self, AppearanceError> {
        if octets.len() > MAX_IMAGE {
            return Err(AppearanceError::Limit { object: "the image file", limit: MAX_IMAGE });
        }
        let image = if octets.starts_with(b"\x89PNG\r\n\x1a\n") {
            // The decoder is not ours and the file is a stranger's.
            catch_unwind(AssertUnwindSafe(|| png(octets))).unwrap_or(Err(AppearanceError::Image))?
        } else {
            let frame = jpeg::frame(octets).ok_or(AppearanceError::Image)?;
            let kind = Kind::Jpeg { octets: octets.into(), frame };
            Self { width: frame.width, height: frame.height, kind }
        };
        check_pixels(image.width, image.height)?;
        Ok(image)
    }

    /// Width to height, as it is seen.
    pub(super) fn aspect(&self) -> f64 {
        let stored = f64::from(self.width.max(1)) / f64::from(self.height.max(1));
        if self.orientation().is_sideways() { 1.0 / stored } else { stored }
    }

    /// The matrix that paints it upright into an area.
    pub(super) fn matrix(&self, area: Area) -> [f64; 6] {
        self.orientation().matrix(area)
    }

    fn orientation(&self) -> Orientation {
        match &self.kind {
            Kind::Jpeg { frame, .. } => frame.orientation,
            Kind::Samples { .. } => Orientation::default(),
        }
    }

    /// Adds the image.
    pub(super) fn embed(
        &self,
        appearance: &mut Appearance,
        conformance: Conformance,
    ) -> Result<Value, AppearanceError> {
        match &self.kind {
            Kind::Jpeg { octets, frame } => {
                let mut entries = self.entries(colour_space(frame.components.into(), conformance)?);
                if frame.components == 4 && frame.adobe {
                    entries.push(("Decode", Value::numbers([1.0, 0.0].repeat(4))));
                }
                entries.push(("Filter", Value::name("DCTDecode")));
                Ok(appearance.add(Part { dictionary: entries, stream: Some(octets.to_vec()) }))
            }
            Kind::Samples { colours, samples, alpha } => {
                let mut entries = self.entries(colour_space(*colours, conformance)?);
                match alpha {
                    // PDF/A-1 has no transparency (ISO 19005-1, 6.4): paper is white.
                    Some(alpha) if conformance == Conformance::PdfA1 => {
                        let flat = on_white(samples, alpha, *colours);
                        return Ok(appearance.add(Part::flate(entries, &flat)));
                    }
                    Some(alpha) => {
                        let mask = Part::flate(self.entries(Value::name("DeviceGray")), alpha);
                        let mask = appearance.add(mask);
                        entries.push(("SMask", mask));
                    }
                    None => {}
                }
                Ok(appearance.add(Part::flate(entries, samples)))
            }
        }
    }

    fn entries(&self, colour_space: Value) -> Vec<(&'static str, Value)> {
        vec![
            ("Type", Value::name("XObject")),
            ("Subtype", Value::name("Image")),
            ("Width", Value::integer(self.width)),
            ("Height", Value::integer(self.height)),
            ("ColorSpace", colour_space),
            ("BitsPerComponent", Value::Integer(8)),
        ]
    }
}

fn check_pixels(width: u32, height: u32) -> Result<(), AppearanceError> {
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels == 0 {
        return Err(AppearanceError::Image);
    }
    if pixels > MAX_PIXELS {
        let limit = usize::try_from(MAX_PIXELS).unwrap_or(usize::MAX);
        return Err(AppearanceError::Limit { object: "the image's pixels", limit });
    }
    Ok(())
}

/// Grey that does not depend on the device: of the same white and gamma as sRGB (ISO 32000-1, 8.6.5.2).
pub(super) fn calibrated_gray() -> Value {
    let parameters = Value::Dictionary(vec![
        ("WhitePoint", Value::numbers([0.9505, 1.0, 1.089])),
        ("Gamma", Value::Number(2.2)),
    ]);
    Value::Array(vec![Value::name("CalGray"), parameters])
}

/// PDF/A wants colours that do not depend on the device, unless an output intent says how to read those; sRGB without a
/// profile is CalRGB (ISO 32000-1, 8.6.5.3).
fn colour_space(colours: usize, conformance: Conformance) -> Result<Value, AppearanceError> {
    Ok(match (colours, conformance) {
        (1, Conformance::Ordinary) => Value::name("DeviceGray"),
        (1, _) => calibrated_gray(),
        (3, Conformance::Ordinary) => Value::name("DeviceRGB"),
        (3, _) => {
            let parameters = Value::Dictionary(vec![
                ("WhitePoint", Value::numbers([0.9505, 1.0, 1.089])),
                ("Gamma", Value::numbers([2.2, 2.2, 2.2])),
                (
                    "Matrix",
                    Value::numbers([0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505]),
                ),
            ]);
            Value::Array(vec![Value::name("CalRGB"), parameters])
        }
        (4, Conformance::Ordinary) => Value::name("DeviceCMYK"),
        (4, _) => return Err(AppearanceError::Conformance { what: "an image in four colours" }),
        _ => return Err(AppearanceError::Image),
    })
}

fn png(octets: &[u8]) -> Result<Image, AppearanceError> {
    let unreadable = |_| AppearanceError::Image;
    let mut decoder = Decoder::new_with_limits(Cursor::new(octets), Limits { bytes: 128 << 20 });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(unreadable)?;
    let (width, height) = (reader.info().width, reader.info().height);
    check_pixels(width, height)?;
    let mut samples = vec![0; reader.output_buffer_size().ok_or(AppearanceError::Image)?];
    let frame = reader.next_frame(&mut samples).map_err(unreadable)?;
    samples.truncate(frame.buffer_size());
    let (colours, transparent) = match frame.color_type {
        ColorType::Grayscale => (1, false),
        ColorType::GrayscaleAlpha => (1, true),
        ColorType::Rgb => (3, false),
        ColorType::Rgba => (3, true),
        ColorType::Indexed => return Err(AppearanceError::Image),
    };
    let kind = if transparent {
        let pixels = samples.chunks_exact(colours + 1);
        let alpha = pixels.clone().filter_map(|pixel| pixel.last().copied()).collect();
        let samples: Vec<u8> = pixels.flat_map(|pixel| pixel.iter().take(colours).copied()).collect();
        Kind::Samples { colours, samples: samples.into(), alpha: Some(alpha) }
    } else {
        Kind::Samples { colours, samples: samples.into(), alpha: None }
    };
    Ok(Image { width, height, kind })
}

fn on_white(samples: &[u8], alpha: &[u8], colours: usize) -> Vec<u8> {
    let over = |sample: u8, alpha: u8| {
        let mixed = u32::from(sample) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
        u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
    };
    let pixels = samples.chunks_exact(colours.max(1)).zip(alpha);
    pixels.flat_map(|(pixel, alpha)| pixel.iter().map(move |sample| over(*sample, *alpha))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_is_white_on_paper() {
        assert_eq!(on_white(&[0, 100, 200, 10, 20, 30], &[255, 0], 3), [0, 100, 200, 255, 255, 255]);
        assert_eq!(on_white(&[0], &[128], 1), [127]);
    }

    #[test]
    fn what_is_no_image_is_refused() {
        for octets in [&b""[..], b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7"] {
            assert!(matches!(Image::read(octets), Err(AppearanceError::Image)));
        }
    }
}
