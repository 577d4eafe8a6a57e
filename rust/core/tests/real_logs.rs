//! Real logs of public repositories, read where they are at hand (`SZILARD_SHARED`, else `../shared` beside the
//! repository) and never copied here. The facts were counted in the files with other tools.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use szilard::input::{Code, Place};
use szilard::traces::{Channel, Clock, ReadOptions, Trace, TraceError, cut, read_path};

fn log(path: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("SZILARD_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let file = shared.join("traces").join(path);
    if !file.exists() {
        println!("SKIPPED: no {} (set SZILARD_SHARED)", file.display());
        return None;
    }
    Some(file)
}

fn trace(path: &str, options: &ReadOptions) -> Option<Trace> {
    log(path).map(|file| read_path(&file, options).unwrap_or_else(|error| panic!("{path}: {error}")))
}

fn refusal(path: &str) -> Option<(Code, Place)> {
    log(path).map(|file| match read_path(&file, &ReadOptions::default()) {
        Err(TraceError::Refused(refusal)) => (refusal.code, refusal.place),
        other => panic!("{path}: {other:?}"),
    })
}

fn channel<'t>(trace: &'t Trace, name: &str) -> &'t Channel {
    trace.channels.iter().find(|channel| channel.name == name).unwrap()
}

/// Trapezoid without gaps. [J]
fn joules(channel: &Channel) -> f64 {
    let (time, value) = (&channel.samples.time_ns, &channel.samples.value);
    (1..value.len()).map(|i| 0.5 * (value[i] + value[i - 1]) * (time[i] - time[i - 1]) as f64 / 1e9).sum()
}

#[test]
fn nvidia_smi_of_an_a100_is_cut_in_its_last_line() {
    let Some(trace) = trace("nvidia_smi/llama2-13b_a100_nvidia-smi.csv", &ReadOptions::default()) else { return };
    let power = channel(&trace, "power.draw");
    assert_eq!((trace.format, trace.clock, power.samples.len()), ("nvidia-smi-csv", Clock::Local, 2710));
    assert_eq!(power.samples.value[0], 52.61);
    assert_eq!(power.samples.value.last(), Some(&397.06));
    let cut_line = trace.diagnostics.iter().find(|remark| remark.code == Code::PartialLastLine).unwrap();
    assert_eq!(cut_line.place, Place::Line(2712));
}

#[test]
fn nvidia_smi_at_50_and_100_ms_is_one_device() {
    for (file, rows) in [("nvidia_smi/flame_50ms.csv", 73), ("nvidia_smi/flame_torch-ex-smi.csv", 65)] {
        let Some(trace) = trace(file, &ReadOptions::default()) else { return };
        assert_eq!((trace.devices(), trace.channels[0].samples.len()), (vec!["0"], rows), "{file}");
    }
}

#[test]
fn nvidia_smi_without_units_in_cells_is_named_by_uuid() {
    let Some(trace) = trace("nvidia_smi/nounits_uuid_qwen3-8b_a100_EXCERPT.csv", &ReadOptions::default()) else {
        return;
    };
    assert_eq!(trace.devices(), ["GPU-03a84180-d660-dbdc-17f4-0e0655717066"]);
    assert_eq!(trace.channels[0].samples.value[..2], [82.29, 280.53]);
}

#[test]
fn tegrastats_of_an_orin_nx_has_a_total_rail() {
    let Some(trace) = trace("tegrastats/orin_nx_timestamped_mW.log", &ReadOptions::default()) else { return };
    let total = channel(&trace, "VDD_IN");
    assert_eq!((total.samples.len(), total.samples.value[0]), (103, 5.542));
    // Trapezoid over the printed stamps, 1348.9 J; the rails inside VDD_IN are not added.
    assert!((joules(total) - 1348.9).abs() < 0.05, "{}", joules(total));
    assert_eq!(cut(&trace).members.len(), 1);
    assert_eq!(channel(&trace, "VDD_SOC").within.as_deref(), Some("VDD_IN"));
}

#[test]
fn tegrastats_of_a_tx2_needs_an_interval_and_starts_at_its_date() {
    let file = "tegrastats/tx2_date_header.txt";
    let Some(found) = refusal(file) else { return };
    assert_eq!(found, (Code::NoTime, Place::Line(2)));
    let options = ReadOptions { interval_ns: Some(1_000_000_000), ..ReadOptions::default() };
    let trace = trace(file, &options).unwrap();
    let total = channel(&trace, "VDD_IN");
    // date -u -d '2021-01-26 18:22:31' +%s
    assert_eq!((trace.clock, total.samples.time_ns[0]), (Clock::Utc, 1_611_685_351_000_000_000));
    assert_eq!((total.samples.len(), trace.channels.len()), (432, 6));
    assert_eq!(total.samples.value[..2], [1.84, 1.61]);
}

#[test]
fn ptd_totals_are_the_sums_of_their_channels() {
    let logs = [
        ("v51_lenovo_b200_llama2-70b_server", 2790, 2787),
        ("v51_lenovo_b200_llama3.1-8b_offline", 781, 782),
        ("v51_lenovo_b200_llama3.1-405b_offline", 3605, 3625),
    ];
    for (run, testing, ranging) in logs {
        for (phase, lines) in [("run_1", testing), ("ranging", ranging)] {
            let Some(trace) = trace(&format!("mlperf/{run}/{phase}/spl.txt"), &ReadOptions::default()) else { return };
            let named = |name| &channel(&trace, name).samples;
            let (total, parts) = (named("Watts"), ["Ch1", "Ch2", "Ch3"].map(named));
            let failed = trace.diagnostics.iter().filter(|remark| remark.code == Code::BadRead);
            let failed = failed.filter(|remark| remark.channel.as_deref() == Some("0/Watts")).count();
            assert_eq!((trace.format, total.len() + failed), ("ptd-spl", lines), "{run} {phase}");
            assert_eq!(failed > 0, phase == "ranging", "{run} {phase}");
            for (i, watts) in total.value.iter().enumerate() {
                let sum: f64 = parts.iter().map(|part| part.value[i]).sum();
                assert!((sum - watts).abs() < 1e-6, "{run} {phase} line {}", total.line[i]);
            }
            assert_eq!(cut(&trace).members.len(), 1);
        }
    }
}

#[test]
fn two_analyzers_on_a_line_keep_their_signs() {
    let Some(trace) = trace("mlperf/spl_two_analyzers_negative_EXCERPT.txt", &ReadOptions::default()) else { return };
    let named = |name| channel(&trace, name).samples.value[0];
    assert_eq!((named("Watts"), named("Analyzer1"), named("Analyzer2")), (606.075, -11.075, 595.0));
    assert!(trace.diagnostics.has(Code::NegativePower));
}

#[test]
fn a_plug_logger_needs_its_date_order() {
    let file = "plug/el4k_wattmeter_2020_06_17.csv";
    let Some(found) = refusal(file) else { return };
    assert_eq!(found, (Code::TimeParse, Place::Line(2)));
    let options = ReadOptions { time_format: Some("%d/%m/%Y %H:%M".to_owned()), ..ReadOptions::default() };
    let trace = trace(file, &options).unwrap();
    let plug = channel(&trace, "Actual Consumption");
    // Mean 24.314848 W over 860 rows, 348.512823 Wh at one minute a row; apparent power is no power.
    let sum: f64 = plug.samples.value.iter().sum();
    assert_eq!((plug.samples.len(), trace.channels.len()), (860, 1));
    assert!((sum / 860.0 - 24.314848).abs() < 1e-6 && (sum / 60.0 - 348.512823).abs() < 1e-5);
}

#[test]
fn a_solar_log_has_its_date_in_a_column_of_its_own() {
    let file = "solar/solar_harvest_power.csv";
    let Some(found) = refusal(file) else { return };
    assert_eq!(found, (Code::TimeParse, Place::Line(2)));
    let options = ReadOptions { time_format: Some("%m/%d/%Y %I:%M:%S %p".to_owned()), ..ReadOptions::default() };
    let trace = trace(file, &options).unwrap();
    let sun = channel(&trace, "Watt");
    // 7949 rows, at most 3142.53 W, 13 990.05 Wh by the trapezoid.
    let most = sun.samples.value.iter().copied().fold(0.0, f64::max);
    assert_eq!((sun.samples.len(), most), (7949, 3142.53));
    assert!((joules(sun) / 3600.0 - 13990.05).abs() < 0.01, "{}", joules(sun) / 3600.0);
}
