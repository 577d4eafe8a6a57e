//! MLPerf power runs: official figures of real ones (`SZILARD_SHARED`), and synthetic ones with a fault each.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use szilard::energy::{EnergyError, Finding, MlperfCheck, MlperfFiles, RunFile, mlperf_check, mlperf_run};
use szilard::input::Code;

fn file(path: &str, text: String) -> RunFile {
    RunFile { path: path.to_owned(), bytes: text.into_bytes() }
}

/// `03-04-2025 HH:MM:SS.000` at a second of the day.
fn stamp(second: u32) -> String {
    format!("03-04-2025 {:02}:{:02}:{:02}.000", second / 3600, second / 60 % 60, second % 60)
}

/// 10:00:00, when the meter starts; 2025-03-04T10:00:00Z is 1741082400.
const TEN: u32 = 36_000;
const UNIX_TEN: f64 = 1_741_082_400.0;

/// A detail log with the window from one second of the day to another.
fn detail(begin: u32, end: u32, scenario: &str) -> RunFile {
    let record = |key: &str, value: &str| format!(":::MLLOG {{\"key\": \"{key}\", \"value\": {value}}}\n");
    let quoted = |text: &str| format!("\"{text}\"");
    let text = record("effective_scenario", &quoted(scenario))
        + &record("power_begin", &quoted(&stamp(begin)))
        + &record("power_end", &quoted(&stamp(end)))
        + &record("result_query_count", "1200")
        + &record("result_tokens_per_second", "500");
    file("run_1/mlperf_log_detail.txt", text)
}

/// A meter at one sample a second for 640 s from 10:00:00, with the power of each second.
fn meter(power: impl Fn(u32) -> f64, mark: &str) -> RunFile {
    let line = |second: u32| {
        let watts = power(second);
        let stamp = stamp(TEN + second);
        format!("Time,{stamp},Watts,{watts:.6},Volts,230.000000,Amps,1.000000,PF,0.980000,Mark,{mark}\n")
    };
    file("run_1/spl.txt", (0..=640).map(line).collect())
}

fn meter_log(lines: &[(u32, &str)]) -> RunFile {
    let activated = "Uncertainty checking for YokogawaWT310E is activated";
    let all = [(TEN - 800, activated), (TEN - 790, "Go with mark 's_ranging'"), (TEN - 100, "Completed test")];
    let line = |(second, text): &(u32, &str)| format!("{}: {text}\n", stamp(*second));
    file("power/ptd_logs.txt", all.iter().chain(lines).map(line).collect())
}

fn session(path: &str, shift: f64) -> RunFile {
    let at = |second: f64| format!("[{:.3}, 0.0]", UNIX_TEN + second + shift);
    let phase = |first: f64| [first, first + 5.0, first + 635.0, first + 640.0].map(at).join(", ");
    let text = format!("{{\"phases\": {{\"ranging\": [[0, 0]], \"testing\": [{}]}}}}", phase(0.0));
    file(path, text)
}

/// A run of 600 s at 1000 W whose window starts 20 s behind the first sample; nothing speaks against it.
fn sound() -> MlperfFiles {
    MlperfFiles {
        detail: detail(TEN + 20, TEN + 620, "Offline"),
        power: meter(|_| 1000.0, "s_testing"),
        ranging_detail: None,
        ranging_power: None,
        meter_log: Some(meter_log(&[])),
        client: Some(session("power/client.json", 0.0)),
        server: Some(session("power/server.json", 0.1)),
        submitted: None,
    }
}

/// The findings but for what is not there to be checked.
fn findings(files: &MlperfFiles) -> Vec<Finding> {
    let check = mlperf_check(files).unwrap();
    check.findings.into_iter().filter(|finding| finding.code != Code::NotChecked).collect()
}

fn only(files: &MlperfFiles) -> Finding {
    let found = findings(files);
    assert_eq!(found.len(), 1, "{found:#?}");
    found[0].clone()
}

#[test]
fn a_sound_run_has_its_figures_and_no_finding() {
    let files = sound();
    assert_eq!(findings(&files), []);
    let run = mlperf_run(&files).unwrap();
    // 1000 W over 600 s at 500 token/s: 2 J/token, 0.5 token/J, 1800 token/Wh
    assert_eq!((run.samples, run.official.value(), run.per_query), (599, 1000.0, false));
    assert_eq!(run.energy_of_mean.value(), 600e3);
    assert!((run.time_weighted.energy.unwrap().value() - 600e3).abs() < 1e-6);
    assert!((run.per_token.unwrap().value() - 2.0).abs() < 1e-12);
    assert!((run.per_token_time_weighted.unwrap().value() - 2.0).abs() < 1e-12);
    assert!((run.efficiency.unwrap().to("token/J").unwrap().value() - 0.5).abs() < 1e-12);
    assert!((run.tokens_per_wh.unwrap().value() - 1800.0).abs() < 1e-9);
}

#[test]
fn single_and_multi_stream_are_in_millijoules_per_query() {
    // 600 kJ over 1200 queries; a MultiStream query has 8 samples, and 8 queries of a SingleStream run stand for one
    for (ran, submitted, metric, efficiency) in [
        ("SingleStream", None, 500e3, 1.0 / 500.0),
        ("MultiStream", None, 500e3, 8.0 / 500.0),
        ("SingleStream", Some("MultiStream"), 4000e3, 8.0 / 4000.0),
        ("SingleStream", Some("singlestream"), 500e3, 1.0 / 500.0),
    ] {
        let submitted = submitted.map(str::to_owned);
        let files = MlperfFiles { detail: detail(TEN + 20, TEN + 620, ran), submitted, ..sound() };
        let run = mlperf_run(&files).unwrap();
        assert!(run.per_query && (run.official.value() - metric).abs() < 1e-6, "{}", run.official);
        assert_eq!(run.official.unit().symbol(), "mJ");
        let found = run.efficiency.unwrap().to("1/J").unwrap().value();
        assert!((found - efficiency).abs() < 1e-12, "{ran}: {found}");
    }
}

#[test]
fn a_scenario_without_a_rule_is_refused_and_one_for_another_has_no_efficiency() {
    let of = |ran: &str, submitted: Option<&str>| {
        let submitted = submitted.map(str::to_owned);
        mlperf_run(&MlperfFiles { detail: detail(TEN + 20, TEN + 620, ran), submitted, ..sound() })
    };
    for (ran, submitted) in [("Batch", None), ("Offline", Some("SingleStream")), ("Server", Some("multistream"))] {
        assert_eq!(of(ran, submitted).unwrap_err().code(), Some(Code::Scenario), "{ran}");
    }
    let without = |key: &str| {
        let text = String::from_utf8(detail(TEN + 20, TEN + 620, "SingleStream").bytes).unwrap();
        let kept = text.lines().filter(|line| !line.contains(key)).map(|line| format!("{line}\n"));
        mlperf_run(&MlperfFiles { detail: file("detail", kept.collect()), ..sound() })
    };
    // no watts pass for millijoules a query
    assert_eq!(without("query_count").unwrap_err().code(), Some(Code::NoData));
    let unnamed = without("effective_scenario").unwrap();
    assert_eq!((unnamed.submitted, unnamed.official.value(), unnamed.per_query), (None, 1000.0, false));
    let run = of("Server", Some("Interactive")).unwrap();
    assert_eq!((run.official.value(), run.efficiency.is_some()), (1000.0, true));
    let run = of("Server", Some("Offline")).unwrap();
    assert_eq!((run.official.value(), run.efficiency), (1000.0, None));
}

#[test]
fn a_rate_that_loadgen_inferred_says_so() {
    let text = String::from_utf8(detail(TEN + 20, TEN + 620, "Offline").bytes).unwrap();
    let text = text.replace("result_tokens_per_second", "result_inferred_tokens_per_second");
    let run = mlperf_run(&MlperfFiles { detail: file("detail", text), ..sound() }).unwrap();
    assert_eq!((run.tokens_per_second, run.tokens_inferred), (Some(500.0), true));
    assert!(!mlperf_run(&sound()).unwrap().tokens_inferred);
}

#[test]
fn a_warning_of_the_uncertainty_in_the_middle_of_600_s_is_found() {
    let warning = "WARNING: Uncertainty 9.87%, which is above 1.00% limit for the last sample!";
    let files = |second: u32| MlperfFiles { meter_log: Some(meter_log(&[(TEN + second, warning)])), ..sound() };
    for second in [20, 21, 320, 619, 620] {
        let finding = only(&files(second));
        assert_eq!((finding.code, finding.line), (Code::Uncertainty, Some(4)));
        assert!(finding.message.contains("9.87 %") && finding.reference.starts_with("passes it"), "{finding:?}");
    }
    assert!(!mlperf_check(&files(320)).unwrap().may_be_believed());
    // before and behind the run it says nothing about the run
    assert_eq!(findings(&files(19)), []);
    let never = file("power/ptd_logs.txt", format!("{}: Go with mark 's_ranging'\n", stamp(TEN)));
    assert_eq!(only(&MlperfFiles { meter_log: Some(never), ..sound() }).code, Code::Uncertainty);
}

#[test]
fn the_reference_checker_sees_a_warning_in_the_middle_of_a_long_run() {
    let warning = "WARNING: Uncertainty unknown for the last measurement sample!";
    let files = MlperfFiles {
        detail: detail(TEN, TEN + 2000, "Offline"),
        power: file(
            "spl.txt",
            (0..=2001)
                .map(|s| format!("Time,{},Watts,1000.000000,Volts,1,Amps,1,PF,1,Mark,m\n", stamp(TEN + s)))
                .collect(),
        ),
        meter_log: Some(meter_log(&[(TEN + 1000, warning)])),
        client: None,
        ..sound()
    };
    assert!(only(&files).reference.starts_with("refuses it"));
}

#[test]
fn six_per_cent_of_negative_samples_are_counted_with_both_means() {
    // every 17th sample at -50 W: 35 of the 599 inside
    let power = meter(|second| if second % 17 == 0 { -50.0 } else { 1000.0 }, "s_testing");
    let files = MlperfFiles { power, ..sound() };
    let found = findings(&files);
    let negative = found.iter().find(|finding| finding.code == Code::NonPositive).unwrap();
    let inside = (21..620).filter(|second| second % 17 == 0).count();
    assert_eq!(inside, 35);
    let with = (564.0 * 1000.0 - 35.0 * 50.0) / 599.0;
    assert!(negative.message.starts_with("35 of 599 samples (5.8 %)"), "{}", negative.message);
    assert!(negative.message.contains(&format!("1000 W without them and {with} W with them")), "{}", negative.message);
    assert!(negative.reference.contains("takes 1000 W"));
    // what the mean leaves out, the integral does not
    assert!(found.iter().any(|finding| finding.code == Code::MeanDiffers));
    assert_eq!(mlperf_run(&files).unwrap().official.value(), 1000.0);
}

#[test]
fn a_run_shifted_by_an_hour_is_named_and_never_shifted() {
    for (hours, accepted) in [(1, true), (-1, false), (2, false)] {
        let shift = |second: u32| (second as i64 + hours * 3600) as u32;
        let files = MlperfFiles { detail: detail(shift(TEN + 20), shift(TEN + 620), "Offline"), ..sound() };
        let found = findings(&files);
        let codes: Vec<Code> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::NoOverlap, Code::OutsidePhase], "{hours}");
        let hint = format!("shifted by exactly {:+} h", -hours);
        assert!(found.iter().all(|finding| finding.message.contains(&hint)), "{found:#?}");
        assert_eq!(found[1].reference.starts_with("accepts it"), accepted, "{hours}: {}", found[1].reference);
        let error = mlperf_run(&files).unwrap_err();
        assert_eq!((error.code(), error.line()), (Some(Code::NoOverlap), Some(2)));
    }
}

#[test]
fn gaps_steps_channels_marks_and_ranging() {
    let power = |keep: &dyn Fn(u32) -> bool| -> RunFile {
        let all = String::from_utf8(meter(|_| 1000.0, "s_testing").bytes).unwrap();
        let lines = all.lines().enumerate().filter(|(second, _)| keep(*second as u32));
        file("run_1/spl.txt", lines.map(|(_, line)| format!("{line}\n")).collect())
    };
    let gap = only(&MlperfFiles { power: power(&|second| !(100..=109).contains(&second)), ..sound() });
    assert_eq!((gap.code, gap.line), (Code::Gap, Some(101)));
    assert!(gap.message.contains("the longest 11.000 s"), "{}", gap.message);
    // a log that ends before the run does
    assert_eq!(only(&MlperfFiles { power: power(&|second| second < 500), ..sound() }).code, Code::Gap);

    let text = String::from_utf8(meter(|_| 1000.0, "s_testing").bytes).unwrap();
    let two = text.replacen("s_testing", "t_testing", 1);
    assert_eq!(only(&MlperfFiles { power: file("spl", two), ..sound() }).code, Code::SeveralRuns);
    let with_channels = |second: f64| {
        let channels =
            format!("_testing,Ch1,Watts,400.000000,Volts,1,Amps,1,PF,1,Ch2,Watts,{second:.6},Volts,1,Amps,1,PF,1");
        file("spl", text.replace("_testing", &channels))
    };
    assert_eq!(findings(&MlperfFiles { power: with_channels(600.0), ..sound() }), []);
    let sum = only(&MlperfFiles { power: with_channels(-600.0), ..sound() });
    assert_eq!((sum.code, sum.line), (Code::ChannelSum, Some(1)));
    assert!(sum.message.contains("641 sample(s)") && sum.message.contains("-200 W"), "{}", sum.message);

    let mut lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
    lines.swap(5, 6);
    let step = only(&MlperfFiles { power: file("spl", lines.concat()), ..sound() });
    assert_eq!((step.code, step.line), (Code::ClockStep, Some(7)));

    let ranging = |watts: f64, seconds: u32| MlperfFiles {
        ranging_detail: Some(detail(TEN + 20, TEN + 20 + seconds, "Offline")),
        ranging_power: Some(meter(move |_| watts, "s_ranging")),
        client: None,
        ..sound()
    };
    assert_eq!(findings(&ranging(1050.0, 600)), []);
    assert_eq!(only(&ranging(1060.0, 600)).code, Code::BelowRanging);
    let files = MlperfFiles { detail: detail(TEN + 20, TEN + 320, "Offline"), ..ranging(1000.0, 500) };
    let shorter = only(&files);
    assert!(shorter.code == Code::ShorterThanRanging && shorter.reference.starts_with("passes it"), "{shorter:?}");
}

#[test]
fn clocks_of_client_and_server_must_agree() {
    let skewed = MlperfFiles { server: Some(session("power/server.json", 0.9)), ..sound() };
    assert_eq!(only(&skewed).code, Code::ClockSkew);
}

#[test]
fn every_prefix_of_every_file_is_a_finding_or_a_reason() {
    let power = meter(|_| 1000.0, "s_testing").bytes;
    let files = MlperfFiles { power: RunFile { path: "spl.txt".to_owned(), bytes: power[..3000].to_vec() }, ..sound() };
    let cut = |file: &RunFile, end: usize| RunFile { path: file.path.clone(), bytes: file.bytes[..end].to_vec() };
    let look = |files: &MlperfFiles| {
        let _ = mlperf_check(files);
        let _ = mlperf_run(files);
    };
    for end in 0..files.detail.bytes.len() {
        look(&MlperfFiles { detail: cut(&files.detail, end), ..files.clone() });
    }
    for end in 0..300 {
        look(&MlperfFiles { power: cut(&files.power, end), ..files.clone() });
    }
    let (log, client) = (files.meter_log.clone().unwrap(), files.client.clone().unwrap());
    for end in 0..log.bytes.len() {
        look(&MlperfFiles { meter_log: Some(cut(&log, end)), ..files.clone() });
    }
    for end in 0..client.bytes.len() {
        look(&MlperfFiles { client: Some(cut(&client, end)), ..files.clone() });
    }
}

fn corpus(name: &str) -> RunFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus").join(name);
    RunFile { path: name.to_owned(), bytes: std::fs::read(path).unwrap() }
}

#[test]
fn the_rows_of_the_corpus() {
    // 10:16:40 to 10:26:40
    let warned = MlperfFiles {
        detail: detail(TEN + 1000, TEN + 1600, "Offline"),
        power: file(
            "spl.txt",
            (990..=1610)
                .map(|s| format!("Time,{},Watts,1000.000000,Volts,1,Amps,1,PF,1,Mark,m\n", stamp(TEN + s)))
                .collect(),
        ),
        meter_log: Some(corpus("ptd_05_ptd_logs_uncertainty.txt")),
        client: None,
        ..sound()
    };
    let finding = only(&warned);
    assert_eq!((finding.code, finding.line), (Code::Uncertainty, Some(4)));
    assert!(finding.reference.starts_with("passes it"));
    let shifted = MlperfFiles {
        detail: corpus("ptd_06_loadgen_utc_offset.txt"),
        power: corpus("ptd_00_spl.txt"),
        meter_log: None,
        client: None,
        ..sound()
    };
    let finding = only(&shifted);
    assert_eq!((finding.code, finding.line), (Code::NoOverlap, Some(1)));
    match mlperf_run(&shifted).unwrap_err() {
        EnergyError::Format(refusal) => assert_eq!((refusal.code, refusal.place.line()), (Code::NoOverlap, Some(1))),
        error => panic!("{error}"),
    }
}

fn shared(run: &str) -> Option<MlperfFiles> {
    let root = std::env::var_os("SZILARD_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let folder = root.join("traces/mlperf").join(run);
    if !folder.exists() {
        eprintln!("SKIPPED: {} is not there; set SZILARD_SHARED to run this test on real logs", folder.display());
        return None;
    }
    let get = |name: &str| std::fs::read(folder.join(name)).ok().map(|bytes| RunFile { path: name.to_owned(), bytes });
    Some(MlperfFiles {
        detail: get("run_1/mlperf_log_detail.txt")?,
        power: get("run_1/spl.txt")?,
        ranging_detail: get("ranging/mlperf_log_detail.txt"),
        ranging_power: get("ranging/spl.txt"),
        meter_log: get("power/ptd_logs.txt"),
        client: get("power/client.json"),
        server: get("power/server.json"),
        submitted: None,
    })
}

#[test]
fn real_runs_at_their_official_figures() {
    // official W, energy of the mean MJ, J/token, token/Wh; summary_results.json of v5.1, and its quotients
    for (run, watts, megajoules, per_token, per_wh) in [
        ("v51_lenovo_b200_llama2-70b_server", 10442.2597402597, 25.732620506, 0.105307921, 34185.463),
        ("v51_lenovo_b200_llama3.1-8b_offline", 9436.05296875, 6.042687908, 0.064208308, 56067.51),
        ("v51_lenovo_b200_llama3.1-405b_offline", 9891.7643975904, 32.836710986, 6.042211212, 595.808),
    ] {
        let Some(files) = shared(run) else { return };
        let result = mlperf_run(&files).unwrap();
        let close = |found: f64, expected: f64, relative: f64| {
            assert!((found - expected).abs() <= relative * expected, "{run}: {found} against {expected}");
        };
        close(result.official.value(), watts, 1e-9);
        close(result.energy_of_mean.value(), megajoules * 1e6, 1e-9);
        close(result.per_token.unwrap().value(), per_token, 1e-7);
        close(result.tokens_per_wh.unwrap().value(), per_wh, 1e-6);
        close(result.time_weighted.energy.unwrap().value(), megajoules * 1e6, 1e-3);
        let check: MlperfCheck = mlperf_check(&files).unwrap();
        assert!(check.may_be_believed(), "{run}: {:#?}", check.findings);
        // the daemon's log was not published with these files
        let codes: Vec<Code> = check.findings.iter().map(|finding| finding.code).collect();
        println!("{run}: {:#?}", check.findings);
        assert!(codes.contains(&Code::NotChecked), "{codes:?}");
    }
}

#[test]
fn a_clock_that_steps_back_inside_the_window_refuses_the_time_weighted_energy() {
    // 100 s behind the begin the clock goes back by 30 s: 30 s of the window are claimed twice
    let line = |second: u32| {
        let stamp = stamp(TEN + if second < 120 { second } else { second - 30 });
        format!("Time,{stamp},Watts,1000.000000,Volts,230.000000,Amps,1.000000,PF,0.980000,Mark,s_testing\n")
    };
    let files = MlperfFiles { power: file("run_1/spl.txt", (0..=670).map(line).collect()), ..sound() };
    let run = mlperf_run(&files).unwrap();
    assert!(run.time_weighted.covered_ns <= 600_000_000_000);
    assert!(run.time_weighted.energy.is_none() && run.per_token_time_weighted.is_none());
    let says =
        |code: Code, what: &str| run.time_weighted.reasons.iter().any(|d| d.code == code && d.message.contains(what));
    assert!(says(Code::ClockStep, "two recordings claim"), "{:?}", run.time_weighted.reasons);
    assert_eq!((run.official.value(), run.energy_of_mean.value()), (1000.0, 600e3));
}
