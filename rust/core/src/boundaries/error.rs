//! Why a figure could not be brought to another boundary.

use super::step::Step;
use crate::quantity::{Basis, Boundary, Dimension, QuantityError, UnitError};

/// A factor, a chain or a way over boundaries that cannot be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// A step on the way that no factor of the chain covers.
    #[error("no factor for the step {step} on the way from {from} to {to}: give {}", names(*step))]
    MissingFactor {
        /// The step.
        step: Step,
        /// The lower end of the way.
        from: Boundary,
        /// The upper end of the way.
        to: Boundary,
    },
    /// A factor that is already inside the figure.
    #[error("{factor} would be applied twice: a figure at boundary {boundary} already holds it")]
    AppliedTwice {
        /// The factor.
        factor: String,
        /// The boundary of the figure.
        boundary: Boundary,
    },
    /// A factor that the figure itself is said to hold.
    #[error("{factor} would be applied twice: the figure is said to hold {held}")]
    Held {
        /// The factor of the chain.
        factor: String,
        /// The factor inside the figure.
        held: &'static str,
    },
    /// A part of a sum that a figure is said to hold, so that the rest of the sum cannot be formed.
    #[error(
        "a figure that holds {held} and not all of {step} cannot be completed: the parts of {step} add over its lower rung"
    )]
    HeldInPart {
        /// The factor inside the figure.
        held: &'static str,
        /// The step.
        step: Step,
    },
    /// A ratio that is related to another energy than the one at its lower rung.
    #[error("{name} is related to energy metered {metered}: bring it to the IT input with pue_at_it_input")]
    OtherDenominator {
        /// The name as given.
        name: String,
        /// Where its denominator is metered.
        metered: &'static str,
    },
    /// Two factors of a chain of which one holds the other.
    #[error("{total} already holds {part}: give one of them")]
    TotalAndPart {
        /// The total.
        total: String,
        /// What it holds.
        part: String,
    },
    /// A name that occurs twice in a chain.
    #[error("the factor {name} is given twice")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A figure that is to be lifted downwards or lowered upwards.
    #[error("cannot {direction} a figure from {from} to {to}; {instead}")]
    Direction {
        /// What was asked.
        direction: &'static str,
        /// The boundary of the figure.
        from: Boundary,
        /// The boundary asked for.
        to: Boundary,
        /// What to do instead.
        instead: &'static str,
    },
    /// A figure without a boundary.
    #[error("{figure} has no boundary; say .at(\"board\") or wherever it is counted")]
    Unset {
        /// The figure.
        figure: String,
    },
    /// A figure that is no energy.
    #[error("only energy, power and energy per token or bit move over boundaries, found {unit} [{dimension}]")]
    NoEnergy {
        /// The unit of the figure.
        unit: String,
        /// Its dimension.
        dimension: Dimension,
    },
    /// An average that says nothing about an increment.
    #[error("{factor} is an average over all load and cannot be applied to a figure on basis {basis}")]
    AverageOnly {
        /// The factor.
        factor: String,
        /// The basis of the figure.
        basis: Basis,
    },
    /// A name that is not known and comes without a step.
    #[error("unknown factor {name:?}: give its step, or use one of {known}")]
    UnknownFactor {
        /// The name as given.
        name: String,
        /// The known names.
        known: String,
    },
    /// A name that stands for factors of two steps.
    #[error("{name:?} can be meant in two steps: use {first} or {second}")]
    AmbiguousFactor {
        /// The name as given.
        name: String,
        /// One that may be meant.
        first: &'static str,
        /// Another one.
        second: &'static str,
    },
    /// A known name with a step that is not its own.
    #[error("{name} belongs to the step {own}, not to {given}")]
    WrongStep {
        /// The name.
        name: String,
        /// The step it belongs to.
        own: Step,
        /// The step that was given.
        given: Step,
    },
    /// A word that is no step.
    #[error("unknown step {found:?}: expected one of {}", steps())]
    UnknownStep {
        /// The word as given.
        found: String,
    },
    /// Numbers of which too few or too many are given.
    #[error("{needs}, found {found}")]
    Count {
        /// What is needed.
        needs: &'static str,
        /// How many were given.
        found: usize,
    },
    /// A ratio, an efficiency or a share outside its range.
    #[error("{name}: {what} must be {range}, found {found}")]
    Range {
        /// The factor or parameter.
        name: String,
        /// What was given.
        what: &'static str,
        /// The range.
        range: &'static str,
        /// The value found.
        found: f64,
    },
    /// Arithmetic that failed.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

impl From<UnitError> for ChainError {
    fn from(error: UnitError) -> Self {
        Self::Quantity(error.into())
    }
}

fn names(step: Step) -> String {
    step.known().collect::<Vec<_>>().join(", ")
}

fn steps() -> String {
    Step::ALL.map(|step| step.to_string()).join(", ")
}
