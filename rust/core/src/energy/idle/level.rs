//! An idle power, constant or drifting, and its energy over a time.

use crate::energy::error::EnergyError;
use crate::quantity::{Basis, Quantity};

/// An idle power and how it was found.
#[derive(Debug, Clone)]
pub struct IdlePower {
    /// The power; of one that drifts the mean of before and after. [W]
    pub power: Quantity,
    /// How it was found, in words.
    pub method: String,
    /// Where it drifts: two powers and the middles of the windows they were measured in. [ns], [W]
    pub(super) drift: Option<[(i64, Quantity); 2]>,
}

/// A stretch of time, maybe in pieces: how long, and where its middle is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::energy) struct Stretch {
    /// How long. [ns]
    pub length_ns: i64,
    /// Its mean time. [ns]
    pub middle_ns: f64,
}

impl Stretch {
    /// One interval.
    pub fn of((start, end): (i64, i64)) -> Self {
        Self { length_ns: end.saturating_sub(start), middle_ns: 0.5 * (start as f64 + end as f64) }
    }

    /// All times that at least one of the intervals holds.
    pub fn of_union(mut spans: Vec<(i64, i64)>) -> Self {
        spans.retain(|(start, end)| start < end);
        spans.sort_unstable();
        let (mut all, mut reached) = (Self::default(), i64::MIN);
        for (start, end) in spans {
            let fresh = (start.max(reached), end);
            if fresh.0 < fresh.1 {
                all = all.with(Self::of(fresh));
                reached = end;
            }
        }
        all
    }

    /// Both stretches, which do not overlap.
    fn with(self, other: Self) -> Self {
        let length_ns = self.length_ns.saturating_add(other.length_ns);
        let share = if length_ns > 0 { other.length_ns as f64 / length_ns as f64 } else { 0.0 };
        Self { length_ns, middle_ns: self.middle_ns + share * (other.middle_ns - self.middle_ns) }
    }

    /// The rest of a window of which this stretch is a part.
    pub fn rest_of(self, window: (i64, i64)) -> Self {
        let whole = Self::of(window);
        let length_ns = whole.length_ns.saturating_sub(self.length_ns);
        let share = if length_ns > 0 { self.length_ns as f64 / length_ns as f64 } else { 0.0 };
        Self { length_ns, middle_ns: whole.middle_ns + share * (whole.middle_ns - self.middle_ns) }
    }
}

impl IdlePower {
    /// A power that is the same at all times.
    pub(super) fn constant(power: Quantity, method: String) -> Self {
        Self { power, method, drift: None }
    }

    /// The power at a time, P_1 + (P_2 - P_1)(t - t_1)/(t_2 - t_1), that of the nearer window outside of both. [W]
    fn at(&self, time_ns: f64) -> Result<Quantity, EnergyError> {
        let Some([(before, first), (after, second)]) = &self.drift else { return Ok(self.power.clone()) };
        let toward = ((time_ns - *before as f64) / (after - before) as f64).clamp(0.0, 1.0);
        let (near, far) = (Quantity::number(1.0 - toward)?, Quantity::number(toward)?);
        Ok(first.times(&near)?.plus(&second.times(&far)?)?)
    }

    /// The idle energy of a stretch of time: P(t̄) T, the integral of a power that is constant or goes straight. [J]
    pub(in crate::energy) fn energy(&self, stretch: Stretch) -> Result<Quantity, EnergyError> {
        let time = Quantity::new(stretch.length_ns as f64 * 1e-9, "s".parse()?)?;
        Ok(self.at(stretch.middle_ns)?.on(None).times(&time)?.on(Some(Basis::Idle)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    #[test]
    fn a_union_counts_every_time_once() {
        let stretch = Stretch::of_union(vec![(10 * S, 20 * S), (0, 4 * S), (12 * S, 14 * S), (18 * S, 22 * S), (5, 5)]);
        // 4 s about 2 s and 12 s about 16 s
        assert_eq!((stretch.length_ns, stretch.middle_ns), (16 * S, 12.5e9));
        // of 30 s the rest is 14 s, with its mean at (30·15 - 16·12.5)/14 s
        let rest = stretch.rest_of((0, 30 * S));
        assert_eq!(rest.length_ns, 14 * S);
        assert!((rest.middle_ns - 250e9 / 14.0).abs() < 1.0);
    }

    #[test]
    fn a_drift_is_a_straight_line() {
        // 60 W at 10 s and 64 W at 110 s: over 20 s to 80 s, about 50 s, 61.6 W · 60 s
        let power = |watts: f64| Quantity::new(watts, "W".parse().unwrap()).unwrap();
        let drift = Some([(10 * S, power(60.0)), (110 * S, power(64.0))]);
        let idle = IdlePower { power: power(62.0), method: String::new(), drift };
        let energy = idle.energy(Stretch::of((20 * S, 80 * S))).unwrap();
        assert!((energy.value() - 3696.0).abs() < 1e-9);
        assert_eq!(idle.at(0.0).unwrap().value(), 60.0);
    }
}
