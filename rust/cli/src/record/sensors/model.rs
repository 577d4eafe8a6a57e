//! A power that is taken for the machine's where nothing measures it: opt-in, and labelled as what it is.

use super::{Channel, Found, Reading, Search, Sensor, SensorKind};
use szilard::traces::Kind;

pub(super) const SENSOR: SensorKind =
    SensorKind { name: "model", what: "a stated power in place of a sensor (--model-tdp)", last: true, probe };

/// A stated power. [W]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ModelSpec {
    /// The power. [W]
    pub watts: f64,
    /// Its relative standard uncertainty.
    pub relative_u: f64,
}

struct Model {
    watts: f64,
    channels: [Channel; 1],
}

fn probe(search: &Search) -> Found {
    let Some(model) = search.model else { return Found::nothing("not asked for (--model-tdp)") };
    let channel = Channel::new(SENSOR.name, "machine", "stated power", Kind::InstantPower, "W");
    let modelled = format!("{} W, stated and not measured, u {} %", model.watts, model.relative_u * 100.0);
    let mut found = Found::default();
    found.keep(Model { watts: model.watts, channels: [Channel { modelled: Some(modelled), ..channel }] });
    found
}

impl Sensor for Model {
    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _: i64, into: &mut Vec<Reading>) {
        into.push(Reading::Decimal(self.watts.to_string()));
    }
}
