//! Readers of token logs: one file and one line of the registry each.

mod columns;
mod mlperf_loadgen;
mod phase_csv;
mod request_csv;

use super::tokens::TokenLog;
use crate::input::{Code, Diagnostics, Place, Record, Refusal, Text, delimiter, distinct, records};
use std::borrow::Cow;
use std::path::Path;

/// A format of token logs.
pub struct TokenFormat {
    /// Name for `format=` and listings.
    pub name: &'static str,
    /// One sentence that says what writes it.
    pub description: &'static str,
    /// Units of its times and counts.
    pub units: &'static str,
    /// Whether a text that starts with these lines is of the format.
    detect: fn(&[&str]) -> bool,
    /// The log in the text.
    read: fn(&Text, &TokenOptions) -> Result<TokenLog, Refusal>,
}

/// Every format of token logs, in the order in which they are tried.
pub const REGISTRY: &[TokenFormat] = &[mlperf_loadgen::FORMAT, phase_csv::FORMAT, request_csv::FORMAT];

/// What a caller may tell a reader of token logs.
#[derive(Debug, Clone, Default)]
pub struct TokenOptions {
    /// Name of the format; detected where it is left out.
    pub format: Option<String>,
    /// Zone of a local clock: an IANA name or an offset such as `-05:00`.
    pub tz: Option<String>,
}

/// The token log in `bytes`; `source` names them in messages.
///
/// # Errors
/// `E_UNKNOWN_FORMAT`, and what the format refuses.
pub fn read_tokens(bytes: Vec<u8>, source: &str, options: &TokenOptions) -> Result<TokenLog, Refusal> {
    let text = Text::open(bytes, source, false)?;
    let known = || REGISTRY.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
    let format = match &options.format {
        Some(name) => REGISTRY.iter().find(|format| format.name == *name).ok_or_else(|| {
            Refusal::new(Code::UnknownFormat, source, Place::File, name, format!("one of {}", known()))
        })?,
        None => {
            let mut lines = text.lines();
            let mut head = Vec::new();
            while let (true, Ok(Some(line))) = (head.len() < 20, lines.next(&mut Diagnostics::default())) {
                head.push(line.text.into_owned());
            }
            let head: Vec<&str> = head.iter().map(String::as_str).collect();
            let first = head.first().copied().unwrap_or_default();
            REGISTRY.iter().find(|format| (format.detect)(&head)).ok_or_else(|| {
                Refusal::new(Code::UnknownFormat, source, Place::Line(1), first, format!("one of {}", known()))
            })?
        }
    };
    (format.read)(&text, options).map(TokenLog::checked)
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
