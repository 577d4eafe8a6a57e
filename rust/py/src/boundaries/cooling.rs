//! What a PUE says of cooling, and a cooling share of the PUE.

use super::factor::Number;
use crate::errors::guard;
use crate::quantity::PyQuantity;
use pyo3::prelude::*;
use szilard::boundaries::{self as core};

/// The cooling share of site energy that a PUE implies: s = 1 - (1 + o)/PUE, with o the other overhead over IT energy.
///
/// Parameters
/// ----------
/// pue
///     Power usage effectiveness. [1]
/// other_overhead
///     Overhead besides cooling over IT energy, o. [1]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A PUE below 1, or below 1 + o.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.cooling_share(pue=1.4, other_overhead=0.0):.4f}"
/// '0.2857'
#[pyfunction]
#[pyo3(signature = (*, pue, other_overhead))]
pub fn cooling_share(pue: Number, other_overhead: Number) -> PyResult<PyQuantity> {
    guard(|| core::cooling_share(&pue.0, &other_overhead.0)).map(PyQuantity)
}

/// The lower bound of PUE that a cooling share of site energy implies: PUE >= 1/(1 - s).
///
/// Parameters
/// ----------
/// share
///     Cooling over site energy, s. [1]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A share outside 0 to 1.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.pue_from_cooling_share(0.30):.4f}"
/// '1.4286'
#[pyfunction]
pub fn pue_from_cooling_share(share: Number) -> PyResult<PyQuantity> {
    guard(|| core::pue_from_cooling_share(&share.0)).map(PyQuantity)
}
