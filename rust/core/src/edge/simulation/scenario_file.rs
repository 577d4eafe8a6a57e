//! A scenario in a TOML file.

use super::scenario::{Scenario, Steps};
use crate::edge::node::{Demand, Node};
use crate::edge::series::Series;
use crate::edge::solar::{DayKind, Daylight, SolarArray, Sun};
use crate::edge::thermal::{Ambient, ThermalNode};
use crate::edge::{Battery, EdgeError};
use crate::quantity::{Quantity, calculate};
use crate::traces::{ReadOptions, TraceError, read_path};
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// The largest file. [byte]
const MOST_BYTES: usize = 1 << 20;

/// A text that stands for a quantity, and where it stands.
type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    days: Option<u32>,
    step: Option<Text>,
    longest_step: Option<Text>,
    trials: Option<usize>,
    seed: Option<u64>,
    node: NodeTable,
    demand: DemandTable,
    sun: Spanned<SunTable>,
    battery: BatteryTable,
    thermal: Option<ThermalTable>,
    ambient: Option<Spanned<AmbientTable>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeTable {
    idle: Text,
    active: Text,
    call_time: Text,
    tokens_per_call: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemandTable {
    calls_per_day: Text,
    from: Option<Text>,
    to: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SunTable {
    rated: Option<Text>,
    performance: Option<Text>,
    harvest: Option<Vec<Text>>,
    peak_sun: Option<Vec<Text>>,
    series: Option<Text>,
    #[serde(default)]
    kind: Vec<KindTable>,
    daylight: Option<Text>,
    noon: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindTable {
    name: String,
    harvest: Option<Text>,
    peak_sun: Option<Text>,
    share: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatteryTable {
    capacity: Text,
    voltage: Option<Text>,
    efficiency: Option<Text>,
    cut_off: Option<Text>,
    start: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThermalTable {
    resistance: Text,
    capacity: Text,
    ambient: Text,
    threshold: Text,
    leakage: Option<Text>,
    reference: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AmbientTable {
    swing: Text,
    warmest: Text,
}

/// The file that is read, to say where something stands in it.
struct Source<'a> {
    path: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn error(&self, at: usize, reason: impl ToString) -> EdgeError {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        EdgeError::File { file: self.path.to_owned(), line, reason: reason.to_string() }
    }

    fn quantity(&self, text: &Text) -> Result<Quantity, EdgeError> {
        calculate(text.get_ref()).map_err(|error| self.error(text.span().start, error))
    }

    fn optional(&self, text: Option<&Text>, otherwise: &str) -> Result<Quantity, EdgeError> {
        text.map_or_else(|| Ok(calculate(otherwise)?), |text| self.quantity(text))
    }

    fn all(&self, texts: &[Text]) -> Result<Vec<Quantity>, EdgeError> {
        texts.iter().map(|text| self.quantity(text)).collect()
    }

    /// The value of `work`, its reason put where `at` stands.
    fn at<T>(&self, at: &Text, work: Result<T, EdgeError>) -> Result<T, EdgeError> {
        work.map_err(|error| self.error(at.span().start, error))
    }
}

impl Scenario {
    /// The scenario that a TOML text describes; `docs/edge.md` lists its keys. A series that it names is read from the
    /// folder of the file.
    ///
    /// # Errors
    /// [`EdgeError::File`] with the line for what cannot be read, for an unknown key and for a value that cannot be; those
    /// of a series.
    ///
    /// # Example
    /// ```
    /// use szilard::edge::Scenario;
    ///
    /// let unknown = Scenario::parse("rig.toml", "days = 2\nnights = 1\n").unwrap_err();
    /// assert!(unknown.to_string().starts_with("rig.toml, line 2: unknown field `nights`"));
    /// ```
    pub fn parse(path: &str, text: &str) -> Result<Self, EdgeError> {
        let source = Source { path, text };
        if text.len() > MOST_BYTES {
            return Err(source.error(0, format!("a scenario of {} bytes; expected at most {MOST_BYTES}", text.len())));
        }
        let file: File = toml::from_str(text)
            .map_err(|error| source.error(error.span().map_or(0, |span| span.start), error.message()))?;
        let node = &file.node;
        let [idle, active] = [source.quantity(&node.idle)?, source.quantity(&node.active)?];
        let [time, tokens] = [source.quantity(&node.call_time)?, source.quantity(&node.tokens_per_call)?];
        let node = source.at(&node.idle, Node::new(&idle, &active, &time, &tokens))?;
        let scenario = Self::new(
            node,
            demand(&source, &file.demand)?,
            sun(&source, &file.sun)?,
            battery(&source, &file.battery)?,
        )?;
        let thermal = file.thermal.as_ref().map(|table| thermal(&source, table)).transpose()?;
        let ambient = match &file.ambient {
            None => Ambient::Constant,
            Some(table) => {
                let (at, table) = (&table.get_ref().swing, table.get_ref());
                source.at(at, Ambient::daily(&source.quantity(&table.swing)?, &source.quantity(&table.warmest)?))?
            }
        };
        let steps = match (&file.step, &file.longest_step) {
            (None, None) => scenario.steps,
            (Some(step), None) => Steps::Fixed(source.at(step, Self::step_of(&source.quantity(step)?))?),
            (None, Some(step)) => Steps::Events(source.at(step, Self::step_of(&source.quantity(step)?))?),
            (Some(_), Some(step)) => return Err(source.error(step.span().start, "either step or longest_step")),
        };
        let (days, trials) = (file.days.unwrap_or(scenario.days), file.trials.unwrap_or(scenario.trials));
        Ok(Self { thermal, ambient, steps, days, trials, seed: file.seed.unwrap_or(0), ..scenario })
    }
}

fn demand(source: &Source<'_>, table: &DemandTable) -> Result<Demand, EdgeError> {
    let calls = source.quantity(&table.calls_per_day)?;
    let made = match (&table.from, &table.to) {
        (None, None) => Demand::new(&calls, None),
        (from, to) => {
            let ends = [source.optional(from.as_ref(), "0 h")?, source.optional(to.as_ref(), "24 h")?];
            Demand::new(&calls, Some(ends.each_ref()))
        }
    };
    source.at(&table.calls_per_day, made)
}

fn battery(source: &Source<'_>, table: &BatteryTable) -> Result<Battery, EdgeError> {
    let voltage = table.voltage.as_ref().map(|text| source.quantity(text)).transpose()?;
    let battery = Battery::new(&source.quantity(&table.capacity)?, voltage.as_ref());
    let efficiency = source.optional(table.efficiency.as_ref(), "1")?;
    let [cut_off, start] = [source.optional(table.cut_off.as_ref(), "0")?, source.optional(table.start.as_ref(), "1")?];
    let battery = battery.and_then(|battery| battery.with_efficiency(&efficiency)?.between(&cut_off, &start));
    source.at(&table.capacity, battery)
}

fn thermal(source: &Source<'_>, table: &ThermalTable) -> Result<ThermalNode, EdgeError> {
    let given = [&table.resistance, &table.capacity, &table.ambient, &table.threshold];
    let [resistance, capacity, ambient, threshold] = given.map(|text| source.quantity(text));
    let node = ThermalNode::new(&resistance?, &capacity?, &ambient?, &threshold?);
    let node = match (&table.leakage, &table.reference) {
        (None, None) => node,
        (Some(slope), Some(reference)) => {
            let (slope, reference) = (source.quantity(slope)?, source.quantity(reference)?);
            node.and_then(|node| node.leaking(&slope, &reference))
        }
        (Some(one), None) | (None, Some(one)) => {
            return Err(source.error(one.span().start, "leakage and reference go together"));
        }
    };
    source.at(&table.resistance, node)
}

fn sun(source: &Source<'_>, spanned: &Spanned<SunTable>) -> Result<Sun, EdgeError> {
    let (start, table) = (spanned.span().start, spanned.get_ref());
    let rated = table.rated.as_ref().map(|text| source.quantity(text)).transpose()?;
    let array = match (&rated, &table.performance) {
        (Some(rated), Some(text)) => Some(source.at(text, SolarArray::new(rated, &source.quantity(text)?))?),
        (None, Some(text)) => return Err(source.error(text.span().start, "performance needs rated")),
        (_, None) => None,
    };
    let daylight = || {
        let needed = |text: &Option<Text>| {
            let missing =
                || source.error(start, "daylight and noon are needed, as in daylight = \"12 h\", noon = \"12 h\"");
            source.quantity(text.as_ref().ok_or_else(missing)?)
        };
        let (length, noon) = (needed(&table.daylight)?, needed(&table.noon)?);
        Daylight::new(&length, &noon).map_err(|error| source.error(start, error))
    };
    let peak = |text: &Text| {
        let array =
            array.as_ref().ok_or_else(|| source.error(text.span().start, "peak_sun needs rated and performance"))?;
        source.at(text, array.energy(&source.quantity(text)?))
    };
    let sun = match (&table.harvest, &table.peak_sun, &table.series, table.kind.as_slice()) {
        (Some(days), None, None, []) => Sun::days(source.all(days)?, daylight()?),
        (None, Some(days), None, []) => Sun::days(days.iter().map(peak).collect::<Result<_, _>>()?, daylight()?),
        (None, None, Some(name), []) => recorded(source, name),
        (None, None, None, kinds) if !kinds.is_empty() => {
            let kind = |kind: &KindTable| {
                let harvest = match (&kind.harvest, &kind.peak_sun) {
                    (Some(energy), None) => source.quantity(energy)?,
                    (None, Some(time)) => peak(time)?,
                    _ => return Err(source.error(kind.share.span().start, "a kind has either harvest or peak_sun")),
                };
                Ok(DayKind { name: kind.name.clone(), harvest, share: source.quantity(&kind.share)? })
            };
            Sun::kinds(kinds.iter().map(kind).collect::<Result<_, _>>()?, daylight()?)
        }
        _ => return Err(source.error(start, "the sun has one of harvest, peak_sun, series and [[sun.kind]]")),
    };
    let sun = sun.map_err(|error| match error {
        EdgeError::File { .. } | EdgeError::Trace(_) => error,
        error => source.error(start, error),
    })?;
    Ok(rated.iter().fold(sun, |sun, rated| sun.of_array(rated)))
}

/// The power of a recording beside the file, its time counted from its first midnight.
fn recorded(source: &Source<'_>, name: &Text) -> Result<Sun, EdgeError> {
    let path = Path::new(source.path).parent().unwrap_or(Path::new("")).join(name.get_ref());
    let trace = read_path(&path, &ReadOptions::default()).map_err(|error| match error {
        TraceError::Refused(refusal) => EdgeError::Trace(refusal),
        other => source.error(name.span().start, other),
    })?;
    source.at(name, Series::of_power(&trace, Series::midnight_ns(&trace)).and_then(Sun::series))
}
