//! The six steps between the seven rungs, and the factors that are known by name.

use super::error::ChainError;
use crate::quantity::Boundary;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A step from one rung of the boundary ladder to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Step {
    /// Memory and regulators of the card.
    #[serde(rename = "chip->board")]
    ChipToBoard,
    /// Host and power supply.
    #[serde(rename = "board->node")]
    BoardToNode,
    /// Network, storage and idle capacity.
    #[serde(rename = "node->it")]
    NodeToIt,
    /// Cooling and power distribution of the building.
    #[serde(rename = "it->site")]
    ItToSite,
    /// Transformers, distribution and transmission.
    #[serde(rename = "site->grid")]
    SiteToGrid,
    /// Generation.
    #[serde(rename = "grid->primary")]
    GridToPrimary,
}

impl Step {
    /// Every step, from the chip outwards.
    pub const ALL: [Self; 6] =
        [Self::ChipToBoard, Self::BoardToNode, Self::NodeToIt, Self::ItToSite, Self::SiteToGrid, Self::GridToPrimary];

    /// The rung the step starts from.
    pub const fn from(self) -> Boundary {
        match self {
            Self::ChipToBoard => Boundary::Chip,
            Self::BoardToNode => Boundary::Board,
            Self::NodeToIt => Boundary::Node,
            Self::ItToSite => Boundary::It,
            Self::SiteToGrid => Boundary::Site,
            Self::GridToPrimary => Boundary::Grid,
        }
    }

    /// The rung the step leads to.
    pub const fn to(self) -> Boundary {
        match self {
            Self::ChipToBoard => Boundary::Board,
            Self::BoardToNode => Boundary::Node,
            Self::NodeToIt => Boundary::It,
            Self::ItToSite => Boundary::Site,
            Self::SiteToGrid => Boundary::Grid,
            Self::GridToPrimary => Boundary::Primary,
        }
    }

    /// The steps between two rungs, from the lower one outwards; none where `to` is not above `from`.
    pub fn between(from: Boundary, to: Boundary) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |step| step.from() >= from && step.to() <= to)
    }

    /// Whether the parts of the step are all related to the energy at its lower rung, so that their shares add:
    /// PUE = 1 + CLF + PLF + ... over IT energy. In the other steps one loss follows upon the other and ratios multiply.
    pub const fn is_additive(self) -> bool {
        matches!(self, Self::ItToSite)
    }

    /// The names of the known factors of the step.
    pub fn known(self) -> impl Iterator<Item = &'static str> {
        KNOWN_FACTORS.iter().filter(move |known| known.step == self).map(|known| known.name)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}->{}", self.from(), self.to())
    }
}

impl FromStr for Step {
    type Err = ChainError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let found = Self::ALL.into_iter().find(|step| step.to_string() == compact);
        found.ok_or_else(|| ChainError::UnknownStep { found: text.to_owned() })
    }
}

/// What else of its step a factor already holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Totals {
    /// Nothing but itself.
    Itself,
    /// The named parts.
    Parts(&'static [&'static str]),
    /// The whole step.
    Step,
}

/// A factor that is known by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownFactor {
    /// Name.
    pub name: &'static str,
    /// The step it belongs to; the first one of a factor that spans several.
    pub step: Step,
    /// The rung it leads to.
    pub to: Boundary,
    /// What the ratio stands for: energy above over energy below.
    pub meaning: &'static str,
    /// The energy below, to which the ratio is related.
    pub denominator: &'static str,
    /// Words of which one stands in what a published figure of it is called.
    pub words: &'static [&'static str],
    /// What else of the step the factor already holds.
    pub totals: Totals,
    /// Whether the factor is an average over all load and no measure of what one more joule causes.
    pub average: bool,
}

impl KnownFactor {
    /// Whether it spans several steps.
    pub fn spans(&self) -> bool {
        self.to != self.step.to()
    }

    /// The length of the longest of its words in what a published figure is called; 0 where none is in it.
    pub fn named_in(&self, quantity: &str) -> usize {
        let quantity = quantity.to_lowercase();
        let found = self.words.iter().filter(|word| quantity.contains(&word.to_lowercase()));
        found.map(|word| word.len()).max().unwrap_or(0)
    }

    /// Whether it already holds another factor, of which name, step and outer rung are given.
    pub fn holds(&self, name: &str, step: Step, to: Boundary) -> bool {
        if self.spans() {
            return self.name != name && step.from() < self.to && to > self.step.from();
        }
        match self.totals {
            Totals::Itself => false,
            Totals::Parts(parts) => parts.contains(&name),
            Totals::Step => self.step == step && self.name != name,
        }
    }
}

/// One line of the table.
const fn known(
    name: &'static str,
    step: Step,
    meaning: &'static str,
    denominator: &'static str,
    words: &'static [&'static str],
    totals: Totals,
    average: bool,
) -> KnownFactor {
    KnownFactor { name, step, to: step.to(), meaning, denominator, words, totals, average }
}

/// A factor that spans several steps, up to a rung, and holds all factors in between.
const fn spanning(
    name: &'static str,
    step: Step,
    to: Boundary,
    meaning: &'static str,
    words: &'static [&'static str],
) -> KnownFactor {
    let denominator = "energy at the lower rung";
    KnownFactor { name, step, to, meaning, denominator, words, totals: Totals::Step, average: true }
}

const LOWER: &str = "energy at the lower rung, together with the factors before it";
const IT: &str = "IT energy";

/// The factors that are known by name. `distribution` alone could be meant inside the building or in the grid.
#[rustfmt::skip]
pub const KNOWN_FACTORS: &[KnownFactor] = &[
    known("regulators", Step::ChipToBoard, "input over output of the card's voltage regulators", LOWER, &["regulator"], Totals::Itself, false),
    known("memory", Step::ChipToBoard, "chip and memory over chip", LOWER, &["memory"], Totals::Itself, false),
    known("host", Step::BoardToNode, "boards and host over boards", LOWER, &["host"], Totals::Itself, false),
    known("psu", Step::BoardToNode, "input over output of the power supply", LOWER, &["power suppl"], Totals::Itself, false),
    known("network", Step::NodeToIt, "nodes and network over nodes", LOWER, &["network"], Totals::Itself, false),
    known("storage", Step::NodeToIt, "nodes and storage over nodes", LOWER, &["storage"], Totals::Itself, false),
    known("idle-capacity", Step::NodeToIt, "serving and idle machines over serving machines", LOWER, &["idle"], Totals::Itself, true),
    known("pue", Step::ItToSite, "site energy over IT energy", IT, &["power usage effectiveness"], Totals::Step, true),
    known("cooling", Step::ItToSite, "IT and cooling over IT", IT, &["cooling"], Totals::Itself, false),
    known("ups", Step::ItToSite, "IT and loss of the uninterruptible supply over IT", IT, &["uninterruptible"], Totals::Itself, false),
    known("power-distribution", Step::ItToSite, "IT and loss of the building's distribution over IT", IT, &["distribution"], Totals::Itself, false),
    known("transformer", Step::SiteToGrid, "input over output of the customer's own transformer ahead of the site meter", LOWER, &["transformer"], Totals::Itself, false),
    known("td-loss", Step::SiteToGrid, "generation over delivery, distribution and transmission together", LOWER, &["transmission and distribution"], Totals::Parts(&["grid-distribution", "transmission"]), true),
    known("grid-distribution", Step::SiteToGrid, "input over output of the distribution grid", LOWER, &["distribution"], Totals::Itself, false),
    known("transmission", Step::SiteToGrid, "input over output of the transmission grid", LOWER, &["transmission"], Totals::Itself, false),
    known("generation", Step::GridToPrimary, "fuel over electricity of the power plants", LOWER, &["heat rate", "efficiency of generation", "generation efficiency"], Totals::Itself, false),
    known("primary-energy", Step::GridToPrimary, "primary energy over electricity", LOWER, &["primary energy"], Totals::Step, true),
    spanning("full-stack", Step::BoardToNode, Boundary::Site, "site energy over the energy of active accelerators: host, idle capacity and PUE in one", &["whole stack", "full stack"]),
    spanning("itue", Step::ChipToBoard, Boundary::It, "IT energy over that of the computing parts: regulators, fans and supplies in one", &["information technology usage effectiveness", "IT usage effectiveness"]),
    spanning("tue", Step::ChipToBoard, Boundary::Site, "site energy over that of the computing parts: ITUE times PUE", &["total usage effectiveness"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lie_between_neighbouring_rungs() {
        for step in Step::ALL {
            assert_eq!(step.from().next(), Some(step.to()));
            assert_eq!(step.to_string().parse::<Step>().unwrap(), step);
            assert!(step.known().count() > 0);
        }
        assert_eq!(Step::between(Boundary::Node, Boundary::Site).count(), 2);
        assert_eq!(Step::between(Boundary::Site, Boundary::Node).count(), 0);
        assert!("it->grid".parse::<Step>().is_err());
    }
}
