//! Information in a token: bits per token from logits, from the top of a distribution, and from counts.
//!
//! Every quantity is computed in nat; a [`Base`] turns it into bits only when it is handed out.

mod base;
mod divergence;
mod entropy;
mod error;
mod estimators;
mod logits;
mod nsb;
mod on_request;
mod reduce;
mod row;
mod sum;
mod top_k;

pub use base::Base;
pub use divergence::{
    Divergence, TruncatedDivergence, bits_per_byte, divergence, perplexity, quantisation_loss, truncated_divergence,
};
pub use entropy::{EntropyOptions, MeanInformation, Mode, TokenInformation, token_entropy, token_entropy_of_sums};
pub use error::InformationError;
pub use estimators::{Estimator, entropy_from_counts};
pub use logits::{
    FileInformation, LOGIT_FORMATS, LOGPROB_FORMATS, LogitArray, LogitFormat, Logits, LogprobFormat, TopLogprobs,
    read_logits, read_logits_bytes, read_logprobs, read_logprobs_bytes, token_entropy_of_file,
};
pub use top_k::{Chosen, EntropyBounds, EntropyInterval, MeanInterval, Sampling, TopK, entropy_bounds};
