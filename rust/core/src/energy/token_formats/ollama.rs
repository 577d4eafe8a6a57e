//! Answers of Ollama, whole or streamed: counts, and durations in nanoseconds.
//!
//! `created_at` of the last message is the time at which it was sent, so that the request started `total_duration`
//! before it; the first token came when the `eval_duration` of the generation began. Whether `prompt_eval_count` holds
//! prompt tokens from the cache depends on the version and is not said.
//!
//! Layout: ollama/ollama, docs/api.md.

use super::document::{Item, documents};
use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Request, TokenLog};
use crate::input::{Code, Diagnostics, Place, Refusal, Scale, Text};
use crate::traces::Clock;

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "ollama-json",
    description: "Ollama answers, whole or streamed",
    units: "durations in ns, created_at ISO 8601; prompt tokens, generated tokens",
    detect,
    read,
};

const NANO: Scale = Scale { factor: 1, power: -9 };

fn detect(head: &Head) -> bool {
    head.has_keys(&["eval_count"]) || head.has_keys(&["model", "created_at", "done"]) || {
        let first = head.json.as_ref().and_then(|json| json.as_array()).and_then(<[_]>::first);
        first.is_some_and(|json| json.get("eval_count").is_some())
    }
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let mut requests: Vec<Request> = Vec::new();
    let mut streamed: Option<Option<i64>> = None;
    for (document, line) in &documents(text, &mut diagnostics)? {
        for item in Item::all(document, *line, text.path()) {
            // the messages of a stream before the last one hold a token and no counts
            if item.json.get("done").and_then(|done| done.as_bool()) == Some(false) {
                streamed.get_or_insert(item.utc_ns("created_at")?);
                continue;
            }
            let request = answer(item, requests.len(), streamed.take().flatten())?;
            requests.push(request);
        }
    }
    if streamed.is_some() {
        let message = "the stream ends before its last message, which has the counts";
        diagnostics.push(Code::MissingTokens, Place::File, None, message);
    }
    if requests.iter().any(|request| request.prompt_tokens.is_some()) {
        let message = "prompt_eval_count holds prompt tokens from the cache or not, by version";
        diagnostics.push(Code::CacheUnknown, Place::Line(1), None, message);
    }
    let clock = if requests.iter().any(|request| request.end_ns.is_some()) { Clock::Utc } else { Clock::Relative };
    let log = log_of(&FORMAT, text, requests, diagnostics);
    Ok(TokenLog { clock, ..log })
}

fn answer(item: Item<'_, '_>, index: usize, first_token: Option<i64>) -> Result<Request, Refusal> {
    let (end, total) = (item.utc_ns("created_at")?, item.duration_ns("total_duration", NANO)?);
    let decode = item.duration_ns("eval_duration", NANO)?;
    let before_end = |span: Option<i64>| end.zip(span).map(|(end, span)| end.saturating_sub(span));
    Ok(Request {
        request: item.name(index),
        start_ns: before_end(total),
        first_token_ns: first_token.or_else(|| before_end(decode)),
        end_ns: end,
        duration_ns: total,
        prompt_tokens: item.count("prompt_eval_count")?,
        output_tokens: item.count("eval_count")?,
        line: item.line,
        ..Request::default()
    })
}
