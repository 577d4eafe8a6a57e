//! Every row of the fault corpus whose format is read: value and status, or refusal, as `EXPECT.tsv` has them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use szilard::energy::{EnergyQuery, EnergyResult, Idle, InferenceQuery, Rule, Tokens, energy, energy_per_token};
use szilard::traces::{REGISTRY, ReadOptions, Trace, read};

/// A row of the table.
struct Row {
    file: String,
    options: String,
    expect: String,
    code: String,
    line: String,
    status: String,
    result: String,
}

fn rows() -> Vec<Row> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let table = std::fs::read_to_string(corpus.join("EXPECT.tsv")).unwrap();
    let cells = table.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let row = |c: Vec<String>| Row {
        file: c[0].clone(),
        options: c[3].clone(),
        expect: c[4].clone(),
        code: c[5].clone(),
        line: c[6].clone(),
        status: c[7].clone(),
        result: c[8].clone(),
    };
    cells.filter(|cells| REGISTRY.iter().any(|format| format.name == cells[1])).map(row).collect()
}

fn option<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    let rest = row.options.split_once(&format!("{name}=\""))?.1;
    Some(rest.split_once('"').unwrap().0)
}

fn load(row: &Row) -> Result<Trace, (String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus").join(&row.file);
    let interval_ns = option(row, "interval").map(|interval| {
        let seconds: f64 = interval.strip_suffix(" s").unwrap().parse().unwrap();
        (seconds * 1e9).round() as i64
    });
    let options =
        ReadOptions { interval_ns, decompress: row.options.contains("decompress=True"), ..ReadOptions::default() };
    read(std::fs::read(path).unwrap(), &row.file, &options)
        .map_err(|refusal| (refusal.code.name().to_owned(), refusal.place.to_string()))
}

fn measure(trace: &Trace) -> Result<EnergyResult, (String, String)> {
    energy(trace, &EnergyQuery::default())
        .map_err(|error| (error.code().unwrap().name().to_owned(), error.place().unwrap_or_default().to_string()))
}

#[test]
fn refused_rows_are_refused_with_their_code_and_line() {
    for row in rows().iter().filter(|row| row.expect == "error") {
        let refused = match load(row) {
            Err(refused) => Some(refused),
            Ok(trace) => measure(&trace).err(),
        };
        assert_eq!(refused, Some((row.code.clone(), row.line.clone())), "{}", row.file);
    }
}

#[test]
fn valued_rows_have_their_value_status_and_remark() {
    for row in rows().iter().filter(|row| row.expect != "error") {
        let trace = load(row).unwrap_or_else(|refused| panic!("{}: {refused:?}", row.file));
        let result = measure(&trace).unwrap_or_else(|refused| panic!("{}: {refused:?}", row.file));
        assert_eq!(result.status.word(), row.status, "{}", row.file);
        for part in row.result.split(';').map(str::trim) {
            check(row, &result, &trace, part);
        }
        if row.code != "-" && option(row, "idle").is_none() {
            let lines: Vec<String> = result
                .reasons
                .iter()
                .filter(|remark| remark.code.name() == row.code)
                .map(|remark| remark.place.to_string())
                .collect();
            let each =
                if row.line.starts_with("data") { vec![row.line.as_str()] } else { row.line.split('-').collect() };
            for line in each {
                assert!(lines.contains(&line.to_owned()), "{}: {} not on line {line}: {lines:?}", row.file, row.code);
            }
        }
    }
}

fn check(row: &Row, result: &EnergyResult, trace: &Trace, part: &str) {
    let close = |found: f64, text: &str| {
        let expected = number(text);
        // the range of a RAPL counter is one unit, 61 uJ, short of its modulus
        let unit = if row.code == "I_WRAP" { 61e-6 } else { 0.0 };
        assert!(
            (found - expected).abs() <= 1e-12 * expected.abs().max(1.0) + unit,
            "{}: {found} J for {part}",
            row.file
        );
    };
    let of = |device: &str| result.per_device.iter().find(|part| part.device == device);
    let joules = |device: &str| of(device).and_then(|part| part.energy.as_ref()).map(|energy| energy.value());
    let total = || result.energy.as_ref().unwrap().value();
    match part.split_once("E=") {
        Some(("" | "total ", value)) => close(total(), value),
        Some((each, value)) if each.ends_with("each ") => {
            if let Some((count, _)) = each.split_once(" devices") {
                assert_eq!(result.per_device.len().to_string(), count, "{}", row.file);
            }
            for part in &result.per_device {
                close(part.energy.as_ref().unwrap().value(), value);
            }
        }
        // twelve digits are printed of a kilowatt hour
        Some((label @ ("site " | "IT " | "CPU "), value)) => {
            let channel = match label {
                "site " => "energy_consumed",
                "IT " => "energy_consumed / pue",
                _ => "cpu_energy",
            };
            let query = EnergyQuery { channel: Some(channel.to_owned()), ..EnergyQuery::default() };
            let found = energy(trace, &query).unwrap().energy.unwrap();
            assert!((found.value() / number(value) - 1.0).abs() < 1e-11, "{}: {found} for {part}", row.file);
            let boundary = found.boundary().unwrap().word();
            assert!(boundary == label.trim().to_lowercase() || label == "CPU ", "{}: {boundary}", row.file);
        }
        None if part == "GPU no value" => {
            let query = EnergyQuery { channel: Some("gpu_energy".to_owned()), ..EnergyQuery::default() };
            assert!(energy(trace, &query).is_err(), "{}", row.file);
        }
        Some((channel, value)) if channel.starts_with("Ch") => {
            let query = EnergyQuery { channel: Some(channel.trim().to_owned()), ..EnergyQuery::default() };
            close(energy(trace, &query).unwrap().energy.unwrap().value(), value);
        }
        Some((device, value)) => {
            let device = device.trim();
            let index = device.strip_prefix("GPU").filter(|rest| !rest.starts_with('-')).unwrap_or(device);
            close(joules(index).unwrap(), value);
            if let Some((_, over)) = value.split_once(" over ") {
                assert_eq!(of(index).unwrap().covered_ns, (number(over) * 1e9) as i64, "{}", row.file);
            }
        }
        None if part.ends_with("no value") => {
            let prefix = part.split('*').next().unwrap();
            let silent: Vec<_> = result.per_device.iter().filter(|part| part.device.starts_with(prefix)).collect();
            assert!(!silent.is_empty() && silent.iter().all(|part| part.energy.is_none()), "{}", row.file);
        }
        None if part.starts_with("gap ") => {
            assert_eq!(result.gap_ns, (number(&part[4..]) * 1e9) as i64, "{}", row.file);
        }
        None if part.starts_with("per rail only") => {
            assert!(result.energy.is_none() && result.per_device.iter().all(|rail| rail.energy.is_some()));
        }
        None if part.starts_with("MLPerf mean") => {
            let query = EnergyQuery { rule: Rule::MeanOfSamples, ..EnergyQuery::default() };
            let mean = energy(trace, &query).unwrap().mean_power.unwrap().value();
            close(mean, part.split_once("= ").unwrap().1);
        }
        None if part.starts_with("E_gross") || part.starts_with("E_net") => {
            let idle = option(row, "idle").unwrap().parse().unwrap();
            let query = InferenceQuery { idle: Some(Idle::Power(idle)), ..InferenceQuery::default() };
            let result = energy_per_token(trace, Tokens::Count(1), &query).unwrap();
            let (name, value) = part.split_once('=').unwrap();
            let figure = if name == "E_gross" { &result.gross } else { result.above_idle.as_ref().unwrap() };
            close(figure.value(), value);
            let remark = result.reasons.iter().find(|remark| remark.code.name() == row.code).unwrap();
            assert_eq!(remark.place.to_string(), row.line, "{}", row.file);
        }
        None => panic!("{}: cannot check {part:?}", row.file),
    }
}

/// The number a text starts with.
fn number(text: &str) -> f64 {
    text.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn coarse_stamps_without_an_interval_cover_the_possible_range() {
    for (file, low, high) in
        [("nv_21_coarse_timestamps.csv", 200.0, 290.0), ("tg_09_one_second_clock_10hz.txt", 10.0, 14.5)]
    {
        let row = rows().into_iter().find(|row| row.file == file).unwrap();
        let result = measure(&load(&Row { options: String::new(), ..row }).unwrap()).unwrap();
        let energy = result.energy.unwrap();
        let interval = energy.measured().interval(0.95).unwrap();
        assert!(low <= energy.value() && energy.value() <= high, "{file}: {energy}");
        assert!(interval.low <= low && interval.high >= high, "{file}: {interval:?}");
    }
}
