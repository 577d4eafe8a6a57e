//! The clocks of the system, read together.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// One instant on three clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Since boot, suspension included (`CLOCK_BOOTTIME`). [ns]
    pub boot_ns: i64,
    /// Since boot, suspension left out (`CLOCK_MONOTONIC`). [ns]
    pub monotonic_ns: i64,
    /// Since 1970-01-01T00:00:00Z, as the wall clock is set (`CLOCK_REALTIME`). [ns]
    pub real_ns: i64,
}

/// The present instant on three clocks.
pub fn now() -> Now {
    Now {
        boot_ns: read(libc::CLOCK_BOOTTIME),
        monotonic_ns: read(libc::CLOCK_MONOTONIC),
        real_ns: read(libc::CLOCK_REALTIME),
    }
}

/// An alarm: a file from which something can be read once its time is over.
#[derive(Debug)]
pub struct Alarm(OwnedFd);

impl Alarm {
    /// An alarm that is not set.
    ///
    /// # Errors
    /// What the system says.
    pub fn new() -> io::Result<Self> {
        // SAFETY: timerfd_create takes two numbers and touches no memory.
        let file = unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK) };
        if file < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor was just made and is nobody else's.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(file) }))
    }

    /// Sets it to go off after a time, in place of what it was set to; not at all where that is zero.
    pub fn set(&self, time: Duration) {
        // SAFETY: all bytes zero is a valid itimerspec.
        let mut spec: libc::itimerspec = unsafe { std::mem::zeroed() };
        spec.it_value.tv_sec = time.as_secs().try_into().unwrap_or(libc::time_t::MAX);
        spec.it_value.tv_nsec = time.subsec_nanos() as libc::c_long;
        // SAFETY: the descriptor is open, `spec` is a valid itimerspec, and what was set before is not asked for.
        unsafe { libc::timerfd_settime(self.0.as_raw_fd(), 0, &spec, std::ptr::null_mut()) };
    }

    /// Has it be silent until it goes off again.
    pub fn take(&self) {
        let mut count = [0u8; 8];
        // SAFETY: the array is as long as is said; where it has not gone off the read fails at once.
        unsafe { libc::read(self.0.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
    }
}

impl AsFd for Alarm {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// How far the wall clock can be trusted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discipline {
    /// Whether something, as NTP, keeps it right.
    pub synchronised: bool,
    /// Largest error that the kernel allows for; it grows while nothing keeps the clock right. [s]
    pub error_s: f64,
}

/// What keeps the wall clock right; `None` where the kernel does not say.
pub fn discipline() -> Option<Discipline> {
    // SAFETY: all bytes zero is a valid timex, and says that nothing is to be set.
    let mut clock: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: `clock` is a valid place for one timex.
    let state = unsafe { libc::adjtimex(&mut clock) };
    // TIME_ERROR, 5: the clock is not synchronised; other states are about leap seconds
    (state >= 0).then_some(Discipline { synchronised: state != 5, error_s: clock.maxerror as f64 * 1e-6 })
}

fn read(clock: libc::clockid_t) -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place for one timespec; on failure it is left as it is.
    unsafe { libc::clock_gettime(clock, &mut time) };
    nanoseconds(time.tv_sec, time.tv_nsec)
}

/// Seconds and nanoseconds of the system, whose types are narrower on 32-bit machines. [ns]
#[allow(clippy::useless_conversion)]
pub(crate) fn nanoseconds(seconds: libc::time_t, nanoseconds: libc::c_long) -> i64 {
    i64::from(seconds) * 1_000_000_000 + i64::from(nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_and_suspension_is_no_less_than_nothing() {
        let (first, second) = (now(), now());
        assert!(second.boot_ns >= first.boot_ns && first.monotonic_ns > 0);
        assert!(first.boot_ns >= first.monotonic_ns - 1_000_000);
    }

    #[test]
    fn an_alarm_goes_off_once_and_not_when_it_is_unset() {
        let alarm = Alarm::new().unwrap();
        let goes_off = |milliseconds| crate::wait_for(&[alarm.as_fd()], milliseconds).unwrap() == [true];
        alarm.set(Duration::from_millis(5));
        assert!(goes_off(5000) && goes_off(0));
        alarm.take();
        assert!(!goes_off(0));
        alarm.set(Duration::from_millis(5));
        alarm.set(Duration::ZERO);
        assert!(!goes_off(20));
    }

    #[test]
    fn an_error_of_the_clock_is_no_less_than_nothing() {
        assert!(discipline().is_none_or(|clock| clock.error_s >= 0.0));
    }
}
