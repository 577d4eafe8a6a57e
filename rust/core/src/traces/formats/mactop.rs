//! `mactop --headless`: JSON documents with `soc_metrics`, powers in W.
//!
//! `total_power` is the whole machine: the parts of the chip, and `system_power`, which is the rest. Without it, as older
//! versions print it, what `system_power` holds is not settled and there is no total. Reference: metaspartan/mactop,
//! README.md (example of the headless output, in which the parts add up to the total).

use super::Format;
use super::parts::documents::{cell, documents};
use super::parts::sheet::Column;
use crate::input::{Code, DateOrder, Refusal, Text};
use crate::quantity::Boundary;
use crate::traces::{Builder, Fault, Head, Kind, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "mactop-json",
    description: "mactop --headless, JSON",
    units: "W",
    channels: "windowed-mean-power",
    clock: "utc",
    boundary: "node (total_power), chip (its parts)",
    sample: "mactop-json.json",
    detect,
    read,
};

const TOTAL: &str = "total_power";

const PARTS: [&str; 5] = ["cpu_power", "gpu_power", "ane_power", "dram_power", "gpu_sram_power"];

const REST: &str = "system_power";

fn detect(head: &Head) -> bool {
    let start = head.start.trim_start();
    start.starts_with(['{', '[']) && start.contains("\"soc_metrics\"") && start.contains("\"cpu_power\"")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let power = |name: &str| Column::new(name, Kind::WindowedMeanPower { window_ns: None }, "W").within(TOTAL);
    let mut columns: Vec<Column> = PARTS.iter().map(|name| power(name).at(Boundary::Chip)).collect();
    columns.extend(
        [power(REST), Column::new(TOTAL, Kind::WindowedMeanPower { window_ns: None }, "W")]
            .map(|column| column.at(Boundary::Node).sink()),
    );
    let slots: Vec<_> = columns.into_iter().map(|column| (column.unit, builder.slot(column.slot))).collect();
    for (sample, line) in documents(&mut builder, text)? {
        let (Some(metrics), Some(stamp)) =
            (sample.get("soc_metrics"), sample.get("timestamp").and_then(|stamp| stamp.as_str()))
        else {
            return Err(builder.refuse(Code::NoTime, line, "a document", "timestamp and soc_metrics"));
        };
        builder.record(line);
        let time = builder.civil_time(stamp, DateOrder::YearFirst, line)?;
        let device = builder.device("0", line)?;
        for (unit, slot) in &slots {
            let name = builder.declared(*slot).map(|slot| slot.name.clone()).unwrap_or_default();
            let Some(value) = metrics.get(&name) else { continue };
            let text = cell(Some(value));
            let reading = match builder.read(*slot, text, (*unit, None), line)? {
                // a machine that does not tell its power reads zero
                Ok((value, _)) if value == 0.0 && name == TOTAL => Err(Fault::BadRead),
                reading => reading,
            };
            builder.sample((device, *slot), (line, time), reading, text)?;
        }
    }
    let known = builder.has_readings(TOTAL) || !builder.has_readings(REST);
    if !known {
        builder.remark(Code::TotalUnknown, 1, "no total_power; what system_power holds is not settled");
    }
    builder.finish(FORMAT.name, known)
}
