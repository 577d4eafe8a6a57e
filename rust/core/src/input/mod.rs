//! Bytes to typed cells, or a reason: limits, diagnostics, and the project's own number, time, table and JSON readers.

mod blocks;
mod bytes;
mod cell;
mod diagnostic;
mod digest;
mod expand;
mod json;
mod json_reader;
mod leap;
mod lines;
mod markup;
mod number;
mod proceed;
mod records;
mod remedy;
mod table;
mod time;
mod unit;
mod zone;

pub use blocks::{BLOCK_BYTES, Blocks};
pub use bytes::{EXPANDED_LIMIT, EXPANSION_RATIO_LIMIT, Text};
pub use cell::{Cell, CellFault, cell};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Place, Refusal, Severity, is_hidden, printable};
pub use digest::sha256;
pub use json::{JSON_BYTES, JSON_DEPTH, JSON_NUMBER_BYTES, Json, JsonText};
pub use leap::LeapSeconds;
pub use lines::{COLUMN_LIMIT, LINE_LIMIT, Line, Lines};
pub use markup::markup;
pub use number::{Decimal, LITERAL_LIMIT, Literal, Scale, finite, literal};
pub use proceed::{append, proceed};
pub use records::{Record, records};
pub use table::{RowFault, delimiter, distinct, fields, row};
pub use time::{Base, DateOrder, Stamp, civil_ns, civil_stamp, clock_stamp, numeric_stamp, patterned_stamp};
pub use unit::{Dimension, Title, Unit, title, unit};
pub use zone::{Placed, Zone, ZoneFault};
