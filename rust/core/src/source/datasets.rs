//! The data sets of the library, as text: listed by the build script, so that a file more is an entry more.

/// The text of an entry of a table; `None` where there is no such entry.
///
/// ```
/// use szilard::source::datasets::{TRACES, text};
/// assert!(text(TRACES, "demo_nvidia_smi").is_some());
/// ```
pub fn text(table: &[(&str, &'static str)], stem: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| *name == stem).map(|(_, text)| *text)
}

include!(concat!(env!("OUT_DIR"), "/datasets.rs"));
