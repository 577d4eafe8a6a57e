//! The inputs of a ladder beside model, energy and temperature, by name: those of `ladder` and of `sweep`.

use super::PyWeights;
use crate::boundaries::PyBoundaryChain;
use crate::errors::{Raise, guard};
use crate::quantity::Given;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use szilard::boundaries::BoundaryChain;
use szilard::landauer::bounds::{Arithmetic, Circuit, Memory, Reset, Retention};
use szilard::landauer::{LadderInputs, LandauerError, Model, Precision, Weights};
use szilard::quantity::{Quantity, units};

/// A whole number of tokens; one that cannot be is refused as any other wrong input is.
#[derive(Debug, Clone, Copy)]
pub struct Count(pub u64);

impl<'py> FromPyObject<'_, 'py> for Count {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        given.extract().map(Self).map_err(|error| {
            if !error.is_instance_of::<PyOverflowError>(given.py()) {
                return error;
            }
            // a number that is too large for a float is too large for any range
            let found = given.extract().unwrap_or(f64::INFINITY);
            let expected = "a whole number from 1 to 2^32".to_owned();
            LandauerError::Range { what: "a count", found, expected }.raise()
        })
    }
}

/// What was given of them.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    entropy: Option<Quantity>,
    cross_entropy: Option<Quantity>,
    batch: Option<u64>,
    context: Option<u64>,
    precision: Option<Precision>,
    weights: Option<Weights>,
    chain: Option<BoundaryChain>,
    circuit: Option<Circuit>,
    arithmetic: Option<&'static Arithmetic>,
    error_probability: Option<f64>,
    reset: Option<Reset>,
    retention: Option<Retention>,
    transfer_energy: Option<Quantity>,
    step_time: Option<Quantity>,
}

impl Inputs {
    /// The inputs among keywords; one that is not known is a `TypeError`.
    pub(super) fn of(keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut left = Left(keywords.map(|keywords| keywords.copy()).transpose()?);
        let found = Self {
            entropy: left.quantity("entropy")?,
            cross_entropy: left.quantity("cross_entropy")?,
            batch: left.take("batch")?.map(|Count(batch)| batch),
            context: left.take("context")?.map(|Count(context)| context),
            precision: left.word("dtype")?.map(|word| word.parse().map_err(Raise::raise)).transpose()?,
            weights: left.with("weights", |given| Ok(given.cast::<PyWeights>()?.get().0.clone()))?,
            chain: left.with("chain", |given| Ok(given.cast::<PyBoundaryChain>()?.get().0.clone()))?,
            circuit: left.word("circuit")?.map(|word| word.parse().map_err(Raise::raise)).transpose()?,
            arithmetic: left.word("arithmetic")?.map(|word| guard(|| Arithmetic::named(&word))).transpose()?,
            error_probability: left.take("error_probability")?,
            reset: left.reset()?,
            retention: left.retention()?,
            transfer_energy: left.with("transfer_energy", transfer_energy)?,
            step_time: left.quantity("step_time")?,
        };
        left.nothing()?;
        Ok(found)
    }

    /// The inputs of a ladder.
    pub(super) fn ladder<'a>(&'a self, model: &'a Model, energy: Quantity, temperature: Quantity) -> LadderInputs<'a> {
        LadderInputs {
            chain: self.chain.as_ref(),
            entropy: self.entropy.clone(),
            cross_entropy: self.cross_entropy.clone(),
            batch: self.batch,
            context: self.context,
            precision: self.precision,
            weights: self.weights.as_ref(),
            circuit: self.circuit,
            arithmetic: self.arithmetic,
            error_probability: self.error_probability,
            reset: self.reset,
            retention: self.retention,
            transfer_energy: self.transfer_energy.clone(),
            step_time: self.step_time.clone(),
            ..LadderInputs::new(model, energy, temperature)
        }
    }
}

/// The keywords that were not taken yet.
struct Left<'py>(Option<Bound<'py, PyDict>>);

impl<'py> Left<'py> {
    /// The keyword of a name, if it was given and is not None.
    fn with<T>(&mut self, name: &str, read: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>) -> PyResult<Option<T>> {
        let Some(keywords) = &self.0 else { return Ok(None) };
        let Some(given) = keywords.get_item(name)? else { return Ok(None) };
        keywords.del_item(name)?;
        if given.is_none() { Ok(None) } else { read(&given).map(Some) }
    }

    fn word(&mut self, name: &str) -> PyResult<Option<String>> {
        self.take(name)
    }

    fn take<T: for<'a> FromPyObject<'a, 'py, Error = PyErr>>(&mut self, name: &str) -> PyResult<Option<T>> {
        self.with(name, |given| given.extract())
    }

    fn quantity(&mut self, name: &str) -> PyResult<Option<Quantity>> {
        Ok(self.take::<Given>(name)?.map(|given| given.0))
    }

    /// A quantity of one dimension.
    fn of_dimension<D, U>(&mut self, name: &str) -> PyResult<Option<units::Quantity<D, U, f64>>>
    where
        D: units::Dimension + ?Sized,
        U: units::Units<f64> + ?Sized,
    {
        self.quantity(name)?.map(|given| guard(|| given.as_static())).transpose()
    }

    fn reset(&mut self) -> PyResult<Option<Reset>> {
        let (relaxation, time) = (self.of_dimension("relaxation_rate")?, self.of_dimension("reset_time")?);
        let error = self.take("reset_error")?;
        let (diffusivity, half_spacing) = (self.of_dimension("diffusivity")?, self.of_dimension("half_spacing")?);
        let free = self.take("free_end")?.unwrap_or(false);
        Ok(match (relaxation, time, error, diffusivity, half_spacing) {
            (Some(relaxation), Some(time), Some(error), None, None) => {
                Some(Reset::TwoState { relaxation, time, error })
            }
            (None, Some(time), None, Some(diffusivity), Some(half_spacing)) => {
                Some(Reset::Overdamped { diffusivity, half_spacing, time, free })
            }
            (None, None, None, None, None) => None,
            _ => {
                let expected = "a reset takes relaxation_rate, reset_time and reset_error, or diffusivity, half_spacing \
                                and reset_time";
                return Err(PyTypeError::new_err(expected));
            }
        })
    }

    fn retention(&mut self) -> PyResult<Option<Retention>> {
        match (self.of_dimension("attempt_rate")?, self.of_dimension("hold_time")?) {
            (Some(attempts), Some(hold)) => Ok(Some(Retention { attempts, hold })),
            (None, None) => Ok(None),
            _ => Err(PyTypeError::new_err("a retention takes attempt_rate and hold_time")),
        }
    }

    fn nothing(&self) -> PyResult<()> {
        match self.0.as_ref().filter(|keywords| !keywords.is_empty()) {
            None => Ok(()),
            Some(keywords) => Err(PyTypeError::new_err(format!("no such input of a ladder: {}", keywords.keys()))),
        }
    }
}

/// An energy for a bit, or the name of a memory.
fn transfer_energy(given: &Bound<'_, PyAny>) -> PyResult<Quantity> {
    let named = given.extract::<String>().ok().and_then(|name| Memory::named(&name).ok());
    match named {
        Some(memory) => Ok(memory.energy()),
        None => given.extract::<Given>().map(|given| given.0),
    }
}
