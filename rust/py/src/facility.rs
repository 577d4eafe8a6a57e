//! The ratios of a data centre and its grid.

use crate::boundaries::Number;
use crate::errors::guard;
use crate::quantity::{Given, PyQuantity};
use crate::table::{Column, frame};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use szilard::boundaries::{self as core, Bounds, KNOWN_FACTORS, KnownFactor, KnownOverhead, PueCategory, Totals};
use szilard::quantity::Quantity;

/// The table of the factors that are known by name: name, step, to, meaning, denominator, holds, average.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> known = sz.boundaries.known_factors()
/// >>> known.filter(known["name"] == "pue").select("step", "denominator").row(0)
/// ('it->site', 'IT energy')
#[pyfunction]
pub fn known_factors(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let text = |of: fn(&KnownFactor) -> String| Column::Text(KNOWN_FACTORS.iter().map(of).collect());
    let holds = |known: &KnownFactor| match known.totals {
        Totals::Itself => String::new(),
        Totals::Parts(parts) => parts.join(", "),
        Totals::Step => "all up to its outer boundary".to_owned(),
    };
    frame(
        py,
        vec![
            ("name", text(|known| known.name.to_owned())),
            ("step", text(|known| known.step.to_string())),
            ("to", text(|known| known.to.word().to_owned())),
            ("meaning", text(|known| known.meaning.to_owned())),
            ("denominator", text(|known| known.denominator.to_owned())),
            ("holds", text(holds)),
            ("average", text(|known| if known.average { "yes" } else { "no" }.to_owned())),
        ],
    )
}

/// The data-centre infrastructure efficiency, DCiE = 1/PUE.
///
/// Parameters
/// ----------
/// pue
///     Power usage effectiveness. [1]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A PUE below 1.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.boundaries.dcie(1.6)
/// 0.625
#[pyfunction]
pub fn dcie(pue: Number) -> PyResult<PyQuantity> {
    guard(|| core::dcie(&pue.0)).map(PyQuantity)
}

/// The PUE from its parts over IT energy, 1 + CLF + PLF + other; a lower bound where one is left out.
///
/// Parameters
/// ----------
/// cooling
///     Cooling over IT energy, CLF. [1]
/// power
///     Loss of the power distribution over IT energy, PLF. [1]
/// other
///     All other overhead over IT energy. [1]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A part below zero.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.boundaries.pue_from_loads(0.30, 0.08, 0.02):.2f}"
/// '1.40'
#[pyfunction]
pub fn pue_from_loads(cooling: Number, power: Number, other: Number) -> PyResult<PyQuantity> {
    guard(|| core::pue_from_loads(&cooling.0, &power.0, &other.0)).map(PyQuantity)
}

/// The PUE over energy at the IT input from one whose IT energy is metered ahead of it: category 1 at the UPS output, 2
/// at the PDU output, 3 at the IT input. `efficiency` is energy at the IT input over energy at the meter.
///
/// Parameters
/// ----------
/// pue
///     PUE whose IT energy is metered ahead of the IT input. [1]
/// category
///     1 at the UPS output, 2 at the PDU output, 3 at the IT input.
/// efficiency
///     Energy at the IT input over energy at the meter. [1]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A PUE below 1, an efficiency outside 0 to 1.
/// ValueError
///     Another category.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.boundaries.pue_at_it_input(1.36, 1, 0.97):.3f}"
/// '1.402'
#[pyfunction]
pub fn pue_at_it_input(pue: Number, category: u8, efficiency: Number) -> PyResult<PyQuantity> {
    let category = match category {
        1 => PueCategory::UpsOutput,
        2 => PueCategory::PduOutput,
        3 => PueCategory::ItInput,
        other => return Err(PyValueError::new_err(format!("category {other}: expected 1, 2 or 3"))),
    };
    guard(|| core::pue_at_it_input(&pue.0, category, &efficiency.0)).map(PyQuantity)
}

/// The carbon usage effectiveness, CUE = CEF × PUE: carbon dioxide equivalent per IT energy.
///
/// Parameters
/// ----------
/// intensity
///     Carbon dioxide equivalent per energy, CEF, as "400 g/kWh". [kg/J]
/// pue
///     Power usage effectiveness. [1]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A PUE below 1.
/// szilard.errors.UnitError
///     Something of another dimension.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.boundaries.cue('400 g/kWh', 1.25).to('g/kWh'):.0f}"
/// '500 g/kWh'
#[pyfunction]
pub fn cue(intensity: Given, pue: Number) -> PyResult<PyQuantity> {
    guard(|| core::cue(&intensity.0, &pue.0)).map(PyQuantity)
}

/// The energy reuse effectiveness, ERE = (E_site - E_reused)/E_it, of energies at their boundaries.
///
/// Parameters
/// ----------
/// site
///     Energy at the site meter. [J or W]
/// reused
///     Energy that others use. [J or W]
/// it
///     Energy of the IT equipment. [J or W]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A figure at another boundary than its name says.
/// szilard.errors.UnitError
///     Figures of different dimensions.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> site, it = sz.Quantity("14 GWh", boundary="site"), sz.Quantity("10 GWh", boundary="it")
/// >>> sz.boundaries.ere(site, sz.Quantity("2 GWh", boundary="site"), it)
/// 1.2
#[pyfunction]
pub fn ere(site: Given, reused: Given, it: Given) -> PyResult<PyQuantity> {
    guard(|| core::ere(&site.0, &reused.0, &it.0)).map(PyQuantity)
}

/// The energy reuse factor, ERF = E_reused/E_site, of energies at the site.
///
/// Parameters
/// ----------
/// site
///     Energy at the site meter. [J or W]
/// reused
///     Energy that others use. [J or W]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A figure at another boundary than the site.
/// szilard.errors.UnitError
///     Figures of different dimensions.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.boundaries.erf(sz.Quantity('14 GWh', boundary='site'), sz.Quantity('2 GWh', boundary='site')):.4f}"
/// '0.1429'
#[pyfunction]
pub fn erf(site: Given, reused: Given) -> PyResult<PyQuantity> {
    guard(|| core::erf(&site.0, &reused.0)).map(PyQuantity)
}

fn figures<'py>(py: Python<'py>, named: &[(&str, &Quantity)]) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    for (name, quantity) in named {
        found.set_item(name, PyQuantity((*quantity).clone()))?;
    }
    Ok(found)
}

/// PUE, ITUE and TUE from energies at the boundaries site, it and chip: the energy of the IT equipment stands in both
/// ratios, so that its fans are counted once.
///
/// Parameters
/// ----------
/// site
///     Energy at the boundary site. [J or W]
/// it
///     Energy at the boundary it. [J or W]
/// compute
///     Energy at the boundary chip. [J or W]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A figure at another boundary, or an inner one above an outer one.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> power = {"site": "140 kW", "it": "100 kW", "chip": "80 kW"}
/// >>> sz.boundaries.effectiveness(*(sz.Quantity(p, boundary=b) for b, p in power.items()))["tue"]
/// 1.75
#[pyfunction]
pub fn effectiveness<'py>(py: Python<'py>, site: Given, it: Given, compute: Given) -> PyResult<Bound<'py, PyDict>> {
    let found = guard(|| core::effectiveness(&site.0, &it.0, &compute.0))?;
    figures(py, &[("pue", &found.pue), ("itue", &found.itue), ("tue", &found.tue)])
}

/// What two figures of one thing imply for the way between them: ratio, loss_over_input and loss_over_output.
///
/// Parameters
/// ----------
/// inner
///     The figure at the inner boundary. [J or W]
/// outer
///     The figure at the outer boundary. [J or W]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     Boundaries that are not one inside the other.
/// szilard.errors.UnitError
///     Figures of different dimensions.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> site, grid = sz.Quantity("415 TWh/yr", boundary="site"), sz.Quantity("460 TWh/yr", boundary="grid")
/// >>> f"{sz.boundaries.gap(site, grid)['loss_over_input']:.4f}"
/// '0.0978'
#[pyfunction]
pub fn gap<'py>(py: Python<'py>, inner: Given, outer: Given) -> PyResult<Bound<'py, PyDict>> {
    let found = guard(|| core::gap(&inner.0, &outer.0))?;
    let named = [
        ("ratio", &found.ratio),
        ("loss_over_input", &found.loss_over_input),
        ("loss_over_output", &found.loss_over_output),
    ];
    figures(py, &named)
}

/// The table of PUE, cooling share, cooling load factor and other load factor from one or two of them: ratio, low, high,
/// status ("known" or "bound"). Null where nothing bounds a ratio.
///
/// PUE = 1 + CLF + other and share = CLF/PUE; one ratio bounds the others, two of them give all.
///
/// Parameters
/// ----------
/// pue
///     Power usage effectiveness. [1]
/// cooling_share
///     Cooling over site energy. [1]
/// cooling_load
///     Cooling over IT energy, CLF. [1]
/// other_load
///     All other overhead over IT energy. [1]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     None or more than two of them, one out of range, or two that contradict each other.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.boundaries.overhead(cooling_share=0.30)["low"][0]
/// 1.4285714285714286
#[pyfunction]
#[pyo3(signature = (*, pue=None, cooling_share=None, cooling_load=None, other_load=None))]
pub fn overhead(
    py: Python<'_>,
    pue: Option<Number>,
    cooling_share: Option<Number>,
    cooling_load: Option<Number>,
    other_load: Option<Number>,
) -> PyResult<Py<PyAny>> {
    let number = |given: Option<Number>| given.map(|given| given.0);
    let known = KnownOverhead {
        pue: number(pue),
        cooling_share: number(cooling_share),
        cooling_load: number(cooling_load),
        other_load: number(other_load),
    };
    let found = guard(|| core::overhead(&known))?;
    let named = [
        ("pue", &found.pue),
        ("cooling-share", &found.cooling_share),
        ("cooling-load-factor", &found.cooling_load),
        ("other-load-factor", &found.other_load),
    ];
    let status = |bounds: &Bounds| if bounds.is_known() { "known" } else { "bound" };
    frame(
        py,
        vec![
            ("ratio", Column::Text(named.iter().map(|(name, _)| (*name).to_owned()).collect())),
            ("low", Column::Float(named.iter().map(|(_, bounds)| bounds.low.value()).collect())),
            ("u_low", Column::Float(named.iter().map(|(_, bounds)| bounds.low.u()).collect())),
            ("high", Column::MaybeFloat(named.iter().map(|(_, b)| b.high.as_ref().map(Quantity::value)).collect())),
            ("u_high", Column::MaybeFloat(named.iter().map(|(_, b)| b.high.as_ref().map(Quantity::u)).collect())),
            ("status", Column::Text(named.iter().map(|(_, bounds)| status(bounds).to_owned()).collect())),
        ],
    )
}

/// Loss, efficiency, exergy destroyed and entropy produced of a transformer: loss = P_0 + P_k x², x = P_out/S_n, and of
/// the loss at temperature T the share T_0/T is destroyed.
///
/// Parameters
/// ----------
/// output
///     Power that the transformer delivers, P_out. [W]
/// rated
///     Its rated power, S_n. [W]
/// no_load
///     Its loss without load, P_0. [W]
/// load
///     Its loss at rated power, P_k. [W]
/// heat
///     Temperature of the windings, T. [K]
/// ambient
///     Temperature of the air, T_0. [K]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A power below zero, or windings colder than the air.
/// szilard.errors.UnitError
///     Something of another dimension.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> rating = {"rated": "100 MW", "no_load": "50 kW", "load": "400 kW", "heat": "360 K", "ambient": "300 K"}
/// >>> f"{sz.boundaries.transformer_loss('50 MW', **rating)['exergy_destroyed'].to('kW'):.1f}"
/// '125.0 kW'
#[pyfunction]
#[pyo3(signature = (output, *, rated, no_load, load, heat, ambient))]
pub fn transformer_loss<'py>(
    py: Python<'py>,
    output: Given,
    rated: Given,
    no_load: Given,
    load: Given,
    heat: Given,
    ambient: Given,
) -> PyResult<Bound<'py, PyDict>> {
    let found = guard(|| core::transformer_loss(&output.0, &rated.0, &no_load.0, &load.0, &heat.0, &ambient.0))?;
    let named = [
        ("loss", &found.loss),
        ("efficiency", &found.efficiency),
        ("exergy_destroyed", &found.exergy_destroyed),
        ("entropy_produced", &found.entropy_produced),
    ];
    figures(py, &named)
}

/// The efficiency of generation at a heat rate, as "10689 Btu/kWh".
///
/// Parameters
/// ----------
/// heat_rate
///     Heat of the fuel over electricity, as "10689 Btu/kWh" or a pure number. [1]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A heat rate below 1.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.boundaries.generation_efficiency('10689 Btu/kWh'):.3f}"
/// '0.319'
#[pyfunction]
pub fn generation_efficiency(heat_rate: Number) -> PyResult<PyQuantity> {
    guard(|| core::generation_efficiency(&heat_rate.0)).map(PyQuantity)
}

/// The fuel behind the electricity of a mix over that electricity, Σ s_i h_i, from pairs of share and heat rate: the ratio
/// of the factor "generation".
///
/// Parameters
/// ----------
/// parts
///     Pairs of a share of the electricity and the heat rate behind it. [1], [1]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     Shares that do not sum to 1, or a heat rate below 1.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.boundaries.generation_mix([('60 %', '7740 Btu/kWh'), ('40 %', 1)]):.3f}"
/// '1.761'
#[pyfunction]
pub fn generation_mix(parts: Vec<(Number, Number)>) -> PyResult<PyQuantity> {
    let parts: Vec<(Quantity, Quantity)> = parts.into_iter().map(|(share, rate)| (share.0, rate.0)).collect();
    guard(|| core::generation_mix(&parts)).map(PyQuantity)
}
