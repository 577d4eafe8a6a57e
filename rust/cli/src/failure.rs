//! Why a command gives no answer, and what it exits with.

use serde_json::{Value, json};
use szilard::boundaries::ChainError;
use szilard::edge::EdgeError;
use szilard::energy::EnergyError;
use szilard::information::InformationError;
use szilard::input::{Code, Place, Refusal, Severity};
use szilard::landauer::LandauerError;
use szilard::published::PublishedError;
use szilard::quantity::{QuantityError, UnitError};

/// The reason why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file that the system does not give.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Text on the command line that is no quantity, or not one of the kind that is needed.
    #[error("{what} {text:?}: {source}")]
    Given {
        /// The argument.
        what: &'static str,
        /// Its text.
        text: String,
        /// Why it is not.
        source: QuantityError,
    },
    /// Arguments that do not go together or cannot be read.
    #[error("{message}")]
    Usage {
        /// What is wrong and what is right.
        message: String,
    },
    /// A file or its bytes.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Logits, log-probabilities, counts.
    #[error(transparent)]
    Information(#[from] InformationError),
    /// A power log, a token log, and what is asked of them.
    #[error(transparent)]
    Energy(#[from] EnergyError),
    /// A model, a bound.
    #[error(transparent)]
    Landauer(#[from] LandauerError),
    /// A node on a solar array and a battery.
    #[error(transparent)]
    Edge(#[from] EdgeError),
    /// A way over boundaries.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A publication, a calculation.
    #[error(transparent)]
    Published(#[from] PublishedError),
    /// A unit, a boundary.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A defect of this program.
    #[error("{message}; this is a defect of szilard and not of the input")]
    Internal {
        /// What the panic said.
        message: String,
    },
}

impl From<UnitError> for Failure {
    fn from(error: UnitError) -> Self {
        Self::Quantity(error.into())
    }
}

impl Failure {
    /// What the process exits with.
    pub(crate) fn exit_code(&self) -> i32 {
        match self {
            Self::Usage { .. } => crate::USAGE,
            Self::Internal { .. } => crate::INTERNAL,
            _ => crate::REFUSED,
        }
    }

    /// The word before the reason.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Usage { .. } => "usage",
            Self::Internal { .. } => "internal error",
            _ => "refused",
        }
    }

    /// The code of the reason, where it has one.
    fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::Information(error) => error.code().map(|(code, _)| code),
            Self::Energy(error) => error.code(),
            Self::Edge(EdgeError::Trace(refusal)) => Some(refusal.code),
            _ => None,
        }
    }

    /// Where in the file, where the reason is about a place in one.
    fn place(&self) -> Option<Place> {
        match self {
            Self::Refused(refusal) => Some(refusal.place.clone()),
            Self::Information(error) => error.code().map(|(_, place)| place.clone()),
            Self::Energy(EnergyError::Format(refusal)) => Some(refusal.place.clone()),
            Self::Energy(error) => error.line().map(Place::Line),
            Self::Edge(EdgeError::Trace(refusal)) => Some(refusal.place.clone()),
            Self::Edge(EdgeError::File { line, .. }) => Some(Place::Line(*line as u64)),
            _ => None,
        }
    }

    /// The reason in JSON, in the shape of the remarks on a figure.
    pub(crate) fn json(&self) -> Value {
        let place = self.place();
        let reason = json!({
            "code": self.code().map(Code::name), "severity": Severity::Error.word(),
            "line": place.as_ref().and_then(Place::line), "place": place.map(|place| place.to_string()),
            "channel": null, "message": self.to_string(),
        });
        json!({ "status": self.word(), "diagnostics": [reason] })
    }
}
