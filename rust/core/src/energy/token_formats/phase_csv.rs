//! Phases of an inference run with energy counters: epoch start, runtime, and tokens that include the prompt.
//!
//! `Total Number of Tokens` counts the prompt and the continuation as one retokenised text, so that the generated
//! tokens are the total minus `Number of Input Tokens`. `Batch Size` is an argument of the pipeline that was given one
//! prompt: it never multiplies anything. Phases without generated tokens (tokenizer, model load) are overhead.
//!
//! Layout: grantwilkins/energy-inference, cuda.py.

use super::columns::Column;
use super::log_clock::LogClock;
use super::{Head, TokenFormat, TokenOptions, log_of, table};
use crate::energy::tokens::{Excluded, Request, TokenLog};
use crate::input::{Code, Diagnostics, Record, Refusal, Scale, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "phase-csv",
    description: "phases of an inference run with energy counters (energy-inference)",
    units: "start in Unix s, runtime in s, counters in mJ or uJ, tokens with the prompt",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let header = head.lines.first().map(String::as_str).unwrap_or_default();
    ["Timestamp", "Phase", "Runtime (s)", "Number of Input Tokens", "Total Number of Tokens"]
        .iter()
        .all(|name| header.contains(name))
}

fn read(text: &Text, options: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let path = text.path();
    let (header, rows) = table(text, &mut diagnostics)?;
    let column = |name: &str| {
        let missing = || Refusal::new(Code::UnknownColumn, path, header.place(), "no such column", name);
        Column::find(&header, &[name]).ok_or_else(missing)
    };
    let (start, phase, runtime) = (column("timestamp")?, column("phase")?, column("runtime")?);
    let (input, total) = (column("number_of_input_tokens")?, column("total_number_of_tokens")?);
    let counters = counters(&header);

    let message = "the logged total includes the prompt; generated tokens are total minus input";
    diagnostics.push(Code::TokensWithPrompt, header.place(), None, message);
    let mut clock = LogClock::new(options, path, &rows)?;
    let (mut requests, mut excluded) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in &rows {
        let name = phase.cell(row).unwrap_or("unnamed").to_owned();
        let (Some(stamp), Some(duration)) =
            (start.stamp(row, path, Some(Scale::ONE))?, runtime.duration_ns(row, path)?)
        else {
            let message = "no start or no runtime".to_owned();
            let request = Request { request: name, line: row.line, ..Request::default() };
            excluded.push(Excluded::of(request, Code::NaSample, message));
            continue;
        };
        // every stamp of this format is Unix time, so that one with a lost digit is still a (wrong) Unix time
        let start_ns = clock.start(crate::input::Stamp { base: crate::input::Base::Utc, ..stamp }, row.place())?;
        let (prompt, total) = (input.count(row, path)?, total.count(row, path)?);
        let output = total.zip(prompt).and_then(|(total, prompt)| total.checked_sub(prompt));
        let stated: Vec<f64> = counters.iter().filter_map(|counter| counter.energy_j(row)).collect();
        requests.push(Request {
            request: name.clone(),
            phase: Some(name),
            start_ns: Some(start_ns),
            duration_ns: Some(duration),
            prompt_tokens: prompt,
            output_tokens: output,
            total_tokens: total,
            logged_energy_j: (!stated.is_empty()).then(|| stated.iter().sum()),
            is_overhead: output == Some(0) && prompt == Some(0),
            line: row.line,
            ..Request::default()
        });
    }
    let log = clock.log(log_of(&FORMAT, text, requests, diagnostics))?;
    Ok(TokenLog { excluded, ..log }.checked().one_at_a_time())
}

/// The counters of single GPUs, or that of all of them; never both.
fn counters(header: &Record) -> Vec<Column> {
    let single: Vec<Column> = (0..64).filter_map(|gpu| Column::find(header, &[&format!("gpu_{gpu}_energy")])).collect();
    if single.is_empty() { Column::find(header, &["gpu_energy"]).into_iter().collect() } else { single }
}
