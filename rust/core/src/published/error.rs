//! Why a publication could not be loaded or reproduced.

use crate::boundaries::ChainError;
use crate::quantity::{Boundary, QuantityError, UnitError};

/// A publication that says too little, or a calculation that cannot be done.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PublishedError {
    /// A file that is no publication.
    #[error("{file}, line {line}: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// An entry that does not say what it must.
    #[error("{file}, line {line}, {entry}, {key}: {reason}")]
    Entry {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The fact or calculation, by its identity.
        entry: String,
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// An identity that stands for two things.
    #[error("{id} stands in {first} and in {second}")]
    Duplicate {
        /// The identity.
        id: String,
        /// The first file.
        first: String,
        /// The second file.
        second: String,
    },
    /// An identity that stands for nothing.
    #[error("no {what} {id:?}: expected one that the library or a folder beside it carries")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// The identity.
        id: String,
    },
    /// A bound or a range that was to be used as a value.
    #[error("{id} has no single value: {has}; give one of its ends, or another fact")]
    NoValue {
        /// The fact.
        id: String,
        /// What it has.
        has: String,
    },
    /// A fact that is no figure of the factor it was to give.
    #[error("{id} is {quantity:?} and does not give the factor {factor}: {reason}")]
    Unfit {
        /// The fact.
        id: String,
        /// What it is a figure of.
        quantity: String,
        /// The factor.
        factor: String,
        /// Why it does not fit.
        reason: String,
    },
    /// A file or folder that the system does not give.
    #[error("{path}: {reason}")]
    File {
        /// The file or folder.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// A table or the logs of a run that are not at hand, as where their licence forbids to ship them.
    #[error("{data} is not at hand; give a folder that holds it")]
    NoData {
        /// The file of the table, or the folder of the run.
        data: String,
    },
    /// A table that does not hold what a calculation asks of it.
    #[error("{table}, line {line}: {reason}")]
    Table {
        /// The file of the table.
        table: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A calculation or a claim that cannot be done.
    #[error("{file}, line {line}, {id}: {source}")]
    Undone {
        /// The file.
        file: String,
        /// The line of its formula, counted from 1.
        line: usize,
        /// The calculation or claim.
        id: String,
        /// Why not.
        source: Box<PublishedError>,
    },
    /// A result that is counted at another boundary than the one it is compared with.
    #[error("computed at boundary {}, stated at {}", word(*computed), word(*stated))]
    OtherBoundary {
        /// Boundary of the result.
        computed: Option<Boundary>,
        /// Boundary of the figure it is compared with.
        stated: Option<Boundary>,
    },
    /// Two figures that do not belong together.
    #[error("figures of different {what}: {left} and {right}")]
    Apart {
        /// In what they differ.
        what: &'static str,
        /// What the one says.
        left: String,
        /// What the other says.
        right: String,
    },
    /// Arithmetic that failed.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A way over boundaries that failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

impl From<UnitError> for PublishedError {
    fn from(error: UnitError) -> Self {
        Self::Quantity(error.into())
    }
}

impl PublishedError {
    /// The same reason with the place of the calculation or claim that it is about.
    pub(super) fn of(self, file: &str, line: usize, id: &str) -> Self {
        Self::Undone { file: file.to_owned(), line, id: id.to_owned(), source: Box::new(self) }
    }
}

fn word(boundary: Option<Boundary>) -> &'static str {
    boundary.map_or("none", Boundary::word)
}
