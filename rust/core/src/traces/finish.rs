//! The end of a reading: rows in time order, what is missing said, a trace or the reason why there is none.

use super::builder::{Builder, Series};
use super::channel::{Channel, Kind, Samples};
use super::clock::Clock;
use super::digest::{Faults, Known, Values};
use super::order::{Order, arrange, retime};
use super::rows::{Row, Rows};
use super::sensor::sensor_of;
use super::trace::Trace;
use crate::input::{Base, Code, LeapSeconds, Place, Refusal, proceed};
use crate::quantity::Boundary;
use std::collections::HashSet;
use std::sync::Arc;
use szilard_simd::steps;

const SECOND: i64 = 1_000_000_000;

/// No board with a counter of its own draws less on average; the unit of such a counter may be wrong. [W]
const LEAST_BOARD_W: f64 = 0.1;

/// More devices than this are said.
const MANY_DEVICES: usize = 1024;

impl Builder<'_> {
    /// The trace; `total_known` is whether the places of the channels in their devices are settled.
    ///
    /// # Errors
    /// `E_NO_DATA`, `E_NO_POWER`, `E_TOO_FEW_SAMPLES`, `E_ZERO_DURATION`, `E_UNKNOWN_DEVICE`, `E_RANGE`.
    pub fn finish(mut self, format: &'static str, total_known: bool) -> Result<Trace, Refusal> {
        self.complete(format, total_known)
    }

    /// As [`Builder::finish`], and what was found out on the way stays in the builder.
    pub(super) fn complete(&mut self, format: &'static str, total_known: bool) -> Result<Trace, Refusal> {
        let Some((first_record, last_record)) = self.records else {
            let line = self.header_line.map_or(Place::File, |line| Place::Line(u64::from(line)));
            return Err(Refusal::new(Code::NoData, self.path, line, "no records", "records"));
        };
        self.check_wanted_devices()?;
        if self.devices.len() > MANY_DEVICES {
            let message = format!("{} devices", self.devices.len());
            self.remark(Code::ManyDevices, self.header_line.unwrap_or(first_record), message);
        }
        if let Some(line) = self.fold_line.filter(|_| !self.diagnostics.has(Code::DstFold)) {
            self.remark(Code::DstFold, line, "these times occur twice in the zone; they were taken for the first pass");
        }
        let mut said = HashSet::new();
        let series = std::mem::take(&mut self.series);
        let leaps: LeapSeconds = std::mem::take(&mut self.leaps).into_iter().collect();
        let mut channels = Vec::with_capacity(series.len());
        for series in series {
            proceed(self.path)?;
            channels.extend(self.channel(series, &leaps, &mut said));
        }
        let sensor = sensor_of(format).cloned().map(Arc::new);
        channels.iter_mut().for_each(|channel| channel.sensor.clone_from(&sensor));
        let energetic = || channels.iter().filter(|channel| channel.kind.gives_energy());
        let lines = |at: usize| energetic().filter_map(move |channel| channel.samples.line.get(at).copied()).min();
        let most = energetic().map(|channel| channel.samples.len()).max().unwrap_or(0);
        if most == 0 {
            return Err(self.refuse(
                Code::NoPower,
                first_record,
                "no power or energy reading",
                "at least two readings",
            ));
        }
        if most == 1 {
            let line = lines(0).unwrap_or(last_record);
            return Err(self.refuse(Code::TooFewSamples, line, "one sample", "at least two samples of one device"));
        }
        if energetic().all(|channel| channel.samples.segments().all(|(time, _)| time.first() == time.last())) {
            let line = lines(1).unwrap_or(last_record);
            return Err(self.refuse(Code::ZeroDuration, line, "all samples at one time", "samples at different times"));
        }
        self.check_span(&channels)?;
        if !self.separate {
            self.say_missing_devices(&channels);
        }
        let clock = match self.base {
            Some(Base::Local) if self.options.tz.is_some() => Clock::Utc,
            Some(Base::Local) => Clock::Local,
            Some(Base::Utc) => Clock::Utc,
            Some(Base::Relative) | None => Clock::Relative,
        };
        Ok(Trace {
            format,
            source: self.path.to_owned(),
            clock,
            leaps,
            channels,
            total_known,
            separate_devices: self.separate,
            records: std::mem::take(&mut self.records_at),
            diagnostics: std::mem::take(&mut self.diagnostics),
        })
    }

    /// Refuses times so far apart that their distance is out of range.
    fn check_span(&self, channels: &[Channel]) -> Result<(), Refusal> {
        let times = || channels.iter().flat_map(|channel| channel.samples.time_ns.iter().zip(&channel.samples.line));
        let (Some((first, _)), Some((last, line))) = (times().min(), times().max()) else { return Ok(()) };
        match last.checked_sub(*first) {
            Some(_) => Ok(()),
            None => Err(self.refuse(Code::Range, *line, "times more than 292 years apart", "one recording")),
        }
    }

    fn check_wanted_devices(&self) -> Result<(), Refusal> {
        for wanted in self.options.devices.iter().flatten() {
            if !self.devices.iter().any(|device| device.name == *wanted) {
                let mut names: Vec<&str> = self.devices.iter().take(8).map(|device| device.name.as_str()).collect();
                if self.devices.len() > names.len() {
                    names.push("...");
                }
                let expected = format!("one of {}", crate::input::printable(&names.join(", ")));
                return Err(Refusal::new(Code::UnknownDevice, self.path, Place::File, wanted, expected));
            }
        }
        Ok(())
    }

    /// The channel of one series, with what there is to say about it.
    fn channel(
        &mut self,
        mut series: Series,
        leaps: &LeapSeconds,
        said: &mut HashSet<(Code, u32, usize)>,
    ) -> Option<Channel> {
        let slot = self.slots.get(series.slot)?.clone();
        let device = self.devices.get(series.device)?.name.clone();
        let (order, known) = match series.known.take() {
            Some(known) => (Order { repeat: known.repeat, ..Order::default() }, known),
            None => self.known(&mut series, leaps, slot.kind),
        };
        let coarse = order.repeat.is_some() && self.resolution_ns >= SECOND;
        let retimed = coarse && self.options.interval_ns.is_some();
        let places = self.records_at.clone();
        let mut say = |code, line: Option<u32>, message: &str| {
            if let Some(line) = line
                && said.insert((code, line, series.device))
            {
                self.diagnostics.push(code, places.place(line), Some(&device), message);
            }
        };
        for (_, line) in &order.steps {
            say(Code::ClockStep, Some(*line), "the clock steps back here; the trace is split");
        }
        say(Code::OutOfOrder, order.disorder, "the first row out of time order; rows were sorted per device");
        if coarse {
            say(Code::CoarseTime, order.repeat, "stamps of coarse resolution repeat from here");
        } else {
            say(Code::DupTimestamp, order.repeat, "the same time as the row before; both samples stay");
        }
        let mut channel = Channel {
            name: slot.name,
            device,
            kind: slot.kind,
            boundary: slot.boundary,
            within: slot.within,
            instead: slot.instead,
            stamp_resolution_ns: if self.resolution_ns == i64::MAX { 0 } else { self.resolution_ns },
            sensor: None,
            resolution: series.step,
            coarse_time: coarse && !retimed,
            samples: known.samples,
        };
        known.faults.say(&channel, &places, &mut self.diagnostics);
        if let Some((line, watts)) = too_little(&channel) {
            let message = format!("{watts:.1e} W on average is below what any board draws; the values are kept");
            self.diagnostics.push(Code::Implausible, places.place(line), Some(&channel.label()), message);
        }
        known.values.say(&channel, slot.negative, &places, &mut self.diagnostics);
        self.say_gaps(&channel, series.device, said);
        channel.samples.breaks.dedup();
        Some(channel)
    }

    /// What is known of a series all of whose rows are held, and their order.
    fn known(&self, series: &mut Series, leaps: &LeapSeconds, kind: Kind) -> (Order, Known) {
        let mut rows = std::mem::take(&mut series.rows);
        let (back, same) = steps(None, rows.time_ns());
        let coarse = same.is_some() && self.resolution_ns >= SECOND && self.options.interval_ns.is_some();
        let in_order = back.is_none() && leaps.stamps().next().is_none() && !coarse;
        let order = if in_order {
            Order { repeat: same.and_then(|at| rows.line(at)), ..Order::default() }
        } else {
            let mut all: Vec<Row> = rows.iter().collect();
            let order = self.put_in_order(&mut all, leaps);
            rows = all.into_iter().collect();
            order
        };
        let (mut faults, mut values) = (Faults::default(), Values::default());
        faults.take(&rows, &series.fault_texts);
        let samples = samples(rows, &order.steps, kind);
        values.take(kind, None, &samples);
        (order, Known { samples, faults, values, repeat: None })
    }

    /// Brings rows into time order inside each segment, and gives them their times.
    fn put_in_order(&self, rows: &mut [Row], leaps: &LeapSeconds) -> Order {
        for row in &mut *rows {
            row.time_ns = leaps.elapsed(row.time_ns, row.leap);
        }
        let order = arrange(rows);
        let coarse = order.repeat.is_some() && self.resolution_ns >= SECOND;
        if let (true, Some(interval)) = (coarse, self.options.interval_ns) {
            let starts = std::iter::once(0).chain(order.steps.iter().map(|(at, _)| *at));
            let ends = order.steps.iter().map(|(at, _)| *at).chain(std::iter::once(rows.len()));
            for (start, end) in starts.zip(ends) {
                retime(rows.get_mut(start..end).unwrap_or_default(), interval, self.resolution_ns);
            }
        }
        order
    }

    fn say_gaps(&mut self, channel: &Channel, device: usize, said: &mut HashSet<(Code, u32, usize)>) {
        // a held value is logged only when it changes, and a counter knows its energy across a gap
        let bridged = matches!(channel.kind, Kind::HoldPower | Kind::EnergyCounter { .. });
        if bridged || !channel.kind.gives_energy() {
            return;
        }
        for (gap, line) in gaps(&channel.samples) {
            if said.insert((Code::Gap, line, device)) {
                let message = format!("{} s without samples before this line", gap as f64 / 1e9);
                self.diagnostics.push(Code::Gap, self.place(line), Some(&channel.device), message);
            }
        }
    }

    /// Says which channels have no samples at the start or at the end of the trace, while others go on: at the first
    /// row at which they should have reported.
    ///
    /// Both the file and the clock must say so: another channel has two rows in the part of the file where this one
    /// has none, and a row there is more than half an interval away from its last sample.
    fn say_missing_devices(&mut self, channels: &[Channel]) {
        let powers: Vec<&Channel> =
            channels.iter().filter(|channel| channel.kind.gives_energy() && !channel.samples.is_empty()).collect();
        let ends = |reverse: bool| {
            powers.iter().filter_map(move |channel| {
                let line = &channel.samples.line;
                line.get(if reverse { line.len().checked_sub(2)? } else { 1 }).copied()
            })
        };
        let (Some(second), Some(second_last)) = (ends(false).min(), ends(true).max()) else { return };
        let mut rows: Vec<(i64, u32)> = powers
            .iter()
            .flat_map(|channel| channel.samples.time_ns.iter().copied().zip(channel.samples.line.iter().copied()))
            .collect();
        rows.sort_unstable();
        rows.dedup();
        let mut earliest_after: Vec<u32> = rows.iter().map(|(_, line)| *line).collect();
        let mut least = u32::MAX;
        for line in earliest_after.iter_mut().rev() {
            least = least.min(*line);
            *line = least;
        }
        let first_line = rows.iter().map(|(_, line)| *line).min().unwrap_or(0);
        for channel in powers {
            let Samples { time_ns, line, .. } = &channel.samples;
            let (Some(first), Some(last)) = (line.iter().min(), line.iter().max()) else { continue };
            let (Some(start), Some(end)) = (time_ns.iter().min(), time_ns.iter().max()) else { continue };
            let half = channel.samples.median_interval_ns().unwrap_or(0) / 2;
            if let Some(beyond) = &channel.samples.beyond {
                let most = beyond.median_ns.map_or(0, |(_, most)| most) / 2;
                let early = |half| rows.first().is_some_and(|(time, _)| *time < start.saturating_sub(half));
                if second_last >= *last || early(half) != early(most) {
                    self.undecided = Some("a device has no samples at one end of the log");
                }
            }
            let after = rows.partition_point(|(time, _)| *time <= end.saturating_add(half));
            let gone = earliest_after.get(after).copied().filter(|_| second_last >= *last);
            let late = rows.first().filter(|(time, _)| *time < start.saturating_sub(half) && second <= *first);
            let message = "no samples while other channels have them";
            if let Some(at) = gone.map(|at| at.max(last.saturating_add(1))).or(late.map(|_| first_line)) {
                let place = self.place(at);
                self.diagnostics.push(Code::DeviceMissing, place, Some(&channel.label()), message);
            }
        }
    }
}

/// The mean power of a board's counter where it moves and yet stays below [`LEAST_BOARD_W`], and the line of its second
/// read. [W]
fn too_little(channel: &Channel) -> Option<(u32, f64)> {
    let Samples { time_ns, value, line, .. } = &channel.samples;
    let counts = matches!(channel.kind, Kind::EnergyCounter { .. }) && channel.boundary == Some(Boundary::Board);
    let seconds = time_ns.last()?.saturating_sub(*time_ns.first()?) as f64 * 1e-9;
    let watts = (value.last()? - value.first()?) / seconds;
    (counts && watts > 0.0 && watts < LEAST_BOARD_W).then_some((*line.get(1)?, watts))
}

/// The intervals that are too long to be integrated over, and the lines behind them. [ns]
fn gaps(samples: &Samples) -> Vec<(i64, u32)> {
    if let Some(beyond) = &samples.beyond {
        return beyond.gaps.iter().map(|gap| (gap.length(), gap.line)).collect();
    }
    let limit = samples.gap_limit_ns();
    let (mut found, mut at) = (Vec::new(), 0);
    for (time, _) in samples.segments() {
        for (offset, pair) in time.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            let gap = after.saturating_sub(*before);
            if gap > limit {
                found.push((gap, samples.line.get(at + offset + 1).copied().unwrap_or(0)));
            }
        }
        at += time.len();
    }
    found
}

/// The rows that have a value, and the segments. A row of an interval keeps its time where its value is missing, so that
/// the next value is not taken for both intervals.
pub(super) fn samples(rows: Rows, steps: &[(usize, u32)], kind: Kind) -> Samples {
    let of_interval = matches!(kind, Kind::IntervalEnergy | Kind::IntervalMeanPower);
    if steps.is_empty() && (!of_interval || rows.is_clean()) {
        return rows.into_samples();
    }
    let mut samples = Samples::default();
    let last = rows.iter().rposition(|row| row.value.is_ok()).map_or(0, |last| last + 1);
    let mut steps = steps.iter().map(|(at, _)| *at).peekable();
    for (at, row) in rows.iter().enumerate().take(last) {
        if steps.next_if_eq(&at).is_some() && !samples.is_empty() {
            samples.breaks.push(samples.len());
        }
        let value = match row.value {
            Ok(value) => value,
            Err(_) if of_interval => f64::NAN,
            Err(_) => continue,
        };
        samples.time_ns.push(row.time_ns);
        samples.value.push(value);
        samples.line.push(row.line);
    }
    samples.breaks.retain(|at| *at < samples.time_ns.len());
    samples
}
