//! Printed result of the serving benchmarks of vLLM, SGLang and TensorRT-LLM: totals of a run.
//!
//! Where there are generated tokens and `(retokenized)` ones, they need not agree.
//!
//! Layout: `Serving Benchmark Result` of vllm-project/vllm, sgl-project/sglang and NVIDIA/TensorRT-LLM.

use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Request, TokenLog};
use crate::input::{Code, Diagnostics, Literal, Place, Refusal, Scale, Text, literal};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "serving-report",
    description: "printed result of the serving benchmarks of vLLM, SGLang and TensorRT-LLM",
    units: "duration in s; prompt tokens as sent, generated tokens, retokenised where printed; no time of day",
    detect,
    read,
};

const TITLE: &str = "Serving Benchmark Result";

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| line.contains(TITLE))
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let mut requests: Vec<Request> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next(&mut diagnostics)? {
        if line.text.contains(TITLE) {
            let request = format!("benchmark {}", requests.len() + 1);
            requests.push(Request { request, line: line.number, ..Request::default() });
            continue;
        }
        let (Some((name, value)), Some(request)) = (line.text.rsplit_once(':'), requests.last_mut()) else { continue };
        let (name, value) = (name.trim(), value.trim());
        let refusal = || {
            Refusal::new(
                Code::BadNumber,
                text.path(),
                Place::Line(u64::from(line.number)),
                value,
                format!("{name} a number"),
            )
        };
        let count = || value.parse::<u64>().map(Some).map_err(|_| refusal());
        match name {
            "Total input tokens" => request.prompt_tokens = count()?,
            "Total generated tokens" => request.output_tokens = count()?,
            "Total generated tokens (retokenized)" => request.retokenised_tokens = count()?,
            "Benchmark duration (s)" => {
                request.duration_ns = match literal(value, '.') {
                    Literal::Number(number) => number.to_ns(Scale::ONE),
                    _ => return Err(refusal()),
                }
            }
            _ => {}
        }
    }
    if requests.iter().any(|request| request.retokenised_tokens.is_none()) {
        let message = "the client counts the text once more where the server reports no usage";
        diagnostics.push(Code::CountOrigin, Place::Line(1), None, message);
    }
    diagnostics.push(Code::CacheUnknown, Place::Line(1), None, "input tokens are the prompt tokens as sent");
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}
