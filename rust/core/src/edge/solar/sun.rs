//! The days that an array sees.

use super::array::SolarArray;
use super::day::Daylight;
use crate::edge::EdgeError;
use crate::edge::error::at_least;
use crate::edge::series::Series;
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Energy, Ratio};

/// A kind of day and how often it comes.
#[derive(Debug, Clone)]
pub struct DayKind {
    /// Name: "sunny".
    pub name: String,
    /// Harvest of such a day. [J]
    pub harvest: Quantity,
    /// Share of days of this kind; the shares of all kinds add up to 1.
    pub share: Quantity,
}

/// What the sun gives, day by day.
#[derive(Debug, Clone)]
pub enum Weather {
    /// The harvest of days in their order [J], repeated for as long as is simulated, and how a day is spread.
    Days(Vec<Quantity>, Daylight),
    /// Days drawn at random and independently of each other, and how a day is spread.
    Kinds(Vec<DayKind>, Daylight),
    /// A measured or modelled power [W], as pvlib gives one.
    Series(Series),
}

/// The sun over an array.
#[derive(Debug, Clone)]
pub struct Sun {
    /// What the array gives, day by day.
    pub weather: Weather,
    /// The rated power of the array of which this is the harvest, for answers in W. [W]
    pub rated: Option<Quantity>,
}

impl Sun {
    /// Days of known harvest.
    ///
    /// # Parameters
    /// - `harvest`: of each day, at the terminals of the battery. [J]
    ///
    /// # Errors
    /// [`EdgeError::Scenario`] for no day, [`EdgeError::Range`], [`EdgeError::Unit`].
    pub fn days(harvest: Vec<Quantity>, daylight: Daylight) -> Result<Self, EdgeError> {
        harvest.iter().try_for_each(energy)?;
        if harvest.is_empty() {
            return Err(empty());
        }
        Ok(Self { weather: Weather::Days(harvest, daylight), rated: None })
    }

    /// Days of known peak sun time over an array.
    ///
    /// # Errors
    /// As [`Sun::days`] and [`SolarArray::energy`].
    pub fn peak_sun(array: &SolarArray, peak_sun: &[Quantity], daylight: Daylight) -> Result<Self, EdgeError> {
        let harvest = peak_sun.iter().map(|time| array.energy(time)).collect::<Result<_, _>>()?;
        Ok(Self { rated: Some(array.rated().clone()), ..Self::days(harvest, daylight)? })
    }

    /// Days drawn from kinds.
    ///
    /// # Errors
    /// [`EdgeError::Scenario`] for no kind and for shares that do not add up to 1; [`EdgeError::Range`],
    /// [`EdgeError::Unit`].
    pub fn kinds(kinds: Vec<DayKind>, daylight: Daylight) -> Result<Self, EdgeError> {
        let mut sum = 0.0;
        for kind in &kinds {
            energy(&kind.harvest)?;
            let share: Ratio = kind.share.as_static()?;
            at_least(0.0, share.value, "the share of a kind of day", "", "a finite value not below 0")?;
            sum += share.value;
        }
        if kinds.is_empty() {
            return Err(empty());
        }
        if (sum - 1.0).abs() > 1e-9 {
            let (what, found) = ("the kinds of day", format!("shares that add up to {sum}"));
            return Err(EdgeError::Scenario { what, found, expected: "shares that add up to 1" });
        }
        Ok(Self { weather: Weather::Kinds(kinds, daylight), rated: None })
    }

    /// A measured or modelled series of power. The daylight is in it.
    ///
    /// # Errors
    /// [`EdgeError::Range`] where a power is below 0.
    pub fn series(power: Series) -> Result<Self, EdgeError> {
        at_least(0.0, power.least(), "a power of the sun", "W", "a finite value not below 0")?;
        Ok(Self { weather: Weather::Series(power), rated: None })
    }

    /// The same harvest, said to be that of an array of a rated power, so that a size can be answered in W.
    pub fn of_array(self, rated: &Quantity) -> Self {
        Self { rated: Some(rated.clone()), ..self }
    }
}

fn energy(harvest: &Quantity) -> Result<(), EdgeError> {
    let energy: Energy = harvest.as_static()?;
    at_least(0.0, energy.value, "the harvest of a day", "J", "a finite value not below 0")
}

fn empty() -> EdgeError {
    EdgeError::Scenario { what: "the weather", found: "no day".to_owned(), expected: "at least one" }
}
