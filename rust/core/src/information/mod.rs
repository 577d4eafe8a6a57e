//! Information in a token: bits per token from logits, from the top of a distribution, and from counts.
//!
//! Every quantity is computed in nat; a [`Base`] turns it into bits only when it is handed out.

mod base;
mod divergence;
mod entropy;
mod error;
mod estimators;
mod logits;
mod mean;
mod nsb;
mod on_request;
mod reduce;
mod row;
mod sum;
mod token;
mod top_k;
mod truncated;

pub use base::Base;
pub use divergence::{Divergence, bits_per_byte, divergence, perplexity, quantisation_loss};
pub use entropy::{EntropyOptions, Mode, TokenInformation, token_entropy, token_entropy_of_sums};
pub use error::InformationError;
pub use estimators::{Estimator, entropy_from_counts};
pub use logits::{
    FileInformation, LOGIT_FORMATS, LOGPROB_FORMATS, LogitArray, LogitFormat, Logits, LogprobFormat, TopLogprobs,
    read_logits, read_logits_bytes, read_logprobs, read_logprobs_bytes, token_entropy_of_file,
};
pub use mean::MeanInformation;
pub use top_k::{Chosen, EntropyBounds, EntropyInterval, MeanInterval, Sampling, TopK, entropy_bounds};
pub use truncated::{TruncatedDivergence, divergence_bounds, truncated_divergence};
