//! What the columns of a table with titles hold, by their names and units.

use crate::input::{Dimension, Title};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Time of the row.
    Time,
    /// Name, or part of the name, of the device.
    Device,
    /// Power.
    Power,
    /// Energy since some start.
    Energy,
    /// Energy of the interval since the row before.
    IntervalEnergy,
    /// Current.
    Current,
    /// Nothing that is read.
    Other,
}

/// Words of the time of a row.
const TIMES: [&str; 11] =
    ["time", "timestamp", "ts", "t", "date", "datetime", "elapsed", "epoch", "unix", "clock", "unixtime"];

/// Words that may stand beside one of [`TIMES`]; any other makes it a duration, as in `inference time`.
const TIME_QUALIFIERS: [&str; 14] = [
    "utc",
    "local",
    "since",
    "start",
    "sample",
    "relative",
    "rel",
    "host",
    "system",
    "monotonic",
    "boot",
    "of",
    "the",
    "log",
];

const DEVICES: [&str; 21] = [
    "device",
    "device_id",
    "gpu",
    "gpu_id",
    "gpu_index",
    "index",
    "id",
    "uuid",
    "gpu_uuid",
    "sensor",
    "rail",
    "zone",
    "channel",
    "node",
    "host",
    "hostname",
    "name",
    "label",
    "outlet",
    "plug",
    "socket",
];

const POWERS: [&str; 4] = ["power", "watt", "watts", "consumption"];

const ENERGIES: [&str; 4] = ["energy", "joule", "joules", "kwh"];

/// Words of columns that are in watts or joules and no reading of what is drawn.
const NO_READING: [&str; 26] = [
    "per",
    "apparent",
    "reactive",
    "limit",
    "max",
    "min",
    "maximum",
    "minimum",
    "peak",
    "cap",
    "tdp",
    "rated",
    "nominal",
    "default",
    "requested",
    "enforced",
    "setpoint",
    "target",
    "budget",
    "threshold",
    "factor",
    "std",
    "stdev",
    "error",
    "uncertainty",
    "state",
];

/// Words of a column that contains the others.
const TOTALS: [&str; 4] = ["total", "sum", "combined", "overall"];

const MEANS: [&str; 3] = ["average", "avg", "mean"];

const INSTANTS: [&str; 3] = ["instant", "instantaneous", "inst"];

const INTERVALS: [&str; 4] = ["delta", "interval", "increment", "diff"];

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn any(words: &[String], list: &[&str]) -> bool {
    words.iter().any(|word| list.contains(&word.as_str()))
}

/// What the column of that title holds.
pub(super) fn holds(title: &Title) -> Holds {
    let words = words(&title.name);
    if title.unit.is_none() && DEVICES.contains(&title.name.to_lowercase().as_str()) {
        return Holds::Device;
    }
    let reading = !any(&words, &NO_READING);
    match title.unit.map(|unit| unit.dimension) {
        Some(Dimension::Time) if is_time(&words) => Holds::Time,
        Some(Dimension::Power) if reading => Holds::Power,
        Some(Dimension::Energy) if reading && any(&words, &INTERVALS) => Holds::IntervalEnergy,
        Some(Dimension::Energy) if reading => Holds::Energy,
        Some(Dimension::Current) => Holds::Current,
        Some(_) => Holds::Other,
        None if is_time(&words) => Holds::Time,
        None if reading && any(&words, &POWERS) => Holds::Power,
        None if reading && any(&words, &ENERGIES) => Holds::Energy,
        None => Holds::Other,
    }
}

fn is_time(words: &[String]) -> bool {
    let allowed = |word: &String| TIMES.contains(&word.as_str()) || TIME_QUALIFIERS.contains(&word.as_str());
    any(words, &TIMES) && words.iter().all(allowed)
}

/// The name without the words that tell a mean from an instant reading: columns that share it show one quantity.
pub(super) fn quantity(name: &str) -> String {
    let words = words(name);
    let kept = words.iter().filter(|word| !MEANS.contains(&word.as_str()) && !INSTANTS.contains(&word.as_str()));
    kept.map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Whether the names are those of parts of one kind, as `p1` and `p2` or `gpu0_power` and `gpu1_power` are: the same but
/// for numbers and single letters.
pub(super) fn alike<'n>(mut names: impl Iterator<Item = &'n str>) -> bool {
    let kind = |name: &str| -> Vec<String> {
        let bare = |word: String| word.replace(|c: char| c.is_ascii_digit(), "");
        words(name).into_iter().map(bare).filter(|word| word.chars().count() > 1).collect()
    };
    let first = names.next().map(kind);
    names.all(|name| Some(kind(name)) == first)
}

/// Whether the name is that of a mean over the interval.
pub(super) fn is_mean(name: &str) -> bool {
    any(&words(name), &MEANS)
}

/// Whether the name is that of a column that contains the others.
pub(super) fn is_total(name: &str) -> bool {
    any(&words(name), &TOTALS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::title;

    #[test]
    fn columns_are_known_by_unit_before_name() {
        for (text, expected) in [
            ("time [s]", Holds::Time),
            ("DateTime", Holds::Time),
            ("timestamp_ms", Holds::Time),
            ("Time since start (s)", Holds::Time),
            ("inference_time_s", Holds::Other),
            ("latency [ms]", Holds::Other),
            ("energy per token [J]", Holds::Other),
            ("device", Holds::Device),
            ("p1 [\u{3bc}W]", Holds::Power),
            ("power", Holds::Power),
            ("Actual Consumption/W", Holds::Power),
            ("Apparent Consumption/W", Holds::Other),
            ("Power Factor", Holds::Other),
            ("power.limit [W]", Holds::Other),
            ("energy [kWh]", Holds::Energy),
            ("energy_delta_uj", Holds::IntervalEnergy),
            ("Current(uA)", Holds::Current),
            ("Voltage/V", Holds::Other),
            ("temperature", Holds::Other),
        ] {
            assert_eq!(holds(&title(text)), expected, "{text}");
        }
        assert!(alike(["p1", "p2"].into_iter()) && alike(["gpu0_power", "gpu12_power"].into_iter()));
        assert!(alike(["power a", "power b"].into_iter()) && alike(["Ch1", "Ch2", "Ch3"].into_iter()));
        assert!(!alike(["cpu", "gpu", "system"].into_iter()) && !alike(["package", "core"].into_iter()));
        assert_eq!(quantity("power.draw.instant"), quantity("power.draw.average"));
    }
}
