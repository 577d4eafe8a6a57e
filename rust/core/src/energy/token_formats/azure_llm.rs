//! Azure LLM inference traces: the arrival of each request and its tokens; no end, no duration, no power.
//!
//! Stamps of the 2023 files have no zone. What came from a cache is not said, so that `ContextTokens` are the prompt
//! tokens as they were sent. The published files end without a line end: a last line that has all its fields is kept,
//! with a remark, as its last count may still be cut.
//!
//! Layout: Azure/AzurePublicDataset, AzureLLMInferenceDataset2023.

use super::columns::Column;
use super::log_clock::LogClock;
use super::{Head, TokenFormat, TokenOptions, log_of, table};
use crate::energy::tokens::{Request, TokenLog};
use crate::input::{Code, Diagnostics, Place, Refusal, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "azure-llm-csv",
    description: "Azure LLM inference trace: arrivals without an end",
    units: "arrival as civil time; prompt tokens as sent, generated tokens",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let header = head.header();
    ["timestamp", "contexttokens", "generatedtokens"].iter().all(|name| Column::find(&header, &[name]).is_some())
}

fn read(text: &Text, options: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let path = text.path();
    let ended = with_line_end(text, &mut diagnostics)?;
    let (header, rows) = table(ended.as_ref().unwrap_or(text), &mut diagnostics)?;
    let column = |name: &str| Column::required(&header, name, path);
    let (arrival, prompt, output) = (column("timestamp")?, column("contexttokens")?, column("generatedtokens")?);
    let mut clock = LogClock::new(options, path, &rows)?;
    let mut requests = Vec::with_capacity(rows.len());
    for row in &rows {
        let stamp = arrival.stamp(row, path, None)?;
        requests.push(Request {
            request: format!("line {}", row.line),
            start_ns: stamp.map(|stamp| clock.start(stamp, row.place())).transpose()?,
            prompt_tokens: prompt.count(row, path)?,
            output_tokens: output.count(row, path)?,
            line: row.line,
            ..Request::default()
        });
    }
    diagnostics.push(Code::CacheUnknown, header.place(), None, "ContextTokens are the prompt tokens as sent");
    clock.log(log_of(&FORMAT, text, requests, diagnostics))
}

/// The text with a line end behind its last line, where that has none and all its fields.
fn with_line_end(text: &Text, diagnostics: &mut Diagnostics) -> Result<Option<Text>, Refusal> {
    let bytes = text.bytes();
    let last = bytes.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let fields: Vec<&[u8]> = last.split(|byte| *byte == b',').collect();
    let count = fields.get(2).copied().unwrap_or_default();
    if fields.len() != 3 || count.is_empty() || !count.iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    let line = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let message = "no line end behind the last line, as in the published files; its last count may be cut";
    diagnostics.push(Code::LastLineKept, Place::Line(line), None, message);
    Text::open([bytes, b"\n"].concat(), text.path(), false).map(Some)
}
