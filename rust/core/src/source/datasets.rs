//! The data sets of the library, as text: listed by the build script, so that a file more is an entry more.

use flate2::read::DeflateDecoder;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::OnceLock;

/// The text of an entry of a table; `None` where there is no such entry.
///
/// ```
/// use szilard::source::datasets::{TRACES, text};
/// assert!(text(TRACES, "demo_nvidia_smi").is_some());
/// ```
pub fn text(table: &[(&str, &'static str)], stem: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| *name == stem).map(|(_, text)| *text)
}

/// The text of a table of raw data, by its stem; `None` where there is no such table.
///
/// ```
/// use szilard::source::datasets::table;
/// assert!(table("luccioni_runs").is_some_and(|text| text.starts_with("task,dataset,model,run_id,phase")));
/// ```
pub fn table(stem: &str) -> Option<&'static str> {
    static TABLES: OnceLock<BTreeMap<&str, String>> = OnceLock::new();
    let unpacked = |(stem, packed): &(&'static str, &[u8])| {
        let mut text = String::new();
        DeflateDecoder::new(*packed).read_to_string(&mut text).ok().map(|_| (*stem, text))
    };
    let tables = TABLES.get_or_init(|| PACKED.iter().filter_map(unpacked).collect());
    tables.get(stem).map(String::as_str)
}

include!(concat!(env!("OUT_DIR"), "/datasets.rs"));
