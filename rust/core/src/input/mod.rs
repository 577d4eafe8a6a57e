//! Bytes to typed cells, or a reason: limits, diagnostics, and the project's own number, time, table and JSON readers.

mod diagnostic;

pub use diagnostic::{Code, Diagnostic, Diagnostics, Place, Refusal, Severity, printable};
