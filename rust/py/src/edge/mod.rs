//! Inference at the edge: sun in, battery between, heat out.

mod heat;
mod parts;
mod recordings;
mod scenario;
mod simulation;

pub use heat::{
    PyLatentStore, exchanger_effectiveness, exergy_factor, heat_match, receiver_loss, stream_exergy_factor,
};
pub use parts::{PyBattery, PyNode, PySolarArray, PyThermalNode};
pub use recordings::{PyThermalFit, fit_thermal, latency_drift, read_signals, throttling};
pub use scenario::{PyRig, PySun};
pub use simulation::{PySimulation, simulate, sizing};
