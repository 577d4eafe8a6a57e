//! The clocks of the system, read together.

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
    fn an_error_of_the_clock_is_no_less_than_nothing() {
        assert!(discipline().is_none_or(|clock| clock.error_s >= 0.0));
    }
}
