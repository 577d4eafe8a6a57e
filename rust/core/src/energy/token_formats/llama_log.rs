//! Text log of llama.cpp: the timings it prints behind each answer.
//!
//! The server prints tokens. The command line tools print decoding runs: the last token of an answer is sampled and not
//! decoded, so that runs are no count of tokens. No line says what came from the cache.
//!
//! Layout: ggml-org/llama.cpp, `print_timing` and `llama_perf_context_print`.

use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Request, TokenLog, elapsed};
use crate::input::{Code, Diagnostics, Literal, Place, Refusal, Scale, Text, literal};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "llamacpp-log",
    description: "llama.cpp text log with the timings of each answer",
    units: "durations in ms; computed prompt tokens, generated tokens; no time of day",
    detect,
    read,
};

const PROMPT: &str = "prompt eval time =";
const DECODE: &str = "eval time =";

fn detect(head: &Head) -> bool {
    let marks = ["prompt eval time =", "llama_perf_context_print:", "slot print_timing:", "slot launch_slot_:"];
    let starts = ["llama_model_loader:", "build: ", "system_info:", "srv  "];
    head.lines
        .iter()
        .any(|line| marks.iter().any(|mark| line.contains(mark)) || starts.iter().any(|start| line.starts_with(start)))
}

/// Duration [ns], number, and what it counts, of `80.76 ms / 11 tokens (...)`.
fn timing(text: &str) -> Option<(i64, u64, &str)> {
    let (time, rest) = text.split_once("ms /")?;
    let Literal::Number(time) = literal(time.trim(), '.') else { return None };
    let mut words = rest.split_whitespace();
    Some((time.to_ns(Scale { factor: 1, power: -3 })?, words.next()?.parse().ok()?, words.next()?))
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let (mut requests, mut task, mut prompt) = (Vec::new(), None, None);
    let mut lines = text.lines();
    while let Some(line) = lines.next(&mut diagnostics)? {
        let place = Place::Line(u64::from(line.number));
        let refusal = |found: &str| {
            Refusal::new(Code::BadNumber, text.path(), place.clone(), found, "a time in ms / a number of tokens")
        };
        if line.text.contains("print_timing:") {
            let (_, rest) = line.text.split_once("| task ").unwrap_or_default();
            task = rest.split('|').next().map(str::trim).filter(|task| !task.is_empty()).map(str::to_owned);
        }
        if let Some((_, rest)) = line.text.split_once(PROMPT) {
            prompt = Some(timing(rest).map(|(ns, tokens, _)| (ns, tokens)).ok_or_else(|| refusal(rest))?);
        } else if let Some((_, rest)) = line.text.split_once(DECODE) {
            let (decode, count, what) = timing(rest).ok_or_else(|| refusal(rest))?;
            let name =
                task.take().map_or_else(|| format!("record {}", requests.len() + 1), |task| format!("task {task}"));
            if what != "tokens" {
                let message = format!("states {count} decoding {what}; the last token of an answer is not decoded");
                diagnostics.push(Code::MissingTokens, place.clone(), Some(&name), message);
            }
            let prompt = prompt.take();
            requests.push(Request {
                request: name,
                duration_ns: elapsed(&[prompt.map(|(ns, _)| ns), Some(decode)]),
                prompt_tokens: prompt.map(|(_, tokens)| tokens),
                output_tokens: (what == "tokens").then_some(count),
                line: line.number,
                ..Request::default()
            });
        }
    }
    if !requests.is_empty() {
        diagnostics.push(Code::CacheUnknown, Place::File, None, "prompt tokens from the cache are not printed");
    }
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}
