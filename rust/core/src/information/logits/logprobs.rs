//! OpenAI chat completions with `logprobs`: `choices[].logprobs.content[].top_logprobs[]`, natural logarithms.
//!
//! The token that was drawn is on the list or beside it. `-9999.0` says "outside the listed tokens". The probabilities
//! are those before temperature and sampling filters, unless the server was told otherwise; the file does not say.

use std::collections::HashSet;

use super::read::LogprobFormat;
use crate::information::{Chosen, EntropyBounds, InformationError, TopK, entropy_bounds};
use crate::input::{Code, Diagnostics, Json, JsonText, Place, Refusal};

/// The coarsest print that is taken for a rounding; coarser literals are short because they are exact. [nat]
const COARSEST_QUANTUM: f64 = 0.01;

/// The registry entry.
pub(super) const FORMAT: LogprobFormat = LogprobFormat {
    name: "openai-logprobs-json",
    description: "OpenAI or vLLM chat completion with logprobs: choices[].logprobs.content[].top_logprobs[]",
    read,
};

/// The log-probabilities of one file, token by token.
#[derive(Debug, Clone)]
pub struct TopLogprobs {
    /// The tokens, choice by choice.
    pub tokens: Vec<TopK>,
    /// `W_ENCODING` for a token that is not text.
    pub diagnostics: Diagnostics,
    /// The file, or `<bytes>`.
    pub path: String,
}

impl TopLogprobs {
    /// The rigorous entropy interval of each token; see [`entropy_bounds`].
    ///
    /// # Errors
    ///
    /// As [`entropy_bounds`], with the name of the file.
    pub fn entropy_bounds(&self, vocab_size: Option<u64>) -> Result<EntropyBounds, InformationError> {
        let mut bounds = entropy_bounds(&self.tokens, vocab_size).map_err(|error| error.in_file(&self.path))?;
        bounds.diagnostics.extend(&self.diagnostics);
        Ok(bounds)
    }
}

fn read(bytes: &[u8], path: &str) -> Result<TopLogprobs, Refusal> {
    let document = Json::parse(bytes, path)?;
    let no_data = |found: &str| Refusal::new(Code::NoData, path, Place::Line(1), found, "choices[].logprobs.content[]");
    let choices = document.get("choices").and_then(Json::as_array).ok_or_else(|| no_data("no choices"))?;
    let mut log = TopLogprobs { tokens: Vec::new(), diagnostics: Diagnostics::default(), path: path.to_owned() };
    for (choice, value) in choices.iter().enumerate() {
        let content = value.get("logprobs").and_then(|logprobs| logprobs.get("content"));
        for (index, entry) in content.and_then(Json::as_array).unwrap_or_default().iter().enumerate() {
            let place = Place::Path(format!("choices[{choice}].logprobs.content[{index}]"));
            log.tokens.push(token(entry, path, place, &mut log.diagnostics)?);
        }
    }
    if log.tokens.is_empty() {
        return Err(no_data("no logprobs"));
    }
    // The finest decimal anywhere is the one in which the file was printed.
    let finest =
        log.tokens.iter().map(|token| token.quantum).filter(|quantum| *quantum > 0.0).fold(f64::INFINITY, f64::min);
    let quantum = if finest <= COARSEST_QUANTUM { finest } else { 0.0 };
    log.tokens.iter_mut().for_each(|token| token.quantum = quantum);
    Ok(log)
}

/// One entry of a list: a token and its log-probability.
struct Entry<'j> {
    token: Option<&'j JsonText<'j>>,
    /// The bytes of the token, as they are written.
    bytes: Option<Vec<&'j str>>,
    logprob: f64,
    quantum: f64,
}

impl<'j> Entry<'j> {
    fn of(value: &'j Json<'j>, path: &str, place: &Place) -> Result<Self, Refusal> {
        let refusal = |code, found: &str| Refusal::new(code, path, place.clone(), found, "a logprob that is a number");
        let logprob = value.get("logprob").ok_or_else(|| refusal(Code::NoData, "no logprob"))?;
        let number = logprob.to_f64(path, || place.clone())?;
        Ok(Self {
            token: if let Some(Json::String(text)) = value.get("token") { Some(text) } else { None },
            bytes: value
                .get("bytes")
                .and_then(Json::as_array)
                .map(|list| list.iter().filter_map(Json::as_number).collect()),
            logprob: number.ok_or_else(|| refusal(Code::BadNumber, logprob.kind()))?,
            quantum: quantum(logprob.as_number().unwrap_or_default()),
        })
    }

    /// Whether two entries are of one token: by bytes where both have them, else by text.
    fn is_token_of(&self, other: &Self) -> bool {
        match (&self.bytes, &other.bytes, self.token, other.token) {
            (Some(ours), Some(theirs), _, _) => ours == theirs,
            // Different lone surrogates are replaced by the same character; then the value tells them apart.
            (_, _, Some(ours), Some(theirs)) => {
                ours.text == theirs.text && (!self.is_replaced() || self.logprob == other.logprob)
            }
            _ => false,
        }
    }

    fn is_replaced(&self) -> bool {
        self.token.is_some_and(|token| token.replaced)
    }
}

/// The last decimal in which a literal is printed: 0.001 of `-1.234`. [nat]
fn quantum(literal: &str) -> f64 {
    match literal.split_once('.') {
        Some((_, decimals)) if decimals.bytes().all(|byte| byte.is_ascii_digit()) => {
            0.1_f64.powi(i32::try_from(decimals.len()).unwrap_or(i32::MAX))
        }
        _ => 0.0,
    }
}

fn token(value: &Json<'_>, path: &str, place: Place, diagnostics: &mut Diagnostics) -> Result<TopK, Refusal> {
    let drawn = Entry::of(value, path, &place)?;
    let list = match value.get("top_logprobs") {
        None | Some(Json::Null) => &[],
        Some(list) => list
            .as_array()
            .ok_or_else(|| Refusal::new(Code::Json, path, place.clone(), list.kind(), "top_logprobs as an array"))?,
    };
    let listed = list.iter().map(|entry| Entry::of(entry, path, &place)).collect::<Result<Vec<_>, _>>()?;
    let mut seen = HashSet::new();
    for entry in listed.iter().filter(|entry| !entry.is_replaced()) {
        if let Some(token) = entry.token
            && !seen.insert((&token.text, &entry.bytes))
        {
            let expected = "every token of a list once: its probability would count twice";
            return Err(Refusal::new(Code::Infeasible, path, place, format!("token {:?} twice", token.text), expected));
        }
    }
    if drawn.is_replaced() || listed.iter().any(Entry::is_replaced) {
        diagnostics.push(Code::Encoding, place.clone(), None, "a token is a lone surrogate; it was replaced by U+FFFD");
    }
    let quanta = listed.iter().chain([&drawn]).map(|entry| entry.quantum).filter(|quantum| *quantum > 0.0);
    Ok(TopK {
        quantum: quanta.reduce(f64::min).unwrap_or_default(),
        chosen: Some(Chosen { logprob: drawn.logprob, listed: listed.iter().any(|entry| entry.is_token_of(&drawn)) }),
        top: listed.iter().map(|entry| entry.logprob).collect(),
        place,
    })
}

#[cfg(test)]
#[path = "logprobs_tests.rs"]
mod tests;
