//! The types and sizes of the weights that a file holds, read from its header and from nothing else.

mod gguf;
mod read;
mod role;
mod safetensors;
mod stored;
#[cfg(test)]
mod tests;

pub(super) use gguf::{block_words, width_of_block};
use read::elements;
pub use read::{WEIGHTS_HEADER, read_weights};
pub(super) use role::Role;
pub use stored::{StoredType, Weights};
