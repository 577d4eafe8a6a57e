//! How power is split.

/// How power is split among the requests in flight at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// In proportion to their token rates, output tokens over time in flight.
    #[default]
    Tokens,
    /// In equal shares.
    Time,
    /// Not at all: requests that overlap are refused.
    Exclusive,
}

impl Policy {
    /// Every policy.
    pub const ALL: &'static [Self] = &[Self::Tokens, Self::Time, Self::Exclusive];

    /// The word for options and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Time => "time",
            Self::Exclusive => "exclusive",
        }
    }
}
