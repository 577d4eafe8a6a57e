//! A table of requests: one row each, with start, end and token counts.
//!
//! Columns are found by name: `request` or `id`; `start`; `end`, or a duration with its unit; `first_token`;
//! `prompt_tokens`, `cached_tokens`, `output_tokens`, `retokenised_tokens`; `phase`; `concurrency` or `batch`. Times are
//! ISO 8601 with or without a zone, or numbers whose unit stands in the title (`start [s]`, `start_ms`). A total that
//! includes the prompt is not an output count: a column `total_tokens` is used only beside `prompt_tokens`.

use super::columns::Column;
use super::log_clock::LogClock;
use super::{Head, TokenFormat, TokenOptions, log_of, table};
use crate::energy::tokens::{Request, TokenLog};
use crate::input::{Code, Diagnostics, Refusal, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "request-csv",
    description: "table of requests with start, end and token counts",
    units: "times ISO 8601 or with their unit in the title; counts in token",
    detect,
    read,
};

const START: &[&str] = &["start", "start_time", "started", "timestamp", "time", "arrival", "arrival_time"];
const END: &[&str] = &["end", "end_time", "finish", "finished", "finish_time", "completed"];
const DURATION: &[&str] = &["duration", "runtime", "latency", "e2e_latency", "elapsed"];
const FIRST: &[&str] = &["first_token", "first_token_time"];
const OUTPUT: &[&str] = &["output_tokens", "generated_tokens", "completion_tokens", "tokens_out", "generatedtokens"];
const RETOKENISED: &[&str] = &["retokenised_tokens", "retokenized_tokens"];
const TOTAL: &[&str] = &["total_tokens"];
const PROMPT: &[&str] = &["prompt_tokens", "input_tokens", "context_tokens", "contexttokens", "tokens_in"];

fn detect(head: &Head) -> bool {
    let header = head.header();
    let has = |names: &[&str]| Column::find(&header, names).is_some();
    has(START) && (has(OUTPUT) || has(RETOKENISED) || has(TOTAL))
}

fn read(text: &Text, options: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let path = text.path();
    let (header, rows) = table(text, &mut diagnostics)?;
    let column = |names: &[&str]| Column::find(&header, names);
    let missing = |what: &str| Refusal::new(Code::UnknownColumn, path, header.place(), "no such column", what);
    let start = column(START).ok_or_else(|| missing("a start column"))?;
    let (end, duration, first) = (column(END), column(DURATION), column(FIRST));
    let (output, prompt, total) = (column(OUTPUT), column(PROMPT), column(TOTAL));
    let cached = column(&["cached_tokens", "cache_n"]);
    let retokenised = column(RETOKENISED);
    let (id, phase) = (column(&["request", "request_id", "id"]), column(&["phase"]));
    let concurrency = column(&["concurrency", "batch", "batch_size"]);

    let mut clock = LogClock::new(options, path, &rows)?;
    let mut requests = Vec::with_capacity(rows.len());
    for row in &rows {
        let count = |column: &Option<Column>| column.as_ref().map_or(Ok(None), |column| column.count(row, path));
        let Some(stamp) = start.stamp(row, path, None)? else {
            return Err(Refusal::new(Code::TimeParse, path, row.place(), "no start", "a start time"));
        };
        let start_ns = clock.start(stamp, row.place())?;
        let mut later = |column: &Option<Column>| -> Result<Option<i64>, Refusal> {
            match column.as_ref().map(|column| column.stamp(row, path, None)).transpose()?.flatten() {
                Some(stamp) => Ok(Some(clock.later(stamp, start_ns, row.place())?)),
                None => Ok(None),
            }
        };
        let first_token_ns = later(&first)?;
        let end_ns = later(&end)?;
        let duration = duration.as_ref().map(|column| column.duration_ns(row, path)).transpose()?.flatten();
        let prompt_tokens = count(&prompt)?;
        let total_tokens = count(&total)?;
        let output_tokens = match (count(&output)?, total_tokens, prompt_tokens) {
            (Some(output), ..) => Some(output),
            (None, Some(total), Some(prompt)) => total.checked_sub(prompt),
            _ => None,
        };
        requests.push(Request {
            request: id
                .as_ref()
                .and_then(|id| id.cell(row))
                .map_or_else(|| format!("line {}", row.line), str::to_owned),
            phase: phase.as_ref().and_then(|phase| phase.cell(row)).map(str::to_owned),
            start_ns: Some(start_ns),
            first_token_ns,
            end_ns,
            duration_ns: duration,
            prompt_tokens,
            cached_tokens: count(&cached)?,
            output_tokens,
            retokenised_tokens: count(&retokenised)?,
            total_tokens,
            concurrency: count(&concurrency)?,
            line: row.line,
            ..Request::default()
        });
    }
    if output.is_none() && total.is_some() && prompt.is_some() {
        let message = "the total of a record includes its prompt; the prompt was subtracted";
        diagnostics.push(Code::TokensWithPrompt, header.place(), None, message);
    }
    clock.log(log_of(&FORMAT, text, requests, diagnostics))
}
