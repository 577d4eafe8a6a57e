//! `macmon pipe`: one JSON object a line, powers in W.
//!
//! `sys_power` is the whole machine and reads zero where the machine does not tell it; `all_power` is the sum of CPU, GPU
//! and ANE, with memory beside it. Reference: vladkens/macmon, readme.md (JSON output, Output format).

use super::Format;
use super::parts::documents::{cell, documents};
use super::parts::sheet::Column;
use crate::input::{DateOrder, Refusal, Text};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "macmon-jsonl",
    description: "macmon pipe, one JSON object a line",
    units: "W",
    channels: "windowed-mean-power",
    clock: "utc, or relative with interval",
    boundary: "node where sys_power is read, else chip",
    sample: "macmon-jsonl.jsonl",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let start = head.start.trim_start();
    start.starts_with('{') && start.contains("\"all_power\"") && start.contains("\"cpu_power\"")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let samples = documents(&mut builder, text)?;
    let zero = |text: &str| text.parse::<f64>() == Ok(0.0);
    let system =
        samples.iter().any(|(sample, _)| sample.get("sys_power").is_some_and(|power| !zero(cell(Some(power)))));
    let power = |name: &str| Column::new(name, Kind::WindowedMeanPower { window_ns: None }, "W");
    let part = |name: &str, whole: &str| power(name).at(Boundary::Chip).within(whole);
    let mut columns =
        vec![part("cpu_power", "all_power"), part("gpu_power", "all_power"), part("ane_power", "all_power")];
    if system {
        columns.extend([power("sys_power").at(Boundary::Node).sink()]);
        columns.extend([part("all_power", "sys_power"), part("ram_power", "sys_power")]);
    } else {
        columns.extend(["all_power", "ram_power"].map(|name| power(name).at(Boundary::Chip)));
    }
    let slots: Vec<_> = columns.into_iter().map(|column| (column.unit, builder.slot(column.slot))).collect();
    for (index, (sample, line)) in samples.iter().enumerate() {
        builder.record(*line);
        let time = match sample.get("timestamp").and_then(|stamp| stamp.as_str()) {
            Some(stamp) => builder.civil_time(stamp, DateOrder::YearFirst, *line)?,
            None => builder.spaced_time(None, index as u64, *line)?,
        };
        let device = builder.device("0", *line)?;
        for (unit, slot) in &slots {
            let name = builder.declared(*slot).map(|slot| slot.name.clone()).unwrap_or_default();
            let Some(value) = sample.get(&name) else { continue };
            let text = cell(Some(value));
            let reading = builder.read(*slot, text, (*unit, None), *line)?;
            let reading = match reading {
                Ok((value, _)) if value == 0.0 && name == "sys_power" => Err(crate::traces::Fault::BadRead),
                reading => reading,
            };
            builder.sample((device, *slot), (*line, time), reading, text)?;
        }
    }
    builder.finish(FORMAT.name, true)
}
