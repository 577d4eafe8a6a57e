//! The end of a reading that nobody waits for any more.

use super::{Code, Place, Refusal};
use crate::parallel::interrupted;
use std::io::{self, Read};

/// What is read between two looks whether to go on. [byte]
const STEP: u64 = 4 << 20;

/// Whether the work on the file `path` goes on; loops over its rows ask now and then.
///
/// # Errors
/// `E_INTERRUPTED` where the [`crate::parallel::Watch`] on this thread was asked to stop.
pub fn proceed(path: &str) -> Result<(), Refusal> {
    if !interrupted() {
        return Ok(());
    }
    Err(Refusal::new(Code::Interrupted, path, Place::File, "a request to stop", "to go on to its end"))
}

/// Appends to `bytes` what a reader still has, no more than `most`.
///
/// # Errors
/// What the reader says; [`io::ErrorKind::TimedOut`] where the watch on this thread was asked to stop.
pub fn append(reader: &mut dyn Read, most: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut left = most;
    while left > 0 {
        if interrupted() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let read = reader.take(left.min(STEP)).read_to_end(bytes)? as u64;
        if read == 0 {
            break;
        }
        left -= read;
    }
    Ok(())
}
