//! Flags and kinds of files that `std` does not make, and waiting for several of them.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Opening does not follow a symbolic link.
pub const NO_FOLLOW: i32 = libc::O_NOFOLLOW;

/// Neither opening nor reading waits; a terminal does not become the controlling one.
pub const NON_BLOCKING: i32 = libc::O_NONBLOCK | libc::O_NOCTTY;

/// Which of the files something can be read from.
pub type Ready = Vec<bool>;

/// Waits until something can be read from one of the files, or for that many milliseconds.
///
/// # Errors
/// What the system says; an interruption by a signal is none.
pub fn wait_for(files: &[BorrowedFd<'_>], milliseconds: i32) -> io::Result<Ready> {
    let asked = |file: &BorrowedFd<'_>| libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let mut asked: Vec<libc::pollfd> = files.iter().map(asked).collect();
    // SAFETY: the array is as long as is said, and the descriptors are borrowed and so open.
    if unsafe { libc::poll(asked.as_mut_ptr(), asked.len() as libc::nfds_t, milliseconds) } < 0 {
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    Ok(asked.iter().map(|file| file.revents != 0).collect())
}

/// Makes a FIFO that only its owner can use.
///
/// # Errors
/// What the system says, as that there is a file of that name.
pub fn make_fifo(path: &Path) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `path` is a string that ends in NUL and lives through the call.
    if unsafe { libc::mkfifo(path.as_ptr(), 0o600) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Makes a serial line pass bytes as they are, 8 of them without parity, at that rate. [baud]
///
/// # Errors
/// `InvalidInput` for a rate that there is none of; what the system says, as that the file is no serial line.
pub fn make_serial(file: impl AsFd, rate: u32) -> io::Result<()> {
    let speed = match rate {
        1200 => libc::B1200,
        2400 => libc::B2400,
        4800 => libc::B4800,
        9600 => libc::B9600,
        19_200 => libc::B19200,
        38_400 => libc::B38400,
        57_600 => libc::B57600,
        115_200 => libc::B115200,
        230_400 => libc::B230400,
        460_800 => libc::B460800,
        921_600 => libc::B921600,
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    };
    let descriptor = file.as_fd().as_raw_fd();
    // SAFETY: all bytes zero is a valid termios.
    let mut line: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is borrowed and so open, and `line` is a valid place for one termios.
    let taken = unsafe { libc::tcgetattr(descriptor, &mut line) } == 0;
    if taken {
        // SAFETY: `line` was filled by tcgetattr.
        unsafe { libc::cfmakeraw(&mut line) };
        line.c_cflag |= libc::CLOCAL | libc::CREAD;
        // SAFETY: as above; `speed` is one of the constants.
        unsafe { libc::cfsetspeed(&mut line, speed) };
        // SAFETY: as above.
        if unsafe { libc::tcsetattr(descriptor, libc::TCSANOW, &line) } == 0 {
            return Ok(());
        }
    }
    Err(io::Error::last_os_error())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_pipe_is_ready_when_something_is_in_it() {
        let (reader, mut writer) = io::pipe().unwrap();
        assert_eq!(wait_for(&[reader.as_fd()], 0).unwrap(), [false]);
        writer.write_all(b"x").unwrap();
        assert_eq!(wait_for(&[reader.as_fd()], 0).unwrap(), [true]);
    }

    #[test]
    fn what_is_no_serial_line_is_said() {
        let file = std::fs::File::open("/dev/null").unwrap();
        assert!(make_serial(&file, 9600).is_err());
        assert_eq!(make_serial(&file, 9601).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
