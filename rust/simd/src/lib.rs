//! Sums over rows of logits and over long series, with the vector instructions that the machine has.
//!
//! | file | what it is |
//! |---|---|
//! | `logit` | the number types in which logits are stored, widened without a rounding |
//! | `row` | the running sums of one row, block by block |
//! | `block` | the kernel: one block, read from memory once |
//! | `sums` | its sums, in f64 or in f32, and the rounding of the logits that lead |
//! | `pair` | the divergence of two distributions |
//! | `space` | room for one block in the nearest cache |
//! | `lanes` | what the kernel asks of vector instructions |
//! | `avx512`, `avx2`, `portable` | what gives it; `portable` is NEON where the compiler assumes it |
//! | `text` | where lines and fields of logs end, and plain decimal numbers |
//! | `rows` | plain rows of a log, in one go |
//! | `sketch` | what a series of readings is known by |
//! | `spacing` | the intervals between times, and bounds of their median |
//! | `dispatch` | the choice between them, when the program runs |
//! | `integral` | exact sums of values times the time around them, and trapezoids between many cuts |
//! | `order`, `share` | the order of many integers, and pieces shared out among windows that overlap |
//!
//! It knows no physics: what the sums mean is said in `szilard::information`. Unsafe code is allowed here alone.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod block;
mod dispatch;
mod integral;
mod lanes;
mod logit;
mod order;
mod pair;
mod portable;
mod row;
mod rows;
mod share;
mod sketch;
mod space;
mod spacing;
mod sums;
mod text;

pub use dispatch::{InstructionSet, divergences};
pub use integral::{BlockSum, Integrator, SAMPLES, Trapezoid, trapezoids};
pub use logit::{Logit, widen_slice};
pub use order::order;
pub use pair::LogSoftmax;
pub use row::{BLOCK, RowSums, Softmax};
pub use rows::{Columns, Found, Hour, Rails, Table, Written};
pub use share::{Piece, Shares, Sharing, Sweep, Window};
pub use sketch::{Sketch, Stretch};
pub use spacing::{Spacing, bounds, steps};
pub use text::{decimal, find, split};
