//! A call as a token log has it.

/// A call: when it ran and what it gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request {
    /// Start, on the clock of the recording. [ns]
    pub start_ns: i64,
    /// End. [ns]
    pub end_ns: i64,
    /// Output tokens.
    pub output_tokens: f64,
}

impl Request {
    /// Duration. [s]
    pub fn seconds(&self) -> f64 {
        self.end_ns.saturating_sub(self.start_ns) as f64 / 1e9
    }

    /// The part of its time that lies between two times. [s]
    pub fn seconds_within(&self, start_ns: i64, end_ns: i64) -> f64 {
        self.end_ns.min(end_ns).saturating_sub(self.start_ns.max(start_ns)).max(0) as f64 / 1e9
    }

    /// Whether it took time and gave tokens.
    pub fn is_whole(&self) -> bool {
        self.end_ns > self.start_ns && self.output_tokens.is_finite() && self.output_tokens > 0.0
    }
}
