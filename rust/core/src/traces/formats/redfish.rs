//! Redfish `Power` resources fetched again and again: `PowerControl[].PowerConsumedWatts`.
//!
//! A resource has no time of its own: the interval must be given. Supplies, limits and the averages of the service are
//! not read. Several power controls do not say whether one holds another. Reference:
//! DMTF/Redfish-Mockup-Server, public-rackmount1/Chassis/1U/Power/index.json.

use super::Format;
use super::parts::documents::{cell, documents};
use super::parts::sheet::Column;
use crate::input::{Code, Json, Refusal, Text, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "redfish-power-json",
    description: "Redfish Power resources, one after another",
    units: "W",
    channels: "instant-power",
    clock: "relative with interval",
    boundary: "node",
    sample: "redfish-power-json.json",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    head.start.trim_start().starts_with(['{', '[']) && head.start.contains("\"PowerControl\"")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let resources = documents(&mut builder, text)?;
    if let ([(_, line)], None) = (resources.as_slice(), options.interval_ns) {
        return Err(builder.refuse(Code::TooFewSamples, *line, "one snapshot", "the resource fetched again and again"));
    }
    for (index, (resource, line)) in resources.iter().enumerate() {
        let controls = resource.get("PowerControl").and_then(Json::as_array).unwrap_or_default();
        if controls.is_empty() {
            return Err(builder.refuse(
                Code::NoPower,
                *line,
                "no PowerControl",
                "PowerControl with PowerConsumedWatts",
            ));
        }
        builder.record(*line);
        let time = builder.spaced_time(None, index as u64, *line)?;
        let device = builder.device("0", *line)?;
        for control in controls {
            let name = control.get("Name").or(control.get("MemberId")).map_or("PowerControl", |name| cell(Some(name)));
            let slot = builder.slot_named(name).unwrap_or_else(|| {
                builder.slot(Column::new(name, Kind::InstantPower, "W").at(Boundary::Node).sink().slot)
            });
            let text = cell(control.get("PowerConsumedWatts"));
            let reading = builder.read(slot, text, (unit("W"), None), *line)?;
            builder.sample((device, slot), (*line, time), reading, text)?;
        }
    }
    let known = builder.slot_names().count() < 2;
    if !known {
        builder.remark(Code::TotalUnknown, 1, "whether one power control holds another is not said");
    }
    builder.finish(FORMAT.name, known)
}
