//! The rows of a series that have no value: the first of each kind with its text, and how many there are.

use super::super::builder::TEXTS_KEPT;
use super::super::channel::Channel;
use super::super::place::Records;
use super::super::reading::Fault;
use super::super::rows::{Row, Rows};
use crate::input::{Code, Diagnostics, printable};
use std::collections::BTreeMap;

/// What stands for the text of a cell that was not kept.
const NO_TEXT: &str = "the cell";

/// The rows of a series that have no value.
#[derive(Debug, Default)]
pub(in super::super) struct Faults {
    first_row: Option<u32>,
    first_text: Option<String>,
    /// Whether any row is more than the start of an interval.
    due: bool,
    kept: Vec<(u32, Fault, String)>,
    counts: BTreeMap<Code, u64>,
    met: usize,
}

impl Faults {
    /// Takes the next rows of the series; `texts` are the cells of the first rows among them that have no value.
    pub fn take(&mut self, rows: &Rows, texts: &[String]) {
        let Some(first) = rows.line(0) else { return };
        self.first_row.get_or_insert(first);
        if rows.is_clean() {
            self.due = true;
            return;
        }
        self.due |= rows.iter().any(|row| row.value != Err(Fault::Start));
        let fault = |row: Row| Some((row.line, row.value.err().filter(|fault| *fault != Fault::Start)?));
        let mut faults: Vec<(u32, Fault)> = rows.iter().filter_map(fault).collect();
        faults.sort_by_key(|(line, _)| *line);
        if self.first_text.is_none() {
            self.first_text = texts.first().cloned();
        }
        for (at, (line, fault)) in faults.into_iter().enumerate() {
            let count = self.counts.entry(fault.code()).or_insert(0);
            *count += 1;
            if *count <= Diagnostics::KEPT {
                let text = texts.get(at).filter(|_| self.met < TEXTS_KEPT).map_or(NO_TEXT, String::as_str);
                self.kept.push((line, fault, text.to_owned()));
            }
            self.met += 1;
        }
    }

    /// Says which samples of a channel are missing, or that it never gives any.
    pub fn say(&self, channel: &Channel, places: &Records, diagnostics: &mut Diagnostics) {
        let label = channel.label();
        if channel.samples.is_empty() {
            if self.due {
                let text = self.first_text.as_deref().unwrap_or_default();
                let message = format!("never gives a reading: {}", printable(text));
                diagnostics.push(Code::NaDevice, places.place(self.first_row.unwrap_or(0)), Some(&label), message);
            }
            return;
        }
        for (line, fault, text) in &self.kept {
            let message = format!("{} {}; the sample is left out", printable(text), fault.what());
            diagnostics.push(fault.code(), places.place(*line), Some(&label), message);
        }
        for (code, count) in &self.counts {
            diagnostics.count_more(*code, Some(&label), count.saturating_sub(Diagnostics::KEPT));
        }
    }
}
