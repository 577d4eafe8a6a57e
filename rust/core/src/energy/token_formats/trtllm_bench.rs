//! Report of trtllm-bench (`--report_json`): rates over a run and mean lengths, no counts.
//!
//! Layout: NVIDIA/TensorRT-LLM, tensorrt_llm/bench.

use super::document::{Item, documents};
use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Counted, Rate, Request, TokenLog};
use crate::input::{Diagnostics, Refusal, Scale, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "trtllm-bench-json",
    description: "TensorRT-LLM trtllm-bench report",
    units: "total latency in ms; rates in token/s, no counts",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    head.json.as_ref().is_some_and(|json| json.at("performance.system_output_throughput_tok_s").is_some())
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let (mut requests, mut diagnostics) = (Vec::new(), Diagnostics::default());
    for (document, line) in &documents(text, &mut diagnostics)? {
        for item in Item::all(document, *line, text.path()) {
            let request = format!("run {}", requests.len() + 1);
            let Some(performance) = item.part("performance") else { continue };
            let rate = |key: &str, of: Counted| -> Result<Option<Rate>, Refusal> {
                Ok(performance.number(key)?.map(|per_second| Rate::mean(of, per_second)))
            };
            let rates = [
                rate("system_output_throughput_tok_s", Counted::Output)?,
                rate("system_total_throughput_tok_s", Counted::PromptAndOutput)?,
            ];
            requests.push(Request {
                request,
                duration_ns: performance.duration_ns("total_latency_ms", Scale { factor: 1, power: -3 })?,
                rates: rates.into_iter().flatten().collect(),
                line: item.line,
                ..Request::default()
            });
        }
    }
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}
