//! The commands: one file each, and one line in [`Command`].

mod calc;
mod entropy;
mod formats;

use crate::failure::Failure;
use crate::output::Answer;
use clap::Subcommand;

/// What can be asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Every trace, token and logits format that can be read
    Formats(formats::Formats),
    /// Bits per token of logits, or bounds on them from a server's log-probabilities
    Entropy(entropy::Entropy),
    /// The value of an expression with units, such as "7.2 W * 4.1 s / 50 token"
    Calc(calc::Calc),
}

impl Command {
    /// What the command found out, or why it did not.
    pub(crate) fn answer(&self) -> Result<Answer, Failure> {
        match self {
            Self::Formats(command) => command.answer(),
            Self::Entropy(command) => command.answer(),
            Self::Calc(command) => command.answer(),
        }
    }
}
