//! BurstGPT traces: arrivals in seconds from 0:00:00 of the first day, and tokens.
//!
//! A request that failed has no response tokens; it is left out by name. `Total tokens` include the prompt. The traces
//! that will have an `Elapsed time` are announced without its unit, so that the column counts only where its title
//! says one.
//!
//! Layout: HPMLL/BurstGPT, README.md, Schema.

use super::columns::Column;
use super::{Head, TokenFormat, TokenOptions, log_of, table};
use crate::energy::tokens::{Excluded, Request, TokenLog};
use crate::input::{Code, Diagnostics, Refusal, Scale, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "burstgpt-csv",
    description: "BurstGPT trace: arrivals without an end",
    units: "arrival in s from the first day; prompt tokens as sent, generated tokens, and their total",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let header = head.header();
    ["timestamp", "request_tokens", "response_tokens"].iter().all(|name| Column::find(&header, &[name]).is_some())
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let path = text.path();
    let (header, rows) = table(text, &mut diagnostics)?;
    let column = |name: &str| Column::required(&header, name, path);
    let (arrival, prompt) = (column("timestamp")?, column("request_tokens")?);
    let (output, total) = (column("response_tokens")?, Column::find(&header, &["total_tokens"]));
    let mut elapsed = Column::find(&header, &["elapsed_time"]);
    if elapsed.as_ref().is_some_and(|column| !column.has_time_unit()) {
        let message = "Elapsed time: its writer announces it without a unit; a title such as Elapsed time [s] says it";
        diagnostics.push(Code::UnitUnstated, header.place(), None, message);
        elapsed = None;
    }
    let (mut requests, mut excluded) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in &rows {
        let name = format!("line {}", row.line);
        let count = |column: &Column| column.count(row, path);
        let (prompt, output) = (count(&prompt)?, count(&output)?);
        let total = total.as_ref().map(count).transpose()?.flatten();
        let request = Request {
            request: name,
            // times count from the first day, so that no number among them is Unix time
            start_ns: arrival.seconds_ns(row, path, Scale::ONE)?,
            duration_ns: elapsed.as_ref().map(|column| column.duration_ns(row, path)).transpose()?.flatten(),
            prompt_tokens: prompt,
            output_tokens: output,
            total_tokens: total,
            line: row.line,
            ..Request::default()
        };
        if output == Some(0) {
            excluded.push(Excluded::of(request, Code::FailedRequest, "no response tokens".to_owned()));
        } else {
            requests.push(request);
        }
    }
    diagnostics.push(Code::CacheUnknown, header.place(), None, "Request tokens are the prompt tokens as sent");
    let log = log_of(&FORMAT, text, requests, diagnostics);
    Ok(TokenLog { excluded, ..log })
}
