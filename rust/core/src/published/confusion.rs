//! What a wrong number may have come from: the known confusions and the ratios they make.

use super::verdict::Verdict;
use crate::quantity::{Dimension, Quantity};

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

const OTHERS: &[Confusion] = &[
    (FT2_M2, "per ft^2 read as per m^2, or the other way round", Verdict::Unit),
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
const FACTOR_TWICE: &str =
    "a number of the expression taken once too often or left out, as a PUE on a figure that already holds it";

/// How far a ratio may be off a confusion where nothing explains it within its rounding: claims are often rounded harder
/// than they are printed.
const NEAR: f64 = 0.05;

const POTENTIAL: Dimension = Dimension([2, 1, -3, -1, 0, 0, 0]);
const TIME: Dimension = Dimension([0, 0, 1, 0, 0, 0, 0]);

/// Whether figures whose ratio has this dimension can be told apart by a known confusion at all.
pub(super) fn is_known(ratio: Dimension) -> bool {
    let either = |dimension| ratio == dimension || Some(ratio) == Dimension::NONE.over(dimension);
    ratio == Dimension::NONE || either(TIME) || either(POTENTIAL)
}

/// The confusions that explain a ratio of claimed over computed, nearest first.
///
/// - `tolerance`: relative rounding of the claim. [1]
/// - `text`: expression and claim, for the numbers and units that are named in them.
pub(super) fn explanations(ratio: &Quantity, computed: &Quantity, tolerance: f64, text: &str) -> Vec<Explanation> {
    let value = ratio.coherent_value();
    let dimension = ratio.dimension();
    if dimension == POTENTIAL || Some(dimension) == Dimension::NONE.over(POTENTIAL) {
        return vec![without_voltage(value, dimension == POTENTIAL, computed)];
    }
    if dimension != Dimension::NONE {
        return nearest(value, tolerance.max(NEAR), TIMES);
    }
    let tolerance = tolerance.min(NEAR);
    let names = |units: &[&str]| {
        let words = text.split(|c: char| !c.is_alphabetic());
        words.into_iter().any(|word| units.iter().any(|unit| word.ends_with(unit)))
    };
    let information = if names(&["bit", "bits", "byte", "bytes", "nat", "nats", "B"]) { INFORMATION } else { &[] };
    let energies = if names(&["Wh", "J", "cal"]) { ENERGIES } else { &[] };
    let single: Vec<Confusion> = [energies, DECIMALS, OTHERS, information].concat();
    let twofold = energies.iter().flat_map(|energy| DECIMALS.iter().map(move |decimal| (energy, decimal)));
    let twofold = twofold.flat_map(|((energy, what, verdict), (decimal, ..))| {
        [(energy * decimal, *what, *verdict), (energy / decimal, *what, *verdict)]
    });
    let twofold: Vec<Confusion> = twofold.collect();
    let own = text.split(|c: char| !(c.is_ascii_digit() || ".eE".contains(c))).filter_map(|number| number.parse().ok());
    let own: Vec<Confusion> =
        own.filter(|factor| *factor > 1.0).map(|factor| (factor, FACTOR_TWICE, Verdict::Boundary)).collect();
    let steps = [(&single, tolerance), (&own, tolerance), (&twofold, tolerance), (&single, NEAR)];
    let mut found = steps.iter().map(|(table, tolerance)| nearest(value, *tolerance, table));
    found.find(|found| !found.is_empty()).unwrap_or_default()
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
