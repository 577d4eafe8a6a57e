//! Answers of the llama.cpp server: their `timings`, or a list of results of a client.
//!
//! `prompt_n` are the prompt tokens that were computed; those from the cache stand in `cache_n`, where the server is new
//! enough. Durations are stated and no time of day. `wall_s` of a client covers prompt and generation.
//!
//! Layout: ggml-org/llama.cpp, tools/server.

use super::document::{Item, documents};
use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Counted, Rate, Request, TokenLog, elapsed};
use crate::input::{Code, Diagnostics, Json, Place, Refusal, Scale, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "llamacpp-server-json",
    description: "llama.cpp server: timings of its answers, or a client's list of results",
    units: "durations in ms or s; computed and cached prompt tokens, generated tokens; no time of day",
    detect,
    read,
};

const MILLI: Scale = Scale { factor: 1, power: -3 };

fn detect(head: &Head) -> bool {
    let Some(json) = &head.json else { return false };
    let first = |json: &Json| json.as_array().is_none_or(|elements| elements.first().is_some_and(is_answer));
    json.get("timings").is_some()
        || (json.as_array().is_some() && first(json))
        || json.at("results[0].predicted_n").is_some()
}

fn is_answer(json: &Json) -> bool {
    json.get("timings").is_some()
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let mut requests: Vec<Request> = Vec::new();
    for (document, line) in &documents(text, &mut diagnostics)? {
        for item in Item::all(document, *line, text.path()) {
            let results = item.list("results");
            if results.is_empty() {
                requests.push(answer(item, requests.len())?);
                continue;
            }
            let before = requests.len();
            for json in results {
                requests.push(result(Item { json, ..item }, requests.len())?);
            }
            let found = requests.iter().skip(before).filter_map(|request| request.output_tokens);
            let found = found.fold(0, u64::saturating_add);
            let total = item.part("aggregate").map_or(Ok(None), |aggregate| aggregate.count("total_predicted"))?;
            if let Some(total) = total.filter(|total| *total != found) {
                let message = format!("the aggregate states {total} generated tokens, the results {found}");
                diagnostics.push(Code::LoggedDiffers, Place::Path("aggregate.total_predicted".into()), None, message);
            }
        }
    }
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}

fn answer(item: Item<'_, '_>, index: usize) -> Result<Request, Refusal> {
    let name = item.text("id").map_or_else(|| item.name(index), str::to_owned);
    let Some(timings) = item.part("timings") else {
        return Ok(Request { request: name, line: item.line, ..Request::default() });
    };
    let (prompt, decode) = (timings.duration_ns("prompt_ms", MILLI)?, timings.duration_ns("predicted_ms", MILLI)?);
    let rates =
        [rate(timings, "prompt_per_second", Counted::Prompt)?, rate(timings, "predicted_per_second", Counted::Output)?];
    Ok(Request {
        request: name,
        duration_ns: elapsed(&[prompt, decode]),
        prompt_tokens: timings.count("prompt_n")?,
        cached_tokens: timings.count("cache_n")?,
        output_tokens: timings.count("predicted_n")?,
        rates: rates.into_iter().flatten().collect(),
        line: item.line,
        ..Request::default()
    })
}

fn result(item: Item<'_, '_>, index: usize) -> Result<Request, Refusal> {
    Ok(Request {
        request: item.text("name").map_or_else(|| item.name(index), str::to_owned),
        duration_ns: item.duration_ns("wall_s", Scale::ONE)?,
        prompt_tokens: item.count("prompt_n")?,
        cached_tokens: item.count("cache_n")?,
        output_tokens: item.count("predicted_n")?,
        rates: rate(item, "predicted_per_second", Counted::Output)?.into_iter().collect(),
        line: item.line,
        ..Request::default()
    })
}

fn rate(item: Item<'_, '_>, key: &str, of: Counted) -> Result<Option<Rate>, Refusal> {
    Ok(item.number(key)?.map(|per_second| Rate::mean(of, per_second)))
}
