//! The numbers of one trial.

use super::scenario::Scenario;
use crate::edge::EdgeError;
use crate::edge::solar::Weather;
use crate::edge::thermal::Ambient;
use crate::quantity::{Measured, Quantity};

/// The heat sink of a trial, in coherent units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heat {
    pub resistance: f64,
    pub capacity: f64,
    pub ambient: f64,
    pub ceiling: f64,
    pub slope: f64,
    pub reference: f64,
    pub swing: f64,
}

/// All numbers of a trial, in coherent units.
#[derive(Debug, Clone)]
pub(super) struct Rig {
    pub idle: f64,
    pub active: f64,
    pub call_s: f64,
    pub tokens: f64,
    pub calls: f64,
    pub capacity: f64,
    pub efficiency: f64,
    pub cut_off: f64,
    pub start: f64,
    pub heat: Option<Heat>,
    /// Size of the array over that of the scenario.
    pub panel: f64,
    /// Harvest of each listed day, or of each kind of day.
    pub harvest: Vec<f64>,
    /// Shares of the kinds of day.
    pub shares: Vec<f64>,
}

/// The inputs of a scenario in the order in which [`Rig::of`] takes them.
pub(super) fn inputs(scenario: &Scenario) -> Result<Vec<Measured>, EdgeError> {
    let Scenario { node, demand, battery, thermal, ambient, sun, .. } = scenario;
    let mut list: Vec<&Quantity> =
        vec![&node.idle, &node.active, &node.call_time, &node.tokens_per_call, &demand.calls_per_day];
    list.extend([battery.energy(), battery.efficiency(), battery.cut_off(), battery.start()]);
    if let Some(heat) = thermal {
        list.extend([&heat.resistance, &heat.capacity, &heat.ambient, &heat.threshold]);
        list.extend(heat.leakage.iter().flatten());
        if let Ambient::Daily { swing, .. } = ambient {
            list.push(swing);
        }
    }
    match &sun.weather {
        Weather::Days(days, _) => list.extend(days),
        Weather::Kinds(kinds, _) => list.extend(kinds.iter().flat_map(|kind| [&kind.harvest, &kind.share])),
        Weather::Series(_) => {}
    }
    let coherent = |quantity: &Quantity| quantity.in_unit(&quantity.unit().to_coherent_unit());
    list.into_iter().map(|quantity| Ok(coherent(quantity)?.measured().clone())).collect()
}

impl Rig {
    /// The rig of a trial from its inputs in their order, checked: a drawn efficiency above 1 is no efficiency.
    pub fn of(scenario: &Scenario, values: &mut dyn Iterator<Item = f64>) -> Result<Self, EdgeError> {
        let mut next = || values.next().unwrap_or(f64::NAN);
        let [idle, active, call_s, tokens, calls] = [(); 5].map(|()| next());
        let [capacity, efficiency, cut_off, start] = [(); 4].map(|()| next());
        let heat = scenario.thermal.as_ref().map(|thermal| {
            let [resistance, capacity, ambient, ceiling] = [(); 4].map(|()| next());
            let [slope, reference] = if thermal.leakage.is_some() { [next(), next()] } else { [0.0, ambient] };
            let swing = if matches!(scenario.ambient, Ambient::Daily { .. }) { next() } else { 0.0 };
            Heat { resistance, capacity, ambient, ceiling, slope, reference, swing }
        });
        let (mut harvest, mut shares) = (Vec::new(), Vec::new());
        match &scenario.sun.weather {
            Weather::Days(days, _) => harvest.extend(days.iter().map(|_| next())),
            Weather::Kinds(kinds, _) => {
                for _ in kinds {
                    harvest.push(next());
                    shares.push(next());
                }
            }
            Weather::Series(_) => {}
        }
        let rig = Self {
            idle,
            active,
            call_s,
            tokens,
            calls,
            capacity,
            efficiency,
            cut_off,
            start,
            heat,
            panel: 1.0,
            harvest,
            shares,
        };
        rig.checked()
    }

    fn checked(self) -> Result<Self, EdgeError> {
        let not_below = |value: f64, least: f64| value.is_finite() && value >= least;
        let above = |value: f64| value.is_finite() && value > 0.0;
        let rules = [
            ("idle power [W]", self.idle, not_below(self.idle, 0.0)),
            ("active power [W]", self.active, not_below(self.active, self.idle)),
            ("time of a call [s]", self.call_s, above(self.call_s)),
            ("tokens of a call", self.tokens, above(self.tokens)),
            ("calls of a day", self.calls, not_below(self.calls, 0.0)),
            ("capacity of the battery [J]", self.capacity, above(self.capacity)),
            ("efficiency of the battery", self.efficiency, above(self.efficiency) && self.efficiency <= 1.0),
            ("cut-off of the battery", self.cut_off, (0.0..1.0).contains(&self.cut_off)),
            ("charge at the start", self.start, (self.cut_off..=1.0).contains(&self.start)),
        ];
        let heat = self.heat.iter().flat_map(|heat| {
            let gain = heat.slope * heat.resistance;
            [
                ("thermal resistance [K/W]", heat.resistance, above(heat.resistance)),
                ("heat capacity [J/K]", heat.capacity, above(heat.capacity)),
                ("temperature of the air [K]", heat.ambient, above(heat.ambient - heat.swing)),
                ("throttling temperature [K]", heat.ceiling, above(heat.ceiling)),
                ("leakage times resistance", gain, (0.0..1.0).contains(&gain)),
                ("swing of the air [K]", heat.swing, not_below(heat.swing, 0.0)),
            ]
        });
        let harvest = self.harvest.iter().map(|energy| ("harvest of a day [J]", *energy, not_below(*energy, 0.0)));
        let shares = self.shares.iter().map(|share| ("share of a kind of day", *share, not_below(*share, 0.0)));
        match rules.into_iter().chain(heat).chain(harvest).chain(shares).find(|(_, _, holds)| !holds) {
            Some((what, found, _)) => Err(EdgeError::Drawn { what, found }),
            None => Ok(self),
        }
    }

    /// The harvest of the kind of day that a number uniform between 0 and 1 stands for.
    pub fn kind(&self, uniform: f64) -> f64 {
        let total: f64 = self.shares.iter().sum();
        let mut reached = 0.0;
        let chosen = self.harvest.iter().zip(&self.shares).find(|(_, share)| {
            reached += *share / total;
            uniform < reached
        });
        // a last share may fall short of 1 by rounding
        chosen.map(|(harvest, _)| *harvest).or(self.harvest.last().copied()).unwrap_or(f64::NAN)
    }
}
