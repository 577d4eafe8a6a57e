//! `szilard entropy`: bits per token.

use crate::failure::Failure;
use crate::output::{Answer, budget_in, diagnostics_text, lines, sections};
use crate::reading::{bytes, start};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use szilard::energy::remark_records;
use szilard::information::{
    Base, EntropyBounds, EntropyOptions, LOGIT_FORMATS, MeanInformation, TokenInformation, read_logits_bytes,
    read_logprobs, read_logprobs_bytes, token_entropy_of_file,
};
use szilard::input::{Code, Place, Refusal};
use szilard::quantity::{Component, Distribution, Quantity, QuantityRecord};

/// What is looked at to tell logits from log-probabilities. [byte]
const START_BYTES: u64 = 64;

/// Bits per token.
#[derive(Debug, Args)]
pub(crate) struct Entropy {
    /// Logits (.npy, .npz, .safetensors) or a chat completion with logprobs (JSON)
    file: PathBuf,
    /// Tokens of the vocabulary: padding columns behind them are dropped; with log-probabilities it gives upper bounds
    #[arg(long, value_name = "N")]
    vocab_size: Option<u64>,
    /// Sampling temperature that the logits are divided by
    #[arg(long, value_name = "T", default_value_t = 1.0, allow_negative_numbers = true)]
    temperature: f64,
    /// Base of the logarithm: 2 for bit, e for nat, 10 for hartley
    #[arg(long, default_value = "2", value_parser = ["2", "e", "10"])]
    base: String,
    /// All in f64, or f32, f16 and bf16 logits in f32
    #[arg(long, default_value = "exact", value_parser = ["exact", "fast"])]
    mode: String,
    /// Token that followed each row, as numbers in a text file; gives the surprisal
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
}

/// A base and the name of its unit.
pub(super) struct Scale {
    pub(super) base: Base,
    pub(super) unit: &'static str,
}

impl Scale {
    /// That of `--base`.
    pub(super) fn named(base: &str) -> Result<Self, Failure> {
        Ok(match base {
            "e" => Self { base: Base::NAT, unit: "nat" },
            "10" => Self { base: Base::new(10.0)?, unit: "hartley" },
            _ => Self { base: Base::BIT, unit: "bit" },
        })
    }
}

impl Entropy {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let scale = Scale::named(&self.base)?;
        let name = self.file.display().to_string();
        let (start, is_all) = start(&self.file, START_BYTES)?;
        if is_logprobs(&start, &self.file) {
            if self.targets.is_some() || self.temperature != 1.0 {
                let message = "log-probabilities are given as they were drawn: no --targets and no --temperature";
                return Err(Failure::Usage { message: message.to_owned() });
            }
            let log = if is_all { read_logprobs_bytes(&start, &name, None) } else { read_logprobs(&self.file) }?;
            return of_bounds(&log.entropy_bounds(self.vocab_size)?, log.format, &scale);
        }
        let targets = self.targets.as_deref().map(token_ids).transpose()?;
        let options = EntropyOptions {
            sampling_temperature: self.temperature,
            vocab_size: self.vocab_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
            targets: targets.as_deref(),
            mode: self.mode.parse()?,
            ..EntropyOptions::default()
        };
        let information = if is_all {
            read_logits_bytes(&start, &name, None)?.token_entropy(&options)?
        } else {
            token_entropy_of_file(&self.file, &options)?.information
        };
        of_information(&information, &scale)
    }
}

/// Whether a file is log-probabilities: no logits by start or ending, and JSON by start or ending.
pub(super) fn is_logprobs(start: &[u8], path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let is_logits =
        LOGIT_FORMATS.iter().any(|format| (format.detect)(start) || format.extension.eq_ignore_ascii_case(extension));
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    !is_logits && (extension.eq_ignore_ascii_case("json") || text.starts_with(b"{"))
}

/// Whole numbers, separated by white space.
fn token_ids(path: &Path) -> Result<Vec<i64>, Failure> {
    let name = path.display().to_string();
    let content = bytes(path)?;
    let refusal = |code, line: usize, found: &str, expected: &str| {
        Refusal::new(code, &name, Place::Line(line as u64), found, expected)
    };
    let text = std::str::from_utf8(&content)
        .map_err(|error| refusal(Code::ErrorEncoding, 1, &error.to_string(), "token numbers as text"))?;
    let mut tokens = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for word in line.split_whitespace() {
            let token = word.parse().map_err(|_| refusal(Code::BadNumber, index + 1, word, "a whole token number"))?;
            tokens.push(token);
        }
    }
    Ok(tokens)
}

fn of_information(information: &TokenInformation, scale: &Scale) -> Result<Answer, Failure> {
    let column = |nat: &[f64]| -> Vec<f64> { nat.iter().map(|value| scale.base.from_nat(*value)).collect() };
    let squared = |nat: &[f64]| -> Vec<f64> {
        nat.iter().map(|value| scale.base.from_nat(scale.base.from_nat(*value))).collect()
    };
    let entropy = mean(&information.mean(scale.base))?;
    let surprisal = information.mean_surprisal(scale.base).map(|surprisal| mean(&surprisal)).transpose()?;
    let tokens = information.entropy.len();
    let unit = scale.unit;
    let stored = format!("{}, sampling temperature {}", information.dtype, information.sampling_temperature);
    let head = lines(&[
        ("entropy", Some(format!("{}, mean of {tokens} tokens", in_unit(&entropy, unit)))),
        ("surprisal", surprisal.as_ref().map(|surprisal| format!("{} of the targets", in_unit(surprisal, unit)))),
        ("perplexity", Some(Quantity::number(information.perplexity())?.to_string())),
        ("logits", Some(stored)),
    ]);
    let text = sections(&[head, budget_in(&entropy, &format!("{unit}/token"))]);
    let json = json!({
        "status": "complete",
        "tokens": tokens,
        "mean": record(&entropy, scale),
        "mean_surprisal": surprisal.as_ref().map(|surprisal| record(surprisal, scale)),
        "perplexity": information.perplexity(),
        "entropy": column(&information.entropy),
        "varentropy": squared(&information.varentropy),
        "min_entropy": column(&information.min_entropy),
        "surprisal": information.surprisal.as_deref().map(column),
        "u": column(&information.u),
        "units": {
            "tokens": "token", "perplexity": "1", "entropy": format!("{unit}/token"),
            "varentropy": format!("{unit}^2/token^2"), "min_entropy": format!("{unit}/token"),
            "surprisal": format!("{unit}/token"), "u": format!("{unit}/token"), "sampling_temperature": "1",
        },
        "dtype": information.dtype,
        "sampling_temperature": information.sampling_temperature,
    });
    Ok(Answer { text, json, ..Answer::default() })
}

/// A mean with the two things that are uncertain about it, as a pure number in the unit of its base.
fn mean(mean: &MeanInformation) -> Result<Quantity, Failure> {
    let mut components = Vec::new();
    if let Some(error) = mean.standard_error.filter(|error| *error > 0.0) {
        let scatter = Component::new("tokens", "scatter over tokens", Distribution::Normal, error);
        components.push(scatter.type_a(mean.tokens as f64 - 1.0));
    }
    if mean.u > 0.0 {
        components.push(Component::new("rounding", "rounding of the stored logits", Distribution::Normal, mean.u));
    }
    Ok(Quantity::number(mean.value)?.with_components(components))
}

fn in_unit(mean: &Quantity, unit: &str) -> String {
    if mean.u() > 0.0 { format!("({mean}) {unit}/token") } else { format!("{mean} {unit}/token") }
}

fn record(mean: &Quantity, scale: &Scale) -> Value {
    json!(QuantityRecord { unit: format!("{}/token", scale.unit), ..QuantityRecord::from(mean) })
}

fn of_bounds(bounds: &EntropyBounds, format: &str, scale: &Scale) -> Result<Answer, Failure> {
    let unit = scale.unit;
    let in_base = |nat: f64| scale.base.from_nat(nat);
    let mean = bounds.mean(scale.base);
    let tokens = bounds.intervals.len();
    let interval = match &mean {
        Some(mean) => {
            let open = || "no upper bound without --vocab-size".to_owned();
            let upper = mean.upper.map_or_else(open, |upper| format!("{upper:.6}"));
            format!("{:.6} to {upper} {unit}/token, mean of {} of {tokens} tokens", mean.lower, mean.tokens)
        }
        None => format!("no value: none of the {tokens} tokens has listed probabilities"),
    };
    let surprisal = bounds.mean_surprisal(scale.base).map(|surprisal| self::mean(&surprisal)).transpose()?;
    let meaning = match bounds.sampling.is_from_listed() {
        Some(true) => "an estimate of the entropy: the tokens were drawn from these probabilities",
        Some(false) => "no entropy: the tokens were drawn from other probabilities than these",
        None => "the file does not say whether the tokens were drawn from these probabilities",
    };
    let shown = surprisal.as_ref().map(|surprisal| format!("{}; {meaning}", in_unit(surprisal, unit)));
    let head = lines(&[("entropy", Some(interval)), ("surprisal", shown)]);
    let text = sections(&[head, diagnostics_text(&bounds.diagnostics, false)]);
    let rows = bounds.intervals.iter().zip(&bounds.surprisal);
    let silent = rows.filter(|(interval, surprisal)| interval.is_none() && surprisal.is_none()).count();
    let incomplete = (silent > 0).then(|| format!("{silent} of {tokens} tokens have neither entropy nor surprisal"));
    let of = |nat: Option<f64>| nat.map(in_base);
    let json = json!({
        "status": if incomplete.is_some() { "incomplete" } else { "complete" },
        "tokens": tokens,
        "mean": mean.map(|mean| json!({
            "lower": mean.lower, "upper": mean.upper, "tokens": mean.tokens, "unit": format!("{unit}/token"),
        })),
        "lower": bounds.intervals.iter().map(|row| of(row.map(|row| row.lower))).collect::<Vec<_>>(),
        "upper": bounds.intervals.iter().map(|row| of(row.and_then(|row| row.upper))).collect::<Vec<_>>(),
        "tail": bounds.intervals.iter().map(|row| row.map(|row| row.tail)).collect::<Vec<_>>(),
        "surprisal": bounds.surprisal.iter().map(|nat| of(*nat)).collect::<Vec<_>>(),
        "units": {
            "tokens": "token", "lower": format!("{unit}/token"), "upper": format!("{unit}/token"), "tail": "1",
            "surprisal": format!("{unit}/token"), "sampling_temperature": "1",
        },
        "mean_surprisal": surprisal.as_ref().map(|surprisal| record(surprisal, scale)),
        "is_entropy_estimate": bounds.sampling.is_from_listed(),
        "sampling_temperature": bounds.sampling.temperature,
        "processed": bounds.sampling.processed,
        "format": format,
        "diagnostics": remark_records(&bounds.diagnostics),
    });
    Ok(Answer { text, json, incomplete: incomplete.into_iter().collect(), ..Answer::default() })
}
