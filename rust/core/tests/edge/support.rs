//! Scenarios in few words, and numbers that look random.

use szilard::edge::{Battery, Daylight, Demand, Figure, Node, Outcome, Scenario, Sun, ThermalNode};
use szilard::quantity::Quantity;

pub fn quantity(text: &str) -> Quantity {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A number that is exact in a unit.
pub fn of(value: f64, unit: &str) -> Quantity {
    if unit.is_empty() {
        return Quantity::number(value).unwrap();
    }
    Quantity::new(value, unit.parse().unwrap()).unwrap()
}

/// The node of the thread: 3.8 W idle, 7.2 W for the 4.1 s of a call of 50 tokens.
pub fn thread_node() -> Node {
    let [idle, active, time, tokens] = ["3.8 W", "7.2 W", "4.1 s", "50 token"].map(quantity);
    Node::new(&idle, &active, &time, &tokens).unwrap()
}

pub fn daylight() -> Daylight {
    Daylight::new(&quantity("12 h"), &quantity("12 h")).unwrap()
}

/// The thread's node on days of so many Wh.
pub fn scenario(harvest_wh: &[f64], battery: Battery, calls: f64) -> Scenario {
    let sun = Sun::days(harvest_wh.iter().map(|wh| of(*wh, "Wh")).collect(), daylight()).unwrap();
    Scenario::new(thread_node(), Demand::new(&of(calls, ""), None).unwrap(), sun, battery).unwrap()
}

pub fn battery(wh: f64, cut_off: f64, start: f64) -> Battery {
    Battery::new(&of(wh, "Wh"), None).unwrap().between(&of(cut_off, ""), &of(start, "")).unwrap()
}

pub fn heat_sink(resistance: f64, capacity: f64, ambient_c: f64, ceiling_c: f64) -> ThermalNode {
    let (ambient, ceiling) = (of(ambient_c + 273.15, "K"), of(ceiling_c + 273.15, "K"));
    ThermalNode::new(&of(resistance, "K/W"), &of(capacity, "J/K"), &ambient, &ceiling).unwrap()
}

pub fn figure<'a>(outcome: &'a Outcome, name: &str) -> &'a Figure {
    outcome.figure(name).unwrap_or_else(|| panic!("no figure {name}"))
}

pub fn value(outcome: &Outcome, name: &str) -> f64 {
    figure(outcome, name).quantity.value()
}

/// Numbers between 0 and 1 from a seed (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Over decades.
    pub fn scale(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.uniform() < share
    }
}
