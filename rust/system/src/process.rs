//! Sending signals, waiting for a tree of processes, own use of the processor.

use crate::clock::nanoseconds;
use std::io;

/// What this process has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Time on processors, of all its threads. [ns]
    pub cpu_ns: i64,
    /// Largest resident size so far. [byte]
    pub peak_bytes: i64,
}

/// What this process has used so far.
pub fn usage() -> Usage {
    // SAFETY: all bytes zero is a valid rusage.
    let mut used: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `used` is a valid place for one rusage.
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut used) };
    let ns = |time: libc::timeval| nanoseconds(time.tv_sec, time.tv_usec * 1_000);
    Usage { cpu_ns: ns(used.ru_utime) + ns(used.ru_stime), peak_bytes: peak_bytes().unwrap_or(0) }
}

/// Largest resident size of this program; that of `getrusage` may be of the program that started it. [byte]
fn peak_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.trim().strip_suffix(" kB")?.trim().parse::<i64>().ok()? * 1024)
}

/// Sends a signal to the process of that number.
///
/// # Errors
/// What the system says, as that there is no such process.
pub fn send(process: u32, signal: i32) -> io::Result<()> {
    let process = i32::try_from(process).ok().filter(|number| *number > 0);
    let process = process.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    // SAFETY: kill takes two numbers and touches no memory; 0 and negative numbers, which mean groups, are refused above.
    if unsafe { libc::kill(process, signal) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Makes orphans of the processes below this one its children, so that it can wait for them.
///
/// # Errors
/// What the system says.
pub fn become_reaper() -> io::Result<()> {
    // SAFETY: PR_SET_CHILD_SUBREAPER takes a number and touches no memory.
    if unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) } == 0 {
        return Ok(());
    }
    Err(io::Error::last_os_error())
}

/// Takes the status of a child that has ended; whether it has.
pub fn reap(process: u32) -> bool {
    let Ok(process) = i32::try_from(process) else { return true };
    let mut status = 0;
    // SAFETY: `status` is a valid place for one number.
    process <= 0 || unsafe { libc::waitpid(process, &mut status, libc::WNOHANG) } != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_no_process() {
        assert!(send(0, 0).is_err() && send(u32::MAX, 0).is_err());
        assert!(send(std::process::id(), 0).is_ok());
    }

    #[test]
    fn what_is_used_is_counted() {
        let used = usage();
        assert!(used.cpu_ns > 0 && used.peak_bytes > 100_000, "{used:?}");
    }
}
