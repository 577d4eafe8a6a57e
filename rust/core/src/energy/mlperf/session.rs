//! The phases of a session, from `client.json` and `server.json`, against the window of the run.

use super::files::RunFile;
use super::finding::Finding;
use crate::input::{Code, Json, Refusal};

/// Most that the stamps of client and server of one checkpoint may differ. [s]
const SKEW: f64 = 0.8;

/// The checkpoints of one mode in Unix time: ready, begin of the load, end of the load, done. [s]
pub(super) fn checkpoints(file: &RunFile, mode: &str) -> Result<Vec<f64>, Refusal> {
    let document = Json::parse(&file.bytes, &file.path)?;
    let phases = document.at(&format!("phases.{mode}")).and_then(Json::as_array).unwrap_or_default();
    let place = || crate::input::Place::Path(format!("phases.{mode}"));
    let stamps = phases.iter().map(|phase| match phase.as_array().and_then(<[_]>::first) {
        Some(stamp) => stamp.to_f64(&file.path, place),
        None => Ok(None),
    });
    stamps.filter_map(Result::transpose).collect()
}

/// Whether a window, whose civil time is that of UTC, lies inside the load of its mode.
pub(super) fn inside(file: &RunFile, mode: &str, window: (i64, i64)) -> Result<Vec<Finding>, Refusal> {
    let stamps = checkpoints(file, mode)?;
    let (Some(start), Some(end)) = (stamps.get(1).copied(), stamps.get(2).copied()) else {
        let message = format!("no phases of {mode}: whether the run lies inside them is not known");
        return Ok(vec![Finding::new(Code::NotChecked, &file.path, None, message, "refuses: it needs the phases")]);
    };
    let (begin, finish) = (window.0 as f64 * 1e-9, window.1 as f64 * 1e-9);
    let within = |time: f64| start < time && time < end;
    if within(begin) && within(finish) {
        return Ok(Vec::new());
    }
    let accepts = |time: f64| within(time) || within(time - 3600.0);
    let reference = if accepts(begin) && accepts(finish) {
        "accepts it: it takes 3600 s off the begin and the end where that makes them fit"
    } else {
        "refuses it: begin and end must lie inside the phase, as they are or less 3600 s"
    };
    let hours = (1..=26).flat_map(|hours| [-hours, hours]).find(|hours| {
        let shift = f64::from(*hours) * 3600.0;
        within(begin + shift) && within(finish + shift)
    });
    let hint = hours.map_or(String::new(), |hours| format!("; shifted by exactly {hours:+} h it would"));
    let message = format!(
        "the window from {begin:.3} s to {finish:.3} s does not lie inside the {mode} phase, {start:.3} s to {end:.3} s{hint}"
    );
    Ok(vec![Finding::new(Code::OutsidePhase, &file.path, None, message, reference)])
}

/// Whether client and server agree on the time of each checkpoint.
pub(super) fn skew(client: &RunFile, server: &RunFile) -> Result<Vec<Finding>, Refusal> {
    let mut found = Vec::new();
    for mode in ["ranging", "testing"] {
        let (ours, theirs) = (checkpoints(client, mode)?, checkpoints(server, mode)?);
        let apart = ours.iter().zip(&theirs).map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f64::max);
        if ours.len() != theirs.len() || apart > SKEW {
            let message = format!(
                "{mode}: {} checkpoints of the client and {} of the server, up to {apart:.3} s apart",
                ours.len(),
                theirs.len()
            );
            let reference = "refuses it: at most 800 ms";
            found.push(Finding::new(Code::ClockSkew, &client.path, None, message, reference));
        }
    }
    Ok(found)
}
