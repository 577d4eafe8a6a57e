//! Simulated traces whose errors are drawn from the stated model: how often the 95 % interval holds the true energy.

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use szilard::energy::{EnergyQuery, Idle, InferenceQuery, Tokens, energy, energy_per_token};
use szilard::quantity::{Measured, Quantity};
use szilard::traces::{Clock, PowerSeries, ReadOptions, SensorModel, Trace, read, trace_from_arrays};

/// What the errors of a scenario are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// The distribution that the budget states: the interval attains its probability.
    Model,
    /// Something inside a bound: the interval attains its probability or more.
    Bound,
}

impl Drawn {
    /// The words for the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Model => "the stated distribution",
            Self::Bound => "inside a bound",
        }
    }
}

/// A simulated measurement.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// What errs.
    pub what: &'static str,
    /// What its errors are drawn from.
    pub drawn: Drawn,
    /// A measured figure and the truth.
    run: fn(&mut Draw) -> (Quantity, f64),
}

/// Every scenario of the table.
pub const SCENARIOS: &[Scenario] = &[
    Scenario { what: "gain u 3.6 %, offset 1 W, noise found from the readings", drawn: Drawn::Model, run: normal_gain },
    Scenario {
        what: "gain ± 5 %, offset 1 W, noise 5 W: the 15 kJ above", drawn: Drawn::Model, run: rectangular_gain
    },
    Scenario { what: "noise of 20 W alone, found from the readings", drawn: Drawn::Model, run: noise },
    Scenario { what: "mean of 50 idle readings", drawn: Drawn::Model, run: idle },
    Scenario {
        what: "mean of 1000 idle readings, neighbours correlated by 0.6",
        drawn: Drawn::Model,
        run: correlated_idle,
    },
    Scenario { what: "energy above idle on one meter, gain ± 2 %", drawn: Drawn::Model, run: above_idle },
    Scenario { what: "ratio of two runs on one meter, gain ± 5 %, offset 1 W", drawn: Drawn::Model, run: ratio },
    Scenario { what: "steady load in whole watts", drawn: Drawn::Model, run: rounding },
    Scenario { what: "load that switches between two readings", drawn: Drawn::Bound, run: switching },
    Scenario { what: "stamps cut to a second", drawn: Drawn::Bound, run: stamps },
    Scenario { what: "10 s without readings, integrated over", drawn: Drawn::Bound, run: gap },
    Scenario { what: "mean over 1 s, cut while the load is on", drawn: Drawn::Bound, run: window },
    Scenario {
        what: "sensor that looks 25 % of the time at a load near its period",
        drawn: Drawn::Bound,
        run: part_time,
    },
];

/// The share of `traces` simulated traces whose 95 % interval holds the truth.
pub fn attained(scenario: &Scenario, traces: usize) -> f64 {
    let holds = |index: &usize| {
        let (figure, truth) = (scenario.run)(&mut Draw::new(*index as u64));
        let (low, high) = interval(figure.measured());
        low <= truth && truth <= high
    };
    (0..traces).filter(holds).count() as f64 / traces as f64
}

/// The interval as `Measured::interval` has it, with fewer trials where it draws.
fn interval(figure: &Measured) -> (f64, f64) {
    let found = if figure.is_strongly_nonlinear() || figure.is_dominated_by_a_shape() {
        figure.monte_carlo(10_000, 0).unwrap().symmetric_interval(0.95).unwrap()
    } else {
        figure.interval(0.95).unwrap()
    };
    (found.low, found.high)
}

/// Random numbers of one trace.
pub struct Draw(ChaCha8Rng);

impl Draw {
    fn new(trace: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(20_261_121);
        generator.set_stream(trace);
        Self(generator)
    }

    /// Uniform between two limits.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Normal, by Box and Muller.
    fn normal(&mut self, deviation: f64) -> f64 {
        let radius = (-2.0 * self.between(0.0, 1.0).ln()).sqrt();
        deviation * radius * self.between(0.0, std::f64::consts::TAU).cos()
    }
}

/// A trace of readings at times in s.
fn trace(readings: &[(f64, f64)]) -> Trace {
    let (time_ns, power_w): (Vec<i64>, Vec<f64>) = readings.iter().map(|(s, w)| ((s * 1e9).round() as i64, *w)).unzip();
    let series = PowerSeries { device: "gpu", time_ns: &time_ns, power_w: &power_w };
    trace_from_arrays(&[series], Clock::Relative, &ReadOptions::default()).unwrap()
}

/// Readings every 0.1 s for so many seconds.
fn sampled(seconds: usize, mut power: impl FnMut(f64) -> f64) -> Vec<(f64, f64)> {
    (0..=10 * seconds).map(|i| i as f64 * 0.1).map(|time| (time, power(time))).collect()
}

fn by(trace: Trace, statement: &str) -> Trace {
    trace.measured_by(SensorModel::stated("bench", statement).unwrap(), None)
}

fn whole(trace: &Trace, query: EnergyQuery) -> Quantity {
    energy(trace, &query).unwrap().energy.unwrap()
}

/// 250 W and 30 W on a period of 15 s, the integral of which over whole periods is that of 250 W.
fn load(time: f64) -> f64 {
    250.0 + 30.0 * (time * std::f64::consts::TAU / 15.0).sin()
}

fn normal_gain(draw: &mut Draw) -> (Quantity, f64) {
    let (gain, offset) = (1.0 + draw.normal(0.036), draw.normal(1.0));
    let readings = sampled(60, |time| (load(time) + draw.normal(5.0) - offset) / gain);
    (whole(&by(trace(&readings), "gain 3.6 %, offset 1 W"), EnergyQuery::default()), 15_000.0)
}

fn rectangular_gain(draw: &mut Draw) -> (Quantity, f64) {
    let (gain, offset) = (1.0 + draw.between(-0.05, 0.05), draw.normal(1.0));
    let readings = sampled(60, |_| (250.0 - offset + draw.normal(5.0)) / gain);
    (whole(&by(trace(&readings), "gain ±5 %, offset 1 W, noise 5 W"), EnergyQuery::default()), 15_000.0)
}

fn noise(draw: &mut Draw) -> (Quantity, f64) {
    let readings = sampled(60, |time| load(time) + draw.normal(20.0));
    (whole(&trace(&readings), EnergyQuery::default()), 15_000.0)
}

fn idle(draw: &mut Draw) -> (Quantity, f64) {
    let readings: Vec<(f64, f64)> = (0..50).map(|i| (f64::from(i), 60.0 + draw.normal(2.0))).collect();
    (whole(&trace(&readings), EnergyQuery { steady: true, ..EnergyQuery::default() }), 60.0 * 49.0)
}

fn correlated_idle(draw: &mut Draw) -> (Quantity, f64) {
    let mut error = draw.normal(2.0);
    let readings: Vec<(f64, f64)> = (0..1000)
        .map(|i| {
            error = 0.6 * error + draw.normal(2.0 * (1.0f64 - 0.36).sqrt());
            (f64::from(i), 60.0 + error)
        })
        .collect();
    (whole(&trace(&readings), EnergyQuery { steady: true, ..EnergyQuery::default() }), 60.0 * 999.0)
}

fn above_idle(draw: &mut Draw) -> (Quantity, f64) {
    let (gain, offset) = (1.0 + draw.between(-0.02, 0.02), draw.normal(0.05));
    let readings = sampled(30, |time| {
        let watts = if time < 15.0 { 3.8 } else { 7.2 };
        (watts - offset + draw.normal(0.1)) / gain
    });
    let query = InferenceQuery {
        window: Some((15_000_000_000, 30_000_000_000)),
        idle: Some(Idle::Window(0, 14_900_000_000)),
        ..InferenceQuery::default()
    };
    let log = by(trace(&readings), "gain ±2 %, offset 0.05 W");
    (energy_per_token(&log, Tokens::Count(50), &query).unwrap().above_idle.unwrap(), 15.0 * 3.4)
}

fn ratio(draw: &mut Draw) -> (Quantity, f64) {
    let (gain, offset) = (1.0 + draw.between(-0.05, 0.05), draw.normal(1.0));
    let mut run = |watts: f64| {
        let readings = sampled(30, |_| (watts - offset + draw.normal(5.0)) / gain);
        whole(&by(trace(&readings), "gain ±5 %, offset 1 W"), EnergyQuery::default())
    };
    let (first, second) = (run(200.0), run(250.0));
    (first.over(&second).unwrap(), 0.8)
}

fn rounding(draw: &mut Draw) -> (Quantity, f64) {
    let watts = draw.between(60.0, 80.0);
    let rows: String = (0..=60).map(|second| format!("{second}.000,{}\n", watts.round())).collect();
    let log = read(format!("time [s],power [W]\n{rows}").into_bytes(), "log", &ReadOptions::default()).unwrap();
    (whole(&log, EnergyQuery::default()), 60.0 * watts)
}

fn switching(draw: &mut Draw) -> (Quantity, f64) {
    // on for 1 to 3 s, off for 1 to 3 s
    let (mut switches, mut time) = (vec![0.0], 0.0);
    while time < 60.0 {
        time += draw.between(1.0, 3.0);
        switches.push(time);
    }
    let at = |time: f64| if switches.partition_point(|switch| *switch <= time) % 2 == 1 { 300.0 } else { 100.0 };
    let on: f64 =
        switches.chunks(2).map(|pair| pair.get(1).map_or(60.0, |end| end.min(60.0)) - pair[0].min(60.0)).sum();
    (whole(&trace(&sampled(60, at)), EnergyQuery::default()), 6000.0 + 200.0 * on)
}

fn stamps(draw: &mut Draw) -> (Quantity, f64) {
    // one reading a second, each stamped with the second it began
    let start = draw.between(0.0, 1.0);
    let times: Vec<f64> = (0..=20).map(|i| f64::from(i) * draw.between(0.9, 1.1) + start).collect();
    let mut times = times;
    times.sort_by(f64::total_cmp);
    let rows: String = times.iter().map(|time| format!("2025-03-04T10:00:{:02}Z,250\n", time.floor())).collect();
    let log = read(format!("time,power [W]\n{rows}").into_bytes(), "log", &ReadOptions::default()).unwrap();
    (whole(&log, EnergyQuery::default()), 250.0 * (times[20] - times[0]))
}

fn gap(draw: &mut Draw) -> (Quantity, f64) {
    // while nothing is read the power is anything that it is elsewhere
    let unseen = draw.between(200.0, 300.0);
    let power = |time: f64| 250.0 + 50.0 * (time * std::f64::consts::TAU / 10.0).sin();
    let readings: Vec<(f64, f64)> =
        sampled(30, power).into_iter().filter(|(time, _)| !(10.05..19.95).contains(time)).collect();
    let query = EnergyQuery { max_gap_ns: Some(20_000_000_000), ..EnergyQuery::default() };
    (whole(&trace(&readings), query), 5000.0 + 10.0 * unseen)
}

fn window(draw: &mut Draw) -> (Quantity, f64) {
    // the load is switched on somewhere in the log and stays on; the readings are means over the second before
    let on = draw.between(3.0, 12.0);
    let mean = |time: f64| 100.0 + 200.0 * (time - on).clamp(0.0, 1.0);
    let rows: String = sampled(20, mean)
        .iter()
        .map(|(time, watts)| format!("2025/03/04 10:00:{time:06.3}, 0, {watts:.4} W\n"))
        .collect();
    let text = format!("timestamp, index, power.draw.average [W]\n{rows}");
    let log = read(text.into_bytes(), "log", &ReadOptions::default()).unwrap();
    let log = by(log, "offset 0 W");
    (whole(&log, EnergyQuery::default()), 2000.0 + 200.0 * (20.0 - on))
}

fn part_time(draw: &mut Draw) -> (Quantity, f64) {
    // windows of 25 ms every 100 ms, and a load whose period differs from 100 ms by up to a tenth
    let period = draw.between(0.09, 0.11);
    let (phase, turn) = (draw.between(0.0, std::f64::consts::TAU), std::f64::consts::TAU / period);
    let integral = |time: f64| 250.0 * time - 40.0 / turn * (turn * time + phase).cos();
    let readings = sampled(60, |time| (integral(time) - integral(time - 0.025)) / 0.025);
    let log = by(trace(&readings), "duty 25 %, update 100 ms");
    (whole(&log, EnergyQuery::default()), integral(60.0) - integral(0.0))
}
