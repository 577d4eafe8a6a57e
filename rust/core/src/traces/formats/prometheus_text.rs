//! The text exposition of Prometheus, one scrape or many behind one another: `name{label="value"} number [ms]`.
//!
//! Without a stamp on the lines the scrapes are an interval apart that the caller must give. Reference: Prometheus
//! documentation, exposition formats, text-based format.

use super::Format;
use super::parts::metrics::Metrics;
use crate::input::{Code, Refusal, Text, printable};
use crate::traces::{Builder, Head, ReadOptions, Trace};
use std::collections::{HashMap, HashSet};

pub(super) const FORMAT: Format = Format {
    name: "prometheus-text",
    description: "scrapes of dcgm-exporter, Kepler, Scaphandre or node_exporter as text",
    units: "by metric: W, mJ, J, uW, uJ",
    channels: "energy-counter, windowed-mean-power, instant-power",
    clock: "utc with stamps, else relative with interval",
    boundary: "board (DCGM), node (Kepler platform), chip (RAPL)",
    sample: "prometheus-text.prom",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let commented = head.lines.iter().any(|line| line.starts_with("# TYPE ") || line.starts_with("# HELP "));
    let sample = |line: &String| parse(line).is_some_and(|sample| !sample.labels.is_empty());
    (commented && head.lines.iter().all(|line| line.starts_with('#') || parse(line).is_some()))
        || head.lines.first().is_some_and(sample)
}

/// One line of a scrape.
struct Sample<'l> {
    name: &'l str,
    labels: Vec<(&'l str, &'l str)>,
    value: &'l str,
    stamp: Option<&'l str>,
}

fn parse(line: &str) -> Option<Sample<'_>> {
    let line = line.trim();
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(line.len());
    let (name, rest) = line.split_at_checked(end)?;
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(inside) => labels(inside)?,
        None => (Vec::new(), rest),
    };
    let mut words = rest.split_whitespace();
    let (value, stamp) = (words.next()?, words.next());
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (named && words.next().is_none() && !rest.starts_with(|c: char| c.is_alphanumeric())).then_some(Sample {
        name,
        labels,
        value,
        stamp,
    })
}

/// The labels up to the closing brace, and what stands behind it.
fn labels(mut rest: &str) -> Option<(Vec<(&str, &str)>, &str)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if let Some(after) = rest.strip_prefix('}') {
            return Some((found, after));
        }
        let (name, value) = rest.split_once("=\"")?;
        let end = value.char_indices().scan(false, |escaped, (at, c)| {
            let closes = c == '"' && !*escaped;
            *escaped = c == '\\' && !*escaped;
            Some((at, closes))
        });
        let end = end.into_iter().find(|(_, closes)| *closes)?.0;
        found.push((name.trim(), value.get(..end)?));
        rest = value.get(end + 1..)?;
    }
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut metrics, mut scrape) = (Metrics::default(), Scrape::default());
    let mut lines = text.lines();
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.starts_with("# HELP ") || line.text.starts_with("# TYPE ") {
            scrape.met(line.text.split_whitespace().take(3).collect::<Vec<_>>().join(" "));
        }
        if line.text.trim().is_empty() || line.text.starts_with('#') {
            continue;
        }
        let Some(sample) = parse(&line.text) else {
            builder.remark(Code::SkippedLine, line.number, printable(&line.text));
            continue;
        };
        builder.record(line.number);
        scrape.met(format!("{} {:?}", sample.name, sample.labels));
        let (here, last) = (scrape.number, &scrape.last);
        let again = |device, slot| last.get(&(device, slot)) == Some(&here);
        let series = (sample.name, sample.labels.as_slice());
        let target = metrics.target(&mut builder, series, (line.number, line.place()), options, again)?;
        let Some(target) = target else { continue };
        scrape.last.insert((target.device, target.slot), here);
        let reading = builder.read(target.slot, sample.value, (target.unit, None), line.number)?;
        let time = match sample.stamp {
            Some(stamp) => builder.unix_time(stamp, "ms", line.number)?,
            None => builder.spaced_time(None, here, line.number)?,
        };
        builder.sample((target.device, target.slot), (line.number, time), reading, sample.value)?;
    }
    let known = metrics.settle(&mut builder)?;
    builder.finish(FORMAT.name, known)
}

/// The scrape that is being read: one ends where a series or a comment of it comes again.
#[derive(Default)]
struct Scrape {
    number: u64,
    met: HashSet<String>,
    /// The last scrape of each series.
    last: HashMap<(usize, usize), u64>,
}

impl Scrape {
    fn met(&mut self, what: String) {
        if self.met.contains(&what) {
            self.number += 1;
            self.met.clear();
        }
        self.met.insert(what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let sample = parse(r#"a_b{gpu="0", name="x \" } y"} 1.5e3 1741082400000"#).unwrap();
        assert_eq!((sample.name, sample.value, sample.stamp), ("a_b", "1.5e3", Some("1741082400000")));
        assert_eq!(sample.labels, [("gpu", "0"), ("name", r#"x \" } y"#)]);
        assert_eq!(parse("up 1").unwrap().labels, []);
        for text in ["", "a{", "a{b=\"c\"", "1 2 3", "a", "a{b=\"c\"} 1 2 3"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
