//! The errors of the core as the exceptions of `szilard.errors`, and a panic as `InternalError`.

use pyo3::PyErr;
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use szilard::boundaries::ChainError;
use szilard::edge::EdgeError;
use szilard::energy::{EnergyError, FileError};
use szilard::information::InformationError;
use szilard::input::{Place, Refusal};
use szilard::landauer::LandauerError;
use szilard::published::PublishedError;
use szilard::quantity::{BoundaryError, QuantityError, UnitError, UnknownWord};

/// The classes of `python/szilard/errors.py`.
pub mod exceptions {
    use pyo3::import_exception;
    import_exception!(szilard.errors, AppliedTwice);
    import_exception!(szilard.errors, BoundaryError);
    import_exception!(szilard.errors, EdgeError);
    import_exception!(szilard.errors, FormatError);
    import_exception!(szilard.errors, InformationError);
    import_exception!(szilard.errors, InternalError);
    import_exception!(szilard.errors, LandauerError);
    import_exception!(szilard.errors, MissingFactor);
    import_exception!(szilard.errors, PublishedError);
    import_exception!(szilard.errors, TraceError);
    import_exception!(szilard.errors, UnitError);
}

/// An error of the core that has an exception.
pub trait Raise {
    /// The exception.
    fn raise(self) -> PyErr;
}

/// The value of `work`, its error as an exception, its panic as `InternalError`.
pub fn guard<T, E: Raise>(work: impl FnOnce() -> Result<T, E>) -> PyResult<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(Raise::raise),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            Err(exceptions::InternalError::new_err(format!("a fault of szilard itself, please report it: {text}")))
        }
    }
}

/// As [`guard`], with other Python threads running meanwhile.
pub fn detached<T: Send, E: Raise + Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, E> + Send) -> PyResult<T> {
    guard(|| py.detach(work))
}

impl Raise for PyErr {
    fn raise(self) -> PyErr {
        self
    }
}

impl Raise for UnitError {
    fn raise(self) -> PyErr {
        exceptions::UnitError::new_err(self.to_string())
    }
}

impl Raise for BoundaryError {
    fn raise(self) -> PyErr {
        exceptions::BoundaryError::new_err(self.to_string())
    }
}

impl Raise for UnknownWord {
    fn raise(self) -> PyErr {
        exceptions::BoundaryError::new_err(self.to_string())
    }
}

impl Raise for QuantityError {
    fn raise(self) -> PyErr {
        match self {
            Self::Unit(error) => error.raise(),
            Self::Boundary(error) => error.raise(),
            Self::Word(error) => error.raise(),
            other => exceptions::UnitError::new_err(other.to_string()),
        }
    }
}

/// A place as Python sees it: a line number, or the words for anything else.
#[derive(Debug, Clone, IntoPyObject)]
pub enum Line {
    /// A line counted from 1; 0 for the file as a whole.
    Number(u64),
    /// A path in a document, a row of an array.
    Words(String),
}

impl From<&Place> for Line {
    fn from(place: &Place) -> Self {
        match place {
            Place::File => Self::Number(0),
            Place::Line(line) => Self::Number(*line),
            other => Self::Words(other.to_string()),
        }
    }
}

impl Raise for Refusal {
    fn raise(self) -> PyErr {
        let (message, line) = (self.to_string(), Line::from(&self.place));
        exceptions::FormatError::new_err((
            message,
            self.path,
            line,
            self.column,
            self.code.name(),
            self.found,
            self.expected,
        ))
    }
}

/// A fault of the system as the `OSError` that Python has for it.
pub fn system(kind: std::io::ErrorKind, message: String) -> PyErr {
    PyErr::from(std::io::Error::new(kind, message))
}

impl Raise for InformationError {
    fn raise(self) -> PyErr {
        match self {
            Self::Format(refusal) => refusal.raise(),
            Self::Io { path, kind, message } => system(kind, format!("{path}: {message}")),
            other => exceptions::InformationError::new_err(other.to_string()),
        }
    }
}

/// What is wrong with figures that are in memory: there is no file to name.
#[derive(Debug)]
pub struct InMemory(pub InformationError);

impl Raise for InMemory {
    fn raise(self) -> PyErr {
        match self.0 {
            InformationError::Format(refusal) => {
                let message = refusal.to_string();
                exceptions::InformationError::new_err((message, refusal.code.name(), Line::from(&refusal.place)))
            }
            other => other.raise(),
        }
    }
}

impl Raise for FileError {
    fn raise(self) -> PyErr {
        match self {
            Self::Energy(error) => error.raise(),
            Self::Io { path, source } => crate::given::os_error(&source, &path),
        }
    }
}

impl Raise for EnergyError {
    fn raise(self) -> PyErr {
        match self {
            Self::Format(refusal) => refusal.raise(),
            Self::Quantity(error) => error.raise(),
            Self::MixedBoundaries { .. } => exceptions::BoundaryError::new_err(self.to_string()),
            other => {
                let (code, line) = (other.code().map(|code| code.name()), other.line());
                exceptions::TraceError::new_err((other.to_string(), code, line))
            }
        }
    }
}

impl Raise for ChainError {
    fn raise(self) -> PyErr {
        match self {
            Self::Quantity(error) => error.raise(),
            Self::MissingFactor { .. } => exceptions::MissingFactor::new_err(self.to_string()),
            Self::AppliedTwice { .. } | Self::Held { .. } => exceptions::AppliedTwice::new_err(self.to_string()),
            other => exceptions::BoundaryError::new_err(other.to_string()),
        }
    }
}

impl Raise for LandauerError {
    fn raise(self) -> PyErr {
        match self {
            Self::Unit(error) => error.raise(),
            Self::Boundary(error) => error.raise(),
            Self::Chain(error) => error.raise(),
            other => exceptions::LandauerError::new_err(other.to_string()),
        }
    }
}

impl Raise for PublishedError {
    fn raise(self) -> PyErr {
        match self {
            Self::Quantity(error) => error.raise(),
            Self::Chain(error) => error.raise(),
            other => exceptions::PublishedError::new_err(other.to_string()),
        }
    }
}

impl Raise for EdgeError {
    fn raise(self) -> PyErr {
        match self {
            Self::Unit(error) => error.raise(),
            Self::Boundary(error) => error.raise(),
            other => exceptions::EdgeError::new_err(other.to_string()),
        }
    }
}
