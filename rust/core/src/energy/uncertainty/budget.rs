//! The components of an energy, put together.

use super::instance::Identity;
use super::readings::Readings;
use super::{gaps, meter, noise, resolution, sampling, stamps, window};
use crate::energy::sums::Total;
use crate::quantity::{Component, Distribution, Measured};
use crate::traces::Channel;

/// Which energy of which channel a budget is for.
pub(super) struct Account<'a> {
    /// The channel.
    pub channel: &'a Channel,
    /// What it shares with others.
    pub identity: Identity,
    /// What is known about it, for labels: `gpu0/power.draw (nvidia board sensor gain)`.
    pub label: String,
    /// The energy. [J]
    pub energy_j: f64,
    /// The covered time. [s]
    pub seconds: f64,
    /// How the energy was asked for.
    pub asked: Asked,
    /// What the readings of the window say of themselves.
    pub readings: Readings,
}

/// How an energy was asked for, as far as its budget needs it.
#[derive(Debug, Clone, Copy)]
pub(in crate::energy) struct Asked {
    /// The window. [ns]
    pub window: (i64, i64),
    /// Whether it was declared steady: its readings are of one level and scatter about it.
    pub steady: bool,
    /// Whether the readings are not there: only what does not come of them is in the budget.
    pub in_blocks: bool,
    /// Longest interval that was integrated over, where the caller said it. [ns]
    pub max_gap_ns: Option<i64>,
}

/// The components that one thing leaves open.
type Term = fn(&Account<'_>) -> Vec<Component>;

/// Everything that leaves an energy open.
const TERMS: [Term; 7] = [
    meter::components,
    resolution::components,
    noise::components,
    sampling::components,
    window::components,
    stamps::components,
    gaps::components,
];

impl Account<'_> {
    /// A component that an identity stands for: the same for all that it ever measures.
    pub fn shared(&self, (kind, by): (&str, &str), shape: Distribution, contribution: f64) -> Component {
        Component::new(&format!("{kind}:{by}"), &format!("{kind} of {}", self.label), shape, contribution)
    }

    /// A component of this window alone.
    pub fn of_window(&self, kind: &str, shape: Distribution, contribution: f64) -> Component {
        let (start, end) = self.asked.window;
        let id = format!("{kind} {start} {end}:{}", self.identity.recording);
        Component::new(&id, &format!("{kind} of {}", self.channel.label()), shape, contribution)
    }
}

/// An energy with its budget.
///
/// Reference: JCGM 100:2008, 4.3.7 and 5.1.
pub(in crate::energy) fn of_energy(
    channel: &Channel,
    energy_j: f64,
    total: &Total,
    (asked, identity, readings): (Asked, Identity, Readings),
) -> Measured {
    let model = channel.sensor.as_ref().map(|model| model.label.as_str()).filter(|label| !label.is_empty());
    let account = Account {
        channel,
        identity,
        label: model.map_or_else(|| channel.label(), |model| format!("{} ({model})", channel.label())),
        energy_j,
        seconds: total.covered_ns as f64 * 1e-9,
        asked,
        readings,
    };
    let components = TERMS.iter().flat_map(|term| term(&account));
    let components = components.filter(|part| part.contribution != 0.0 && part.contribution.is_finite());
    Measured::with_components(energy_j, components.collect())
}

/// A power that a channel shows, with the part of the budget that its meter has in common with its energies. [W]
pub(in crate::energy) fn of_power(
    channel: &Channel,
    identity: Identity,
    watts: f64,
    scatter: Option<Component>,
) -> Measured {
    let span = channel.samples.time_ns.first().zip(channel.samples.time_ns.last());
    let window = span.map_or((0, 0), |(first, last)| (*first, *last));
    let account = Account {
        channel,
        identity,
        label: channel.label(),
        energy_j: watts,
        seconds: 1.0,
        asked: Asked { window, steady: true, in_blocks: false, max_gap_ns: None },
        readings: Readings::default(),
    };
    let components = meter::components(&account).into_iter().chain(resolution::components(&account)).chain(scatter);
    Measured::with_components(watts, components.filter(|part| part.contribution != 0.0).collect())
}

/// A component of the energy of a meter as it stands in a part of that energy, `share` of it.
///
/// Gain, offset and what else holds for all of the time go in proportion, so that the parts of a meter stay fully
/// correlated. What is independent from one reading to the next adds up in quadrature: a part has the root of its share.
/// An end of the window is as uncertain for a part as for the whole.
pub(in crate::energy) fn part_of(component: &Component, share: f64) -> Component {
    Component { contribution: component.contribution * Spread::of(component).factor(share), ..component.clone() }
}

/// How a component of the energy of a meter stands in a part of it; see [`part_of`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::energy) enum Spread {
    Proportional,
    Independent,
    End,
}

impl Spread {
    pub fn of(component: &Component) -> Self {
        match component.id.split([' ', ':']).next().unwrap_or_default() {
            "noise" | "steps" => Self::Independent,
            "stamp" => Self::End,
            _ => Self::Proportional,
        }
    }

    pub fn factor(self, share: f64) -> f64 {
        match self {
            Self::Independent => share.abs().sqrt() * share.signum(),
            Self::End if share != 0.0 => share.signum(),
            Self::End | Self::Proportional => share,
        }
    }
}

/// What the budget of an energy leaves out, where nothing is known about the gain of its meter.
pub(in crate::energy) fn unknown_gain(channel: &Channel) -> Option<&str> {
    match &channel.sensor {
        Some(model) if model.gain.is_some() => None,
        Some(model) => Some(&model.leaves_out),
        None => Some("the gain and offset of the meter, which the format does not tell"),
    }
}
