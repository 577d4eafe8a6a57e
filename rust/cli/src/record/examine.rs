//! What a recording here would be worth: how often sensors have something new, and how good the clocks are.

use super::sensors::{Channel, Reading, Sensor};
use std::time::{Duration, Instant};
use szilard_system::{Discipline, discipline, now};

/// Time between two looks at a sensor.
const LOOK: Duration = Duration::from_millis(1);

/// Waits that are measured.
const WAITS: usize = 50;

/// What was seen of one channel.
pub(crate) struct Seen {
    /// The channel.
    pub channel: Channel,
    /// Mean time between two different values [s]; none where it showed fewer than three.
    pub update_s: Option<f64>,
    /// Mean time that a reading of its sensor takes. [s]
    pub read_s: f64,
    /// Its last value.
    pub value: Option<String>,
    /// Why it has none.
    pub reason: Option<String>,
}

/// What was seen of the clocks.
pub(crate) struct Clocks {
    /// Smallest step of the clock of the rows. [ns]
    pub step_ns: i64,
    /// Median and largest lateness of a wait for the interval. [s]
    pub late_s: (f64, f64),
    /// Time that the machine has been suspended since it started. [s]
    pub suspended_s: f64,
    /// What keeps the wall clock right, where the system says.
    pub wall: Option<Discipline>,
}

/// Size of a recording of these channels. [byte/h]
pub(crate) fn size_per_hour(seen: &[Seen], interval: Duration) -> f64 {
    // the time of a row in the middle of an hour has 13 digits
    let cell = |seen: &Seen| 1 + seen.value.as_ref().map_or(0, String::len);
    let row = 14 + seen.iter().map(cell).sum::<usize>();
    row as f64 * 3600.0 / interval.as_secs_f64()
}

/// Looks at a sensor again and again for a time.
pub(crate) fn look(sensor: &mut dyn Sensor, time: Duration) -> Vec<Seen> {
    let width = sensor.channels().len();
    let mut last: Vec<Option<String>> = vec![None; width];
    let mut reasons: Vec<Option<String>> = vec![None; width];
    // time of the first and of the last change, and how many there were
    let mut changes: Vec<(Option<Instant>, Option<Instant>, u32)> = vec![(None, None, 0); width];
    let (start, mut reads, mut reading) = (Instant::now(), 0u32, Duration::ZERO);
    while start.elapsed() < time || reads == 0 {
        let (mut readings, before) = (Vec::with_capacity(width), Instant::now());
        sensor.read(now().boot_ns, &mut readings);
        reading += before.elapsed();
        reads += 1;
        for (((found, last), reason), change) in readings.iter().zip(&mut last).zip(&mut reasons).zip(&mut changes) {
            let value = match found {
                Reading::Whole(value) => value.to_string(),
                Reading::Decimal(text) => text.clone(),
                Reading::NothingNew => continue,
                Reading::Missing(why) => {
                    *reason = Some(why.clone());
                    continue;
                }
            };
            if last.as_ref().is_some_and(|last| *last != value) {
                change.0.get_or_insert(before);
                (change.1, change.2) = (Some(before), change.2 + 1);
            }
            *last = Some(value);
        }
        std::thread::sleep(LOOK);
    }
    let seen = |(at, channel): (usize, &Channel)| {
        let update_s = changes.get(at).and_then(|(first, last, count)| {
            let intervals = count.checked_sub(1).filter(|intervals| *intervals > 0)?;
            Some((*last)?.duration_since((*first)?).as_secs_f64() / f64::from(intervals))
        });
        Seen {
            channel: channel.clone(),
            update_s,
            read_s: reading.as_secs_f64() / f64::from(reads),
            value: last.get(at).cloned().flatten(),
            reason: reasons.get(at).cloned().flatten(),
        }
    };
    sensor.channels().iter().enumerate().map(seen).collect()
}

/// Measures the clocks; a wait is as long as a recording's, and at most 20 ms.
pub(crate) fn clocks(interval: Duration) -> Clocks {
    let interval = interval.min(Duration::from_millis(20));
    let step = |_| {
        let start = now().boot_ns;
        std::iter::repeat_with(|| now().boot_ns - start).take(1000).find(|step| *step > 0)
    };
    let mut late: Vec<f64> = (0..WAITS)
        .map(|_| {
            let start = Instant::now();
            std::thread::sleep(interval);
            start.elapsed().saturating_sub(interval).as_secs_f64()
        })
        .collect();
    late.sort_by(f64::total_cmp);
    let at = now();
    Clocks {
        step_ns: (0..100).filter_map(step).min().unwrap_or(0),
        late_s: (late.get(WAITS / 2).copied().unwrap_or(0.0), late.last().copied().unwrap_or(0.0)),
        suspended_s: (at.boot_ns - at.monotonic_ns).max(0) as f64 * 1e-9,
        wall: discipline(),
    }
}
