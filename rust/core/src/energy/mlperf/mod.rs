//! MLPerf power: the official metric of a run, and whether its power log may be believed.

mod detail;

pub(super) use detail::{Detail, MARK};
