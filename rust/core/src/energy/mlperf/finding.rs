//! Something that speaks against a run, and what the reference checker says of it.

use crate::input::Code;

/// Something that speaks against a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Stable code.
    pub code: Code,
    /// File.
    pub path: String,
    /// Line, where it is about one.
    pub line: Option<u32>,
    /// What was found.
    pub message: String,
    /// What the reference checker says of it.
    pub reference: String,
}

impl Finding {
    pub(super) fn new(code: Code, path: &str, line: Option<u32>, message: String, reference: &str) -> Self {
        Self { code, path: path.to_owned(), line, message, reference: reference.to_owned() }
    }
}
