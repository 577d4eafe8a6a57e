//! NVIDIA Jetson's `tegrastats`: one line a sample, rails as `NAME now/average` in mW.
//!
//! The second number is the running mean since the start of tegrastats and is never used as power. Stamps are
//! month first, of one second, of a clock without a zone, and often absent; then a line before the records of each
//! session may hold a date.
//!
//! Reference: the logs bjgeiser/tegra_burn, tegrastats.log, and
//! ssaraff98/tegrastats_parser, sample_log.txt.

use super::Format;
use crate::input::{
    Base, Code, DateOrder, Dimension, Line, Refusal, Scale, Stamp, Text, Unit, civil_stamp, printable, unit,
};
use crate::quantity::Boundary;
use crate::traces::lined::{self, Joined, LineReader};
use crate::traces::{Builder, Fault, Head, Kind, Negative, ReadOptions, Slot, Trace};
use std::any::Any;
use std::borrow::Cow;
use szilard_simd::{find, split};

pub(super) const FORMAT: Format = Format {
    name: "tegrastats",
    description: "NVIDIA Jetson tegrastats, with or without time stamps",
    units: "mW",
    channels: "instant-power",
    clock: "local, or relative with interval",
    boundary: "board",
    sample: "tegrastats.txt",
    detect,
    read,
};

/// Rails that measure the input of the whole module.
const TOTALS: [&str; 2] = ["VDD_IN", "POM_5V_IN"];

/// The rails of a Jetson AGX Xavier, whose sum is its total.
const AGX_XAVIER: [&str; 6] = ["GPU", "CPU", "SOC", "CV", "VDDRQ", "SYS5V"];

/// The unit of a rail that writes none.
const MILLIWATT: Unit = Unit { dimension: Dimension::Power, scale: Scale { factor: 1, power: -3 } };

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| is_record(&words(&without_escapes(line))))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    lined::read(FORMAT.name, text, options, reader(options))
}

pub(super) fn reader(_: &ReadOptions) -> Box<dyn LineReader> {
    Box::new(Reader::default())
}

#[derive(Default)]
struct Reader {
    /// The date before the records of the session.
    start: Option<Stamp>,
    /// How many records of the session there are.
    index: u64,
    /// Whether a record had no stamp, or a date stood before one.
    counted: bool,
    /// Line of the first record.
    first: Option<u32>,
    means: Means,
    /// In a fork: the readings and running means that are checked when their turn comes, with their lines.
    later: Option<Vec<(u64, u64, u32)>>,
}

impl LineReader for Reader {
    fn line(&mut self, builder: &mut Builder<'_>, line: &Line<'_>) -> Result<(), Refusal> {
        let plain = without_escapes(&line.text);
        let text = plain.trim();
        let words = words(text);
        if !is_record(&words) {
            match date_line(text) {
                Some(stamp) => {
                    (self.start, self.index, self.means) = (Some(stamp), 0, Means::default());
                    self.counted = true;
                }
                _ if text.is_empty() => {}
                _ => builder.remark(Code::SkippedLine, line.number, printable(text)),
            }
            return Ok(());
        }
        self.first = self.first.or(Some(line.number));
        self.counted |= !record(builder, (text, &words), line.number, (self.start, self.index))?;
        if let Some((now, mean)) = Means::of(&words) {
            match &mut self.later {
                Some(later) => later.push((now, mean, line.number)),
                None => self.means.check(builder, (now, mean), line.number),
            }
        }
        self.index += 1;
        Ok(())
    }

    /// Records like the one that stands first in the text, whose rails are all known.
    fn plain(&mut self, builder: &mut Builder<'_>, text: &[u8], before: u32) -> (u32, usize) {
        let line = find(text, b'\n').and_then(|end| std::str::from_utf8(text.get(..end)?).ok());
        let Some((slashes, unit)) = line.and_then(|line| form(builder, line)) else { return (0, 0) };
        let found = builder.plain_rails(&slashes, (unit, MILLIWATT), (text, before));
        self.index += u64::from(found.rows);
        self.first = self.first.or((found.rows > 0).then_some(before.saturating_add(1)));
        let lines = before.saturating_add(1)..;
        for ((now, mean), line) in found.means.iter().zip(lines) {
            match &mut self.later {
                Some(later) => later.push((*now, *mean, line)),
                None => self.means.check(builder, (*now, *mean), line),
            }
        }
        (found.rows, found.bytes)
    }

    /// Records without a stamp are counted.
    fn fork(&self) -> Option<Box<dyn LineReader>> {
        (self.first.is_some() && !self.counted)
            .then(|| Box::new(Self { later: Some(Vec::new()), ..Self::default() }) as _)
    }

    fn join(&mut self, later: Box<dyn Any>, found: &mut Builder<'_>, before: u32) -> Joined {
        let Ok(later) = later.downcast::<Self>() else { return Joined::Again };
        if later.counted {
            return Joined::Again;
        }
        self.first = self.first.or(later.first.map(|line| line.saturating_add(before)));
        let remarks = found.diagnostics.iter().count();
        for (now, mean, line) in later.later.into_iter().flatten() {
            self.means.check(found, (now, mean), line);
        }
        if found.diagnostics.iter().count() > remarks {
            found.diagnostics.sort_by_line();
        }
        Joined::Same
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn end(&mut self, builder: &mut Builder<'_>) -> Result<bool, Refusal> {
        Ok(settle(builder, self.first.unwrap_or(1)))
    }
}

/// What stands before the number in front of each slash behind that of the memory, with the slot of the rail.
type Slashes = Vec<(Vec<u8>, Option<usize>)>;

/// The slashes of a record like this line and the unit behind their numbers; `None` where it has a rail that is new or one
/// twice.
fn form<'l>(builder: &Builder<'_>, line: &'l str) -> Option<(Slashes, &'l str)> {
    let words = words(line);
    let mut pairs = words.windows(2).filter_map(|pair| match pair {
        [name, value] => Some((*name, value.split_once('/')?.0)),
        _ => None,
    });
    let ("RAM", _) = pairs.next()? else { return None };
    let (mut slashes, mut unit) = (Vec::new(), None);
    for (name, now) in pairs {
        let rail = is_rail_name(name).then(|| builder.slot_named(name));
        let symbol = now.trim_start_matches(|c: char| c.is_ascii_digit());
        let twice = |slot: usize| slashes.iter().any(|(_, known)| *known == Some(slot));
        match rail {
            None => {}
            Some(Some(slot)) if *unit.get_or_insert(symbol) == symbol && !twice(slot) => {}
            Some(_) => return None,
        }
        slashes.push((format!(" {name} ").into_bytes(), rail.flatten()));
    }
    Some((slashes, unit.filter(|unit| matches!(*unit, "" | "mW"))?))
}

/// Whether the line shows the memory field every tegrastats line has, `RAM 2274/6834MB`.
fn is_record(words: &[&str]) -> bool {
    let Some(at) = words.iter().position(|word| *word == "RAM") else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let sizes = words.get(at + 1).and_then(|sizes| sizes.strip_suffix("MB")?.split_once('/'));
    sizes.is_some_and(|(used, all)| digits(used) && digits(all))
}

/// The words of a line.
fn words(line: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let blank = [b'\t', b'\x0b', b'\x0c', b'\r'].into_iter().any(|blank| find(line.as_bytes(), blank).is_some());
    if blank || !split(line.as_bytes(), b' ', &mut fields) {
        return line.split_whitespace().collect();
    }
    let word = |(from, to): &(u32, u32)| line.get(*from as usize..*to as usize).filter(|word| !word.is_empty());
    fields.iter().filter_map(word).collect()
}

/// Takes a record; whether it has a stamp.
fn record(
    builder: &mut Builder<'_>,
    (text, words): (&str, &[&str]),
    line: u32,
    (start, index): (Option<Stamp>, u64),
) -> Result<bool, Refusal> {
    builder.record(line);
    let stamp = text.split_once(" RAM ").map(|(stamp, _)| stamp.trim()).filter(|stamp| !stamp.is_empty());
    let time = match stamp {
        Some(stamp) => builder.civil_time(stamp, DateOrder::MonthFirst, line)?,
        None => builder.spaced_time(start, index, line)?,
    };
    let device = builder.device("0", line)?;
    let mut seen = Vec::new();
    for pair in words.windows(2) {
        let [name, value] = pair else { continue };
        if find(value.as_bytes(), b'/').is_none() || !is_rail_name(name) {
            continue;
        }
        let known = builder.slot_named(name);
        let Some(now) = rail_reading(value) else {
            // `[N/A]` in place of `5000mW/5000mW`; the list of cores behind `CPU` is no reading.
            if let Some(slot) = known.filter(|_| value.contains('/') && !value.contains(['%', '@'])) {
                builder.sample((device, slot), (line, time), Err(Fault::NotRead), value)?;
            }
            continue;
        };
        let slot = known.unwrap_or_else(|| declare(builder, name));
        if seen.contains(&slot) {
            return Err(builder.refuse(Code::FieldCount, line, format!("{name} twice"), "one reading of a rail"));
        }
        seen.push(slot);
        let reading = builder.read(slot, now, (None, Some(MILLIWATT)), line)?;
        builder.sample((device, slot), (line, time), reading, now)?;
    }
    Ok(stamp.is_some())
}

/// The rails of a line of tegrastats and their present powers, as written.
///
/// ```
/// let rails: Vec<_> = szilard::traces::tegrastats_rails("RAM 1/2MB CPU [1%@729] VDD_IN 5000mW/4900mW").collect();
/// assert_eq!(rails, [("VDD_IN", "5000mW")]);
/// ```
pub fn tegrastats_rails(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split_whitespace().zip(line.split_whitespace().skip(1)).filter_map(|(name, value)| {
        let now = rail_reading(value).filter(|_| is_rail_name(name))?;
        Some((name, now))
    })
}

fn is_rail_name(word: &str) -> bool {
    let rail = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.chars().all(rail)
        && !matches!(word, "RAM" | "SWAP" | "IRAM")
}

/// The present value in `now/average`, where the word is one: a number or a failed read, in watts or without a unit.
fn rail_reading(word: &str) -> Option<&str> {
    let (now, average) = word.split_once('/')?;
    let suffix = average.trim_start_matches(|c: char| c.is_numeric() || matches!(c, '-' | '.'));
    let watts = matches!(suffix, "" | "mW") || unit(suffix).is_some_and(|unit| unit.dimension == Dimension::Power);
    (watts && suffix.len() < average.len()).then_some(now)
}

/// The running mean of the first rail, which tegrastats prints beside each reading: it tells a second start of the tool
/// from a log that lost rows.
#[derive(Debug, Clone, Copy, Default)]
struct Means {
    /// Readings and their sum since the start of the tool; `None` where the start is not in the log.
    since: Option<(u64, u64)>,
    begun: bool,
}

impl Means {
    /// The present reading and the running mean of the first rail of a record.
    fn of(words: &[&str]) -> Option<(u64, u64)> {
        let rail = words.windows(2).find_map(|pair| match pair {
            [name, value] if find(value.as_bytes(), b'/').is_some() && is_rail_name(name) => {
                rail_reading(value).zip(value.split_once('/'))
            }
            _ => None,
        });
        let digits = |text: &str| text.trim_end_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().ok();
        rail.and_then(|(now, (_, mean))| digits(now).zip(digits(mean)))
    }

    fn check(&mut self, builder: &mut Builder<'_>, (now, mean): (u64, u64), line: u32) {
        match self.since {
            None if self.begun => {}
            None => self.since = (now == mean).then_some((1, now)),
            Some((count, sum)) => {
                let (count, sum) = (count.saturating_add(1), sum.saturating_add(now));
                // the mean is cut to a whole number
                if (sum / count).abs_diff(mean) <= 1 {
                    self.since = Some((count, sum));
                } else if now == mean {
                    builder.remark(
                        Code::HeaderRepeat,
                        line,
                        "tegrastats was started again here: its running mean begins anew",
                    );
                    self.since = Some((1, now));
                } else {
                    let message = format!("the running mean reads {mean} and the rows before it make {}", sum / count);
                    builder.remark(Code::LoggedAverage, line, message);
                    self.since = None;
                }
            }
        }
        self.begun = true;
    }
}

fn declare(builder: &mut Builder<'_>, name: &str) -> usize {
    let total = TOTALS.contains(&name);
    builder.slot(Slot {
        name: name.to_owned(),
        kind: Kind::InstantPower,
        boundary: total.then_some(Boundary::Board),
        within: None,
        instead: None,
        negative: if total { Negative::Dropped } else { Negative::Kept },
    })
}

/// Puts the rails in their places once all are known; whether they have places.
fn settle(builder: &mut Builder<'_>, first: u32) -> bool {
    let names: Vec<String> = builder.slot_names().map(str::to_owned).collect();
    if let Some(total) = TOTALS.iter().find(|total| names.iter().any(|name| name == *total)) {
        for (slot, name) in names.iter().enumerate() {
            if let Some(slot) = builder.slot_mut(slot).filter(|_| name != total) {
                slot.within = Some((*total).to_owned());
            }
        }
        let known = builder.has_readings(total);
        if !known {
            builder.remark(Code::TotalUnknown, first, format!("{total} never gives a reading"));
        }
        return known;
    }
    if names.is_empty() {
        return true;
    }
    let xavier = names.len() == AGX_XAVIER.len() && AGX_XAVIER.iter().all(|rail| names.iter().any(|name| name == rail));
    if xavier {
        for slot in 0..names.len() {
            if let Some(slot) = builder.slot_mut(slot) {
                slot.boundary = Some(Boundary::Board);
            }
        }
        builder.remark(Code::TotalIsSum, first, format!("the total is the sum of {}", AGX_XAVIER.join(", ")));
    } else {
        builder.remark(Code::TotalUnknown, first, format!("how {} nest is not settled", printable(&names.join(", "))));
    }
    xavier
}

/// The line without terminal escape sequences.
fn without_escapes(line: &str) -> Cow<'_, str> {
    if find(line.as_bytes(), b'\x1b').is_none() {
        return Cow::Borrowed(line);
    }
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '\u{1b}' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('[') => while characters.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
            Some(']') => while characters.next().is_some_and(|c| c != '\u{7}') {},
            _ => {}
        }
    }
    Cow::Owned(plain)
}

/// The date a line such as `Tue Jan 26 18:22:31 UTC 2021` holds; a zone other than UTC leaves the clock local.
fn date_line(line: &str) -> Option<Stamp> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (month, day, clock, zone, year) = match words.as_slice() {
        [_, month, day, clock, zone, year] => (month, day, clock, *zone, year),
        [_, month, day, clock, year] => (month, day, clock, "", year),
        _ => return None,
    };
    let month = MONTHS.iter().position(|name| name == month)? + 1;
    let mut stamp = civil_stamp(&format!("{year}-{month:02}-{day} {clock}"), DateOrder::YearFirst)?;
    if matches!(zone, "UTC" | "GMT") {
        stamp.base = Base::Utc;
    }
    Some(stamp)
}
