//! Why a bound, a count or a gap could not be had.

use crate::boundaries::ChainError;
use crate::quantity::{BoundaryError, QuantityError, UnitError};

/// A reason in place of a number of the ladder.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LandauerError {
    /// A temperature that is not absolute, positive and finite.
    #[error("a bath has an absolute temperature above 0 K, found {found} K")]
    Temperature {
        /// The temperature as given. [K]
        found: f64,
    },
    /// A configuration that is not a JSON object.
    #[error("a model configuration is a JSON object of at most {limit} bytes: {reason}")]
    NotAnObject {
        /// Largest configuration that is read.
        limit: usize,
        /// What is wrong, with line and column where the JSON breaks.
        reason: String,
    },
    /// A `model_type` whose counts are not known.
    #[error("model_type {found:?} is not known here, and its counts are not guessed; known are {known}")]
    UnknownModelType {
        /// The type as given.
        found: String,
        /// The types whose counts are known.
        known: String,
    },
    /// A field that a configuration must have.
    #[error("the configuration has no {field:?}; expected {expected}")]
    MissingField {
        /// The field.
        field: &'static str,
        /// What belongs there.
        expected: String,
    },
    /// A field with a value that cannot be.
    #[error("{field:?} is {found}; expected {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// The value as given.
        found: String,
        /// What belongs there.
        expected: String,
    },
    /// Two fields that contradict each other.
    #[error("{left} and {right} contradict each other: {reason}")]
    Contradiction {
        /// One field with its value.
        left: String,
        /// The other field with its value.
        right: String,
        /// Why they do.
        reason: &'static str,
    },
    /// A name that is none of the models carried by the library.
    #[error("unknown model {found:?}; known are {known}")]
    UnknownModel {
        /// The name as given.
        found: String,
        /// The models carried by the library.
        known: String,
    },
    /// A number format that is not known.
    #[error(
        "unknown number format {found:?}; expected FORMAT, WEIGHTxACTIVATION or WEIGHTxACTIVATIONxCACHE of {known}, \
         those with blocks for weights alone"
    )]
    UnknownPrecision {
        /// The word as given.
        found: String,
        /// The formats that are known.
        known: String,
    },
    /// A count outside its limits.
    #[error("{what} is {found}; expected a whole number from 1 to {most}")]
    Count {
        /// What is counted.
        what: &'static str,
        /// The number as given.
        found: u64,
        /// The largest allowed one.
        most: u64,
    },
    /// A number outside its range.
    #[error("{what} is {found}; expected {expected}")]
    Range {
        /// What the number is.
        what: &'static str,
        /// The number as given.
        found: f64,
        /// The range.
        expected: String,
    },
    /// An input that a rung needs and that was not given.
    #[error("needs {input}, which was not given")]
    MissingInput {
        /// What is missing.
        input: &'static str,
    },
    /// A word that is none of those that are known.
    #[error("unknown {what} {found:?}; known are {known}")]
    UnknownWord {
        /// What was to be named.
        what: &'static str,
        /// The word as given.
        found: String,
        /// The words that are known.
        known: String,
    },
    /// An identity in the place of a bound.
    #[error("{bound:?} is an identity of the second law and no bound: {instead}")]
    Identity {
        /// The rung.
        bound: &'static str,
        /// What it is.
        instead: &'static str,
    },
    /// A name that is no rung of the ladder.
    #[error("unknown bound {found:?}; the rungs are {known}")]
    UnknownBound {
        /// The name as given.
        found: String,
        /// All rungs.
        known: String,
    },
    /// A ratio against a bound of 0 J.
    #[error("the bound {bound:?} is 0 J/token: there is no ratio to it")]
    ZeroBound {
        /// The bound.
        bound: &'static str,
    },
    /// An interval of a ratio above 0 that would reach 0.
    #[error(
        "no symmetric interval for the gap to {bound:?}: energy or bound has u/x = {spread:.2}, and a ratio above 0 none \
         that reaches 0"
    )]
    NoInterval {
        /// The bound.
        bound: &'static str,
        /// The larger u/x of energy and bound.
        spread: f64,
    },
    /// A quantity of the wrong dimension, or one that is not finite.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// A way over boundaries that a chain does not lead.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Figures of different boundary or basis.
    #[error(transparent)]
    Boundary(#[from] BoundaryError),
}

impl From<QuantityError> for LandauerError {
    fn from(error: QuantityError) -> Self {
        match error {
            QuantityError::Unit(error) => Self::Unit(error),
            QuantityError::Boundary(error) => Self::Boundary(error),
            QuantityError::Word(word) => Self::Unit(UnitError::Unknown { found: word.found, suggestion: None }),
        }
    }
}

/// Refuses a number that is not as expected.
pub(super) fn within(
    what: &'static str,
    found: f64,
    is_within: bool,
    expected: impl Fn() -> String,
) -> Result<(), LandauerError> {
    if is_within { Ok(()) } else { Err(LandauerError::Range { what, found, expected: expected() }) }
}
