//! What a meter does not see, as Python sees it.

use crate::given::nanoseconds;
use crate::html;
use crate::picture::drawn;
use crate::quantity::{PyQuantity, Size};
use crate::table::{Column, frame};
use crate::traces::PyTrace;
use crate::watched::watched;
use pyo3::prelude::*;
use std::sync::Arc;
use szilard::energy::{BlindSpot, BlindSpotRow, LoadClass, MeterChoice};

/// What an inner meter does not see of an outer one.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> time = np.arange(61) * 10**9
/// >>> board = sz.trace_from_arrays(time, np.linspace(100, 400, 61), boundary="board")
/// >>> node = sz.trace_from_arrays(time, 90 + 1.1 * np.linspace(100, 400, 61), boundary="node")
/// >>> spot = sz.blind_spot(node, board)
/// >>> f"{spot.outer:.5g}, {spot.inner:.5g}, {spot.difference:.4g}, {spot.share:.3f}", spot.status
/// ('(21900 ± 3.2706e-07) J, (15000 ± 2.3805e-07) J, (6900 ± 4.045e-07) J, (0.315 ± 0.000)', 'complete')
/// >>> spot.load.columns[:3], spot.rows.height
/// (['from_w', 'to_w', 'inner_w'], 60)
#[pyclass(name = "BlindSpot", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyBlindSpot(BlindSpot);

#[pymethods]
impl PyBlindSpot {
    /// The energy of the outer meter. [J]
    #[getter]
    fn outer(&self) -> PyQuantity {
        PyQuantity(self.0.outer.clone())
    }

    /// The energy of the inner meter over the same time. [J]
    #[getter]
    fn inner(&self) -> PyQuantity {
        PyQuantity(self.0.inner.clone())
    }

    /// Their difference, which is at no one boundary. [J]
    #[getter]
    fn difference(&self) -> PyQuantity {
        PyQuantity(self.0.difference.clone())
    }

    /// The difference as a share of the outer energy.
    #[getter]
    fn share(&self) -> PyQuantity {
        PyQuantity(self.0.share.clone())
    }

    /// complete, or incomplete where a meter does not cover all of the time that both span.
    #[getter]
    fn status(&self) -> &'static str {
        self.0.status.word()
    }

    /// The table over time: start_ns, end_ns, outer_w, inner_w, difference_w, u_w; null where a meter does not cover it.
    #[getter]
    fn rows(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let rows = &self.0.rows;
        let maybe = |of: fn(&BlindSpotRow) -> Option<f64>| Column::MaybeFloat(rows.iter().map(of).collect());
        frame(
            py,
            vec![
                ("start_ns", Column::Whole(rows.iter().map(|row| row.start_ns).collect())),
                ("end_ns", Column::Whole(rows.iter().map(|row| row.end_ns).collect())),
                ("outer_w", maybe(|row| row.outer_w)),
                ("inner_w", maybe(|row| row.inner_w)),
                ("difference_w", maybe(|row| row.difference_w)),
                ("u_w", maybe(|row| row.u_w)),
            ],
        )
    }

    /// The table over load, from low to high: from_w, to_w, inner_w, difference_w, u_w, rows.
    #[getter]
    fn load(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let float = |of: fn(&LoadClass) -> f64| Column::Float(self.0.load.iter().map(of).collect());
        frame(
            py,
            vec![
                ("from_w", float(|class| class.from_w)),
                ("to_w", float(|class| class.to_w)),
                ("inner_w", float(|class| class.inner_w)),
                ("difference_w", float(|class| class.difference_w)),
                ("u_w", float(|class| class.u_w)),
                ("rows", Column::Whole(self.0.load.iter().map(|class| class.rows as i64).collect())),
            ],
        )
    }

    /// What the inner meter does not see against what it sees: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import numpy as np, szilard as sz
    /// >>> time, power = np.arange(61) * 10**9, np.linspace(100, 400, 61)
    /// >>> board = sz.trace_from_arrays(time, power, boundary="board")
    /// >>> node = sz.trace_from_arrays(time, 90 + 1.1 * power, boundary="node")
    /// >>> sz.blind_spot(node, board).plot()[1].get_ylabel()
    /// 'not seen by it [W]'
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "blind_spot", ax)
    }

    fn __repr__(&self) -> String {
        let BlindSpot { difference, share, status, .. } = &self.0;
        format!("BlindSpot({difference} not seen, {share} of the outer meter, {})", status.word())
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<String> {
        html::with_table(slf, "load")
    }
}

/// What an inner meter does not see of an outer one, over the time that both logs span: a node against the sum of its
/// boards, a module against its rails.
///
/// Parameters
/// ----------
/// outer, inner
///     Power logs on one clock; they may be the same log with different channels.
/// outer_channels, inner_channels
///     Names of channels whose sum is meant; left out, what the log itself sums.
/// offset
///     Added to the times of the inner log; needed where a clock is relative. [s]
/// step
///     Length of a row over time; left out, a sixtieth of the time. [s]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     An inner meter at an outer boundary.
/// szilard.errors.TraceError
///     Clocks that do not meet, no time in common.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> time = np.arange(61) * 10**9
/// >>> board = sz.trace_from_arrays(time, np.linspace(100, 400, 61), boundary="board")
/// >>> node = sz.trace_from_arrays(time, 90 + 1.1 * np.linspace(100, 400, 61), boundary="node")
/// >>> spot = sz.blind_spot(node, board)
/// >>> f"{spot.difference.value:.0f} J of {spot.outer.value:.0f} J"
/// '6900 J of 21900 J'
#[pyfunction]
#[pyo3(signature = (outer, inner, outer_channels=None, inner_channels=None, offset=None, step=None))]
pub fn blind_spot(
    py: Python<'_>,
    outer: &Bound<'_, PyTrace>,
    inner: &Bound<'_, PyTrace>,
    outer_channels: Option<Vec<String>>,
    inner_channels: Option<Vec<String>>,
    offset: Option<Size>,
    step: Option<Size>,
) -> PyResult<PyBlindSpot> {
    let (offset, step) = (offset.map(nanoseconds).transpose()?, step.map(nanoseconds).transpose()?);
    let size = outer.get().size() + inner.get().size();
    let (outer, inner) = (Arc::clone(&outer.get().trace), Arc::clone(&inner.get().trace));
    watched(py, size, None, move || {
        let outer = MeterChoice { trace: &outer, channels: outer_channels.unwrap_or_default() };
        let inner = MeterChoice { trace: &inner, channels: inner_channels.unwrap_or_default() };
        szilard::energy::blind_spot(&outer, &inner, offset, step)
    })
    .map(PyBlindSpot)
}
