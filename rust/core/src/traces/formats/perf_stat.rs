//! Linux `perf stat -e power/energy-*/`: the energies of a run with its elapsed seconds, of intervals (`-I`), or as
//! separated values (`-x`).
//!
//! Energies are printed with two decimals in the locale of the user, grouped or not: the last separator is the decimal
//! mark. Several runs in one file are recordings of their own. The energies that `--summary` repeats at the end of
//! intervals are left out. Reference: torvalds/linux, tools/perf/util/stat-display.c (`print_counter_value_std`,
//! `print_counter_value_csv`, `print_aggr_id_std`, `prepare_interval`, `print_footer`).

use super::Format;
use super::parts::rapl_zone::Zone;
use crate::input::{Code, Refusal, Text, printable, unit};
use crate::traces::{Builder, Fault, Head, Kind, Negative, ReadOptions, Slot, Trace};

pub(super) const FORMAT: Format = Format {
    name: "perf-stat",
    description: "perf stat of RAPL energy events: plain, -I, -x",
    units: "J",
    channels: "interval-energy",
    clock: "relative",
    boundary: "chip (packages and memory), not settled for psys",
    sample: "perf-stat.txt",
    detect,
    read,
};

const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// What stands first in a separated line of the summary of intervals.
const SUMMARY: &str = "summary";

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| line.contains("power/energy-") && (line.contains("Joules") || line.contains("<not ")))
}

/// One energy: its line, the time it is printed with, its cpu or socket, its event and its text.
struct Event {
    line: u32,
    at: Option<String>,
    place: String,
    name: String,
    text: String,
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut lines, mut pending, mut runs) = (text.lines(), Vec::<Event>::new(), 0u32);
    let mut intervals = false;
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if let Some(event) = event(&line.text, line.number) {
            if intervals && event.at.is_none() {
                builder.remark(Code::SkippedLine, line.number, "the summary of the intervals; it counts once");
                continue;
            }
            intervals |= event.at.is_some();
            builder.record(line.number);
            pending.push(event);
            if intervals {
                let events = std::mem::take(&mut pending);
                take(&mut builder, &events, "0", None)?;
            }
        } else if let Some((seconds, _)) = line.text.split_once("seconds time elapsed")
            && !intervals
        {
            let seconds = seconds.split("+-").next().unwrap_or(seconds).trim().to_owned();
            runs += 1;
            let events = std::mem::take(&mut pending);
            take(&mut builder, &events, &runs.to_string(), Some(&seconds))?;
        }
    }
    if let Some(first) = pending.first() {
        if runs == 0 {
            return Err(builder.refuse(
                Code::NoTime,
                first.line,
                "energies of a run",
                "its seconds time elapsed, or -I",
            ));
        }
        builder.remark(Code::PartialLastBlock, first.line, "the last run has no elapsed time; it was left out");
    }
    if runs > 1 {
        builder.separate_devices();
    }
    let names: Vec<String> = builder.slot_names().map(str::to_owned).collect();
    let places = Zone::places(&names);
    if places.is_none() && !names.is_empty() {
        builder.remark(Code::TotalUnknown, 1, format!("how {} nest is not settled", printable(&names.join(", "))));
    }
    for (slot, (within, boundary)) in places.iter().flatten().enumerate() {
        if let Some(slot) = builder.slot_mut(slot) {
            (slot.within, slot.boundary) = (within.clone(), *boundary);
        }
    }
    builder.finish(FORMAT.name, places.is_some())
}

/// The energy event in a line, in any of the three layouts.
fn event(text: &str, line: u32) -> Option<Event> {
    let (before, rest) = text.split_once("power/energy-")?;
    let name = format!("energy-{}", rest.split('/').next()?);
    let separated = SEPARATORS.into_iter().find(|separator| before.trim_end().ends_with(*separator));
    let fields: Vec<String> = match separated {
        // value, unit, event; before them the time, and the cpu or socket with the number of its counters
        Some(separator) => before.trim_end().split(separator).map(|field| field.trim().to_owned()).collect(),
        None => spaced(before),
    };
    let mut fields: Vec<String> = fields.into_iter().filter(|field| !field.is_empty()).collect();
    if fields.last().is_some_and(|field| field == "Joules") {
        fields.pop();
    }
    let value = fields.pop()?;
    let counted = value.starts_with(|c: char| c.is_ascii_digit());
    if !counted && !value.starts_with("<not ") {
        return None;
    }
    let place = fields.iter().position(|field| field.starts_with(['S', 'C', 'D', 'N']) && field.len() > 1);
    let place = place.map(|at| fields.split_off(at)).and_then(|mut split| (!split.is_empty()).then(|| split.remove(0)));
    let at = fields.pop().filter(|field| field != SUMMARY);
    Some(Event { line, at, place: place.unwrap_or_default(), name, text: value })
}

/// The fields of an aligned line: two blanks or a change from a number to a word part them, single blanks group digits.
fn spaced(before: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for part in before.split("  ").map(str::trim).filter(|part| !part.is_empty()) {
        match part.strip_suffix("Joules") {
            Some(number) => fields.extend([number.trim().to_owned(), "Joules".to_owned()]),
            None => match part.split_once(' ') {
                Some((time, place)) if place.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                    fields.extend([time.to_owned(), place.trim().to_owned()]);
                }
                _ => fields.push(part.to_owned()),
            },
        }
    }
    fields
}

/// The number without the separators of its groups, and with a point before its fraction; whether that was a comma.
fn plain(text: &str) -> Option<(String, bool)> {
    let separators = ['.', ',', ' ', '\u{202f}', '\u{a0}', '\'', '\u{2019}'];
    let (whole, fraction) = text.rsplit_once(['.', ','])?;
    let comma = text.get(whole.len()..).is_some_and(|rest| rest.starts_with(','));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = whole.split(separators).collect();
    let (first, rest) = groups.split_first()?;
    let grouped = digits(first) && rest.iter().all(|group| digits(group) && group.len() == 3);
    let mark = if comma { ',' } else { '.' };
    let other_mark = !whole.contains(mark);
    (grouped && other_mark && (rest.is_empty() || first.len() <= 3) && digits(fraction))
        .then(|| (format!("{}.{fraction}", groups.concat()), comma))
}

fn take(builder: &mut Builder<'_>, events: &[Event], run: &str, elapsed: Option<&str>) -> Result<(), Refusal> {
    for event in events {
        let name = if event.place.is_empty() { run.to_owned() } else { format!("{run}/{}", event.place) };
        let device = builder.device(&name, event.line)?;
        let slot = builder.slot_named(&event.name).unwrap_or_else(|| {
            builder.slot(Slot {
                name: event.name.clone(),
                kind: Kind::IntervalEnergy,
                boundary: None,
                within: None,
                instead: None,
                negative: Negative::Kept,
            })
        });
        let time = event.at.as_deref().or(elapsed).unwrap_or_default();
        let Some((seconds, comma)) = plain(time) else {
            return Err(builder.refuse(Code::TimeParse, event.line, time, "seconds with a fraction"));
        };
        let reading = match plain(&event.text) {
            Some((number, _)) => builder.read(slot, &number, (unit("J"), None), event.line)?,
            None if event.text.starts_with("<not ") => Err(Fault::NotRead),
            None => return Err(builder.refuse(Code::BadNumber, event.line, &event.text, "an energy such as 12.50")),
        };
        if (comma || plain(&event.text).is_some_and(|(_, comma)| comma)) && !builder.diagnostics.has(Code::DecimalComma)
        {
            builder.remark(Code::DecimalComma, event.line, "decimal commas, read as such");
        }
        let end = builder.elapsed(&seconds, "s", event.line)?;
        if !builder.has_rows(device, slot) {
            let start = builder.elapsed("0", "s", event.line)?;
            builder.start((device, slot), (event.line, start))?;
        }
        builder.sample((device, slot), (event.line, end), reading, &event.text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_any_locale() {
        for (text, expected) in [
            ("2333.17", Some(("2333.17", false))),
            ("2,306.32", Some(("2306.32", false))),
            ("48,96", Some(("48.96", true))),
            ("2\u{202f}356,32", Some(("2356.32", true))),
            ("1.234,56", Some(("1234.56", true))),
            ("59.579140098", Some(("59.579140098", false))),
            ("23,06.32", None),
            ("1,234,567", None),
            ("2333", None),
        ] {
            assert_eq!(plain(text), expected.map(|(number, comma): (&str, bool)| (number.to_owned(), comma)), "{text}");
        }
    }

    #[test]
    fn events_are_found_in_three_layouts() {
        let found = |text: &str| event(text, 1).map(|event| (event.at, event.place, event.name, event.text));
        let some = |at: Option<&str>, place: &str, text: &str| {
            Some((at.map(str::to_owned), place.to_owned(), "energy-pkg".to_owned(), text.to_owned()))
        };
        assert_eq!(found("    2333.17 Joules power/energy-pkg/     (100.00%)"), some(None, "", "2333.17"));
        assert_eq!(found("     1.000107      12.50 Joules power/energy-pkg/"), some(Some("1.000107"), "", "12.50"));
        assert_eq!(found("S0        1         12.50 Joules power/energy-pkg/"), some(None, "S0", "12.50"));
        // %6lu.%09lu and one blank, then the place: %-6s, %4d
        assert_eq!(
            found("     1.000107001 S0           1              12.50 Joules power/energy-pkg/"),
            some(Some("1.000107001"), "S0", "12.50")
        );
        assert_eq!(
            found("     1.000107001 CPU0                12.50 Joules power/energy-pkg/"),
            some(Some("1.000107001"), "CPU0", "12.50")
        );
        assert_eq!(
            found("1.000107001,S0,1,12.50,Joules,power/energy-pkg/,1,100.00,,"),
            some(Some("1.000107001"), "S0", "12.50")
        );
        assert_eq!(found("summary,26.00,Joules,power/energy-pkg/,2,100.00,,"), some(None, "", "26.00"));
        assert_eq!(found("12.50,Joules,power/energy-pkg/,1000000,100.00,,"), some(None, "", "12.50"));
        assert_eq!(found("1.000107,12.50,Joules,power/energy-pkg/,1,100.00,,"), some(Some("1.000107"), "", "12.50"));
        assert_eq!(found("   <not counted> Joules power/energy-pkg/"), some(None, "", "<not counted>"));
        assert_eq!(found("perf stat -e power/energy-pkg/ ./run"), None);
    }

    #[test]
    fn the_summary_of_intervals_counts_once() {
        let log = "# started on Tue Mar  4 10:00:00 2025\n\
            1.000107000,S0,1,12.50,Joules,power/energy-pkg/,1,100.00,,\n\
            2.000214000,S0,1,13.50,Joules,power/energy-pkg/,1,100.00,,\n\
            summary,S0,1,26.00,Joules,power/energy-pkg/,2,100.00,,\n";
        let trace = crate::traces::read(log.into(), "perf.csv", &ReadOptions::default()).unwrap();
        // 12.50 J in the first second and 13.50 J in the next; the 26 J of the summary are these once more
        assert_eq!(trace.channels.len(), 1);
        assert_eq!(trace.channels[0].samples.value.iter().filter(|energy| !energy.is_nan()).sum::<f64>(), 26.0);
    }
}
