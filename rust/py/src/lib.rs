//! Python bindings of szilard: convert, detach, call, convert.

mod errors;
mod html;
mod information;
mod quantity;
mod table;

use pyo3::prelude::*;

/// The compiled part of szilard.
#[pymodule]
mod _core {
    #[pymodule_export]
    use crate::information::{
        Divergence, EntropyBounds, TokenInformation, divergence, entropy_bounds, entropy_from_counts, token_entropy,
    };
    #[pymodule_export]
    use crate::quantity::{Interval, MonteCarlo, PyQuantity, calc, monte_carlo};
}
