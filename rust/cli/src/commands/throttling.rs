//! `szilard throttling`: where a board throttled, and the tokens that it cost.

use super::board::{BoardLog, OfKind};
use crate::failure::Failure;
use crate::output::{Answer, figure, lines, or_dash, quantity_json, sections, table};
use crate::reading::{given, quantity};
use clap::{ArgGroup, Args};
use serde_json::{Value, json};
use std::path::PathBuf;
use szilard::edge::{Cause, Throttling, throttling};
use szilard::quantity::Quantity;
use szilard::traces::{Channel, Kind, Trace};

/// Where a board throttled, and the tokens that it cost.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("sign").required(true).args(["temperature", "clock", "power", "reasons"])))]
pub(crate) struct ThrottlingCommand {
    #[command(flatten)]
    board: BoardLog,
    /// Token log of the same time; without it no cost is known
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// It throttles at or above this temperature, such as "85 degC"
    #[arg(long, value_name = "TEMPERATURE")]
    temperature: Option<String>,
    /// It throttles at or below this clock while a call is answered, such as "1.2 GHz"
    #[arg(long, value_name = "FREQUENCY", requires = "tokens")]
    clock: Option<String>,
    /// It throttles at or above this power, its cap, such as "15 W"
    #[arg(long, value_name = "POWER")]
    power: Option<String>,
    /// It throttles where the driver gives a reason of heat, power or supply
    #[arg(long)]
    reasons: bool,
}

/// The times of one channel.
struct Found<'c> {
    channel: &'c Channel,
    events: Vec<Throttling>,
}

impl Found<'_> {
    fn seconds(&self) -> f64 {
        self.events.iter().map(|event| event.end_ns.saturating_sub(event.start_ns) as f64 * 1e-9).sum()
    }

    /// The tokens of all times: their rate outside is one figure, so that its uncertainty adds up.
    fn tokens(&self) -> Option<Quantity> {
        let mut tokens = self.events.iter().filter_map(|event| event.tokens.clone());
        let first = tokens.next()?;
        tokens.try_fold(first, |sum, next| sum.plus(&next)).ok()
    }
}

impl ThrottlingCommand {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let (cause, kind) = self.cause()?;
        let board = self.board.read(self.tokens.as_deref(), kind)?;
        let found = |channel| Ok(Found { channel, events: throttling(channel, cause, &board.calls)? });
        let found: Vec<Found<'_>> = board.channels.iter().map(found).collect::<Result<_, Failure>>()?;
        let uncosted = |event: &&Throttling| self.tokens.is_some() && event.call_s > 0.0 && event.tokens.is_none();
        let unknown = found.iter().flat_map(|found| &found.events).filter(uncosted).count();
        let mut incomplete = Vec::new();
        if unknown > 0 {
            incomplete.push(format!("{unknown} times have no cost: too few calls lie outside of all of them"));
        }
        if board.left_out > 0 {
            incomplete.push(format!("{} calls have no times or no count of tokens", board.left_out));
        }
        let json = json!({
            "status": if incomplete.is_empty() { "complete" } else { "incomplete" },
            "cause": cause.word(),
            "clock": board.trace.clock.word(),
            "calls": board.calls.len(),
            "left_out": board.left_out,
            "channels": found.iter().map(channel_json).collect::<Vec<_>>(),
        });
        Ok(Answer { text: text(cause, &board.trace, &found), json, incomplete, ..Answer::default() })
    }

    /// The sign, and the channels on which it can be.
    fn cause(&self) -> Result<(Cause, OfKind), Failure> {
        let value = |what, text: &str, unit: &str| -> Result<f64, Failure> {
            let value = quantity(what, text)?.to(unit).map_err(|error| given(what, text, error))?;
            Ok(value.value())
        };
        let (temperature, clock, power) = (self.temperature.as_deref(), self.clock.as_deref(), self.power.as_deref());
        Ok(match (temperature, clock, power) {
            (Some(text), ..) => {
                (Cause::Temperature(value("--temperature", text, "K")?), |kind| kind == Kind::Temperature)
            }
            (_, Some(text), _) => (Cause::Clock(value("--clock", text, "Hz")?), |kind| kind == Kind::Frequency),
            (.., Some(text)) => (Cause::PowerCap(value("--power", text, "W")?), Kind::is_power),
            _ => (Cause::Reasons, |kind| kind == Kind::ThrottleReasons),
        })
    }
}

fn text(cause: Cause, trace: &Trace, found: &[Found<'_>]) -> String {
    let at = |ns: i64| trace.clock.text(ns, &trace.leaps);
    let row = |channel: &Channel, event: &Throttling| {
        vec![
            channel.label(),
            at(event.start_ns),
            at(event.end_ns),
            figure(event.end_ns.saturating_sub(event.start_ns) as f64 * 1e-9),
            figure(event.call_s),
            or_dash(event.tokens.as_ref().map(|tokens| figure(tokens.value()))),
            or_dash(event.tokens.as_ref().map(|tokens| figure(tokens.u()))),
        ]
    };
    let rows: Vec<Vec<String>> =
        found.iter().flat_map(|found| found.events.iter().map(|event| row(found.channel, event))).collect();
    let titles = ["channel", "from", "to", "seconds", "of calls [s]", "tokens lost", "u [token]"];
    let events = if rows.is_empty() { "it did not throttle\n".to_owned() } else { table(&titles, &rows) };
    let sum = |found: &Found<'_>| {
        let tokens = found.tokens().map_or_else(|| "unknown cost".to_owned(), |tokens| tokens.to_string());
        format!("{} times, {} s, {tokens}", found.events.len(), figure(found.seconds()))
    };
    let sums: Vec<(String, Option<String>)> =
        found.iter().map(|found| (found.channel.label(), Some(sum(found)))).collect();
    let sums: Vec<(&str, Option<String>)> = sums.iter().map(|(name, sum)| (name.as_str(), sum.clone())).collect();
    sections(&[lines(&[("sign", Some(cause.word().to_owned()))]), events, lines(&sums)])
}

fn channel_json(found: &Found<'_>) -> Value {
    let event = |event: &Throttling| {
        json!({
            "start_ns": event.start_ns, "end_ns": event.end_ns, "call_s": event.call_s,
            "tokens": event.tokens.as_ref().map(quantity_json),
        })
    };
    json!({
        "device": found.channel.device, "channel": found.channel.name, "seconds": found.seconds(),
        "tokens": found.tokens().as_ref().map(quantity_json),
        "events": found.events.iter().map(event).collect::<Vec<_>>(),
    })
}
