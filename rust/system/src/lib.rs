//! What the recorder asks of Linux, as safe functions.
//!
//! | file | what it is |
//! |---|---|
//! | `clock` | the three clocks, read together; what keeps the wall clock right; an alarm |
//! | `signals` | signals as bytes of a pipe |
//! | `process` | sending signals, waiting for a tree of processes, moving what one left behind says, own use |
//! | `files` | flags and kinds of files that `std` does not make: FIFO, serial line, waiting for several |
//! | `nvml` | NVIDIA's management library, loaded when it is there |
//!
//! It knows no physics and decides nothing. Beside the kernel of `szilard-simd` unsafe code is allowed here alone.

#![cfg(target_os = "linux")]

mod clock;
mod files;
mod nvml;
mod process;
mod signals;

pub use clock::{Alarm, Discipline, Now, discipline, now};
pub use files::{NO_FOLLOW, NON_BLOCKING, Ready, make_fifo, make_serial, wait_for};
pub use nvml::{Gpu, Nvml, NvmlError};
pub use process::{Usage, become_reaper, reap, relay_on, send, usage};
pub use signals::{Caught, SignalPipe, catch, number};
