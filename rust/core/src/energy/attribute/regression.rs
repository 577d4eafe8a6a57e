//! What a prompt token, an output token and a second cost, by regression of the power on what was in flight.

use super::super::error::EnergyError;
use super::super::integrate::{EnergyQuery, energy, members};
use super::super::join::join;
use super::super::meter::Meter;
use super::super::tokens::{Request, TokenLog};
use super::super::uncertainty::Spread;
use super::pieces::pieces;
use crate::quantity::{Component, Distribution, Measured, Quantity};
use crate::traces::Trace;
use szilard_simd::{Sweep, Window};

/// What serving costs, beside the power that is drawn in any case.
#[derive(Debug, Clone)]
pub struct PhaseCosts {
    /// Energy per computed prompt token. [J/token]
    pub per_prompt_token: Quantity,
    /// Energy per generated token. [J/token]
    pub per_output_token: Quantity,
    /// Energy per second, whatever is in flight. [W]
    pub per_second: Quantity,
    /// Covariance of the three as the fit gives it, in their order and coherent units; the gain of the meter, which they
    /// share, is not in it.
    pub covariance: [[f64; 3]; 3],
    /// Standard deviation of the power about the fit, for a stretch of one second. [W]
    pub scatter_w: f64,
    /// Stretches between starts, first tokens and ends that went in.
    pub stretches: usize,
}

/// The costs of a prompt token, of an output token and of a second.
///
/// P(t) = a r_p(t) + b r_o(t) + c, with r_p the prompt tokens per second of all records before their first token, r_o the
/// output tokens per second of all records after it, each spread evenly. The fit is over the stretches between starts,
/// first tokens and ends, weighted by their covered times T, since the variance of a mean power goes as 1/T; the
/// covariance is s² (Xᵀ T X)⁻¹ with s² = Σ T r² / (n - 3).
///
/// `clock_offset_ns` is added to the times of the token log. Power that a batch saves or a cache costs is not in this
/// model.
///
/// # Errors
/// [`EnergyError::Policy`] where a record does not know its first token or its tokens, there are fewer than four
/// stretches, or prompt and output tokens always come together; clocks that do not meet; and those of [`energy`].
pub fn phase_costs(
    trace: &Trace,
    log: &TokenLog,
    clock_offset_ns: Option<i64>,
    max_gap_ns: Option<i64>,
) -> Result<PhaseCosts, EnergyError> {
    let span = trace.span_ns().ok_or_else(|| EnergyError::NoPower { source_name: trace.source.clone() })?;
    costs_of(trace, &join(trace, log, span, None, clock_offset_ns)?.requests, max_gap_ns)
}

/// The costs from records on the clock of the trace.
pub(in super::super) fn costs_of(
    trace: &Trace,
    requests: &[Request],
    max_gap_ns: Option<i64>,
) -> Result<PhaseCosts, EnergyError> {
    let unknown = |reason: &str| EnergyError::Policy { policy: "regression", reason: reason.to_owned() };
    let query = EnergyQuery { max_gap_ns, ..EnergyQuery::default() };
    let total = energy(trace, &query)?;
    let total = total.energy.ok_or_else(|| EnergyError::TotalUnknown { source_name: trace.source.clone() })?;
    let span = trace.span_ns().ok_or_else(|| EnergyError::NoPower { source_name: trace.source.clone() })?;
    let phases = phases(requests).ok_or_else(|| unknown("every record needs its first token and its tokens"))?;
    let windows: Vec<Window> = phases.iter().map(|(window, _)| *window).collect();
    let channels = members(trace, &query)?;
    let meters = Meter::all(trace, &channels, span, max_gap_ns)?;
    let sweep = Sweep::new(&windows, span);
    let rates = rates(&phases, sweep.cuts());
    let seconds = |ns: i64| ns as f64 * 1e-9;
    let lengths = sweep.cuts().iter().zip(sweep.cuts().iter().skip(1)).map(|(from, to)| to - from);
    let rows: Vec<Row> = pieces(&meters, sweep.cuts())
        .into_iter()
        .zip(lengths)
        .zip(rates)
        .filter(|((piece, length), _)| piece.covered == *length && *length > 0)
        .map(|((piece, length), [prompt, output])| Row {
            time: seconds(length),
            power: piece.value / seconds(length),
            x: [prompt, output, 1.0],
        })
        .collect();
    let fit = Fit::of(&rows).ok_or_else(|| unknown("prompt and output tokens do not vary apart from one another"))?;
    let figure = |index: usize, unit: &str| -> Result<Quantity, EnergyError> {
        let at = |values: &[f64; 3]| values.get(index).copied().unwrap_or(f64::NAN);
        let (value, variance) = (at(&fit.value), fit.covariance.get(index).map_or(f64::NAN, at));
        let share = if total.value() == 0.0 { 0.0 } else { value / total.value() };
        let scaled = |part: &Component| Component { contribution: part.contribution * share, ..part.clone() };
        let label = "scatter of the power about the fit";
        let of_fit = Component::new(&format!("fit:{unit}:{index}"), label, Distribution::Normal, variance.sqrt());
        // what is independent from reading to reading is in the scatter already
        let of_meter = total.measured().components().iter().filter(|part| Spread::of(part) == Spread::Proportional);
        let components = of_meter.map(scaled).chain([of_fit]).collect();
        let quantity = Quantity::from_measured(Measured::with_components(value, components), unit.parse()?)?;
        Ok(quantity.at(total.boundary()).by(total.methods().iter().copied()))
    };
    Ok(PhaseCosts {
        per_prompt_token: figure(0, "J/token")?,
        per_output_token: figure(1, "J/token")?,
        per_second: figure(2, "W")?,
        covariance: fit.covariance,
        scatter_w: fit.scatter,
        stretches: rows.len(),
    })
}

/// The windows of prefill and decode, with prompt and output tokens per second.
fn phases(requests: &[Request]) -> Option<Vec<(Window, [f64; 2])>> {
    let mut phases = Vec::with_capacity(2 * requests.len());
    for request in requests.iter().filter(|request| !request.is_overhead) {
        let ((start, end), first) = (request.interval_ns()?, request.first_token_ns?);
        let of = |start: i64, end: i64, tokens: u64| {
            let rate = tokens as f64 / ((end - start) as f64 * 1e-9);
            (start < end).then_some((Window { start, end, weight: 1.0 }, rate))
        };
        phases.extend(of(start, first, request.prompt_tokens?).map(|(window, rate)| (window, [rate, 0.0])));
        phases.extend(of(first, end, request.output_tokens?).map(|(window, rate)| (window, [0.0, rate])));
    }
    Some(phases)
}

/// The rates in flight between neighbouring cuts. [token/s]
fn rates(phases: &[(Window, [f64; 2])], cuts: &[i64]) -> Vec<[f64; 2]> {
    let mut changes = vec![[0.0f64; 2]; cuts.len()];
    for (window, [prompt, output]) in phases {
        for (time, sign) in [(window.start, 1.0), (window.end, -1.0)] {
            let at = cuts.partition_point(|cut| *cut < time);
            if let Some([of_prompt, of_output]) = changes.get_mut(at) {
                (*of_prompt, *of_output) = (*of_prompt + sign * prompt, *of_output + sign * output);
            }
        }
    }
    let mut now = [0.0f64; 2];
    let mut level = |[prompt, output]: [f64; 2]| {
        now = [now[0] + prompt, now[1] + output];
        now
    };
    changes.into_iter().map(&mut level).collect()
}

/// One stretch.
struct Row {
    time: f64,
    power: f64,
    x: [f64; 3],
}

/// A weighted least-squares fit.
struct Fit {
    value: [f64; 3],
    covariance: [[f64; 3]; 3],
    scatter: f64,
}

impl Fit {
    fn of(rows: &[Row]) -> Option<Self> {
        let freedom = rows.len().checked_sub(3).filter(|freedom| *freedom > 0)?;
        // in units in which every column has the mean square 1
        let time: f64 = rows.iter().map(|row| row.time).sum();
        let square =
            |of: fn(&[f64; 3]) -> f64| rows.iter().map(|row| row.time * of(&row.x).powi(2)).sum::<f64>() / time;
        let scale = [square(|x| x[0]), square(|x| x[1]), square(|x| x[2])].map(f64::sqrt);
        if !scale.iter().all(|scale| scale.is_finite() && *scale > 0.0) {
            return None;
        }
        let scaled = |x: &[f64; 3]| [x[0] / scale[0], x[1] / scale[1], x[2] / scale[2]];
        let (mut normal, mut right) = ([[0.0; 3]; 3], [0.0; 3]);
        for row in rows {
            let x = scaled(&row.x);
            for ((line, sum), one) in normal.iter_mut().zip(&mut right).zip(x) {
                line.iter_mut().zip(x).for_each(|(cell, other)| *cell += row.time * one * other);
                *sum += row.time * one * row.power;
            }
        }
        let inverse = inverse(&normal, 1e-10 * time.powi(3))?;
        let product = |line: &[f64; 3], column: &[f64; 3]| line.iter().zip(column).map(|(a, b)| a * b).sum::<f64>();
        let solved = inverse.map(|line| product(&line, &right));
        let residual = |row: &Row| row.power - product(&solved, &scaled(&row.x));
        let square: f64 = rows.iter().map(|row| row.time * residual(row).powi(2)).sum();
        let variance = square / freedom as f64;
        let mut covariance = inverse;
        for (line, one) in covariance.iter_mut().zip(scale) {
            line.iter_mut().zip(scale).for_each(|(cell, other)| *cell *= variance / (one * other));
        }
        let value = [solved[0] / scale[0], solved[1] / scale[1], solved[2] / scale[2]];
        Some(Self { value, covariance, scatter: variance.sqrt() })
    }
}

/// The inverse of a symmetric matrix by its cofactors; `None` where its determinant is below `least`.
fn inverse(m: &[[f64; 3]; 3], least: f64) -> Option<[[f64; 3]; 3]> {
    let [[a, b, c], [_, d, e], [_, _, f]] = *m;
    let cofactors =
        [[d * f - e * e, c * e - b * f, b * e - c * d], [0.0, a * f - c * c, b * c - a * e], [0.0, 0.0, a * d - b * b]];
    let determinant = a * cofactors[0][0] + b * cofactors[0][1] + c * cofactors[0][2];
    if determinant.is_nan() || determinant <= least {
        return None;
    }
    let [[p, q, r], [_, s, t], [_, _, u]] = cofactors.map(|line| line.map(|cell| cell / determinant));
    Some([[p, q, r], [q, s, t], [r, t, u]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::{Clock, PowerSeries, ReadOptions, trace_from_arrays};

    const MS: i64 = 1_000_000;

    fn request(start: i64, first: i64, end: i64, prompt: u64, output: u64) -> Request {
        Request {
            start_ns: Some(start * MS),
            first_token_ns: Some(first * MS),
            end_ns: Some(end * MS),
            prompt_tokens: Some(prompt),
            output_tokens: Some(output),
            ..Request::default()
        }
    }

    /// Power of exactly 0.02 J per prompt token, 0.3 J per output token and 80 W, with interval means each millisecond.
    fn made(requests: &[Request], noise: f64) -> Trace {
        let mut state = 5u64;
        let mut power = |ms: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let of = |request: &Request| {
                let (start, end) = request.interval_ns().unwrap();
                let first = request.first_token_ns.unwrap();
                let at = ms * MS - MS / 2;
                let rate = |tokens: Option<u64>, time: i64| tokens.unwrap() as f64 / (time as f64 * 1e-9);
                match at {
                    at if start < at && at < first => 0.02 * rate(request.prompt_tokens, first - start),
                    at if first < at && at < end => 0.3 * rate(request.output_tokens, end - first),
                    _ => 0.0,
                }
            };
            80.0 + requests.iter().map(of).sum::<f64>() + noise * ((state >> 40) as f64 / (1u64 << 24) as f64 - 0.5)
        };
        let time: Vec<i64> = (0..=4000).map(|ms| ms * MS).collect();
        let watts: Vec<f64> = (0..=4000).map(&mut power).collect();
        let series = PowerSeries { device: "0", time_ns: &time, power_w: &watts };
        let mut trace = trace_from_arrays(&[series], Clock::Relative, &ReadOptions::default()).unwrap();
        trace.channels.iter_mut().for_each(|channel| channel.kind = crate::traces::Kind::IntervalMeanPower);
        trace
    }

    fn requests() -> Vec<Request> {
        let one = |k: i64| {
            request(100 + 400 * k, 150 + 430 * k, 700 + 420 * k, 500 + 130 * k as u64, 40 + 7 * (k * k) as u64)
        };
        (0..7).map(one).collect()
    }

    #[test]
    fn the_costs_come_back_from_the_power_that_they_make() {
        let costs = costs_of(&made(&requests(), 0.0), &requests(), None).unwrap();
        let found = [costs.per_prompt_token.value(), costs.per_output_token.value(), costs.per_second.value()];
        for (found, made) in found.iter().zip([0.02, 0.3, 80.0]) {
            assert!((found - made).abs() < 1e-9 * made, "{found} for {made}");
        }
        assert!(costs.scatter_w < 1e-9);
    }

    #[test]
    fn noise_moves_the_costs_by_their_uncertainty() {
        let costs = costs_of(&made(&requests(), 20.0), &requests(), None).unwrap();
        for (figure, made) in
            [(&costs.per_prompt_token, 0.02), (&costs.per_output_token, 0.3), (&costs.per_second, 80.0)]
        {
            let off = (figure.value() - made).abs() / figure.u();
            assert!(off < 3.5 && figure.u() > 0.0, "{figure} for {made}");
        }
        // white noise of 20/√12 W at 1 ms is 5.77 √0.001 W over a second; the fit of few stretches knows it to a third
        assert!((costs.scatter_w / (20.0 / 12f64.sqrt() * 0.001f64.sqrt()) - 1.0).abs() < 0.33, "{}", costs.scatter_w);
        let correlation = costs.covariance[0][1] / (costs.covariance[0][0] * costs.covariance[1][1]).sqrt();
        assert!(correlation.abs() < 1.0 && costs.covariance[0][1] == costs.covariance[1][0]);
    }

    #[test]
    fn what_does_not_vary_apart_has_no_costs() {
        let trace = made(&requests(), 0.0);
        let none = |requests: &[Request]| costs_of(&trace, requests, None).unwrap_err().to_string();
        assert!(none(&[request(0, 0, 4000, 10, 10)]).contains("do not vary apart"));
        let without = Request { first_token_ns: None, ..request(0, 10, 4000, 10, 10) };
        assert!(none(&[without]).contains("first token"));
    }
}
