//! Logits and log-probabilities from files: readers that trust nothing and load no code.

mod array;
mod logprob_formats;
mod logprobs;
mod npy;
mod npy_header;
mod npz;
mod read;
mod safetensors;
mod source;
mod stream;
mod zip;

pub use array::{LogitArray, Logits};
pub use logprobs::TopLogprobs;
pub use read::{LogitFormat, LogprobFormat, read_logits, read_logits_bytes, read_logprobs, read_logprobs_bytes};
pub use stream::{FileInformation, token_entropy_of_file};

/// The formats of logits; a new one is a line here.
pub const LOGIT_FORMATS: &[LogitFormat] = &[npy::FORMAT, npz::FORMAT, safetensors::FORMAT];

/// The formats of log-probabilities; a new one is a line here.
pub const LOGPROB_FORMATS: &[LogprobFormat] = &[
    logprob_formats::COMPLETION,
    logprob_formats::TGI,
    logprob_formats::LLAMA_CPP,
    logprob_formats::OLLAMA,
    logprob_formats::OPENAI,
];
