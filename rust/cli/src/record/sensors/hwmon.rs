//! Power and energy of any hwmon driver, as INA219, INA226 and power supplies have them.
//!
//! `powerN_input` or `powerN_average` in uW, `energyN_input` in uJ. What such a rail feeds only the board knows: its
//! boundary is given by the user, and where a driver has several rails there is no total. Reference: Linux kernel,
//! Documentation/hwmon/sysfs-interface.rst.

use super::files::{FileSensor, Source, hwmon_folders, name, numbered, text};
use super::{Channel, Found, Search, SensorKind};
use std::path::Path;
use szilard::traces::Kind;

pub(super) const SENSOR: SensorKind = SensorKind {
    name: "hwmon",
    what: "power and energy of hwmon drivers (INA219, INA226, power supplies)",
    last: false,
    probe,
};

const CLASS: &str = "sys/class/hwmon";

/// Drivers that have sensors of their own here.
const ELSEWHERE: [&str; 3] = ["amdgpu", "ina3221", "ina3221x"];

fn probe(search: &Search) -> Found {
    let mut found = Found::default();
    for (folder, driver) in hwmon_folders(&search.at(CLASS)) {
        if ELSEWHERE.contains(&driver.as_str()) {
            continue;
        }
        let device = format!("{driver}@{}", name(&folder));
        let mut parts = powers(&folder, &device);
        let energies = numbered(&folder, "energy", "_input");
        parts.extend(energies.into_iter().map(|number| {
            let kind = Kind::EnergyCounter { range: None };
            let channel = Channel::new(SENSOR.name, &device, &rail(&folder, "energy", number), kind, "uJ");
            (channel, Source::File(folder.join(format!("energy{number}_input")).into()))
        }));
        if parts.is_empty() {
            continue;
        }
        let alone = parts.len() == 1;
        parts.iter_mut().for_each(|(channel, _)| channel.placed = alone);
        found.keep(FileSensor::new(parts));
    }
    if found.sensors.is_empty() && found.reasons.is_empty() {
        found.reasons.push(format!("no driver in /{CLASS} has a power or an energy"));
    }
    found
}

/// The rails of a folder with a power: the present one, or where there is none the average.
pub(super) fn powers(folder: &Path, device: &str) -> Vec<(Channel, Source)> {
    let present = numbered(folder, "power", "_input");
    let average = numbered(folder, "power", "_average").into_iter().filter(|number| !present.contains(number));
    let average: Vec<u32> = average.collect();
    let part = |number: u32, file: &str, kind: Kind| {
        let channel = Channel::new(SENSOR.name, device, &rail(folder, "power", number), kind, "uW");
        (channel, Source::File(folder.join(format!("power{number}_{file}")).into()))
    };
    let mean = Kind::WindowedMeanPower { window_ns: None };
    let present = present.into_iter().map(|number| part(number, "input", Kind::InstantPower));
    present.chain(average.into_iter().map(|number| part(number, "average", mean))).collect()
}

/// The label of a rail, or the start of its files' names.
fn rail(folder: &Path, kind: &str, number: u32) -> String {
    let label = text(&folder.join(format!("{kind}{number}_label"))).ok();
    label.unwrap_or_else(|| format!("{kind}{number}"))
}
