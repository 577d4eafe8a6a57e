//! The join of a power log and a token log, step by step.

use super::clock::estimated;
use super::plan::{Plan, prompt_tokens};
use super::query::{InferenceQuery, Tokens};
use super::result::{InferenceEnergy, RecordCounts, RequestEnergy};
use super::scale::MeterScale;
use crate::energy::attribute::{Policy, costs_of, grid, on_grid, split};
use crate::energy::doubled::{doubled, once};
use crate::energy::error::EnergyError;
use crate::energy::idle::Stretch;
use crate::energy::integrate::{EnergyQuery, Rule, Status, energy, members};
use crate::energy::join::{Joined, join};
use crate::energy::meter::Meter;
use crate::energy::plausibility::{self, Run};
use crate::energy::tokens::Request;
use crate::input::{Code, Place, Refusal};
use crate::quantity::{Basis, Boundary, BoundaryError, Distribution, Quantity, QuantityError};
use crate::traces::{Channel, Trace};
use szilard_simd::{Sharing, Window};

/// Joules per token of a power log and a token log.
///
/// E/token = Σ_r e_r / Σ_r n_r over the records r that generate tokens, with e_r the energy of the meter while r is in
/// flight, split by the policy where several are, and n_r the generated tokens.
///
/// # Errors
/// [`EnergyError`]: clocks that do not meet, logs that do not overlap, no generated tokens, and those of [`energy`].
pub fn energy_per_token(
    trace: &Trace,
    tokens: Tokens<'_>,
    query: &InferenceQuery,
) -> Result<InferenceEnergy, EnergyError> {
    let channels = members(trace, &EnergyQuery::default())?;
    let span = trace.span_ns().ok_or_else(|| EnergyError::NoPower { source_name: trace.source.clone() })?;
    let sampled: Vec<&Channel> = channels.iter().copied().filter(|channel| !channel.samples.is_empty()).collect();
    let meters = Meter::all(trace, &sampled, span, query.max_gap_ns)?;
    let offset = match tokens {
        Tokens::Log(log) if query.estimate_clock_offset => {
            let meters: Vec<Meter<'_>> = meters.iter().map(Meter::settled).collect();
            let sampling = channels.iter().filter_map(|channel| channel.samples.median_interval_ns()).min();
            Some(estimated(trace, log, span, query, &meters, sampling.unwrap_or(1))?)
        }
        _ => None,
    };
    let joined = match tokens {
        Tokens::Log(log) => {
            join(trace, log, span, query.window, offset.map(|offset| offset.ns).or(query.clock_offset_ns))?
        }
        Tokens::Count(count) => Joined::of_count(count, query.window.unwrap_or(span)),
    };
    let counts = || joined.inference().filter_map(|request| request.output_tokens);
    let output_tokens = counts().try_fold(0, u64::checked_add).ok_or_else(|| {
        let place = Place::Line(joined.first_line);
        Refusal::new(Code::Range, &trace.source, place, "more than 2^64 tokens", "counts with a sum below 2^64")
    })?;
    if output_tokens == 0 {
        let reason = "no record that is inside the power log has generated tokens".to_owned();
        return Err(EnergyError::NoTokens { reason });
    }
    let window = match (query.window, query.rule) {
        (Some(window), _) => window,
        (None, Rule::MeanOfSamples) => joined.hull().unwrap_or(span),
        (None, Rule::Trapezoid) => span,
    };
    let meter_query = EnergyQuery {
        window: (window != span).then_some(window),
        rule: query.rule,
        max_gap_ns: query.max_gap_ns,
        expected_devices: query.expected_devices,
        ..EnergyQuery::default()
    };
    let meter = energy(trace, &meter_query)?;
    let total = meter.energy.clone().ok_or_else(|| EnergyError::TotalUnknown { source_name: trace.source.clone() })?;
    let boundary = settled_boundary(total.boundary(), query.boundary)?;
    let total = total.at(boundary);

    let mut reasons = meter.reasons.clone();
    reasons.extend(&joined.diagnostics);
    let doubled = doubled(&channels);
    let is_doubled = |request: &Request| {
        let Some((start, end)) = request.interval_ns() else { return false };
        let behind = doubled.partition_point(|(from, _)| *from <= end);
        behind.checked_sub(1).and_then(|at| doubled.get(at)).is_some_and(|(_, latest)| start <= *latest)
    };
    let costs = match query.policy {
        Policy::Regression => Some(costs_of(trace, &joined.requests, query.max_gap_ns)?),
        Policy::Tokens | Policy::Time | Policy::Exclusive => None,
    };
    let plan = Plan::of(&joined.requests, query.policy, costs.as_ref())?;
    let shares = split(&meters, &plan.parts, window, Sharing::Split);
    if query.policy == Policy::Exclusive && shares.overlapping {
        let reason = "records overlap; choose how to split them (tokens or time)".to_owned();
        return Err(EnergyError::Policy { policy: query.policy.word(), reason });
    }

    // the meter is idle while no record is in flight, be it kept or left out
    let left_out = joined.excluded.iter().filter_map(|record| record.interval_ns);
    let left_out = left_out.map(|(start, end)| Window { start, end, weight: 1.0 });
    let occupied: Vec<Window> = plan.parts.iter().copied().chain(left_out).collect();
    let all = (occupied.len() > plan.parts.len()).then(|| split(&meters, &occupied, window, Sharing::Split));
    let unoccupied = all.as_ref().unwrap_or(&shares);
    let (idle_j, idle_ns) = (unoccupied.outside, unoccupied.outside_covered);

    let scale = MeterScale::of(&total);
    let by_record = plan.energies(&shares, joined.requests.len());
    let declared = query.idle.as_ref().map(|idle| idle.power(trace, joined.hull())).transpose()?;
    let idle_j = match &declared {
        Some(idle) => {
            let spans = occupied.iter().map(|part| (part.start.max(window.0), part.end.min(window.1)));
            let rest = Stretch::of_union(spans.collect()).rest_of(window);
            idle.energy(Stretch { length_ns: idle_ns, ..rest })?.value()
        }
        None => idle_j,
    };
    let grid_j = grid(by_record.iter().map(|record| record.0).chain([total.value(), idle_j]));
    let requests: Vec<RequestEnergy> = joined
        .requests
        .iter()
        .zip(&by_record)
        .map(|(request, (joules, uncovered))| RequestEnergy {
            request: request.clone(),
            energy_j: on_grid(*joules, grid_j),
            u_j: scale.u(*joules),
            status: if *uncovered > 0 || is_doubled(request) { Status::Incomplete } else { Status::Complete },
        })
        .collect();
    let idle_on_grid = on_grid(idle_j, grid_j);
    let attributed: f64 = requests.iter().map(|record| record.energy_j).sum();
    let unattributed_j = on_grid(total.value(), grid_j) - attributed - idle_on_grid;

    let inference = || requests.iter().filter(|record| !record.request.is_overhead);
    let gross_j: f64 = match query.rule {
        Rule::Trapezoid => inference().map(|record| record.energy_j).sum(),
        Rule::MeanOfSamples => total.value(),
    };
    let in_flight = match query.rule {
        Rule::Trapezoid => plan.in_flight(&joined.requests, window),
        Rule::MeanOfSamples => Stretch::of(window),
    };
    if gross_j == 0.0 && inference().all(|record| record.status == Status::Incomplete) {
        let (start_ns, end_ns) = joined.hull().unwrap_or(window);
        return Err(EnergyError::NotCovered { source_name: trace.source.clone(), start_ns, end_ns });
    }
    let mut gross = scale.figure(&total, gross_j, Basis::Gross)?;
    let (u_ns, label) = match &offset {
        Some(offset) => (offset.u_ns, "offset of the clocks, estimated from activity and power"),
        None => (query.clock_offset_u_ns, "offset of the clocks, as stated"),
    };
    if u_ns > 0.0 {
        let shifted = |shift: i64| -> Result<f64, EnergyError> {
            if query.rule == Rule::MeanOfSamples {
                let window = Some((window.0.saturating_add(shift), window.1.saturating_add(shift)));
                let moved = energy(trace, &EnergyQuery { window, ..meter_query.clone() })?;
                return Ok(moved.energy.map_or(gross_j, |energy| energy.value()));
            }
            let moved: Vec<Request> = joined.inference().map(|request| request.clone().later_by(shift)).collect();
            let plan = Plan::of(&moved, query.policy, costs.as_ref())?;
            Ok(split(&meters, &plan.parts, window, Sharing::Split).value.iter().sum())
        };
        let u = u_ns.round() as i64;
        let change = (shifted(u)? - shifted(0)?).abs().max((shifted(-u)? - shifted(0)?).abs());
        gross = gross.with_u(change, label, Distribution::Normal)?;
    }
    let clock_offset = match &offset {
        Some(offset) => {
            let seconds = Quantity::new(offset.ns as f64 * 1e-9, "s".parse()?)?;
            let found = seconds.with_u(offset.u_ns * 1e-9, label, Distribution::Normal)?;
            let message = format!(
                "{found} was added to the times of the token log, at a correlation of {:.3}; a delay of the sensor is part \
                 of it",
                offset.correlation
            );
            reasons.push(Code::OffsetEstimated, Place::Line(joined.first_line), None, message);
            Some(found)
        }
        None => None,
    };
    let count = Quantity::new(output_tokens as f64, "token".parse()?)?;
    let count = match query.tokens_u > 0.0 {
        true => count.with_u(query.tokens_u * output_tokens as f64, "token count", Distribution::Normal)?,
        false => count,
    };
    let per_token = gross.over(&count)?;
    let (mut above_idle, mut above_idle_per_token, mut idle_share) = (None, None, None);
    if let Some(idle) = &declared {
        let idle = gridded(idle.energy(in_flight)?, grid_j)?;
        let above = gross.minus(&idle)?;
        if above.value() < 0.0 {
            let message = format!("the idle draw over the time in flight, {idle}, exceeds the energy, {gross}");
            reasons.push(Code::NegativeNet, Place::Line(joined.first_line), None, message);
        }
        idle_share = Some(idle.over(&gross)?);
        above_idle_per_token = Some(above.over(&count)?);
        above_idle = Some(above);
    }
    let (prefill_per_token, decode_per_token) = plan.by_phase(&shares, &joined.requests, &scale, &total)?;
    let time_weighted = match query.rule {
        Rule::Trapezoid => None,
        Rule::MeanOfSamples => {
            Some(once(trace, energy(trace, &EnergyQuery { rule: Rule::Trapezoid, ..meter_query })?)?)
        }
    };
    let logged_j: Option<f64> = inference().map(|record| record.request.logged_energy_j).sum();
    let logged = logged_j.map(|joules| Quantity::new(joules, "J".parse()?).map(|logged| logged.at(boundary)));
    let covered = inference().all(|record| record.status == Status::Complete);
    let complete = match query.rule {
        Rule::Trapezoid => covered,
        Rule::MeanOfSamples => meter.status == Status::Complete,
    };
    let spans: Vec<(i64, i64)> = match tokens {
        Tokens::Log(_) => joined.inference().filter_map(Request::interval_ns).collect(),
        Tokens::Count(_) => vec![window],
    };
    let run = Run { spans: &spans, counted: matches!(tokens, Tokens::Count(_)), excluded: &joined.excluded };
    plausibility::of_run(trace, &channels, window, run, &mut reasons);
    let complete = complete && !plausibility::in_doubt(&reasons);
    let energy_at = |joules: f64, basis: Basis| scale.figure(&total, joules, basis);
    Ok(InferenceEnergy {
        tokens_per_wh: count.over(&gross)?.to("token/Wh")?,
        kwh_per_mtoken: per_token.to("kWh/Mtoken")?,
        per_token,
        gross,
        above_idle,
        above_idle_per_token,
        idle_share,
        idle_power: declared,
        prefill_per_token,
        decode_per_token,
        logged: logged.transpose()?,
        output_tokens,
        prompt_tokens: prompt_tokens(&joined.requests),
        records: RecordCounts {
            total: joined.total,
            inside: joined.requests.len(),
            inference: joined.inference().count(),
        },
        idle_energy: energy_at(idle_on_grid, Basis::Idle)?,
        unattributed: energy_at(unattributed_j, Basis::Gross)?,
        requests,
        excluded: joined.excluded,
        grid_j,
        meter,
        time_weighted,
        clock_offset,
        overlap: joined.overlap,
        policy: query.policy,
        in_flight_ns: in_flight.length_ns,
        status: if complete { Status::Complete } else { Status::Incomplete },
        reasons,
    })
}

/// An energy moved to the nearest multiple of the grid, so that gross = idle + above idle, exactly.
fn gridded(energy: Quantity, grid_j: f64) -> Result<Quantity, EnergyError> {
    let energy = energy.to("J")?;
    let moved = Quantity::new(on_grid(energy.value(), grid_j) - energy.value(), "J".parse()?)?;
    let moved = moved.at(energy.boundary()).on(energy.basis()).by(energy.methods().iter().copied());
    Ok(energy.plus(&moved)?)
}

fn settled_boundary(of_trace: Option<Boundary>, asked: Option<Boundary>) -> Result<Option<Boundary>, EnergyError> {
    match (of_trace, asked) {
        (Some(left), Some(right)) if left != right => {
            let error = BoundaryError::Mismatch { operation: "report", left, right };
            Err(EnergyError::Quantity(QuantityError::Boundary(error)))
        }
        (of_trace, asked) => Ok(of_trace.or(asked)),
    }
}
