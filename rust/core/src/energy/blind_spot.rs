//! What a meter does not see: the difference of two meters on one clock, over time and over load.

use super::error::EnergyError;
use super::integrate::{EnergyQuery, EnergyResult, Status, energy};
use crate::quantity::{BoundaryError, Quantity, QuantityError};
use crate::traces::{Clock, Trace};

/// Most rows of the table over time.
const ROWS: i64 = 1000;
/// Rows of the table over time where no step is given.
const USUAL_ROWS: i64 = 60;
/// Classes of load.
const CLASSES: usize = 5;

/// A meter: a power log, and which of its channels, summed; the outermost measured one of each device where none is named.
#[derive(Debug, Clone)]
pub struct MeterChoice<'a> {
    /// The power log.
    pub trace: &'a Trace,
    /// Channels by name or label; empty for what the log itself sums.
    pub channels: Vec<String>,
}

/// What two meters show in a stretch of time.
#[derive(Debug, Clone)]
pub struct BlindSpotRow {
    /// Start, in the clock of the outer meter. [ns]
    pub start_ns: i64,
    /// End. [ns]
    pub end_ns: i64,
    /// Mean power of the outer meter, where it covers the whole stretch. [W]
    pub outer_w: Option<f64>,
    /// Mean power of the inner meter, where it covers the whole stretch. [W]
    pub inner_w: Option<f64>,
    /// What the inner meter does not see, where both are known. [W]
    pub difference_w: Option<f64>,
    /// Its standard uncertainty from the budgets of both meters. [W]
    pub u_w: Option<f64>,
}

/// What two meters show at a load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadClass {
    /// Least mean power of the inner meter in a row of the class. [W]
    pub from_w: f64,
    /// Most. [W]
    pub to_w: f64,
    /// Mean power of the inner meter. [W]
    pub inner_w: f64,
    /// Mean of what it does not see. [W]
    pub difference_w: f64,
    /// Standard uncertainty: of the budgets, and of the scatter of the rows over the root of their number. [W]
    pub u_w: f64,
    /// Number of rows.
    pub rows: usize,
}

/// What an inner meter does not see of an outer one.
#[derive(Debug, Clone)]
pub struct BlindSpot {
    /// Energy of the outer meter. [J]
    pub outer: Quantity,
    /// Energy of the inner meter over the same time. [J]
    pub inner: Quantity,
    /// Their difference; it is at no one boundary. [J]
    pub difference: Quantity,
    /// The difference as a share of the outer energy.
    pub share: Quantity,
    /// The time that both logs span. [ns]
    pub window_ns: (i64, i64),
    /// Over time.
    pub rows: Vec<BlindSpotRow>,
    /// Over load, from low to high.
    pub load: Vec<LoadClass>,
    /// Whether both meters cover all of the window.
    pub status: Status,
}

/// What the inner meter does not see of the outer one, over the time that both logs span.
///
/// ΔE = E_outer - E_inner with the budgets of both: meters that are two sensors are independent, so that the difference
/// of two large energies is known to their gains alone. A stretch that one of them does not cover has no difference.
/// Rows over time are `step_ns` long; over load they are sorted by the inner power into five classes of as many rows.
///
/// # Errors
/// [`EnergyError`]: those of [`energy`]; clocks that do not meet (`offset_ns` is added to the times of the inner log);
/// no time in common; an inner meter at the same or an outer boundary.
pub fn blind_spot(
    outer: &MeterChoice<'_>,
    inner: &MeterChoice<'_>,
    offset_ns: Option<i64>,
    step_ns: Option<i64>,
) -> Result<BlindSpot, EnergyError> {
    clocks_meet(outer.trace, inner.trace, offset_ns)?;
    let offset = offset_ns.unwrap_or(0);
    let span = |meter: &MeterChoice<'_>| {
        meter.trace.span_ns().ok_or_else(|| EnergyError::NoPower { source_name: meter.trace.source.clone() })
    };
    let (of_outer, of_inner) = (span(outer)?, span(inner)?);
    let later = |time: i64| time.saturating_add(offset);
    let window = (of_outer.0.max(later(of_inner.0)), of_outer.1.min(later(of_inner.1)));
    if window.0 >= window.1 {
        let seconds =
            |(start, end): (i64, i64)| format!("from {:.3} s to {:.3} s", start as f64 * 1e-9, end as f64 * 1e-9);
        let inner = seconds((later(of_inner.0), later(of_inner.1)));
        return Err(EnergyError::NoOverlap { tokens: inner, trace: seconds(of_outer) });
    }
    let earlier = |time: i64| time.saturating_sub(offset);
    let of_outer = |window: (i64, i64)| measured(outer, window);
    let of_inner = |(start, end): (i64, i64)| measured(inner, (earlier(start), earlier(end)));
    let ((outer_energy, outer_status), (inner_energy, inner_status)) = (of_outer(window)?, of_inner(window)?);
    if let (Some(left), Some(right)) = (outer_energy.boundary(), inner_energy.boundary())
        && (left < right || left == right && std::ptr::eq(outer.trace, inner.trace) && inner.channels.is_empty())
    {
        let error = BoundaryError::Mismatch { operation: "compare", left, right };
        return Err(EnergyError::Quantity(QuantityError::Boundary(error)));
    }
    let difference = outer_energy.at(None).minus(&inner_energy.at(None))?;
    let share = difference.over(&outer_energy.at(None))?;
    let length = window.1 - window.0;
    let step = step_ns.unwrap_or(length / USUAL_ROWS).max(length / ROWS).max(1);
    let starts = (0..(length - 1) / step + 1).map(|row| window.0 + row * step);
    let rows = starts
        .map(|start| row((start, window.1.min(start.saturating_add(step))), &of_outer, &of_inner))
        .collect::<Result<Vec<_>, EnergyError>>()?;
    let complete = outer_status == Status::Complete && inner_status == Status::Complete;
    Ok(BlindSpot {
        outer: outer_energy,
        inner: inner_energy,
        difference,
        share,
        window_ns: window,
        load: classes(&rows),
        rows,
        status: if complete { Status::Complete } else { Status::Incomplete },
    })
}

/// The energy of a meter in a window, and whether all of it is covered.
type Energy<'a> = &'a dyn Fn((i64, i64)) -> Result<(Quantity, Status), EnergyError>;

fn row((start_ns, end_ns): (i64, i64), outer: Energy<'_>, inner: Energy<'_>) -> Result<BlindSpotRow, EnergyError> {
    let seconds = (end_ns - start_ns) as f64 * 1e-9;
    let covered = |energy: Energy<'_>| match energy((start_ns, end_ns)) {
        Ok((energy, Status::Complete)) => Ok(Some(energy)),
        Ok((_, Status::Incomplete)) | Err(EnergyError::NotCovered { .. } | EnergyError::NoPower { .. }) => Ok(None),
        Err(error) => Err(error),
    };
    let (outer, inner) = (covered(outer)?, covered(inner)?);
    let difference = match (&outer, &inner) {
        (Some(outer), Some(inner)) => Some(outer.at(None).minus(&inner.at(None))?),
        _ => None,
    };
    let power = |energy: &Option<Quantity>| energy.as_ref().map(|energy| energy.value() / seconds);
    Ok(BlindSpotRow {
        start_ns,
        end_ns,
        outer_w: power(&outer),
        inner_w: power(&inner),
        difference_w: power(&difference),
        u_w: difference.as_ref().map(|difference| difference.u() / seconds),
    })
}

/// The energy of the channels of a meter in a window, and whether all of it is covered.
fn measured(meter: &MeterChoice<'_>, window: (i64, i64)) -> Result<(Quantity, Status), EnergyError> {
    let of = |channel: Option<String>| -> Result<(Quantity, Status), EnergyError> {
        let query = EnergyQuery { window: Some(window), channel, ..EnergyQuery::default() };
        let EnergyResult { energy, status, .. } = energy(meter.trace, &query)?;
        let unknown = || EnergyError::TotalUnknown { source_name: meter.trace.source.clone() };
        Ok((energy.ok_or_else(unknown)?, status))
    };
    let mut channels = meter.channels.iter();
    let mut sum = of(channels.next().cloned())?;
    for channel in channels {
        let (energy, status) = of(Some(channel.clone()))?;
        sum.0 = sum.0.plus(&energy)?;
        sum.1 = if status == Status::Complete { sum.1 } else { status };
    }
    Ok(sum)
}

/// Classes of as many rows each, by the power of the inner meter.
fn classes(rows: &[BlindSpotRow]) -> Vec<LoadClass> {
    let known = |row: &BlindSpotRow| Some((row.inner_w?, row.difference_w?, row.u_w?));
    let mut known: Vec<(f64, f64, f64)> = rows.iter().filter_map(known).collect();
    known.sort_by(|one, other| one.0.total_cmp(&other.0));
    let size = known.len().div_ceil(CLASSES).max(1);
    let class = |rows: &[(f64, f64, f64)]| {
        let count = rows.len() as f64;
        let mean = |of: fn(&(f64, f64, f64)) -> f64| rows.iter().map(of).sum::<f64>() / count;
        let (difference, u) = (mean(|row| row.1), mean(|row| row.2));
        let square: f64 = rows.iter().map(|row| (row.1 - difference).powi(2)).sum();
        let scatter = if rows.len() > 1 { square / (count * (count - 1.0)) } else { 0.0 };
        LoadClass {
            from_w: rows.first().map_or(0.0, |row| row.0),
            to_w: rows.last().map_or(0.0, |row| row.0),
            inner_w: mean(|row| row.0),
            difference_w: difference,
            // the gains of the meters are the same in all rows and do not average away
            u_w: (u * u + scatter).sqrt(),
            rows: rows.len(),
        }
    };
    known.chunks(size).map(class).collect()
}

/// An error unless both logs count time from the same start, or the caller said how they differ.
fn clocks_meet(outer: &Trace, inner: &Trace, offset_ns: Option<i64>) -> Result<(), EnergyError> {
    let same = std::ptr::eq(outer, inner) || outer.clock == inner.clock && outer.clock != Clock::Relative;
    let zone = outer.clock != inner.clock && outer.clock != Clock::Relative && inner.clock != Clock::Relative;
    if same || offset_ns.is_some() && !zone {
        return Ok(());
    }
    let remedy = if zone { "say the zone of the local clock with tz" } else { "say what to add to the inner log" };
    Err(EnergyError::ClocksDiffer {
        trace: outer.source.clone(),
        trace_clock: outer.clock.word(),
        tokens: inner.source.clone(),
        token_clock: inner.clock.word(),
        remedy,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Boundary;
    use crate::traces::{PowerSeries, ReadOptions, trace_from_arrays};

    const SECOND: i64 = 1_000_000_000;

    fn meter(boundary: Boundary, from: i64, power: &dyn Fn(i64) -> f64) -> Trace {
        let time: Vec<i64> = (from..=100).map(|second| second * SECOND).collect();
        let power_w: Vec<f64> = (from..=100).map(power).collect();
        let series = PowerSeries { device: "0", time_ns: &time, power_w: &power_w };
        let options = ReadOptions { boundary: Some(boundary), ..ReadOptions::default() };
        trace_from_arrays(&[series], Clock::Utc, &options).unwrap()
    }

    fn all(trace: &Trace) -> MeterChoice<'_> {
        MeterChoice { trace, channels: Vec::new() }
    }

    /// A board that rises by 2 W a second, in a node with 90 W more and a supply that loses a tenth of the board.
    fn pair() -> (Trace, Trace) {
        let board = |second: i64| 100.0 + 2.0 * second as f64;
        (meter(Boundary::Node, 0, &move |second| 90.0 + 1.1 * board(second)), meter(Boundary::Board, 10, &board))
    }

    #[test]
    fn the_difference_grows_with_the_load() {
        let (node, board) = pair();
        let found = blind_spot(&all(&node), &all(&board), None, Some(10 * SECOND)).unwrap();
        // from 10 s to 100 s the board has 210 W on average: 90 + 21 W for 90 s are not seen
        assert!((found.difference.value() - 111.0 * 90.0).abs() < 1e-9);
        assert!((found.share.value() - 111.0 / 321.0).abs() < 1e-12);
        assert_eq!((found.rows.len(), found.load.len(), found.difference.boundary()), (9, 5, None));
        // the first two rows: the board at 130 W and 150 W on the middle of each, 140 W together
        let low = found.load[0];
        assert!((low.inner_w - 140.0).abs() < 1e-9 && (low.difference_w - 104.0).abs() < 1e-9, "{low:?}");
        assert!(found.load.windows(2).all(|pair| pair[0].difference_w < pair[1].difference_w));
        assert_eq!(found.status, Status::Complete);
    }

    #[test]
    fn what_one_meter_does_not_cover_has_no_difference() {
        let (node, mut board) = pair();
        for channel in &mut board.channels {
            // no sample from 40 s to 60 s
            for _ in 31..50 {
                channel.samples.time_ns.remove(31);
                channel.samples.value.remove(31);
                channel.samples.line.remove(31);
            }
        }
        let found = blind_spot(&all(&node), &all(&board), None, Some(10 * SECOND)).unwrap();
        let missing: Vec<i64> =
            found.rows.iter().filter(|row| row.difference_w.is_none()).map(|row| row.start_ns / SECOND).collect();
        assert_eq!((missing, found.status), (vec![40, 50], Status::Incomplete));
        assert!(found.rows.iter().all(|row| row.outer_w.is_some()));
    }

    #[test]
    fn clocks_boundaries_and_times_must_fit() {
        let (node, board) = pair();
        assert!(blind_spot(&all(&board), &all(&node), None, None).unwrap_err().to_string().contains("boundar"));
        let relative = Trace { clock: Clock::Relative, ..board.clone() };
        assert!(matches!(blind_spot(&all(&node), &all(&relative), None, None), Err(EnergyError::ClocksDiffer { .. })));
        assert!(blind_spot(&all(&node), &all(&relative), Some(0), None).is_ok());
        let later = blind_spot(&all(&node), &all(&relative), Some(500 * SECOND), None);
        assert!(matches!(later, Err(EnergyError::NoOverlap { .. })));
    }
}
