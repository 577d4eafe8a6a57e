//! What the rungs of the Landauer ladder are made of, by themselves.

mod erasure;
mod reliability;
mod rules;

pub use erasure::{
    circuit_erasure, landauer_units, mac_information, minimum_work, multi_information, register_information,
    register_width, reset_information,
};
pub use reliability::{
    barrier, charge_energy, least_supply, noise_margin, reset_cost, retention_barrier, slow_penalty, thermal_voltage,
};
pub use rules::{bremermann_rate, kaplan_2020, least_energy_over_noise, palm_2022, speed_energy, speed_time};
