//! The measurement model of a figure: how it is computed from its inputs, kept so that it can be evaluated again.

use super::measured::Component;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A step of a measurement model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Function {
    /// a + b
    Sum,
    /// a - b
    Difference,
    /// a b
    Product,
    /// a / b
    Quotient,
    /// a^b
    Power,
    /// k a with an exact k
    Scale(f64),
    /// e^a
    Exp,
    /// e^a - 1
    ExpMinusOne,
    /// ln a
    Ln,
    /// ln(1 + a)
    LnOnePlus,
    /// |a|
    Abs,
    /// sin a [rad]
    Sin,
    /// cos a [rad]
    Cos,
}

impl Function {
    /// The value and the derivative of a function of one argument.
    pub(super) fn of_one(self, x: f64) -> (f64, f64) {
        match self {
            Self::Exp => (x.exp(), x.exp()),
            Self::ExpMinusOne => (x.exp_m1(), x.exp()),
            Self::Ln => (x.ln(), 1.0 / x),
            Self::LnOnePlus => (x.ln_1p(), 1.0 / (1.0 + x)),
            Self::Abs => (x.abs(), if x < 0.0 { -1.0 } else { 1.0 }),
            Self::Sin => x.sin_cos(),
            Self::Cos => (x.cos(), -x.sin()),
            Self::Scale(factor) => (factor * x, factor),
            Self::Sum | Self::Difference | Self::Product | Self::Quotient | Self::Power => (f64::NAN, f64::NAN),
        }
    }

    fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Sum => a + b,
            Self::Difference => a - b,
            Self::Product => a * b,
            Self::Quotient => a / b,
            Self::Power => a.powf(b),
            Self::Scale(_)
            | Self::Exp
            | Self::ExpMinusOne
            | Self::Ln
            | Self::LnOnePlus
            | Self::Abs
            | Self::Sin
            | Self::Cos => self.of_one(a).0,
        }
    }
}

/// A model: an input, or a step applied to models.
#[derive(Debug)]
pub(super) struct Model {
    node: Node,
    /// Longest chain of steps; bounded, so that evaluation and release never recurse far.
    depth: u32,
    /// Whether the figure is linear in its inputs.
    linear: bool,
    /// Whether every step down to the inputs is known.
    whole: bool,
}

#[derive(Debug)]
enum Node {
    Input {
        value: f64,
        components: Vec<Component>,
    },
    Step {
        function: Function,
        arguments: Vec<Arc<Model>>,
    },
    /// A non-linear model that was too deep to keep, or was not saved.
    Lost,
}

/// Deepest model that is kept. A deeper one is replaced by its value and components: exact if it is linear.
const DEEPEST: u32 = 200;

/// Values of all drawn components, by their id, for a block of trials.
pub(super) type Draws = HashMap<Arc<str>, Vec<f64>>;

impl Model {
    pub(super) fn input(value: f64, components: Vec<Component>) -> Self {
        Self { node: Node::Input { value, components }, depth: 0, linear: true, whole: true }
    }

    /// The model of a figure of which only the components are known, though it is not linear in them.
    pub(super) fn lost() -> Self {
        Self { node: Node::Lost, depth: 0, linear: false, whole: false }
    }

    pub(super) fn apply(
        function: Function,
        arguments: &[&Arc<Model>],
        value: f64,
        components: &[Component],
        linear_step: bool,
    ) -> Self {
        let depth = 1 + arguments.iter().map(|argument| argument.depth).max().unwrap_or(0);
        let linear = linear_step && arguments.iter().all(|argument| argument.linear);
        let whole = arguments.iter().all(|argument| argument.whole);
        if depth > DEEPEST || !whole {
            return if linear { Self::input(value, components.to_vec()) } else { Self::lost() };
        }
        let arguments = arguments.iter().map(|argument| Arc::clone(argument)).collect();
        Self { node: Node::Step { function, arguments }, depth, linear, whole }
    }

    /// Whether the model can be evaluated at drawn inputs.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether the figure is linear in its inputs, so that its components say everything about it.
    pub(super) fn is_linear(&self) -> bool {
        self.linear
    }

    /// The components of all inputs, each id once, in the order in which they are met.
    pub(super) fn inputs(&self) -> Vec<&Component> {
        let mut found = Vec::new();
        self.collect(&mut found, &mut HashSet::new(), &mut HashSet::new());
        found
    }

    fn collect<'a>(
        &'a self,
        found: &mut Vec<&'a Component>,
        ids: &mut HashSet<&'a str>,
        visited: &mut HashSet<*const Model>,
    ) {
        if !visited.insert(std::ptr::from_ref(self)) {
            return;
        }
        match &self.node {
            Node::Input { components, .. } => {
                found.extend(components.iter().filter(|component| ids.insert(&component.id)));
            }
            Node::Step { arguments, .. } => {
                arguments.iter().for_each(|argument| argument.collect(found, ids, visited));
            }
            Node::Lost => {}
        }
    }

    /// The values of the model for a block of `trials` drawn inputs.
    pub(super) fn evaluate(self: &Arc<Self>, draws: &Draws, trials: usize) -> Arc<Vec<f64>> {
        self.evaluate_once(draws, trials, &mut HashMap::new())
    }

    fn evaluate_once(
        self: &Arc<Self>,
        draws: &Draws,
        trials: usize,
        known: &mut HashMap<*const Model, Arc<Vec<f64>>>,
    ) -> Arc<Vec<f64>> {
        if let Some(values) = known.get(&Arc::as_ptr(self)) {
            return Arc::clone(values);
        }
        let values = match &self.node {
            Node::Input { value, components } => {
                let mut values = vec![*value; trials];
                for component in components {
                    for (value, draw) in values.iter_mut().zip(draws.get(&component.id).into_iter().flatten()) {
                        *value += component.contribution * draw;
                    }
                }
                values
            }
            Node::Step { function, arguments } => {
                let mut inputs = arguments.iter().map(|argument| argument.evaluate_once(draws, trials, known));
                let first = inputs.next().unwrap_or_default();
                match inputs.next() {
                    Some(second) => first.iter().zip(second.iter()).map(|(a, b)| function.of(*a, *b)).collect(),
                    None => first.iter().map(|a| function.of(*a, 0.0)).collect(),
                }
            }
            Node::Lost => vec![f64::NAN; trials],
        };
        let values = Arc::new(values);
        known.insert(Arc::as_ptr(self), Arc::clone(&values));
        values
    }
}
