//! Generations of text-generation-inference: how many tokens, with their log-probabilities, and no times.
//!
//! `details.prefill` lists the tokens of the prompt only where it was asked for; an empty list says nothing.
//!
//! Layout: huggingface/text-generation-inference, /generate with `details`.

use super::document::{Item, documents};
use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Request, TokenLog};
use crate::input::{Code, Diagnostics, Json, Refusal, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "tgi-generation-json",
    description: "text-generation-inference answers with details",
    units: "generated tokens, prompt tokens where they are listed; no times",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let Some(json) = &head.json else { return false };
    let first = json.as_array().and_then(<[_]>::first).unwrap_or(json);
    first.at("details.generated_tokens").is_some()
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let mut requests = Vec::new();
    for (document, line) in &documents(text, &mut diagnostics)? {
        for item in Item::all(document, *line, text.path()) {
            let request = item.name(requests.len());
            let Some(details) = item.part("details") else {
                requests.push(Request { request, line: item.line, ..Request::default() });
                continue;
            };
            let output = details.count("generated_tokens")?;
            let listed = details.json.get("tokens").and_then(Json::as_array).map(<[_]>::len);
            if let (Some(output), Some(listed)) = (output, listed)
                && output != listed as u64
            {
                let message = format!("states {output} generated tokens and lists {listed}");
                diagnostics.push(Code::LoggedDiffers, item.place(), Some(&request), message);
            }
            let prompt = Some(details.list("prefill").len() as u64).filter(|prompt| *prompt > 0);
            requests.push(Request {
                request,
                prompt_tokens: prompt,
                output_tokens: output,
                line: item.line,
                ..Request::default()
            });
        }
    }
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}
