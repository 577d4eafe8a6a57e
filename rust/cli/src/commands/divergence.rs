//! `szilard divergence`: bits per token between two models.

use crate::commands::entropy::{Scale, is_logprobs};
use crate::failure::Failure;
use crate::output::{Answer, lines};
use crate::reading::start;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use szilard::information::{
    EntropyOptions, TruncatedDivergence, divergence_bounds, read_logits, read_logits_bytes, read_logprobs,
    read_logprobs_bytes,
};

/// What is looked at to tell logits from log-probabilities. [byte]
const START_BYTES: u64 = 64;

/// Bits per token between two models.
#[derive(Debug, Args)]
pub(crate) struct DivergenceCommand {
    /// Logits of the first model (.npy, .npz, .safetensors), or a chat completion with logprobs (JSON)
    first: PathBuf,
    /// The same of the second one, such as a quantised model, for the same tokens
    second: PathBuf,
    /// Tokens of the vocabulary: padding columns behind them are dropped
    #[arg(long, value_name = "N")]
    vocab_size: Option<usize>,
    /// Sampling temperature that the logits are divided by
    #[arg(long, value_name = "T", default_value_t = 1.0, allow_negative_numbers = true)]
    temperature: f64,
    /// Base of the logarithm: 2 for bit, e for nat, 10 for hartley
    #[arg(long, default_value = "2", value_parser = ["2", "e", "10"])]
    base: String,
}

impl DivergenceCommand {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let scale = Scale::named(&self.base)?;
        let ((first, all_of_first), (second, all_of_second)) =
            (start(&self.first, START_BYTES)?, start(&self.second, START_BYTES)?);
        let (p, q) = (Given(&self.first, &first, all_of_first), Given(&self.second, &second, all_of_second));
        match (p.is_logprobs(), q.is_logprobs()) {
            (true, true) if self.temperature != 1.0 || self.vocab_size.is_some() => {
                let message = "log-probabilities are given as they were drawn: no --temperature and no --vocab-size";
                Err(Failure::Usage { message: message.to_owned() })
            }
            (true, true) => of_bounds(&divergence_bounds(&p.logprobs()?.tokens, &q.logprobs()?.tokens)?, &scale),
            (false, false) => self.of_logits(&p, &q, &scale),
            _ => Err(Failure::Usage { message: "two files of logits, or two of log-probabilities".to_owned() }),
        }
    }

    fn of_logits(&self, p: &Given<'_>, q: &Given<'_>, scale: &Scale) -> Result<Answer, Failure> {
        let options = EntropyOptions {
            sampling_temperature: self.temperature,
            vocab_size: self.vocab_size,
            ..EntropyOptions::default()
        };
        let found = p.logits()?.divergence(&q.logits()?, &options)?;
        let column = |nat: &[f64]| -> Vec<f64> { nat.iter().map(|nat| scale.base.from_nat(*nat)).collect() };
        let [leibler, shannon, cross] =
            [&found.kullback_leibler, &found.jensen_shannon, &found.cross_entropy].map(|nat| column(nat));
        let (tokens, unit) = (leibler.len(), format!("{}/token", scale.unit));
        let of = |values: &[f64]| Some(format!("{:.6} {unit}, mean of {tokens} tokens", mean(values)));
        let text = lines(&[("D(p||q)", of(&leibler)), ("Jensen-Shannon", of(&shannon)), ("cross-entropy", of(&cross))]);
        let json = json!({
            "status": "complete", "tokens": tokens,
            "mean_kullback_leibler": finite(mean(&leibler)), "mean_jensen_shannon": finite(mean(&shannon)),
            "mean_cross_entropy": finite(mean(&cross)),
            "kullback_leibler": finite_all(&leibler), "jensen_shannon": finite_all(&shannon),
            "cross_entropy": finite_all(&cross),
            "units": {
                "tokens": "token", "mean_kullback_leibler": unit, "mean_jensen_shannon": unit,
                "mean_cross_entropy": unit, "kullback_leibler": unit, "jensen_shannon": unit, "cross_entropy": unit,
            },
        });
        Ok(Answer { text, json, ..Answer::default() })
    }
}

/// A file, its start, and whether that is all of it.
struct Given<'a>(&'a Path, &'a [u8], bool);

impl Given<'_> {
    fn is_logprobs(&self) -> bool {
        is_logprobs(self.1, self.0)
    }

    fn logprobs(&self) -> Result<szilard::information::TopLogprobs, Failure> {
        let name = self.0.display().to_string();
        Ok(if self.2 { read_logprobs_bytes(self.1, &name, None) } else { read_logprobs(self.0) }?)
    }

    fn logits(&self) -> Result<szilard::information::Logits, Failure> {
        let name = self.0.display().to_string();
        Ok(if self.2 { read_logits_bytes(self.1, &name, None) } else { read_logits(self.0) }?)
    }
}

fn of_bounds(bounds: &[TruncatedDivergence], scale: &Scale) -> Result<Answer, Failure> {
    let column = |of: fn(&TruncatedDivergence) -> f64| -> Vec<f64> {
        bounds.iter().map(|bounds| scale.base.from_nat(of(bounds))).collect()
    };
    let leibler = column(|bounds| bounds.kullback_leibler_lower);
    let (lower, upper) = (column(|bounds| bounds.jensen_shannon_lower), column(|bounds| bounds.jensen_shannon_upper));
    let (tokens, unit) = (bounds.len(), format!("{}/token", scale.unit));
    let least = format!("at least {:.6} {unit}, mean of {tokens} tokens; no upper bound is known", mean(&leibler));
    let bracket = format!("{:.6} to {:.6} {unit}, mean of {tokens} tokens", mean(&lower), mean(&upper));
    let text = lines(&[("D(p||q)", Some(least)), ("Jensen-Shannon", Some(bracket))]);
    let json = json!({
        "status": "complete", "tokens": tokens,
        "mean": {
            "kullback_leibler_lower": mean(&leibler), "jensen_shannon_lower": mean(&lower),
            "jensen_shannon_upper": mean(&upper), "unit": unit,
        },
        "kullback_leibler_lower": leibler, "jensen_shannon_lower": lower, "jensen_shannon_upper": upper,
        "units": {
            "tokens": "token", "kullback_leibler_lower": unit, "jensen_shannon_lower": unit,
            "jensen_shannon_upper": unit,
        },
    });
    Ok(Answer { text, json, ..Answer::default() })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// JSON has no infinity: it is written as a string.
fn finite(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { json!(value.to_string()) }
}

fn finite_all(values: &[f64]) -> Vec<Value> {
    values.iter().map(|value| finite(*value)).collect()
}
