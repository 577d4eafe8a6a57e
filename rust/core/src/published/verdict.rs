//! What came of a claim.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What came of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It comes out, or stands so in its source.
    Holds,
    /// Some of it does and some does not.
    HoldsInPart,
    /// Its numbers are right and the arithmetic is not.
    Arithmetic,
    /// A unit or a prefix was taken for another one.
    Unit,
    /// It compares or mixes what is counted at two boundaries, of two denominators, years or populations.
    Boundary,
    /// It stands so in another vintage of its source, or for another year.
    Vintage,
    /// It stands in another source than the one that is named.
    Misattributed,
    /// It contradicts another number of its own text.
    Inconsistent,
    /// It is not impossible and other figures speak against it.
    Doubtful,
    /// The source that is named, or the figure in it, is not to be found.
    SourceNotFound,
    /// Nothing at hand decides it.
    NotCheckable,
}

impl Verdict {
    /// The words that stand for the verdict in tables.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::HoldsInPart => "holds in part",
            Self::Arithmetic => "arithmetic",
            Self::Unit => "unit",
            Self::Boundary => "boundary",
            Self::Vintage => "vintage",
            Self::Misattributed => "misattributed",
            Self::Inconsistent => "inconsistent",
            Self::Doubtful => "doubtful",
            Self::SourceNotFound => "source not found",
            Self::NotCheckable => "not checkable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
