//! Metrics of exporters by their names and labels: what each measures, on which device, and which holds which.
//!
//! DCGM: `etc/default-counters.csv` of NVIDIA/dcgm-exporter (power in W, energy in mJ since the driver was loaded).
//! Kepler: `docs/user/metrics.md` and `internal/exporter/prometheus/collector/platform_collector.go` of
//! sustainable-computing-io/kepler, where `kepler_platform_watts` has one series a Redfish power control; in older
//! releases the names of `e2e/integration-test/e2e_metric_test.go`. Scaphandre: `docs_src/references/metrics.md` and
//! `src/exporters/json.rs` of hubblo-org/scaphandre. Shares of processes, containers and pods are models of their writers
//! and are not read.

use super::rapl_zone::{Part, Zone};
use crate::input::{Code, Place, Refusal, Unit, printable, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, ColumnChoice, Kind, Negative, ReadOptions, Role, Slot};
use std::collections::HashMap;

/// What a metric is a reading of, from the outermost inwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Node,
    Host,
    Package,
    Inside,
    Share,
}

/// A metric that is read.
struct Known {
    name: &'static str,
    /// What it shows: two metrics of one thing are alternatives.
    shows: &'static str,
    kind: Kind,
    unit: &'static str,
    boundary: Option<Boundary>,
    level: Level,
}

/// A counter of Prometheus is a 64-bit number that falls only when its exporter starts again.
const COUNTER: Kind = Kind::EnergyCounter { range: Some(18_446_744_073_709_551_616.0) };

const MEAN: Kind = Kind::WindowedMeanPower { window_ns: None };

const fn known(
    (name, shows): (&'static str, &'static str),
    kind: Kind,
    unit: &'static str,
    boundary: Option<Boundary>,
    level: Level,
) -> Known {
    Known { name, shows, kind, unit, boundary, level }
}

use Boundary::{Board, Chip, Node};

/// What a power control shows: several of one node may hold one another.
const CONTROL: &str = "control";

/// The metrics that are read; of two that show one thing, the counter stands for the mean and the mean for the instant.
const KNOWN: [Known; 26] = [
    known(("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "board"), COUNTER, "mJ", Some(Board), Level::Node),
    known(("DCGM_FI_DEV_POWER_USAGE", "board"), MEAN, "W", Some(Board), Level::Node),
    known(("DCGM_FI_DEV_POWER_USAGE_INSTANT", "board"), Kind::InstantPower, "W", Some(Board), Level::Node),
    known(("kepler_node_platform_joules_total", "platform"), COUNTER, "J", Some(Node), Level::Node),
    known(("kepler_platform_watts", CONTROL), Kind::InstantPower, "W", Some(Node), Level::Node),
    known(("kepler_node_cpu_joules_total", "cpu"), COUNTER, "J", Some(Chip), Level::Package),
    known(("kepler_node_cpu_watts", "cpu"), MEAN, "W", Some(Chip), Level::Package),
    known(("kepler_node_cpu_active_joules_total", "active"), COUNTER, "J", Some(Chip), Level::Share),
    known(("kepler_node_cpu_active_watts", "active"), MEAN, "W", Some(Chip), Level::Share),
    known(("kepler_node_cpu_idle_joules_total", "idle"), COUNTER, "J", Some(Chip), Level::Share),
    known(("kepler_node_cpu_idle_watts", "idle"), MEAN, "W", Some(Chip), Level::Share),
    known(("kepler_node_package_joules_total", "package"), COUNTER, "J", Some(Chip), Level::Package),
    known(("kepler_node_dram_joules_total", "dram"), COUNTER, "J", Some(Chip), Level::Package),
    known(("kepler_node_core_joules_total", "core"), COUNTER, "J", Some(Chip), Level::Inside),
    known(("kepler_node_uncore_joules_total", "uncore"), COUNTER, "J", Some(Chip), Level::Inside),
    known(("scaph_host_energy_microjoules", "host"), COUNTER, "uJ", None, Level::Host),
    known(("scaph_host_power_microwatts", "host"), MEAN, "uW", None, Level::Host),
    known(("scaph_socket_energy_microjoules", "socket"), COUNTER, "uJ", Some(Chip), Level::Package),
    known(("scaph_socket_power_microwatts", "socket"), MEAN, "uW", Some(Chip), Level::Package),
    known(("scaph_domain_energy_microjoules", "domain"), COUNTER, "uJ", Some(Chip), Level::Inside),
    known(("scaph_domain_power_microwatts", "domain"), MEAN, "uW", Some(Chip), Level::Inside),
    known(("node_rapl_package_joules_total", "package"), COUNTER, "J", Some(Chip), Level::Package),
    known(("node_rapl_dram_joules_total", "dram"), COUNTER, "J", Some(Chip), Level::Package),
    known(("node_rapl_core_joules_total", "core"), COUNTER, "J", Some(Chip), Level::Inside),
    known(("node_rapl_uncore_joules_total", "uncore"), COUNTER, "J", Some(Chip), Level::Inside),
    known(("node_rapl_psys_joules_total", "psys"), COUNTER, "J", None, Level::Host),
];

/// Labels that tell parts of a device apart.
const PARTS: [&str; 13] = [
    "zone",
    "path",
    "index",
    "package",
    "socket_id",
    "domain_id",
    "domain_name",
    "mode",
    "source",
    "core",
    "bmc_id",
    "chassis_id",
    "power_control_id",
];

/// Labels of the host, best first.
const HOSTS: [&str; 7] = ["Hostname", "hostname", "node_name", "node", "exported_instance", "instance", "host"];

/// Labels that name the instance of a partitioned GPU, which shows the counter of the whole one.
const INSTANCES: [&str; 2] = ["GPU_I_ID", "GPU_I_PROFILE"];

/// Labels of a series: name and value.
pub(crate) type Labels<'l> = [(&'l str, &'l str)];

/// The series met so far.
#[derive(Default)]
pub(crate) struct Metrics {
    series: Vec<Met>,
    by_identity: HashMap<(usize, String), usize>,
    unknown: Vec<String>,
}

/// One series of one device.
struct Met {
    device: usize,
    slot: usize,
    shows: String,
    level: Level,
    labels: Vec<(String, String)>,
    unit: Option<Unit>,
}

impl Met {
    fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }
}

/// Where the samples of a series go.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub device: usize,
    pub slot: usize,
    pub unit: Option<Unit>,
}

impl Metrics {
    /// Where the samples of the series of this metric and labels go; `None` for a metric that is not read, and for a
    /// second series of one sensor (`W_DUP_SERIES`, `W_MIRRORED_COUNTER`), which `overlaps` tells from the same series
    /// under changed labels.
    ///
    /// # Errors
    /// `E_LIMIT_DEVICES`, `E_UNIT_UNKNOWN` for a unit the caller gives.
    pub fn target(
        &mut self,
        builder: &mut Builder<'_>,
        (name, labels): (&str, &Labels<'_>),
        (record, place): (u32, Place),
        options: &ReadOptions,
        overlaps: impl Fn(usize, usize) -> bool,
    ) -> Result<Option<Target>, Refusal> {
        let found = KNOWN.iter().find(|known| known.name == name);
        let (kind, unit, boundary, level) = match (found, given(builder, options, record)?) {
            (Some(known), _) => (known.kind, unit(known.unit), known.boundary, level_of(known, labels)),
            (None, Some((kind, unit))) => (kind, unit, options.boundary, Level::Node),
            (None, None) => {
                if self.unknown.len() < 16 {
                    self.unknown.push(printable(if name.is_empty() { "an expression without a name" } else { name }));
                }
                return Ok(None);
            }
        };
        let device = builder.device(&device_of(name, labels), record)?;
        let shown = shown(name, labels);
        if let Some(first) = self.by_identity.get(&(device, shown.clone())).and_then(|at| self.series.get(*at)) {
            let target = Target { device, slot: first.slot, unit: first.unit };
            let same = labels.len() == first.labels.len()
                && labels
                    .iter()
                    .zip(&first.labels)
                    .all(|(one, two)| (one.0, one.1) == (two.0.as_str(), two.1.as_str()));
            if same || !overlaps(target.device, target.slot) {
                return Ok(Some(target));
            }
            let differs = |label: &&str| value(labels, label) != first.label(label);
            let code = if INSTANCES.iter().any(differs) { Code::MirroredCounter } else { Code::DupSeries };
            builder.diagnostics.push(code, place, Some(&shown), "the same sensor once more; it counts once");
            return Ok(None);
        }
        let slot = builder.slot(Slot {
            name: shown.clone(),
            kind,
            boundary: options.boundary.or(boundary),
            within: None,
            instead: None,
            negative: if name.starts_with("DCGM") { Negative::Dropped } else { Negative::Kept },
        });
        self.by_identity.insert((device, shown), self.series.len());
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let shows = found.map_or(name, |known| known.shows).to_owned();
        self.series.push(Met { device, slot, shows, level, labels, unit });
        Ok(Some(Target { device, slot, unit }))
    }

    /// Puts the series in their places once all are known; whether the total of each device is known.
    ///
    /// # Errors
    /// `E_NO_POWER` where no metric is one that is read.
    pub fn settle(&self, builder: &mut Builder<'_>) -> Result<bool, Refusal> {
        if self.series.is_empty() {
            let found = if self.unknown.is_empty() { "no series".to_owned() } else { self.unknown.join(", ") };
            let expected = "a metric of DCGM, Kepler, Scaphandre or node_exporter, or columns= with a unit";
            return Err(Refusal::new(Code::NoPower, builder.path(), Place::Line(1), found, expected));
        }
        if !self.unknown.is_empty() {
            builder.remark(Code::SkippedLine, 1, format!("metrics that are not read: {}", self.unknown.join(", ")));
        }
        let mut by_device: HashMap<usize, Vec<&Met>> = HashMap::new();
        for met in &self.series {
            by_device.entry(met.device).or_default().push(met);
        }
        let controls = |series: &Vec<&Met>| series.iter().filter(|met| met.shows == CONTROL).count();
        let known = by_device.values().all(|series| controls(series) < 2);
        if !known {
            builder.remark(Code::TotalUnknown, 1, "whether one power control holds another is not said");
        }
        for series in by_device.values() {
            let outermost = series.iter().map(|met| met.level).min();
            let best = |level: Option<Level>| {
                series.iter().filter(|met| Some(met.level) == level).min_by_key(|met| rank(builder, met.slot))
            };
            let holder = best(outermost).and_then(|met| builder.declared(met.slot)).map(|slot| slot.name.clone());
            let mut places = Vec::new();
            for met in series {
                let inner = Some(met.level) != outermost;
                // packages hold their parts; memory beside them is no part of theirs
                let held = inner && !(outermost == Some(Level::Package) && met.level == Level::Package);
                let better = series
                    .iter()
                    .filter(|other| other.shows == met.shows && parts(&other.labels) == parts(&met.labels))
                    .filter(|other| rank(builder, other.slot) < rank(builder, met.slot))
                    .min_by_key(|other| rank(builder, other.slot))
                    .and_then(|other| builder.declared(other.slot))
                    .map(|slot| slot.name.clone());
                places.push((met.slot, held.then(|| holder.clone()).flatten(), better));
            }
            for (slot, within, instead) in places {
                if let Some(slot) = builder.slot_mut(slot) {
                    (slot.within, slot.instead) = (within, instead);
                }
            }
        }
        Ok(known)
    }
}

/// The kind and unit that the caller gives to metrics that are not known.
fn given(builder: &Builder<'_>, options: &ReadOptions, record: u32) -> Result<Option<(Kind, Option<Unit>)>, Refusal> {
    let wanted = |choice: &&ColumnChoice| matches!(choice.role, Role::Power | Role::Energy);
    let Some(choice) = options.columns.iter().find(wanted) else { return Ok(None) };
    let kind = if choice.role == Role::Power { MEAN } else { COUNTER };
    let text = choice.unit.as_deref().unwrap_or_default();
    match unit(text) {
        Some(unit) => Ok(Some((kind, Some(unit)))),
        None => Err(builder.refuse(Code::UnitUnknown, record, text, "a unit such as W or J")),
    }
}

fn value<'l>(labels: &Labels<'l>, name: &str) -> Option<&'l str> {
    labels.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).filter(|value| !value.is_empty())
}

fn level_of(known: &Known, labels: &Labels<'_>) -> Level {
    let zone = value(labels, "zone").or_else(|| value(labels, "domain_name"));
    match zone.map(|zone| Zone::named(zone).part) {
        Some(Part::Platform) => Level::Host,
        Some(Part::Inside) => Level::Inside,
        Some(Part::Memory | Part::Package) if known.level != Level::Share => Level::Package,
        _ => known.level,
    }
}

/// The name of the device: the uuid of a GPU, or its index on its host; else the host.
fn device_of(name: &str, labels: &Labels<'_>) -> String {
    let host = HOSTS.iter().find_map(|label| value(labels, label));
    let gpu = ["UUID", "uuid", "gpu_uuid"].iter().find_map(|label| value(labels, label));
    match (gpu, value(labels, "gpu")) {
        (Some(uuid), _) => uuid.to_owned(),
        (None, Some(gpu)) => host.map_or_else(|| gpu.to_owned(), |host| format!("{host}/{gpu}")),
        (None, None) if name.is_empty() || !KNOWN.iter().any(|known| known.name == name) => {
            let all: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            if all.is_empty() { "0".to_owned() } else { all.join(",") }
        }
        (None, None) => host.unwrap_or("0").to_owned(),
    }
}

/// The name of the series: the metric and the labels that tell parts of a device apart.
fn shown(name: &str, labels: &Labels<'_>) -> String {
    let parts: Vec<String> =
        PARTS.iter().filter_map(|label| Some(format!("{label}={}", value(labels, label)?))).collect();
    let name = if name.is_empty() { "value" } else { name };
    if parts.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", parts.join(",")) }
}

fn parts(labels: &[(String, String)]) -> Vec<&(String, String)> {
    labels.iter().filter(|(name, _)| PARTS.contains(&name.as_str())).collect()
}

/// How well a series gives energy: counters before means, means before instants.
fn rank(builder: &Builder<'_>, slot: usize) -> u8 {
    match builder.declared(slot).map(|slot| slot.kind) {
        Some(Kind::EnergyCounter { .. }) => 0,
        Some(Kind::WindowedMeanPower { .. }) => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_controls_of_one_node_have_no_total() {
        let line = |control, watts, stamp| {
            format!(
                "kepler_platform_watts{{source=\"redfish\",node_name=\"n1\",bmc_id=\"b1\",chassis_id=\"2U\",\
                 power_control_id=\"{control}\",power_control_name=\"x\"}} {watts} {stamp}\n"
            )
        };
        let read = |log: String| crate::traces::read(log.into_bytes(), "k.prom", &ReadOptions::default()).unwrap();
        let one = read(line("PC1", 450, 1000) + &line("PC1", 460, 2000));
        assert!(!one.diagnostics.has(Code::TotalUnknown));
        // the power of the processors may be inside that of the server: 450 W + 200 W is no total
        let two = line("PC1", 450, 1000) + &line("PC2", 200, 1000) + &line("PC1", 460, 2000) + &line("PC2", 210, 2000);
        let two = read(two);
        assert_eq!(two.channels.len(), 2);
        assert!(two.diagnostics.has(Code::TotalUnknown));
    }

    #[test]
    fn a_gpu_is_its_uuid_and_a_node_its_name() {
        assert_eq!(device_of("DCGM_FI_DEV_POWER_USAGE", &[("gpu", "0"), ("UUID", "GPU-a"), ("job", "x")]), "GPU-a");
        assert_eq!(device_of("DCGM_FI_DEV_POWER_USAGE", &[("gpu", "0"), ("Hostname", "n1")]), "n1/0");
        assert_eq!(device_of("kepler_node_cpu_watts", &[("zone", "package"), ("node_name", "n1")]), "n1");
    }
}
