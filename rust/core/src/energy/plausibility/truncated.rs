//! A run that goes on where the power log begins or ends.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::{Code, Place};

pub(super) const CHECK: Check = Check { about: About::Run, find };

/// Records that were left out though part of them lies inside the power log: the log was started late or stopped early.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let (Some(run), Some((first, last))) = (&evidence.run, evidence.trace.span_ns()) else { return Vec::new() };
    let reaches = |(start, end): (i64, i64)| start < last && end > first && (start < first || end > last);
    let mut cut = run.excluded.iter().filter(|record| record.code == Code::OutsideTrace);
    let Some(example) = cut.find(|record| record.interval_ns.is_some_and(reaches)) else { return Vec::new() };
    let message = format!("record {} is in flight where the power log begins or ends", example.request);
    vec![Finding { code: Code::TruncatedWindow, place: Place::File, channel: None, message }]
}
