//! The offset between the clocks of a token log and a power log, from the shape of both.

use super::error::EnergyError;
use super::interval::{Content, Interval};
use super::meter::Meter;
use super::tokens::TokenLog;

/// Most cells of the power, and most pieces of the activity.
const CELLS: usize = 65_536;
const PIECES: usize = 4096;
/// Time before and after an instant over which a change is taken. [ns]
const SMOOTH: i64 = 2_000_000_000;
/// Evaluations of one sum over the pieces that a search may take.
const WORK: usize = 20_000_000;
/// Least correlation from which an offset is taken.
const LEAST: f64 = 0.5;
/// A second offset with at least this share of the best correlation makes it ambiguous.
const RIVAL: f64 = 0.9;
/// Most parts of the log that are left out in turn.
const PARTS: usize = 8;

/// An offset between two clocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Offset {
    /// What is added to the times of the token log. [ns]
    pub ns: i64,
    /// Its standard uncertainty. [ns]
    pub u_ns: f64,
    /// Correlation of activity and power at this offset.
    pub correlation: f64,
}

/// The offset at which the requests in flight, a(t), and the power, p(t), change together best.
///
/// ρ(Δ) = ∫ a'(t - Δ) p'(t) dt / (‖a'‖ ‖p'‖), where x' is the mean of x over the two seconds after t less that over the
/// two seconds before it (five samples, where those are longer): what changes slowly, such as a power that differs from
/// request to request, does not count, and a change that falls outside the power log counts against an offset. The
/// offset is where ρ is largest. Its uncertainty is that of a jackknife over parts of the log, with the sampling of the power and the end of a cell as
/// rectangular distributions added. A delay of the sensor is part of the offset and cannot be told from it.
///
/// # Errors
/// `E_OFFSET_UNKNOWN` where the log has no records with start and end, the power or the activity does not change, the
/// correlation stays below 0.5, or another offset has 0.9 of it.
pub(super) fn estimate(
    meters: &[Meter<'_>],
    span: (i64, i64),
    log: &TokenLog,
    sampling_ns: i64,
) -> Result<Offset, EnergyError> {
    let unknown = |reason: &str| EnergyError::OffsetUnknown { reason: reason.to_owned() };
    let inference = log.requests.iter().filter(|request| !request.is_overhead);
    let mut intervals: Vec<(i64, i64)> = inference.filter_map(|request| request.interval_ns()).collect();
    intervals.sort_unstable();
    let (first, last) = (intervals.iter().map(|i| i.0).min(), intervals.iter().map(|i| i.1).max());
    let hull = first.zip(last).filter(|(first, last)| first < last);
    let hull = hull.ok_or_else(|| unknown("the token log has no record with a start and an end"))?;
    let power = Power::of(meters, span, sampling_ns).ok_or_else(|| unknown("the power log does not change"))?;
    let activity = Activity::of(&intervals);
    let norm = activity.norm(hull, &power);

    // at least half of the shorter log lies inside the other
    let half = (hull.1 - hull.0).min(span.1 - span.0) / 2;
    let (low, high) = (span.0 - hull.1 + half, span.1 - hull.0 - half);
    let most = (WORK / activity.pieces.len().max(1)).clamp(512, 4 * CELLS);
    let step = ((high - low) / most as i64).max(power.step / 2).max(1);
    let lags: Vec<i64> = (0..=(high - low) / step).map(|index| low + index * step).collect();
    let found: Vec<f64> = lags.iter().map(|lag| power.cross(&activity, *lag) / norm).collect();
    let (best, peak) = found
        .iter()
        .copied()
        .enumerate()
        .fold((0, f64::MIN), |best, (index, value)| if value > best.1 { (index, value) } else { best });
    if peak < LEAST {
        return Err(unknown(&format!("activity and power correlate by {:.2} at most", peak.max(0.0))));
    }
    let lobe = |value: &&f64| **value > peak / 2.0;
    let left = best - found.iter().take(best).rev().take_while(lobe).count();
    let right = best + found.iter().skip(best).take_while(lobe).count();
    let outside = found.iter().enumerate().filter(|(index, _)| *index < left || *index >= right);
    let rival = outside.max_by(|one, other| one.1.total_cmp(other.1));
    let seconds = |lag: Option<&i64>| lag.copied().unwrap_or(0) as f64 * 1e-9;
    if let Some((index, value)) = rival.filter(|(_, value)| **value > RIVAL * peak) {
        let (one, other) = (seconds(lags.get(best)), seconds(lags.get(index)));
        let reason = format!("offsets of {one:.3} s and {other:.3} s fit alike (correlation {peak:.3} and {value:.3})");
        return Err(EnergyError::OffsetUnknown { reason });
    }
    let coarse = lags.get(best).copied().unwrap_or(low);
    let ns = power.refined(&activity, coarse, step);

    let parts = PARTS.min(intervals.len());
    let without = |part: usize| {
        let kept = intervals.iter().enumerate().filter(|(index, _)| index * parts / intervals.len() != part);
        Activity::of(&kept.map(|(_, interval)| *interval).collect::<Vec<_>>())
    };
    let moved: Vec<f64> = match parts {
        0 | 1 => Vec::new(),
        _ => (0..parts).map(|part| power.refined(&without(part), ns, step) as f64).collect(),
    };
    let mean = moved.iter().sum::<f64>() / moved.len().max(1) as f64;
    let spread: f64 = moved.iter().map(|lag| (lag - mean).powi(2)).sum();
    let jackknife = spread * moved.len().saturating_sub(1) as f64 / moved.len().max(1) as f64;
    let rectangular = |width: i64| (width as f64).powi(2) / 12.0;
    let u_ns = (jackknife + rectangular(sampling_ns) + rectangular(power.step)).sqrt();
    Ok(Offset { ns, u_ns, correlation: power.cross(&activity, ns) / norm })
}

/// Changes of the power, in equal cells.
struct Power {
    start: i64,
    end: i64,
    step: i64,
    /// Cells over which a mean is taken.
    width: usize,
    /// Integral, up to the start of each cell, of the changes of the changes of the power. [W ns]
    integral: Vec<f64>,
    /// ‖p'‖² [W² ns]
    norm: f64,
}

impl Power {
    fn of(meters: &[Meter<'_>], span: (i64, i64), sampling_ns: i64) -> Option<Self> {
        let length = span.1.checked_sub(span.0).filter(|length| *length > 0)?;
        let step = sampling_ns.max(length / CELLS as i64).max(1);
        let cells = usize::try_from(length / step + 1).ok()?;
        let mut power = vec![0.0; cells];
        for meter in meters {
            for (sum, watts) in power.iter_mut().zip(means(meter, span, step, cells)?) {
                *sum += watts;
            }
        }
        let width = usize::try_from(SMOOTH / step).ok()?.max(5);
        let changes = changes(&power, width);
        let norm = changes.iter().map(|change| change * change).sum::<f64>() * step as f64;
        let most = power.iter().fold(0.0, |most: f64, watts| most.max(watts.abs()));
        if !(norm.is_finite() && norm > 1e-12 * most * most * length as f64) {
            return None;
        }
        let mut integral = vec![0.0];
        let mut sum = 0.0;
        for change in back(&changes, width) {
            sum += change * step as f64;
            integral.push(sum);
        }
        Some(Self { start: span.0, end: span.1, step, width, integral, norm })
    }

    /// The integral up to a time inside the log. [W ns]
    fn until(&self, time: i64) -> f64 {
        let after = time.clamp(self.start, self.end) - self.start;
        let cell = usize::try_from(after / self.step).unwrap_or(0);
        let at = |index: usize| self.integral.get(index).or(self.integral.last()).copied().unwrap_or(0.0);
        at(cell) + (at(cell + 1) - at(cell)) * ((after % self.step) as f64 / self.step as f64)
    }

    /// ∫ a'(t - lag) p'(t) dt. [W ns]
    fn cross(&self, activity: &Activity, lag: i64) -> f64 {
        let later = |time: &i64| time.saturating_add(lag);
        let piece = |(start, end, level): &(i64, i64, f64)| level * (self.until(later(end)) - self.until(later(start)));
        activity.pieces.iter().map(piece).sum()
    }

    /// The lag of the largest correlation near `lag`. [ns]
    fn refined(&self, activity: &Activity, lag: i64, step: i64) -> i64 {
        let (mut best, mut width) = (lag, step.saturating_mul(2));
        while width > 1000 {
            let lags = (-8..=8).map(|index| best.saturating_add(index * width / 8));
            let all = lags.map(|lag| (lag, self.cross(activity, lag)));
            // of equals the one in the middle, where the loop stands
            best = all.fold((best, self.cross(activity, best)), |top, new| if new.1 > top.1 { new } else { top }).0;
            width /= 4;
        }
        best
    }
}

/// Mean power in each cell; a cell that is not covered says nothing and has the mean of the others. [W]
fn means(meter: &Meter<'_>, span: (i64, i64), step: i64, cells: usize) -> Option<Vec<f64>> {
    let mut sums = vec![(0.0, 0i64); cells];
    for interval in meter.iter() {
        let mut from = interval.start.max(span.0);
        while from < interval.end.min(span.1) {
            let cell = usize::try_from((from - span.0) / step).ok()?;
            let until = interval.end.min(span.0 + (cell as i64 + 1) * step);
            let energy = interval.clipped(from, until).and_then(|part| joules(&part));
            if let (Some(energy), Some(sum)) = (energy, sums.get_mut(cell)) {
                *sum = (sum.0 + energy, sum.1 + (until - from));
            }
            from = until;
        }
    }
    let (energy, time) = sums.iter().fold((0.0, 0i64), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    let mean = if time > 0 { energy / time as f64 } else { 0.0 };
    Some(sums.into_iter().map(|(energy, time)| if time > 0 { energy / time as f64 } else { mean }).collect())
}

/// The mean of the `width` cells from each cell on less that of the `width` cells before it; 0 where there are fewer.
fn changes(values: &[f64], width: usize) -> Vec<f64> {
    let sums = sums(values);
    let at = |index: usize| sums.get(index).copied();
    let change = |cell: usize| {
        let (before, here, after) = (at(cell.checked_sub(width)?)?, at(cell)?, at(cell + width)?);
        Some((after - 2.0 * here + before) / width as f64)
    };
    (0..values.len()).map(|cell| change(cell).unwrap_or(0.0)).collect()
}

/// The adjoint of [`changes`]: Σ x' y' = Σ x back(y').
fn back(values: &[f64], width: usize) -> Vec<f64> {
    let sums = sums(values);
    let at = |index: usize| sums.get(index).or(sums.last()).copied().unwrap_or(0.0);
    let change = |cell: usize| {
        let (first, next) = ((cell + 1).saturating_sub(width), cell + 1);
        ((at(next) - at(first)) - (at(next + width) - at(next))) / width as f64
    };
    (0..values.len()).map(change).collect()
}

/// The sums of the values before each one, and of all of them.
fn sums(values: &[f64]) -> Vec<f64> {
    let add = |sum: &mut f64, value: &f64| {
        *sum += value;
        Some(*sum)
    };
    std::iter::once(0.0).chain(values.iter().scan(0.0, add)).collect()
}

fn joules(part: &Interval) -> Option<f64> {
    let length = part.length() as f64;
    match part.content {
        Content::Ramp(from, to) => Some((from + to) / 2.0 * length),
        Content::Energy(joules) => Some(joules * 1e9),
        Content::Gap(_) => None,
    }
}

/// How many requests are in flight, piece by piece.
struct Activity {
    /// Start [ns], end [ns], and number in flight.
    pieces: Vec<(i64, i64, f64)>,
}

impl Activity {
    fn of(intervals: &[(i64, i64)]) -> Self {
        let mut edges: Vec<(i64, f64)> =
            intervals.iter().flat_map(|(start, end)| [(*start, 1.0), (*end, -1.0)]).collect();
        edges.sort_unstable_by_key(|edge| edge.0);
        let (mut pieces, mut level) = (Vec::with_capacity(edges.len()), 0.0);
        for pair in edges.windows(2) {
            let [(from, change), (to, _)] = pair else { continue };
            level += change;
            if from < to && level > 0.0 {
                pieces.push((*from, *to, level));
            }
        }
        Self { pieces: coarser(pieces) }
    }

    /// ‖a'‖ ‖p'‖. [W ns]
    fn norm(&self, hull: (i64, i64), power: &Power) -> f64 {
        let step = power.step.max((hull.1 - hull.0) / CELLS as i64);
        let width = usize::try_from(power.width as i64 * power.step / step).unwrap_or(1).max(1);
        // as wide an edge of no activity as the changes look
        let start = hull.0.saturating_sub(step.saturating_mul(width as i64 + 1));
        let cells = usize::try_from((hull.1 - start) / step).unwrap_or(0) + 2 * width + 2;
        let mut levels = vec![0.0; cells];
        for (from, to, level) in &self.pieces {
            let (mut at, to) = (*from, *to);
            while at < to {
                let cell = usize::try_from((at - start) / step).unwrap_or(usize::MAX);
                let until = to.min(start.saturating_add((cell as i64 + 1).saturating_mul(step)));
                if let Some(sum) = levels.get_mut(cell) {
                    *sum += level * (until - at) as f64 / step as f64;
                }
                at = until.max(at + 1);
            }
        }
        let squares: f64 = changes(&levels, width).iter().map(|change| change * change).sum();
        (squares * step as f64 * power.norm).sqrt().max(f64::MIN_POSITIVE)
    }
}

/// The pieces, or as many as may be with the mean of those they stand for.
fn coarser(pieces: Vec<(i64, i64, f64)>) -> Vec<(i64, i64, f64)> {
    if pieces.len() <= PIECES {
        return pieces;
    }
    let mean = |chunk: &[(i64, i64, f64)]| {
        let (start, end) = (chunk.first()?.0, chunk.last()?.1);
        let sum: f64 = chunk.iter().map(|(from, to, level)| level * (to - from) as f64).sum();
        (end > start).then(|| (start, end, sum / (end - start) as f64))
    };
    pieces.chunks(pieces.len().div_ceil(PIECES)).filter_map(mean).collect()
}
