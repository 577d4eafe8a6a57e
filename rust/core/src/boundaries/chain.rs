//! A chain of factors that moves a figure from rung to rung.

use super::error::ChainError;
use super::factor::{Factor, known_factor};
use super::step::{KNOWN_FACTORS, KnownFactor, Step, Totals};
use crate::quantity::{Basis, Boundary, Quantity};

/// An ordered set of factors, each name once.
///
/// Between two rungs E_above = E_below Π_steps r, with the ratio of a step r = Π r_i where its factors follow one
/// another, and r = 1 + Σ (r_i - 1) where all are related to the energy at the lower rung (the parts of PUE).
///
/// ```
/// use szilard::boundaries::{BoundaryChain, Factor};
/// use szilard::quantity::{Boundary, Quantity};
///
/// let chain = BoundaryChain::new(vec![Factor::ratio("pue", 1.2).unwrap()]).unwrap();
/// let site = "176 TWh".parse::<Quantity>().unwrap().at(Some(Boundary::Site));
/// let it = chain.lower(&site, Boundary::It).unwrap();
/// assert!((it.quantity.value() - 146.67).abs() < 0.005);
/// assert!((it.applied[0].added.value() - 29.33).abs() < 0.005); // not 0.2 x 176 = 35.2
/// assert!(chain.lift(&site, Boundary::Site).is_err()); // the site figure already holds the PUE
/// ```
#[derive(Debug, Clone)]
pub struct BoundaryChain {
    factors: Vec<Factor>,
}

/// A figure at its new boundary, and how it came there.
#[derive(Debug, Clone)]
pub struct Lifted {
    /// The figure at the new boundary. Basis and methods are those of the figure that was given.
    pub quantity: Quantity,
    /// The factors on the way, from the lower rung outwards.
    pub applied: Vec<Applied>,
    /// The steps of which only some of the known factors were given, and the names of the others: the outer figure is
    /// then a lower bound, the inner one an upper bound.
    pub partial: Vec<(Step, Vec<&'static str>)>,
    /// Whether the way was outwards.
    is_up: bool,
}

/// What one factor did.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The factor: its name, step and ratio, what that is related to, its citation, years and vintage.
    pub factor: Factor,
    /// The energy between below and above that the factor stands for, counted at the upper end of its step. It is in
    /// the figure after a lift and was in it before a lowering.
    pub added: Quantity,
    /// A reservation.
    pub note: Option<&'static str>,
}

impl Lifted {
    /// The steps that lack some of their known factors, and what the figure is then, in words.
    pub fn missing(&self) -> Vec<String> {
        let bound = if self.is_up { "a lower bound" } else { "an upper bound" };
        let lacks = |(step, names): &(Step, Vec<&str>)| format!("{step} without {}: {bound}", names.join(", "));
        self.partial.iter().map(lacks).collect()
    }
}

const AVERAGE: &str = "average, not marginal: the factor is a mean over all load";

impl BoundaryChain {
    /// A chain of factors; within a step they follow one another in the order given.
    ///
    /// # Errors
    /// [`ChainError::Duplicate`], [`ChainError::TotalAndPart`].
    pub fn new(factors: Vec<Factor>) -> Result<Self, ChainError> {
        for (place, factor) in factors.iter().enumerate() {
            for other in factors.iter().skip(place + 1) {
                if factor.name() == other.name() {
                    return Err(ChainError::Duplicate { name: factor.name().to_owned() });
                }
                let (total, part) = match (factor.holds(other), other.holds(factor)) {
                    (true, _) => (factor, other),
                    (_, true) => (other, factor),
                    _ => continue,
                };
                return Err(ChainError::TotalAndPart { total: total.name().to_owned(), part: part.name().to_owned() });
            }
        }
        Ok(Self { factors })
    }

    /// The factors in the order given.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// The figure at a boundary further out.
    ///
    /// # Errors
    /// [`ChainError::MissingFactor`] where a step has no factor, [`ChainError::AppliedTwice`] where the figure is
    /// already at or above the boundary and the chain holds a factor that leads there, [`ChainError::Unset`] without a
    /// boundary, [`ChainError::NoEnergy`], [`ChainError::AverageOnly`] for idle capacity on a figure above idle.
    pub fn lift(&self, figure: &Quantity, to: Boundary) -> Result<Lifted, ChainError> {
        let from = boundary_of(figure)?;
        if to <= from {
            let inside = |factor: &&Factor| factor.to() >= to && factor.to() <= from;
            return match self.factors.iter().filter(inside).min_by_key(|factor| factor.step()) {
                Some(factor) => Err(ChainError::AppliedTwice { factor: factor.name().to_owned(), boundary: from }),
                None if to == from => Ok(unmoved(figure)),
                None => Err(ChainError::Direction { direction: "lift", from, to, instead: "lower does that" }),
            };
        }
        self.moved(figure, from, to, &[])
    }

    /// The figure at a boundary further out, where it already holds factors that belong there, by their names.
    ///
    /// A tool that multiplies the energy of a node by a PUE and says nothing of network and storage gives a figure that
    /// is counted at the node and holds `pue`. What is held is not applied and not missed; a chain that holds it as well
    /// is refused.
    ///
    /// # Errors
    /// [`ChainError::Held`], [`ChainError::HeldInPart`], an unknown name, and as of [`BoundaryChain::lift`].
    ///
    /// ```
    /// use szilard::boundaries::{BoundaryChain, Factor};
    /// use szilard::quantity::{Boundary, Quantity};
    ///
    /// let node = "1.2 kWh".parse::<Quantity>().unwrap().at(Some(Boundary::Node)); // 1 kWh and a PUE of 1.2
    /// let network = BoundaryChain::new(vec![Factor::ratio("network", 1.05).unwrap()]).unwrap();
    /// let site = network.lift_holding(&node, &["pue"], Boundary::Site).unwrap();
    /// assert!((site.quantity.value() - 1.26).abs() < 1e-12);
    /// let again = BoundaryChain::new(vec![Factor::ratio("pue", 1.2).unwrap()]).unwrap();
    /// assert!(again.lift_holding(&node, &["pue"], Boundary::Site).is_err());
    /// ```
    pub fn lift_holding(&self, figure: &Quantity, held: &[&str], to: Boundary) -> Result<Lifted, ChainError> {
        let held = held.iter().map(|name| known_factor(name)).collect::<Result<Vec<_>, _>>()?;
        for inside in &held {
            let twice = |factor: &&Factor| {
                let itself = factor.name() == inside.name;
                let part = inside.holds(factor.name(), factor.step(), factor.to());
                itself || part || factor.holds_known(inside)
            };
            if let Some(factor) = self.factors.iter().find(twice) {
                return Err(ChainError::Held { factor: factor.name().to_owned(), held: inside.name });
            }
            if inside.step.is_additive() && inside.totals != Totals::Step {
                return Err(ChainError::HeldInPart { held: inside.name, step: inside.step });
            }
        }
        match boundary_of(figure)? {
            from if to > from => self.moved(figure, from, to, &held),
            _ => self.lift(figure, to),
        }
    }

    /// The figure at a boundary further in: the inverse of [`BoundaryChain::lift`].
    ///
    /// # Errors
    /// [`ChainError::MissingFactor`], [`ChainError::Direction`] for a boundary further out, and the others of
    /// [`BoundaryChain::lift`].
    pub fn lower(&self, figure: &Quantity, to: Boundary) -> Result<Lifted, ChainError> {
        let from = boundary_of(figure)?;
        match to {
            _ if to > from => Err(ChainError::Direction { direction: "lower", from, to, instead: "lift does that" }),
            _ if to == from => Ok(unmoved(figure)),
            _ => self.moved(figure, from, to, &[]),
        }
    }

    /// The figure at a boundary, wherever it is now; one that is already there is left as it is.
    ///
    /// # Errors
    /// As of [`BoundaryChain::lift`].
    pub fn bring(&self, figure: &Quantity, to: Boundary) -> Result<Lifted, ChainError> {
        let from = boundary_of(figure)?;
        if from == to { Ok(unmoved(figure)) } else { self.moved(figure, from, to, &[]) }
    }

    fn moved(
        &self,
        figure: &Quantity,
        from: Boundary,
        to: Boundary,
        held: &[&KnownFactor],
    ) -> Result<Lifted, ChainError> {
        let (inner, outer) = (from.min(to), from.max(to));
        let steps = self.way(inner, outer, held)?;
        let above_idle = figure.basis() == Some(Basis::AboveIdle);
        let holds_idle = |factor: &&&Factor| factor.name() == "idle-capacity" || factor.spans();
        if above_idle && let Some(factor) = steps.iter().flat_map(|(_, factors)| factors).find(holds_idle) {
            return Err(ChainError::AverageOnly { factor: factor.name().to_owned(), basis: Basis::AboveIdle });
        }
        let mut total = Quantity::number(1.0)?;
        for (step, factors) in &steps {
            total = total.times(&step_ratio(*step, factors)?)?;
        }
        let bare = figure.at(None);
        let moved = if to > from { bare.times(&total)? } else { bare.over(&total)? };
        let mut below = if to > from { bare } else { moved.clone() };
        let mut applied = Vec::new();
        for (step, factors) in &steps {
            let lowest = below.clone();
            for factor in factors {
                let denominator = if step.is_additive() { &lowest } else { &below };
                let added = denominator.times(&factor.quantity().minus(&Quantity::number(1.0)?)?)?;
                below = below.plus(&added)?;
                applied.push(Applied {
                    factor: (*factor).clone(),
                    added: added.at(Some(factor.to())),
                    note: (above_idle && factor.is_average()).then_some(AVERAGE),
                });
            }
        }
        let partial = steps.iter().filter_map(|(step, factors)| {
            let missing = missing_parts(*step, factors, held);
            (!missing.is_empty()).then_some((*step, missing))
        });
        Ok(Lifted { quantity: moved.at(Some(to)), applied, partial: partial.collect(), is_up: to > from })
    }

    /// The steps between two rungs with their factors; one that spans several stands with its first step. A step of which
    /// the figure holds a factor may have none of its own.
    fn way(
        &self,
        inner: Boundary,
        outer: Boundary,
        held: &[&KnownFactor],
    ) -> Result<Vec<(Step, Vec<&Factor>)>, ChainError> {
        let mut way = Vec::new();
        let mut reached = inner;
        for step in Step::between(inner, outer) {
            if step.from() < reached {
                continue;
            }
            let of_step = |factor: &&Factor| factor.step() == step;
            let span = self.factors.iter().filter(of_step).find(|factor| factor.spans() && factor.to() <= outer);
            let factors: Vec<&Factor> = match span {
                Some(span) => vec![span],
                None => self.factors.iter().filter(of_step).filter(|factor| !factor.spans()).collect(),
            };
            reached = span.map_or(step.to(), Factor::to);
            let inside = held.iter().any(|inside| inside.step.from() <= step.from() && inside.to >= step.to());
            if factors.is_empty() && !inside {
                return Err(ChainError::MissingFactor { step, from: inner, to: outer });
            }
            way.push((step, factors));
        }
        Ok(way)
    }
}

/// The known parts of a step that neither its factors nor what the figure holds account for; none where a total of the
/// step or a factor with a name of its own stands for it. A customer's own transformer is not in every step.
fn missing_parts(step: Step, factors: &[&Factor], held: &[&KnownFactor]) -> Vec<&'static str> {
    let of_step = |name: &str| KNOWN_FACTORS.iter().find(|known| known.step == step && known.name == name);
    let inside = held.iter().copied().filter(|known| known.step.from() <= step.from() && known.to >= step.to());
    let mut given = Vec::new();
    for known in factors.iter().map(|factor| of_step(factor.name())).chain(inside.map(Some)) {
        match known.map(|known| (known, known.totals)) {
            None | Some((_, Totals::Step)) => return Vec::new(),
            Some((known, Totals::Parts(parts))) => given.extend(parts.iter().copied().chain([known.name])),
            Some((known, Totals::Itself)) => given.push(known.name),
        }
    }
    let parts = KNOWN_FACTORS.iter().filter(|known| known.step == step && known.totals == Totals::Itself);
    let alone = |name: &str| matches!(name, "transformer" | "generation");
    match given.contains(&"generation") {
        true => Vec::new(),
        false => parts.map(|known| known.name).filter(|name| !alone(name) && !given.contains(name)).collect(),
    }
}

/// The ratio of a step: the product of factors that follow one another, or 1 + Σ (r_i - 1) of additive parts.
fn step_ratio(step: Step, factors: &[&Factor]) -> Result<Quantity, ChainError> {
    let Some((first, others)) = factors.split_first() else { return Ok(Quantity::number(1.0)?) };
    others.iter().try_fold(first.quantity().clone(), |total, factor| {
        Ok(if step.is_additive() {
            total.plus(&factor.quantity().minus(&Quantity::number(1.0)?)?)?
        } else {
            total.times(factor.quantity())?
        })
    })
}

fn unmoved(figure: &Quantity) -> Lifted {
    Lifted { quantity: figure.clone(), applied: Vec::new(), partial: Vec::new(), is_up: true }
}

/// The boundary of a figure that can move over boundaries.
fn boundary_of(figure: &Quantity) -> Result<Boundary, ChainError> {
    let [length, mass, time, current, temperature, bit, token] = figure.dimension().0;
    let energy_or_power = (length, mass, current, temperature) == (2, 1, 0, 0) && matches!(time, -2 | -3);
    if !energy_or_power || !matches!((bit, token), (0, 0) | (-1, 0) | (0, -1)) {
        let unit = figure.unit().symbol().to_owned();
        return Err(ChainError::NoEnergy { unit, dimension: figure.dimension() });
    }
    figure.boundary().ok_or_else(|| ChainError::Unset { figure: figure.to_string() })
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
