//! What the columns of a table with titles hold, by their names and units.

use crate::input::{Dimension, Title};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
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

/// Words of a part that holds others, where its neighbours are such parts.
const WHOLES: [&str; 26] = [
    "system", "node", "server", "host", "machine", "platform", "psys", "package", "pkg", "socket", "soc", "module",
    "board", "chassis", "rack", "input", "in", "wall", "plug", "outlet", "psu", "ac", "mains", "grid", "site", "load",
];

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
pub(crate) fn holds(title: &Title) -> Holds {
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
pub(crate) fn quantity(name: &str) -> String {
    let words = words(name);
    let kept = words.iter().filter(|word| !MEANS.contains(&word.as_str()) && !INSTANTS.contains(&word.as_str()));
    kept.map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Whether some of the names, and not all, are of a whole that may contain the others.
pub(crate) fn may_contain<'n>(names: impl Iterator<Item = &'n str> + Clone) -> bool {
    let mut wholes = names.map(|name| any(&words(&name.replace(|c: char| c.is_ascii_digit(), " ")), &WHOLES));
    let first = wholes.next();
    wholes.any(|whole| Some(whole) != first)
}

/// Whether the name is that of a mean over the interval.
pub(crate) fn is_mean(name: &str) -> bool {
    any(&words(name), &MEANS)
}

/// Whether the name is that of a column that contains the others.
pub(crate) fn is_total(name: &str) -> bool {
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
        for (names, expected) in [
            (["cpu_power", "gpu_power", "system_power"], true),
            (["package0", "core", "uncore"], true),
            (["Grid Power", "PV power", "load"], true),
            (["p1", "p2", "p3"], false),
            (["cpu", "gpu0", "gpu1"], false),
            (["node1 power", "node2 power", "node3 power"], false),
        ] {
            assert_eq!(may_contain(names.into_iter()), expected, "{names:?}");
        }
        assert_eq!(quantity("power.draw.instant"), quantity("power.draw.average"));
    }
}
