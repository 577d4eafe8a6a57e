//! A builder that goes on at a later place of the log, and what it found taken up again.

use super::builder::{Builder, DEVICE_LIMIT, SERIES_LIMIT, Series, TEXTS_KEPT};
use super::digest::{Digest, Sink, Undecided};
use crate::input::Diagnostics;
use std::collections::HashMap;

/// Intervals that may be gaps and are held at once, of all series together.
const HELD: usize = 1 << 19;

/// Most series of a stream: each keeps its first samples and the distribution of its intervals.
const STREAMED_SERIES: usize = 4096;

impl<'a> Builder<'a> {
    /// A builder that knows what this one was told and has seen no rows, for a later part of the log.
    pub(super) fn fork(&self) -> Self {
        Self {
            path: self.path,
            options: self.options,
            diagnostics: Diagnostics::default(),
            base: self.base,
            resolution_ns: i64::MAX,
            leaps: self.leaps.clone(),
            slots: self.slots.clone(),
            devices: Vec::new(),
            series: Vec::new(),
            header_line: self.header_line,
            records: None,
            fold_line: None,
            day: self.day,
            records_at: self.records_at.clone(),
            separate: self.separate,
            index: HashMap::new(),
            slot_index: self.slot_index.clone(),
            recent_device: 0,
            recent_unit: self.recent_unit.clone(),
            recent_minute: self.recent_minute.clone(),
            undecided: None,
            scales: self.scales.clone(),
            zone: self.zone.clone(),
            comma: self.comma,
            point: self.point,
        }
    }

    /// Whether a part of the log that begins like this builder begins like the other one too.
    pub(super) fn reads_like(&self, other: &Self) -> bool {
        self.base == other.base
            && self.leaps == other.leaps
            && self.slots == other.slots
            && self.header_line == other.header_line
            && self.day == other.day
            && self.separate == other.separate
            && self.scales == other.scales
            && self.zone == other.zone
            && self.comma == other.comma
            && self.point == other.point
    }

    /// Whether no limit can be passed when what a fork found is taken up.
    pub(super) fn has_room_for(&self, later: &Self) -> bool {
        self.devices.len() + later.devices.len() <= DEVICE_LIMIT
            && self.series.len() + later.series.len() <= SERIES_LIMIT
    }

    /// Takes up what a fork of this builder found in the part of the log behind what this one has seen, before which
    /// stand so many lines.
    pub(super) fn join(&mut self, mut later: Self, before: u32) {
        let moved = |line: u32| line.saturating_add(before);
        let mut devices = Vec::with_capacity(later.devices.len());
        for device in &later.devices {
            // there is room for all of them
            devices.push(self.device(&device.name, before).unwrap_or_default());
        }
        for series in later.series {
            let Some(at) = devices.get(series.device).copied() else { continue };
            let next = self.series.len();
            let Some(device) = self.devices.get_mut(at) else { continue };
            let place = *device.series.entry(series.slot).or_insert(next);
            if place == next {
                self.series.push(Series::new(at, series.slot));
            }
            if let Some(mine) = self.series.get_mut(place) {
                mine.join(series, before);
            }
        }
        later.diagnostics.move_down(before);
        self.diagnostics.extend(&later.diagnostics);
        self.resolution_ns = self.resolution_ns.min(later.resolution_ns);
        if let Some((first, last)) = later.records {
            self.records = Some((self.records.map_or(moved(first), |(first, _)| first), moved(last)));
        }
        self.fold_line = self.fold_line.or(later.fold_line.map(moved));
        self.header_line = self.header_line.or(later.header_line.map(moved));
        (self.base, self.leaps, self.day, self.zone) = (later.base, later.leaps, later.day, later.zone);
        (self.slots, self.slot_index, self.scales) = (later.slots, later.slot_index, later.scales);
        (self.separate, self.comma, self.point) = (later.separate, later.comma, later.point);
    }

    /// Takes up the rows of every series and forgets them.
    pub(super) fn digest(&mut self, sink: &mut dyn Sink) -> Result<(), Undecided> {
        if !self.leaps.is_empty() {
            return Err("a leap second moves the rows behind it");
        }
        if self.series.len() > STREAMED_SERIES {
            return Err("the log has too many series");
        }
        let most = HELD / self.series.len().max(1);
        for (at, series) in self.series.iter_mut().enumerate().filter(|(_, series)| !series.rows.is_empty()) {
            let Some(slot) = self.slots.get(series.slot) else { continue };
            let digest = series.digest.get_or_insert_default();
            digest.take((at, slot), std::mem::take(&mut series.rows), &series.fault_texts, most, sink)?;
            series.fault_texts.clear();
        }
        Ok(())
    }

    /// Ends what was digested.
    pub(super) fn end_digests(&mut self, sink: &mut dyn Sink) -> Result<(), Undecided> {
        let coarse = self.resolution_ns >= 1_000_000_000 && self.options.interval_ns.is_some();
        for (at, series) in self.series.iter_mut().enumerate() {
            let digest: Box<Digest> = series.digest.take().unwrap_or_default();
            let known = digest.finish(at, sink)?;
            if coarse && known.repeat.is_some() {
                return Err("rows of one stamp get their times from the interval");
            }
            series.known = Some(known);
        }
        Ok(())
    }
}

impl Series {
    /// Takes up the next rows of the series, before whose part of the log so many lines stand.
    fn join(&mut self, later: Self, before: u32) {
        self.rows.append(later.rows, before);
        self.step =
            if self.step == 0.0 || later.step == 0.0 { self.step.max(later.step) } else { self.step.min(later.step) };
        let room = TEXTS_KEPT.saturating_sub(self.fault_texts.len());
        self.fault_texts.extend(later.fault_texts.into_iter().take(room));
    }
}
