//! Result of vLLM's serving benchmark: totals, and with `--save-detailed` the times and tokens of each request.
//!
//! `start_times` count from some start of the client's clock; `ttfts` and `itls` are in seconds. Where the server
//! reports no usage the client counts the tokens of the text once more, and the file does not say which it did. Tokens
//! of a prompt count as sent.
//!
//! Layout: vllm-project/vllm, vllm/benchmarks/serve.py.

use super::document::{Item, documents};
use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Excluded, Request, TokenLog, elapsed};
use crate::input::{Code, Diagnostics, Json, Place, Refusal, Scale, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "vllm-bench-json",
    description: "vLLM serving benchmark, in total or with each request",
    units: "duration, ttfts and itls in s; prompt tokens as sent, generated tokens",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    head.has_keys(&["duration", "total_input_tokens", "total_output_tokens"])
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut benchmark = Benchmark::default();
    for (document, line) in &documents(text, &mut benchmark.diagnostics)? {
        for item in Item::all(document, *line, text.path()) {
            benchmark.add(item)?;
        }
    }
    let message = "the client counts the text once more where the server reports no usage";
    benchmark.diagnostics.push(Code::CountOrigin, Place::Line(1), None, message);
    Ok(benchmark.log(&FORMAT, text))
}

/// The records of a serving benchmark.
#[derive(Default)]
pub(super) struct Benchmark {
    pub requests: Vec<Request>,
    pub excluded: Vec<Excluded>,
    pub diagnostics: Diagnostics,
}

impl Benchmark {
    /// Adds one result as one record.
    pub fn total(&mut self, item: Item<'_, '_>) -> Result<(), Refusal> {
        self.requests.push(Request {
            request: format!("benchmark {}", self.requests.len() + 1),
            duration_ns: item.duration_ns("duration", Scale::ONE)?,
            prompt_tokens: item.count("total_input_tokens")?,
            output_tokens: item.count("total_output_tokens")?,
            retokenised_tokens: item.count("total_output_tokens_retokenized")?,
            concurrency: item.count("max_concurrency")?,
            line: item.line,
            ..Request::default()
        });
        Ok(())
    }

    /// Adds one result: each of its requests where it lists them, or else all of them together.
    pub fn add(&mut self, item: Item<'_, '_>) -> Result<(), Refusal> {
        let outputs = item.list("output_lens");
        if outputs.is_empty() {
            return self.total(item);
        }
        let mut found = 0u64;
        let before = self.requests.len() + self.excluded.len();
        for index in 0..outputs.len() {
            let name = format!("request {}", before + index + 1);
            let at = |key: &str| item.list(key).get(index);
            let whole = |key: &str| at(key).map_or(Ok(None), |value| item.whole(key, value));
            let span = |key: &str| at(key).map_or(Ok(None), |value| item.nanoseconds(key, value, Scale::ONE));
            let gaps = at("itls").and_then(Json::as_array);
            let gaps = gaps.map(|gaps| gaps.iter().map(|gap| item.nanoseconds("itls", gap, Scale::ONE)).collect());
            let decode = gaps.transpose()?.and_then(|gaps: Vec<Option<i64>>| elapsed(&gaps));
            let (start, first) = (span("start_times")?, span("ttfts")?);
            let output = whole("output_lens")?;
            let request = Request {
                request: name,
                start_ns: start,
                first_token_ns: start.zip(first).map(|(start, first)| start.saturating_add(first)),
                duration_ns: elapsed(&[first, decode]),
                prompt_tokens: whole("input_lens")?,
                output_tokens: output,
                line: item.line,
                ..Request::default()
            };
            if let Some(error) = at("errors").and_then(Json::as_str).filter(|error| !error.is_empty()) {
                let message = crate::input::printable(error);
                self.excluded.push(Excluded::of(request, Code::FailedRequest, message));
                continue;
            }
            found = found.saturating_add(output.unwrap_or(0));
            self.requests.push(request);
        }
        if let Some(total) = item.count("total_output_tokens")?.filter(|total| *total != found) {
            let message = format!("total_output_tokens is {total}, the requests sum to {found}");
            self.diagnostics.push(Code::LoggedDiffers, item.place(), None, message);
        }
        Ok(())
    }

    /// The log of the records.
    pub fn log(mut self, format: &TokenFormat, text: &Text) -> TokenLog {
        self.diagnostics.push(Code::CacheUnknown, Place::Line(1), None, "input tokens are the prompt tokens as sent");
        let log = log_of(format, text, self.requests, self.diagnostics);
        TokenLog { excluded: self.excluded, ..log }
    }
}
