//! What commands share of factors between boundaries.

use crate::failure::Failure;
use crate::reading::{given, quantity};
use clap::Args;
use std::path::{Path, PathBuf};
use szilard::boundaries::{BoundaryChain, Factor, Given, Step, Years};
use szilard::published::Registry;
use szilard::quantity::{Distribution, Quantity};

/// The factors of a chain.
#[derive(Debug, Args)]
pub(crate) struct ChainArguments {
    /// Power usage effectiveness, the factor from it to site: 1.4, or 1.4±0.02 with its standard uncertainty
    #[arg(long, value_name = "RATIO")]
    pue: Option<String>,
    /// Factor by name: psu=efficiency:0.94, td-loss=loss:0.05±0.01 (of what enters), loss-over-output:, or a ratio; an own
    /// name needs its step: chiller@it->site=1.1; fact:ID in the place of the number takes it from a publication, with
    /// its year, vintage, rounding and citation: pue=fact:F058
    #[arg(long, value_name = "NAME[@STEP]=[KIND:]NUMBER", value_parser = named_factor)]
    factor: Vec<NamedFactor>,
    /// Folder with publications of one's own, for fact:ID; may be given several times
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<PathBuf>,
}

/// A factor as it was written.
#[derive(Debug, Clone)]
struct NamedFactor {
    name: String,
    step: Option<Step>,
    given: Given,
    number: String,
}

fn named_factor(text: &str) -> Result<NamedFactor, String> {
    let expected = "expected NAME=RATIO, NAME=loss:SHARE, NAME=efficiency:SHARE or NAME=[KIND:]fact:ID";
    let (name, rest) = text.split_once('=').ok_or(expected)?;
    let (name, step) = match name.split_once('@') {
        Some((name, step)) => (name, Some(step.parse().map_err(|error| format!("{error}"))?)),
        None => (name, None),
    };
    let (given, number) = match rest.split_once(':') {
        None | Some(("fact", _)) => (Given::Ratio, rest),
        Some(("loss", number)) => (Given::LossOverInput, number),
        Some((kind, number)) => (kind.parse()?, number),
    };
    if name.is_empty() || number.is_empty() {
        return Err(expected.to_owned());
    }
    Ok(NamedFactor { name: name.to_owned(), step, given, number: number.to_owned() })
}

/// A number, or one with its standard uncertainty behind `±`: 1.4±0.02, or 1.4±2%.
fn uncertain(what: &'static str, name: &str, text: &str) -> Result<Quantity, Failure> {
    let stated = quantity(what, text)?;
    if stated.u() == 0.0 {
        return Ok(stated);
    }
    let bare = Quantity::new(stated.value(), stated.unit().clone());
    let with_u = bare.and_then(|bare| bare.with_u(stated.u(), name, Distribution::Normal));
    with_u.map_err(|error| given(what, text, error))
}

impl ChainArguments {
    /// Whether no factor was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.pue.is_none() && self.factor.is_empty()
    }

    /// The figure that an argument says, a literal, an expression or fact:ID, and the years it is about where it is a fact.
    pub(crate) fn figure(&self, text: &str) -> Result<(Quantity, Option<Years>), Failure> {
        let Some(id) = text.strip_prefix("fact:") else { return Ok((quantity("quantity", text)?, None)) };
        let registry = self.registry()?;
        let fact = registry.fact(id)?;
        Ok((fact.single_value()?, Some(Years(fact.from, fact.to))))
    }

    fn registry(&self) -> Result<Registry, Failure> {
        let folders: Vec<&Path> = self.folder.iter().map(PathBuf::as_path).collect();
        Ok(Registry::with_folders(&folders)?)
    }

    /// The chain of the factors.
    pub(crate) fn chain(&self) -> Result<BoundaryChain, Failure> {
        let pue = |text: &String| Ok(Factor::new("pue", None, Given::Ratio, &uncertain("--pue", "pue", text)?)?);
        let named = self.factor.iter().map(|factor| self.factor(factor));
        let factors = self.pue.iter().map(pue).chain(named).collect::<Result<_, Failure>>()?;
        Ok(BoundaryChain::new(factors)?)
    }

    fn factor(&self, named: &NamedFactor) -> Result<Factor, Failure> {
        let NamedFactor { name, step, given, number } = named;
        let Some(id) = number.strip_prefix("fact:") else {
            return Ok(Factor::new(name, *step, *given, &uncertain("--factor", name, number)?)?);
        };
        Ok(self.registry()?.factor(id, name, *step, *given)?)
    }
}
