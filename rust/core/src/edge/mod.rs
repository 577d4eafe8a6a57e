//! Inference at the edge: sun in, battery between, heat out.
//!
//! [`simulate`] runs a node on an array and a battery over days; [`sizing`] turns the question round; [`budget`] is the
//! same on one line. [`heat_match`] and its neighbours say what the heat is worth, and the functions on recordings find
//! where a board throttled and what its latency owes to its temperature.

mod battery;
mod error;
mod heat;
mod node;
mod observed;
mod series;
mod simulation;
mod solar;
mod thermal;

pub use battery::Battery;
pub use error::EdgeError;
pub use heat::{
    HeatMatch, LatentStore, TroughReceiver, exchanger_effectiveness, exergy_factor, heat_match, stream_exergy_factor,
};
pub use node::{Demand, Node};
pub use observed::{Cause, Drift, Request, Throttling, latency_drift, signal, signals, throttling};
pub use series::Series;
pub use simulation::{
    Budget, Day, Figure, Outcome, Scenario, Size, Sized, Step, Steps, Unserved, budget, simulate, sizing,
};
pub use solar::{DayKind, Daylight, SolarArray, Sun, Weather};
pub use thermal::{Ambient, Leakage, ThermalFit, ThermalNode, Throttle, fit_thermal};
