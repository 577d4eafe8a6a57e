//! A run that goes on where the power log begins or ends.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::{Code, Place};

pub(super) const CHECK: Check = Check { about: About::Run, find };

/// So large a share of the records must reach past the power log; a single one at its end is left out by name.
const SHARE: f64 = 0.1;

/// A tenth or more of the records were left out though part of them lies inside the power log: it was started late or
/// stopped early.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let (Some(run), Some((first, last))) = (&evidence.run, evidence.trace.span_ns()) else { return Vec::new() };
    let reaches = |(start, end): (i64, i64)| start < last && end > first && (start < first || end > last);
    let outside = run.excluded.iter().filter(|record| record.code == Code::OutsideTrace);
    let cut = outside.filter(|record| record.interval_ns.is_some_and(reaches)).count();
    if cut == 0 || (cut as f64) < SHARE * (cut + run.spans.len()) as f64 {
        return Vec::new();
    }
    let message = format!("{cut} records are in flight where the power log begins or ends");
    vec![Finding { code: Code::TruncatedWindow, place: Place::File, channel: None, message }]
}
