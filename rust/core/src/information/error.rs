//! Why there is no value of information.

use crate::input::{Code, Place, Refusal};

/// The reason why logits, log-probabilities or counts give no value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InformationError {
    /// The input breaks a rule of its format or of the definition.
    #[error(transparent)]
    Format(#[from] Refusal),
    /// The file cannot be read.
    #[error("{path}: {message}")]
    Io {
        /// The file.
        path: String,
        /// The kind of the fault.
        kind: std::io::ErrorKind,
        /// What the system said.
        message: String,
    },
    /// The sampling temperature is negative or not finite.
    #[error("sampling temperature {found}: expected a finite number that is not negative")]
    Temperature {
        /// What was given.
        found: f64,
    },
    /// The base of the logarithm is not above 1.
    #[error("base {found} of the logarithm: expected a finite number above 1, as 2 for bit")]
    Base {
        /// What was given.
        found: f64,
    },
    /// The vocabulary is empty, larger than a row of logits, or smaller than the tokens that are known.
    #[error("vocabulary of {vocab_size} tokens: expected {expected}")]
    Vocabulary {
        /// What was given.
        vocab_size: u64,
        /// What fits.
        expected: String,
    },
    /// A target token is not in the vocabulary.
    #[error("target {target} of row {row}: expected a token from 0 to {}", .vocab_size - 1)]
    Target {
        /// The row, counted from 0.
        row: usize,
        /// What was given.
        target: i64,
        /// The size of the vocabulary.
        vocab_size: usize,
    },
    /// There is not one target for each row.
    #[error("{targets} targets for {rows} rows of logits: expected one a row")]
    TargetCount {
        /// The rows.
        rows: usize,
        /// The targets.
        targets: usize,
    },
    /// The rows are probabilities.
    #[error(
        "every row lies in [0, 1] and sums to one: these are probabilities; expected logits (or log-probabilities)"
    )]
    Probabilities,
    /// Two sets of logits do not belong to the same tokens.
    #[error("logits of shape {p:?} and {q:?}: expected the same rows and vocabulary")]
    ShapeMismatch {
        /// The shape of the first set.
        p: (usize, usize),
        /// The shape of the second set.
        q: (usize, usize),
    },
    /// The known probabilities of one token list are not those of a distribution.
    #[error("known probabilities: found {found}; expected {expected}")]
    Probability {
        /// What is wrong.
        found: String,
        /// What is right.
        expected: &'static str,
    },
    /// Counts, or the number of kinds they are drawn from, do not allow the estimate.
    #[error("counts: found {found}; expected {expected}")]
    Counts {
        /// What was given.
        found: String,
        /// What the estimator needs.
        expected: &'static str,
    },
    /// No estimator has this name.
    #[error("estimator {found:?}: expected one of {expected}")]
    UnknownEstimator {
        /// What was given.
        found: String,
        /// The names.
        expected: String,
    },
    /// No mode has this name.
    #[error("mode {found:?}: expected exact or fast")]
    UnknownMode {
        /// What was given.
        found: String,
    },
    /// The order of a Renyi entropy is negative or NaN.
    #[error("order {found} of a Renyi entropy: expected a number that is not negative, or infinity")]
    Order {
        /// What was given.
        found: f64,
    },
    /// A total is not one that can be divided by.
    #[error("{what}: found {found}; expected a finite number above zero")]
    NotPositive {
        /// What was given.
        what: &'static str,
        /// Its value.
        found: f64,
    },
}

impl InformationError {
    /// The same reason with the name of the file that the data came from.
    pub fn in_file(self, path: &str) -> Self {
        match self {
            Self::Format(refusal) => Self::Format(Refusal { path: path.to_owned(), ..refusal }),
            other => other,
        }
    }

    /// The code and place, where the reason is about the input.
    pub fn code(&self) -> Option<(Code, &Place)> {
        if let Self::Format(refusal) = self { Some((refusal.code, &refusal.place)) } else { None }
    }

    /// The reason for a file that the system does not give.
    pub(super) fn io(path: &str, error: &std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), kind: error.kind(), message: error.to_string() }
    }
}
