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
}
