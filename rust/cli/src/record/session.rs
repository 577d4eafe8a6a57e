//! One recording from its first row to its last: the command in the middle, sensors and file around it.

use super::child::{self, Outcome, Started};
use super::header;
use super::marks::Marks;
use super::recording::Recording;
use super::sampler::{Clock, Sampler, SystemClock, Taken};
use super::sensors::{Channel, Sensor};
use super::tokens::{Counter, Counts, Metrics};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;
use szilard_system::{Now, Usage, usage};

/// What is to be done.
pub(crate) struct Plan<'p> {
    /// The command and its arguments.
    pub words: &'p [OsString],
    /// Time between two rows.
    pub interval: Duration,
    /// Time for which the idle machine is recorded before the command.
    pub idle: Duration,
    /// Time between two waits for the disk; after every row where it is zero.
    pub sync: Duration,
    /// Whether the words of the command are written down.
    pub with_command: bool,
    /// Whether processes that the command leaves behind are waited for.
    pub wait_tree: bool,
    /// What finds tokens in the output.
    pub counter: Option<Counter>,
    /// The counters of a server, as they were before.
    pub metrics: Option<Metrics>,
    /// Where marks come from.
    pub marks: Option<Marks>,
}

/// What is known when the command has ended.
pub(crate) struct Done {
    /// How it ended.
    pub outcome: Outcome,
    /// Start and end of the command, Unix time. [ns]
    pub window_ns: (i64, i64),
    /// The time before it in which the machine was idle, Unix time. [ns]
    pub idle_ns: Option<(i64, i64)>,
    /// What was generated.
    pub counts: Option<Counts>,
    /// Rows of the recording.
    pub rows: u64,
    /// Rows for which it was too late.
    pub missed: u64,
    /// What the recorder itself used.
    pub used: Usage,
    /// What did not go well.
    pub trouble: Vec<String>,
}

/// Runs a command while sensors are recorded; without a recording there are no rows.
///
/// # Errors
/// What the system says about signals; the command is then not started.
pub(crate) fn run(plan: Plan<'_>, sensors: Vec<Box<dyn Sensor>>, recording: Option<Recording>) -> io::Result<Done> {
    let mut signals = child::catch()?;
    let helpers: Vec<u32> = sensors.iter().filter_map(|sensor| sensor.process()).collect();
    let start = SystemClock.now();
    let unix = |boot_ns: i64| start.real_ns.saturating_add(boot_ns.saturating_sub(start.boot_ns));
    let mut sampler = recording.map(|recording| begin(&plan, sensors, recording, start));
    let Plan { words, idle, wait_tree, counter, metrics, mut marks, .. } = plan;
    let mut trouble = Vec::new();
    let mut stopped = None;
    let idle_ns = sampler.as_ref().filter(|_| !idle.is_zero()).map(|sampler| {
        let from = sampler.say("run", json!({ "event": "idle" }));
        stopped = child::idle(&mut signals, idle);
        (unix(from), unix(SystemClock.now().boot_ns))
    });
    let from = say(sampler.as_ref(), "start");
    let started = match stopped {
        None => child::start(words, counter.as_ref(), signals, wait_tree.then_some(helpers)),
        Some(_) => Err(ErrorKind::Interrupted.into()),
    };
    let (outcome, started) = match (started, stopped) {
        (Ok(mut started), _) => (started.wait(sampler.as_mut(), marks.as_mut()), Some(started)),
        (Err(_), Some(signal)) => {
            trouble.push(format!("signal {signal} came before the command was started"));
            (Outcome::Killed(signal), None)
        }
        (Err(error), None) => {
            let name = words.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
            trouble.push(format!("{name}: {error}"));
            (Outcome::NotStarted(if child::is_absent(words, &error) { 127 } else { 126 }), None)
        }
    };
    let to = say(sampler.as_ref(), "end");
    let (counted, open) = started.map(|started: Started| started.counts(sampler.as_ref())).unwrap_or_default();
    if counted.unread > 0 {
        let matches = counted.unread;
        trouble
            .push(format!("--tokens-from: {matches} matches have no whole number in their group: no count is known"));
    }
    let counts = match metrics.map(|metrics| metrics.since()) {
        None => Some(counted).filter(|counted| counter.is_some() && counted.unread == 0),
        Some(counts) => counts.map_err(|reason| trouble.push(reason)).ok(),
    };
    let Taken { rows, missed, skipped, failed } =
        sampler.map(|sampler| sampler.finish(ended(outcome))).unwrap_or_default();
    if skipped > 0 {
        trouble.push(format!(
            "{skipped} readings of meters came when an earlier one of the same row was not yet written: a row has the last \
             one; a shorter --interval keeps them"
        ));
    }
    trouble.extend(failed.map(|reason| format!("the recording ends early: {reason}; what it holds is whole")));
    // a process that the command left behind keeps its output, as it would without us
    if !open.is_empty()
        && let Err(error) = szilard_system::relay_on(open)
    {
        trouble.push(format!("the output of a process that the command left behind: {error}"));
    }
    let window_ns = (unix(from), unix(to));
    Ok(Done { outcome, window_ns, idle_ns, counts, rows, missed, used: usage(), trouble })
}

/// Writes the header and starts the sensors.
fn begin(plan: &Plan<'_>, sensors: Vec<Box<dyn Sensor>>, mut recording: Recording, start: Now) -> Sampler {
    let channels: Vec<Channel> = sensors.iter().flat_map(|sensor| sensor.channels().iter().cloned()).collect();
    let words = plan.words.iter().map(|word| word.to_string_lossy().into_owned());
    let words: Option<Vec<String>> = plan.with_command.then(|| words.collect());
    recording.put(header::text(&channels, start, plan.interval, words.as_deref()).as_bytes());
    recording.waits = plan.sync.is_zero();
    let sampler = Sampler::start(sensors, recording, Arc::new(SystemClock), start, plan.interval);
    if !plan.sync.is_zero() {
        sampler.sync_every(plan.sync);
    }
    sampler
}

/// Writes when the command started or ended; that time. [ns]
fn say(sampler: Option<&Sampler>, event: &str) -> i64 {
    sampler.map_or_else(|| SystemClock.now().boot_ns, |sampler| sampler.say("run", json!({ "event": event })))
}

/// How the command ended, for the last line.
fn ended(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Killed(signal) => json!({ "signal": signal, "status": outcome.status() }),
        _ => json!({ "status": outcome.status() }),
    }
}
