//! Python bindings of szilard: convert, detach, call, convert.

mod boundaries;
mod command;
mod edge;
mod energy;
mod errors;
mod given;
mod html;
mod information;
mod landauer;
mod published;
mod quantity;
mod table;
mod traces;

use pyo3::prelude::*;

/// The compiled part of szilard.
#[pymodule]
mod _core {
    #[pymodule_export]
    use crate::boundaries::{
        PyBoundaryChain, PyFactor, PyFootprint, cooling_share, footprint, pue_from_cooling_share, reconcile,
    };
    #[pymodule_export]
    use crate::command::{recordings, run_cli};
    #[pymodule_export]
    use crate::edge::{PyBattery, PySolarArray, PyThermalNode, exergy_factor, stream_exergy_factor};
    #[pymodule_export]
    use crate::energy::{
        PyEnergyResult, PyInferenceEnergy, PyTokenLog, compare, energy_per_token, load_report, read_tokens,
    };
    #[pymodule_export]
    use crate::information::{
        Divergence, EntropyBounds, TokenInformation, divergence, entropy_bounds, entropy_from_counts, token_entropy,
    };
    #[pymodule_export]
    use crate::landauer::{PyGap, PyLadder, PyModel, ladder, landauer_limit, roofline};
    #[pymodule_export]
    use crate::published::{
        PyAudit, audit, published_calculations, published_cite, published_fact, published_facts, published_keys,
        published_publication, published_reproduce,
    };
    #[pymodule_export]
    use crate::quantity::{Interval, MonteCarlo, PyQuantity, calc, monte_carlo};
    #[pymodule_export]
    use crate::traces::{PyTrace, list_formats, read_trace, trace_from_arrays};
}
