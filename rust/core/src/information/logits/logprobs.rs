//! Lists of the likeliest tokens, as servers give them: natural logarithms, or probabilities.
//!
//! The token that was drawn is on the list or beside it. `-9999.0`, or the lowest number of f32 (llama.cpp), says
//! "outside the listed tokens".

use std::collections::HashSet;

use crate::information::{Chosen, EntropyBounds, InformationError, Sampling, TopK, entropy_bounds};
use crate::input::{Code, Diagnostics, Json, Place, Refusal};

/// The coarsest print that is taken for a rounding; coarser literals are short because they are exact. [nat]
const COARSEST_QUANTUM: f64 = 0.01;
/// How far the two log-probabilities of a token that was drawn and is listed may be apart, beyond their print. [nat]
const SAME: f64 = 1e-4;
/// What servers write, or less, where they do not say. [nat]
const OUTSIDE: f64 = -9999.0;

/// The log-probabilities of one file, token by token.
#[derive(Debug, Clone)]
pub struct TopLogprobs {
    /// The tokens, choice by choice.
    pub tokens: Vec<TopK>,
    /// `W_ENCODING` for a token that is not text.
    pub diagnostics: Diagnostics,
    /// What the file says about how the tokens were drawn.
    pub sampling: Sampling,
    /// The name of the format.
    pub format: &'static str,
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
        bounds.sampling = self.sampling;
        Ok(bounds)
    }
}

/// What a server said about one token: the one that was drawn, and the list beside it.
pub(super) struct Given<'j> {
    pub(super) place: Place,
    pub(super) drawn: Entry<'j>,
    pub(super) listed: Vec<Entry<'j>>,
}

/// The tokens of a file; in `format`, and as it says that they were drawn.
///
/// # Errors
///
/// `E_NO_DATA` without tokens, `E_INFEASIBLE` for a token that is listed twice.
pub(super) fn gathered(
    given: Vec<Given<'_>>,
    sampling: Sampling,
    format: &'static str,
    path: &str,
) -> Result<TopLogprobs, Refusal> {
    if given.is_empty() {
        return Err(Refusal::new(Code::NoData, path, Place::Line(1), "no logprobs", "log-probabilities of tokens"));
    }
    let mut diagnostics = Diagnostics::default();
    let tokens = given.into_iter().map(|given| token(given, path, &mut diagnostics)).collect::<Result<Vec<_>, _>>()?;
    let mut log = TopLogprobs { tokens, diagnostics, sampling, format, path: path.to_owned() };
    // The finest decimal anywhere is the one in which the file was printed.
    let finest =
        log.tokens.iter().map(|token| token.quantum).filter(|quantum| *quantum > 0.0).fold(f64::INFINITY, f64::min);
    let quantum = if finest <= COARSEST_QUANTUM { finest } else { 0.0 };
    log.tokens.iter_mut().for_each(|token| token.quantum = quantum);
    Ok(log)
}

/// One entry of a list: a token and its log-probability.
pub(super) struct Entry<'j> {
    token: Option<&'j str>,
    /// Whether the text holds a replaced lone surrogate.
    replaced: bool,
    /// The bytes of the token, as they are written.
    bytes: Option<Vec<&'j str>>,
    logprob: f64,
    quantum: f64,
}

impl<'j> Entry<'j> {
    /// An entry of `token` or `text`, perhaps `bytes`, and `logprob` or `prob`.
    pub(super) fn of(value: &'j Json<'j>, path: &str, place: &Place) -> Result<Self, Refusal> {
        let (number, is_probability) = match (value.get("logprob"), value.get("prob")) {
            (None, Some(probability)) => (Some(probability), true),
            (logprob, _) => (logprob, false),
        };
        let refusal = |code, found: &str| Refusal::new(code, path, place.clone(), found, "a logprob that is a number");
        let number = number.ok_or_else(|| refusal(Code::NoData, "no logprob"))?;
        let text = match value.get("token").or_else(|| value.get("text")) {
            Some(Json::String(text)) => Some(text),
            _ => None,
        };
        let mut entry = Self::named(text.map_or("", |text| &text.text), number, path, place)?;
        if is_probability {
            (entry.logprob, entry.quantum) = (entry.logprob.ln(), 0.0);
        }
        Ok(Self {
            token: entry.token.filter(|_| text.is_some()),
            replaced: text.is_some_and(|text| text.replaced),
            bytes: value
                .get("bytes")
                .and_then(Json::as_array)
                .map(|list| list.iter().filter_map(Json::as_number).collect()),
            ..entry
        })
    }

    /// An entry whose token is the key of its number.
    pub(super) fn named(token: &'j str, number: &Json<'_>, path: &str, place: &Place) -> Result<Self, Refusal> {
        let wrong = || Refusal::new(Code::BadNumber, path, place.clone(), number.kind(), "a logprob that is a number");
        Ok(Self {
            token: Some(token),
            replaced: false,
            bytes: None,
            logprob: number.to_f64(path, || place.clone())?.ok_or_else(wrong)?,
            quantum: quantum(number.as_number().unwrap_or_default()),
        })
    }

    /// What tells the token from others: its bytes where they are written, else its text unless it was replaced.
    fn name(&self) -> Option<String> {
        match &self.bytes {
            Some(bytes) => Some(bytes.join(" ")),
            None => self.token.filter(|_| !self.replaced).map(str::to_owned),
        }
    }

    /// Whether two entries are of one token: by bytes where both have them, else by text.
    fn is_token_of(&self, other: &Self) -> bool {
        match (&self.bytes, &other.bytes, self.token, other.token) {
            (Some(ours), Some(theirs), _, _) => ours == theirs,
            // Different lone surrogates are replaced by the same character; then the value tells them apart.
            (_, _, Some(ours), Some(theirs)) => ours == theirs && (!self.replaced || self.logprob == other.logprob),
            _ => false,
        }
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

fn token(Given { place, drawn, listed }: Given<'_>, path: &str, remarks: &mut Diagnostics) -> Result<TopK, Refusal> {
    let mut seen = HashSet::new();
    for entry in listed.iter().filter(|entry| !entry.replaced) {
        if let Some(token) = entry.token
            && !seen.insert((token, &entry.bytes))
        {
            let expected = "every token of a list once: its probability would count twice";
            return Err(Refusal::new(Code::Infeasible, path, place, format!("token {token:?} twice"), expected));
        }
    }
    if drawn.replaced || listed.iter().any(|entry| entry.replaced) {
        remarks.push(Code::Encoding, place.clone(), None, "a token is a lone surrogate; it was replaced by U+FFFD");
    }
    let twin = listed.iter().find(|entry| entry.is_token_of(&drawn));
    if let Some(twin) = twin.filter(|twin| twin.logprob.min(drawn.logprob) > OUTSIDE)
        && (twin.logprob - drawn.logprob).abs() > SAME + twin.quantum + drawn.quantum
    {
        let found = format!("{} for the token that was drawn and {} on its list", drawn.logprob, twin.logprob);
        return Err(Refusal::new(Code::Infeasible, path, place, found, "one probability for a token"));
    }
    let quanta = listed.iter().chain([&drawn]).map(|entry| entry.quantum).filter(|quantum| *quantum > 0.0);
    Ok(TopK {
        quantum: quanta.reduce(f64::min).unwrap_or_default(),
        chosen: Some(Chosen { logprob: drawn.logprob, listed: twin.is_some() }),
        top: listed.iter().map(|entry| entry.logprob).collect(),
        names: listed.iter().map(Entry::name).collect::<Option<_>>().unwrap_or_default(),
        place,
    })
}

#[cfg(test)]
#[path = "logprobs_tests.rs"]
mod tests;
