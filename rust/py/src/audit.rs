//! Claims compared with what their expressions give.

use crate::errors::guard;
use crate::published::{Folders, registry};
use crate::quantity::PyQuantity;
use crate::table::{Column, frame};
use pyo3::prelude::*;
use std::path::PathBuf;
use szilard::published::{Audit, CheckAudit, ClaimAudit, Claims};
use szilard::quantity::Quantity;

/// A claim compared with what its expression gives.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> found = sz.audit("30e6 * 3 kW", says="90 MW")
/// >>> found.computed, found.claimed, found.ratio, found.agrees
/// (90000000 kW, 90 MW, 0.001, False)
/// >>> found.verdict, found.explanations
/// ('unit', ['a prefix of a thousand (k, M, G, T), or per 1000 against per one'])
#[pyclass(name = "Audit", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyAudit(Audit);

#[pymethods]
impl PyAudit {
    /// The value of the expression.
    #[getter]
    fn computed(&self) -> PyQuantity {
        PyQuantity(self.0.computed.clone())
    }

    /// The claim.
    #[getter]
    fn claimed(&self) -> PyQuantity {
        PyQuantity(self.0.claimed.clone())
    }

    /// Claimed over computed; `None` where nothing comes out of the expression.
    #[getter]
    fn ratio(&self) -> Option<PyQuantity> {
        self.0.ratio.clone().map(PyQuantity)
    }

    /// Whether the two agree within half a unit of the last digit of the claim.
    #[getter]
    fn agrees(&self) -> bool {
        self.0.agrees
    }

    /// The known confusions that would explain the ratio, in words.
    #[getter]
    fn explanations(&self) -> Vec<&str> {
        self.0.explanations.iter().map(|explanation| explanation.reason.as_str()).collect()
    }

    /// What came of the claim: holds, unit, boundary, arithmetic.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.0.verdict().words()
    }

    fn __bool__(&self) -> bool {
        self.0.agrees
    }

    fn __repr__(&self) -> String {
        let Audit { computed, claimed, agrees, .. } = &self.0;
        let reasons = self.explanations().join("; ");
        match (agrees, reasons.as_str()) {
            (true, _) => format!("Audit({claimed} agrees with {computed})"),
            (false, "") => format!("Audit({claimed} differs from {computed}; no known confusion explains it)"),
            (false, reasons) => format!("Audit({claimed} differs from {computed}: {reasons})"),
        }
    }
}

/// The comparison of a claimed number with the expression that it is said to follow from. Facts may stand in it by their
/// identities, as in "(F032 / F031)^(1/5) - 1".
///
/// Parameters
/// ----------
/// expression
///     An expression as of `calc`, in which facts may stand by their identities.
/// says
///     The number that is said to follow from it. [any unit]
/// folder
///     As of `published.facts`.
///
/// Raises
/// ------
/// szilard.errors.UnitError
///     An expression or a claim that cannot be read.
/// szilard.errors.PublishedError
///     A fact that is not known.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.audit("30e6 * 3 kW", says="90 MW")
/// Audit(90 MW differs from 90000000 kW: a prefix of a thousand (k, M, G, T), or per 1000 against per one)
/// >>> "16.95 % are needed" in sz.audit("448 TWh * 1.16^5", says="980 TWh").explanations[0]
/// True
#[pyfunction]
#[pyo3(signature = (expression, says, *, folder=None))]
pub fn audit(expression: &str, says: &str, folder: Option<Folders>) -> PyResult<PyAudit> {
    guard(|| registry(folder.as_ref())?.audit(expression, says)).map(PyAudit)
}

/// The table of the claims of a text: id, claims, verdict, says, found, reason, locator, source.
///
/// Parameters
/// ----------
/// text
///     Path of a file of claims, or the name of a text that is carried: mushrooms-thread, thermodynamic-inference-note.
/// folder
///     As of `published.facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     An unknown text, or claims that cannot be read.
/// OSError
///     A file that the system does not give.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.audit_claims("mushrooms-thread")["verdict"][2]
/// 'misattributed'
#[pyfunction]
#[pyo3(signature = (text, *, folder=None))]
pub fn audit_claims(py: Python<'_>, text: PathBuf, folder: Option<Folders>) -> PyResult<Py<PyAny>> {
    let registry = guard(|| registry(folder.as_ref()))?;
    let name = text.display().to_string();
    let claims = if text.is_file() {
        let content = std::fs::read_to_string(&text)?;
        guard(|| Claims::parse(&name, &content))?
    } else {
        guard(|| Claims::carried(&name))?
    };
    let audits = guard(|| registry.audit_claims(&claims))?;
    let words = |one: &ClaimAudit| one.verdicts().iter().map(|one| one.words()).collect::<Vec<_>>().join(" + ");
    let each = |of: &dyn Fn(&CheckAudit) -> String| {
        let joined = |one: &ClaimAudit| one.checks.iter().map(of).filter(|part| !part.is_empty()).collect::<Vec<_>>();
        Column::Text(audits.iter().map(|one| joined(one).join("; ")).collect())
    };
    let found = |check: &CheckAudit| check.found.iter().map(Quantity::to_string).collect::<Vec<_>>().join(" to ");
    let text = |of: fn(&ClaimAudit) -> String| Column::Text(audits.iter().map(of).collect());
    frame(
        py,
        vec![
            ("id", text(|one| one.id.clone())),
            ("claims", text(|one| one.claims.clone())),
            ("verdict", Column::Text(audits.iter().map(words).collect())),
            ("says", each(&|check| check.says.join(" to "))),
            ("found", each(&found)),
            ("reason", each(&|check| check.reason.clone())),
            ("locator", text(|one| one.locator.clone())),
            ("source", Column::Text(audits.iter().map(|_| claims.citation.to_string()).collect())),
        ],
    )
}
