// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where on a page an appearance stands: the page as it is seen, turned and cropped.

use super::AppearanceError;

/// The sides of a page, of an appearance and between them: 200 inches, what readers show (ISO 32000-1, annex C).
pub const MAX_SIDE: f64 = 14_400.0;

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageChoice {
    /// The first.
    First,
    /// The last.
    Last,
    /// This one, counted from 1.
    Number(u32),
}

/// A rectangle on the page as it is seen, in points (1/72 inch) from its lower left corner. A negative `x` is counted from
/// the right edge to the rectangle's right side, a negative `y` from the upper edge to its upper side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// From the left.
    pub x: f64,
    /// From below.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Upwards.
    pub height: f64,
}

/// By how much a page is turned clockwise when it is shown (/Rotate).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// Not at all.
    #[default]
    None,
    /// A quarter.
    Quarter,
    /// On its head.
    Half,
    /// Three quarters.
    ThreeQuarters,
}

impl Turn {
    /// Of degrees, any multiple of 90; anything else counts as not turned, as readers have it.
    pub const fn of_degrees(degrees: i64) -> Self {
        match degrees.rem_euclid(360) {
            90 => Self::Quarter,
            180 => Self::Half,
            270 => Self::ThreeQuarters,
            _ => Self::None,
        }
    }

    const fn swaps_sides(self) -> bool {
        matches!(self, Self::Quarter | Self::ThreeQuarters)
    }
}

/// What is seen of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// /CropBox, where there is none /MediaBox: two opposite corners.
    pub area: [f64; 4],
    /// /Rotate.
    pub turn: Turn,
}

impl View {
    /// The box with its corners in order, lower left first.
    fn corners(&self) -> Result<[f64; 4], AppearanceError> {
        let [a, b, c, d] = self.area;
        let corners = [a.min(c), b.min(d), a.max(c), b.max(d)];
        let [x0, y0, x1, y1] = corners;
        let is_page = corners.iter().all(|n| n.is_finite())
            && (1.0..=MAX_SIDE).contains(&(x1 - x0))
            && (1.0..=MAX_SIDE).contains(&(y1 - y0));
        if is_page { Ok(corners) } else { Err(AppearanceError::Page) }
    }

    /// The widget's /Rect for a rectangle on the page as it is seen.
    ///
    /// # Errors
    /// [`AppearanceError::Rectangle`] when it does not lie on the page, [`AppearanceError::Page`] when the page's box is none.
    pub fn rect(&self, rectangle: &Rectangle) -> Result<[f64; 4], AppearanceError> {
        let [x0, y0, x1, y1] = self.corners()?;
        let (mut wide, mut high) = (x1 - x0, y1 - y0);
        if self.turn.swaps_sides() {
            (wide, high) = (high, wide);
        }
        let Rectangle { x, y, width, height } = *rectangle;
        let left = if x.is_sign_negative() { wide + x - width } else { x };
        let low = if y.is_sign_negative() { high + y - height } else { y };
        let (right, up) = (left + width, low + height);
        // What is rounded to a hundredth of a point when it is given in millimetres still lies on the page.
        let on_page = left >= -0.01 && low >= -0.01 && right <= wide + 0.01 && up <= high + 0.01;
        if !(on_page && width >= 1.0 && height >= 1.0) {
            return Err(AppearanceError::Rectangle { width: wide, height: high });
        }
        Ok(match self.turn {
            Turn::None => [x0 + left, y0 + low, x0 + right, y0 + up],
            Turn::Quarter => [x1 - up, y0 + left, x1 - low, y0 + right],
            Turn::Half => [x1 - right, y1 - up, x1 - left, y1 - low],
            Turn::ThreeQuarters => [x0 + low, y1 - right, x0 + up, y1 - left],
        })
    }

    /// The sides of a widget's /Rect as they are seen: width and height.
    pub fn seen(&self, rect: [f64; 4]) -> (f64, f64) {
        let [a, b, c, d] = rect;
        let (wide, high) = ((c - a).abs(), (d - b).abs());
        if self.turn.swaps_sides() { (high, wide) } else { (wide, high) }
    }
}

/// The form's /Matrix, which turns what is painted upright back with the page.
pub(super) fn matrix(turn: Turn, width: f64, height: f64) -> [f64; 6] {
    match turn {
        Turn::None => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        Turn::Quarter => [0.0, 1.0, -1.0, 0.0, height, 0.0],
        Turn::Half => [-1.0, 0.0, 0.0, -1.0, width, height],
        Turn::ThreeQuarters => [0.0, -1.0, 1.0, 0.0, 0.0, width],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: [f64; 4] = [10.0, 20.0, 110.0, 220.0];

    #[test]
    fn a_rectangle_lies_where_it_is_seen() {
        let rectangle = Rectangle { x: 5.0, y: 7.0, width: 40.0, height: 15.0 };
        let rect = |turn| View { area: BOX, turn }.rect(&rectangle).unwrap();
        assert_eq!(rect(Turn::None), [15.0, 27.0, 55.0, 42.0]);
        // Lower left as seen is: lower right, upper right, upper left of the page as it was written.
        assert_eq!(rect(Turn::Quarter), [88.0, 25.0, 103.0, 65.0]);
        assert_eq!(rect(Turn::Half), [65.0, 198.0, 105.0, 213.0]);
        assert_eq!(rect(Turn::ThreeQuarters), [17.0, 175.0, 32.0, 215.0]);
    }

    #[test]
    fn negative_is_from_the_other_edge() {
        let rectangle = Rectangle { x: -5.0, y: -7.0, width: 40.0, height: 15.0 };
        let view = View { area: [110.0, 220.0, 10.0, 20.0], turn: Turn::None };
        assert_eq!(view.rect(&rectangle).unwrap(), [65.0, 198.0, 105.0, 213.0]);
    }

    #[test]
    fn what_is_not_on_the_page_is_refused() {
        let view = View { area: BOX, turn: Turn::Quarter };
        let rect = |x, y, width, height| view.rect(&Rectangle { x, y, width, height });
        assert!(rect(0.0, 0.0, 200.0, 100.0).is_ok());
        for (x, y, w, h) in [
            (1.0, 0.0, 200.0, 100.0),
            (0.0, 0.0, 100.0, 200.0),
            (0.0, 0.0, 0.0, 9.0),
            (0.0, 0.0, -9.0, 9.0),
            (f64::NAN, 0.0, 9.0, 9.0),
            (0.0, 0.0, f64::INFINITY, 9.0),
        ] {
            assert!(matches!(rect(x, y, w, h), Err(AppearanceError::Rectangle { .. })), "{x} {y} {w} {h}");
        }
        let no_page = View { area: [0.0, 0.0, 0.0, f64::NAN], turn: Turn::None };
        let any = Rectangle { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
        assert!(matches!(no_page.rect(&any), Err(AppearanceError::Page)));
    }

    #[test]
    fn the_matrix_turns_within_the_same_corner() {
        for turn in [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters] {
            let [a, b, c, d, e, f] = matrix(turn, 40.0, 15.0);
            let corners = [(0.0, 0.0), (40.0, 0.0), (40.0, 15.0), (0.0, 15.0)];
            let turned = corners.map(|(x, y)| (a * x + c * y + e, b * x + d * y + f));
            let least = turned.iter().fold((9e9, 9e9), |(x, y), p| (p.0.min(x), p.1.min(y)));
            assert_eq!(least, (0.0, 0.0), "{turn:?}");
        }
    }
}
