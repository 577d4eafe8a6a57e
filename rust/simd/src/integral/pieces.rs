//! Trapezoids between many cuts of one series, in one walk.

/// The trapezoid between two cuts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Trapezoid {
    /// Σ (p_i + p_{i+1}) (t_{i+1} - t_i): twice the integral.
    pub doubled: f64,
    /// Time of the intervals that are not longer than the limit.
    pub kept: i64,
}

/// The trapezoids between neighbouring cuts, which must rise, as the times must; with linear interpolation at the cuts.
///
/// A term has two roundings; the rounding of their sum is carried along, so that one below 1e-15 of Σ |p| Δt remains.
pub fn trapezoids(time: &[i64], value: &[f64], limit: i64, cuts: &[i64], each: &mut dyn FnMut(Trapezoid)) {
    let Some(first) = cuts.first() else { return };
    let mut next = time.partition_point(|time| time <= first).saturating_sub(1);
    for (from, to) in cuts.iter().copied().zip(cuts.iter().copied().skip(1)) {
        let mut sum = Compensated::default();
        while let Some(edge) = Interval::get(time, value, next).filter(|edge| edge.start < to) {
            sum.add(edge.clipped(from, to), limit, edge.length());
            if edge.end > to {
                break;
            }
            next += 1;
            // the intervals that lie inside, which are all but two of a long piece
            let rest = time.get(next..).unwrap_or_default().iter().zip(value.get(next..).unwrap_or_default());
            let mut inside = rest.map(|(time, value)| (*time, *value)).take_while(|(time, _)| *time <= to);
            let Some(mut left) = inside.next() else { break };
            for right in inside {
                let interval = Interval { start: left.0, end: right.0, left: left.1, right: right.1 };
                sum.add(interval, limit, interval.length());
                left = right;
                next += 1;
            }
        }
        each(Trapezoid { doubled: sum.high + sum.low, kept: sum.kept });
    }
}

/// Two neighbouring samples.
#[derive(Clone, Copy)]
struct Interval {
    start: i64,
    end: i64,
    left: f64,
    right: f64,
}

impl Interval {
    fn get(time: &[i64], value: &[f64], index: usize) -> Option<Self> {
        let (start, end) = (*time.get(index)?, *time.get(index + 1)?);
        Some(Self { start, end, left: *value.get(index)?, right: *value.get(index + 1)? })
    }

    fn length(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    /// What lies between two cuts.
    fn clipped(&self, from: i64, to: i64) -> Self {
        let (start, end) = (self.start.max(from), self.end.min(to));
        let power = |time: i64| match time {
            time if time == self.start => self.left,
            time if time == self.end => self.right,
            time => self.left + (self.right - self.left) * ((time - self.start) as f64 / self.length() as f64),
        };
        Self { start, end: end.max(start), left: power(start), right: power(end) }
    }
}

/// A sum and what its roundings have lost.
#[derive(Default)]
struct Compensated {
    high: f64,
    low: f64,
    kept: i64,
}

impl Compensated {
    /// Adds a trapezoid of an interval of at most the limit.
    #[inline(always)]
    fn add(&mut self, part: Interval, limit: i64, length: i64) {
        let kept = if length <= limit { part.length() } else { 0 };
        let term = (part.left + part.right) * kept as f64;
        let next = self.high + term;
        let rounded = next - self.high;
        self.low += (self.high - (next - rounded)) + (term - rounded);
        self.high = next;
        self.kept += kept;
    }
}
