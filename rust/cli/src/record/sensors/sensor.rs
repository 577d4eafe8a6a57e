//! What a sensor is: its channels, its readings, and where it is looked for.

use super::{MeterSpec, ModelSpec};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use szilard::quantity::Boundary;
use szilard::traces::Kind;

/// One series of a sensor.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    /// The kind of sensor.
    pub sensor: &'static str,
    /// What it measures: a board, a processor, a battery.
    pub device: String,
    /// Name of the rail, zone or counter.
    pub rail: String,
    /// What a reading means.
    pub kind: Kind,
    /// The value behind which a counter starts again, in `unit`.
    pub range: Option<u64>,
    /// Unit of the readings as they are written.
    pub unit: String,
    /// Boundary of its energy, where the sensor settles it.
    pub boundary: Option<Boundary>,
    /// Rail of the same device that contains this one.
    pub within: Option<String>,
    /// Rail of the same device that measures the same thing better.
    pub instead: Option<String>,
    /// Whether it is known what it contains and is contained in.
    pub placed: bool,
    /// What it is, where it is no measurement.
    pub modelled: Option<String>,
}

impl Channel {
    /// A rail of a device that stands for itself.
    pub(crate) fn new(sensor: &'static str, device: &str, rail: &str, kind: Kind, unit: &str) -> Self {
        Self {
            sensor,
            device: device.to_owned(),
            rail: rail.to_owned(),
            kind,
            range: None,
            unit: unit.to_owned(),
            boundary: None,
            within: None,
            instead: None,
            placed: true,
            modelled: None,
        }
    }

    /// The same rail at a boundary.
    pub(crate) fn at(self, boundary: Boundary) -> Self {
        Self { boundary: Some(boundary), ..self }
    }

    /// `device/rail`.
    pub(crate) fn label(&self) -> String {
        format!("{}/{}", self.device, self.rail)
    }

    /// What the header of a recording says about it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "sensor": self.sensor, "device": self.device, "rail": self.rail, "kind": self.kind.word(),
            "unit": self.unit, "boundary": self.boundary.map(|boundary| boundary.to_string()), "range": self.range,
            "within": self.within, "instead": self.instead, "placed": self.placed, "modelled": self.modelled,
        })
    }
}

/// What a sensor gives for one of its channels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// A whole number of its unit.
    Whole(i64),
    /// A number of its unit, as the source writes it.
    Decimal(String),
    /// Nothing since the last reading.
    NothingNew,
    /// The read failed.
    Missing(String),
}

/// Something that can be read again and again.
pub(crate) trait Sensor: Send {
    /// Its series.
    fn channels(&self) -> &[Channel];

    /// Adds one reading for each of its channels, at a time since boot. [ns]
    fn read(&mut self, now_ns: i64, into: &mut Vec<Reading>);

    /// Says that the next reading is the last one, however soon it comes.
    fn at_last(&mut self) {}

    /// Readings that came and were not given, as newer ones came before they were asked for.
    fn skipped(&self) -> u64 {
        0
    }

    /// The process that it has started and that goes on, if there is one.
    fn process(&self) -> Option<u32> {
        None
    }
}

/// Where sensors are looked for.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    /// The folder that stands for `/`.
    pub root: PathBuf,
    /// The management library of NVIDIA, where the loader is not to look for it.
    pub nvml: Option<PathBuf>,
    /// External meters.
    pub meters: Vec<MeterSpec>,
    /// A power log that is played.
    pub replay: Option<PathBuf>,
    /// A power that is taken for the machine's where nothing measures it.
    pub model: Option<ModelSpec>,
    /// How often will be read.
    pub interval: Duration,
}

impl Search {
    /// A path below the root.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Whether the root is that of the machine.
    pub(super) fn is_machine(&self) -> bool {
        self.root == Path::new("/")
    }

    /// A program in one of the usual folders below the root.
    pub(super) fn program(&self, name: &str) -> Option<PathBuf> {
        let folders = ["usr/bin", "usr/local/bin", "bin", "opt/vc/bin"];
        folders.iter().map(|folder| self.at(folder).join(name)).find(|path| path.is_file())
    }
}

/// What a search found: sensors that give readings, and why others do not.
#[derive(Default)]
pub(crate) struct Found {
    /// Those that can be read.
    pub sensors: Vec<Box<dyn Sensor>>,
    /// Why there are no others.
    pub reasons: Vec<String>,
}

impl Found {
    /// Nothing, for one reason.
    pub(super) fn nothing(reason: impl Into<String>) -> Self {
        Self { sensors: Vec::new(), reasons: vec![reason.into()] }
    }

    /// Keeps a sensor if it gives a reading, and the reason if it does not.
    pub(super) fn keep(&mut self, mut sensor: impl Sensor + 'static) {
        let mut readings = Vec::new();
        // long before the first row, which is then not too soon after it
        sensor.read(0, &mut readings);
        let reason = readings.iter().zip(sensor.channels()).find_map(|(reading, channel)| match reading {
            Reading::Missing(reason) => Some(format!("{}: {reason}", channel.label())),
            _ => None,
        });
        if readings.iter().all(|reading| matches!(reading, Reading::Missing(_))) {
            self.reasons.extend(reason);
        } else {
            self.sensors.push(Box::new(sensor));
        }
    }
}
