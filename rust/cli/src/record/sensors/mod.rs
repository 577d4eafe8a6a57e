//! Where power and energy are read from: one file each, and one line in [`REGISTRY`].

mod amdgpu;
mod battery;
mod files;
mod hwmon;
mod ina3221;
mod meter;
mod model;
mod nvml;
mod rapl;
mod raspberry;
mod replay;
mod sensor;
mod tegrastats;

pub(crate) use meter::MeterSpec;
pub(crate) use model::ModelSpec;
pub(crate) use sensor::{Channel, Found, Reading, Search, Sensor};

/// A kind of sensor.
pub(crate) struct SensorKind {
    /// Its name, as it stands in recordings.
    pub name: &'static str,
    /// What it reads.
    pub what: &'static str,
    /// Whether the others are enough: it is looked for where they give nothing.
    pub last: bool,
    /// The sensors of the kind.
    pub probe: fn(&Search) -> Found,
}

/// Every kind of sensor, in the order in which they are looked for.
pub(crate) const REGISTRY: &[SensorKind] = &[
    rapl::SENSOR,
    nvml::SENSOR,
    amdgpu::SENSOR,
    ina3221::SENSOR,
    hwmon::SENSOR,
    battery::SENSOR,
    raspberry::SENSOR,
    meter::SENSOR,
    replay::SENSOR,
    tegrastats::SENSOR,
    model::SENSOR,
];

/// What a search found of each kind.
pub(crate) fn search(place: &Search) -> Vec<(&'static SensorKind, Found)> {
    let mut all: Vec<(&SensorKind, Found)> = Vec::new();
    for kind in REGISTRY {
        let enough = kind.last && all.iter().any(|(_, found)| !found.sensors.is_empty());
        let found =
            if enough { Found::nothing("not looked for: other sensors give readings") } else { (kind.probe)(place) };
        all.push((kind, found));
    }
    all
}
