//! Whether a figure and the factors applied to it are of one time.

use super::chain::Lifted;
use super::factor::Factor;
use std::fmt;

/// The years that a figure is about, first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Years(pub i32, pub i32);

impl Years {
    fn share_one(self, other: Self) -> bool {
        self.0 <= other.1 && other.0 <= self.1
    }
}

impl fmt::Display for Years {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == self.1 { write!(f, "{}", self.0) } else { write!(f, "{} to {}", self.0, self.1) }
    }
}

impl Factor {
    /// The years that the number was observed in.
    fn observed(&self) -> Option<Years> {
        self.years().map(|(first, last)| Years(first, last))
    }

    /// The year of the vintage of its source, as 2024 of `2024-12`.
    fn vintage_year(&self) -> Option<i32> {
        self.vintage()?.get(..4)?.parse().ok()
    }
}

impl Lifted {
    /// What does not belong to one time: factors observed in other years than the figure is about, those of a source older
    /// than the figure, factors of different years, and what is to be said of their numbers.
    ///
    /// ```
    /// use szilard::boundaries::{BoundaryChain, Factor, Years};
    /// use szilard::quantity::{Boundary, Quantity};
    ///
    /// let pue = Factor::ratio("pue", 1.6).unwrap().with_years(2014, 2014).with_vintage("2024-12");
    /// let site = "176 TWh/yr".parse::<Quantity>().unwrap().at(Some(Boundary::Site));
    /// let it = BoundaryChain::new(vec![pue]).unwrap().lower(&site, Boundary::It).unwrap();
    /// assert_eq!(it.mixed(Some(Years(2023, 2023))), ["pue is of 2014, the figure of 2023"]);
    /// assert!(it.mixed(Some(Years(2014, 2014))).is_empty() && it.mixed(None).is_empty());
    /// ```
    pub fn mixed(&self, figure: Option<Years>) -> Vec<String> {
        let factors = || self.applied.iter().map(|applied| &applied.factor);
        let mut found = Vec::new();
        for factor in factors() {
            let name = factor.name();
            match (factor.observed(), figure) {
                (Some(own), Some(figure)) if !own.share_one(figure) => {
                    found.push(format!("{name} is of {own}, the figure of {figure}"));
                }
                (Some(own), None) => {
                    let other = factors().skip_while(|other| other.name() != name).skip(1).find_map(|other| {
                        let years = other.observed().filter(|years| !years.share_one(own))?;
                        Some(format!("{name} is of {own}, {} of {years}", other.name()))
                    });
                    found.extend(other);
                }
                _ => {}
            }
            if let (Some(vintage), Some(figure)) = (factor.vintage_year(), figure)
                && vintage < figure.0
            {
                found.push(format!("{name} is from a source of {vintage}, older than the figure of {figure}"));
            }
            found.extend(factor.reservation().map(|reservation| format!("{name}: {reservation}")));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BoundaryChain, Factor};
    use super::*;
    use crate::quantity::{Boundary, Quantity};

    #[test]
    fn years_that_overlap_are_one_time_and_others_are_said() {
        let factor =
            |name, first, last| Factor::ratio(name, 1.1).unwrap().with_years(first, last).with_vintage("2023-06");
        let chain = BoundaryChain::new(vec![factor("pue", 2018, 2018), factor("td-loss", 2019, 2022)]).unwrap();
        let it = "1 TWh/yr".parse::<Quantity>().unwrap().at(Some(Boundary::It));
        let grid = chain.lift(&it, Boundary::Grid).unwrap();
        assert_eq!(grid.mixed(None), ["pue is of 2018, td-loss of 2019 to 2022"]);
        assert_eq!(grid.mixed(Some(Years(2018, 2022))), [""; 0]);
        assert_eq!(
            grid.mixed(Some(Years(2024, 2024))),
            [
                "pue is of 2018, the figure of 2024",
                "pue is from a source of 2023, older than the figure of 2024",
                "td-loss is of 2019 to 2022, the figure of 2024",
                "td-loss is from a source of 2023, older than the figure of 2024",
            ]
        );
    }
}
