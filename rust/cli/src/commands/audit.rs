//! `szilard audit`: a claimed number against its expression, or the claims of a text.

use super::reproduce::registry;
use crate::failure::Failure;
use crate::output::{Answer, lines, quantity_json, sections, table};
use crate::reading::bytes;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use szilard::published::{CheckAudit, ClaimAudit, Claims, PublishedError};
use szilard::quantity::Quantity;

/// A claimed number, or the claims of a text.
#[derive(Debug, Args)]
pub(crate) struct AuditCommand {
    /// Expression such as "30e6 * 3 kW" (with --says; facts may stand in it by their identities), a file of claims (.toml), or a text that is carried:
    /// mushrooms-thread, thermodynamic-inference-note; every claim file of the folders where it is left out
    #[arg(allow_hyphen_values = true)]
    what: Option<String>,
    /// The claimed number, such as "90 MW"
    #[arg(long, value_name = "QUANTITY", allow_hyphen_values = true)]
    says: Option<String>,
    /// Folder with claims and publications of one's own; may be given several times
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<PathBuf>,
}

impl AuditCommand {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        match (&self.what, &self.says) {
            (Some(expression), Some(says)) => of_expression(expression, says, &self.folder),
            (None, Some(_)) => Err(usage("--says needs the expression that the number is said to follow from")),
            (Some(what), None) => of_claims(&[self.claims(what)?], &self.folder),
            (None, None) => {
                let folders: Vec<&Path> = self.folder.iter().map(PathBuf::as_path).collect();
                match Claims::in_folders(&folders)?.as_slice() {
                    [] => Err(usage("give an expression with --says, a file of claims, or a folder that holds one")),
                    texts => of_claims(texts, &self.folder),
                }
            }
        }
    }

    /// The claims of a file, of a text that is carried, or of one in the folders.
    fn claims(&self, what: &str) -> Result<Claims, Failure> {
        let path = Path::new(what);
        if path.is_file() {
            let text = String::from_utf8_lossy(&bytes(path)?).into_owned();
            return Ok(Claims::parse(what, &text)?);
        }
        let folders: Vec<&Path> = self.folder.iter().map(PathBuf::as_path).collect();
        match Claims::in_folders(&folders)?.into_iter().find(|claims| claims.citation.key == what) {
            Some(claims) => Ok(claims),
            None => Claims::carried(what).map_err(|error| match error {
                PublishedError::Unknown { .. } => {
                    usage("an expression needs --says; claims are a file or a text that is carried")
                }
                error => error.into(),
            }),
        }
    }
}

fn usage(message: &str) -> Failure {
    Failure::Usage { message: message.to_owned() }
}

fn of_expression(expression: &str, says: &str, folders: &[PathBuf]) -> Result<Answer, Failure> {
    let done = registry(folders)?.audit(expression, says)?;
    let computed = done.computed.in_unit(done.claimed.unit()).unwrap_or_else(|_| done.computed.clone());
    let explained = done.explanations.iter().map(|one| format!("x{:.4}: {}", one.factor, one.reason));
    let explained = explained.collect::<Vec<_>>().join("; ");
    let text = lines(&[
        ("expression", Some(expression.to_owned())),
        ("says", Some(done.claimed.to_string())),
        ("computed", Some(computed.to_string())),
        ("ratio", done.ratio.as_ref().map(Quantity::to_string)),
        ("verdict", Some(done.verdict().to_string())),
        ("explanation", (!explained.is_empty()).then_some(explained)),
    ]);
    let explanations = done
        .explanations
        .iter()
        .map(|one| json!({ "factor": one.factor, "reason": one.reason, "verdict": one.verdict.words() }));
    let json = json!({
        "expression": expression,
        "claimed": quantity_json(&done.claimed),
        "computed": quantity_json(&computed),
        "ratio": done.ratio.as_ref().map(quantity_json),
        "agrees": done.agrees,
        "verdict": done.verdict().words(),
        "explanations": explanations.collect::<Vec<_>>(),
    });
    Ok(Answer { text, json, ..Answer::default() })
}

fn of_claims(texts: &[Claims], folders: &[PathBuf]) -> Result<Answer, Failure> {
    let registry = registry(folders)?;
    let (mut parts, mut values) = (Vec::new(), Vec::new());
    for claims in texts {
        let audits = registry.audit_claims(claims)?;
        parts.extend([format!("{}\n", claims.citation), claims_table(&audits), reasons(&audits), counts(&audits)]);
        values.extend(audits.iter().map(|one| claim_json(claims, one)));
    }
    Ok(Answer { text: sections(&parts), json: Value::from(values), ..Answer::default() })
}

fn words(one: &ClaimAudit) -> String {
    one.verdicts().iter().map(|verdict| verdict.words()).collect::<Vec<_>>().join(" + ")
}

fn claims_table(audits: &[ClaimAudit]) -> String {
    let each = |one: &ClaimAudit, of: &dyn Fn(&CheckAudit) -> Vec<String>| {
        let cells = one.checks.iter().map(|check| of(check).join(" to "));
        cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("; ")
    };
    let row = |one: &ClaimAudit| {
        vec![
            one.id.clone(),
            words(one),
            each(one, &|check| check.says.clone()),
            each(one, &|check| check.found.iter().map(short).collect()),
            one.claims.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = audits.iter().map(row).collect();
    table(&["id", "verdict", "says", "found", "claim"], &rows)
}

/// A figure to four decimals, or in powers of ten where these would not show it.
fn short(figure: &Quantity) -> String {
    let value = figure.value();
    let number = if value == 0.0 || (1e-2..1e7).contains(&value.abs()) {
        format!("{value:.4}").trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.4e}")
    };
    match figure.unit().symbol() {
        "1" => number,
        unit => format!("{number} {unit}"),
    }
}

/// Why each claim has its verdict, with the citations.
fn reasons(audits: &[ClaimAudit]) -> String {
    let line = |one: &ClaimAudit| {
        let reasons = one.checks.iter().map(|check| check.reason.as_str()).filter(|reason| !reason.is_empty());
        let reasons = reasons.collect::<Vec<_>>().join("; ");
        if reasons.is_empty() { String::new() } else { format!("{} ({}): {reasons}\n", one.id, one.locator) }
    };
    audits.iter().map(line).collect()
}

fn counts(audits: &[ClaimAudit]) -> String {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for word in audits.iter().flat_map(|one| one.verdicts().into_iter().take(1)).map(|verdict| verdict.to_string()) {
        match counted.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counted.push((word, 1)),
        }
    }
    let counted: Vec<String> = counted.iter().map(|(word, count)| format!("{count} {word}")).collect();
    format!("{} claims: {}\n", audits.len(), counted.join(", "))
}

fn claim_json(claims: &Claims, one: &ClaimAudit) -> Value {
    let checks = one.checks.iter().map(|check| {
        json!({
            "verdict": check.verdict.words(),
            "says": check.says,
            "found": check.found.iter().map(quantity_json).collect::<Vec<_>>(),
            "ratio": check.ratio,
            "reason": check.reason,
        })
    });
    json!({
        "id": one.id,
        "claims": one.claims,
        "source": claims.citation.to_string(),
        "locator": one.locator,
        "verdicts": one.verdicts().iter().map(|verdict| verdict.words()).collect::<Vec<_>>(),
        "checks": checks.collect::<Vec<_>>(),
    })
}
