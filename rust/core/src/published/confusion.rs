//! What a wrong number may have come from: the known confusions and the ratios they make.

use super::verdict::Verdict;
use crate::quantity::{Boundary, Dimension, Quantity};

/// A confusion that would explain a ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What was confused.
    pub reason: String,
    /// The ratio it makes.
    pub factor: f64,
    /// What kind of error it is.
    pub verdict: Verdict,
}

/// A line of the table: the ratio, what it comes from, and what kind of error that is.
type Confusion = (f64, &'static str, Verdict);

const KJ_WH: f64 = 3.6;
const KCAL_KJ: f64 = 4.184;
const FT2_M2: f64 = 1.0 / 0.092_903_04;

/// Confusions of units of energy; they come together with one of [`DECIMALS`], too.
const ENERGIES: &[Confusion] = &[
    (KJ_WH, "kJ read as Wh, or the other way round", Verdict::Unit),
    (KCAL_KJ, "kcal read as kJ, or the other way round", Verdict::Unit),
    (KCAL_KJ / KJ_WH, "kcal read as Wh, or the other way round", Verdict::Unit),
    (KCAL_KJ * KJ_WH, "kcal converted to kJ and that once more to Wh in the wrong direction", Verdict::Unit),
];

const DECIMALS: &[Confusion] = &[
    (1e3, "a prefix of a thousand (k, M, G, T), or per 1000 against per one", Verdict::Unit),
    (1e6, "two prefixes of a thousand, or per million against per one", Verdict::Unit),
    (1e9, "three prefixes of a thousand", Verdict::Unit),
    (10.0, "a slipped decimal point", Verdict::Arithmetic),
    (100.0, "a percentage read as a number", Verdict::Arithmetic),
];

/// Confusions between units of area.
const AREAS: &[Confusion] = &[(FT2_M2, "per ft^2 read as per m^2, or the other way round", Verdict::Unit)];

/// Confusions between units of time in what has one.
const RATES: &[Confusion] = &[
    (8760.0, "per year read as per hour, or the other way round", Verdict::Unit),
    (24.0, "per day read as per hour, or the other way round", Verdict::Unit),
];

/// Confusions between units of information.
const INFORMATION: &[Confusion] = &[
    (8.0, "bit read as byte, or the other way round", Verdict::Unit),
    (std::f64::consts::LOG2_E, "nat read as bit, or the other way round", Verdict::Unit),
];

/// Confusions between a power and an energy. [s]
const TIMES: &[Confusion] = &[
    (31_536_000.0, "an energy per year written as a power, or the other way round", Verdict::Unit),
    (86_400.0, "an energy per day written as a power, or the other way round", Verdict::Unit),
    (3600.0, "kWh written as kW, or the other way round", Verdict::Unit),
];

/// Nominal voltages at which a charge without voltage may have been meant: a cell of LiFePO4, of Li-ion, and packs. [V]
const VOLTAGES: &[f64] = &[3.2, 3.7, 12.8, 25.6, 51.2];

/// What a ratio means that no known confusion explains and that is a number of the expression itself.
const FACTOR_TWICE: &str = "a number of the expression taken once too often or left out";

/// The same where the number can be a PUE and a figure at the site or its IT is spoken of.
const PUE_TWICE: &str = "a PUE on a figure that already holds it, or left out";

/// The values that a PUE can have. [1]
const PUES: std::ops::RangeInclusive<f64> = 1.05..=2.5;

/// The widest relative rounding within which a ratio still tells one confusion from the next. [1]
const COARSEST: f64 = 0.05;

const POTENTIAL: Dimension = Dimension([2, 1, -3, -1, 0, 0, 0]);
const TIME: Dimension = Dimension([0, 0, 1, 0, 0, 0, 0]);

/// Whether figures whose ratio has this dimension can be told apart by a known confusion at all.
pub(super) fn is_known(ratio: Dimension) -> bool {
    let either = |dimension| ratio == dimension || Some(ratio) == Dimension::NONE.over(dimension);
    ratio == Dimension::NONE || either(TIME) || either(POTENTIAL)
}

/// The confusions that explain a ratio of claimed over computed within the rounding of the two, nearest first.
///
/// - `half`: half a unit of the last digit of the claim. [unit of the claim]
/// - `expression`, `claim`: their texts, for the numbers and units that are named in them.
pub(super) fn explanations(
    ratio: &Quantity,
    computed: &Quantity,
    claimed: &Quantity,
    half: f64,
    expression: &str,
    claim: &str,
) -> Vec<Explanation> {
    let value = ratio.coherent_value();
    let dimension = ratio.dimension();
    if dimension == POTENTIAL || Some(dimension) == Dimension::NONE.over(POTENTIAL) {
        return vec![without_voltage(value, dimension == POTENTIAL, computed)];
    }
    let tolerance = rounding(computed, claimed, half);
    if dimension != Dimension::NONE {
        return nearest(value, tolerance, TIMES);
    }
    let text = format!("{expression} ; {claim}");
    let names = |units: &[&str]| text.split(|c: char| !c.is_alphabetic()).any(|word| units.contains(&word));
    let [length, mass, time, ..] = computed.dimension().0;
    let when = |applies: bool, table: &'static [Confusion]| if applies { table } else { &[] };
    let energies = when((length, mass, time) == (2, 1, -2), ENERGIES);
    let areas = when(names(&["ft"]) || text.contains("m^2") || text.contains("m²"), AREAS);
    let rates = when(time != 0, RATES);
    let information = when(computed.dimension().0[5] != 0, INFORMATION);
    let single: Vec<Confusion> = [energies, DECIMALS, areas, rates, information].concat();
    let prefixes = || DECIMALS.iter().filter(|(.., verdict)| *verdict == Verdict::Unit);
    let twofold = energies.iter().flat_map(|energy| prefixes().map(move |decimal| (energy, decimal)));
    let twofold = twofold.flat_map(|((energy, what, verdict), (decimal, ..))| {
        [(energy * decimal, *what, *verdict), (energy / decimal, *what, *verdict)]
    });
    let twofold: Vec<Confusion> = twofold.collect();
    let overhead = expression.replace(' ', "").contains("(1-1/");
    let at_site = overhead || matches!(computed.boundary(), Some(Boundary::It | Boundary::Site));
    let twice = |factor: f64| match at_site && PUES.contains(&factor) {
        true => (factor, PUE_TWICE, Verdict::Boundary),
        false => (factor, FACTOR_TWICE, Verdict::Arithmetic),
    };
    let numbers = expression.split(|c: char| !(c.is_alphanumeric() || c == '.'));
    let own = numbers.filter_map(|number| number.parse().ok()).filter(|factor| *factor > 1.0);
    let own: Vec<Confusion> = own.map(twice).collect();
    let mut found = [&single, &own, &twofold].into_iter().map(|table| nearest(value, tolerance, table));
    found.find(|found| !found.is_empty()).unwrap_or_default()
}

/// The relative rounding of a ratio: that of the claim to its last digit that is not a filling zero, and that of what is
/// computed.
fn rounding(computed: &Quantity, claimed: &Quantity, half: f64) -> f64 {
    let said = claimed.value().abs();
    let mut half = half;
    while half >= 0.5 && said > 0.0 && said % (20.0 * half).round() == 0.0 {
        half *= 10.0;
    }
    let of_computed = 3f64.sqrt() * computed.u() / computed.value().abs();
    (half / said + of_computed).min(COARSEST)
}

/// The lines of a table that explain a ratio or its inverse, nearest first.
fn nearest(ratio: f64, tolerance: f64, table: &[Confusion]) -> Vec<Explanation> {
    let distance = |factor: f64| (ratio / factor - 1.0).abs().min((ratio * factor - 1.0).abs());
    let mut found: Vec<&Confusion> = table.iter().filter(|(factor, ..)| distance(*factor) <= tolerance).collect();
    found.sort_by(|(left, ..), (right, ..)| distance(*left).total_cmp(&distance(*right)));
    found.dedup_by(|(_, left, _), (_, right, _)| left == right);
    let explanation = |(factor, reason, verdict): &&Confusion| Explanation {
        reason: (*reason).to_owned(),
        factor: *factor,
        verdict: *verdict,
    };
    found.iter().map(explanation).collect()
}

/// A charge in the place of an energy: the voltage at which the claim would hold, and what common voltages give.
fn without_voltage(ratio: f64, multiplied: bool, computed: &Quantity) -> Explanation {
    let voltage = if multiplied { ratio } else { 1.0 / ratio };
    let at = |volts: &f64| {
        let value = computed.coherent_value();
        let share = if multiplied { value * volts } else { value / volts };
        format!("{:.2} % at {volts} V", 100.0 * share)
    };
    let shares = VOLTAGES.iter().map(at).collect::<Vec<_>>().join(", ");
    let reason = format!("a charge without its voltage: the claim would hold at {voltage:.2} V; {shares}");
    Explanation { reason, factor: voltage, verdict: Verdict::Unit }
}
