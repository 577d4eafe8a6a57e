//! Sending signals, waiting for a tree of processes, own use of the processor.

use crate::clock::nanoseconds;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};

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

/// Has a process of its own move what comes out of each first file into the second, until the last one has ended.
///
/// It has no other file of this process, no terminal, and heeds no signal of one.
///
/// # Errors
/// What the system says.
pub fn relay_on(streams: Vec<(File, File)>) -> io::Result<()> {
    let descriptors: Vec<(RawFd, RawFd)> =
        streams.iter().map(|(from, to)| (from.as_raw_fd(), to.as_raw_fd())).collect();
    // SAFETY: the new process has this thread alone, allocates nothing, takes no lock and calls but what is
    // async-signal-safe (signal-safety(7)) until it ends with _exit.
    match unsafe { libc::fork() } {
        0 => relay_in_child(&descriptors),
        process if process > 0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Moves bytes until all streams have ended, and ends the process.
fn relay_in_child(streams: &[(RawFd, RawFd)]) -> ! {
    const CHUNK: usize = 1 << 14;
    let mut chunk = [0u8; CHUNK];
    let kept = |file: RawFd| streams.iter().any(|(from, to)| *from == file || *to == file);
    // SAFETY: setsid takes nothing and touches no memory.
    unsafe { libc::setsid() };
    // SAFETY: sysconf takes a number and touches no memory.
    let most = unsafe { libc::sysconf(libc::_SC_OPEN_MAX) }.clamp(3, 1 << 16) as RawFd;
    for file in (0..most).filter(|file| !kept(*file)) {
        // SAFETY: in this process nothing else uses the descriptor, and closing one that is not open is an error alone.
        unsafe { libc::close(file) };
    }
    let mut open = [true; 2];
    while open.iter().zip(streams).any(|(open, _)| *open) {
        let mut asked = [libc::pollfd { fd: -1, events: libc::POLLIN, revents: 0 }; 2];
        for ((asked, open), (from, _)) in asked.iter_mut().zip(&open).zip(streams) {
            asked.fd = if *open { *from } else { -1 };
        }
        // SAFETY: the array is as long as is said; a negative descriptor is passed over.
        if unsafe { libc::poll(asked.as_mut_ptr(), 2, -1) } < 0 {
            continue;
        }
        for ((asked, open), (from, to)) in asked.iter().zip(&mut open).zip(streams) {
            if asked.revents != 0 {
                // SAFETY: the chunk is as long as is said.
                let count = unsafe { libc::read(*from, chunk.as_mut_ptr().cast(), CHUNK) };
                *open = count > 0 && write_whole(*to, chunk.get(..count as usize).unwrap_or_default());
                if !*open {
                    // the process that writes is to learn that nobody reads
                    // SAFETY: as above.
                    unsafe { libc::close(*from) };
                }
            }
        }
    }
    // SAFETY: _exit ends the process without running anything of it.
    unsafe { libc::_exit(0) }
}

/// Writes all of a chunk with nothing but system calls; whether it is written.
fn write_whole(to: RawFd, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        // SAFETY: the slice is as long as is said.
        let count = unsafe { libc::write(to, bytes.as_ptr().cast(), bytes.len()) };
        match usize::try_from(count) {
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(_) if io::Error::last_os_error().kind() == io::ErrorKind::WouldBlock => {
                let mut asked = libc::pollfd { fd: to, events: libc::POLLOUT, revents: 0 };
                // SAFETY: `asked` is a valid place for one pollfd.
                unsafe { libc::poll(&mut asked, 1, -1) };
            }
            Err(_) => return false,
        }
    }
    true
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
