//! Python bindings of szilard: convert, detach, call, convert.

mod audit;
mod blind_spot;
mod boundaries;
mod bounds;
mod command;
mod edge;
mod energy;
mod errors;
mod facility;
mod footprint;
mod given;
mod html;
mod idle;
mod inference;
mod information;
mod join;
mod landauer;
mod ledger;
mod lifted;
mod monte_carlo;
mod per_token;
mod picture;
mod published;
mod quantity;
mod reading;
mod scenario;
mod statistics;
mod table;
mod tokens;
mod traces;
mod truncated;
mod watched;
mod windows;

use pyo3::prelude::*;

/// The compiled part of szilard.
#[pymodule]
pub mod _core {
    #[pymodule_export]
    use crate::audit::{PyAudit, audit, audit_claims};
    #[pymodule_export]
    use crate::blind_spot::{PyBlindSpot, blind_spot};
    #[pymodule_export]
    use crate::boundaries::{PyBoundaryChain, PyFactor, cooling_share, pue_from_cooling_share, reconcile};
    #[pymodule_export]
    use crate::bounds::{
        barrier, bremermann_rate, charge_energy, circuit_erasure, kaplan_2020, landauer_units, least_energy_over_noise,
        least_supply, mac_information, minimum_work, multi_information, noise_margin, palm_2022, register_information,
        register_width, reset_cost, reset_information, retention_barrier, slow_penalty, speed_energy, speed_time,
        thermal_voltage,
    };
    #[pymodule_export]
    use crate::command::{recordings, run_cli};
    #[pymodule_export]
    use crate::edge::{
        PyBattery, PyLatentStore, PyNode, PyRig, PySimulation, PySolarArray, PySun, PyThermalFit, PyThermalNode,
        exchanger_effectiveness, exergy_factor, fit_thermal, heat_match, latency_drift, read_signals, receiver_loss,
        simulate, sizing, stream_exergy_factor, throttling,
    };
    #[pymodule_export]
    use crate::energy::PyEnergyResult;
    #[pymodule_export]
    use crate::facility::{
        cue, dcie, effectiveness, ere, erf, gap, generation_efficiency, generation_mix, known_factors, overhead,
        pue_at_it_input, pue_from_loads, transformer_loss,
    };
    #[pymodule_export]
    use crate::footprint::{PyFootprint, cost_of_thought, footprint};
    #[pymodule_export]
    use crate::inference::PyInferenceEnergy;
    #[pymodule_export]
    use crate::information::{Divergence, TokenInformation, divergence, token_entropy};
    #[pymodule_export]
    use crate::join::join;
    #[pymodule_export]
    use crate::landauer::{
        PyGap, PyLadder, PyModel, PySweep, PyWeights, ladder, landauer_limit, read_weights, roofline, sweep,
    };
    #[pymodule_export]
    use crate::ledger::{compare, compare_groups, load_report};
    #[pymodule_export]
    use crate::lifted::PyLifted;
    #[pymodule_export]
    use crate::monte_carlo::{Interval, MonteCarlo, monte_carlo};
    #[pymodule_export]
    use crate::per_token::energy_per_token;
    #[pymodule_export]
    use crate::published::{
        published_calculations, published_cite, published_fact, published_facts, published_keys, published_publication,
        published_reproduce,
    };
    #[pymodule_export]
    use crate::quantity::{PyQuantity, calc};
    #[pymodule_export]
    use crate::reading::{energy, list_formats, read_trace, trace_from_arrays};
    #[pymodule_export]
    use crate::scenario::{
        PyGrowth, PyRange, PyScenario, published_between, published_factor, published_growth, published_scenario,
        published_share,
    };
    #[pymodule_export]
    use crate::statistics::{SteadyMean, correlate, means_of_observations, steady_mean};
    #[pymodule_export]
    use crate::tokens::{PyTokenLog, read_tokens};
    #[pymodule_export]
    use crate::traces::PyTrace;
    #[pymodule_export]
    use crate::truncated::{DivergenceBounds, EntropyBounds, divergence_bounds, entropy_bounds, entropy_from_counts};
    #[pymodule_export]
    use crate::windows::{PyPhaseCosts, energies, phase_costs, policies, trapezoid};
}
