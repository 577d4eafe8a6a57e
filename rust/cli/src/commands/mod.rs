//! The commands: one file each, and one line in [`Command`].

mod audit;
mod blind_spot;
mod board;
mod calc;
mod compare;
mod demo;
mod divergence;
mod doctor;
mod drift;
mod energy;
mod entropy;
mod footprint;
mod formats;
mod landauer;
mod lift;
mod mlperf;
mod read;
mod record;
mod report;
mod reproduce;
mod scenario;
mod sensors;
mod simulate;
mod throttling;
mod tokens;

use crate::failure::Failure;
use crate::output::Answer;
use clap::Subcommand;

/// What can be asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Every trace, token and logits format that can be read
    Formats(formats::Formats),
    /// What a power log says: clock, devices, channels, and what is wrong with it
    Read(read::Read),
    /// Joules of a power log, and joules per token with a token log or a count
    Energy(Box<energy::Energy>),
    /// Saved reports side by side, with an exact test of their difference
    Compare(compare::Compare),
    /// A saved report as a page with figures, budget, pictures and reasons, that needs no network
    Report(report::ReportCommand),
    /// What a meter does not see of another one: a node against its boards, a module against its rails
    BlindSpot(Box<blind_spot::BlindSpotCommand>),
    /// Bits per token of logits, or bounds on them from a server's log-probabilities
    Entropy(entropy::Entropy),
    /// Bits per token between two models: of their logits, or bounds from two lists of log-probabilities
    Divergence(divergence::DivergenceCommand),
    /// The value of an expression with units, such as "7.2 W * 4.1 s / 50 token"
    Calc(calc::Calc),
    /// The ladder of Landauer bounds below an energy per token
    Landauer(Box<landauer::Landauer>),
    /// A figure at another boundary, each factor once
    Lift(lift::Lift),
    /// What an energy costs in water, carbon and money; a token, a call and a year of calls
    Footprint(footprint::FootprintCommand),
    /// Published calculations, done again from their cited inputs
    Reproduce(reproduce::Reproduce),
    /// What each source and vintage has for a quantity over the years, and the growth between its figures
    Scenario(scenario::Scenario),
    /// A claimed number against its expression, or the claims of a text against their sources
    Audit(audit::AuditCommand),
    /// A recording of all sensors of the machine while a command runs
    Record(Box<record::Record>),
    /// Sensors, permissions and clocks of this machine: what would be recorded, and why not more
    Doctor(doctor::Doctor),
    /// Where a board throttled, by temperature, clock, power or its driver, and the tokens that it cost
    Throttling(throttling::ThrottlingCommand),
    /// The time of a token against the temperature of the board, so that a drift is not read as an effect
    Drift(drift::DriftCommand),
    /// What a node on a solar array and a battery serves over days, and what it would need
    Simulate(simulate::Simulate),
    /// The whole way, on the recording that travels with the program
    Demo(demo::Demo),
}

impl Command {
    /// What the command found out, or why it did not.
    pub(crate) fn answer(&self, json: bool) -> Result<Answer, Failure> {
        match self {
            Self::Formats(command) => command.answer(),
            Self::Read(command) => command.answer(json),
            Self::Energy(command) => command.answer(json),
            Self::Compare(command) => command.answer(),
            Self::Report(command) => command.answer(),
            Self::BlindSpot(command) => command.answer(),
            Self::Entropy(command) => command.answer(),
            Self::Divergence(command) => command.answer(),
            Self::Calc(command) => command.answer(),
            Self::Landauer(command) => command.answer(),
            Self::Lift(command) => command.answer(),
            Self::Footprint(command) => command.answer(),
            Self::Reproduce(command) => command.answer(),
            Self::Scenario(command) => command.answer(),
            Self::Audit(command) => command.answer(),
            Self::Throttling(command) => command.answer(),
            Self::Drift(command) => command.answer(),
            Self::Simulate(command) => command.answer(),
            Self::Demo(command) => command.answer(),
            Self::Doctor(command) => command.answer(),
            // it has an output and a status of its own, and is run before this
            Self::Record(_) => Ok(Answer::default()),
        }
    }
}
