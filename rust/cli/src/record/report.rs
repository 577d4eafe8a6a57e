//! The figures of a recording, boundary by boundary: energies at different boundaries are never added.

use super::sensors::{Channel, ModelSpec};
use super::tokens::Counts;
use crate::output::{figure, lines, or_dash, table};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use szilard::energy::{
    EnergyQuery, EnergyRecord, EnergyResult, Idle, IdlePower, InferenceEnergy, InferenceQuery, Report, Status,
    TokenLog, Tokens, energy, energy_per_token, idle_power,
};
use szilard::quantity::{Boundary, Distribution, Method, Quantity, QuantityRecord};
use szilard::traces::{ReadOptions, Trace, cut, read_path};

/// What is known when a command has ended.
pub(crate) struct Ran {
    /// The recording.
    pub path: PathBuf,
    /// Its columns.
    pub channels: Vec<Channel>,
    /// Start and end of the command, Unix time. [ns]
    pub window_ns: (i64, i64),
    /// The time before it in which the machine was idle, Unix time. [ns]
    pub idle_ns: Option<(i64, i64)>,
    /// What was generated, by count.
    pub counts: Option<Counts>,
    /// What was generated, by a token log.
    pub log: Option<TokenLog>,
    /// The stated power, where there was no sensor.
    pub model: Option<ModelSpec>,
}

/// The figures at one boundary.
pub(crate) struct AtBoundary {
    boundary: Option<Boundary>,
    devices: Vec<String>,
    sensors: Vec<&'static str>,
    meter: EnergyResult,
    idle: Option<IdlePower>,
    inference: Option<Result<InferenceEnergy, String>>,
    trace: Trace,
}

/// The figures of a recording.
pub(crate) struct Figures {
    /// From the outermost boundary inwards.
    pub parts: Vec<AtBoundary>,
    /// Why there are no others.
    pub reasons: Vec<String>,
    counts: Option<Counts>,
}

/// The figures of a recording.
pub(crate) fn figures(ran: &Ran) -> Figures {
    let mut found = Figures { parts: Vec::new(), reasons: Vec::new(), counts: ran.counts };
    // what is no regular file may have no end
    if !std::fs::metadata(&ran.path).is_ok_and(|data| data.is_file()) {
        found.reasons.push(format!("{}: no regular file, from which there are no figures", ran.path.display()));
        return found;
    }
    let trace = match read_path(&ran.path, &ReadOptions::default()) {
        // a report is shown to strangers, and the folders on the way often have the name of a user
        Ok(trace) => Trace { source: name_of(&ran.path), ..trace },
        Err(error) => {
            found.reasons.push(error.to_string());
            return found;
        }
    };
    for (boundary, part) in by_boundary(&trace, &ran.channels) {
        let query = EnergyQuery { window: Some(ran.window_ns), ..EnergyQuery::default() };
        match energy(&part, &query) {
            Ok(meter) => found.parts.push(at_boundary(ran, boundary, part, meter)),
            Err(error) => found.reasons.push(error.to_string()),
        }
    }
    found.parts.reverse();
    found
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The trace in parts whose devices have one boundary; what has none stands first.
fn by_boundary(trace: &Trace, channels: &[Channel]) -> BTreeMap<Option<Boundary>, Trace> {
    let unplaced = |device: &str| channels.iter().any(|channel| channel.device == device && !channel.placed);
    let nested = Trace { total_known: true, ..trace.clone() };
    let mut devices: BTreeMap<Option<Boundary>, Vec<String>> = BTreeMap::new();
    for index in cut(&nested).members {
        let Some(channel) = trace.channels.get(index) else { continue };
        let of_boundary = devices.entry(channel.boundary).or_default();
        if !of_boundary.contains(&channel.device) {
            of_boundary.push(channel.device.clone());
        }
    }
    let part = |devices: &Vec<String>| {
        let mut part = trace.clone();
        part.channels.retain(|channel| devices.contains(&channel.device));
        part.total_known = !devices.iter().any(|device| unplaced(device));
        part
    };
    devices.iter().map(|(boundary, devices)| (*boundary, part(devices))).collect()
}

fn at_boundary(ran: &Ran, boundary: Option<Boundary>, trace: Trace, meter: EnergyResult) -> AtBoundary {
    let devices: Vec<String> = trace.devices().into_iter().map(str::to_owned).collect();
    let mut sensors: Vec<&'static str> =
        ran.channels.iter().filter(|channel| devices.contains(&channel.device)).map(|channel| channel.sensor).collect();
    sensors.dedup();
    let tokens = match (&ran.log, ran.counts) {
        (Some(log), _) => Some(Tokens::Log(log)),
        (None, counts) => counts.filter(|counts| counts.output > 0).map(|counts| Tokens::Count(counts.output)),
    };
    let inference = tokens.map(|tokens| {
        let window = matches!(tokens, Tokens::Count(_)).then_some(ran.window_ns);
        let idle = ran.idle_ns.map(|(start, end)| Idle::Window(start, end));
        let query = InferenceQuery { window, idle, ..InferenceQuery::default() };
        energy_per_token(&trace, tokens, &query).map_err(|error| error.to_string())
    });
    let idle_window = ran.idle_ns.map(|(start, end)| Idle::Window(start, end));
    let idle = idle_power(&trace, idle_window.as_ref()).ok();
    let mut part = AtBoundary { boundary, devices, sensors, meter, idle, inference, trace };
    let of_part = ran.channels.iter().filter(|channel| part.devices.contains(&channel.device));
    if of_part.clone().any(|channel| channel.modelled.is_some()) {
        part.model(ran.model.map(|model| model.relative_u));
    }
    part
}

impl AtBoundary {
    /// Says of every figure that it was not measured: it follows from a power that is stated, with the uncertainty of that,
    /// or played.
    fn model(&mut self, relative_u: Option<f64>) {
        let modelled = |quantity: &Quantity| {
            let u = relative_u.map(|share| share * quantity.value().abs());
            let with_u = u.and_then(|u| quantity.with_u(u, "stated power", Distribution::Normal).ok());
            with_u.unwrap_or_else(|| quantity.clone()).by([Method::Modelled])
        };
        self.meter.energy = self.meter.energy.as_ref().map(modelled);
        self.meter.mean_power = self.meter.mean_power.as_ref().map(modelled);
        match &mut self.idle {
            Some(idle) if relative_u.is_none() => idle.power = modelled(&idle.power),
            idle => *idle = None,
        }
        if let Some(Ok(inference)) = &mut self.inference {
            inference.per_token = modelled(&inference.per_token);
            inference.tokens_per_wh = modelled(&inference.tokens_per_wh);
            inference.gross = modelled(&inference.gross);
            inference.above_idle = inference.above_idle.as_ref().map(modelled);
        }
    }

    fn tokens(&self) -> Option<&InferenceEnergy> {
        self.inference.as_ref()?.as_ref().ok()
    }

    fn json(&self) -> Value {
        let quantity = |quantity: Option<&Quantity>| quantity.map(QuantityRecord::from);
        json!({
            "boundary": self.boundary.map(|boundary| boundary.to_string()),
            "devices": self.devices,
            "sensors": self.sensors,
            "status": self.meter.status.word(),
            "energy": quantity(self.meter.energy.as_ref()),
            "mean_power": quantity(self.meter.mean_power.as_ref()),
            "idle_power": quantity(self.idle.as_ref().map(|idle| &idle.power)),
            "idle_method": self.idle.as_ref().map(|idle| &idle.method),
            "per_token": quantity(self.tokens().map(|tokens| &tokens.per_token)),
            "tokens_per_wh": quantity(self.tokens().map(|tokens| &tokens.tokens_per_wh)),
            "above_idle": quantity(self.tokens().and_then(|tokens| tokens.above_idle.as_ref())),
            "meter": EnergyRecord::from(&self.meter),
        })
    }

    fn row(&self) -> Vec<String> {
        let value = |quantity: Option<&Quantity>| or_dash(quantity.map(|quantity| figure(quantity.value())));
        let u = |quantity: Option<&Quantity>| {
            or_dash(quantity.filter(|quantity| quantity.u() > 0.0).map(|quantity| figure(quantity.u())))
        };
        let energy = self.meter.energy.as_ref();
        vec![
            or_dash(self.boundary),
            self.sensors.join(", "),
            value(energy),
            u(energy),
            value(self.meter.mean_power.as_ref()),
            value(self.idle.as_ref().map(|idle| &idle.power)),
            value(self.tokens().map(|tokens| &tokens.per_token)),
            u(self.tokens().map(|tokens| &tokens.per_token)),
            value(self.tokens().map(|tokens| &tokens.tokens_per_wh)),
            format!("{:.3}", self.meter.covered_ns as f64 * 1e-9),
            format!("{:.3}", self.meter.gap_ns as f64 * 1e-9),
            self.meter.status.word().to_owned(),
        ]
    }
}

const TITLES: [&str; 12] = [
    "boundary",
    "sensors",
    "energy [J]",
    "u [J]",
    "mean power [W]",
    "idle power [W]",
    "J/token",
    "u [J/token]",
    "token/Wh",
    "covered [s]",
    "not covered [s]",
    "status",
];

impl Figures {
    /// The figures as a table, and what there is to say about them.
    pub(crate) fn text(&self) -> String {
        let rows: Vec<Vec<String>> = self.parts.iter().map(AtBoundary::row).collect();
        let mut text = if rows.is_empty() { String::new() } else { table(&TITLES, &rows) };
        let tokens = self.counts.map(|counts| match counts.prompt {
            Some(prompt) => format!("{} generated, {prompt} prompt", counts.output),
            None => format!("{} generated", counts.output),
        });
        let idle = self.parts.iter().find_map(|part| part.idle.as_ref()).map(|idle| idle.method.clone());
        text.push_str(&lines(&[("tokens", tokens), ("idle power", idle)]));
        for part in &self.parts {
            text.push_str(&crate::output::diagnostics_text(&part.meter.reasons, false));
            if part.meter.energy.is_none() {
                text.push_str("no total: how the rails nest is not settled; `szilard energy --channel` has each\n");
            }
            if let Some(Err(reason)) = &part.inference {
                text.push_str(&format!("no energy per token: {reason}\n"));
            }
        }
        text
    }

    /// complete, incomplete or refused.
    pub(crate) fn status(&self) -> &'static str {
        let incomplete = self.parts.iter().any(|part| part.meter.status == Status::Incomplete);
        match (self.parts.is_empty(), incomplete) {
            (true, _) => "refused",
            (false, true) => Status::Incomplete.word(),
            (false, false) => Status::Complete.word(),
        }
    }

    /// The figures for a program; the first ones are those of the outermost boundary.
    pub(crate) fn json(&self) -> Value {
        let outermost = |quantity: fn(&AtBoundary) -> Option<&Quantity>| {
            self.parts.first().and_then(quantity).map(QuantityRecord::from)
        };
        json!({
            "status": self.status(),
            "energy": outermost(|part| part.meter.energy.as_ref()),
            "per_token": outermost(|part| part.tokens().map(|tokens| &tokens.per_token)),
            "tokens": self.counts.map(|counts| json!({ "output": counts.output, "prompt": counts.prompt })),
            "boundaries": self.parts.iter().map(AtBoundary::json).collect::<Vec<_>>(),
            "reasons": self.reasons,
        })
    }

    /// The answer where nothing could be measured: every reason, and no energy.
    pub(crate) fn refused(reasons: &[String]) -> Value {
        json!({ "status": "refused", "energy": null, "per_token": null, "boundaries": [], "reasons": reasons })
    }

    /// The report of the outermost boundary with tokens, as `szilard compare` reads it.
    pub(crate) fn report(&self) -> Option<Report> {
        self.parts.iter().find_map(|part| Some(Report::new(&part.trace, part.tokens()?)))
    }
}
