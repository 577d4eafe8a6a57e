//! A day, cut into steps.

use super::scenario::{Scenario, Steps};
use crate::edge::EdgeError;
use crate::edge::error::positive;
use crate::edge::solar::{DAY, Weather};
use crate::edge::thermal::Ambient;
use std::f64::consts::TAU;

/// The most steps of a simulation.
pub(super) const MOST_STEPS: u64 = 10_000_000;

/// A step of every day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// Since midnight. [s]
    pub start_s: f64,
    pub length_s: f64,
    /// Share of the day's harvest.
    pub harvest: f64,
    /// Share of the day's calls.
    pub calls: f64,
    /// Mean of the daily wave of the air, -1 to 1.
    pub warmth: f64,
}

/// The steps of a day.
#[derive(Debug)]
pub(super) struct Plan {
    pub steps: Vec<Slot>,
}

impl Plan {
    pub fn new(scenario: &Scenario) -> Result<Self, EdgeError> {
        let daylight = match &scenario.sun.weather {
            Weather::Days(_, daylight) | Weather::Kinds(_, daylight) => Some(*daylight),
            Weather::Series(_) => None,
        };
        let [open, close] = scenario.demand.hours_s;
        let (longest, mut corners) = match scenario.steps {
            Steps::Fixed(length) => (length, vec![0.0, DAY]),
            Steps::Events(longest) => {
                let sun = daylight.map(|day| [day.sunrise_s(), day.sunset_s()]);
                (longest, [0.0, DAY, open, close].into_iter().chain(sun.into_iter().flatten()).collect())
            }
        };
        positive(longest, "the length of a step", "s")?;
        if DAY / longest > MOST_STEPS as f64 {
            let (what, expected) = ("the length of a step", "one of which a day has at most 10 000 000");
            return Err(EdgeError::Range { what, found: longest, unit: "s", expected });
        }
        corners.sort_unstable_by(f64::total_cmp);
        corners.dedup();
        let mut edges = vec![0.0];
        for (from, to) in corners.iter().zip(corners.iter().skip(1)) {
            let pieces = ((to - from) / longest - 1e-9).ceil().max(1.0) as u64;
            // steps of one length where that was asked, even ones between two corners
            let length = if matches!(scenario.steps, Steps::Fixed(_)) { longest } else { (to - from) / pieces as f64 };
            edges.extend((1..pieces).map(|piece| from + piece as f64 * length));
            edges.push(*to);
        }
        let slot = |from: f64, to: f64| {
            let overlap = (to.min(close) - from.max(open)).max(0.0);
            Slot {
                start_s: from,
                length_s: to - from,
                harvest: daylight.map_or(0.0, |day| day.share_until(to) - day.share_until(from)),
                calls: overlap / (close - open),
                warmth: match scenario.ambient {
                    Ambient::Daily { warmest_s, .. } => wave(from - warmest_s, to - warmest_s),
                    _ => 0.0,
                },
            }
        };
        Ok(Self { steps: edges.iter().zip(edges.iter().skip(1)).map(|(from, to)| slot(*from, *to)).collect() })
    }
}

/// The mean of cos(2π t/day) between two times. [s]
fn wave(from: f64, to: f64) -> f64 {
    ((TAU * to / DAY).sin() - (TAU * from / DAY).sin()) * DAY / (TAU * (to - from))
}
