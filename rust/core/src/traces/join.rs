//! Several recordings of one run on one clock: a wall meter, boards, a package counter.

use super::channel::Channel;
use super::clock::{Clock, FARTHEST_NS};
use super::place::Records;
use super::trace::Trace;
use crate::input::{Code, Diagnostics, LeapSeconds, Place, Refusal, printable};
use std::collections::{HashMap, HashSet};

/// One recording of several.
#[derive(Debug, Clone)]
pub struct Recording<'a> {
    /// The trace.
    pub trace: &'a Trace,
    /// Name that stands before its devices, as in `wall/0`; they keep their own where it is left out.
    pub name: Option<String>,
    /// What is added to its times. [ns]
    pub offset_ns: Option<i64>,
}

/// The name of the format of a joined trace.
pub(super) const JOINED: &str = "joined";

/// The recordings on one clock, each device with its channels: t = t_i + o_i, with o_i the offset of recording i.
///
/// The clock is UTC where one of the recordings is on it, else that of the first. Recordings on UTC need no offset; a local
/// or relative clock that meets another one does, or a zone when it is read. Whether one recording contains another, as a
/// wall meter contains the boards behind it, no file says: there is no total, unless `disjoint` states that they measure
/// parts that do not overlap.
///
/// # Errors
/// `E_TIME_ZONE` and `E_OFFSET_UNKNOWN` for clocks that do not meet, `E_DUP_DEVICE` where two recordings name one device,
/// `E_NO_OVERLAP` for a recording that shares no time with the others, `E_RANGE`, `E_NO_DATA` for no recordings.
///
/// ```
/// use szilard::traces::{ReadOptions, Recording, join, read};
/// let options = ReadOptions::default();
/// let wall = read(b"time [s],power [W]\n0,150\n2,150\n".to_vec(), "wall.csv", &options).unwrap();
/// let board = read(b"time [s],power [W]\n0,90\n1,90\n".to_vec(), "board.csv", &options).unwrap();
/// let part = |trace, name: &str, offset_ns| Recording { trace, name: Some(name.to_owned()), offset_ns };
/// let joined = join(&[part(&wall, "wall", None), part(&board, "gpu", Some(500_000_000))], false).unwrap();
/// assert_eq!(joined.devices(), ["wall/0", "gpu/0"]);
/// assert_eq!(joined.channels[1].samples.time_ns, [500_000_000, 1_500_000_000]);
/// assert!(join(&[part(&wall, "wall", None), part(&board, "gpu", None)], false).is_err());
/// ```
pub fn join(recordings: &[Recording<'_>], disjoint: bool) -> Result<Trace, Refusal> {
    let sources = recordings.iter().map(|part| part.trace.source.as_str()).collect::<Vec<_>>().join(" + ");
    let Some(first) = recordings.first() else {
        return Err(Refusal::new(Code::NoData, JOINED, Place::File, "no recordings", "at least one"));
    };
    let on_utc = recordings.iter().position(|part| part.trace.clock == Clock::Utc);
    let reference = on_utc.unwrap_or(0);
    let clock = if on_utc.is_some() { Clock::Utc } else { first.trace.clock };
    let leaps: LeapSeconds = recordings.iter().flat_map(|part| part.trace.leaps.stamps()).collect();
    let (mut channels, mut diagnostics) = (Vec::new(), Diagnostics::default());
    let mut owners: HashMap<String, usize> = HashMap::new();
    for (at, part) in recordings.iter().enumerate() {
        if at != reference && part.offset_ns.is_none() {
            meets(part.trace, clock)?;
        }
        for channel in &part.trace.channels {
            let channel = moved(channel, part, &leaps)?;
            if *owners.entry(channel.device.clone()).or_insert(at) != at {
                let expected = "a name for each recording, or other devices";
                let found = format!("device {:?} in two recordings", channel.device);
                return Err(Refusal::new(Code::DupDevice, &part.trace.source, Place::File, found, expected));
            }
            channels.push(channel);
        }
        for remark in part.trace.diagnostics.iter() {
            let channel = remark.channel.as_deref().map(|channel| named(part, channel));
            let message = format!("{}: {}", printable(&part.trace.source), remark.message);
            diagnostics.push(remark.code, remark.place.clone(), channel.as_deref(), message);
        }
    }
    let several = recordings.len() > 1;
    if several && !disjoint {
        let message =
            "whether one recording contains another is not known; name a device, or state that they are disjoint";
        diagnostics.push(Code::TotalUnknown, Place::File, None, message);
    }
    let joined = Trace {
        format: if several { JOINED } else { first.trace.format },
        source: sources,
        clock,
        leaps,
        channels,
        total_known: recordings.iter().all(|part| part.trace.total_known) && (disjoint || !several),
        separate_devices: recordings.iter().any(|part| part.trace.separate_devices),
        records: Records::default(),
        diagnostics,
    };
    overlaps(&joined, recordings, &owners)?;
    Ok(joined)
}

/// Refuses a clock that does not meet the common one by itself.
fn meets(trace: &Trace, common: Clock) -> Result<(), Refusal> {
    let (code, expected) = match (trace.clock, common) {
        (Clock::Utc, _) => return Ok(()),
        (Clock::Local, _) => (Code::TimeZone, "tz when it is read, or an offset"),
        (Clock::Relative, _) => (Code::OffsetUnknown, "an offset: what is added to its times"),
    };
    let found = format!("a {} clock that meets a {} one", trace.clock.word(), common.word());
    Err(Refusal::new(code, &trace.source, Place::File, found, expected))
}

fn named(part: &Recording<'_>, device: &str) -> String {
    part.name.as_ref().map_or_else(|| device.to_owned(), |name| format!("{name}/{device}"))
}

/// The channel on the common clock, under the name of its recording.
fn moved(channel: &Channel, part: &Recording<'_>, leaps: &LeapSeconds) -> Result<Channel, Refusal> {
    let mut channel = Channel { device: named(part, &channel.device), ..channel.clone() };
    let offset = part.offset_ns.unwrap_or(0);
    for time in &mut channel.samples.time_ns {
        let (unix, inside) = part.trace.leaps.unix(*time);
        let there = unix.checked_add(offset).filter(|ns| ns.unsigned_abs() <= FARTHEST_NS.unsigned_abs());
        let Some(there) = there else {
            let found = format!("an offset of {offset} ns");
            return Err(Refusal::new(Code::Range, &part.trace.source, Place::File, found, "times within 146 years"));
        };
        *time = leaps.elapsed(there, inside && offset == 0);
    }
    // records of a document have no lines
    if part.trace.records != Records::default() {
        channel.samples.line.fill(0);
    }
    Ok(channel)
}

/// Refuses a recording that shares no time with any other.
fn overlaps(joined: &Trace, recordings: &[Recording<'_>], owners: &HashMap<String, usize>) -> Result<(), Refusal> {
    let mut spans: Vec<Option<(i64, i64)>> = vec![None; recordings.len()];
    for channel in joined.channels.iter().filter(|channel| channel.kind.gives_energy()) {
        let times = &channel.samples.time_ns;
        let (Some(start), Some(end)) = (times.iter().min(), times.iter().max()) else { continue };
        let Some(span) = owners.get(&channel.device).and_then(|at| spans.get_mut(*at)) else { continue };
        *span = Some(span.map_or((*start, *end), |(low, high)| (low.min(*start), high.max(*end))));
    }
    let known: HashSet<usize> = spans.iter().enumerate().filter_map(|(at, span)| span.map(|_| at)).collect();
    for (at, part) in recordings.iter().enumerate().filter(|(at, _)| known.len() > 1 && known.contains(at)) {
        let Some(Some((start, end))) = spans.get(at) else { continue };
        let meets = |(other, span): (usize, &Option<(i64, i64)>)| {
            span.is_some_and(|(low, high)| other != at && low <= *end && *start <= high)
        };
        if !spans.iter().enumerate().any(meets) {
            let found = format!("{} to {}", joined.instant_text(*start), joined.instant_text(*end));
            let expected = "time in common with another recording; check zones and offsets";
            return Err(Refusal::new(Code::NoOverlap, &part.trace.source, Place::File, found, expected));
        }
    }
    Ok(())
}
