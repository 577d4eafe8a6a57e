//! Information in tokens: arrays and files in, NumPy arrays and quantities out.

mod distance;
mod entropy;
mod source;

pub use distance::{Divergence, divergence};
pub use entropy::{TokenInformation, token_entropy};
pub(crate) use source::array;
