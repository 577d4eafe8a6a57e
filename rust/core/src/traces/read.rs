//! Bytes to a trace: the format is named or detected, never guessed.

use super::formats::{Format, REGISTRY};
use super::options::ReadOptions;
use super::trace::Trace;
use crate::input::{Code, Diagnostics, Place, Refusal, Text};
use std::path::Path;

/// How many lines a format is detected by.
pub(super) const HEAD_LINES: usize = 64;

/// How many bytes are shown as they are.
const HEAD_MARK: usize = 16;

/// How many bytes of a text are shown as its start.
const HEAD_BYTES: usize = 4096;

/// The first lines of a text, by which its format is detected.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The first bytes.
    pub bytes: Vec<u8>,
    /// The first characters, whether or not they make a line.
    pub start: String,
    /// The first lines that are whole and not blank.
    pub lines: Vec<String>,
    /// Whether the caller names columns.
    pub columns_named: bool,
}

/// Why a file gives no trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The bytes give no trace.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// The formats that can be read.
pub fn formats() -> &'static [Format] {
    REGISTRY
}

/// The trace in `bytes`; `source` names them in messages.
///
/// # Errors
/// A [`Refusal`] with code, line, what was found and what was expected: `E_UNKNOWN_FORMAT` where no reader knows the
/// text, and whatever the reader of the format refuses.
///
/// ```
/// use szilard::traces::{ReadOptions, read};
/// let log = b"time [s],power [W]\n0,7.2\n1,7.2\n";
/// let trace = read(log.to_vec(), "log.csv", &ReadOptions::default()).unwrap();
/// assert_eq!((trace.format, &trace.channels[0].samples.value[..]), ("generic-csv", &[7.2, 7.2][..]));
/// ```
pub fn read(bytes: Vec<u8>, source: &str, options: &ReadOptions) -> Result<Trace, Refusal> {
    let text = Text::open(bytes, source, options.decompress)?;
    let format = match &options.format {
        Some(name) => {
            REGISTRY.iter().find(|format| format.name == name).ok_or_else(|| unknown(source, name, "file"))?
        }
        None => detect(&text, options)?,
    };
    (format.read)(&text, options)
}

/// The trace in the file at `path`.
///
/// # Errors
/// [`TraceError::Io`] where the file cannot be read, [`TraceError::Refused`] as [`read`].
pub fn read_path(path: &Path, options: &ReadOptions) -> Result<Trace, TraceError> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| TraceError::Io { path: name.clone(), source })?;
    Ok(read(bytes, &name, options)?)
}

pub(super) fn detect(text: &Text, options: &ReadOptions) -> Result<&'static Format, Refusal> {
    let start = text.bytes().get(..HEAD_BYTES).unwrap_or(text.bytes());
    let bytes = start.get(..HEAD_MARK).unwrap_or(start).to_vec();
    let start = String::from_utf8_lossy(start).into_owned();
    let mut head = Head { bytes, start, lines: Vec::new(), columns_named: !options.columns.is_empty() };
    let mut lines = text.lines();
    let fault = loop {
        match lines.next(&mut Diagnostics::default()) {
            Ok(Some(line)) if line.text.trim().is_empty() => {}
            Ok(Some(line)) => head.lines.push(line.text.into_owned()),
            Ok(None) => break None,
            Err(refusal) => break Some(refusal),
        }
        if head.lines.len() == HEAD_LINES {
            break None;
        }
    };
    if let Some(format) = REGISTRY.iter().find(|format| (format.detect)(&head)) {
        return Ok(format);
    }
    if head.start.trim_start().starts_with(['{', '[']) {
        crate::input::Json::parse(text.bytes(), text.path())?;
    }
    Err(fault.unwrap_or_else(|| match head.lines.first() {
        Some(line) => unknown(text.path(), line, "text"),
        None => Refusal::new(Code::NoData, text.path(), Place::Line(1), "no whole line", "a log"),
    }))
}

fn unknown(source: &str, found: &str, what: &str) -> Refusal {
    let names: Vec<&str> = REGISTRY.iter().map(|format| format.name).collect();
    let expected = format!("a {what} of one of the formats {}", names.join(", "));
    Refusal::new(Code::UnknownFormat, source, Place::Line(1), found, expected)
}
