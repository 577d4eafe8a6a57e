//! A meter as its user states it: tolerances from a data sheet or a calibration, for the budget of an energy.

use super::sensor::{Gain, SensorModel};
use super::trace::Trace;
use crate::quantity::{Quantity, Unit, UnitError, number_and_unit};
use std::sync::Arc;

/// What can be stated of a meter.
const WORDS: &str = "gain, offset, noise, clock, update, window, duty or rating";

impl SensorModel {
    /// A meter from a statement such as `gain ±5 %, offset 1 W, noise 5 W`.
    ///
    /// Parts are separated by commas: `gain` (share), `offset` (power), `noise` of one reading (power), `clock` rate
    /// (share, as 50 ppm), `update` period and averaging `window` (times), and `duty`, the share of the time that the
    /// windows cover, and the `rating` of the device (power). A size is a standard uncertainty, behind `±` the half-width
    /// of a rectangular distribution. The `name` is the identity of the meter: gains of recordings by meters of one name
    /// are one gain.
    ///
    /// # Errors
    /// [`UnitError`] for a part that is none of these, or whose unit is of another dimension.
    ///
    /// ```
    /// use szilard::traces::{Gain, SensorModel};
    /// let meter = SensorModel::stated("bench", "gain ±5 %, offset 1 W, noise 5 W").unwrap();
    /// assert_eq!(meter.gain, Some(Gain::Rectangular { half_width: 0.05 }));
    /// assert_eq!((meter.offset_w, meter.noise_w), (Some(1.0), Some(5.0)));
    /// ```
    pub fn stated(name: &str, text: &str) -> Result<Self, UnitError> {
        let mut meter = Self {
            instance: Some(name.to_owned()),
            label: name.to_owned(),
            leaves_out: "the gain of the meter, which was not stated".to_owned(),
            ..Self::default()
        };
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let unknown =
                || UnitError::Syntax { text: text.to_owned(), at: 1 + at(text, part), expected: WORDS.to_owned() };
            let (word, size) = part.split_once(char::is_whitespace).ok_or_else(unknown)?;
            let bare = ["±", "+-", "+/-"].iter().find_map(|sign| size.trim().strip_prefix(sign));
            let (number, unit) = number_and_unit(bare.unwrap_or(size).trim())?;
            if !(number.is_finite() && number >= 0.0) {
                return Err(UnitError::Uncertainty { found: number });
            }
            let size = |coherent: &str| -> Result<f64, UnitError> {
                Ok(Quantity::new(number, unit.clone())?.in_unit(&coherent.parse::<Unit>()?)?.value())
            };
            let standard = if bare.is_some() { 1.0 / 3f64.sqrt() } else { 1.0 };
            match word {
                "gain" if bare.is_some() => meter.gain = Some(Gain::Rectangular { half_width: size("1")? }),
                "gain" => meter.gain = Some(Gain::Normal { u: size("1")? }),
                "offset" => {
                    meter.offset_w = Some(size("W")? * standard);
                    meter.offset_is_limit = bare.is_some();
                }
                "noise" => meter.noise_w = Some(size("W")? * standard),
                "clock" => meter.clock_rate = Some(size("1")? * standard),
                "rating" => meter.rating_w = Some(size("W")?),
                "update" => meter.update_ms = Some(size("ms")?),
                "window" => meter.window_ms = Some(size("ms")?),
                "duty" => meter.duty = Some(size("1")?).filter(|duty| *duty <= 1.0),
                _ => return Err(unknown()),
            }
        }
        Ok(meter)
    }
}

impl Trace {
    /// The same trace, recorded by a meter: all of it, or one device.
    pub fn measured_by(mut self, meter: SensorModel, device: Option<&str>) -> Self {
        let meter = Arc::new(meter);
        let channels = self.channels.iter_mut().filter(|channel| device.is_none_or(|device| channel.device == device));
        channels.for_each(|channel| channel.sensor = Some(Arc::clone(&meter)));
        self
    }
}

/// Where a part of a text starts, counted in characters from 0.
fn at(text: &str, part: &str) -> usize {
    text.find(part).map_or(0, |bytes| text.chars().count() - text.get(bytes..).map_or(0, |rest| rest.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_standard_uncertainties_are_told_apart() {
        let meter = SensorModel::stated("m", "gain 2 %, offset +-3 W, clock ±50 ppm, duty 25 %, update 0.1 s").unwrap();
        assert_eq!(meter.gain, Some(Gain::Normal { u: 0.02 }));
        assert!((meter.offset_w.unwrap() - 3f64.sqrt()).abs() < 1e-15 && meter.offset_is_limit);
        assert!((meter.clock_rate.unwrap() - 50e-6 / 3f64.sqrt()).abs() < 1e-18);
        assert_eq!((meter.duty, meter.update_ms), (Some(0.25), Some(100.0)));
    }

    #[test]
    fn what_is_no_statement_is_refused() {
        for text in ["gain", "gain 5 W", "offset 5 %", "colour 5 W", "noise -1 W", "noise 5", "gain NaN %"] {
            assert!(SensorModel::stated("m", text).is_err(), "{text}");
        }
    }
}
