//! `szilard drift`: what the time of a token owes to the temperature of the board.

use super::board::BoardLog;
use crate::failure::Failure;
use crate::output::{Answer, lines, quantity_json};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use szilard::edge::{Drift, latency_drift};
use szilard::quantity::Quantity;
use szilard::traces::{Channel, Kind};

/// The time of a token against the temperature of the board, so that a drift is not read as an effect.
#[derive(Debug, Args)]
pub(crate) struct DriftCommand {
    #[command(flatten)]
    board: BoardLog,
    /// Token log of the same time
    #[arg(long, value_name = "FILE")]
    tokens: PathBuf,
    /// The second variant starts with the call of this number (from 1), in the order of their starts
    #[arg(long, value_name = "NUMBER")]
    second_from: Option<usize>,
}

impl DriftCommand {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let mut board = self.board.read(Some(&self.tokens), |kind| kind == Kind::Temperature)?;
        let usage = |message: String| Failure::Usage { message };
        let [temperature] = board.channels.as_slice() else {
            let all: Vec<String> = board.channels.iter().map(Channel::label).collect();
            return Err(usage(format!("--channel or --device: expected one temperature of {}", all.join(", "))));
        };
        board.calls.sort_by_key(|call| call.start_ns);
        let second = |number: usize| {
            let call = number.checked_sub(2).and_then(|before| board.calls.get(before + 1));
            call.map(|call| call.start_ns).ok_or_else(|| {
                usage(format!("--second-from {number}: expected a number from 2 to {}", board.calls.len()))
            })
        };
        let found = latency_drift(&board.calls, temperature, self.second_from.map(second).transpose()?)?;
        let left_out = found.left_out + board.left_out;
        let mut incomplete = Vec::new();
        if left_out > 0 {
            incomplete.push(format!("{left_out} calls have no tokens, no time or no temperature"));
        }
        let json = json!({
            "status": if incomplete.is_empty() { "complete" } else { "incomplete" },
            "device": temperature.device, "channel": temperature.name,
            "slope": quantity_json(&found.slope), "slope_95": interval(&found.slope)?,
            "at_mean": quantity_json(&found.at_mean), "temperature": quantity_json(&found.temperature),
            "difference": found.difference.as_ref().map(quantity_json),
            "difference_95": found.difference.as_ref().map(interval).transpose()?,
            "effect": found.effect.as_ref().map(quantity_json),
            "effect_95": found.effect.as_ref().map(interval).transpose()?,
            "determination": found.determination, "calls": found.calls, "left_out": left_out,
        });
        Ok(Answer { text: text(temperature, &found)?, json, incomplete, ..Answer::default() })
    }
}

/// The interval of 95 %, by Student's t, in the unit of the quantity.
fn interval(quantity: &Quantity) -> Result<[f64; 2], Failure> {
    let interval = quantity.measured().interval(0.95)?;
    Ok([interval.low, interval.high])
}

fn text(temperature: &Channel, found: &Drift) -> Result<String, Failure> {
    let with_interval = |quantity: &Quantity| {
        let [low, high] = interval(quantity)?;
        Ok::<_, Failure>(format!("{quantity} (95 %: {low:.3e} to {high:.3e})"))
    };
    Ok(lines(&[
        ("temperature", Some(format!("{}, {} on average", temperature.label(), found.temperature))),
        ("calls", Some(found.calls.to_string())),
        ("time of a token", Some(format!("{} at that", found.at_mean))),
        ("its change with temperature", Some(with_interval(&found.slope)?)),
        ("share of the variance", Some(format!("{:.3}", found.determination))),
        ("second group, as it stands", found.difference.as_ref().map(with_interval).transpose()?),
        ("second group, equally warm", found.effect.as_ref().map(with_interval).transpose()?),
    ]))
}
