//! A day on one line: what idling leaves for calls.

use crate::edge::EdgeError;
use crate::edge::error::at_least;
use crate::edge::node::Node;
use crate::edge::solar::DAY;
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Energy, Time};
use crate::quantity::units::time::second;

/// What a day's harvest carries.
#[derive(Debug, Clone)]
pub struct Budget {
    /// Energy that idling takes in a day. [J]
    pub idle: Quantity,
    /// Harvest less idling; negative where idling alone takes more. [J]
    pub surplus: Quantity,
    /// Calls that the surplus carries, each at what it takes above idling; `None` where there is no surplus, or a call
    /// takes nothing above idling.
    pub calls_by_energy: Option<Quantity>,
    /// Calls that fit into a day, one after another.
    pub calls_by_time: Quantity,
    /// The smaller of the two; `None` where idling alone takes more than there is.
    pub calls: Option<Quantity>,
}

/// What a day's harvest carries, with a battery large enough and without loss.
///
/// idle = P_idle · 24 h; surplus = harvest - idle; calls = min(surplus/((P_active - P_idle) t), 24 h/t). Idling is paid
/// once: a call adds only what it takes above it.
///
/// # Parameters
/// - `node`: what it draws.
/// - `harvest`: of a day, not below 0. [J]
///
/// # Errors
/// [`EdgeError::Range`], [`EdgeError::Unit`], [`EdgeError::Boundary`].
///
/// # Example
/// ```
/// use szilard::edge::{Node, budget};
///
/// let [idle, active, time, tokens] = ["3.8 W", "7.2 W", "4.1 s", "50 token"].map(|text| text.parse().unwrap());
/// let node = Node::new(&idle, &active, &time, &tokens).unwrap();
/// let cloudy = budget(&node, &"80 Wh".parse().unwrap()).unwrap();
/// // 3.8 W for 24 h are 91.2 Wh: 11.2 Wh are missing before the first call
/// assert!((cloudy.surplus.to("Wh").unwrap().value() + 11.2).abs() < 1e-9);
/// assert!(cloudy.calls.is_none());
/// // 228.8 Wh would carry 59087 calls; a day has time for 21073
/// let sunny = budget(&node, &"320 Wh".parse().unwrap()).unwrap();
/// assert_eq!(sunny.calls_by_energy.unwrap().value().floor(), 59087.0);
/// assert_eq!(sunny.calls.unwrap().value().floor(), 21073.0);
/// ```
pub fn budget(node: &Node, harvest: &Quantity) -> Result<Budget, EdgeError> {
    let given: Energy = harvest.as_static()?;
    at_least(0.0, given.value, "the harvest of a day", "J", "a finite value not below 0")?;
    let day = Quantity::from(Time::new::<second>(DAY));
    let idle = node.idle.on(None).times(&day)?.to("J")?;
    let surplus = harvest.on(None).to("J")?.minus(&idle)?;
    let call = node.active.on(None).minus(&node.idle.on(None))?.times(&node.call_time)?;
    let calls_by_time = day.over(&node.call_time.at(None).on(None))?;
    let carried = surplus.value() >= 0.0;
    let calls_by_energy = match carried && call.value() > 0.0 {
        true => Some(surplus.over(&call)?),
        false => None,
    };
    let fewer = calls_by_energy.clone().filter(|calls| calls.value() < calls_by_time.value());
    let calls = carried.then(|| fewer.unwrap_or_else(|| calls_by_time.clone()));
    Ok(Budget { idle, surplus, calls_by_energy, calls_by_time, calls })
}
