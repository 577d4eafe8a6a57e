//! Why a figure of an edge system could not be had.

use crate::quantity::{BoundaryError, QuantityError, UnitError};

/// A reason in place of a figure of an edge system.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EdgeError {
    /// A value outside its range.
    #[error("{what} is {found}{}{unit}; expected {expected}", if unit.is_empty() { "" } else { " " })]
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
    /// A source of heat that is too cold for its use.
    #[error(
        "heat at {source_k} K cannot flow to a use at {use_k} K over an exchanger that needs {approach_k} K between them"
    )]
    TooCold {
        /// Temperature of the source. [K]
        source_k: f64,
        /// Temperature of the use. [K]
        use_k: f64,
        /// Smallest difference of the exchanger. [K]
        approach_k: f64,
    },
    /// A scenario that cannot be simulated.
    #[error("{what}: found {found}; expected {expected}")]
    Scenario {
        /// What it is about.
        what: &'static str,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A drawn input that cannot be.
    #[error(
        "a drawn trial has {found} as the {what}, which cannot be; give an uncertainty that keeps to what can, as a \
         rectangular one does"
    )]
    Drawn {
        /// What the input is.
        what: &'static str,
        /// What was drawn.
        found: f64,
    },
    /// A step of a simulation that does not come to its end.
    #[error("a step has more than {phases} phases; this is a defect of szilard and not of the scenario")]
    Unsettled {
        /// How many it had.
        phases: usize,
    },
    /// A demand that no size can serve.
    #[error("no {what} up to {most} serves it: {reason}")]
    Unreachable {
        /// What was sized.
        what: &'static str,
        /// The largest size that was tried.
        most: String,
        /// What stands in the way.
        reason: String,
    },
    /// A scenario file.
    #[error("{file}, line {line}: {reason}")]
    File {
        /// Its path.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A recording.
    #[error(transparent)]
    Trace(#[from] crate::input::Refusal),
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
