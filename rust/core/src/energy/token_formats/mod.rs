//! Readers of token logs: one file and one line of the registry each.

mod azure_llm;
mod burst_gpt;
mod columns;
mod document;
mod energy_table;
mod llama_bench;
mod llama_log;
mod llama_server;
mod log_clock;
mod mlperf_loadgen;
mod mlperf_summary;
mod ollama;
mod openai_stream;
mod phase_csv;
mod request_csv;
mod run_table;
mod serving_report;
mod sglang_bench;
mod tgi_bench;
mod tgi_generation;
mod trtllm_bench;
mod vllm_bench;
mod vllm_log;

use super::tokens::{Count, TokenLog};
use crate::input::{Code, Diagnostics, Json, LeapSeconds, Place, Record, Refusal, Text, delimiter, distinct, records};
use crate::traces::Clock;
use document::first_document;
use std::borrow::Cow;
use std::path::Path;

/// How many lines a format is detected by.
const HEAD_LINES: usize = 64;

/// What a text starts with, by which its format is detected.
struct Head<'a> {
    /// The first lines that are whole and not blank.
    lines: Vec<String>,
    /// The document, or the first of a text with one document a line; `None` where it is no JSON.
    json: Option<Json<'a>>,
}

impl Head<'_> {
    /// The fields of the first line that is no comment.
    fn header(&self) -> Record {
        let line = self.lines.iter().find(|line| !line.starts_with('#')).map(String::as_str).unwrap_or_default();
        let fields = line.split([',', ';', '\t']).map(|field| field.trim().trim_matches('"').to_owned()).collect();
        Record { line: 1, fields }
    }

    /// Whether the first document is an object with all of these keys.
    fn has_keys(&self, keys: &[&str]) -> bool {
        self.json.as_ref().is_some_and(|json| keys.iter().all(|key| json.get(key).is_some()))
    }
}

/// A format of token logs.
pub struct TokenFormat {
    /// Name for `format=` and listings.
    pub name: &'static str,
    /// One sentence that says what writes it.
    pub description: &'static str,
    /// Units of its times, and what it counts.
    pub units: &'static str,
    /// Whether a text that starts like this is of the format.
    detect: fn(&Head) -> bool,
    /// The log in the text.
    read: fn(&Text, &TokenOptions) -> Result<TokenLog, Refusal>,
}

/// Every format of token logs, in the order in which they are tried.
pub const REGISTRY: &[TokenFormat] = &[
    mlperf_loadgen::FORMAT,
    mlperf_summary::FORMAT,
    phase_csv::FORMAT,
    azure_llm::FORMAT,
    burst_gpt::FORMAT,
    energy_table::FORMAT,
    run_table::FORMAT,
    sglang_bench::FORMAT,
    vllm_bench::FORMAT,
    trtllm_bench::FORMAT,
    serving_report::FORMAT,
    tgi_generation::FORMAT,
    tgi_bench::FORMAT,
    llama_bench::FORMAT,
    llama_server::FORMAT,
    ollama::FORMAT,
    openai_stream::FORMAT,
    vllm_log::FORMAT,
    llama_log::FORMAT,
    request_csv::FORMAT,
];

/// What a caller may tell a reader of token logs.
#[derive(Debug, Clone, Default)]
pub struct TokenOptions {
    /// Name of the format; detected where it is left out.
    pub format: Option<String>,
    /// Zone of a local clock: an IANA name or an offset such as `-05:00`.
    pub tz: Option<String>,
    /// Whose count of the generated tokens is taken, where a log has two that differ.
    pub count: Option<Count>,
}

/// The token log in `bytes`; `source` names them in messages.
///
/// # Errors
/// `E_UNKNOWN_FORMAT`, `E_JSON` and its like for text that is nearly JSON, and what the format refuses.
pub fn read_tokens(bytes: Vec<u8>, source: &str, options: &TokenOptions) -> Result<TokenLog, Refusal> {
    let text = Text::open(bytes, source, false)?;
    let known = || REGISTRY.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
    let format = match &options.format {
        Some(name) => REGISTRY.iter().find(|format| format.name == *name).ok_or_else(|| {
            Refusal::new(Code::UnknownFormat, source, Place::File, name, format!("one of {}", known()))
        })?,
        None => {
            let (json, fault) = match first_document(&text) {
                Ok(json) => (json, None),
                Err(refusal) => (None, Some(refusal)),
            };
            let head = Head { lines: head_lines(&text), json };
            let first = head.lines.first().map_or("no whole line", String::as_str);
            let expected = || format!("a log of one of the formats {}", known());
            let unknown = || Refusal::new(Code::UnknownFormat, source, Place::Line(1), first, expected());
            let found = REGISTRY.iter().find(|format| (format.detect)(&head));
            found.ok_or_else(|| fault.unwrap_or_else(unknown))?
        }
    };
    let mut log = (format.read)(&text, options)?.checked();
    log.excluded.sort_by_key(|excluded| excluded.line);
    if log.requests.is_empty() && log.excluded.is_empty() {
        log.diagnostics.push(Code::NoRecords, Place::File, None, "it has no record of tokens");
    }
    Ok(TokenLog { count: options.count, ..log })
}

fn head_lines(text: &Text) -> Vec<String> {
    let (mut lines, mut head) = (text.lines(), Vec::new());
    while let (true, Ok(Some(line))) = (head.len() < HEAD_LINES, lines.next(&mut Diagnostics::default())) {
        if !line.text.trim().is_empty() {
            head.push(line.text.into_owned());
        }
    }
    head
}

/// The log of records that a reader found, on a clock of its own.
fn log_of(
    format: &TokenFormat,
    text: &Text,
    requests: Vec<super::tokens::Request>,
    diagnostics: Diagnostics,
) -> TokenLog {
    TokenLog {
        format: format.name,
        source: text.path().to_owned(),
        clock: Clock::Relative,
        leaps: LeapSeconds::default(),
        count: None,
        requests,
        excluded: Vec::new(),
        diagnostics,
    }
}

/// The token log in a file.
///
/// # Errors
/// [`std::io::Error`] where the file cannot be read, in the outer result; otherwise those of [`read_tokens`].
pub fn read_tokens_path(path: &Path, options: &TokenOptions) -> std::io::Result<Result<TokenLog, Refusal>> {
    Ok(read_tokens(std::fs::read(path)?, &path.display().to_string(), options))
}

/// The records of a table, its header first.
fn table(text: &Text, diagnostics: &mut Diagnostics) -> Result<(Record, Vec<Record>), Refusal> {
    let mut lines = text.lines();
    let header = loop {
        match lines.next(&mut Diagnostics::default())? {
            Some(line) if line.text.trim().is_empty() || line.text.starts_with('#') => {}
            Some(line) => break line.text.into_owned(),
            None => return Err(Refusal::new(Code::Empty, text.path(), Place::File, "no lines", "a header")),
        }
    };
    let mut rows = records(text.lines(), delimiter(&header, None), text.path(), diagnostics)?.into_iter();
    let header = rows
        .next()
        .ok_or_else(|| Refusal::new(Code::NoHeader, text.path(), Place::File, "no header", "a header line"))?;
    let titles: Vec<Cow<'_, str>> = header.fields.iter().map(|title| Cow::Borrowed(title.trim())).collect();
    distinct(&titles, text.path(), header.place())?;
    let rows: Vec<Record> = rows.collect();
    for row in &rows {
        if row.fields.len() != header.fields.len() {
            let found = format!("{} fields", row.fields.len());
            let expected = format!("{} fields, as in the header", header.fields.len());
            return Err(Refusal::new(Code::FieldCount, text.path(), row.place(), found, expected));
        }
    }
    if rows.is_empty() {
        return Err(Refusal::new(Code::NoData, text.path(), header.place(), "a header alone", "records"));
    }
    Ok((header, rows))
}
