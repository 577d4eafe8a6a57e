//! The power monitors of NVIDIA Jetson modules, INA3221, as the kernels of both generations show them.
//!
//! | kernel | driver | folder | a rail |
//! |---|---|---|---|
//! | 4.9 | ina3221x | `iio:device*` | `rail_name_N`, `in_powerN_input` in mW |
//! | 5.10 and later | ina3221 | `hwmon/hwmon*` | `inN_label`, `inN_input` in mV, `currN_input` in mA |
//!
//! Only a rail with a name is read; `in4` to `in7` are voltages of shunts and no rails. The input of the module,
//! `VDD_IN`, holds the other rails. Reference: Linux kernel, Documentation/hwmon/ina3221.rst; NVIDIA, Jetson Linux
//! Developer Guide, Platform Power and Performance.

use super::files::{FileSensor, Source, entries, numbered, text};
use super::{Channel, Found, Search, SensorKind};
use std::path::{Path, PathBuf};
use szilard::quantity::Boundary;
use szilard::traces::Kind;

pub(super) const SENSOR: SensorKind =
    SensorKind { name: "ina3221", what: "power monitors of Jetson modules (INA3221)", last: false, probe };

const DRIVERS: [&str; 2] = ["sys/bus/i2c/drivers/ina3221", "sys/bus/i2c/drivers/ina3221x"];

/// The device of all rails: they are of one module, on however many chips.
const MODULE: &str = "module";

/// Rails that measure the input of the whole module.
const INPUTS: [&str; 2] = ["VDD_IN", "POM_5V_IN"];

fn probe(search: &Search) -> Found {
    let mut rails = Vec::new();
    for chip in DRIVERS.iter().flat_map(|driver| entries(&search.at(driver))).filter(|chip| chip.is_dir()) {
        for folder in entries(&chip).into_iter().chain(entries(&chip.join("hwmon"))) {
            old_rails(&folder, &mut rails);
            new_rails(&folder, &mut rails);
        }
    }
    if rails.is_empty() {
        return Found::nothing("no rails of a driver ina3221 or ina3221x below /sys/bus/i2c/drivers");
    }
    let input = rails.iter().map(|(name, ..)| name.clone()).find(|name| INPUTS.contains(&name.as_str()));
    let channel = |(rail, unit, source): (String, &str, Source)| {
        let channel = Channel::new(SENSOR.name, MODULE, &rail, Kind::InstantPower, unit);
        let within = input.clone().filter(|input| *input != rail);
        let boundary = if within.is_some() { None } else { input.as_ref().map(|_| Boundary::Board) };
        (Channel { within, boundary, placed: input.is_some(), ..channel }, source)
    };
    let mut found = Found::default();
    found.keep(FileSensor::new(rails.into_iter().map(channel).collect()));
    found
}

type Rails = Vec<(String, &'static str, Source)>;

/// The rails of a folder of the older kernel.
fn old_rails(folder: &Path, rails: &mut Rails) {
    for number in numbered(folder, "rail_name_", "") {
        let power = folder.join(format!("in_power{number}_input"));
        if let Some(name) = named(&folder.join(format!("rail_name_{number}"))).filter(|_| power.exists()) {
            rails.push((name, "mW", Source::File(power.into())));
        }
    }
}

/// The rails of a folder of the newer kernel.
fn new_rails(folder: &Path, rails: &mut Rails) {
    for number in numbered(folder, "in", "_label").into_iter().filter(|number| (1..=3).contains(number)) {
        let part = |kind: &str| -> PathBuf { folder.join(format!("{kind}{number}_input")) };
        let (volts, amperes) = (part("in"), part("curr"));
        if let Some(name) = named(&folder.join(format!("in{number}_label"))).filter(|_| amperes.exists()) {
            rails.push((name, "uW", Source::Product(volts.into(), amperes.into())));
        }
    }
}

/// The name of a rail; a channel without one is not connected.
fn named(path: &Path) -> Option<String> {
    text(path).ok().filter(|name| name != "NC")
}
