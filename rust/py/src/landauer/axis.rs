//! A sweep: ladder, roofline and energy over the values of an axis.

use super::inputs::Inputs;
use super::model::model_of;
use super::rungs::{PyLadder, columns};
use crate::errors::guard;
use crate::html;
use crate::picture::drawn;
use crate::quantity::Given;
use crate::table::{Column, frame};
use crate::watched::watched_in_place;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use szilard::landauer::{Axis, Device, Roofline, SweepInputs, SweepRow, sweep as sweep_of};
use szilard::quantity::Quantity;

/// Ladder, roofline and energy for each value of an axis.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> found = sz.sweep("llama-3-70b", "0.39 J/token", "300 K", over="batch", values=[1, 64], device="h200-sxm",
/// ...                  context=2048, dtype="fp8")
/// >>> found.axis, len(found.ladders), found.rooflines["limited_by"].to_list()
/// ('batch', 2, ['memory', 'memory'])
/// >>> found.table.filter(found.table["bound"] == "token-register")["value"].to_list()
/// ['1', '64']
#[pyclass(name = "Sweep", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PySweep {
    axis: &'static str,
    rows: Vec<SweepRow>,
}

#[pymethods]
impl PySweep {
    /// What is varied: "model", "dtype", "batch" or "context".
    #[getter]
    fn axis(&self) -> &'static str {
        self.axis
    }

    /// The ladder at each value.
    #[getter]
    fn ladders(&self) -> Vec<PyLadder> {
        self.rows.iter().map(|row| PyLadder(row.ladder.clone())).collect()
    }

    /// The rungs at each value: value, position (the value as a number: parameters, mean bits of a weight, batch,
    /// context), measured_j, and the columns of `Ladder.table` from bound to reason.
    #[getter]
    fn table(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let each = || self.rows.iter().flat_map(|row| row.ladder.rungs().iter().map(move |rung| (row, rung)));
        let rungs: Vec<_> = each().map(|(row, rung)| (rung, row.ladder.energy().boundary())).collect();
        let of_value = vec![
            ("value", Column::Text(each().map(|(row, _)| row.label.clone()).collect())),
            ("position", Column::Float(each().map(|(row, _)| row.position).collect())),
            ("measured_j", Column::Float(each().map(|(row, _)| row.ladder.energy().coherent_value()).collect())),
        ];
        frame(py, [of_value, columns(&rungs)].into_iter().flatten().collect())
    }

    /// The roofline at each value: value, position, measured_j, operations, bytes, intensity_flop_per_byte, step_s,
    /// tokens_per_s, limited_by, energy_per_token_j (at the power that was given, or the rated one), reason.
    #[getter]
    fn rooflines(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let of = |column: fn(&Roofline) -> f64| {
            Column::MaybeFloat(self.rows.iter().map(|row| row.roofline.as_ref().ok().map(column)).collect())
        };
        let limited = self.rows.iter().map(|row| Some(row.roofline.as_ref().ok()?.limited_by.word().to_owned()));
        let energy = self.rows.iter().map(|row| row.energy.as_ref().ok().map(Quantity::coherent_value));
        let reason = self.rows.iter().map(|row| row.energy.as_ref().err().map(ToString::to_string));
        frame(
            py,
            vec![
                ("value", Column::Text(self.rows.iter().map(|row| row.label.clone()).collect())),
                ("position", Column::Float(self.rows.iter().map(|row| row.position).collect())),
                (
                    "measured_j",
                    Column::Float(self.rows.iter().map(|row| row.ladder.energy().coherent_value()).collect()),
                ),
                ("operations", of(|found| found.operations)),
                ("bytes", of(|found| found.bytes)),
                ("intensity_flop_per_byte", of(|found| found.intensity)),
                ("step_s", of(|found| found.step.value)),
                ("tokens_per_s", of(Roofline::tokens_per_second)),
                ("limited_by", Column::MaybeText(limited.collect())),
                ("energy_per_token_j", Column::MaybeFloat(energy.collect())),
                ("reason", Column::MaybeText(reason.collect())),
            ],
        )
    }

    /// The measured energy, that of the roofline and the rungs over the values, coloured by kind: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> found = sz.sweep("llama-3-70b", "0.39 J/token", "300 K", over="context", values=[1024, 8192], dtype="fp8")
    /// >>> figure, axes = found.plot()
    /// >>> axes.get_yscale()
    /// 'log'
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "sweep", ax)
    }

    fn __repr__(&self) -> String {
        let labels = self.rows.iter().map(|row| row.label.as_str()).collect::<Vec<_>>().join(", ");
        format!("Sweep({}: {labels})", self.axis)
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<String> {
        html::with_table(slf, "rooflines")
    }
}

/// Ladder, roofline and energy for each value of an axis: how the rungs and the joules of a token move with the size of
/// the model, the precision, the batch and the context.
///
/// Parameters
/// ----------
/// model
///     As of `ladder`.
/// energy
///     Measured energy per token: one for all values, or a list with one for each. [J/token]
/// temperature
///     Of the coldest freely available bath. [K]
/// over
///     "model", "dtype", "batch" or "context".
/// values
///     The values: models, words of formats, whole numbers.
/// device
///     Device of the roofline, as "h100-sxm"; it needs batch, context and dtype.
/// power
///     Mean power during a step; left out, the rated one of the device, where its table has one. [W]
/// inputs
///     As of `ladder`.
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     An unknown axis or value, more or fewer energies than values, an unknown device.
/// ValueError
///     No energy at all.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> found = sz.sweep("llama-3-70b", "0.39 J/token", "300 K", over="batch", values=[1, 64], device="h200-sxm",
/// ...                  context=2048, dtype="fp8")
/// >>> [f"{joules:.3g}" for joules in found.rooflines["energy_per_token_j"]]
/// ['10.2', '0.207']
#[pyfunction]
#[pyo3(signature = (model, energy, temperature, *, over, values, device=None, power=None, **inputs))]
#[expect(clippy::too_many_arguments, reason = "a ladder, an axis and a device")]
pub fn sweep(
    py: Python<'_>,
    model: &Bound<'_, PyAny>,
    energy: &Bound<'_, PyAny>,
    temperature: Given,
    over: &str,
    values: Vec<Bound<'_, PyAny>>,
    device: Option<&str>,
    power: Option<Given>,
    inputs: Option<&Bound<'_, PyDict>>,
) -> PyResult<PySweep> {
    let (model, inputs) = (model_of(model)?, Inputs::of(inputs)?);
    // a pair of a number and a unit is one quantity
    let energies: Vec<Quantity> = if energy.is_instance_of::<PyList>() {
        energy.try_iter()?.map(|one| Ok(one?.extract::<Given>()?.0)).collect::<PyResult<_>>()?
    } else {
        vec![energy.extract::<Given>()?.0]
    };
    let axis = if over == "model" {
        Axis::Model(values.iter().map(model_of).collect::<PyResult<_>>()?)
    } else {
        let words = values.iter().map(ToString::to_string).collect::<Vec<_>>();
        guard(|| Axis::new(over, &words.iter().map(String::as_str).collect::<Vec<_>>()))?
    };
    let device = device.map(|name| guard(|| Device::named(name))).transpose()?;
    let first = energies.first().cloned().ok_or_else(|| PyValueError::new_err("a sweep needs an energy"))?;
    let rows = watched_in_place(py, usize::MAX, None, || {
        let more = SweepInputs { energies, device: device.as_ref(), power: power.map(|power| power.0) };
        sweep_of(&inputs.ladder(&model, first, temperature.0), &axis, &more)
    })?;
    Ok(PySweep { axis: axis.word(), rows })
}
