//! Logits and log-probabilities from files: readers that trust nothing and load no code.

mod array;
mod logprobs;
mod npy;
mod npy_header;
mod npz;
mod read;
mod safetensors;
mod zip;

pub use array::{LogitArray, Logits};
pub use logprobs::TopLogprobs;
pub use read::{LogitFormat, LogprobFormat, read_logits, read_logits_bytes, read_logprobs, read_logprobs_bytes};

/// The formats of logits; a new one is a line here.
pub const LOGIT_FORMATS: &[LogitFormat] = &[npy::FORMAT, npz::FORMAT, safetensors::FORMAT];

/// The formats of log-probabilities; a new one is a line here.
pub const LOGPROB_FORMATS: &[LogprobFormat] = &[logprobs::FORMAT];
