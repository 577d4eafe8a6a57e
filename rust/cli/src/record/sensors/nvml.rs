//! NVIDIA GPUs, through the management library of their driver: the energy counter, and the power beside it.
//!
//! The counter knows the energy between two reads; the power is a mean over a window of its own and stands back.

use super::{Channel, Found, Reading, Search, Sensor, SensorKind};
use std::path::Path;
use std::sync::Arc;
use szilard::quantity::Boundary;
use szilard::traces::Kind;
use szilard_system::{Gpu, Nvml, NvmlError};

pub(super) const SENSOR: SensorKind =
    SensorKind { name: "nvml", what: "NVIDIA GPUs (NVML: energy counter and power)", last: false, probe };

/// Where the loader looks for it.
const LIBRARY: &str = "libnvidia-ml.so.1";

const COUNTER: &str = "total_energy_consumption";

struct Board {
    nvml: Arc<Nvml>,
    gpu: Gpu,
    channels: Vec<Channel>,
}

fn probe(search: &Search) -> Found {
    let path = match &search.nvml {
        Some(path) => path.as_path(),
        None if search.is_machine() => Path::new(LIBRARY),
        None => return Found::nothing("not looked for outside the machine's own root"),
    };
    let opened = Nvml::load(path).and_then(|nvml| nvml.gpus().map(|gpus| (Arc::new(nvml), gpus)));
    let (nvml, gpus) = match opened {
        Ok((_, gpus)) if gpus.is_empty() => return Found::nothing("the driver knows no GPU"),
        Ok(opened) => opened,
        Err(error) => return Found::nothing(error.to_string()),
    };
    let mut found = Found::default();
    for gpu in gpus {
        let mut channels = Vec::new();
        let counts = nvml.energy_mj(&gpu).is_ok();
        if counts {
            let channel = Channel::new(SENSOR.name, &gpu.uuid, COUNTER, Kind::EnergyCounter { range: None }, "mJ");
            channels.push(Channel { range: Some(u64::MAX), ..channel.at(Boundary::Board) });
        }
        let mean = Kind::WindowedMeanPower { window_ns: None };
        let power = Channel::new(SENSOR.name, &gpu.uuid, "power.draw", mean, "mW").at(Boundary::Board);
        channels.push(Channel { instead: counts.then(|| COUNTER.to_owned()), ..power });
        found.keep(Board { nvml: nvml.clone(), gpu, channels });
    }
    found
}

impl Sensor for Board {
    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _: i64, into: &mut Vec<Reading>) {
        let reading = |value: Result<i64, NvmlError>| match value {
            Ok(value) => Reading::Whole(value),
            Err(error) => Reading::Missing(error.to_string()),
        };
        for channel in &self.channels {
            into.push(reading(if channel.rail == COUNTER {
                self.nvml.energy_mj(&self.gpu).map(|energy| i64::try_from(energy).unwrap_or(i64::MAX))
            } else {
                self.nvml.power_mw(&self.gpu).map(i64::from)
            }));
        }
    }
}
