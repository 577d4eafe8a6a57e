//! Whole runs of llama.cpp with their energy: one row a run, energy and tokens summed over its problems.
//!
//! `Energía (J/token gen)` is energy over generated tokens and is compared with the row's own quotient. No row says
//! when it ran. Titles are Spanish.
//!
//! Layout: alejandroldz/LLM-Energy-Benchmark, otras_pruebas.

use super::columns::Column;
use super::{Head, TokenFormat, TokenOptions, log_of, table};
use crate::energy::tokens::{Counted, Rate, Request, TokenLog};
use crate::input::{Code, Diagnostics, Refusal, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "run-energy-table",
    description: "table of runs with energy, prompt tokens and generated tokens (LLM-Energy-Benchmark)",
    units: "energy of a run in J; prompt and generated tokens of a run; no time of day",
    detect,
    read,
};

/// Relative difference above which two figures of one row do not say the same thing.
const SAME: f64 = 1e-9;

fn detect(head: &Head) -> bool {
    let header = head.header();
    ["tokens_prompt", "tokens_generados"].iter().all(|name| Column::find(&header, &[name]).is_some())
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let path = text.path();
    let (header, rows) = table(text, &mut diagnostics)?;
    let titled = |name: &str| header.fields.iter().position(|field| field.trim() == name);
    let (prompt, output) =
        (Column::required(&header, "tokens_prompt", path)?, Column::required(&header, "tokens_generados", path)?);
    let (energy, per_token) = (titled("Energía (J)"), titled("Energía (J/token gen)"));
    let rate = titled("Throughput Decode (tok/s)");
    let (model, task) = (Column::find(&header, &["modelo"]), Column::find(&header, &["tarea"]));
    let batch = Column::find(&header, &["tamaño_batch"]);
    let mut requests = Vec::with_capacity(rows.len());
    for row in &rows {
        let number = |position: Option<usize>| position.map_or(Ok(None), |at| Column::number_at(row, at, path));
        let named = |column: &Option<Column>| column.as_ref().and_then(|column| column.cell(row)).unwrap_or("-");
        let file = named(&model).rsplit('/').next().unwrap_or("-");
        let rate = number(rate)?.map(|per_second| Rate::mean(Counted::Output, per_second));
        let request = Request {
            request: format!("line {}: {file} {}", row.line, named(&task)),
            prompt_tokens: prompt.count(row, path)?,
            output_tokens: output.count(row, path)?,
            rates: rate.into_iter().collect(),
            concurrency: batch.as_ref().map(|column| column.count(row, path)).transpose()?.flatten(),
            logged_energy_j: number(energy)?,
            logged_per_token_j: number(per_token)?,
            line: row.line,
            ..Request::default()
        };
        if let (Some(stated), Some(found)) = (request.logged_per_token_j, request.stated_per_token_j())
            && (stated - found).abs() > SAME * found.abs()
        {
            let message = format!("states {stated} J/token; its energy over its tokens is {found} J/token");
            diagnostics.push(Code::LoggedDiffers, row.place(), Some(&request.request), message);
        }
        requests.push(request);
    }
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}
