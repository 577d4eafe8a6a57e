//! Archives of meters that keep the energy of each interval: drawn and returned, one column or one of each phase.

use super::sheet::Column;
use crate::input::{Code, Refusal, unit};
use crate::traces::{Builder, Fault, Kind, Time, Trace};

/// What the rows of an archive so far say.
#[derive(Default)]
pub(crate) struct Archive {
    /// Column and slot of the energies that were drawn.
    drawn: Vec<(usize, usize)>,
    /// Columns of the energies that were returned.
    returned: Vec<usize>,
    /// Time at which the last interval ended. [ns]
    ended: Option<i64>,
    /// Whether energy was returned.
    said: bool,
    /// Length of the longest interval. [s]
    length: i64,
}

impl Archive {
    /// Whether the column of that title holds energy drawn: `total_act_energy`, of a phase too, or `Active energy Wh (1)`.
    pub(crate) fn drawn(title: &str) -> bool {
        title.ends_with("total_act_energy") || title.starts_with("Active energy Wh")
    }

    /// Takes the columns of a header.
    pub(crate) fn columns<'t>(&mut self, builder: &mut Builder<'_>, titles: impl Iterator<Item = &'t str>) {
        (self.drawn, self.returned) = (Vec::new(), Vec::new());
        for (at, title) in titles.enumerate() {
            if Self::drawn(title) {
                let column = Column::new(title, Kind::IntervalEnergy, "Wh");
                let slot = builder.slot_named(title).unwrap_or_else(|| builder.slot(column.slot));
                self.drawn.push((at, slot));
            } else if title.ends_with("total_act_ret_energy") || title.starts_with("Returned energy Wh") {
                self.returned.push(at);
            }
        }
    }

    /// Takes the interval that starts at a time and is so long [s].
    ///
    /// # Errors
    /// Those of cells and samples.
    pub(crate) fn take<'c>(
        &mut self,
        builder: &mut Builder<'_>,
        (start, length): (Time, i64),
        line: u32,
        cell: impl Fn(usize) -> &'c str,
    ) -> Result<(), Refusal> {
        builder.record(line);
        let device = builder.device("0", line)?;
        self.length = self.length.max(length);
        let end = start.after(length.saturating_mul(1_000_000_000));
        for (at, slot) in &self.drawn {
            let text = cell(*at);
            let reading = match builder.read(*slot, text, (unit("Wh"), None), line)? {
                Ok((energy, _)) if energy < 0.0 => Err(Fault::BadRead),
                reading => reading,
            };
            if self.ended != Some(start.ns()) {
                builder.start((device, *slot), (line, start))?;
            }
            builder.sample((device, *slot), (line, end), reading, text)?;
        }
        self.ended = Some(end.ns());
        let back = self.returned.iter().any(|at| cell(*at).bytes().any(|byte| (b'1'..=b'9').contains(&byte)));
        if back && !self.said {
            builder.remark(Code::NegativePower, line, "energy was returned; it is not subtracted from what was drawn");
            self.said = true;
        }
        Ok(())
    }

    /// The trace.
    ///
    /// # Errors
    /// Those of [`Builder::finish`].
    pub(crate) fn finish(self, mut builder: Builder<'_>, format: &'static str) -> Result<Trace, Refusal> {
        builder.at_given_boundary();
        builder.edges_unknown(self.length.saturating_mul(1_000_000_000));
        builder.finish(format, true)
    }
}
