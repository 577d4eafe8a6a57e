//! Bytes to typed cells, or a reason: limits, diagnostics, and the project's own number, time, table and JSON readers.

mod diagnostic;
mod json;

pub use diagnostic::{Code, Diagnostic, Diagnostics, Place, Refusal, Severity, is_hidden, printable};
pub use json::{JSON_BYTES, JSON_DEPTH, JSON_NUMBER_BYTES, Json, JsonText};
