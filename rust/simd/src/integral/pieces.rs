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
    let start = time.partition_point(|time| time <= first).saturating_sub(1);
    let mut times = time.get(start..).unwrap_or_default().iter().copied();
    let mut values = value.get(start..).unwrap_or_default().iter().copied();
    let (mut left, mut right) = (times.next().zip(values.next()), times.next().zip(values.next()));
    for (from, to) in cuts.iter().copied().zip(cuts.iter().copied().skip(1)) {
        let (mut sum, mut lost, mut kept) = (0.0, 0.0, 0);
        while let (Some((t0, p0)), Some((t1, p1))) = (left, right) {
            if t0 >= to {
                break;
            }
            let length = t1.saturating_sub(t0);
            if length <= limit && t1 > from {
                let (start, end) = (t0.max(from), t1.min(to));
                let power = |time: i64| match time {
                    time if time == t0 => p0,
                    time if time == t1 => p1,
                    time => p0 + (p1 - p0) * ((time - t0) as f64 / length as f64),
                };
                let term = (power(start) + power(end)) * (end - start) as f64;
                // the rounding of sum + term, exactly
                let next = sum + term;
                let part = next - sum;
                lost += (sum - (next - part)) + (term - part);
                sum = next;
                kept += end - start;
            }
            if t1 > to {
                break;
            }
            (left, right) = (right, times.next().zip(values.next()));
        }
        each(Trapezoid { doubled: sum + lost, kept });
    }
}
