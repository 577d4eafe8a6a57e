//! OpenAI-style answers, streamed or whole, one JSON document a line, with the time at which each came.
//!
//! The time of a line is its `timestamp`, `received_at` or `time` (ISO 8601 with a zone, or Unix seconds); the document
//! is the line, or stands under `data`, `chunk` or `response`. Chunks of one `id` are one request: its first token is
//! the first chunk with content, its end the last chunk. `created` is the server's start in whole seconds. Tokens come
//! from `usage` alone: a chunk may hold several tokens or none, so that chunks are never counted.
//!
//! Layout: OpenAI API reference, chat and completions, streaming.

use super::document::{Item, documents};
use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Request, TokenLog};
use crate::input::{Code, Diagnostics, Json, Place, Refusal, Text};
use crate::traces::Clock;
use std::collections::HashMap;

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "openai-stream-jsonl",
    description: "OpenAI-style answers, streamed or whole, one document a line with its time",
    units: "times ISO 8601 with a zone or Unix s; tokens of `usage`, cached prompt tokens apart where they are stated",
    detect,
    read,
};

const TIMES: [&str; 3] = ["timestamp", "received_at", "time"];
const BODIES: [&str; 3] = ["data", "chunk", "response"];

fn body<'a, 'j>(item: Item<'a, 'j>) -> Item<'a, 'j> {
    let inner = BODIES.iter().filter_map(|key| item.part(key)).find(|part| part.json.as_object().is_some());
    inner.unwrap_or(item)
}

fn detect(head: &Head) -> bool {
    let Some(json) = &head.json else { return false };
    let body = body(Item { json, line: 1, path: "" }).json;
    let object = body.get("object").and_then(Json::as_str).unwrap_or_default();
    object.starts_with("chat.completion") || object.starts_with("text_completion")
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let mut requests: Vec<Request> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut prompt_only = false;
    for (document, line) in &documents(text, &mut diagnostics)? {
        for item in Item::all(document, *line, text.path()) {
            let chunk = body(item);
            let id = chunk.text("id").map_or_else(|| item.name(requests.len()), str::to_owned);
            let at = *index.entry(id.clone()).or_insert(requests.len());
            if at == requests.len() {
                let start_ns = chunk.utc_ns("created")?;
                requests.push(Request { request: id, start_ns, line: item.line, ..Request::default() });
            }
            let Some(request) = requests.get_mut(at) else { continue };
            for key in TIMES {
                if let Some(time) = item.utc_ns(key)? {
                    request.end_ns = Some(request.end_ns.map_or(time, |end| end.max(time)));
                    if has_content(chunk.json) && chunk.text("object").is_some_and(|object| object.ends_with("chunk")) {
                        request.first_token_ns.get_or_insert(time);
                    }
                }
            }
            if let Some(usage) = chunk.part("usage").filter(|usage| usage.json.as_object().is_some()) {
                let details = usage.part("prompt_tokens_details");
                let cached = details.map_or(Ok(None), |details| details.count("cached_tokens"))?;
                let prompt = usage.count("prompt_tokens")?;
                request.cached_tokens = cached;
                request.prompt_tokens = prompt.and_then(|prompt| prompt.checked_sub(cached.unwrap_or(0)));
                request.total_tokens = usage.count("total_tokens")?;
                if let (Some(sent), Some(cached), None) = (prompt, cached, request.prompt_tokens) {
                    let message = format!("states {sent} prompt tokens, and {cached} of them from the cache");
                    diagnostics.push(Code::LoggedDiffers, item.place(), Some(&request.request), message);
                }
                request.output_tokens = usage.count("completion_tokens")?;
                prompt_only |= prompt.is_some() && cached.is_none();
            }
        }
    }
    if requests.iter().any(|request| request.start_ns.is_some()) {
        let message = "`created`, the start of a request, is in whole seconds";
        diagnostics.push(Code::CoarseTime, Place::Line(1), None, message);
    }
    if prompt_only {
        let message = "prompt_tokens are those that were sent; no cached_tokens are stated";
        diagnostics.push(Code::CacheUnknown, Place::Line(1), None, message);
    }
    let log = log_of(&FORMAT, text, requests, diagnostics);
    Ok(TokenLog { clock: Clock::Utc, ..log })
}

/// Whether a chunk brings text.
fn has_content(chunk: &Json<'_>) -> bool {
    let choices = chunk.get("choices").and_then(Json::as_array).unwrap_or_default();
    choices.iter().any(|choice| {
        let parts = ["delta.content", "delta.reasoning_content", "text"];
        parts.iter().any(|part| choice.at(part).and_then(Json::as_str).is_some_and(|text| !text.is_empty()))
            || choice.at("delta.tool_calls").is_some()
    })
}
