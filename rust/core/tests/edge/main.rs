//! A node on an array and a battery: its books close, and what it serves is what closed forms say.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod closed_forms;
mod hostile;
mod properties;
mod recordings;
mod rooftop;
mod support;
