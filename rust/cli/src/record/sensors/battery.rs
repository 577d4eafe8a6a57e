//! The battery of a machine that runs on it: power in uW, or voltage times current.
//!
//! While it is charged, or the machine is on mains, its current is not what the machine draws: there is no reading.
//! Reference: Linux kernel, Documentation/ABI/testing/sysfs-class-power.

use super::files::{Number, entries, name, text};
use super::{Channel, Found, Reading, Search, Sensor, SensorKind};
use szilard::quantity::Boundary;
use szilard::traces::Kind;

pub(super) const SENSOR: SensorKind =
    SensorKind { name: "battery", what: "battery of a machine that runs on it", last: false, probe };

const CLASS: &str = "sys/class/power_supply";

struct Battery {
    status: Number,
    power: Number,
    volts: Number,
    amperes: Number,
    channels: [Channel; 1],
}

fn probe(search: &Search) -> Found {
    let mut found = Found::default();
    let supplies = entries(&search.at(CLASS)).into_iter();
    for folder in supplies.filter(|folder| text(&folder.join("type")).is_ok_and(|kind| kind == "Battery")) {
        // the battery of a mouse or a pen
        if text(&folder.join("scope")).is_ok_and(|scope| scope == "Device") {
            found.reasons.push(format!("{}: the battery of another device", name(&folder)));
            continue;
        }
        let channel = Channel::new(SENSOR.name, &name(&folder), "discharge", Kind::InstantPower, "uW");
        let file = |name: &str| Number::from(folder.join(name));
        found.keep(Battery {
            status: file("status"),
            power: file("power_now"),
            volts: file("voltage_now"),
            amperes: file("current_now"),
            channels: [channel.at(Boundary::Node)],
        });
    }
    if found.sensors.is_empty() && found.reasons.is_empty() {
        found.reasons.push(format!("no battery in /{CLASS}"));
    }
    found
}

impl Sensor for Battery {
    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _: i64, into: &mut Vec<Reading>) {
        into.push(self.discharge().map_or_else(Reading::Missing, Reading::Whole));
    }
}

impl Battery {
    /// The power that is drawn. [uW]
    fn discharge(&mut self) -> Result<i64, String> {
        let status = self.status.word()?;
        if status != "Discharging" {
            return Err(format!("status {status}: its current is not what the machine draws"));
        }
        // some drivers count a discharge below zero; the status has said the direction
        if let Ok(power) = self.power.read() {
            return power.checked_abs().ok_or_else(out_of_range);
        }
        // uV times uA are pW; half a uW is rounded up
        let picowatts = i128::from(self.volts.read()?) * i128::from(self.amperes.read()?).abs();
        i64::try_from((picowatts + 500_000) / 1_000_000).map_err(|_| out_of_range())
    }
}

fn out_of_range() -> String {
    "a power out of range".to_owned()
}
