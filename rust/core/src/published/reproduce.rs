//! A calculation done again and compared with what is printed.

use super::error::PublishedError;
use super::publication::{Calculation, End, Input, Kind, Publication, Source};
use super::registry::Registry;
use super::scenario::Interval;
use crate::boundaries::{BoundaryChain, Factor, Given};
use crate::quantity::{Component, Distribution, Quantity, evaluate, evaluate_moving};
use crate::source::Evidence;
use std::collections::HashMap;
use std::fmt;

/// Whether the printed result came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Within the rounding of what is printed.
    Reproduced,
    /// Within the tolerance, which says little: it takes a number as rounded more coarsely than it is printed, or is wider
    /// than a tenth of the result, or no document at hand prints the result.
    Weak,
    /// Further off than rounding explains, as the source disagrees with itself.
    Inconsistent,
    /// Further off than rounding explains.
    Differs,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reproduced => "reproduced",
            Self::Weak => "weak",
            Self::Inconsistent => "inconsistent",
            Self::Differs => "differs",
        })
    }
}

/// A calculation done again.
#[derive(Debug, Clone)]
pub struct Reproduction {
    /// Identity of the calculation.
    pub id: String,
    /// Key of the publication.
    pub publication: String,
    /// What is calculated.
    pub title: String,
    /// The formula.
    pub formula: String,
    /// The result, in the unit of the printed one; its uncertainty is that of the rounding of the inputs.
    pub computed: Quantity,
    /// The result it is compared with.
    pub printed: Quantity,
    /// Whether the publication prints it.
    pub kind: Kind,
    /// (computed - printed) / |printed|.
    pub difference_relative: f64,
    /// The largest difference that rounding explains, over |printed|.
    pub tolerance: f64,
    /// Whether it came out.
    pub status: Status,
    /// What the tolerance is made of, and what else there is to say.
    pub note: String,
}

/// Start of the identity of the component that stands for the rounding of an input.
pub(super) const ROUNDING: &str = "rounding:";

/// The calculation done again.
///
/// The tolerance is half a unit of the last printed digit, and for a printed result the rounding of the inputs at its
/// worst, Σ |∂f/∂x_i| h_i with half a unit h_i of the last digit of each.
pub(super) fn reproduced(
    registry: &Registry,
    publication: &Publication,
    calculation: &Calculation,
) -> Result<Reproduction, PublishedError> {
    let placed = |error: PublishedError| error.of(&publication.file, calculation.line, &calculation.id);
    compared(registry, publication, calculation).map_err(placed)
}

fn compared(
    registry: &Registry,
    publication: &Publication,
    calculation: &Calculation,
) -> Result<Reproduction, PublishedError> {
    let inputs: HashMap<&str, Quantity> = calculation
        .inputs
        .iter()
        .map(|input| Ok((input.name.as_str(), value(registry, &calculation.id, input)?)))
        .collect::<Result<_, PublishedError>>()?;
    let given = |name: &str| inputs.get(name).cloned();
    let is_effectiveness = |name: &str| registry.is_effectiveness(&calculation.inputs, name);
    let mut computed = evaluate_moving(&calculation.formula, &given, &is_effectiveness)?;
    if let Some(way) = &calculation.way {
        let factor = |(name, ratio): (&String, &String)| {
            Ok::<_, PublishedError>(Factor::new(name, None, Given::Ratio, &evaluate(ratio, &given)?)?)
        };
        let chain = BoundaryChain::new(way.ratios.iter().map(factor).collect::<Result<_, _>>()?)?;
        computed = chain.bring(&computed, way.to)?.quantity;
    }
    let printed = calculation.stated.clone();
    if computed.boundary() != printed.boundary() {
        let (computed, stated) = (computed.boundary(), printed.boundary());
        return Err(PublishedError::OtherBoundary { computed, stated });
    }
    let computed = computed.in_unit(printed.unit())?;
    let size = printed.value().abs();
    let of_result = calculation.last_digit / 2.0;
    let of_inputs = match calculation.kind {
        Kind::Printed => rounding(&computed),
        Kind::Derived => 0.0,
    };
    let tolerance = (of_result + of_inputs) / size;
    let difference_relative = (computed.value() - printed.value()) / size;
    // a result on the very edge may fall to either side by the rounding of binary arithmetic
    let within = difference_relative.abs() <= tolerance * (1.0 + 1e-9) + 4.0 * f64::EPSILON;
    let weak = weakness(registry, calculation, tolerance)?;
    let status = match (within, weak.is_empty(), &calculation.inconsistent) {
        (true, true, _) => Status::Reproduced,
        (true, false, _) => Status::Weak,
        (false, _, Some(_)) => Status::Inconsistent,
        (false, _, None) => Status::Differs,
    };
    let mut note = vec![format!("half a unit of the last digit: {:.2} %", 100.0 * of_result / size)];
    if of_inputs > 0.0 {
        note.push(format!("rounding of the inputs: {:.2} %", 100.0 * of_inputs / size));
    }
    note.extend(weak.iter().map(|reason| format!("weak: {reason}")));
    note.extend(calculation.inconsistent.iter().map(|reason| format!("inconsistent source: {reason}")));
    note.extend(calculation.note.clone());
    Ok(Reproduction {
        id: calculation.id.clone(),
        publication: publication.citation.key.clone(),
        title: calculation.title.clone(),
        formula: calculation.formula.clone(),
        computed,
        printed,
        kind: calculation.kind,
        difference_relative,
        tolerance,
        status,
        note: note.join("; "),
    })
}

/// The widest tolerance within which agreement says much. [1]
const WIDE: f64 = 0.1;

/// Why agreement within the tolerance says little; empty where it says what it should.
fn weakness(registry: &Registry, calculation: &Calculation, tolerance: f64) -> Result<Vec<String>, PublishedError> {
    let mut found: Vec<String> = calculation.weak.iter().cloned().collect();
    if calculation.is_coarser && calculation.weak.is_none() {
        found.push("the result is taken as rounded more coarsely than it is printed".to_owned());
    }
    if calculation.kind == Kind::Printed {
        for input in &calculation.inputs {
            let coarser = match &input.source {
                Source::Value(_, digit) => digit.is_coarser,
                Source::Fact(id, _) => registry.fact(id)?.is_coarser(),
                Source::Table(_) | Source::Run(_) => false,
            };
            if coarser {
                found.push(format!("{} is taken as rounded more coarsely than it is printed", input.name));
            }
        }
    }
    if calculation.verified == Evidence::Unlocated {
        found.push("no document at hand has its figures".to_owned());
    }
    if tolerance > WIDE {
        found.push(format!("the printed digits leave {:.0} % of room", 100.0 * tolerance));
    }
    Ok(found)
}

/// The largest change of a result that the rounding of its inputs can make.
fn rounding(result: &Quantity) -> f64 {
    let components = result.measured().components().iter();
    let rounded = components.filter(|component| component.id.starts_with(ROUNDING));
    rounded.map(|component| component.contribution.abs() * 3f64.sqrt()).sum()
}

/// The value of an input, rounded to its last digit.
pub(super) fn value(registry: &Registry, owner: &str, input: &Input) -> Result<Quantity, PublishedError> {
    let quantity = match &input.source {
        Source::Value(quantity, digit) => rounded(quantity, digit.size, &format!("{owner}.{}", input.name)),
        Source::Table(step) => step.value(registry.table(&step.file)?)?,
        Source::Run(step) => step.value(registry.run_folder(step)?.as_path())?,
        Source::Fact(id, end) => {
            let fact = registry.fact(id)?;
            let Interval { low, high, .. } = fact.interval();
            let figure = match end {
                None => Some(fact.single_value()?),
                Some(End::Low) => low,
                Some(End::High) => high,
            };
            let none = || PublishedError::NoValue { id: id.clone(), has: fact.in_words() };
            figure.ok_or_else(none)?
        }
    };
    match (quantity.boundary(), input.boundary) {
        (_, None) => Ok(quantity),
        (Some(stated), Some(Some(other))) if stated != other => {
            let (computed, stated) = (Some(other), Some(stated));
            Err(PublishedError::OtherBoundary { computed, stated })
        }
        (_, Some(boundary)) => Ok(quantity.at(boundary)),
    }
}

/// The quantity with the rounding to its last digit as an uncertainty: rectangular over one unit of it.
pub(super) fn rounded(quantity: &Quantity, last_digit: f64, id: &str) -> Quantity {
    if last_digit == 0.0 {
        return quantity.clone();
    }
    let half_width = last_digit / 2.0 / 3f64.sqrt();
    let label = format!("rounding of {id}");
    let component = Component::new(&format!("{ROUNDING}{id}"), &label, Distribution::Rectangular, half_width);
    quantity.with_components(vec![component])
}
