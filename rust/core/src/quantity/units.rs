//! The one system of static quantities: the SI bases of this field, and **bit** and **token** beside them.
//!
//! With the stock SI of `uom`, information is dimensionless, so that J/bit and J/token would both have the type
//! `Energy`. Here the bit and the token are base dimensions, and J, J/token, J/bit and bit/token are four types.
//! Formulas of the crate are written in these types; every value is stored in the coherent unit (J, W, s, bit, token,
//! K, ...). Other units exist only at the rim, in [`Unit`](super::Unit).
//!
//! ```
//! use szilard::quantity::units::f64::*;
//! use szilard::quantity::units::{energy_per_token::joule_per_token, power::watt, time::second, token_count::token};
//!
//! let energy: Energy = Power::new::<watt>(7.2) * Time::new::<second>(4.1);
//! let per_token: EnergyPerToken = energy / TokenCount::new::<token>(50.0);
//! assert!((per_token.get::<joule_per_token>() - 0.5904).abs() < 1e-15);
//! ```
//!
//! An energy per token is no energy and does not add to one, and neither is an energy per bit. What compiles with the
//! right types,
//!
//! ```
//! # use szilard::quantity::units::f64::*;
//! fn add(energy: Energy, other: Energy) -> Energy { energy + other }
//! fn keep(energy: Energy) -> Energy { energy }
//! ```
//!
//! does not compile with the wrong ones:
//!
//! ```compile_fail
//! # use szilard::quantity::units::f64::*;
//! fn add(energy: Energy, other: EnergyPerToken) -> Energy { energy + other }
//! ```
//!
//! ```compile_fail
//! # use szilard::quantity::units::f64::*;
//! fn keep(energy: EnergyPerToken) -> Energy { energy }
//! ```
//!
//! ```compile_fail
//! # use szilard::quantity::units::f64::*;
//! fn keep(energy: EnergyPerBit) -> Energy { energy }
//! ```

#![allow(missing_docs, clippy::indexing_slicing)]

/// A quantity of the system with its coherent unit.
macro_rules! coherent {
    ($($module:ident $name:ident $text:literal [$($exponent:ident)+] $unit:ident $symbol:literal $singular:literal $plural:literal;)+) => {
        $(pub mod $module {
            quantity! {
                quantity: $name; $text;
                dimension: Q<$($exponent),+>;
                units { @$unit: 1.0E0; $symbol, $singular, $plural; }
            }
        })+
    };
}

coherent! {
    //                                          L  M  T  I  Th bit token
    length Length "length"                     [P1 Z0 Z0 Z0 Z0 Z0 Z0] meter "m" "meter" "meters";
    area Area "area"                           [P2 Z0 Z0 Z0 Z0 Z0 Z0] square_meter "m²" "square meter" "square meters";
    diffusivity Diffusivity "diffusivity"      [P2 Z0 N1 Z0 Z0 Z0 Z0] square_meter_per_second "m²/s" "square meter per second" "square meters per second";
    mass Mass "mass"                           [Z0 P1 Z0 Z0 Z0 Z0 Z0] kilogram "kg" "kilogram" "kilograms";
    time Time "time"                           [Z0 Z0 P1 Z0 Z0 Z0 Z0] second "s" "second" "seconds";
    frequency Frequency "frequency"            [Z0 Z0 N1 Z0 Z0 Z0 Z0] hertz "Hz" "hertz" "hertz";
    electric_current ElectricCurrent "electric current" [Z0 Z0 Z0 P1 Z0 Z0 Z0] ampere "A" "ampere" "amperes";
    electric_charge ElectricCharge "electric charge" [Z0 Z0 P1 P1 Z0 Z0 Z0] coulomb "C" "coulomb" "coulombs";
    electric_potential ElectricPotential "electric potential" [P2 P1 N3 N1 Z0 Z0 Z0] volt "V" "volt" "volts";
    temperature Temperature "thermodynamic temperature" [Z0 Z0 Z0 Z0 P1 Z0 Z0] kelvin "K" "kelvin" "kelvins";
    information Information "information"      [Z0 Z0 Z0 Z0 Z0 P1 Z0] bit "bit" "bit" "bits";
    token_count TokenCount "token count"       [Z0 Z0 Z0 Z0 Z0 Z0 P1] token "token" "token" "tokens";
    token_rate TokenRate "token rate"          [Z0 Z0 N1 Z0 Z0 Z0 P1] token_per_second "token/s" "token per second" "tokens per second";
    energy Energy "energy"                     [P2 P1 N2 Z0 Z0 Z0 Z0] joule "J" "joule" "joules";
    power Power "power"                        [P2 P1 N3 Z0 Z0 Z0 Z0] watt "W" "watt" "watts";
    heat_loss HeatLoss "power per length"      [P1 P1 N3 Z0 Z0 Z0 Z0] watt_per_meter "W/m" "watt per meter" "watts per meter";
    specific_energy SpecificEnergy "energy per mass" [P2 Z0 N2 Z0 Z0 Z0 Z0] joule_per_kilogram "J/kg" "joule per kilogram" "joules per kilogram";
    specific_heat SpecificHeat "heat capacity per mass" [P2 Z0 N2 Z0 N1 Z0 Z0] joule_per_kilogram_kelvin "J/(kg K)" "joule per kilogram kelvin" "joules per kilogram kelvin";
    heat_flux HeatFlux "power per area"        [Z0 P1 N3 Z0 Z0 Z0 Z0] watt_per_square_meter "W/m²" "watt per square meter" "watts per square meter";
    heat_capacity HeatCapacity "heat capacity" [P2 P1 N2 Z0 N1 Z0 Z0] joule_per_kelvin "J/K" "joule per kelvin" "joules per kelvin";
    thermal_resistance ThermalResistance "thermal resistance" [N2 N1 P3 Z0 P1 Z0 Z0] kelvin_per_watt "K/W" "kelvin per watt" "kelvins per watt";
    thermal_conductance ThermalConductance "thermal conductance" [P2 P1 N3 Z0 N1 Z0 Z0] watt_per_kelvin "W/K" "watt per kelvin" "watts per kelvin";
    action Action "action"                     [P2 P1 N1 Z0 Z0 Z0 Z0] joule_second "J s" "joule second" "joule seconds";
    energy_per_token EnergyPerToken "energy per token" [P2 P1 N2 Z0 Z0 Z0 N1] joule_per_token "J/token" "joule per token" "joules per token";
    energy_per_bit EnergyPerBit "energy per bit" [P2 P1 N2 Z0 Z0 N1 Z0] joule_per_bit "J/bit" "joule per bit" "joules per bit";
    information_per_token InformationPerToken "information per token" [Z0 Z0 Z0 Z0 Z0 P1 N1] bit_per_token "bit/token" "bit per token" "bits per token";
    tokens_per_energy TokensPerEnergy "tokens per energy" [N2 N1 P2 Z0 Z0 Z0 P1] token_per_joule "token/J" "token per joule" "tokens per joule";
    ratio Ratio "ratio"                        [Z0 Z0 Z0 Z0 Z0 Z0 Z0] ratio "1" "" "";
}

system! {
    quantities: Q {
        length: meter, L; mass: kilogram, M; time: second, T; electric_current: ampere, I;
        temperature: kelvin, Th; information: bit, Bi; token_count: token, Tk;
    }
    units: U {
        mod length::Length, mod area::Area, mod diffusivity::Diffusivity, mod mass::Mass, mod time::Time, mod frequency::Frequency,
        mod electric_current::ElectricCurrent, mod electric_charge::ElectricCharge,
        mod electric_potential::ElectricPotential, mod temperature::Temperature, mod information::Information,
        mod token_count::TokenCount, mod token_rate::TokenRate, mod energy::Energy, mod power::Power,
        mod heat_loss::HeatLoss, mod specific_energy::SpecificEnergy, mod specific_heat::SpecificHeat,
        mod heat_flux::HeatFlux, mod heat_capacity::HeatCapacity, mod thermal_resistance::ThermalResistance,
        mod thermal_conductance::ThermalConductance, mod action::Action, mod energy_per_token::EnergyPerToken,
        mod energy_per_bit::EnergyPerBit,
        mod information_per_token::InformationPerToken, mod tokens_per_energy::TokensPerEnergy, mod ratio::Ratio,
    }
}

/// The quantities with 64-bit floating-point values.
pub mod f64 {
    mod system {
        pub use super::super::*;
    }
    Q!(self::system, f64);
}
