//! The energies of the same requests by every policy.

use super::per_token::energy_per_token;
use super::query::{InferenceQuery, Tokens};
use super::result::InferenceEnergy;
use crate::energy::attribute::Policy;
use crate::energy::error::EnergyError;
use crate::energy::tokens::TokenLog;
use crate::traces::Trace;

/// The joules per token of a run by every policy, or why one does not apply; the energies of a request side by side show
/// how much of its figure is the policy.
pub fn by_every_policy(
    trace: &Trace,
    log: &TokenLog,
    query: &InferenceQuery,
) -> Vec<(Policy, Result<InferenceEnergy, EnergyError>)> {
    let by = |policy: &Policy| {
        let query = InferenceQuery { policy: *policy, ..query.clone() };
        (*policy, energy_per_token(trace, Tokens::Log(log), &query))
    };
    Policy::ALL.iter().map(by).collect()
}
