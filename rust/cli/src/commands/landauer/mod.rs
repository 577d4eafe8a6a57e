//! `szilard landauer`: an energy per token beside every bound.

mod command;
mod ladder;
mod roofline;
mod sweep;
mod weights;

pub(super) use command::Landauer;
pub(super) use ladder::{ladder_json, ladder_text};
