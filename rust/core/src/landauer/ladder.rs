//! The ladder: one measured energy per token beside every bound.

use super::bounds::{Bound, BoundInputs, REGISTRY};
use super::{LadderInputs, LandauerError};
use crate::boundaries::Applied;
use crate::input::{Code, Diagnostics, Place, printable};
use crate::quantity::units::{f64::EnergyPerToken, f64::Temperature, temperature::kelvin};
use crate::quantity::{Boundary, Function, Quantity};
use std::f64::consts::LN_10;
use std::fmt;

/// Above this a temperature is rather that of a die than that of a bath. [K]
const WARMEST_AMBIENT: f64 = 330.0;

/// The ratio of a measured energy to a named bound, at a named temperature and boundary.
#[derive(Debug, Clone)]
pub struct Gap {
    bound: &'static Bound,
    ratio: Quantity,
    temperature: Quantity,
}

impl Gap {
    /// The bound.
    pub fn bound(&self) -> &'static Bound {
        self.bound
    }

    /// The ratio E/bound with the components of both; its boundary and basis are those of E.
    pub fn ratio(&self) -> &Quantity {
        &self.ratio
    }

    /// The temperature of the bath. [K]
    pub fn temperature(&self) -> &Quantity {
        &self.temperature
    }

    /// The boundary at which the energy was counted.
    pub fn boundary(&self) -> Option<Boundary> {
        self.ratio.boundary()
    }

    /// The decimal logarithm of the ratio, with its uncertainty.
    ///
    /// # Errors
    /// [`LandauerError::NoLogarithm`] where the energy is not above zero, as one above idle may come out.
    pub fn log10(&self) -> Result<Quantity, LandauerError> {
        let ratio = self.ratio.value();
        if ratio <= 0.0 {
            return Err(LandauerError::NoLogarithm { bound: self.bound.name, ratio });
        }
        Ok(self.ratio.map(Function::Ln)?.over(&Quantity::number(LN_10)?)?)
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bound, ratio, temperature } = self;
        write!(f, "{ratio} x {} ({}) at {temperature}", bound.name, bound.kind)?;
        if self.boundary().is_none() { f.write_str(", boundary not stated") } else { Ok(()) }
    }
}

/// A bound, its energy, and the ratio of the measured energy to it; or the reasons why not.
#[derive(Debug, Clone)]
pub struct Rung {
    /// The bound.
    pub bound: &'static Bound,
    /// Its energy. [J/token]
    pub energy: Result<Quantity, LandauerError>,
    /// The gap to it.
    pub gap: Result<Gap, LandauerError>,
}

/// The most tokens that an energy may buy at a rung.
#[derive(Debug, Clone, PartialEq)]
pub enum TokenYield {
    /// The rung asks for no energy: no number bounds the tokens.
    Unbounded,
    /// The inverse of the energy of the rung. [token/Wh]
    AtMost(Quantity),
}

impl fmt::Display for TokenYield {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unbounded => f.write_str("unbounded"),
            Self::AtMost(tokens) => tokens.fmt(f),
        }
    }
}

impl Rung {
    /// The theoretical maximum of tokens for an energy, were the rung all that a token costs; at a convention or a
    /// technology, which are no bounds, what they amount to.
    ///
    /// # Errors
    /// The reason why the rung has no energy.
    ///
    /// # Example
    /// ```
    /// use szilard::landauer::{LadderInputs, Model, ladder};
    ///
    /// let model = Model::named("llama-3-70b").unwrap();
    /// let inputs = LadderInputs::new(&model, "0.39 J/token".parse().unwrap(), "300 K".parse().unwrap());
    /// let ladder = ladder(&inputs).unwrap();
    /// assert_eq!(ladder.rungs()[0].token_yield().unwrap().to_string(), "unbounded");
    /// ```
    pub fn token_yield(&self) -> Result<TokenYield, LandauerError> {
        let energy = self.energy.as_ref().map_err(Clone::clone)?;
        if energy.value() == 0.0 {
            return Ok(TokenYield::Unbounded);
        }
        Ok(TokenYield::AtMost(Quantity::number(1.0)?.over(energy)?.to("token/Wh")?))
    }
}

/// All rungs for one measured energy.
#[derive(Debug, Clone)]
pub struct Ladder {
    measured: Quantity,
    energy: Quantity,
    applied: Vec<Applied>,
    temperature: Quantity,
    landauer_units: Quantity,
    export_ratio: Result<Quantity, LandauerError>,
    diagnostics: Diagnostics,
    rungs: Vec<Rung>,
}

/// The measured energy per token beside every bound of [`REGISTRY`].
///
/// Where a chain of factors is given, the energy is first lowered to the chip, and every gap is one of the chip.
///
/// # Errors
/// [`LandauerError::Unit`] for an energy that is not per token, a temperature that is none, an entropy that is not per
/// token; [`LandauerError::Temperature`]; [`LandauerError::Range`] for an entropy below 0 or above log2 V, a cross entropy
/// below the entropy, an error probability outside (0, 1/2], a transfer energy or step time not above 0;
/// [`LandauerError::Count`] for a context or batch of 0; [`LandauerError::Chain`] where the chain does not lead to the
/// chip. An input that is merely missing is no error.
///
/// # Example
/// ```
/// use szilard::landauer::{LadderInputs, Model, ladder};
///
/// let model = Model::named("llama-3-70b").unwrap();
/// let energy = "0.39 J/token".parse::<szilard::quantity::Quantity>().unwrap();
/// let ladder = ladder(&LadderInputs {
///     context: Some(2048),
///     precision: Some("fp8".parse().unwrap()),
///     ..LadderInputs::new(&model, energy, "300 K".parse().unwrap())
/// }).unwrap();
///
/// let gap = ladder.gap("mac-convention").unwrap();
/// assert_eq!(gap.to_string(), "117614599.395 x mac-convention (convention) at 300 K, boundary not stated");
/// assert!(ladder.gap("reversible").is_err()); // there is no ratio to 0 J
/// assert!(ladder.gap("output-entropy").unwrap_err().to_string().contains("needs entropy"));
/// ```
pub fn ladder(inputs: &LadderInputs) -> Result<Ladder, LandauerError> {
    inputs.energy.as_static().map(|_: EnergyPerToken| ())?;
    let bound_inputs = BoundInputs::new(inputs)?;
    let (energy, applied) = match inputs.chain {
        None => (inputs.energy.clone(), Vec::new()),
        Some(chain) => {
            let lowered = chain.lower(&inputs.energy, Boundary::Chip)?;
            (lowered.quantity, lowered.applied)
        }
    };
    let rungs = REGISTRY.iter().map(|bound| rung(bound, &energy, inputs, &bound_inputs)).collect();
    let landauer_units = energy.over(bound_inputs.limit())?;
    Ok(Ladder {
        measured: inputs.energy.clone(),
        applied,
        temperature: inputs.temperature.clone(),
        export_ratio: export_ratio(&landauer_units, inputs),
        landauer_units,
        energy,
        diagnostics: diagnostics(inputs)?,
        rungs,
    })
}

/// The exported entropy over the entropy of the token.
fn export_ratio(landauer_units: &Quantity, inputs: &LadderInputs) -> Result<Quantity, LandauerError> {
    let entropy =
        inputs.entropy.as_ref().ok_or(LandauerError::MissingInput { input: "entropy (bit/token, from the logits)" })?;
    if entropy.value() == 0.0 {
        return Err(LandauerError::ZeroBound { bound: "output-entropy" });
    }
    Ok(landauer_units.over(&entropy.at(None).on(None))?)
}

fn diagnostics(inputs: &LadderInputs) -> Result<Diagnostics, LandauerError> {
    let mut remarks = Diagnostics::default();
    let found = inputs.temperature.as_static().map(|t: Temperature| t.get::<kelvin>())?;
    if found > WARMEST_AMBIENT {
        let message = format!("{found} K: a bath is the coldest free sink, the ambient; bounds grow with T");
        remarks.push(Code::DieTemperature, Place::File, Some("temperature"), message);
    }
    Ok(remarks)
}

fn rung(bound: &'static Bound, measured: &Quantity, inputs: &LadderInputs, bound_inputs: &BoundInputs) -> Rung {
    let energy = bound.energy_per_token(bound_inputs);
    let gap = energy.clone().and_then(|floor| {
        if floor.value() == 0.0 {
            return Err(LandauerError::ZeroBound { bound: bound.name });
        }
        Ok(Gap { bound, ratio: measured.over(&floor)?, temperature: inputs.temperature.clone() })
    });
    Rung { bound, energy, gap }
}

impl Ladder {
    /// The energy that the bounds are held against: the measured one, or what it is at the chip. [J/token]
    pub fn energy(&self) -> &Quantity {
        &self.energy
    }

    /// The energy as it was measured. [J/token]
    pub fn measured(&self) -> &Quantity {
        &self.measured
    }

    /// The factors that were taken out of the measured energy, from the chip outwards.
    pub fn applied(&self) -> &[Applied] {
        &self.applied
    }

    /// What the reader should know about the inputs.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The exported entropy over the entropy of the token: a number of its own, and no gap.
    ///
    /// # Errors
    /// [`LandauerError::MissingInput`] without an entropy; [`LandauerError::ZeroBound`] where it is 0.
    pub fn entropy_export_ratio(&self) -> Result<&Quantity, LandauerError> {
        self.export_ratio.as_ref().map_err(Clone::clone)
    }

    /// The temperature of the bath. [K]
    pub fn temperature(&self) -> &Quantity {
        &self.temperature
    }

    /// The entropy that the energy, as heat, exports to the bath, E/(k_B T ln 2): an identity, and no gap. [bit/token]
    pub fn landauer_units(&self) -> &Quantity {
        &self.landauer_units
    }

    /// All rungs, in order.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// The gap to a named bound.
    ///
    /// # Errors
    /// [`LandauerError::UnknownBound`] with the names there are; [`LandauerError::ZeroBound`] against 0 J;
    /// [`LandauerError::MissingInput`] where an input of the bound was not given.
    pub fn gap(&self, name: &str) -> Result<&Gap, LandauerError> {
        let known = || REGISTRY.iter().map(|bound| bound.name).collect::<Vec<_>>().join(", ");
        match self.rungs.iter().find(|rung| rung.bound.name == name) {
            Some(rung) => rung.gap.as_ref().map_err(Clone::clone),
            None => Err(LandauerError::UnknownBound { found: printable(name), known: known() }),
        }
    }
}

impl fmt::Display for Ladder {
    /// A line for the energy, one for what it exports, and one for each rung.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {}", self.energy, self.temperature)?;
        for remark in self.diagnostics.iter() {
            writeln!(f, "{}: {}", remark.code, remark.message)?;
        }
        writeln!(f, "exported entropy: {} (identity, no bound)", self.landauer_units)?;
        for rung in &self.rungs {
            match (&rung.energy, &rung.gap) {
                (_, Ok(gap)) => writeln!(f, "{gap}")?,
                (Ok(_), Err(reason)) | (Err(reason), _) => writeln!(f, "{}: {reason}", rung.bound.name)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::landauer::Model;
    use crate::landauer::bounds::{Arithmetic, Reset, Retention};
    use crate::quantity::units::f64::{Frequency, Time};
    use crate::quantity::units::{frequency::hertz, time::second};
    use crate::quantity::{Component, Distribution};

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    fn seconds(value: f64) -> Time {
        Time::new::<second>(value)
    }

    fn full(model: &Model) -> LadderInputs<'_> {
        LadderInputs {
            entropy: Some(quantity("1.5 bit/token")),
            cross_entropy: Some(quantity("1.7 bit/token")),
            circuit: Some("mul-u8".parse().unwrap()),
            arithmetic: Some(Arithmetic::named("fp16-45nm").unwrap()),
            reset: Some(Reset::TwoState { relaxation: Frequency::new::<hertz>(1e9), time: seconds(1e-6), error: 1e-3 }),
            retention: Some(Retention { attempts: Frequency::new::<hertz>(1e12), hold: seconds(1.0) }),
            step_time: Some(quantity("1 ns")),
            batch: Some(16),
            context: Some(2048),
            precision: Some("bf16".parse().unwrap()),
            error_probability: Some(1e-15),
            transfer_energy: Some(quantity("4 pJ/bit")),
            ..LadderInputs::new(model, quantity("0.39 J/token"), quantity("300 K"))
        }
    }

    #[test]
    fn a_common_gain_reaches_every_gap_with_its_relative_uncertainty() {
        // 3.6 % gain on E and 1 K on T: u(ratio)/ratio = sqrt(0.036^2 + (1/300)^2), but for rungs with T of their own
        let model = Model::named("llama-3-70b").unwrap();
        let gain = vec![Component::new("gain", "gain", Distribution::Normal, 0.39 * 0.036)];
        let temperature = quantity("300 K").with_u(1.0, "ambient", Distribution::Normal).unwrap();
        let energy = quantity("0.39 J/token").with_components(gain).at(Some(Boundary::Board));
        let ladder = ladder(&LadderInputs { energy, temperature, ..full(&model) }).unwrap();
        let expected = (0.036_f64.powi(2) + (1.0 / 300.0_f64).powi(2)).sqrt();
        for name in ["output-entropy", "token-register", "kv-row", "mac-convention"] {
            let gap = ladder.gap(name).unwrap();
            assert!((gap.ratio().u() / gap.ratio().value() / expected - 1.0).abs() < 1e-12, "{name}");
            assert!((gap.log10().unwrap().u() - expected / LN_10).abs() < 1e-12);
            assert_eq!(gap.boundary(), Some(Boundary::Board));
        }
        // the transfer energy knows no temperature
        let moved = ladder.gap("data-movement").unwrap().ratio();
        assert!((moved.u() / moved.value() / 0.036 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_printed_gap_names_its_bound_temperature_and_boundary_and_has_an_interval() {
        let model = Model::named("llama-3-70b").unwrap();
        let energy = quantity("0.39 J/token").with_u(0.014, "gain", Distribution::Normal).unwrap();
        let energy = energy.at(Some(Boundary::Board));
        let ladder = ladder(&LadderInputs { energy, ..full(&model) }).unwrap();
        let gap = ladder.gap("token-register").unwrap();
        assert_eq!(gap.to_string(), "(8.01 ± 0.29)e18 [board] x token-register (architecture) at 300 K");
        // 1.96 standard uncertainties on both sides
        let interval = gap.ratio().measured().interval(0.95).unwrap();
        assert!(((interval.high - interval.low) / (2.0 * 1.959_964 * gap.ratio().u()) - 1.0).abs() < 1e-6);
        assert!(ladder.to_string().contains("reversible: the bound \"reversible\" is 0 J/token"));
    }

    #[test]
    fn the_uncertainty_of_the_entropy_is_in_its_gap_alone() {
        let model = Model::named("llama-3-70b").unwrap();
        let entropy = quantity("1.5 bit/token").with_u(0.03, "logits", Distribution::Normal).unwrap();
        let ladder = ladder(&LadderInputs { entropy: Some(entropy), ..full(&model) }).unwrap();
        let gap = ladder.gap("output-entropy").unwrap().ratio();
        assert!((gap.u() / gap.value() - 0.02).abs() < 1e-12);
        assert_eq!(ladder.gap("kv-row").unwrap().ratio().u(), 0.0);
    }

    #[test]
    fn there_is_no_ratio_to_nothing() {
        let model = Model::named("llama-3-70b").unwrap();
        let greedy = ladder(&LadderInputs { entropy: Some(quantity("0 bit/token")), ..full(&model) }).unwrap();
        for name in ["reversible", "output-entropy"] {
            assert!(matches!(greedy.gap(name), Err(LandauerError::ZeroBound { .. })));
        }
        assert_eq!(greedy.rungs()[0].energy.as_ref().unwrap(), &quantity("0 J/token"));
    }

    #[test]
    fn a_missing_input_is_the_reason_of_its_rungs() {
        let model = Model::named("llama-3-70b").unwrap();
        let bare = ladder(&LadderInputs::new(&model, quantity("0.39 J/token"), quantity("300 K"))).unwrap();
        assert_eq!(bare.rungs().len(), REGISTRY.len());
        assert!(bare.gap("token-register").is_ok() && bare.gap("nonlinear-units").is_ok());
        for (name, input) in [("output-entropy", "entropy"), ("kv-row", "dtype"), ("activation-writes", "context")] {
            let reason = bare.gap(name).unwrap_err().to_string();
            assert!(reason.contains(input), "{name}: {reason}");
        }
        let error = bare.gap("landauer").unwrap_err().to_string();
        assert!(error.contains("reversible, exported-entropy, output-entropy"), "{error}");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let model = Model::named("llama-3-70b").unwrap();
        let refused = |inputs: LadderInputs| ladder(&inputs).unwrap_err();
        for energy in ["0.39 J", "0.39 J/bit", "0.39 W", "0.39"] {
            assert!(matches!(
                refused(LadderInputs { energy: quantity(energy), ..full(&model) }),
                LandauerError::Unit(_)
            ));
        }
        for temperature in ["300 J", "300"] {
            let inputs = LadderInputs { temperature: quantity(temperature), ..full(&model) };
            assert!(matches!(refused(inputs), LandauerError::Unit(_)));
        }
        for temperature in ["0 K", "-300 K", "-274 degC"] {
            let inputs = LadderInputs { temperature: quantity(temperature), ..full(&model) };
            assert!(matches!(refused(inputs), LandauerError::Temperature { .. }));
        }
        for entropy in ["-0.1 bit/token", "17 bit/token"] {
            let inputs = LadderInputs { entropy: Some(quantity(entropy)), ..full(&model) };
            assert!(matches!(refused(inputs), LandauerError::Range { .. }));
        }
        let entropy = Some(quantity("1.5 bit"));
        assert!(matches!(refused(LadderInputs { entropy, ..full(&model) }), LandauerError::Unit(_)));
        assert!(matches!(refused(LadderInputs { context: Some(0), ..full(&model) }), LandauerError::Count { .. }));
        assert!(matches!(refused(LadderInputs { batch: Some(0), ..full(&model) }), LandauerError::Count { .. }));
        let error_probability = Some(0.7);
        assert!(matches!(refused(LadderInputs { error_probability, ..full(&model) }), LandauerError::Range { .. }));
    }

    #[test]
    fn an_energy_above_idle_may_be_negative_and_then_has_no_logarithm() {
        let model = Model::named("llama-3-70b").unwrap();
        let ladder = ladder(&LadderInputs { energy: quantity("-0.01 J/token"), ..full(&model) }).unwrap();
        let gap = ladder.gap("kv-row").unwrap();
        assert!(gap.ratio().value() < 0.0);
        assert!(matches!(gap.log10(), Err(LandauerError::NoLogarithm { .. })));
    }

    #[test]
    fn only_the_traffic_depends_on_the_batch() {
        let model = Model::named("mixtral-8x7b").unwrap();
        let with = |batch| ladder(&LadderInputs { batch: Some(batch), ..full(&model) }).unwrap();
        for (one, many) in with(1).rungs().iter().zip(with(64).rungs()) {
            let same = one.energy == many.energy;
            assert_eq!(same, one.bound.name != "data-movement", "{}", one.bound.name);
        }
    }

    #[test]
    fn temperatures_in_celsius_are_absolute_and_energies_convert() {
        let model = Model::named("llama-3-70b").unwrap();
        // a temperature that was read at the node does not move the energy there
        let temperature = quantity("26.85 degC").at(Some(Boundary::Node));
        let energy = quantity("0.39 MJ/Mtoken").at(Some(Boundary::Board));
        let inputs = LadderInputs { energy, temperature, ..full(&model) };
        let gap = ladder(&inputs).unwrap().gap("token-register").unwrap().ratio().value();
        assert!((gap / 8.005_470_968_221_296e18 - 1.0).abs() < 1e-12);
    }
}
