//! The thread that reads all sensors in time, and what is done about one that blocks.
//!
//! Sensors are read one behind the other by one thread. A read that takes longer than [`PATIENCE`] costs the sensor its
//! turns and not the recording: the thread is left with it, another one goes on with the rest, and the sensor is back as
//! soon as it answers. A sensor that fails is asked again ever less often, up to every [`LONGEST_WAIT_NS`].

use super::header::line;
use super::progress::Progress;
use super::recording::Recording;
use super::sensors::{Reading, Sensor};
use crate::output::with;
use serde_json::{Value, json};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};
use szilard_system::{Alarm, Now, usage};

/// How long a read may take before its thread is left with it.
pub(super) const PATIENCE: Duration = Duration::from_millis(100);

/// The longest time for which a failing sensor is not asked. [ns]
const LONGEST_WAIT_NS: i64 = 2_000_000_000;

/// The clocks.
pub(crate) trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Now;
}

/// The clocks of the system.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Now {
        szilard_system::now()
    }
}

/// A sensor and what is known of its failures.
struct Post {
    sensor: Box<dyn Sensor>,
    /// Not asked before. [ns]
    retry_ns: i64,
    wait_ns: i64,
    last: Vec<Reading>,
}

impl Post {
    fn at_last(&mut self) {
        self.retry_ns = 0;
        self.sensor.at_last();
    }

    fn read(&mut self, now_ns: i64, interval_ns: i64, into: &mut Vec<Reading>) {
        if now_ns < self.retry_ns {
            into.extend(self.last.iter().cloned());
            return;
        }
        self.last.clear();
        self.sensor.read(now_ns, &mut self.last);
        // a reading too few or too many would be taken for one of another channel
        self.last.resize(self.sensor.channels().len(), Reading::Missing("no reading".to_owned()));
        if self.last.iter().all(|reading| matches!(reading, Reading::Missing(_))) {
            self.retry_ns = now_ns + self.wait_ns;
            self.wait_ns = (self.wait_ns * 2).clamp(interval_ns, LONGEST_WAIT_NS);
        } else {
            (self.retry_ns, self.wait_ns) = (0, 0);
        }
        into.extend(self.last.iter().cloned());
    }
}

/// What the threads share.
struct Shared {
    posts: Vec<Mutex<Post>>,
    /// Number of channels of each post.
    widths: Vec<usize>,
    recording: Mutex<Recording>,
    progress: Mutex<Progress>,
    clock: Arc<dyn Clock>,
    start: Now,
    interval: Duration,
    /// Number of the thread whose turn it is.
    turn: AtomicU64,
    /// When the read that is going on started; 0 where none is. [ns]
    reading_since: AtomicI64,
    /// Goes off when that read uses up the patience; none where the system has no more of them.
    alarm: Option<Alarm>,
    missed: AtomicU64,
}

/// What became of the rows.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Rows that are whole.
    pub rows: u64,
    /// Rows that came too late to be taken.
    pub missed: u64,
    /// Readings that came and stand in no row.
    pub skipped: u64,
    /// Why writing failed, if it did.
    pub failed: Option<String>,
}

/// What the thread is told.
enum Order {
    /// Take the last row, say so, and end.
    Last(Sender<()>),
}

/// The recorder's sensors at work.
pub(crate) struct Sampler {
    shared: Arc<Shared>,
    orders: Sender<Order>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sampler {
    /// Starts; the first row is taken when this comes back, or its sensors have used up the patience.
    pub(crate) fn start(
        sensors: Vec<Box<dyn Sensor>>,
        recording: Recording,
        clock: Arc<dyn Clock>,
        start: Now,
        interval: Duration,
    ) -> Self {
        let widths: Vec<usize> = sensors.iter().map(|sensor| sensor.channels().len()).collect();
        let post = |sensor| Mutex::new(Post { sensor, retry_ns: 0, wait_ns: 0, last: Vec::new() });
        let shared = Arc::new(Shared {
            posts: sensors.into_iter().map(post).collect(),
            recording: Mutex::new(recording),
            progress: Mutex::new(Progress::new(widths.iter().sum(), start)),
            widths,
            clock,
            start,
            interval,
            turn: AtomicU64::new(0),
            reading_since: AtomicI64::new(0),
            alarm: Alarm::new().ok(),
            missed: AtomicU64::new(0),
        });
        let (first, taken) = channel();
        let orders = spawn(&shared, Some(first));
        let sampler = Self { shared, orders };
        let _ = taken.recv_timeout(PATIENCE);
        sampler
    }

    /// What can be read from when a read takes too long.
    pub(crate) fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        self.shared.alarm.as_ref().map(AsFd::as_fd)
    }

    /// Leaves a thread whose read takes too long; to be called when the alarm goes off, and now and then.
    pub(crate) fn watch(&mut self) {
        if let Some(alarm) = &self.shared.alarm {
            alarm.take();
        }
        let since = self.shared.reading_since.load(Ordering::SeqCst);
        if since != 0 && self.shared.clock.now().boot_ns.saturating_sub(since) > PATIENCE.as_nanos() as i64 {
            self.next_turn();
        }
    }

    fn next_turn(&mut self) {
        self.shared.turn.fetch_add(1, Ordering::SeqCst);
        self.shared.reading_since.store(0, Ordering::SeqCst);
        self.orders = spawn(&self.shared, None);
    }

    /// Writes a line of a word and an object, with the present time since the start in it; that time. [ns]
    pub(crate) fn say(&self, word: &str, object: Value) -> i64 {
        let now_ns = self.shared.clock.now().boot_ns;
        self.say_at(now_ns, word, object);
        now_ns
    }

    /// Writes a line of a word and an object, with a time since boot as one since the start in it. [ns]
    pub(crate) fn say_at(&self, boot_ns: i64, word: &str, object: Value) {
        let object = with(json!({ "time_ns": boot_ns.saturating_sub(self.shared.start.boot_ns) }), object);
        if let Some(mut recording) = self.recording() {
            recording.put(line(word, &object).as_bytes());
        }
    }

    /// The file, unless writing to it hangs.
    fn recording(&self) -> Option<MutexGuard<'_, Recording>> {
        for _ in 0..200 {
            match self.shared.recording.try_lock() {
                Ok(recording) => return Some(recording),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        None
    }

    /// Takes the last row and ends.
    pub(crate) fn finish(mut self, end: Value) -> Taken {
        for _ in 0..2 {
            let (done, ended) = channel();
            if self.orders.send(Order::Last(done)).is_ok() && ended.recv_timeout(PATIENCE).is_ok() {
                break;
            }
            self.next_turn();
        }
        self.shared.turn.fetch_add(1, Ordering::SeqCst);
        let (used, missed) = (usage(), self.shared.missed.load(Ordering::SeqCst));
        let posts = self.shared.posts.iter().filter_map(|post| post.try_lock().ok());
        let skipped = posts.map(|post| post.sensor.skipped()).sum();
        let Some(rows) = self.recording().map(|recording| recording.rows) else {
            let failed = Some("the file does not take what is written to it".to_owned());
            return Taken { rows: 0, missed, skipped, failed };
        };
        let more = json!({ "rows": rows, "missed": missed, "skipped": skipped, "cpu_ns": used.cpu_ns, "peak_bytes": used.peak_bytes });
        self.say("end", with(end, more));
        let Some(recording) = self.recording() else { return Taken { rows, missed, skipped, failed: None } };
        if let Some(sink) = recording.again() {
            let _ = sink.sync();
        }
        Taken { rows, missed, skipped, failed: recording.failed.clone() }
    }

    /// Has the file put on the disk again and again.
    pub(crate) fn sync_every(&self, period: Duration) {
        let Some(sink) = locked(&self.shared.recording).again() else { return };
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(period);
                let _ = sink.sync();
            }
        });
    }
}

/// A thread for the present turn.
fn spawn(shared: &Arc<Shared>, first: Option<Sender<()>>) -> Sender<Order> {
    let (orders, told) = channel();
    let (shared, turn) = (shared.clone(), shared.turn.load(Ordering::SeqCst));
    std::thread::spawn(move || shared.work(turn, &told, first));
    orders
}

impl Shared {
    /// Takes row after row until the turn is another's or the last one was ordered.
    fn work(&self, turn: u64, told: &Receiver<Order>, first: Option<Sender<()>>) {
        let mut next = Instant::now();
        let mut first = first;
        loop {
            if !self.sample(turn) {
                return;
            }
            if let Some(first) = first.take() {
                let _ = first.send(());
            }
            next += self.interval;
            let now = Instant::now();
            if next < now {
                let late = (now - next).as_nanos() / self.interval.as_nanos().max(1) + 1;
                self.missed.fetch_add(u64::try_from(late).unwrap_or(u64::MAX), Ordering::SeqCst);
                next = now + self.interval;
            }
            match told.recv_timeout(next - now) {
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
                Ok(Order::Last(done)) => {
                    self.posts.iter().filter_map(|post| post.try_lock().ok()).for_each(|mut post| post.at_last());
                    self.sample(turn);
                    let _ = done.send(());
                    return;
                }
            }
        }
    }

    /// Sets the alarm to go off after a time, or not at all where that is zero.
    fn alarm_in(&self, time: Duration) {
        if let Some(alarm) = &self.alarm {
            alarm.set(time);
        }
    }

    /// Reads all sensors and writes a row; whether the turn is still that one.
    fn sample(&self, turn: u64) -> bool {
        let now = self.clock.now();
        let mine = || self.turn.load(Ordering::SeqCst) == turn;
        self.reading_since.store(now.boot_ns, Ordering::SeqCst);
        self.alarm_in(PATIENCE);
        let mut readings = Vec::with_capacity(self.widths.iter().sum());
        for (post, width) in self.posts.iter().zip(&self.widths) {
            let blocked = || Reading::Missing("it does not answer".to_owned());
            match post.try_lock() {
                Ok(mut post) => {
                    post.read(now.boot_ns, self.interval.as_nanos() as i64, &mut readings);
                    if !mine() {
                        return false;
                    }
                }
                Err(TryLockError::WouldBlock) => readings.extend((0..*width).map(|_| blocked())),
                Err(TryLockError::Poisoned(poisoned)) => {
                    drop(poisoned);
                    readings.extend((0..*width).map(|_| Reading::Missing("its reader has a defect".to_owned())));
                }
            }
        }
        self.reading_since.store(0, Ordering::SeqCst);
        self.alarm_in(Duration::ZERO);
        let mut recording = locked(&self.recording);
        if !mine() {
            return false;
        }
        let mut progress = locked(&self.progress);
        recording.row(progress.text(&readings, now, self.start).as_bytes());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::header;
    use super::super::recording::Existing;
    use super::super::sensors::Channel;
    use super::*;
    use szilard::energy::{EnergyQuery, Status, energy};
    use szilard::input::Code;
    use szilard::traces::{Kind, ReadOptions, read_path};

    /// The clocks of the system with a wall clock that was set and a suspension that was not.
    #[derive(Default)]
    struct Moved {
        set_ns: AtomicI64,
        suspended_ns: AtomicI64,
    }

    impl Clock for Moved {
        fn now(&self) -> Now {
            let now = szilard_system::now();
            let suspended_ns = self.suspended_ns.load(Ordering::SeqCst);
            Now {
                boot_ns: now.boot_ns + suspended_ns,
                monotonic_ns: now.monotonic_ns,
                real_ns: now.real_ns + suspended_ns + self.set_ns.load(Ordering::SeqCst),
            }
        }
    }

    struct Steady([Channel; 1]);

    impl Sensor for Steady {
        fn channels(&self) -> &[Channel] {
            &self.0
        }
        fn read(&mut self, _: i64, into: &mut Vec<Reading>) {
            into.push(Reading::Whole(7_200_000));
        }
    }

    #[test]
    fn a_clock_that_is_set_changes_nothing_and_a_suspension_is_a_gap() {
        let path = std::env::temp_dir().join(format!("szilard-sampler-{}.csv", std::process::id()));
        let channel = Channel::new("test", "board", "input", Kind::InstantPower, "uW");
        let (clock, interval) = (Arc::new(Moved::default()), Duration::from_millis(10));
        let start = clock.now();
        let mut recording = Recording::create(&path, Existing::Replaced).unwrap();
        recording.put(header::text(std::slice::from_ref(&channel), start, interval, None).as_bytes());
        let sampler = Sampler::start(vec![Box::new(Steady([channel]))], recording, clock.clone(), start, interval);
        let wait = || std::thread::sleep(Duration::from_millis(100));
        wait();
        clock.set_ns.store(-3_600_000_000_000, Ordering::SeqCst);
        wait();
        clock.suspended_ns.store(5_000_000_000, Ordering::SeqCst);
        wait();
        let Taken { rows, failed, .. } = sampler.finish(json!({ "status": 0 }));
        assert!(rows > 5 && failed.is_none(), "{rows} {failed:?}");
        let trace = read_path(&path, &ReadOptions::default()).unwrap();
        std::fs::remove_file(&path).unwrap();
        let said = |code| trace.diagnostics.iter().filter(|remark| remark.code == code).count();
        let message = |code| trace.diagnostics.iter().find(|remark| remark.code == code).unwrap().message.clone();
        assert_eq!((said(Code::ClockSet), said(Code::ClockStep)), (1, 0));
        assert!(message(Code::ClockSet).contains("-3600.0"), "{}", message(Code::ClockSet));
        assert!(message(Code::Gap).contains("suspended for 5.000 s"), "{}", message(Code::Gap));
        let energy = energy(&trace, &EnergyQuery::default()).unwrap();
        assert_eq!(energy.status, Status::Incomplete);
        assert!((5_000_000_000..5_500_000_000).contains(&energy.gap_ns), "{}", energy.gap_ns);
        let seconds = energy.covered_ns as f64 * 1e-9;
        assert!((energy.energy.unwrap().value() - 7.2 * seconds).abs() < 1e-9 * 7.2 * seconds);
    }
}
