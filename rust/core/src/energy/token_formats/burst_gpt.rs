//! BurstGPT traces: arrivals in seconds from the first day, tokens, and in newer files the elapsed time.
//!
//! A request that failed has no response tokens; it is left out by name. `Total tokens` include the prompt.
//!
//! Layout: HPMLL/BurstGPT, data.

use super::columns::Column;
use super::{Head, TokenFormat, TokenOptions, log_of, table};
use crate::energy::tokens::{Excluded, Request, TokenLog};
use crate::input::{Code, Diagnostics, Refusal, Scale, Text};
use crate::traces::Clock;

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "burstgpt-csv",
    description: "BurstGPT trace: arrivals, with the elapsed time in newer files",
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
    let elapsed = Column::find(&header, &["elapsed_time"]);
    let (mut requests, mut excluded) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in &rows {
        let name = format!("line {}", row.line);
        let count = |column: &Column| column.count(row, path);
        let (prompt, output) = (count(&prompt)?, count(&output)?);
        let total = total.as_ref().map(count).transpose()?.flatten();
        if output == Some(0) {
            let message = "no response tokens".to_owned();
            excluded.push(Excluded { request: name, line: row.line, code: Code::FailedRequest, message });
            continue;
        }
        if let (Some(prompt), Some(output), Some(total)) = (prompt, output, total)
            && prompt.checked_add(output) != Some(total)
        {
            let message = format!("{prompt} request and {output} response tokens, and {total} in total");
            diagnostics.push(Code::LoggedDiffers, row.place(), None, message);
        }
        // times count from the first day, so that no number among them is Unix time
        let time = |column: &Column| column.seconds_ns(row, path, Scale::ONE);
        requests.push(Request {
            request: name,
            start_ns: time(&arrival)?,
            duration_ns: elapsed.as_ref().map(time).transpose()?.flatten(),
            prompt_tokens: prompt,
            output_tokens: output,
            total_tokens: total,
            line: row.line,
            ..Request::default()
        });
    }
    diagnostics.push(Code::CacheUnknown, header.place(), None, "Request tokens are the prompt tokens as sent");
    let log = log_of(&FORMAT, text, Clock::Relative, requests, diagnostics);
    Ok(TokenLog { excluded, ..log })
}
