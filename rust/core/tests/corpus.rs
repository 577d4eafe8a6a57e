//! The fault corpus, read row by row from `EXPECT.tsv`: the code and its line, and the energy by an independent sum.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use szilard::energy::{EnergyQuery, energy as energy_of};
use szilard::input::{Code, Refusal};
use szilard::traces::{
    Channel, ColumnChoice, ColumnName, Kind, REGISTRY, ReadOptions, Role, Samples, Sign, Trace, cut, read,
};

/// Codes that the energy floor gives, not the reader; `energy_corpus.rs` holds it to them.
const ENERGY_CODES: [Code; 7] = [
    Code::Range,
    Code::NegativeNet,
    Code::Wrap,
    Code::CounterAmbiguous,
    Code::CounterReset,
    Code::CounterNonmonotonic,
    Code::CounterRange,
];

struct Case {
    file: String,
    options: ReadOptions,
    expect: String,
    code: Option<Code>,
    places: Vec<String>,
    result: String,
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus")
}

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(corpus().join(file)).unwrap()
}

fn load(file: &str, options: &ReadOptions) -> Result<Trace, Refusal> {
    read(bytes(file), file, options)
}

fn code(name: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.name() == name)
}

fn options(text: &str) -> ReadOptions {
    let mut options = ReadOptions::default();
    if let Some((_, rest)) = text.split_once("interval=\"") {
        let (number, unit) = rest.split_once('"').unwrap().0.split_once(' ').unwrap();
        assert_eq!(unit, "s");
        options.interval_ns = Some((number.parse::<f64>().unwrap() * 1e9).round() as i64);
    }
    options.decompress = text.contains("decompress=True");
    options
}

fn cases() -> Vec<Case> {
    let table = std::fs::read_to_string(corpus().join("EXPECT.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter(|row| REGISTRY.iter().any(|format| format.name == row[1]))
        .map(|row| Case {
            file: row[0].to_owned(),
            options: options(row[3]),
            expect: row[4].to_owned(),
            code: (row[5] != "-")
                .then(|| code(row[5]).unwrap_or_else(|| panic!("{}: unknown code {}", row[0], row[5]))),
            places: match row[6] {
                "-" => vec![],
                path if path.starts_with("data") => vec![path.to_owned()],
                lines => lines.split('-').map(str::to_owned).collect(),
            },
            result: row[8].to_owned(),
        })
        .collect()
}

/// Energy of one series by the rules of the corpus, written apart from the crate: covered trapezoids, and the gap. [J, s]
fn energy(channel: &Channel) -> (f64, f64) {
    let Samples { time_ns, value, breaks, .. } = &channel.samples;
    if let Kind::EnergyCounter { .. } = channel.kind {
        // a lone zero is a bad read
        return (value.last().unwrap() - value.first().unwrap(), 0.0);
    }
    let of_interval = channel.kind == Kind::IntervalMeanPower;
    let inside = |i: &usize| !breaks.contains(i);
    let step = |i: usize| (time_ns[i] - time_ns[i - 1]) as f64 / 1e9;
    let mut positive: Vec<f64> = (1..value.len()).filter(inside).map(step).filter(|dt| *dt > 0.0).collect();
    positive.sort_by(f64::total_cmp);
    let limit = positive.get(positive.len().saturating_sub(1) / 2).map_or(2.0, |median| (5.0 * median).max(2.0));
    let (mut sum, mut lost, mut gap) = (0.0f64, 0.0f64, 0.0);
    for i in (1..value.len()).filter(inside) {
        if step(i) > limit {
            gap += step(i);
            continue;
        }
        // Neumaier: the term that a plain sum loses is kept aside.
        let mean = if of_interval { value[i] } else { 0.5 * (value[i] + value[i - 1]) };
        let term = mean * step(i);
        let next = sum + term;
        lost += if sum.abs() >= term.abs() { (sum - next) + term } else { (term - next) + sum };
        sum = next;
    }
    (sum + lost, gap)
}

fn total(trace: &Trace) -> (f64, f64) {
    cut(trace)
        .members
        .iter()
        .map(|index| energy(&trace.channels[*index]))
        .fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1.max(b.1)))
}

fn of_device(trace: &Trace) -> BTreeMap<&str, f64> {
    let mut devices = BTreeMap::new();
    for index in cut(trace).members {
        *devices.entry(trace.channels[index].device.as_str()).or_insert(0.0) += energy(&trace.channels[index]).0;
    }
    devices
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12 * expected.abs()
}

fn joules(text: &str) -> Option<f64> {
    text.split_once("E=").or_else(|| text.split_once("E_gross="))?.1.split_once(" J")?.0.parse().ok()
}

fn check_result(case: &Case, trace: &Trace) -> Result<(), String> {
    for part in case.result.split(';').map(str::trim) {
        if let Some(gap) = part.strip_prefix("gap ") {
            let expected: f64 = gap.strip_suffix(" s").unwrap().parse().unwrap();
            if total(trace).1 != expected {
                return Err(format!("gap {} s, expected {expected}", total(trace).1));
            }
        }
        if part.contains("no total") && (trace.total_known || !cut(trace).members.is_empty()) {
            return Err("a total".into());
        }
        let Some(expected) = joules(part) else { continue };
        let label = part.split_once("E=").map_or("", |(label, _)| label.trim());
        if ["site", "IT", "CPU"].contains(&label) {
            continue; // channels of one device: energy_corpus.rs
        }
        let found: Vec<f64> = match label.split_once(' ') {
            _ if label.is_empty() || label == "total" => vec![total(trace).0],
            Some((count, "devices, each")) => {
                let devices = of_device(trace);
                assert_eq!(devices.len(), count.parse::<usize>().unwrap(), "{}", case.file);
                devices.into_values().collect()
            }
            _ if label == "each" => of_device(trace).into_values().collect(),
            _ => {
                let device = label.strip_prefix("GPU").filter(|rest| !rest.starts_with('-')).unwrap_or(label);
                let named = |channel: &&Channel| channel.device == device || channel.name == label;
                vec![energy(trace.channels.iter().find(named).ok_or(format!("no {label}"))?).0]
            }
        };
        if let Some(wrong) = found.iter().find(|found| !close(**found, expected)) {
            return Err(format!("{label} E={wrong} J, expected {expected}"));
        }
    }
    Ok(())
}

fn check(case: &Case) -> Result<(), String> {
    match load(&case.file, &case.options) {
        Err(refusal) if case.expect == "error" => {
            let same = Some(refusal.code) == case.code && refusal.place.to_string() == case.places[0];
            if same { Ok(()) } else { Err(format!("refused otherwise: {refusal}")) }
        }
        Err(refusal) => Err(format!("refused: {refusal}")),
        Ok(trace) if case.code.is_some_and(|code| ENERGY_CODES.contains(&code)) => {
            // No finite energy, or a net one: the energy floor says so.
            if case.code == Some(Code::Range) && total(&trace).0.is_finite() { Err("finite".into()) } else { Ok(()) }
        }
        Ok(_) if case.expect == "error" => Err("a value".into()),
        Ok(trace) => {
            // a lone zero of a counter is found when its differences are taken
            let counts = trace.channels.iter().any(|channel| matches!(channel.kind, Kind::EnergyCounter { .. }));
            let later = case.code == Some(Code::BadRead) && counts;
            for place in case.places.iter().filter(|_| !later) {
                let at = |remark: &szilard::input::Diagnostic| {
                    Some(remark.code) == case.code && remark.place.to_string() == *place
                };
                if !trace.diagnostics.iter().any(at) {
                    let said: Vec<String> =
                        trace.diagnostics.iter().map(|remark| format!("{} at {}", remark.code, remark.place)).collect();
                    return Err(format!("{:?} not at {place}, but {said:?}", case.code));
                }
            }
            let warned = trace.diagnostics.iter().any(|remark| remark.code.name().starts_with('W'));
            if case.expect == "ok" && warned {
                return Err(format!("warned: {:?}", trace.diagnostics));
            }
            check_result(case, &trace)
        }
    }
}

#[test]
fn every_row_of_the_corpus() {
    let cases = cases();
    let failures: Vec<String> =
        cases.iter().filter_map(|case| check(case).err().map(|error| format!("{}: {error}", case.file))).collect();
    println!("{} rows, {} failures", cases.len(), failures.len());
    assert!(cases.len() > 75, "only {} rows", cases.len());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn column(role: Role, position: usize, unit: Option<&str>) -> ColumnChoice {
    ColumnChoice { role, column: ColumnName::Position(position), unit: unit.map(str::to_owned) }
}

#[test]
fn what_a_caller_says_opens_what_is_refused() {
    let none = ReadOptions::default;
    let columns = vec![column(Role::Time, 0, None), column(Role::Device, 1, None), column(Role::Power, 3, Some("W"))];
    let by_hand = load("nv_05_no_header_no_unit.csv", &ReadOptions { columns, ..none() }).unwrap();
    assert!(close(total(&by_hand).0, 440.0));
    let unpacked = load("nv_09_gzip_named_csv.csv", &ReadOptions { decompress: true, ..none() }).unwrap();
    assert!(close(total(&unpacked).0, 440.0));
    let format = Some("%d/%m/%Y %H:%M:%S%.f".to_owned());
    let april = load("nv_36_ambiguous_date.csv", &ReadOptions { time_format: format, ..none() }).unwrap();
    assert!(close(total(&april).0, 200.0));
    let berlin = ReadOptions { tz: Some("Europe/Berlin".to_owned()), ..none() };
    let fold = load("nv_33_dst_fold.csv", &berlin).unwrap();
    assert!(fold.diagnostics.has(Code::DstFold) && !fold.diagnostics.has(Code::ClockStep));
    assert!(close(total(&fold).0, 600.0));
    let drawn =
        load("gen_12_battery_sign.csv", &ReadOptions { sign: Some(Sign::DischargeNegative), ..none() }).unwrap();
    assert!(close(total(&drawn).0, 28.8) && !drawn.diagnostics.has(Code::SignConvention));
    let unit = vec![
        column(Role::Time, 0, Some("ms")),
        ColumnChoice { role: Role::Power, column: ColumnName::Name("power".to_owned()), unit: Some("W".to_owned()) },
    ];
    let epoch = load("gen_10_epoch_unknown.csv", &ReadOptions { columns: unit, ..none() }).unwrap();
    assert!(close(total(&epoch).0, 440.0));
}

#[test]
fn the_instant_column_stays_at_hand() {
    // 100, 300, 100, 100, 100 W at 1 Hz: 600 J, against 400 J of the mean.
    let trace = load("nv_43_instant_and_average.csv", &ReadOptions::default()).unwrap();
    let instant = trace.channels.iter().find(|channel| channel.name == "power.draw.instant").unwrap();
    assert!(close(energy(instant).0, 600.0));
    assert!(cut(&trace).reason.contains("power.draw.average stands for power.draw.instant"));
}

#[test]
fn coarse_stamps_without_an_interval_are_flagged() {
    for (file, low, high) in
        [("nv_21_coarse_timestamps.csv", 200.0, 290.0), ("tg_09_one_second_clock_10hz.txt", 10.0, 14.5)]
    {
        let trace = load(file, &ReadOptions::default()).unwrap();
        assert!(trace.diagnostics.has(Code::CoarseTime), "{file}");
        assert!(
            trace.channels.iter().all(|channel| channel.coarse_time && channel.stamp_resolution_ns == 1_000_000_000)
        );
        assert!((low..=high).contains(&total(&trace).0), "{file}");
    }
}

#[test]
fn names_stay_as_they_are() {
    let trace = load("gen_17_bad_utf8.csv", &ReadOptions::default()).unwrap();
    assert_eq!(trace.devices(), ["caf\u{fffd}"]);
    let trace = load("gen_06_formula_names.csv", &ReadOptions::default()).unwrap();
    assert_eq!(trace.devices()[4], "\t=1+1");
    let refusal = load("nv_51_failed_to_init.csv", &ReadOptions::default()).unwrap_err();
    assert!(refusal.to_string().contains("Failed to initialize NVML: Driver/library version mismatch"));
}

/// A channel to the bit: its label, its times and its values.
type Bits = (String, Vec<i64>, Vec<u64>);

/// Samples of all channels to the bit, or the code of the refusal.
fn outcome(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Bits>, Code> {
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
    let trace = read(bytes.to_vec(), "prefix", options).map_err(|refusal| refusal.code)?;
    Ok(trace.channels.iter().map(|c| (c.label(), c.samples.time_ns.clone(), bits(&c.samples.value))).collect())
}

/// Every prefix gives what its whole lines give; a document, which has an end mark, gives a trace or a reason.
#[test]
fn every_prefix_is_its_whole_lines_or_a_reason() {
    let mut prefixes = 0;
    for case in cases() {
        let whole = bytes(&case.file);
        if whole.len() > 8192 {
            continue;
        }
        let lines = !whole.starts_with(b"{") && !whole.starts_with(b"<") && !whole.starts_with(b"\x1f\x8b");
        let mut of_lines = outcome(&[], &case.options);
        for end in 0..whole.len() {
            let found = outcome(&whole[..end], &case.options);
            prefixes += 1;
            if whole[..end].ends_with(b"\n") {
                of_lines = found;
            } else if lines && whole[..end].contains(&b'\n') && !whole[..end].contains(&0) {
                assert_eq!(found, of_lines, "{} to byte {end}", case.file);
            }
        }
    }
    assert!(prefixes > 20_000, "{prefixes}");
}

fn same_samples(one: &Trace, other: &Trace, what: &str) {
    assert_eq!(one.channels.len(), other.channels.len(), "{what}");
    for channel in &one.channels {
        let twin = other.channels.iter().find(|twin| twin.label() == channel.label()).expect(what);
        assert_eq!(twin.samples.time_ns, channel.samples.time_ns, "{what}");
        assert_eq!(twin.samples.value, channel.samples.value, "{what}");
    }
}

/// CR LF, a byte order mark, blank lines at the end, quoted fields and another order of the columns change nothing.
#[test]
fn the_dress_of_a_table_changes_nothing() {
    let files = [
        "nv_00_baseline.csv",
        "nv_01_na_power.csv",
        "nv_19_gpu_vanishes.csv",
        "nv_44_limit_column_first.csv",
        "gen_00_kw.csv",
        "gen_01_kwh_cumulative.csv",
        "gen_24_micro_signs.csv",
    ];
    for file in files {
        let plain = String::from_utf8(bytes(file)).unwrap();
        let parse = |text: String| read(text.into_bytes(), file, &ReadOptions::default()).unwrap();
        let map_fields = |map: fn(Vec<&str>) -> Vec<String>| -> String {
            plain.lines().map(|line| map(line.split(',').map(str::trim).collect()).join(",") + "\n").collect()
        };
        let original = parse(plain.clone());
        same_samples(&original, &parse(plain.replace('\n', "\r\n")), "CR LF");
        same_samples(&original, &parse(format!("\u{feff}{plain}")), "byte order mark");
        same_samples(&original, &parse(format!("{plain}\n\r\n  \n")), "blank lines");
        let quoted = map_fields(|fields| fields.iter().map(|field| format!("\"{field}\"")).collect());
        same_samples(&original, &parse(quoted), "quotes");
        let reversed = map_fields(|fields| fields.iter().rev().map(|field| (*field).to_owned()).collect());
        same_samples(&original, &parse(reversed), "column order");
        same_samples(&original, &parse(plain.replace(',', ";")), "semicolons");
        same_samples(&original, &parse(plain.replace(',', "\t")), "tabs");
    }
}

/// Every number of an answer: samples (but for the missing ones of intervals), energies and times.
fn is_finite(trace: &Trace) -> bool {
    let intervals = |kind| matches!(kind, Kind::IntervalEnergy | Kind::IntervalMeanPower);
    let finite = |channel: &Channel| {
        let values = &channel.samples.value;
        values.iter().all(|value| value.is_finite() || (value.is_nan() && intervals(channel.kind)))
    };
    let figure = energy_of(trace, &EnergyQuery::default()).map_or(0.0, |result| {
        let parts = result.per_device.iter().filter_map(|part| part.energy.as_ref());
        let budgets = parts.map(|part| part.value() + part.u());
        budgets.sum::<f64>() + result.energy.map_or(0.0, |energy| energy.value())
    });
    trace.channels.iter().all(finite) && figure.is_finite()
}

/// Bytes changed, cut out or doubled at places drawn from a fixed sequence end in a trace whose numbers are finite or in a
/// reason, never in a panic; `SZILARD_MUTATIONS` sets how many each file gets.
#[test]
fn damaged_files_are_a_trace_or_a_reason() {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut draw = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let bits = [b',', b'"', b'\n', b'0', b'-', b'.', b'[', b':', 0xff, 0x1b, b'e', b';'];
    let count = std::env::var("SZILARD_MUTATIONS").map_or(200, |count| count.parse().unwrap());
    for case in cases() {
        let whole = bytes(&case.file);
        if whole.len() > 128 << 10 {
            continue;
        }
        let rounds = if whole.len() > 8192 { count / 20 } else { count };
        for _ in 0..rounds {
            let mut damaged = whole.clone();
            for _ in 0..1 + draw(3) {
                let at = draw(damaged.len());
                match draw(3) {
                    0 if at < damaged.len() => damaged[at] = bits[draw(bits.len())],
                    1 => drop(damaged.drain(at..(at + draw(20)).min(damaged.len()))),
                    _ => damaged.insert(at, bits[draw(bits.len())]),
                }
            }
            let shown = String::from_utf8_lossy(&damaged).into_owned();
            if let Ok(trace) = read(damaged, "damaged", &case.options) {
                assert!(is_finite(&trace), "{}: {shown}", case.file);
            }
        }
    }
}
