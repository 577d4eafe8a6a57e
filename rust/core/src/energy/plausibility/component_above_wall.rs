//! A component that draws more than what holds it.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::Code;
use crate::quantity::Boundary;
use crate::traces::{Channel, cut};
use std::collections::HashMap;

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// A part may exceed the whole by this share: two sensors with errors of their own.
const SLACK: f64 = 0.05;

/// A channel whose mean power exceeds, by more than a twentieth, that of the channel of its device that holds it; and
/// boards or chips whose sum exceeds the one meter of their node.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let channels = &evidence.trace.channels;
    let mut found = Vec::new();
    let power = |channel: &Channel| channel.kind.gives_energy().then(|| evidence.mean_power(channel)).flatten();
    let by_name: HashMap<(&str, &str), &Channel> =
        channels.iter().map(|channel| ((channel.device.as_str(), channel.name.as_str()), channel)).collect();
    for inner in channels.iter().filter(|inner| inner.within.is_some()) {
        let holder = inner.within.as_deref().and_then(|outer| by_name.get(&(inner.device.as_str(), outer)));
        let Some(outer) = holder else { continue };
        if let (Some(part), Some(whole)) = (power(inner), power(outer))
            && part > whole + SLACK * whole.abs()
        {
            let message = format!("{part:.3} W on average, inside {} with {whole:.3} W", outer.label());
            found.push(evidence.finding(Code::ComponentAboveWall, None, inner, message));
        }
    }
    let at = |boundary: Boundary| channels.iter().filter(move |channel| channel.boundary == Some(boundary));
    let mut nodes = at(Boundary::Node).filter(|channel| channel.kind.gives_energy() && channel.within.is_none());
    let (Some(node), None) = (nodes.next(), nodes.next()) else { return found };
    let boards: Vec<&Channel> = match evidence.trace.is_joined() {
        false => cut(evidence.trace).members.iter().filter_map(|index| channels.get(*index)).collect(),
        // recordings that stand side by side have no cut, as one may hold the other, which is what is asked here
        true => channels.iter().filter(|channel| channel.within.is_none() && channel.instead.is_none()).collect(),
    };
    let boards = boards.into_iter().filter(|channel| channel.kind.gives_energy() && !channel.samples.is_empty());
    let boards = boards.filter(|channel| matches!(channel.boundary, Some(Boundary::Board | Boundary::Chip)));
    let sum: Option<f64> = boards.map(power).sum();
    if let (Some(parts), Some(whole)) = (sum, power(node))
        && parts > whole + SLACK * whole.abs()
    {
        let message = format!("{whole:.3} W on average, and the boards in the node have {parts:.3} W");
        found.push(evidence.finding(Code::ComponentAboveWall, None, node, message));
    }
    found
}
