//! Where servers put their log-probabilities.
//!
//! Shapes as in: OpenAI chat completions (openai/openai-openapi) and legacy completions, which vLLM serves as well;
//! text-generation-inference (`Details` in huggingface/text-generation-inference, router/src/lib.rs); llama.cpp
//! (`probs_vector_to_json` in ggml-org/llama.cpp, tools/server/server-task.cpp); Ollama 0.12.11 (ollama/ollama pull
//! request 12899).

use super::logprobs::{Entry, Given, gathered};
use super::read::LogprobFormat;
use crate::information::Sampling;
use crate::input::{Code, Json, Place, Refusal};

/// `choices[].logprobs.content[]`; whether the numbers are those before temperature and filters, it does not say.
pub(super) const OPENAI: LogprobFormat = LogprobFormat {
    name: "openai-logprobs-json",
    description: "OpenAI or vLLM chat completion with logprobs: choices[].logprobs.content[].top_logprobs[]",
    holds: |document| document.get("choices").is_some(),
    read: |documents, path| {
        let mut given = Vec::new();
        for choice in choices(documents) {
            let (place, value) = choice;
            let content = value.get("logprobs").and_then(|logprobs| logprobs.get("content"));
            entries(content, &format!("{place}.logprobs.content"), path, &mut given)?;
        }
        gathered(given, Sampling::default(), OPENAI.name, path)
    },
};

/// `choices[].logprobs` of parallel arrays: OpenAI's legacy completions, as vLLM and others serve them.
pub(super) const COMPLETION: LogprobFormat = LogprobFormat {
    name: "completion-logprobs-json",
    description: "OpenAI or vLLM text completion: choices[].logprobs.token_logprobs[] and top_logprobs[] {token: logprob}",
    holds: |document| {
        let choices = document.get("choices").and_then(Json::as_array).unwrap_or_default();
        choices.iter().any(|choice| choice.at("logprobs.token_logprobs").is_some())
    },
    read: |documents, path| {
        let mut given = Vec::new();
        for (place, choice) in choices(documents) {
            let list = |key: &str| choice.get("logprobs")?.get(key)?.as_array();
            let (tokens, tops) = (list("tokens").unwrap_or_default(), list("top_logprobs").unwrap_or_default());
            for (index, number) in list("token_logprobs").unwrap_or_default().iter().enumerate() {
                // The first token of an echoed prompt has none.
                if number.is_null() {
                    continue;
                }
                let place = Place::Path(format!("{place}.logprobs.token_logprobs[{index}]"));
                let text = tokens.get(index).and_then(Json::as_str).unwrap_or_default();
                let listed = tops.get(index).and_then(Json::as_object).unwrap_or_default().iter();
                let listed = listed.map(|(token, number)| Entry::named(token, number, path, &place));
                let (drawn, listed) = (Entry::named(text, number, path, &place)?, listed.collect::<Result<_, _>>()?);
                given.push(Given { place, drawn, listed });
            }
        }
        gathered(given, Sampling::default(), COMPLETION.name, path)
    },
};

/// `details.tokens[]` and, beside it, `details.top_tokens[][]`.
pub(super) const TGI: LogprobFormat = LogprobFormat {
    name: "tgi-logprobs-json",
    description: "text-generation-inference answer: details.tokens[] and details.top_tokens[][]",
    holds: |document| document.at("details.tokens").is_some(),
    read: |documents, path| {
        let mut given = Vec::new();
        for (number, document) in documents.iter().enumerate() {
            let list = |key: &str| document.get("details")?.get(key)?.as_array();
            let tops = list("top_tokens").unwrap_or_default();
            for (index, token) in list("tokens").unwrap_or_default().iter().enumerate() {
                let place = Place::Path(format!("{}details.tokens[{index}]", of_document(number, documents)));
                let listed = tops.get(index).and_then(Json::as_array).unwrap_or_default().iter();
                let listed = listed.map(|entry| Entry::of(entry, path, &place)).collect::<Result<_, _>>()?;
                given.push(Given { drawn: Entry::of(token, path, &place)?, listed, place });
            }
        }
        gathered(given, Sampling::default(), TGI.name, path)
    },
};

/// `completion_probabilities[]`, of the plain distribution (`logprob`) or of the sampled one (`prob`); with the settings.
pub(super) const LLAMA_CPP: LogprobFormat = LogprobFormat {
    name: "llama-cpp-logprobs-json",
    description: "llama.cpp server: completion_probabilities[] with top_logprobs[], or with top_probs[] after sampling",
    holds: |document| document.get("completion_probabilities").is_some(),
    read: |documents, path| {
        let mut given = Vec::new();
        for (number, document) in documents.iter().enumerate() {
            let list = document.get("completion_probabilities");
            let place = format!("{}completion_probabilities", of_document(number, documents));
            entries(list, &place, path, &mut given)?;
        }
        let processed = documents.iter().filter_map(|document| document.get("completion_probabilities")?.as_array());
        let processed = processed.flatten().next().map(|token| token.get("prob").is_some());
        let settings = documents.iter().find_map(|document| document.get("generation_settings"));
        let number = |key: &str| settings?.get(key)?.as_number()?.parse::<f64>().ok();
        // Each with the value that switches it off.
        let filters = [
            ("top_k", 0.0),
            ("top_p", 1.0),
            ("min_p", 0.0),
            ("typical_p", 1.0),
            ("repeat_penalty", 1.0),
            ("presence_penalty", 0.0),
            ("frequency_penalty", 0.0),
            ("xtc_probability", 0.0),
            ("mirostat", 0.0),
        ];
        let is_off =
            |(key, off): &(&str, f64)| number(key).map(|value| value == *off || *key == "top_k" && value < 0.0);
        let states: Vec<_> = filters.iter().map(is_off).collect();
        let filtered = match () {
            () if states.contains(&Some(false)) => Some(true),
            () if states.contains(&None) => None,
            () => Some(false),
        };
        gathered(given, Sampling { temperature: number("temperature"), processed, filtered }, LLAMA_CPP.name, path)
    },
};

/// `logprobs[]` at the top, in one answer or in one a line.
pub(super) const OLLAMA: LogprobFormat = LogprobFormat {
    name: "ollama-logprobs-json",
    description: "Ollama answer, or its stream of one a line: logprobs[] with top_logprobs[]",
    holds: |document| document.get("logprobs").is_some_and(|logprobs| logprobs.as_array().is_some()),
    read: |documents, path| {
        let mut given = Vec::new();
        for (number, document) in documents.iter().enumerate() {
            let place = format!("{}logprobs", of_document(number, documents));
            entries(document.get("logprobs"), &place, path, &mut given)?;
        }
        gathered(given, Sampling::default(), OLLAMA.name, path)
    },
};

/// The choices of all documents, with their places.
fn choices<'j>(documents: &'j [Json<'j>]) -> impl Iterator<Item = (String, &'j Json<'j>)> {
    documents.iter().enumerate().flat_map(move |(number, document)| {
        let choices = document.get("choices").and_then(Json::as_array).unwrap_or_default();
        let named = move |(index, choice)| (format!("{}choices[{index}]", of_document(number, documents)), choice);
        choices.iter().enumerate().map(named)
    })
}

/// The beginning of a place in one of several documents.
fn of_document(number: usize, documents: &[Json<'_>]) -> String {
    if documents.len() == 1 { String::new() } else { format!("[{number}].") }
}

/// Tokens that each hold their list: as `top_logprobs`, or `top_probs`.
fn entries<'j>(list: Option<&'j Json<'j>>, name: &str, path: &str, given: &mut Vec<Given<'j>>) -> Result<(), Refusal> {
    for (index, entry) in list.and_then(Json::as_array).unwrap_or_default().iter().enumerate() {
        let place = Place::Path(format!("{name}[{index}]"));
        let drawn = Entry::of(entry, path, &place)?;
        let listed = match entry.get("top_logprobs").or_else(|| entry.get("top_probs")) {
            None | Some(Json::Null) => Vec::new(),
            Some(list) => {
                let wrong = || Refusal::new(Code::Json, path, place.clone(), list.kind(), "top_logprobs as an array");
                let list = list.as_array().ok_or_else(wrong)?;
                list.iter().map(|entry| Entry::of(entry, path, &place)).collect::<Result<_, _>>()?
            }
        };
        given.push(Given { place, drawn, listed });
    }
    Ok(())
}

#[cfg(test)]
#[path = "logprob_formats_tests.rs"]
mod tests;
