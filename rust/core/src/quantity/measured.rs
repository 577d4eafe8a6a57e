//! A value with its uncertainty budget and the measurement model it came from.

use super::distribution::Distribution;
use super::model::{Function, Model};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// How the standard uncertainty of a component was evaluated (JCGM 100, 4.2 and 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evaluation {
    /// From the scatter of observations.
    A,
    /// From anything else: data sheets, calibration, resolution, judgement.
    B,
}

/// One source of uncertainty and what it contributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Identity of the source. Contributions of one id are fully correlated, those of different ids independent.
    pub id: Arc<str>,
    /// Name for tables.
    pub label: Arc<str>,
    /// How it was evaluated.
    #[serde(rename = "type")]
    pub evaluation: Evaluation,
    /// Shape of its distribution.
    pub distribution: Distribution,
    /// Degrees of freedom of the standard uncertainty; infinite where it is taken as known.
    #[serde(with = "infinite_as_null")]
    pub degrees_of_freedom: f64,
    /// Signed standard contribution, in the unit of the value.
    pub contribution: f64,
}

impl Component {
    /// A component of known standard uncertainty.
    pub fn new(id: &str, label: &str, distribution: Distribution, contribution: f64) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            evaluation: Evaluation::B,
            distribution,
            degrees_of_freedom: match distribution {
                Distribution::StudentT(freedom) => freedom,
                _ => f64::INFINITY,
            },
            contribution,
        }
    }

    /// A component with an identity that nothing else has.
    pub fn anonymous(label: &str, distribution: Distribution, contribution: f64) -> Self {
        Self::new(&fresh_id(), label, distribution, contribution)
    }

    /// The same component, evaluated from observations.
    pub fn type_a(self, degrees_of_freedom: f64) -> Self {
        Self { evaluation: Evaluation::A, ..self.known_to(degrees_of_freedom) }
    }

    /// The same component, its standard uncertainty known only to so many degrees of freedom (JCGM 100, G.4.2).
    pub fn known_to(self, degrees_of_freedom: f64) -> Self {
        Self { degrees_of_freedom, ..self }
    }

    /// The shape that draws come from: a normal component of few degrees of freedom is drawn from Student's t (JCGM
    /// 101, 6.4.9).
    pub(super) fn drawn_shape(&self) -> Distribution {
        match self.distribution {
            Distribution::Normal if self.degrees_of_freedom.is_finite() => {
                Distribution::StudentT(self.degrees_of_freedom)
            }
            shape => shape,
        }
    }

    /// What a component has in common with those that come from the same observations: its id up to a `#`.
    fn observations(&self) -> &str {
        self.id.rsplit_once('#').map_or(&self.id, |(observations, _)| observations)
    }
}

/// An identity that no other component of this or another process has.
pub(super) fn fresh_id() -> String {
    static PROCESS: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let process = PROCESS.get_or_init(|| RandomState::new().hash_one("szilard"));
    format!("u-{process:016x}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Infinite degrees of freedom as JSON null.
mod infinite_as_null {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        value.is_finite().then_some(*value).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::INFINITY))
    }
}

/// A value, the components of its uncertainty and the model that gave it.
///
/// Sums, products, powers and functions propagate the components to first order and keep them apart,
/// c_i(f) = Σ_k (∂f/∂x_k) c_i(x_k), so that u²(f) = Σ_i c_i² holds with full correlation of one id and independence of
/// different ones (JCGM 100, 5.1 and 5.2, in the eigenform of identified sources). The model itself is kept beside
/// them, so that Monte Carlo evaluates it at drawn inputs (JCGM 101) and never the linearised components.
#[derive(Debug, Clone)]
pub struct Measured {
    value: f64,
    components: Vec<Component>,
    model: Arc<Model>,
    /// Whether a non-linear step had an input with |x|/u below 5.
    strongly_nonlinear: bool,
}

/// Below this ratio of value to standard uncertainty a denominator or power is not linear enough.
const LINEAR_RATIO: f64 = 5.0;

impl Measured {
    /// An exact value.
    pub fn exact(value: f64) -> Self {
        Self::with_components(value, Vec::new())
    }

    /// A value with the components of its uncertainty; contributions of one id are added up.
    pub fn with_components(value: f64, components: Vec<Component>) -> Self {
        let components = merged(components.into_iter().map(|component| (1.0, component)));
        let model = Arc::new(Model::input(value, components.clone()));
        Self { value, components, model, strongly_nonlinear: false }
    }

    /// The value.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The standard uncertainty: the root of the sum of squared contributions.
    pub fn u(&self) -> f64 {
        let squares = |scale: f64| self.components.iter().map(|c| (c.contribution / scale).powi(2)).sum::<f64>();
        // the sum of nothing is -0
        let square = squares(1.0) + 0.0;
        if square.is_finite() {
            return square.sqrt();
        }
        let largest = self.components.iter().fold(0.0, |largest: f64, c| largest.max(c.contribution.abs()));
        largest * squares(largest).sqrt()
    }

    /// The components, in the order in which they entered.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// The measurement model.
    pub(super) fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Whether first-order propagation met an input too uncertain for it.
    pub fn is_strongly_nonlinear(&self) -> bool {
        self.strongly_nonlinear
    }

    /// The same value with further components.
    pub fn and_components(&self, components: Vec<Component>) -> Self {
        let extra = Self::with_components(0.0, components);
        self.plus(&extra)
    }

    /// The figure that was saved without its model.
    pub(super) fn restored(value: f64, components: Vec<Component>, linear: bool) -> Self {
        let restored = Self::with_components(value, components);
        if linear { restored } else { Self { model: Arc::new(Model::lost()), ..restored } }
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        self.combine(other, self.value + other.value, 1.0, 1.0, Function::Sum, false)
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        self.combine(other, self.value - other.value, 1.0, -1.0, Function::Difference, false)
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        let diffuse = self.is_diffuse_with(other);
        self.combine(other, self.value * other.value, other.value, self.value, Function::Product, diffuse)
    }

    /// The quotient.
    pub fn over(&self, other: &Self) -> Self {
        let value = self.value / other.value;
        self.combine(other, value, 1.0 / other.value, -value / other.value, Function::Quotient, other.is_diffuse())
    }

    /// The power; both may be uncertain.
    pub fn power(&self, exponent: &Self) -> Self {
        let value = self.value.powf(exponent.value);
        let by_base = exponent.value * self.value.powf(exponent.value - 1.0);
        let by_exponent = if exponent.components.is_empty() { 0.0 } else { value * self.value.ln() };
        let diffuse = exponent.value != 1.0 && self.is_diffuse();
        self.combine(exponent, value, by_base, by_exponent, Function::Power, diffuse)
    }

    /// The value times an exact factor.
    pub fn scaled(&self, factor: f64) -> Self {
        self.scaled_to(self.value * factor, factor)
    }

    /// The value times an exact factor whose product with the value is known better than by multiplying.
    pub(super) fn scaled_to(&self, value: f64, factor: f64) -> Self {
        let components = merged(self.components.iter().map(|component| (factor, component.clone())));
        let model = Model::apply(Function::Scale(factor), &[&self.model], value, &components, true);
        Self { value, components, model: Arc::new(model), strongly_nonlinear: self.strongly_nonlinear }
    }

    /// A smooth function of the value: its value and derivative there.
    pub fn map(&self, function: Function) -> Self {
        let (value, derivative) = function.of_one(self.value);
        let components = merged(self.components.iter().map(|component| (derivative, component.clone())));
        let model = Model::apply(function, &[&self.model], value, &components, false);
        let strongly_nonlinear = self.strongly_nonlinear || self.is_diffuse();
        Self { value, components, model: Arc::new(model), strongly_nonlinear }
    }

    fn combine(
        &self,
        other: &Self,
        value: f64,
        by_self: f64,
        by_other: f64,
        function: Function,
        diffuse: bool,
    ) -> Self {
        let mine = self.components.iter().map(|component| (by_self, component.clone()));
        let theirs = other.components.iter().map(|component| (by_other, component.clone()));
        let components = merged(mine.chain(theirs));
        let linear = match function {
            Function::Sum | Function::Difference => true,
            Function::Product => self.components.is_empty() || other.components.is_empty(),
            Function::Quotient => other.components.is_empty(),
            _ => self.components.is_empty() && other.components.is_empty(),
        };
        let model = Model::apply(function, &[&self.model, &other.model], value, &components, linear);
        let strongly_nonlinear = self.strongly_nonlinear || other.strongly_nonlinear || diffuse;
        Self { value, components, model: Arc::new(model), strongly_nonlinear }
    }

    /// Whether the figure is linear in its inputs, so that its components say everything about it.
    pub fn is_linear(&self) -> bool {
        self.model.is_linear()
    }

    /// Whether the value is less than five standard uncertainties from zero.
    fn is_diffuse(&self) -> bool {
        !self.components.is_empty() && self.value.abs() < LINEAR_RATIO * self.u()
    }

    /// Whether the product of two uncertain figures is not linear enough: its term of second order, u(a) u(b), is more
    /// than a fifth of those of first order, (a/u(a))² + (b/u(b))² < 5².
    fn is_diffuse_with(&self, other: &Self) -> bool {
        let ratio = |figure: &Self| (figure.value / figure.u()).powi(2);
        self.u() > 0.0 && other.u() > 0.0 && ratio(self) + ratio(other) < LINEAR_RATIO.powi(2)
    }

    /// Degrees of freedom of the standard uncertainty, ν = u⁴ / Σ_k u_k⁴/ν_k over independent observations k (Welch and
    /// Satterthwaite; JCGM 100, G.4.1); infinite where every component is known.
    pub fn effective_degrees_of_freedom(&self) -> f64 {
        let mut variances: HashMap<(&str, u64), f64> = HashMap::new();
        for part in self.components.iter().filter(|part| part.degrees_of_freedom.is_finite()) {
            *variances.entry((part.observations(), part.degrees_of_freedom.to_bits())).or_default() +=
                part.contribution.powi(2);
        }
        let fourth: f64 =
            variances.iter().map(|((_, freedom), variance)| variance.powi(2) / f64::from_bits(*freedom)).sum();
        if fourth > 0.0 { self.u().powi(4) / fourth } else { f64::INFINITY }
    }

    /// The components with their shares of the variance, which sum to one; without any variance all are zero.
    pub fn shares(&self) -> impl Iterator<Item = (&Component, f64)> {
        let variance = self.components.iter().map(|part| part.contribution.powi(2)).sum::<f64>();
        let share = move |part: &Component| if variance > 0.0 { part.contribution.powi(2) / variance } else { 0.0 };
        self.components.iter().map(move |part| (part, share(part)))
    }

    /// Whether one component that is not normal holds more than half the variance.
    pub fn is_dominated_by_a_shape(&self) -> bool {
        let half = 0.5 * self.u().powi(2);
        self.components
            .iter()
            .any(|component| !component.distribution.is_normal() && component.contribution.powi(2) > half)
    }
}

/// The components times their factors, contributions of one id added up, in the order of first appearance.
fn merged(components: impl Iterator<Item = (f64, Component)>) -> Vec<Component> {
    /// Most budgets are that short, and then looked through.
    const FEW: usize = 16;
    let mut kept: Vec<Component> = Vec::new();
    let mut index: HashMap<Arc<str>, usize> = HashMap::new();
    for (factor, mut component) in components {
        component.contribution *= factor;
        let place = match kept.len() {
            ..FEW => kept.iter().position(|known| known.id == component.id),
            _ => index.get(&component.id).copied(),
        };
        match place.and_then(|place| kept.get_mut(place)) {
            Some(same) => same.contribution += component.contribution,
            None => kept.push(component),
        }
        if kept.len() >= FEW {
            let new = kept.iter().enumerate().skip(index.len());
            index.extend(new.map(|(place, component)| (component.id.clone(), place)));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain(value: f64, relative: f64) -> Measured {
        Measured::with_components(value, vec![Component::new("gain", "gain", Distribution::Normal, value * relative)])
    }

    #[test]
    fn a_difference_with_itself_is_exactly_zero() {
        let energy = Measured::with_components(29.52, vec![Component::anonymous("meter", Distribution::Normal, 0.34)]);
        let difference = energy.minus(&energy);
        assert_eq!((difference.value(), difference.u()), (0.0, 0.0));
    }

    #[test]
    fn a_common_gain_cancels_in_a_ratio() {
        let ratio = gain(13.0, 0.036).over(&gain(26.0, 0.036));
        assert_eq!(ratio.value(), 0.5);
        assert!(ratio.u() < 1e-17);
    }

    #[test]
    fn independent_components_add_in_quadrature() {
        let one = Measured::with_components(1.0, vec![Component::anonymous("a", Distribution::Normal, 3.0)]);
        let two = Measured::with_components(1.0, vec![Component::anonymous("b", Distribution::Normal, 4.0)]);
        assert_eq!(one.plus(&two).u(), 5.0);
    }

    #[test]
    fn powers_and_quotients_of_diffuse_inputs_are_marked() {
        let small = Measured::with_components(1.0, vec![Component::anonymous("a", Distribution::Normal, 0.3)]);
        let firm = Measured::with_components(1.0, vec![Component::anonymous("a", Distribution::Normal, 0.1)]);
        assert!(Measured::exact(1.0).over(&small).is_strongly_nonlinear());
        assert!(!Measured::exact(1.0).over(&firm).is_strongly_nonlinear());
        assert!(small.power(&Measured::exact(2.0)).is_strongly_nonlinear());
        // x² by the product is the power of two: nearer to zero than five standard uncertainties neither is linear
        assert!(small.times(&small).is_strongly_nonlinear());
        assert!(!firm.times(&small).is_strongly_nonlinear() && !small.scaled(2.0).is_strongly_nonlinear());
    }

    #[test]
    fn idle_on_the_same_meter_keeps_only_the_gain_of_the_net_energy() {
        // 7.2 W and 3.8 W for 4.1 s, ±2 % rectangular gain and a 0.05 W offset common to both
        let power = |watts: f64| {
            Measured::with_components(
                watts * 4.1,
                vec![
                    Component::new("gain", "gain", Distribution::Rectangular, watts * 4.1 * 0.02 / 3f64.sqrt()),
                    Component::new("offset", "offset", Distribution::Normal, 0.05 * 4.1),
                ],
            )
        };
        let net = power(7.2).minus(&power(3.8));
        assert!((net.value() - 13.94).abs() < 1e-12);
        assert!((net.u() - 0.160_965_255_050_067_67).abs() < 1e-12);
    }
}
