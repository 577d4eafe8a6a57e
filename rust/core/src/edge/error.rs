//! Why a figure of an edge system could not be had.

use crate::quantity::{BoundaryError, QuantityError, UnitError};

/// A reason in place of a figure of an edge system.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EdgeError {
    /// A value outside its range.
    #[error("{what} is {found} {unit}; expected {expected}")]
    Range {
        /// What the value is.
        what: &'static str,
        /// The value as given.
        found: f64,
        /// Its unit.
        unit: &'static str,
        /// The range.
        expected: &'static str,
    },
    /// A battery capacity in ampere-hours and no voltage.
    #[error("a charge of {charge} is no energy without the voltage of the battery")]
    VoltageMissing {
        /// The capacity as given.
        charge: String,
    },
    /// A leakage that heats faster than the heat sink cools.
    #[error("thermal runaway: leakage adds {gain} W for each W that the rise in temperature carries off")]
    Runaway {
        /// Product of the slope of the leakage and the thermal resistance.
        gain: f64,
    },
    /// A quantity of the wrong dimension.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// Figures of different boundary or basis.
    #[error(transparent)]
    Boundary(#[from] BoundaryError),
}

impl From<QuantityError> for EdgeError {
    fn from(error: QuantityError) -> Self {
        match error {
            QuantityError::Unit(error) => Self::Unit(error),
            QuantityError::Boundary(error) => Self::Boundary(error),
            QuantityError::Word(word) => Self::Unit(UnitError::Unknown { found: word.found, suggestion: None }),
        }
    }
}

/// A value that is finite and not below a limit.
pub(super) fn at_least(
    least: f64,
    found: f64,
    what: &'static str,
    unit: &'static str,
    expected: &'static str,
) -> Result<(), EdgeError> {
    if found.is_finite() && found >= least { Ok(()) } else { Err(EdgeError::Range { what, found, unit, expected }) }
}

/// A value that is finite and above zero.
pub(super) fn positive(found: f64, what: &'static str, unit: &'static str) -> Result<(), EdgeError> {
    at_least(f64::MIN_POSITIVE, found, what, unit, "a finite value above 0")
}
