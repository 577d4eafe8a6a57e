//! The rule that says what the official metric of a run is: power, or energy per query.
//!
//! Reference: mlcommons/inference, tools/submission/submission_checker/checks/power_check.py.

use super::detail::Detail;
use crate::energy::EnergyError;
use crate::input::{Code, Place, Refusal};
use crate::quantity::Quantity;

/// Samples of one MultiStream query.
const MULTI_STREAM: f64 = 8.0;

/// What the metric of a run is.
#[derive(Debug)]
pub(super) struct Metric {
    /// Scenario that loadgen ran, where its log states one.
    pub ran: Option<String>,
    /// Scenario that the run was submitted for, otherwise the one that was run.
    pub submitted: Option<String>,
    /// The rule per query; `None` where the metric is a power.
    pub per_query: Option<PerQuery>,
}

/// A metric per query.
#[derive(Debug)]
pub(super) struct PerQuery {
    /// Queries that make one of the scenario.
    per: f64,
    /// Queries that were run.
    queries: f64,
    /// Samples of one query of the scenario.
    samples: f64,
}

impl Metric {
    /// The rule for a run, by the scenario that it was submitted for and the one that was run. Where neither is stated
    /// the metric is that of Offline, Server and Interactive.
    pub fn of(submitted: Option<&str>, detail: &Detail, path: &str) -> Result<Self, EnergyError> {
        let ran = detail.scenario.as_deref();
        let submitted = submitted.or(ran);
        let of = |per_query| Self { ran: ran.map(str::to_owned), submitted: submitted.map(str::to_owned), per_query };
        let [of_folder, of_log] = [submitted, ran].map(|name| name.unwrap_or_default().to_lowercase());
        let (samples, per) = match (of_folder.as_str(), of_log.as_str()) {
            ("" | "offline" | "server" | "interactive", _) => return Ok(of(None)),
            ("singlestream", "singlestream") => (1.0, 1.0),
            ("multistream", "multistream") => (MULTI_STREAM, 1.0),
            ("multistream", "singlestream") => (MULTI_STREAM, MULTI_STREAM),
            _ => {
                let name = |name: Option<&str>| name.unwrap_or("no scenario").to_owned();
                let found = format!("a run of {} for {}", name(ran), name(submitted));
                let expected = "Offline, Server, Interactive, SingleStream or MultiStream, run as such, or as \
                                SingleStream for MultiStream";
                return Err(Refusal::new(Code::Scenario, path, Place::File, found, expected).into());
            }
        };
        let expected = "result_query_count above zero, for a metric per query";
        let found = || detail.queries.map_or("none".to_owned(), |queries| queries.to_string());
        let refusal = || Refusal::new(Code::NoData, path, Place::File, found(), expected);
        let queries = detail.queries.filter(|queries| *queries > 0.0).ok_or_else(refusal)?;
        Ok(of(Some(PerQuery { per, queries, samples })))
    }

    /// The official figure: the mean power [W], or the energy per query [mJ].
    pub fn figure(&self, power: &Quantity, energy: &Quantity) -> Result<Quantity, EnergyError> {
        let Some(rule) = &self.per_query else { return Ok(power.clone()) };
        Ok(energy.over(&Quantity::new(rule.queries / rule.per, "1".parse()?)?)?.to("mJ")?)
    }

    /// The official efficiency: performance over power [token/J, or 1/J], or samples of a query over its energy [1/J].
    pub fn efficiency(
        &self,
        figure: &Quantity,
        performance: Option<&Quantity>,
    ) -> Result<Option<Quantity>, EnergyError> {
        if let Some(rule) = &self.per_query {
            return Ok(Some(Quantity::new(rule.samples, "1".parse()?)?.over(figure)?.to("1/J")?));
        }
        // an Interactive run is one of loadgen's Server scenario; others are not inferred from one another
        let [submitted, ran] =
            [&self.submitted, &self.ran].map(|name| name.as_deref().unwrap_or_default().to_lowercase());
        let same = submitted == ran || (submitted == "interactive" && ran == "server");
        let performance = performance.filter(|_| same);
        performance.map(|rate| Ok(rate.over(figure)?)).transpose()
    }
}
