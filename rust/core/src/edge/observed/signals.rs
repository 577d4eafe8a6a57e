//! Temperatures and clocks of a power log, which carry no energy and stand beside it.
//!
//! Read are tables with a header (`temperature.gpu`, `clocks.sm [MHz]`, `temp [degC]`) and the lines of `tegrastats`
//! (`GPU@41.5C`, `GR3D_FREQ 71%@921`, whose clock is in MHz). References: `nvidia-smi --help-query-gpu` (temperatures in
//! degrees C); NVIDIA Jetson Linux developer guide, tegrastats utility.

use super::signal::signal;
use crate::edge::EdgeError;
use crate::input::{Code, DateOrder, Place, Refusal, Text, delimiter, fields, row, title};
use crate::quantity::Quantity;
use crate::traces::{Builder, Channel, Kind, ReadOptions};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Columns that name the device, best first.
const IDENTITIES: [&str; 5] = ["uuid", "pci.bus_id", "serial", "index", "device"];
/// Columns of time, best first.
const TIMES: [&str; 4] = ["timestamp", "time", "elapsed", "t"];
/// 0 degC. [K]
const ICE: f64 = 273.15;

/// The samples of each device and series.
type Found = BTreeMap<(String, String), (Kind, Vec<i64>, Vec<f64>)>;

/// The channels of temperature [K] and clock [Hz] in a power log, by device and name.
///
/// A reading that failed (`[N/A]`) is left out. Times are on the clock of the log, as those of its power.
///
/// # Errors
/// [`EdgeError::Trace`] with the line for what is no number, for a time that cannot be read, and for a log without such
/// a channel; [`EdgeError::Scenario`] for times that do not rise.
///
/// # Example
/// ```
/// use szilard::edge::signals;
/// use szilard::traces::ReadOptions;
///
/// let log = b"time [s],power [W],temp [degC]\n0,7.2,40\n1,7.2,41.5\n";
/// let channels = signals(log.to_vec(), "log.csv", &ReadOptions::default()).unwrap();
/// assert_eq!((channels[0].name.as_str(), channels[0].samples.value[1]), ("temp", 314.65));
/// ```
pub fn signals(bytes: Vec<u8>, source: &str, options: &ReadOptions) -> Result<Vec<Channel>, EdgeError> {
    let text = Text::open(bytes, source, options.decompress)?;
    let mut builder = Builder::new(text.path(), options)?;
    let mut lines = text.lines();
    let (mut layout, mut found, mut index) = (None, Found::new(), 0);
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.trim().is_empty() {
            continue;
        }
        if let Some((stamp, words)) = line.text.split_once("RAM ").filter(|_| layout.is_none()) {
            let time = match stamp.trim() {
                "" => builder.spaced_time(None, index, line.number)?,
                stamp => builder.civil_time(stamp, DateOrder::MonthFirst, line.number)?,
            };
            index += 1;
            tegrastats(words, time.ns(), &mut found);
            continue;
        }
        let Some(layout) = &layout else {
            layout = Layout::of(&line.text);
            continue;
        };
        let cells = row(&line, layout.delimiter, text.path())?;
        layout.take(&mut builder, &cells, line.number, &mut found)?;
    }
    if found.is_empty() {
        let expected = "a column of temperature or clock, or tegrastats";
        return Err(Refusal::new(Code::NoData, source, Place::File, "no such column", expected).into());
    }
    let channel =
        |((device, name), (kind, times, values))| Ok(Channel { name, device, ..signal(kind, times, values)? });
    found.into_iter().map(channel).collect()
}

/// The temperatures and the clock of the GPU in a line of tegrastats.
fn tegrastats(words: &str, ns: i64, found: &mut Found) {
    let mut previous = "";
    for word in words.split_whitespace() {
        let clock = word.split_once("%@").filter(|_| previous == "GR3D_FREQ");
        let warmth = word.split_once('@').and_then(|(name, rest)| Some((name, rest.strip_suffix('C')?)));
        let reading = match (clock, warmth) {
            (Some((_, mhz)), _) => {
                let mhz = mhz.trim_matches(['[', ']']).split(',').next().unwrap_or_default();
                mhz.parse::<f64>().ok().map(|mhz| ("GR3D_FREQ", Kind::Frequency, mhz * 1e6))
            }
            (_, Some((name, celsius))) => {
                celsius.parse::<f64>().ok().map(|celsius| (name, Kind::Temperature, celsius + ICE))
            }
            _ => None,
        };
        // -256 C is the mark of a sensor that is off
        if let Some((name, kind, value)) = reading.filter(|(_, _, value)| value.is_finite() && *value > 50.0) {
            add(found, ("0", name), (kind, ns, value));
        }
        previous = word;
    }
}

fn add(found: &mut Found, (device, name): (&str, &str), (kind, ns, value): (Kind, i64, f64)) {
    let (_, times, values) =
        found.entry((device.to_owned(), name.to_owned())).or_insert_with(|| (kind, Vec::new(), Vec::new()));
    times.push(ns);
    values.push(value);
}

/// Where a header puts what.
struct Layout {
    delimiter: char,
    time: Option<(usize, Option<crate::input::Unit>)>,
    device: Option<usize>,
    /// Column, name, kind, unit as written in the header.
    signals: Vec<(usize, String, Kind, Option<String>)>,
}

impl Layout {
    fn of(line: &str) -> Option<Self> {
        let delimiter = delimiter(line, None);
        let titles: Vec<_> = fields(line, delimiter).ok()?.iter().map(|text| title(text)).collect();
        let at = |names: &[&str]| {
            names.iter().find_map(|name| titles.iter().position(|title| title.name.eq_ignore_ascii_case(name)))
        };
        let signals = titles.iter().enumerate().filter_map(|(column, title)| {
            let name = title.name.to_lowercase();
            // a throttle reason or a limit is no reading
            let kind = match () {
                () if name.contains("throttle") || name.contains("limit") || name.contains("max") => return None,
                () if name.starts_with("temp") => Kind::Temperature,
                () if name.starts_with("clock") || name.starts_with("freq") => Kind::Frequency,
                () => return None,
            };
            Some((column, title.name.clone(), kind, title.unit_text.clone()))
        });
        let signals: Vec<_> = signals.collect();
        let time = at(&TIMES).and_then(|column| Some((column, titles.get(column)?.unit)));
        (!signals.is_empty()).then_some(Self { delimiter, time, device: at(&IDENTITIES), signals })
    }

    fn take(
        &self,
        builder: &mut Builder<'_>,
        cells: &[Cow<'_, str>],
        line: u32,
        found: &mut Found,
    ) -> Result<(), Refusal> {
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
        let device = self.device.map_or("0", cell);
        for (column, name, kind, unit) in &self.signals {
            let text = cell(*column);
            if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.')) {
                continue;
            }
            let refuse = |expected: &str| builder.refuse(Code::BadNumber, line, text, expected.to_owned());
            let (number, written) = text.split_once(' ').map_or((text, None), |(number, unit)| (number, Some(unit)));
            let value: f64 = number.parse().map_err(|_| refuse("a decimal number"))?;
            let unit = match (written.or(unit.as_deref()).map(str::trim), kind) {
                (Some("C" | "°C" | "℃"), Kind::Temperature) => "degC",
                (None, Kind::Temperature) if name.starts_with("temperature.") => "degC",
                (Some(unit), _) => unit,
                (None, _) => return Err(refuse("a unit in the title or the cell, as in temp [degC] or 1410 MHz")),
            };
            let value = unit.parse().ok().and_then(|unit| Quantity::new(value, unit).ok()?.to(kind.unit()).ok());
            let Some(value) = value else { return Err(refuse("a temperature or a clock with its unit")) };
            let time = match self.time {
                Some((at, unit)) => builder.titled_time(cell(at), unit, line)?,
                None => {
                    let key = (device.to_owned(), name.clone());
                    let before = found.get(&key).map_or(0, |(_, times, _)| times.len());
                    builder.spaced_time(None, before as u64, line)?
                }
            };
            add(found, (device, name), (*kind, time.ns(), value.value()));
        }
        Ok(())
    }
}
