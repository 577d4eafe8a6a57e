//! JSON of AMD's tools fetched again and again: `amd-smi metric -p --json` (a list of GPUs, bare or under `gpu_data`, with
//! `power.socket_power`) and `rocm-smi --showpower --json` (an object a card).
//!
//! `amd-smi -w` puts Unix time in whole seconds before each GPU; without it the interval must be given. Values are
//! numbers, texts, or objects of value and unit; `N/A` where the board has none. Reference: ROCm/amdsmi,
//! amdsmi_cli/amdsmi_logger.py (`_store_output_amdsmi`, `_print_json_output`); ROCm/rocm_smi_lib,
//! python_smi_tools/rocm_smi.py.

use super::Format;
use super::parts::documents::{cell, documents};
use super::parts::sheet::Column;
use crate::input::{Code, Json, Refusal, Text, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "amd-smi-json",
    description: "amd-smi metric --json or rocm-smi --showpower --json, one document after another",
    units: "W",
    channels: "windowed-mean-power, instant-power",
    clock: "utc with timestamp, else relative with interval",
    boundary: "board",
    sample: "amd-smi-json.json",
    detect,
    read,
};

/// Names of a power, best first.
const POWERS: [&str; 5] = [
    "average_socket_power",
    "socket_power",
    "Average Graphics Package Power (W)",
    "current_socket_power",
    "Current Socket Graphics Package Power (W)",
];

fn detect(head: &Head) -> bool {
    let json = head.start.trim_start().starts_with(['{', '[']);
    json && POWERS.iter().any(|name| head.start.contains(&format!("\"{name}\"")))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let mut counts = Vec::new();
    for (document, line) in documents(&mut builder, text)? {
        let cards = document.as_object().unwrap_or_default();
        if let Some(gpus) = document.get("gpu_data").and_then(Json::as_array) {
            for gpu in gpus {
                take(&mut builder, (cell(gpu.get("gpu")), gpu.get("timestamp")), gpu.get("power"), line, &mut counts)?;
            }
        } else if document.get("gpu").is_some() {
            let name = (cell(document.get("gpu")), document.get("timestamp"));
            take(&mut builder, name, document.get("power"), line, &mut counts)?;
        } else {
            for (name, card) in cards.iter().filter(|(name, _)| name.starts_with("card")) {
                take(&mut builder, (name, None), Some(card), line, &mut counts)?;
            }
        }
    }
    builder.finish(FORMAT.name, true)
}

/// Takes the best power of one board.
fn take(
    builder: &mut Builder<'_>,
    (name, stamp): (&str, Option<&Json<'_>>),
    powers: Option<&Json<'_>>,
    line: u32,
    counts: &mut Vec<u64>,
) -> Result<(), Refusal> {
    let value = |name: &str| powers.and_then(|powers| powers.get(name));
    let given =
        |name: &&&str| value(name).is_some_and(|value| cell(Some(value.get("value").unwrap_or(value))) != "N/A");
    let best = POWERS.iter().find(given).or_else(|| POWERS.iter().find(|name| value(name).is_some()));
    let Some((best, value)) = best.and_then(|name| Some((*name, value(name)?))) else {
        return Err(builder.refuse(Code::NoPower, line, name, "a socket or package power"));
    };
    builder.record(line);
    let slot = builder.slot_named(best).unwrap_or_else(|| {
        let current = best.to_lowercase().starts_with("current");
        let kind = if current { Kind::InstantPower } else { Kind::WindowedMeanPower { window_ns: None } };
        builder.slot(Column::new(best, kind, "W").at(Boundary::Board).sink().slot)
    });
    let declared = value.get("unit").map_or("W", |unit| cell(Some(unit)));
    let text = cell(Some(value.get("value").unwrap_or(value)));
    let reading = builder.read(slot, text, (unit(declared), None), line)?;
    let device = builder.device(name, line)?;
    counts.resize(counts.len().max(device + 1), 0);
    let count = counts.get_mut(device).map_or(0, |count| std::mem::replace(count, *count + 1));
    let time = match stamp {
        Some(stamp) => builder.unix_time(cell(Some(stamp)), "s", line)?,
        None => builder.spaced_time(None, count, line)?,
    };
    builder.sample((device, slot), (line, time), reading, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watched_gpus_have_a_time() {
        let one = |stamp, power| {
            format!("[{{\"timestamp\": {stamp}, \"gpu\": 0, \"power\": {{\"socket_power\": {power}}}}}]\n")
        };
        let log = one(1_741_082_400, 142) + &one(1_741_082_401, 158);
        let trace = crate::traces::read(log.into_bytes(), "amd.json", &ReadOptions::default()).unwrap();
        let samples = &trace.channels[0].samples;
        assert_eq!(samples.value, [142.0, 158.0]);
        assert_eq!(samples.time_ns, [1_741_082_400_000_000_000, 1_741_082_401_000_000_000]);
    }
}
