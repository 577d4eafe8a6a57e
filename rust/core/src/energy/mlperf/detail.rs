//! What the detail log of loadgen says of a run: its window, its scenario and its results.

use crate::input::{Base, Code, DateOrder, Diagnostics, Json, Place, Refusal, Text, civil_stamp};

/// What each record of the log starts with.
pub(in crate::energy) const MARK: &str = ":::MLLOG ";

/// The records of a detail log that bear on energy.
#[derive(Debug, Clone, Default)]
pub(in crate::energy) struct Detail {
    begin: Option<(i64, u32)>,
    end: Option<(i64, u32)>,
    /// What the stamps count from.
    pub base: Option<Base>,
    /// `effective_scenario`.
    pub scenario: Option<String>,
    /// Generated tokens per second. [token/s]
    pub tokens_per_second: Option<f64>,
    /// Line of the rate.
    pub rate_line: u32,
    /// Generated tokens per second, inferred by loadgen from samples and a mean number of tokens a sample. [token/s]
    pub inferred_tokens_per_second: Option<f64>,
    /// Samples per second. [1/s]
    pub samples_per_second: Option<f64>,
    /// `result_query_count`.
    pub queries: Option<f64>,
}

impl Detail {
    /// The detail log in a text.
    pub fn read(text: &Text, diagnostics: &mut Diagnostics) -> Result<Self, Refusal> {
        let path = text.path();
        let mut detail = Self::default();
        let mut lines = text.lines();
        while let Some(line) = lines.next(diagnostics)? {
            let Some(body) = line.text.strip_prefix(MARK) else { continue };
            let wanted =
                ["\"power_", "\"effective_scenario\"", "_per_second\"", "_per_sec\"", "\"result_query_count\""];
            if !wanted.iter().any(|key| body.contains(key)) {
                continue;
            }
            let in_line = |refusal: Refusal| Refusal { place: line.place(), ..refusal };
            let record = Json::parse(body.as_bytes(), path).map_err(in_line)?;
            let key = record.get("key").and_then(Json::as_str).unwrap_or_default();
            let value = record.get("value");
            let number = || value.map_or(Ok(None), |value| value.to_f64(path, || line.place()));
            match key {
                "power_begin" | "power_end" => {
                    let written = value.and_then(Json::as_str).unwrap_or_default();
                    let stamp = civil_stamp(written, DateOrder::MonthFirst).filter(|stamp| !stamp.leap);
                    let stamp = stamp.ok_or_else(|| {
                        Refusal::new(Code::TimeParse, path, line.place(), written, "MM-DD-YYYY HH:MM:SS.fff")
                    })?;
                    if *detail.base.get_or_insert(stamp.base) != stamp.base {
                        let (found, expected) = ("another kind of stamp", "stamps that all have a zone, or none");
                        return Err(Refusal::new(Code::TimeMixed, path, line.place(), found, expected));
                    }
                    let seen = if key == "power_begin" { &mut detail.begin } else { &mut detail.end };
                    if seen.replace((stamp.ns, line.number)).is_some() {
                        let found = format!("{key} again");
                        return Err(Refusal::new(Code::FieldCount, path, line.place(), found, "the log of one run"));
                    }
                }
                "effective_scenario" => detail.scenario = value.and_then(Json::as_str).map(str::to_owned),
                "result_tokens_per_second" | "result_completed_tokens_per_second" => {
                    let stated = number()?;
                    let other = stated.zip(detail.tokens_per_second).filter(|(stated, rate)| stated != rate);
                    if let Some((stated, rate)) = other {
                        let found = format!("{stated} token/s after {rate} token/s");
                        return Err(Refusal::new(Code::FieldCount, path, line.place(), found, "one token rate"));
                    }
                    if stated.is_some() {
                        (detail.tokens_per_second, detail.rate_line) = (stated, line.number);
                    }
                }
                "result_inferred_tokens_per_second" | "result_inferred_completed_tokens_per_second" => {
                    detail.inferred_tokens_per_second = number()?;
                }
                "result_samples_per_second" | "result_completed_samples_per_sec" => {
                    detail.samples_per_second = number()?;
                }
                "result_query_count" => detail.queries = number()?,
                _ => {}
            }
        }
        Ok(detail)
    }

    /// Begin of the power window [ns], and its line.
    pub fn begin(&self, path: &str) -> Result<(i64, u32), Refusal> {
        self.begin.ok_or_else(|| missing(path, "power_begin"))
    }

    /// End of the power window [ns], and its line.
    pub fn end(&self, path: &str) -> Result<(i64, u32), Refusal> {
        self.end.ok_or_else(|| missing(path, "power_end"))
    }
}

fn missing(path: &str, what: &str) -> Refusal {
    Refusal::new(Code::NoData, path, Place::File, format!("no {what}"), what)
}
