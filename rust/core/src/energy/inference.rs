//! Joules per token: a power log and a token log, joined.

use super::attribute::{Policy, grid, on_grid, split};
use super::doubled::{doubled, once};
use super::error::EnergyError;
use super::idle::{Idle, IdlePower, idle_energy};
use super::integrate::{EnergyQuery, EnergyResult, Rule, Status, energy, members};
use super::join::{Joined, Overlap, clocks_meet, join};
use super::meter::Meter;
use super::offset::{Offset, estimate};
use super::tokens::{Excluded, Request, TokenLog};
use crate::input::{Code, Diagnostics, Place, Refusal};
use crate::quantity::{Basis, Boundary, BoundaryError, Component, Distribution, Measured, Quantity, QuantityError};
use crate::traces::Trace;
use szilard_simd::{Shares, Sharing, Window};

/// What was generated: a log, or a bare count for the whole window.
#[derive(Debug, Clone, Copy)]
pub enum Tokens<'a> {
    /// A token log.
    Log(&'a TokenLog),
    /// A number of generated tokens.
    Count(u64),
}

/// How joules per token are asked for.
#[derive(Debug, Clone, Default)]
pub struct InferenceQuery {
    /// Window in the clock of the trace [ns]. Left out: the time in flight of the records, or with a count the trace.
    pub window: Option<(i64, i64)>,
    /// Where the idle draw is taken from; nothing above idle is given without it.
    pub idle: Option<Idle>,
    /// How power is split among requests in flight together.
    pub policy: Policy,
    /// What is added to the times of the token log. [ns]
    pub clock_offset_ns: Option<i64>,
    /// Whether what is left of the offset is estimated from the requests in flight and the power.
    pub estimate_clock_offset: bool,
    /// Boundary of the energy, where the format of the power log does not settle it.
    pub boundary: Option<Boundary>,
    /// How powers become an energy.
    pub rule: Rule,
    /// Longest interval that is integrated over. [ns]
    pub max_gap_ns: Option<i64>,
}

/// Energy of one record.
#[derive(Debug, Clone)]
pub struct RequestEnergy {
    /// The record.
    pub request: Request,
    /// Its energy, gross, on the grid. [J]
    pub energy_j: f64,
    /// Standard uncertainty of its energy. [J]
    pub u_j: f64,
    /// Whether all of its time is covered.
    pub status: Status,
}

/// How many records there are of which sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordCounts {
    /// In the log.
    pub total: usize,
    /// Kept: plausible and inside the power log.
    pub inside: usize,
    /// Of those, the ones that generate tokens.
    pub inference: usize,
}

/// Joules per token of a recording, and everything that belongs to the figure.
#[derive(Debug, Clone)]
pub struct InferenceEnergy {
    /// Energy per generated token. [J/token]
    pub per_token: Quantity,
    /// Generated tokens per energy. [token/Wh]
    pub tokens_per_wh: Quantity,
    /// Energy per generated token. [kWh/Mtoken]
    pub kwh_per_mtoken: Quantity,
    /// Energy of the records that generate tokens, or of the window. [J]
    pub gross: Quantity,
    /// Gross energy less the idle draw over the same time. [J]
    pub above_idle: Option<Quantity>,
    /// Energy above idle per generated token. [J/token]
    pub above_idle_per_token: Option<Quantity>,
    /// Idle draw over the time in flight, as a share of the gross energy.
    pub idle_share: Option<Quantity>,
    /// The idle power that was used.
    pub idle_power: Option<IdlePower>,
    /// Energy up to the first token per prompt token [J/token]; where all records know their first token.
    pub prefill_per_token: Option<Quantity>,
    /// Energy from the first token on per generated token. [J/token]
    pub decode_per_token: Option<Quantity>,
    /// Energy that the token log itself states for the same records, from counters. [J]
    pub logged: Option<Quantity>,
    /// Generated tokens. [token]
    pub output_tokens: u64,
    /// Computed prompt tokens, where every record states them. [token]
    pub prompt_tokens: Option<u64>,
    /// How many records there are of which sort.
    pub records: RecordCounts,
    /// Energy of each kept record.
    pub requests: Vec<RequestEnergy>,
    /// Records that were left out, and why.
    pub excluded: Vec<Excluded>,
    /// Covered energy with no record in flight, kept or left out; with a declared idle power, that over the same time. [J]
    pub idle_energy: Quantity,
    /// What is left of the meter, such as records that were left out: meter = requests + idle + unattributed, exactly on
    /// the grid. [J]
    pub unattributed: Quantity,
    /// The grid on which the parts of the meter are given. [J]
    pub grid_j: f64,
    /// The meter over the window.
    pub meter: EnergyResult,
    /// The time-weighted energy of the same window, where the figure was had by another rule.
    pub time_weighted: Option<EnergyResult>,
    /// What was added to the times of the token log, where it was estimated. [s]
    pub clock_offset: Option<Quantity>,
    /// How much of the token log lies inside the power log.
    pub overlap: Overlap,
    /// How power was split.
    pub policy: Policy,
    /// Time with at least one inference record in flight. [ns]
    pub in_flight_ns: i64,
    /// Whether all of the time that counts is covered.
    pub status: Status,
    /// What there is to say about the figure.
    pub reasons: Diagnostics,
}

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
    let meters: Vec<_> = channels
        .iter()
        .filter(|channel| !channel.samples.is_empty())
        .map(|channel| {
            let (meter, _) = Meter::read(trace, channel, span, query.max_gap_ns, &mut Diagnostics::default())?;
            Ok(meter)
        })
        .collect::<Result<_, EnergyError>>()?;
    let offset = match tokens {
        Tokens::Log(log) if query.estimate_clock_offset => {
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
    let plan = Plan::of(&joined.requests, query.policy);
    let shares = split(&meters, &plan.parts, window, Sharing::Split);
    if query.policy == Policy::Exclusive && shares.overlapping {
        let reason = "records overlap; choose how to split them (tokens or time)".to_owned();
        return Err(EnergyError::Policy { policy: query.policy.word(), reason });
    }

    // the meter is idle while no record is in flight, be it kept or left out
    let left_out = joined.excluded.iter().filter_map(|record| record.interval_ns);
    let left_out = left_out.map(|(start, end)| Window { start, end, weight: 1.0 });
    let occupied: Vec<Window> = plan.parts.iter().copied().chain(left_out).collect();
    let (idle_j, idle_ns) = match occupied.len() > plan.parts.len() {
        true => {
            let shares = split(&meters, &occupied, window, Sharing::Split);
            (shares.outside, shares.outside_covered)
        }
        false => (shares.outside, shares.outside_covered),
    };

    let scale = MeterScale::of(&total);
    let u_per_joule = scale.u_per_joule();
    let by_record = plan.energies(&shares, joined.requests.len());
    let declared = query.idle.as_ref().map(|idle| idle.power(trace)).transpose()?;
    let idle_j = match &declared {
        Some(idle) => idle.power.coherent_value() * idle_ns as f64 * 1e-9,
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
            u_j: u_per_joule * joules.abs(),
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
    let in_flight_ns = match query.rule {
        Rule::Trapezoid => plan.in_flight(&joined.requests, window),
        Rule::MeanOfSamples => window.1 - window.0,
    };
    if gross_j == 0.0 && inference().all(|record| record.status == Status::Incomplete) {
        let (start_ns, end_ns) = joined.hull().unwrap_or(window);
        return Err(EnergyError::NotCovered { source_name: trace.source.clone(), start_ns, end_ns });
    }
    let mut gross = scale.figure(&total, gross_j, Basis::Gross)?;
    let clock_offset = match &offset {
        Some(offset) => {
            let shifted = |shift: i64| -> Result<f64, EnergyError> {
                if query.rule == Rule::MeanOfSamples {
                    let window = Some((window.0.saturating_add(shift), window.1.saturating_add(shift)));
                    let moved = energy(trace, &EnergyQuery { window, ..meter_query.clone() })?;
                    return Ok(moved.energy.map_or(gross_j, |energy| energy.value()));
                }
                let moved: Vec<Request> = joined.inference().map(|request| request.clone().later_by(shift)).collect();
                let plan = Plan::of(&moved, query.policy);
                Ok(split(&meters, &plan.parts, window, Sharing::Split).value.iter().sum())
            };
            let u = offset.u_ns.round() as i64;
            let change = (shifted(u)? - shifted(0)?).abs().max((shifted(-u)? - shifted(0)?).abs());
            let label = "offset of the clocks, estimated from activity and power";
            gross = gross.with_u(change, label, Distribution::Normal)?;
            let (seconds, u) = (offset.ns as f64 * 1e-9, offset.u_ns * 1e-9);
            let found = Quantity::new(seconds, "s".parse()?)?.with_u(u, label, Distribution::Normal)?;
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
    let per_token = gross.over(&count)?;
    let (mut above_idle, mut above_idle_per_token, mut idle_share) = (None, None, None);
    if let Some(idle) = &declared {
        let idle = idle_energy(idle, in_flight_ns)?;
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
        in_flight_ns,
        status: if complete { Status::Complete } else { Status::Incomplete },
        reasons,
    })
}

/// The offset of the clocks: what was given and, added to it, what the logs say of the rest.
fn estimated(
    trace: &Trace,
    log: &TokenLog,
    span: (i64, i64),
    query: &InferenceQuery,
    meters: &[Meter<'_>],
    sampling_ns: i64,
) -> Result<Offset, EnergyError> {
    let given = query.clock_offset_ns.unwrap_or(0);
    // a local clock needs its zone all the same: whole hours are said and not estimated
    clocks_meet(trace, log, Some(given))?;
    let on_clock = |request: &Request| request.clone().counting(&log.leaps, &trace.leaps).later_by(given);
    let requests = log.requests.iter().map(on_clock).collect();
    let offset = estimate(meters, span, &TokenLog { requests, ..log.clone() }, sampling_ns)?;
    Ok(Offset { ns: offset.ns.saturating_add(given), ..offset })
}

/// The prompt tokens of the records that generate tokens, where every one states them and the sum is in range.
fn prompt_tokens(requests: &[Request]) -> Option<u64> {
    let mut inference = requests.iter().filter(|request| !request.is_overhead);
    inference.try_fold(0u64, |sum, request| sum.checked_add(request.prompt_tokens?))
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

/// The budget of the meter, carried over to a part of its energy.
///
/// A gain scales with the energy of the part. Everything else is at most what it is for the whole meter and is taken in
/// proportion, too, so that the parts of a meter stay fully correlated.
struct MeterScale {
    value: f64,
    components: Vec<Component>,
}

impl MeterScale {
    fn of(total: &Quantity) -> Self {
        Self { value: total.value(), components: total.measured().components().to_vec() }
    }

    fn components(&self, joules: f64) -> Vec<Component> {
        let share = if self.value == 0.0 { 0.0 } else { joules / self.value };
        let scaled = |part: &Component| Component { contribution: part.contribution * share, ..part.clone() };
        self.components.iter().map(scaled).collect()
    }

    /// Standard uncertainty of a joule. [J]
    fn u_per_joule(&self) -> f64 {
        let contributions = self.components.iter().map(|part| part.contribution);
        if self.value == 0.0 {
            0.0
        } else {
            contributions.map(|part| part * part).sum::<f64>().sqrt() / self.value.abs()
        }
    }

    fn figure(&self, total: &Quantity, joules: f64, basis: Basis) -> Result<Quantity, EnergyError> {
        let measured = Measured::with_components(joules, self.components(joules));
        let figure = Quantity::from_measured(measured, total.unit().clone())?;
        Ok(figure.at(total.boundary()).on(Some(basis)).by(total.methods().iter().copied()))
    }
}

/// The parts that the records are split into, and which record each belongs to.
struct Plan {
    parts: Vec<Window>,
    /// Record of each part, and whether it is the prefill.
    of: Vec<(usize, bool)>,
    /// Whether all inference records know their first token.
    has_phases: bool,
}

impl Plan {
    fn of(requests: &[Request], policy: Policy) -> Self {
        let inference = || requests.iter().filter(|request| !request.is_overhead);
        let has_phases = inference().next().is_some()
            && inference().all(|request| {
                let between = |(start, end): (i64, i64)| {
                    request.first_token_ns.is_some_and(|first| (start..=end).contains(&first))
                };
                request.interval_ns().is_some_and(between)
            });
        let (mut parts, mut of) = (Vec::new(), Vec::new());
        for (index, request) in requests.iter().enumerate() {
            let Some((start, end)) = request.interval_ns() else { continue };
            let seconds = (end - start) as f64 * 1e-9;
            let weight = match (policy, request.output_tokens) {
                (Policy::Tokens, Some(tokens)) if tokens > 0 && seconds > 0.0 => tokens as f64 / seconds,
                _ => 1.0,
            };
            let mut add = |start: i64, end: i64, prefill: bool| {
                parts.push(Window { start, end, weight });
                of.push((index, prefill));
            };
            match request.first_token_ns.filter(|_| has_phases && !request.is_overhead) {
                Some(first) => {
                    add(start, first, true);
                    add(first, end, false);
                }
                None => add(start, end, false),
            }
        }
        Self { parts, of, has_phases }
    }

    /// Energy and uncovered time of each record. [J], [ns]
    fn energies(&self, shares: &Shares, records: usize) -> Vec<(f64, i64)> {
        let mut energies = vec![(0.0, 0i64); records];
        for (((record, _), energy), uncovered) in self.of.iter().zip(&shares.value).zip(&shares.uncovered) {
            if let Some(sum) = energies.get_mut(*record) {
                *sum = (sum.0 + energy, sum.1 + uncovered);
            }
        }
        energies
    }

    /// Time with at least one inference record in flight. [ns]
    fn in_flight(&self, requests: &[Request], window: (i64, i64)) -> i64 {
        let inference = |record: usize| requests.get(record).is_some_and(|request| !request.is_overhead);
        let parts = self.parts.iter().zip(&self.of).filter(|(_, (record, _))| inference(*record));
        let parts: Vec<Window> = parts.map(|(part, _)| *part).collect();
        split(&[], &parts, window, Sharing::Split).inside
    }

    /// Energy up to the first token per prompt token and from it on per generated token.
    fn by_phase(
        &self,
        shares: &Shares,
        requests: &[Request],
        scale: &MeterScale,
        total: &Quantity,
    ) -> Result<(Option<Quantity>, Option<Quantity>), EnergyError> {
        if !self.has_phases {
            return Ok((None, None));
        }
        let inference = |record: &usize| requests.get(*record).filter(|request| !request.is_overhead);
        let energy_of = |prefill: bool| -> f64 {
            let parts = self.of.iter().zip(&shares.value);
            parts.filter(|((record, of), _)| *of == prefill && inference(record).is_some()).map(|(_, e)| e).sum()
        };
        let kept = || requests.iter().filter(|request| !request.is_overhead);
        let prompt = prompt_tokens(requests);
        let output: u64 = kept().filter_map(|request| request.output_tokens).sum();
        let per_token = |joules: f64, count: u64| -> Result<Quantity, EnergyError> {
            let count = Quantity::new(count as f64, "token".parse()?)?;
            Ok(scale.figure(total, joules, Basis::Gross)?.over(&count)?)
        };
        let prefill = match prompt.filter(|prompt| *prompt > 0) {
            Some(prompt) => Some(per_token(energy_of(true), prompt)?),
            None => None,
        };
        Ok((prefill, Some(per_token(energy_of(false), output)?)))
    }
}
