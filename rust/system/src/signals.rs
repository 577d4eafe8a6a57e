//! Signals as bytes of a pipe, so that they are read like anything else.

use std::io::{self, PipeReader, Read};
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd};
use std::sync::atomic::{AtomicI32, Ordering};

/// Writing end of the pipe; the handler may use nothing but this.
static PIPE: AtomicI32 = AtomicI32::new(-1);

/// The numbers of the signals that a recorder meets.
pub mod number {
    pub use libc::{SIGCHLD, SIGHUP, SIGINT, SIGKILL, SIGPIPE, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
}

/// One signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caught {
    /// Its number.
    pub signal: i32,
    /// Whether a process sent it to this one; a terminal sends to the whole foreground group.
    pub sent: bool,
}

/// The reading end of the pipe of caught signals.
#[derive(Debug)]
pub struct SignalPipe {
    pipe: PipeReader,
}

impl SignalPipe {
    /// What to wait for.
    pub fn as_fd(&self) -> BorrowedFd<'_> {
        std::os::fd::AsFd::as_fd(&self.pipe)
    }

    /// The signals that have come; to be called when there are some.
    pub fn take(&mut self) -> Vec<Caught> {
        let mut bytes = [0; 128];
        let count = self.pipe.read(&mut bytes).unwrap_or(0);
        let caught = |byte: &u8| Caught { signal: i32::from(byte & 0x7f), sent: byte & 0x80 != 0 };
        bytes.get(..count).unwrap_or_default().iter().map(caught).collect()
    }
}

/// Catches the signals of these numbers from now on. A program that this one starts has their default actions.
///
/// # Errors
/// What the system says about the pipe or about a number.
pub fn catch(signals: &[i32]) -> io::Result<SignalPipe> {
    let (reader, writer) = io::pipe()?;
    // SAFETY: the descriptor is open; F_SETFL changes nothing in memory. A full pipe then drops a signal that is one of
    // thousands instead of stopping the program inside its handler.
    unsafe { libc::fcntl(writer.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) };
    PIPE.store(writer.into_raw_fd(), Ordering::SeqCst);
    for signal in signals {
        // SAFETY: all bytes zero is a valid sigaction.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
        // SAFETY: `action` holds a handler of the type that SA_SIGINFO asks for, which calls only what may be called in
        // one; the old action is not asked for.
        if unsafe { libc::sigaction(*signal, &action, std::ptr::null_mut()) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(SignalPipe { pipe: reader })
}

/// Writes the number of the signal to the pipe, with the highest bit where a process sent it.
extern "C" fn handler(signal: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel passes a valid siginfo to a handler that was installed with SA_SIGINFO.
    let code = unsafe { info.as_ref() }.map_or(libc::SI_KERNEL, |info| info.si_code);
    let sent = if code <= 0 { 0x80 } else { 0 };
    let byte = [signal as u8 | sent];
    // SAFETY: errno is a place of this thread; it is put back below, so that the interrupted code does not see ours.
    let errno = unsafe { *libc::__errno_location() };
    // SAFETY: write may be called in a handler; one byte is read from a valid array.
    unsafe { libc::write(PIPE.load(Ordering::SeqCst), byte.as_ptr().cast(), 1) };
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_a_process_sends_is_told_from_others() {
        let mut pipe = catch(&[libc::SIGUSR1]).unwrap();
        crate::send(std::process::id(), libc::SIGUSR1).unwrap();
        assert_eq!(pipe.take(), [Caught { signal: libc::SIGUSR1, sent: true }]);
    }
}
