//! Latency against temperature.

use super::least_squares::fit;
use super::request::Request;
use crate::edge::EdgeError;
use crate::edge::series::Series;
use crate::quantity::{Component, Distribution, Measured, Quantity};
use crate::traces::Channel;

/// Fewest calls of a regression.
const FEWEST: usize = 8;

/// What the time of a token owes to the temperature of the board.
#[derive(Debug, Clone)]
pub struct Drift {
    /// Change of the time of a token with temperature. [s/token/K]
    pub slope: Quantity,
    /// Time of a token at the mean temperature. [s/token]
    pub at_mean: Quantity,
    /// The mean temperature. [K]
    pub temperature: Quantity,
    /// Difference of the second group of calls to the first as it stands, where there are two. [s/token]
    pub difference: Option<Quantity>,
    /// The same at equal temperature. [s/token]
    pub effect: Option<Quantity>,
    /// Share of the variance that temperature (and group) account for.
    pub determination: f64,
    /// Calls that were used.
    pub calls: usize,
    /// Calls that were left out: without tokens or time, or outside the recorded temperatures.
    pub left_out: usize,
}

/// The regression of the time of a token on the temperature of the board during the call,
///
/// t/n = a + b (T - T̄) (+ c where the call is of the second group),
///
/// by least squares, with Student's t. The residuals of calls that follow each other are correlated where something
/// drifts; n calls then count as n (1 - ρ)/(1 + ρ), ρ being the correlation of neighbours. The temperature of a call is
/// its mean over the call.
///
/// Two variants that ran one after the other differ by their temperature, too: `difference` is what they differ by,
/// `effect` what remains at equal temperature.
///
/// # Parameters
/// - `requests`: in the order in which they ran, on the clock of the recording.
/// - `temperature`: a channel of temperature. [K]
/// - `second_from_ns`: the time from which calls are of the second group, where there are two. [ns]
///
/// # Errors
/// [`EdgeError::Scenario`] for fewer than 8 calls, and where temperature or group do not vary enough to be told apart.
///
/// # Example
/// ```
/// use szilard::edge::{Request, latency_drift, signal};
/// use szilard::traces::Kind;
///
/// // 20 calls of 9 s at 40 degC to 59 degC, 0.1 s for a token and 1 ms more for each kelvin, ± 1 ms
/// let seconds = |s: f64| (s * 1e9) as i64;
/// let kelvins = (0..=20).map(|k| 313.15 + f64::from(k)).collect();
/// let channel = signal(Kind::Temperature, (0..=20).map(|k| seconds(10.0 * f64::from(k))).collect(), kelvins).unwrap();
/// let call = |k: i32| {
///     let (start, per_token) = (10.0 * f64::from(k), 0.1 + 1e-3 * f64::from(k) + if k % 2 == 0 { 1e-3 } else { -1e-3 });
///     Request { start_ns: seconds(start), end_ns: seconds(start + 9.0), output_tokens: 9.0 / per_token }
/// };
/// let drift = latency_drift(&(0..20).map(call).collect::<Vec<_>>(), &channel, None).unwrap();
/// assert!((drift.slope.value() - 1e-3).abs() < 2.0 * drift.slope.u());
/// ```
pub fn latency_drift(
    requests: &[Request],
    temperature: &Channel,
    second_from_ns: Option<i64>,
) -> Result<Drift, EdgeError> {
    let refuse = |found: String, expected| EdgeError::Scenario { what: "latency against temperature", found, expected };
    let zero = temperature.samples.time_ns.first().copied().unwrap_or(0);
    let series = Series::of_channel(temperature, zero)?;
    let seconds = |ns: i64| ns.saturating_sub(zero) as f64 / 1e9;
    let point = |request: &Request| {
        let (start, end) = (seconds(request.start_ns), seconds(request.end_ns));
        let mean = series.integral(start, end).filter(|_| request.is_whole())? / (end - start);
        let second = second_from_ns.is_some_and(|from| request.start_ns >= from);
        Some((mean, request.seconds() / request.output_tokens, second))
    };
    let points: Vec<(f64, f64, bool)> = requests.iter().filter_map(point).collect();
    let left_out = requests.len() - points.len();
    if points.len() < FEWEST {
        return Err(refuse(format!("{} calls with tokens and a temperature", points.len()), "at least 8"));
    }
    let count = points.len() as f64;
    let mean = points.iter().map(|(kelvins, ..)| kelvins).sum::<f64>() / count;
    let latency = points.iter().map(|(_, latency, _)| latency).sum::<f64>() / count;
    let apart = || refuse("a temperature (or group) that does not vary on its own".to_owned(), "one that does");
    let flag = |second: bool| if second { 1.0 } else { 0.0 };
    let (coefficients, variances, squares, freedom, difference) = if second_from_ns.is_some() {
        let rows: Vec<_> = points.iter().map(|(t, y, second)| ([1.0, t - mean, flag(*second)], *y)).collect();
        let plain: Vec<_> = points.iter().map(|(_, y, second)| ([1.0, flag(*second)], *y)).collect();
        let (found, plain) = (fit(&rows).ok_or_else(apart)?, fit(&plain).ok_or_else(apart)?);
        let [a, b, c] = found.coefficients;
        let [[va, ..], [_, vb, _], [.., vc]] = found.covariance;
        let ([_, raw], [_, [_, variance]]) = (plain.coefficients, plain.covariance);
        let difference = Some((raw, variance, plain.freedom));
        ([a, b, c], [va, vb, vc], found.squares, found.freedom, difference)
    } else {
        let rows: Vec<_> = points.iter().map(|(t, y, _)| ([1.0, t - mean], *y)).collect();
        let found = fit(&rows).ok_or_else(apart)?;
        let ([a, b], [[va, _], [_, vb]]) = (found.coefficients, found.covariance);
        ([a, b, 0.0], [va, vb, 0.0], found.squares, found.freedom, None)
    };
    let quantity = |value: f64, variance: f64, freedom: f64, label: &str, unit: &str| {
        let shape = Distribution::StudentT(freedom);
        let source = Component::anonymous(label, shape, variance.max(0.0).sqrt()).type_a(freedom);
        Ok::<_, EdgeError>(Quantity::from_measured(Measured::with_components(value, vec![source]), unit.parse()?)?)
    };
    let [intercept, slope, effect] = coefficients;
    let [vi, vs, ve] = variances;
    let total: f64 = points.iter().map(|(_, y, _)| (y - latency).powi(2)).sum();
    Ok(Drift {
        slope: quantity(slope, vs, freedom, "regression", "s/(token*K)")?,
        at_mean: quantity(intercept, vi, freedom, "regression", "s/token")?,
        temperature: Quantity::new(mean, "K".parse()?)?,
        effect: difference.map(|_| quantity(effect, ve, freedom, "regression", "s/token")).transpose()?,
        difference: difference
            .map(|(value, variance, freedom)| quantity(value, variance, freedom, "scatter", "s/token"))
            .transpose()?,
        determination: if total > 0.0 { 1.0 - squares / total } else { 0.0 },
        calls: points.len(),
        left_out,
    })
}
