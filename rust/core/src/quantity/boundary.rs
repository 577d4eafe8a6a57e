//! What a figure is about: its boundary, its basis and the method that gave it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A word that is none of the allowed ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} {found:?}: expected one of {expected}")]
pub struct UnknownWord {
    /// What the word stands for.
    pub what: &'static str,
    /// The word as given.
    pub found: String,
    /// The allowed words.
    pub expected: &'static str,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $what:literal, $list:literal: $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for the value in files, tables and messages.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|value| value.word() == text).ok_or_else(|| UnknownWord {
                    what: $what,
                    found: text.to_owned(),
                    expected: $list,
                })
            }
        }
    };
}

words! {
    /// The rung of the boundary ladder at which an energy is counted, from the chip outwards.
    Boundary, "boundary", "chip, board, node, it, site, grid, primary":
    /// The accelerator or processor package alone.
    Chip = "chip",
    /// The card or module: chip, its memory and its regulators.
    Board = "board",
    /// The server or edge board at its supply input: host, fans, power supply included.
    Node = "node",
    /// All IT equipment: nodes, network, storage, idle capacity (the denominator of PUE).
    It = "it",
    /// The site meter: IT and infrastructure (the numerator of PUE).
    Site = "site",
    /// The generator busbar: site and transmission and distribution losses.
    Grid = "grid",
    /// Primary energy: the fuel or flow behind the busbar.
    Primary = "primary",
}

impl Boundary {
    /// The next rung outwards, `None` above primary energy.
    pub fn next(self) -> Option<Self> {
        Self::ALL.iter().copied().find(|rung| *rung > self)
    }
}

words! {
    /// Whether the idle draw is in the figure.
    Basis, "basis", "gross, above-idle, idle":
    /// Everything the meter saw.
    Gross = "gross",
    /// Gross less the idle draw over the same time.
    AboveIdle = "above-idle",
    /// The idle draw alone, so that gross = idle + above-idle closes.
    Idle = "idle",
}

words! {
    /// How a figure came about, strongest first.
    Method, "method", "measured, counter, modelled, nameplate, self-reported":
    /// Integrated from power samples.
    Measured = "measured",
    /// Difference of an energy counter.
    Counter = "counter",
    /// Computed from a model (regression, roofline, share of a total).
    Modelled = "modelled",
    /// Rated power times time.
    Nameplate = "nameplate",
    /// Stated by the operator without a method.
    SelfReported = "self-reported",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip_and_strangers_are_named() {
        for rung in Boundary::ALL {
            assert_eq!(rung.word().parse::<Boundary>().as_ref(), Ok(rung));
        }
        let error = "rack".parse::<Boundary>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown boundary \"rack\": expected one of chip, board, node, it, site, grid, primary"
        );
    }

    #[test]
    fn rungs_are_ordered_outwards() {
        assert!(Boundary::Chip < Boundary::Board && Boundary::Grid < Boundary::Primary);
        assert_eq!(Boundary::It.next(), Some(Boundary::Site));
        assert_eq!(Boundary::Primary.next(), None);
    }
}
