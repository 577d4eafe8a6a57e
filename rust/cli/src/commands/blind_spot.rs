//! `szilard blind-spot`: what a meter does not see of another one.

use crate::failure::Failure;
use crate::output::{Answer, budget_text, figure, lines, or_dash, quantity_json, sections, table};
use crate::reading::{Reading, nanoseconds};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use szilard::energy::{BlindSpot, BlindSpotRow, LoadClass, MeterChoice, Status, blind_spot};
use szilard::quantity::Boundary;

/// What an inner meter does not see of an outer one.
#[derive(Debug, Args)]
pub(crate) struct BlindSpotCommand {
    /// Power log of the outer meter, such as a node
    outer: PathBuf,
    /// Power log of the inner meter, such as its boards; the same log with other channels where it is left out
    inner: Option<PathBuf>,
    /// Channel of the outer meter; may be given several times
    #[arg(long, value_name = "NAME")]
    outer_channel: Vec<String>,
    /// Channel of the inner meter; may be given several times
    #[arg(long, value_name = "NAME", required_unless_present = "inner")]
    inner_channel: Vec<String>,
    /// Boundary of the inner meter, where its format does not settle it (that of the outer one is --boundary)
    #[arg(long, value_name = "BOUNDARY")]
    inner_boundary: Option<Boundary>,
    /// What is added to the times of the inner log, such as "0.3 s"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    offset: Option<String>,
    /// Length of a row over time, such as "10 s"; left out, a sixtieth of the time
    #[arg(long, value_name = "TIME")]
    step: Option<String>,
    #[command(flatten)]
    reading: Reading,
}

impl BlindSpotCommand {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let outer = self.reading.trace(&self.outer)?;
        let inner = match &self.inner {
            Some(path) => Some(self.reading.at(self.inner_boundary).trace(path)?),
            None => None,
        };
        let time = |what, text: &Option<String>| text.as_deref().map(|text| nanoseconds(what, text)).transpose();
        let found = blind_spot(
            &MeterChoice { trace: &outer, channels: self.outer_channel.clone() },
            &MeterChoice { trace: inner.as_ref().unwrap_or(&outer), channels: self.inner_channel.clone() },
            time("--offset", &self.offset)?,
            time("--step", &self.step)?,
        )?;
        let incomplete = match found.status {
            Status::Complete => Vec::new(),
            Status::Incomplete => vec!["a meter does not cover all of the time that both logs span".to_owned()],
        };
        Ok(Answer { text: text(&found), json: json(&found), incomplete, ..Answer::default() })
    }
}

fn text(found: &BlindSpot) -> String {
    let head = lines(&[
        ("outer meter", Some(found.outer.to_string())),
        ("inner meter", Some(found.inner.to_string())),
        ("not seen", Some(found.difference.to_string())),
        ("share", Some(found.share.to_string())),
        ("status", Some(found.status.word().to_owned())),
    ]);
    let class = |class: &LoadClass| {
        let of = [class.from_w, class.to_w, class.inner_w, class.difference_w, class.u_w].map(figure);
        of.into_iter().chain([class.rows.to_string()]).collect::<Vec<_>>()
    };
    let load: Vec<Vec<String>> = found.load.iter().map(class).collect();
    let start = found.window_ns.0;
    let row = |row: &BlindSpotRow| {
        let seconds = [row.start_ns, row.end_ns].map(|time| format!("{:.3}", (time - start) as f64 * 1e-9));
        let watts = [row.outer_w, row.inner_w, row.difference_w, row.u_w].map(|watts| or_dash(watts.map(figure)));
        seconds.into_iter().chain(watts).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = found.rows.iter().map(row).collect();
    sections(&[
        head,
        table(&["load from [W]", "to [W]", "mean [W]", "not seen [W]", "u [W]", "rows"], &load),
        table(&["from [s]", "to [s]", "outer [W]", "inner [W]", "not seen [W]", "u [W]"], &rows),
        budget_text(&found.difference),
    ])
}

fn json(found: &BlindSpot) -> serde_json::Value {
    let row = |row: &BlindSpotRow| {
        json!({
            "start_ns": row.start_ns, "end_ns": row.end_ns, "outer_w": row.outer_w, "inner_w": row.inner_w,
            "difference_w": row.difference_w, "u_w": row.u_w,
        })
    };
    let class = |class: &LoadClass| {
        json!({
            "from_w": class.from_w, "to_w": class.to_w, "inner_w": class.inner_w, "difference_w": class.difference_w,
            "u_w": class.u_w, "rows": class.rows,
        })
    };
    json!({
        "status": found.status.word(), "outer": quantity_json(&found.outer), "inner": quantity_json(&found.inner),
        "difference": quantity_json(&found.difference), "share": quantity_json(&found.share),
        "start_ns": found.window_ns.0, "end_ns": found.window_ns.1,
        "load": found.load.iter().map(class).collect::<Vec<_>>(),
        "rows": found.rows.iter().map(row).collect::<Vec<_>>(),
    })
}
