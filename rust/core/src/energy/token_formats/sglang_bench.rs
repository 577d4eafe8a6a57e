//! Results of SGLang's serving benchmark, one a line: two totals of generated tokens that need not agree.
//!
//! `total_output_tokens` is what was asked of the server or what it reports, `total_output_tokens_retokenized` what a
//! tokenizer makes of the text; they can differ by a factor of two, and the caller must say which counts. The lengths of
//! single requests are the server's.
//!
//! Layout: sgl-project/sglang, python/sglang/bench_serving.py.

use super::document::{Item, documents};
use super::vllm_bench::Benchmark;
use super::{Head, TokenFormat, TokenOptions};
use crate::energy::tokens::{Count, TokenLog};
use crate::input::{Refusal, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "sglang-bench-json",
    description: "SGLang serving benchmark: one result a line, with two counts",
    units: "duration in s; prompt tokens as sent, generated tokens as counted by the server and as retokenised",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    head.has_keys(&["total_output_tokens_retokenized"])
}

fn read(text: &Text, options: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut benchmark = Benchmark::default();
    for (document, line) in &documents(text, &mut benchmark.diagnostics)? {
        for item in Item::all(document, *line, text.path()) {
            let (server, again) = (item.count("total_output_tokens")?, item.count("total_output_tokens_retokenized")?);
            // single requests have one count: they stand for the whole only where the counts agree or it was chosen
            let whole = server != again && options.count != Some(Count::Server);
            if whole { benchmark.total(item)? } else { benchmark.add(item)? }
        }
    }
    Ok(benchmark.log(&FORMAT, text))
}
