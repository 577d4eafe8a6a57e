//! llama-bench as markdown, CSV, JSON or JSON lines: mean rates with their standard deviation over repetitions.
//!
//! `pp` processes a prompt, `tg` generates, `pp+tg` does both and its rate counts both: three rates that are never put
//! together. The number of repetitions is an argument that tables do not state, so that there is no count.
//!
//! Layout: ggml-org/llama.cpp, tools/llama-bench.

use super::columns::Column;
use super::document::{Item, documents};
use super::{Head, TokenFormat, TokenOptions, log_of, table};
use crate::energy::tokens::{Counted, Rate, Request, TokenLog};
use crate::input::{Code, Diagnostics, Json, Place, Refusal, Text, finite};
use crate::traces::Clock;

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "llama-bench",
    description: "llama-bench as markdown, CSV, JSON or JSON lines",
    units: "rates in token/s, mean and standard deviation, prompt and generation apart; no counts",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    is_markdown(&head.lines) || is_csv(&head.header()) || is_json(head.json.as_ref())
}

fn is_markdown(lines: &[String]) -> bool {
    lines.iter().any(|line| is_header(line))
}

fn is_header(line: &str) -> bool {
    let cells = cells(line);
    line.starts_with('|') && ["model", "test", "t/s"].iter().all(|name| cells.iter().any(|cell| cell == name))
}

fn is_csv(header: &crate::input::Record) -> bool {
    ["n_prompt", "n_gen", "avg_ts"].iter().all(|name| Column::find(header, &[name]).is_some())
}

fn is_json(json: Option<&Json<'_>>) -> bool {
    let first = json.map(|json| json.as_array().and_then(<[_]>::first).unwrap_or(json));
    first.is_some_and(|json| ["n_prompt", "n_gen", "avg_ts"].iter().all(|key| json.get(key).is_some()))
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let head = super::head_lines(text);
    let (clock, mut requests) = if super::first_document(text).is_ok_and(|json| json.is_some()) {
        (Clock::Utc, of_json(text, &mut diagnostics)?)
    } else if is_markdown(&head) {
        (Clock::Relative, of_markdown(text, &mut diagnostics)?)
    } else {
        (Clock::Utc, of_csv(text, &mut diagnostics)?)
    };
    for (index, request) in requests.iter_mut().enumerate() {
        request.request = format!("test {}: {}", index + 1, request.request);
    }
    let log = log_of(&FORMAT, text, requests, diagnostics);
    Ok(TokenLog { clock, ..log })
}

/// A test that processes a prompt and generates tokens, either or both.
fn test(prompt: u64, output: u64, (mean, deviation): (f64, Option<f64>), line: u32) -> Request {
    let (phase, of) = match (prompt > 0, output > 0) {
        (true, true) => ("prompt and generation", Counted::PromptAndOutput),
        (false, true) => ("generation", Counted::Output),
        _ => ("prompt", Counted::Prompt),
    };
    let parts = [(prompt, "pp"), (output, "tg")].into_iter().filter(|(tokens, _)| *tokens > 0);
    let parts: Vec<String> = parts.map(|(tokens, word)| format!("{word}{tokens}")).collect();
    Request {
        request: parts.join("+"),
        phase: Some(phase.to_owned()),
        rates: vec![Rate { of, per_second: mean, deviation }],
        line,
        ..Request::default()
    }
}

fn of_json(text: &Text, diagnostics: &mut Diagnostics) -> Result<Vec<Request>, Refusal> {
    let mut requests = Vec::new();
    for (document, line) in &documents(text, diagnostics)? {
        for item in Item::all(document, *line, text.path()) {
            let count = |key: &str| item.count(key).map(|count| count.unwrap_or(0));
            let Some(mean) = item.number("avg_ts")? else { continue };
            let rate = (mean, item.number("stddev_ts")?);
            let start_ns = item.utc_ns("test_time")?;
            requests.push(Request { start_ns, ..test(count("n_prompt")?, count("n_gen")?, rate, item.line) });
        }
    }
    Ok(requests)
}

fn of_csv(text: &Text, diagnostics: &mut Diagnostics) -> Result<Vec<Request>, Refusal> {
    let path = text.path();
    let (header, rows) = table(text, diagnostics)?;
    let column = |name: &str| Column::required(&header, name, path);
    let (prompt, output, mean) = (column("n_prompt")?, column("n_gen")?, column("avg_ts")?);
    let deviation = Column::find(&header, &["stddev_ts"]);
    let time = Column::find(&header, &["test_time"]);
    let mut requests = Vec::with_capacity(rows.len());
    for row in &rows {
        let count = |column: &Column| column.count(row, path).map(|count| count.unwrap_or(0));
        let Some(mean) = Column::number_at(row, mean.position, path)? else { continue };
        let deviation = deviation.as_ref().map(|column| Column::number_at(row, column.position, path));
        let rate = (mean, deviation.transpose()?.flatten());
        let stamp = time.as_ref().map(|time| time.stamp(row, path, None)).transpose()?.flatten();
        let start_ns = stamp.filter(|stamp| stamp.base == crate::input::Base::Utc).map(|stamp| stamp.ns);
        requests.push(Request { start_ns, ..test(count(&prompt)?, count(&output)?, rate, row.line) });
    }
    Ok(requests)
}

fn of_markdown(text: &Text, diagnostics: &mut Diagnostics) -> Result<Vec<Request>, Refusal> {
    let (mut columns, mut requests) = (None, Vec::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next(diagnostics)? {
        let row = cells(&line.text);
        let at = |name: &str| row.iter().position(|cell| cell == name);
        if is_header(&line.text) {
            columns = at("test").zip(at("t/s"));
            continue;
        }
        let Some((test_at, rate_at)) = columns.filter(|_| line.text.starts_with('|')) else { continue };
        let (Some(name), Some(rate)) = (row.get(test_at), row.get(rate_at)) else { continue };
        if rate.starts_with("--") {
            continue;
        }
        let expected = "a test such as pp512, tg128 or pp512+tg128 and a rate such as 23.17 ± 0.05";
        let refusal = || {
            let place = Place::Line(u64::from(line.number));
            Refusal::new(Code::BadNumber, text.path(), place, format!("{name} {rate}"), expected)
        };
        let (prompt, output) = sizes(name).ok_or_else(refusal)?;
        let (mean, deviation) = match rate.split_once('±') {
            Some((mean, deviation)) => (finite(mean), Some(finite(deviation).ok_or_else(refusal)?)),
            None => (finite(rate), None),
        };
        let found = test(prompt, output, (mean.ok_or_else(refusal)?, deviation), line.number);
        requests.push(Request { request: name.clone(), ..found });
    }
    Ok(requests)
}

/// Tokens of the prompt and of the generation of a test such as `pp512`, `tg 128`, `pp512+tg128`, `tg32 @ d32768`.
fn sizes(test: &str) -> Option<(u64, u64)> {
    let test = test.split('@').next().unwrap_or_default();
    test.split('+').map(str::trim).try_fold((0, 0), |(prompt, output), part| {
        let (word, size) = part.split_at_checked(2)?;
        let size: u64 = size.trim().parse().ok()?;
        match word {
            "pp" => Some((size, output)),
            "tg" => Some((prompt, size)),
            _ => None,
        }
    })
}

fn cells(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}
