//! AMD GPUs, through the hwmon files of their kernel driver: `power1_average`, or `power1_input` on newer ones, in uW.
//!
//! Reference: Linux kernel, Documentation/gpu/amdgpu/thermal.rst.

use super::files::{FileSensor, hwmon_folders, name};
use super::hwmon::powers;
use super::{Channel, Found, Search, SensorKind};
use szilard::quantity::Boundary;

pub(super) const SENSOR: SensorKind =
    SensorKind { name: "amdgpu", what: "AMD GPUs (hwmon of the driver amdgpu)", last: false, probe };

fn probe(search: &Search) -> Found {
    let mut found = Found::default();
    for (folder, _) in hwmon_folders(&search.at("sys/class/hwmon")).into_iter().filter(|(_, driver)| driver == "amdgpu")
    {
        // the address on the bus tells one board from another
        let board = std::fs::read_link(folder.join("device")).map_or_else(|_| name(&folder), |link| name(&link));
        let parts = powers(&folder, &board).into_iter();
        let part = |channel: Channel| Channel { sensor: SENSOR.name, ..channel.at(Boundary::Board) };
        let parts: Vec<_> = parts.map(|(channel, source)| (part(channel), source)).take(1).collect();
        if parts.is_empty() {
            found.reasons.push(format!("{board}: no power1_average and no power1_input"));
        } else {
            found.keep(FileSensor::new(parts));
        }
    }
    if found.sensors.is_empty() && found.reasons.is_empty() {
        found.reasons.push("no hwmon folder of the driver amdgpu".to_owned());
    }
    found
}
