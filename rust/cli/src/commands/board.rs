//! What stands beside the power in a log of a board, and the calls that it answered: for `throttling` and `drift`.

use crate::failure::Failure;
use crate::reading::{bytes, ends, nanoseconds};
use clap::Args;
use std::path::{Path, PathBuf};
use szilard::edge::{Request, signals};
use szilard::energy::{TokenLog, TokenOptions, clocks_meet, read_tokens};
use szilard::traces::{Channel, Kind, ReadOptions, Trace, read};

/// A power log with temperatures or clocks in it, and the calls of its time.
#[derive(Debug, Args)]
pub(super) struct BoardLog {
    /// Power log with temperatures, clocks or throttle reasons beside the power
    log: PathBuf,
    /// Channel of the log to look at, as temperature.gpu; may be given several times
    #[arg(long, value_name = "NAME")]
    channel: Vec<String>,
    /// Device of the log to look at; may be given several times
    #[arg(long, value_name = "NAME")]
    device: Vec<String>,
    /// Format of the token log; detected where it is left out
    #[arg(long, value_name = "NAME")]
    tokens_format: Option<String>,
    /// What is added to the times of the token log, such as "0.3 s"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    clock_offset: Option<String>,
    /// Calls that start within: two times on the clock of the power log (with a zone or Unix seconds, local, or seconds)
    #[arg(long, value_name = "START,END", value_parser = ends, allow_hyphen_values = true)]
    window: Option<(String, String)>,
    /// Zone of local clocks: an IANA name or an offset such as -05:00
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    tz: Option<String>,
    /// Interval between samples where the log has no times, such as "1 s"
    #[arg(long, value_name = "TIME")]
    interval: Option<String>,
}

/// Whether a channel is of the kind that is looked for.
pub(super) type OfKind = fn(Kind) -> bool;

/// What was read of a board.
pub(super) struct Board {
    /// The power.
    pub trace: Trace,
    /// The channels of the kind that was asked for, of the devices and names that were.
    pub channels: Vec<Channel>,
    /// The calls, on the clock of the power.
    pub calls: Vec<Request>,
    /// Calls of the token log without times or tokens.
    pub left_out: usize,
}

impl BoardLog {
    /// The channels of some kind, and the calls of a token log.
    pub(super) fn read(&self, tokens: Option<&Path>, kind: OfKind) -> Result<Board, Failure> {
        let name = self.log.display().to_string();
        let interval_ns = self.interval.as_deref().map(|text| nanoseconds("--interval", text)).transpose()?;
        let options = ReadOptions { tz: self.tz.clone(), interval_ns, ..ReadOptions::default() };
        let trace = read(bytes(&self.log)?, &name, &options)?;
        let mut channels: Vec<Channel> = trace.channels.iter().filter(|channel| kind(channel.kind)).cloned().collect();
        if kind(Kind::Temperature) || kind(Kind::Frequency) {
            let beside = signals(bytes(&self.log)?, &name, &options)?;
            channels.extend(beside.into_iter().filter(|channel| kind(channel.kind)));
        }
        let all: Vec<String> = channels.iter().map(Channel::label).collect();
        let chosen = |names: &[String], name: &String| names.is_empty() || names.contains(name);
        channels.retain(|channel| chosen(&self.channel, &channel.name) && chosen(&self.device, &channel.device));
        if channels.is_empty() {
            let there = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
            return Err(Failure::Usage { message: format!("{name}: no such channel; of the kind there is {there}") });
        }
        let (calls, left_out) = match tokens {
            Some(path) => self.calls(path, &trace)?,
            None => (Vec::new(), 0),
        };
        Ok(Board { trace, channels, calls, left_out })
    }

    fn calls(&self, path: &Path, trace: &Trace) -> Result<(Vec<Request>, usize), Failure> {
        let options = TokenOptions { format: self.tokens_format.clone(), tz: self.tz.clone(), count: None };
        let log: TokenLog = read_tokens(bytes(path)?, &path.display().to_string(), &options)?;
        let offset_ns = self.clock_offset.as_deref().map(|text| nanoseconds("--clock-offset", text)).transpose()?;
        clocks_meet(trace, &log, offset_ns)?;
        let offset_ns = offset_ns.unwrap_or(0);
        let call = |request: &szilard::energy::Request| {
            let (start_ns, end_ns) = request.start_ns.zip(request.end_ns)?;
            let (start_ns, end_ns) = (start_ns.saturating_add(offset_ns), end_ns.saturating_add(offset_ns));
            Some(Request { start_ns, end_ns, output_tokens: request.output_tokens? as f64 })
        };
        let mut calls: Vec<Request> = log.requests.iter().filter_map(call).collect();
        let left_out = log.requests.len() - calls.len();
        if let Some((start, end)) = &self.window {
            let at = |text: &str| trace.instant_ns(text, self.tz.as_deref());
            let (start, end) = (at(start)?, at(end)?);
            calls.retain(|call| (start..end).contains(&call.start_ns));
        }
        Ok((calls, left_out))
    }
}
