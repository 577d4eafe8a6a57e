//! Answers of the Prometheus API to `query_range`: `data.result[].metric` and `values`, pairs of Unix time and a text.
//!
//! Reference: Prometheus documentation, HTTP API, range queries; the metrics in `parts/metrics.rs`.

use super::Format;
use super::parts::metrics::Metrics;
use crate::input::{Base, Code, Json, Literal, Place, Refusal, Scale, Stamp, Text, literal, numeric_stamp};
use crate::traces::{Builder, Fault, Head, ReadOptions, Time, Trace};
use std::collections::HashMap;

pub(super) const FORMAT: Format = Format {
    name: "prometheus-json",
    description: "Prometheus query_range answer with metrics of DCGM, Kepler, Scaphandre or node_exporter",
    units: "by metric: W, mJ, J, uW, uJ",
    channels: "energy-counter, windowed-mean-power, instant-power",
    clock: "utc",
    boundary: "board (DCGM), node (Kepler platform), chip (RAPL)",
    sample: "prometheus-json.json",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    head.start.trim_start().starts_with('{') && head.start.contains("\"resultType\"")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let document = Json::parse(text.bytes(), text.path())?;
    let refuse = |found: &str, expected: &str| Refusal::new(Code::NoData, text.path(), Place::Line(1), found, expected);
    if document.at("data.resultType").and_then(Json::as_str) == Some("vector") {
        let expected = "a range of times, as query_range answers";
        return Err(Refusal::new(Code::TooFewSamples, text.path(), Place::Line(1), "one instant", expected));
    }
    let Some(result) = document.at("data.result").and_then(Json::as_array) else {
        return Err(refuse("no data.result", "the answer of query_range"));
    };
    let (mut metrics, mut spans) = (Metrics::default(), HashMap::new());
    let mut record = 0u32;
    for (index, series) in result.iter().enumerate() {
        let path = format!("data.result[{index}]");
        let labels = labels(series);
        let name = labels.iter().find(|(name, _)| *name == "__name__").map_or("", |(_, value)| *value);
        let labels: Vec<(&str, &str)> = labels.iter().filter(|(name, _)| *name != "__name__").copied().collect();
        let values = series.get("values").and_then(Json::as_array).unwrap_or_default();
        builder.elements(record, format!("{path}.values"));
        let span = span(values);
        let target =
            metrics.target(&mut builder, (name, &labels), (record, Place::Path(path)), options, |device, slot| {
                overlap(spans.get(&(device, slot)), span)
            })?;
        for (at, value) in values.iter().enumerate() {
            check(&builder, value, record.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)))?;
        }
        if let Some(target) = target {
            let known = spans.entry((target.device, target.slot)).or_insert(span);
            *known = join(*known, span);
            for value in values {
                take(&mut builder, value, (target.device, target.slot), target.unit, record)?;
                record = record.saturating_add(1);
            }
        }
    }
    let known = metrics.settle(&mut builder)?;
    builder.finish(FORMAT.name, known)
}

fn take(
    builder: &mut Builder<'_>,
    value: &Json<'_>,
    series: (usize, usize),
    unit: Option<crate::input::Unit>,
    record: u32,
) -> Result<(), Refusal> {
    builder.record(record);
    let Some([time, reading]) = value.as_array() else { return Ok(()) };
    let text = text_of(reading);
    let stamp = self::stamp(time);
    let Some(stamp) = stamp else {
        return Err(builder.refuse(Code::TimeParse, record, time.kind(), "Unix time in s"));
    };
    let cell = builder.read(series.1, text, (unit, None), record)?;
    // the marker of a series that ended is no failed sensor
    let time: Time = builder.time(stamp, record)?;
    let cell = if reading.is_null() { Err(Fault::NotRead) } else { cell };
    builder.sample(series, (record, time), cell, text)
}

/// Refuses what is no pair of a time and a number or a word, whether its series is read or not.
fn check(builder: &Builder<'_>, value: &Json<'_>, record: u32) -> Result<(), Refusal> {
    let Some([_, reading]) = value.as_array() else {
        return Err(builder.refuse(Code::FieldCount, record, value.kind(), "a pair of time and value"));
    };
    match literal(text_of(reading), '.') {
        Literal::Broken => Err(builder.refuse(Code::BadNumber, record, text_of(reading), "a decimal number")),
        _ => Ok(()),
    }
}

fn text_of<'j>(reading: &'j Json<'_>) -> &'j str {
    reading.as_str().or(reading.as_number()).unwrap_or("null")
}

fn stamp(time: &Json<'_>) -> Option<Stamp> {
    match literal(time.as_number().or(time.as_str())?, '.') {
        Literal::Number(number) => numeric_stamp(number, Scale::ONE).map(|stamp| Stamp { base: Base::Utc, ..stamp }),
        _ => None,
    }
}

fn labels<'a>(series: &'a Json<'_>) -> Vec<(&'a str, &'a str)> {
    let members = series.get("metric").and_then(Json::as_object).unwrap_or_default();
    members.iter().filter_map(|(name, value)| Some((name.as_ref(), value.as_str()?))).collect()
}

/// First and last time of a series. [ns]
fn span(values: &[Json<'_>]) -> Option<(i64, i64)> {
    let time = |value: &Json<'_>| stamp(value.as_array()?.first()?).map(|stamp| stamp.ns);
    Some((time(values.first()?)?, time(values.last()?)?))
}

fn overlap(known: Option<&Option<(i64, i64)>>, other: Option<(i64, i64)>) -> bool {
    match (known.copied().flatten(), other) {
        (Some(one), Some(two)) => one.0 <= two.1 && two.0 <= one.1,
        _ => false,
    }
}

fn join(one: Option<(i64, i64)>, two: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, two) {
        (Some(one), Some(two)) => Some((one.0.min(two.0), one.1.max(two.1))),
        (one, two) => one.or(two),
    }
}
