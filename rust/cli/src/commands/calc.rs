//! `szilard calc`: an expression with units.

use crate::failure::Failure;
use crate::output::{Answer, budget_text, quantity_json};
use crate::reading::{given, quantity};
use clap::Args;

/// The value of an expression.
#[derive(Debug, Args)]
pub(crate) struct Calc {
    /// Expression: + - * / ^, parentheses, sqrt exp ln log2 log10 abs, pi, k_B, h_P, e_0, numbers with units
    #[arg(allow_hyphen_values = true)]
    expression: String,
    /// Unit of the result
    #[arg(long, value_name = "UNIT")]
    to: Option<String>,
}

impl Calc {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let mut value = quantity("expression", &self.expression)?;
        if let Some(unit) = &self.to {
            value = value.to(unit).map_err(|error| given("--to", unit, error))?;
        }
        let text = format!("{value}\n{}", budget_text(&value));
        Ok(Answer { text, json: quantity_json(&value), ..Answer::default() })
    }
}
