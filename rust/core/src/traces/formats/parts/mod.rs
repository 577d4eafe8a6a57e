//! What several formats share: archives of intervals, tables with known titles, metrics with labels, zones of processors, property lists.

pub(super) mod archive;
pub(super) mod bursts;
pub(super) mod columns;
pub(super) mod documents;
pub(super) mod elapsed;
pub(super) mod layout;
pub(super) mod metrics;
pub(super) mod plist;
pub(super) mod rapl_zone;
pub(super) mod sheet;
