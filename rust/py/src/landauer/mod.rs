//! The Landauer ladder: models and measured energies in, named gaps out.

mod axis;
mod inputs;
mod model;
mod rungs;
mod weights;

pub use axis::{PySweep, sweep};
pub use model::{PyModel, roofline};
pub use rungs::{PyGap, PyLadder, ladder, landauer_limit};
pub use weights::{PyWeights, read_weights};
