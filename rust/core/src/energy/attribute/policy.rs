//! How power is split.

/// How power is split among the requests in flight at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// In proportion to their token rates, output tokens over time in flight.
    #[default]
    Tokens,
    /// In equal shares.
    Time,
    /// In proportion to what their tokens cost by regression, prompt tokens before the first token and output tokens after
    /// it ([`super::phase_costs`]).
    Regression,
    /// Not at all: requests that overlap are refused.
    Exclusive,
}

impl Policy {
    /// Every policy.
    pub const ALL: &'static [Self] = &[Self::Tokens, Self::Time, Self::Regression, Self::Exclusive];

    /// The word for options and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Time => "time",
            Self::Regression => "regression",
            Self::Exclusive => "exclusive",
        }
    }
}
