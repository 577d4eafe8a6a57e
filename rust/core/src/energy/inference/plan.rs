//! The parts that the records of a run are split into.

use super::scale::MeterScale;
use crate::energy::attribute::{PhaseCosts, Policy};
use crate::energy::error::EnergyError;
use crate::energy::idle::Stretch;
use crate::energy::tokens::Request;
use crate::quantity::{Basis, Quantity};
use szilard_simd::{Shares, Window};

/// Weight of what costs nothing. [W]
const LEAST_W: f64 = 1e-9;

/// The parts that the records are split into, and which record each belongs to.
pub(super) struct Plan {
    pub parts: Vec<Window>,
    /// Record of each part, and whether it is the prefill.
    of: Vec<(usize, bool)>,
    /// Whether all inference records know their first token.
    has_phases: bool,
}

impl Plan {
    /// The parts with the weights of a policy; by regression these are the costs of the tokens over the time that they take.
    pub fn of(requests: &[Request], policy: Policy, costs: Option<&PhaseCosts>) -> Result<Self, EnergyError> {
        let costs =
            costs.map(|costs| (costs.per_prompt_token.coherent_value(), costs.per_output_token.coherent_value()));
        if costs.is_some_and(|(prompt, output)| prompt <= 0.0 || output <= 0.0) {
            let reason = "a token comes out at no cost or less: the power does not follow the tokens".to_owned();
            return Err(EnergyError::Policy { policy: policy.word(), reason });
        }
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
                let watts = costs.map(|(per_prompt, per_output)| {
                    let (cost, tokens) =
                        if prefill { (per_prompt, request.prompt_tokens) } else { (per_output, request.output_tokens) };
                    // what has no tokens shares as little as can be, so that power that is its alone stays its own
                    (cost * tokens.unwrap_or(0) as f64 / ((end - start).max(1) as f64 * 1e-9)).max(LEAST_W)
                });
                parts.push(Window { start, end, weight: watts.unwrap_or(weight) });
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
        Ok(Self { parts, of, has_phases })
    }

    /// Energy and uncovered time of each record. [J], [ns]
    pub fn energies(&self, shares: &Shares, records: usize) -> Vec<(f64, i64)> {
        let mut energies = vec![(0.0, 0i64); records];
        for (((record, _), energy), uncovered) in self.of.iter().zip(&shares.value).zip(&shares.uncovered) {
            if let Some(sum) = energies.get_mut(*record) {
                *sum = (sum.0 + energy, sum.1 + uncovered);
            }
        }
        energies
    }

    /// Time with at least one inference record in flight.
    pub fn in_flight(&self, requests: &[Request], window: (i64, i64)) -> Stretch {
        let inference = |record: usize| requests.get(record).is_some_and(|request| !request.is_overhead);
        let parts = self.parts.iter().zip(&self.of).filter(|(_, (record, _))| inference(*record));
        Stretch::of_union(parts.map(|(part, _)| (part.start.max(window.0), part.end.min(window.1))).collect())
    }

    /// Energy up to the first token per prompt token and from it on per generated token.
    pub fn by_phase(
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

/// The prompt tokens of the records that generate tokens, where every one states them and the sum is in range.
pub(super) fn prompt_tokens(requests: &[Request]) -> Option<u64> {
    let mut inference = requests.iter().filter(|request| !request.is_overhead);
    inference.try_fold(0u64, |sum, request| sum.checked_add(request.prompt_tokens?))
}
