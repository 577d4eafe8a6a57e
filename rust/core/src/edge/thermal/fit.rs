//! A heat sink from a recording of power and temperature.

use crate::edge::EdgeError;
use crate::edge::observed::fit;
use crate::edge::series::Series;
use crate::quantity::units::f64::Temperature;
use crate::quantity::{Component, Distribution, Measured, Quantity};
use crate::traces::Channel;

/// Fewest samples of temperature.
const FEWEST: usize = 20;
/// Time constants that are tried before the best is refined.
const TRIED: usize = 40;

/// A heat sink as a recording shows it.
#[derive(Debug, Clone)]
pub struct ThermalFit {
    /// R. [K/W]
    pub resistance: Quantity,
    /// C; correlated with R. [J/K]
    pub capacity: Quantity,
    /// R C. [s]
    pub time_constant: Quantity,
    /// Ta: as given, or as found. [K]
    pub ambient: Quantity,
    /// Root of the mean squared residual. [K]
    pub residual_k: f64,
    /// Samples of temperature that were used.
    pub samples: usize,
}

/// The thermal resistance and heat capacity with which C dT/dt = P - (T - Ta)/R follows a recorded temperature.
///
/// The recorded power is passed through the node exactly from sample to sample; R, the start and Ta are fitted by least
/// squares at each time constant τ = R C, and τ is where the squares are least. Residuals of neighbouring samples are
/// correlated; n samples count as n (1 - ρ)/(1 + ρ). A leakage, a fan that changes its speed and air that changes its
/// temperature are not in the model; they show in the residual.
///
/// # Parameters
/// - `power`: a channel of power: what heats the board. [W]
/// - `temperature`: a channel of temperature of the same board. [K]
/// - `ambient`: Ta; fitted where it is not given, which needs power that changes. [K]
///
/// # Errors
/// [`EdgeError::Scenario`] for fewer than 20 samples, channels of another kind, gaps, and a recording that does not tell
/// the node: a power that does not change, a time constant longer than the recording or shorter than its interval.
pub fn fit_thermal(
    power: &Channel,
    temperature: &Channel,
    ambient: Option<&Quantity>,
) -> Result<ThermalFit, EdgeError> {
    let refuse = |found: String, expected| EdgeError::Scenario { what: "the fit of a heat sink", found, expected };
    if !power.kind.is_power() || temperature.kind.unit() != "K" {
        let found = format!("channels of {} and {}", power.kind.word(), temperature.kind.word());
        return Err(refuse(found, "one of power and one of temperature"));
    }
    let zero = power.samples.time_ns.first().copied().unwrap_or(0);
    let (power, temperature) = (Series::of_channel(power, zero)?, Series::of_channel(temperature, zero)?);
    let given: Option<f64> = ambient.map(|ambient| ambient.as_static().map(|t: Temperature| t.value)).transpose()?;
    let observed = Observed::of(&power, &temperature, given.unwrap_or(0.0));
    if observed.kelvins.len() < FEWEST {
        return Err(refuse(format!("{} samples of both", observed.kelvins.len()), "at least 20"));
    }
    let length: f64 = observed.seconds.iter().sum();
    let shortest = length / observed.seconds.len() as f64;
    // ln τ from the interval to ten recordings
    let (low, high) = (shortest.ln(), (10.0 * length).ln());
    let squares = |log: f64| observed.squares(log.exp(), given.is_none()).unwrap_or(f64::INFINITY);
    let at = |step: usize| low + (high - low) * step as f64 / (TRIED - 1) as f64;
    let best = (0..TRIED).min_by(|a, b| squares(at(*a)).total_cmp(&squares(at(*b)))).unwrap_or(0);
    if !squares(at(best)).is_finite() {
        return Err(refuse("a power that does not change enough to tell R from the air".to_owned(), "one that does"));
    }
    if best == 0 || best == TRIED - 1 {
        let found = format!("a time constant beyond {shortest:.3} s to {:.3} s", 10.0 * length);
        return Err(refuse(found, "a recording of several time constants, sampled within each"));
    }
    let log = golden(&squares, at(best - 1), at(best + 1));
    let solved = observed.solved(log, given.is_none());
    let Some(Solved { resistance, air, variances: [vr, vt, vrt, va], freedom, squares }) = solved else {
        return Err(refuse("a recording that does not tell R, C and Ta apart".to_owned(), "a power that changes"));
    };
    if resistance <= 0.0 {
        return Err(refuse(format!("a resistance of {resistance:.3} K/W"), "a temperature that rises with power"));
    }
    let shape = Distribution::StudentT(freedom);
    let part = |label: &str, u: f64| Component::anonymous(label, shape, u).type_a(freedom);
    let quantity = |value: f64, parts: Vec<Component>, unit: &str| {
        Ok::<_, EdgeError>(Quantity::from_measured(Measured::with_components(value, parts), unit.parse()?)?)
    };
    // ln τ = b · (R - R̂) + rest, so that C = τ/R stays correlated with R
    let (u, tau) = (vr.max(0.0).sqrt(), log.exp());
    let with_r = if u > 0.0 { vrt / u } else { 0.0 };
    let rest = (vt - with_r * with_r).max(0.0).sqrt();
    let (by_r, by_rest) = (part("fit of R", u), part("fit of the time constant", tau * rest));
    let resistance = quantity(resistance, vec![by_r.clone()], "K/W")?;
    let time_constant = quantity(tau, vec![Component { contribution: tau * with_r, ..by_r }, by_rest], "s")?;
    Ok(ThermalFit {
        capacity: time_constant.over(&resistance)?,
        ambient: match ambient {
            Some(ambient) => ambient.clone(),
            None => quantity(air, vec![part("fit of Ta", va.max(0.0).sqrt())], "K")?,
        },
        resistance,
        time_constant,
        residual_k: (squares / observed.kelvins.len() as f64).sqrt(),
        samples: observed.kelvins.len(),
    })
}

/// Temperatures above the given air (or 0 K) and the mean power since the sample before each.
struct Observed {
    seconds: Vec<f64>,
    watts: Vec<f64>,
    kelvins: Vec<f64>,
}

struct Solved {
    resistance: f64,
    air: f64,
    /// Of R, of ln τ, between them, of Ta.
    variances: [f64; 4],
    freedom: f64,
    squares: f64,
}

impl Observed {
    fn of(power: &Series, temperature: &Series, air: f64) -> Self {
        let mut found = Self { seconds: Vec::new(), watts: Vec::new(), kelvins: Vec::new() };
        let (times, values) = (temperature.time_s(), temperature.value());
        for (pair, kelvins) in times.windows(2).zip(values.iter().skip(1)) {
            if let [before, now] = pair
                && let Some(joules) = power.integral(*before, *now)
            {
                found.seconds.push(now - before);
                found.watts.push(joules / (now - before));
                found.kelvins.push(kelvins - air);
            }
        }
        found
    }

    /// Response to the power at R = 1 K/W, what is left of the start, and the temperature.
    fn rows(&self, tau: f64) -> impl Iterator<Item = (f64, f64, f64)> {
        let (mut response, mut left) = (0.0, 1.0);
        self.seconds.iter().zip(&self.watts).zip(&self.kelvins).map(move |((seconds, watts), kelvins)| {
            let decay = (-seconds / tau).exp();
            response = response * decay + watts * (1.0 - decay);
            left *= decay;
            (response, left, *kelvins)
        })
    }

    fn squares(&self, tau: f64, with_air: bool) -> Option<f64> {
        match with_air {
            true => Some(fit(&self.rows(tau).map(|(x, e, y)| ([x, e, 1.0], y)).collect::<Vec<_>>())?.squares),
            false => Some(fit(&self.rows(tau).map(|(x, e, y)| ([x, e], y)).collect::<Vec<_>>())?.squares),
        }
    }

    /// The coefficients at the best τ and their covariance together with ln τ.
    fn solved(&self, log: f64, with_air: bool) -> Option<Solved> {
        let tau = log.exp();
        let (resistance, start, air) = match with_air {
            true => {
                let [r, a, air] =
                    fit(&self.rows(tau).map(|(x, e, y)| ([x, e, 1.0], y)).collect::<Vec<_>>())?.coefficients;
                (r, a, air)
            }
            false => {
                let [r, a] = fit(&self.rows(tau).map(|(x, e, y)| ([x, e], y)).collect::<Vec<_>>())?.coefficients;
                (r, a, 0.0)
            }
        };
        // the derivative by ln τ from both sides; the residuals against all four columns give their covariance
        let step = 1e-4;
        let model = |(x, e, _): (f64, f64, f64)| resistance * x + start * e;
        let (above, below) = (self.rows((log + step).exp()).map(model), self.rows((log - step).exp()).map(model));
        let slopes = above.zip(below).map(|(above, below)| (above - below) / (2.0 * step));
        let residual = |(x, e, y): (f64, f64, f64)| y - model((x, e, y)) - air;
        let rows = self.rows(tau).zip(slopes);
        if with_air {
            let rows: Vec<_> = rows.map(|(row, slope)| ([row.0, slope, row.1, 1.0], residual(row))).collect();
            let found = fit(&rows)?;
            let [[vr, vrt, ..], [_, vt, ..], _, [.., va]] = found.covariance;
            let variances = [vr, vt, vrt, va];
            return Some(Solved { resistance, air, variances, freedom: found.freedom, squares: found.squares });
        }
        let rows: Vec<_> = rows.map(|(row, slope)| ([row.0, slope, row.1], residual(row))).collect();
        let found = fit(&rows)?;
        let [[vr, vrt, _], [_, vt, _], _] = found.covariance;
        let variances = [vr, vt, vrt, 0.0];
        Some(Solved { resistance, air, variances, freedom: found.freedom, squares: found.squares })
    }
}

/// Where a function with one minimum between two arguments has it.
fn golden(function: &dyn Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let share = (5f64.sqrt() - 1.0) / 2.0;
    let (mut left, mut right) = (high - share * (high - low), low + share * (high - low));
    let (mut at_left, mut at_right) = (function(left), function(right));
    for _ in 0..40 {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - share * (high - low);
            at_left = function(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + share * (high - low);
            at_right = function(right);
        }
    }
    0.5 * (low + high)
}
