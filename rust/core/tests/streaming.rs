//! A log read in blocks gives what the whole log gives without what only all readings together tell (`in_blocks`), to the
//! bit: energies, covered and missing time, status, codes and their lines, for every file of the corpus, every sample, and
//! random logs, for any size of the blocks and any threads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use szilard::energy::{EnergyQuery, Streaming, energy, energy_of_path_in};
use szilard::parallel::on_threads;
use szilard::traces::{ReadOptions, read};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reproducible numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// What is compared: everything of a result, or the reason why there is none.
fn whole(path: &Path, options: &ReadOptions, query: &EnergyQuery, in_blocks: bool) -> String {
    let name = path.display().to_string();
    match read(std::fs::read(path).unwrap(), &name, options) {
        Err(refusal) => refusal.to_string(),
        Ok(trace) => {
            // the budget and the checks that need all readings are those of no block
            let query = &EnergyQuery { in_blocks, ..query.clone() };
            energy(&trace, query).map_or_else(|e| e.to_string(), |found| format!("{} {:?}", trace.format, found))
        }
    }
}

/// The same in blocks of this size, and whether it was streamed.
fn blocks(path: &Path, options: &ReadOptions, query: &EnergyQuery, block: usize) -> (String, bool) {
    let sizes = Streaming { from: 0, block, ..Streaming::default() };
    match energy_of_path_in(path, options, query, sizes) {
        Ok(found) => (format!("{} {:?}", found.format, found.result), found.whole.is_none()),
        Err(error) => (error.to_string(), true),
    }
}

/// Compares a file in blocks with the whole file; how often it was streamed.
fn compare(path: &Path, options: &ReadOptions, query: &EnergyQuery, sizes: &[usize], threads: &[usize]) -> usize {
    let expected = [false, true].map(|in_blocks| whole(path, options, query, in_blocks));
    let mut streamed = 0;
    for block in sizes {
        for threads in threads {
            let (found, in_parts) = on_threads(*threads, || blocks(path, options, query, *block));
            assert_eq!(
                found,
                expected[usize::from(in_parts)],
                "{}: blocks of {block} bytes, {threads} threads",
                path.display()
            );
            streamed += usize::from(in_parts);
        }
    }
    streamed
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.metadata().unwrap().len() < 4 << 20 {
            found.push(path);
        }
    }
}

#[test]
fn every_file_of_the_corpus_and_every_sample() {
    let mut all = Vec::new();
    files(&root().join("tests/corpus"), &mut all);
    files(&root().join("tests/formats"), &mut all);
    files(&root().join("datasets/traces"), &mut all);
    let mut streamed = 0;
    for path in &all {
        let length = path.metadata().unwrap().len() as usize;
        let small = if length < 4096 { vec![1, 61] } else { vec![997 + length / 20] };
        let sizes: Vec<usize> = small.into_iter().chain([length / 3 + 1, 1 << 20]).collect();
        for options in [
            ReadOptions::default(),
            ReadOptions { interval_ns: Some(100_000_000), ..ReadOptions::default() },
            ReadOptions { tz: Some("Europe/Berlin".to_owned()), ..ReadOptions::default() },
            ReadOptions { devices: Some(vec!["0".to_owned()]), ..ReadOptions::default() },
        ] {
            let plain = options.tz.is_none() && options.devices.is_none() && options.interval_ns.is_none();
            let some = if plain { &sizes[..] } else { &sizes[sizes.len() - 2..sizes.len() - 1] };
            streamed += compare(path, &options, &EnergyQuery::default(), some, &[3]);
        }
    }
    assert!(streamed > 250, "{streamed} of {} files", all.len());
}

/// A log of one of the formats with what goes wrong in real ones: missing readings, gaps, repeated stamps, zeros,
/// repeated headers, other units, lines that are no records, and now and then a fault that ends it.
fn log(format: usize, random: &mut Random) -> String {
    let rows = 1 + random.below(400);
    let (faults, devices) = (random.below(6), 1 + random.below(4));
    let interval = [100, 1000, 5000, 20, 10_000][random.below(5) as usize];
    let mut text = String::new();
    let mut milliseconds = 1_741_082_400_000 + random.below(1_000_000);
    let header = [
        "timestamp, index, name, power.draw [W], power.draw.instant [W], utilization.gpu [%]",
        "",
        "time_ms,device,power [W]",
        "timestamp_ms,gpu,total_energy_consumption [mJ]",
        "time,zone,energy_uj,max_energy_range_uj",
    ][format];
    let mut counters = [random.below(1_000_000); 4];
    if !header.is_empty() {
        writeln!(text, "{header}").unwrap();
    }
    for row in 0..rows {
        milliseconds += match random.below(300) {
            0 if faults > 0 => interval * (5 + random.below(100)),
            1 if faults > 1 => 0,
            2 if faults > 4 => 3_600_000,
            _ => interval + random.below(interval / 10 + 1),
        };
        if faults > 4 && random.below(500) == 0 {
            milliseconds -= interval * random.below(40);
        }
        let stamp = |ms: u64, local: bool| {
            let time = jiff(ms);
            if local { time } else { time.replace('/', "-") }
        };
        if faults > 2 && random.below(150) == 0 && !header.is_empty() {
            let other = if faults > 3 { header.replace("[W]", "[mW]") } else { header.to_owned() };
            writeln!(text, "{other}").unwrap();
        }
        if faults > 2 && random.below(200) == 0 {
            text.push_str(["\n", "\r\n", "Failed to initialize NVML\n", "# comment\n"][random.below(4) as usize]);
        }
        for device in 0..devices {
            if random.below(200) == 0 && faults > 0 || (device == 1 && faults > 3 && row * 3 > rows * 2) {
                continue;
            }
            let milliwatts = match random.below(120) {
                0 if faults > 0 => 0,
                1 if faults > 3 => 2_500_000,
                _ => 60_000 + random.below(300_000),
            };
            let watts = match random.below(150) {
                0 if faults > 0 => "[N/A]".to_owned(),
                1 if faults > 1 => "[Unknown Error]".to_owned(),
                2 if faults > 2 => "-1.00 W".to_owned(),
                3 if faults > 3 => "nan".to_owned(),
                4 if faults > 3 => format!("{milliwatts} mW"),
                5 if faults > 4 && random.below(9) == 0 => "12O.00 W".to_owned(),
                _ => format!("{}.{:02} W", milliwatts / 1000, milliwatts % 1000 / 10),
            };
            counters[device as usize] += match random.below(300) {
                0 if faults > 3 => 50_000_000_000,
                _ => milliwatts * interval / 1000,
            };
            if faults > 2 && random.below(200) == 0 {
                counters[device as usize] = random.below(1000);
            }
            let counter = counters[device as usize];
            match format {
                0 => writeln!(
                    text,
                    "{}, {device}, NVIDIA H100, {watts}, {watts}, 9 %",
                    stamp(milliseconds + device, true)
                ),
                1 if device > 0 => Ok(()),
                1 => {
                    let day = stamp(milliseconds, false);
                    let day = format!("{}-{} {}", &day[5..10], &day[..4], &day[11..19]);
                    let now = milliwatts / 50;
                    let rails = format!("VDD_IN {now}mW/{now}mW VDD_SOC {}mW/900mW", now / 3);
                    writeln!(text, "{day} RAM 2274/6834MB (lfb 1x4MB) CPU [1%@100,off] {rails} GPU@40C")
                }
                2 => writeln!(text, "{milliseconds},gpu{device},{}", watts.trim_end_matches(" W")),
                3 => writeln!(text, "{milliseconds},{device},{counter}"),
                _ => writeln!(
                    text,
                    "{},package-{device},{},262143328850",
                    milliseconds as f64 / 1e3,
                    counter * 1000 % 262_143_328_850
                ),
            }
            .unwrap();
        }
    }
    match random.below(8) {
        0 => drop(text.pop()),
        1 => text.push_str("2025/03/04 1"),
        2 => text.push_str("\0\0\0"),
        _ => {}
    }
    if faults > 3 && random.below(3) == 0 {
        text = text.replace('\n', "\r\n");
    }
    text
}

/// `2025/03/04 10:00:00.000` of a Unix time. [ms]
fn jiff(ms: u64) -> String {
    let (seconds, ms) = (ms / 1000, ms % 1000);
    // 2025-03-04T00:00:00Z is 1 741 046 400 s after the epoch; the logs end within March
    let since = seconds - 1_741_046_400;
    let (day, clock) = (since / 86_400, since % 86_400);
    format!("2025/03/{:02} {:02}:{:02}:{:02}.{ms:03}", 4 + day, clock / 3600, clock / 60 % 60, clock % 60)
}

#[test]
fn what_readings_say_of_each_other_is_said_of_blocks_too() {
    // board 1 shows the readings of board 0, board 2 hangs for forty rows, board 3 jumps above twice its rating of 350 W
    let mut random = Random(7);
    let mut text = "timestamp, index, name, power.draw [W]\n".to_owned();
    for row in 0..2000u64 {
        let stamp = jiff(1_741_082_400_000 + 100 * row);
        let draw = 100.0 + random.below(50_000) as f64 / 100.0;
        let hung = if (700..740).contains(&row) { 321.25 } else { 100.0 + random.below(50_000) as f64 / 100.0 };
        let high = if row >= 1500 { 1500.0 + row as f64 / 100.0 } else { 100.0 + random.below(50_000) as f64 / 100.0 };
        for (board, watts) in [draw, draw, hung, high].into_iter().enumerate() {
            writeln!(text, "{stamp}, {board}, NVIDIA H100 PCIe, {watts:.2} W").unwrap();
        }
    }
    let path = std::env::temp_dir().join(format!("szilard-compared-{}.csv", std::process::id()));
    std::fs::write(&path, text).unwrap();
    let doubts = |result: &szilard::energy::EnergyResult| -> Vec<String> {
        let doubts = result.reasons.iter().filter(|remark| remark.code.is_doubt());
        doubts
            .map(|remark| format!("{:?} {:?} {:?} {}", remark.code, remark.place, remark.channel, remark.message))
            .collect()
    };
    let trace = read(std::fs::read(&path).unwrap(), "log.csv", &ReadOptions::default()).unwrap();
    let expected = energy(&trace, &EnergyQuery::default()).unwrap();
    assert_eq!(doubts(&expected).len(), 3, "{:?}", doubts(&expected));
    for block in [100, 5_000, 1 << 20] {
        let sizes = Streaming { from: 0, block, ..Streaming::default() };
        let options = ReadOptions::default();
        let found = energy_of_path_in(&path, &options, &EnergyQuery::default(), sizes).unwrap();
        assert!(found.whole.is_none(), "{:?}", found.whole);
        assert_eq!((doubts(&found.result), found.result.status), (doubts(&expected), expected.status));
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn random_logs_in_blocks_of_any_size() {
    let mut random = Random(1929);
    let mut streamed = [0; 5];
    let path = std::env::temp_dir().join(format!("szilard-streaming-{}.log", std::process::id()));
    for turn in 0..150 {
        let format = turn % 5;
        std::fs::write(&path, log(format, &mut random)).unwrap();
        let sizes = [1 + random.below(200) as usize, 1 + random.below(20_000) as usize, 1 << 20];
        let threads = [1 + random.below(4) as usize];
        let limit = EnergyQuery { max_gap_ns: Some(150_000_000), ..EnergyQuery::default() };
        streamed[format] += compare(&path, &ReadOptions::default(), &EnergyQuery::default(), &sizes, &threads);
        compare(&path, &ReadOptions::default(), &limit, &sizes[1..2], &threads);
    }
    std::fs::remove_file(&path).unwrap();
    assert!(streamed.iter().all(|streamed| *streamed > 30), "streamed of 90: {streamed:?}");
}
