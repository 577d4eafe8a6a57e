//! What commands share of reading their arguments.

use crate::failure::Failure;
use std::path::Path;
use szilard::quantity::{Quantity, calculate};

/// The quantity that an argument says, as a literal or an expression.
pub(crate) fn quantity(what: &'static str, text: &str) -> Result<Quantity, Failure> {
    calculate(text).map_err(|source| Failure::Given { what, text: text.to_owned(), source })
}

/// The bytes of a file.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|source| Failure::File { path: path.display().to_string(), source })
}
