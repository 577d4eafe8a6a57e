//! Scaphandre's JSON exporter: reports with `host` and `sockets`, `consumption` in uW and `timestamp` in Unix s.
//!
//! The host holds its sockets, and a socket its domains; it is the platform where the machine tells that (PSYS). Shares of
//! processes are a model and are not read. Reference: hubblo-org/scaphandre, src/exporters/json.rs and
//! docs_src/references/metrics.md.

use super::Format;
use super::parts::documents::{cell, documents};
use super::parts::sheet::Column;
use crate::input::{Code, Json, Refusal, Text};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "scaphandre-json",
    description: "Scaphandre JSON exporter",
    units: "uW",
    channels: "windowed-mean-power",
    clock: "utc",
    boundary: "not settled for the host (package and memory, or the platform)",
    sample: "scaphandre-json.json",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let start = head.start.trim_start();
    start.starts_with(['{', '[']) && start.contains("\"host\"") && start.contains("\"consumption\"")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    for (report, line) in documents(&mut builder, text)? {
        if let Some(host) = report.get("host").filter(|host| !host.is_null()) {
            take(&mut builder, host, ("host", None), line)?;
        }
        for socket in report.get("sockets").and_then(Json::as_array).unwrap_or_default() {
            let name = format!("socket-{}", cell(socket.get("id")));
            take(&mut builder, socket, (&name, Some("host")), line)?;
            for domain in socket.get("domains").and_then(Json::as_array).unwrap_or_default() {
                let part = format!("{name}/{}", cell(domain.get("name")));
                take(&mut builder, domain, (&part, Some(&name)), line)?;
            }
        }
    }
    builder.finish(FORMAT.name, true)
}

fn take(
    builder: &mut Builder<'_>,
    part: &Json<'_>,
    (name, within): (&str, Option<&str>),
    line: u32,
) -> Result<(), Refusal> {
    let (Some(power), Some(stamp)) = (part.get("consumption"), part.get("timestamp")) else {
        return Err(builder.refuse(Code::NoPower, line, name, "consumption and timestamp"));
    };
    builder.record(line);
    let slot = builder.slot_named(name).unwrap_or_else(|| {
        let column = Column::new(name, Kind::WindowedMeanPower { window_ns: None }, "uW");
        let column = if within.is_some() { column.at(Boundary::Chip) } else { column };
        builder.slot(within.into_iter().fold(column, Column::within).slot)
    });
    let text = cell(Some(power));
    let reading = builder.read(slot, text, (crate::input::unit("uW"), None), line)?;
    let time = builder.unix_time(cell(Some(stamp)), "s", line)?;
    let device = builder.device("0", line)?;
    builder.sample((device, slot), (line, time), reading, text)
}
