//! Why a quantity could not be had.

use super::boundary::{Basis, Boundary};
use super::dimension::Dimension;

/// A unit, a dimension or a number that cannot be what was asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// A symbol that is no unit.
    #[error("unknown unit {found:?}{}", suggestion.as_ref().map_or(String::new(), |unit| format!("; did you mean {unit:?}?")))]
    Unknown {
        /// The symbol as written.
        found: String,
        /// A unit that may have been meant.
        suggestion: Option<String>,
    },
    /// A query, a prompt or an image, which is counted and has no unit.
    #[error(
        "{found:?} is no unit: the energy of one is an energy, as 0.3 Wh, that of a thousand 47 Wh/1000; it becomes one per \
         token as 0.3 Wh / (500 token), and that one of a query as 2.16 J/token * (500 token)"
    )]
    Counted {
        /// The word as written.
        found: String,
    },
    /// Two dimensions that must agree and do not.
    #[error("expected {}, found {}", figure(expected, *expected_dimension), figure(found, *found_dimension))]
    Dimension {
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
        /// The dimension that was expected.
        expected_dimension: Dimension,
        /// The dimension that was found.
        found_dimension: Dimension,
    },
    /// A thermometer scale inside a compound, a difference or a product.
    #[error("{symbol} is a thermometer scale and stands alone; use K in compounds and differences")]
    Thermometer {
        /// The scale.
        symbol: String,
    },
    /// A unit whose size or dimension does not fit.
    #[error("the unit {symbol} is out of range")]
    Overflow {
        /// The unit.
        symbol: String,
    },
    /// Text that is no expression, number or unit.
    #[error("{text:?}, character {at}: expected {expected}")]
    Syntax {
        /// The whole text.
        text: String,
        /// Where it breaks, counted in characters from 1.
        at: usize,
        /// What was expected there.
        expected: String,
    },
    /// Text that can be read in two ways.
    #[error("{text:?} can be read in two ways: {hint}")]
    Ambiguous {
        /// The whole text.
        text: String,
        /// How to say which.
        hint: String,
    },
    /// A name that is neither a unit nor a given value.
    #[error("a name that is a unit cannot name a value: {name:?}")]
    NameIsUnit {
        /// The name.
        name: String,
    },
    /// A result that is not a finite number.
    #[error("{what} is not a finite number")]
    NotFinite {
        /// What was computed.
        what: String,
    },
    /// An uncertainty that is negative or not finite.
    #[error("an uncertainty is a finite number not below zero, found {found}")]
    Uncertainty {
        /// What was given.
        found: f64,
    },
    /// A coverage probability outside (0, 1).
    #[error("a coverage probability lies between 0 and 1, found {found}")]
    Coverage {
        /// What was given.
        found: f64,
    },
    /// A number of trials that does not fit.
    #[error("between 1 and {most} trials, found {found}")]
    Trials {
        /// What was given.
        found: usize,
        /// The most that are drawn.
        most: usize,
    },
    /// A covariance matrix that is none, or observations that give none.
    #[error("not a covariance matrix: {reason}")]
    Covariance {
        /// What holds of a covariance matrix.
        reason: String,
    },
    /// A word that is no distribution.
    #[error(
        "unknown distribution {found:?}: expected normal, t(5), rectangular, triangular, arcsine or curvilinear-trapezoid(0.1)"
    )]
    Distribution {
        /// The word.
        found: String,
    },
    /// A non-linear model of which only the first-order components are known.
    #[error(
        "first-order propagation is not valid for this figure and its measurement model was not kept; \
         evaluate the model at drawn inputs with monte_carlo"
    )]
    ModelLost,
}

/// A figure by its unit, and by the coherent one where that is another.
fn figure(unit: &str, dimension: Dimension) -> String {
    match dimension.symbol() {
        _ if unit.is_empty() || unit == "1" => "a pure number".to_owned(),
        coherent if coherent == unit => format!("a figure in {unit}"),
        coherent => format!("a figure in {unit} ({coherent})"),
    }
}

/// Figures of different boundary or basis that were to be combined.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BoundaryError {
    /// Two energies counted at different boundaries.
    #[error("cannot {operation} a figure at boundary {left} and one at {right}; lift one with a BoundaryChain")]
    Mismatch {
        /// What was to be done.
        operation: &'static str,
        /// Boundary of the left operand.
        left: Boundary,
        /// Boundary of the right operand.
        right: Boundary,
    },
    /// A known boundary meets an unset one.
    #[error(
        "cannot {operation} a figure at boundary {known} and one without; say .at(\"{known}\") if it is counted there"
    )]
    Unset {
        /// What was to be done.
        operation: &'static str,
        /// The boundary that is known.
        known: Boundary,
    },
    /// A power usage effectiveness on a figure that it does not lead away from.
    #[error(
        "cannot {operation} a figure at boundary {figure} by a power usage effectiveness: it leads from it to site once, \
         multiplied at it or divided at site, and would be applied twice or in the wrong place"
    )]
    Effectiveness {
        /// What was to be done.
        operation: &'static str,
        /// Boundary of the figure.
        figure: Boundary,
    },
    /// A power usage effectiveness that stands in a product twice, or in a power or a root.
    #[error(
        "cannot {operation}: a power usage effectiveness leads from it to site once, and stands there twice, in a power or \
         in a root"
    )]
    EffectivenessTwice {
        /// What was to be done.
        operation: &'static str,
    },
    /// Two figures of different basis.
    #[error("cannot {operation} a figure on basis {} and one on {}", word(*left), word(*right))]
    Basis {
        /// What was to be done.
        operation: &'static str,
        /// Basis of the left operand.
        left: Option<Basis>,
        /// Basis of the right operand.
        right: Option<Basis>,
    },
}

fn word(basis: Option<Basis>) -> &'static str {
    basis.map_or("unset", Basis::word)
}

/// Everything that can be wrong with a quantity.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QuantityError {
    /// A unit, a dimension or a number.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// A boundary or a basis.
    #[error(transparent)]
    Boundary(#[from] BoundaryError),
    /// A word that is no boundary, basis or method.
    #[error(transparent)]
    Word(#[from] super::boundary::UnknownWord),
}
