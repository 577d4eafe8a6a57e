//! What the readings of a series say of themselves, in one walk whose parts can be put together: the times that they
//! stand for, where they step, how they scatter between two steps, and which repeat.

use std::ops::Range;

use crate::integral::Calm;
use crate::repeats::Repeats;

/// How readings are judged.
#[derive(Debug, Clone, Copy)]
pub struct Judge {
    /// A reading farther than this from the line through its neighbours, in units of one reading's noise, is a bend.
    pub bend: f64,
    /// Intervals above it count as none.
    pub limit: i64,
    /// Only the time inside it counts.
    pub window: (i64, i64),
    /// Longest time that a step may have taken.
    pub longest: f64,
}

impl Judge {
    /// The time between two neighbours that counts.
    fn length(&self, from: i64, to: i64) -> f64 {
        if to.saturating_sub(from) > self.limit {
            return 0.0;
        }
        to.min(self.window.1).saturating_sub(from.max(self.window.0)).max(0) as f64
    }
}

/// What readings say of themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scatter {
    /// Σ w² with w the time that a reading stands for, half of the intervals to either side.
    pub weights: f64,
    /// Σ (Δp Δt)²/12 over the intervals with a bend at one end.
    pub steps: f64,
    /// Least and largest reading.
    pub bounds: (f64, f64),
    /// The readings that repeat.
    pub repeats: Repeats,
    /// Up to the first step.
    head: Moments,
    /// Degrees of freedom and squares of the stretches between two steps.
    closed: (f64, f64),
    /// Behind the last step, where there is one.
    tail: Option<Moments>,
}

impl Default for Scatter {
    fn default() -> Self {
        let bounds = (f64::INFINITY, f64::NEG_INFINITY);
        let (repeats, head) = (Repeats::default(), Moments::default());
        Self { weights: 0.0, steps: 0.0, bounds, repeats, head, closed: (0.0, 0.0), tail: None }
    }
}

impl Scatter {
    /// Adds readings one by one; `time` and `value` hold their neighbours too, as far as there are any.
    pub fn take(&mut self, time: &[i64], value: &[f64], samples: Range<usize>, judge: &Judge) {
        self.repeats.take(value, samples.clone());
        let mut bent = samples.start > 0 && is_bent(time, value, samples.start - 1, judge);
        for at in samples {
            let (Some(now), Some(reading)) = (time.get(at), value.get(at)) else { return };
            let before = at.checked_sub(1).and_then(|before| Some((*time.get(before)?, *value.get(before)?)));
            let behind = time.get(at + 1).map_or(0.0, |behind| judge.length(*now, *behind));
            let is_bent = is_bent(time, value, at, judge);
            let length = before.map_or(0.0, |(then, former)| {
                self.enter((then, former), (*now, *reading), bent || is_bent || time.len() == 2, judge)
            });
            bent = is_bent;
            self.weights += (0.5 * (length + behind)).powi(2);
            self.bounds = (self.bounds.0.min(*reading), self.bounds.1.max(*reading));
            self.open().add(*reading);
        }
    }

    /// Adds the readings of a block, as the sums of the block tell, or one by one where one of them is a bend.
    pub fn take_block(&mut self, time: &[i64], value: &[f64], samples: Range<usize>, calm: &Calm, judge: &Judge) {
        let first = samples.start;
        let of = |at: usize| Some((*time.get(at)?, *value.get(at)?));
        let edge = first.checked_sub(1).and_then(of).zip(of(first));
        let Some((before, now)) = edge.filter(|_| !calm.is_bent) else {
            return self.take(time, value, samples, judge);
        };
        self.enter(before, now, is_bent(time, value, first - 1, judge), judge);
        self.weights += 0.25 * calm.around;
        self.bounds = (self.bounds.0.min(calm.bounds.0), self.bounds.1.max(calm.bounds.1));
        let count = samples.len() as f64;
        let mean = calm.sum / count;
        let squares = (calm.squares - calm.sum * mean).max(0.0);
        self.open().merge(Moments { count, mean: calm.base + mean, squares });
        match calm.is_stuck {
            true => self.repeats.take(value, samples),
            false => self.repeats.take_calm(value, samples, calm.repeats),
        }
    }

    /// Adds what stands behind.
    pub fn append(&mut self, next: &Self) {
        self.weights += next.weights;
        self.steps += next.steps;
        self.bounds = (self.bounds.0.min(next.bounds.0), self.bounds.1.max(next.bounds.1));
        self.repeats.append(&next.repeats);
        self.open().merge(next.head);
        if let Some(tail) = next.tail {
            self.close();
            self.closed = (self.closed.0 + next.closed.0, self.closed.1 + next.closed.1);
            self.tail = Some(tail);
        }
    }

    /// Ends the last stretch: what comes behind is not its continuation.
    pub fn close(&mut self) {
        if let Some(tail) = self.tail.replace(Moments::default()) {
            self.closed = tail.closed_with(self.closed);
        }
    }

    /// The standard deviation of the readings about the mean of their stretch between two steps.
    pub fn deviation(&self) -> f64 {
        let (freedom, squares) = self.tail.unwrap_or_default().closed_with(self.head.closed_with(self.closed));
        if freedom > 0.0 { (squares / freedom).sqrt() } else { 0.0 }
    }

    /// The interval before a reading, with a bend at one of its ends or not: its length that counts.
    fn enter(&mut self, before: (i64, f64), now: (i64, f64), is_bent: bool, judge: &Judge) -> f64 {
        let length = judge.length(before.0, now.0);
        let step = now.1 - before.1;
        if step != 0.0 && is_bent {
            self.steps += (step * length.min(judge.longest)).powi(2) / 12.0;
        }
        if step != 0.0 && is_bent || now.0.saturating_sub(before.0) > judge.limit {
            self.close();
        }
        length
    }

    /// The stretch that goes on.
    fn open(&mut self) -> &mut Moments {
        self.tail.as_mut().unwrap_or(&mut self.head)
    }
}

/// Whether a reading is farther from the line through its neighbours than the limit.
fn is_bent(time: &[i64], value: &[f64], at: usize, judge: &Judge) -> bool {
    distance(time, value, at).is_some_and(|distance| distance.abs() > judge.bend)
}

/// The distance of a reading from the line through its neighbours, in units of one reading's noise:
/// (p - λ p_before - (1-λ) p_behind)/√(1 + λ² + (1-λ)²) with λ the share of the time that lies behind; `None` where it
/// has no two neighbours at different times.
pub fn distance(time: &[i64], value: &[f64], at: usize) -> Option<f64> {
    let first = at.checked_sub(1)?;
    let (&[before, now, behind], &[former, reading, latter]) =
        (time.get(first..)?.first_chunk()?, value.get(first..)?.first_chunk()?);
    let (left, right) = (now.saturating_sub(before) as f64, behind.saturating_sub(now) as f64);
    let bend = right * (reading - former) - left * (latter - reading);
    (left + right > 0.0).then(|| bend / (2.0 * (left * left + left * right + right * right)).sqrt())
}

/// Number, mean and sum of the squares about it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let distance = value - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (value - self.mean);
    }

    fn merge(&mut self, other: Self) {
        let count = self.count + other.count;
        if other.count > 0.0 {
            let distance = other.mean - self.mean;
            self.squares += other.squares + distance * distance * (self.count * other.count / count);
            self.mean += distance * (other.count / count);
            self.count = count;
        }
    }

    fn closed_with(self, (freedom, squares): (f64, f64)) -> (f64, f64) {
        (freedom + (self.count - 1.0).max(0.0), squares + self.squares)
    }
}

#[cfg(test)]
#[path = "scatter_tests.rs"]
mod tests;
