//! Paths over the years: what each source, vintage and boundary has for a quantity, and the growth between two figures.

use super::error::PublishedError;
use super::publication::{Bound, End, Fact, Publication};
use super::registry::Registry;
use super::reproduce::rounded;
use crate::quantity::{Boundary, Quantity};
use std::collections::HashMap;

/// A figure with its range; what is not given is not known.
#[derive(Debug, Clone)]
pub struct Interval {
    /// Lower end.
    pub low: Option<Quantity>,
    /// Value.
    pub value: Option<Quantity>,
    /// Upper end.
    pub high: Option<Quantity>,
}

/// A figure of a path, and where it comes from.
#[derive(Debug, Clone)]
pub struct Point<'a> {
    /// The publication.
    pub publication: &'a Publication,
    /// The fact.
    pub fact: &'a Fact,
    /// The later vintage that supersedes the publication, if there is one.
    pub superseded_by: Option<&'a str>,
}

/// The growth between two figures.
#[derive(Debug, Clone)]
pub struct Growth {
    /// Years between them.
    pub years: i32,
    /// (E_to/E_from)^(1/years) - 1, with the widest range that both ranges allow. [1]
    pub per_year: Interval,
    /// Why it is no growth within one series, if it is none.
    pub reservation: Option<String>,
}

/// Two neighbouring figures of one publication on a path, and the growth between them.
#[derive(Debug, Clone)]
pub struct GrowthStep<'a> {
    /// The publication.
    pub publication: &'a Publication,
    /// The earlier fact.
    pub from: &'a Fact,
    /// The later fact.
    pub to: &'a Fact,
    /// The growth between them.
    pub growth: Growth,
}

impl Fact {
    /// The value and its range, each with the rounding of what is printed as its uncertainty; "over 1000 TWh" is a lower
    /// end and no value.
    pub fn interval(&self) -> Interval {
        let end = |figure: &Option<Quantity>, end| figure.as_ref().map(|figure| self.rounded(figure, end));
        let (value, low, high) =
            (end(&self.value, None), end(&self.low, Some(End::Low)), end(&self.high, Some(End::High)));
        match self.bound {
            None => Interval { low, value, high },
            Some(Bound::Lower) => Interval { low: low.or(value), value: None, high: None },
            Some(Bound::Upper) => Interval { low: None, value: None, high: high.or(value) },
        }
    }

    /// The value with the rounding of what is printed as its uncertainty.
    ///
    /// # Errors
    /// [`PublishedError::NoValue`] where only a range or a bound is given.
    pub fn single_value(&self) -> Result<Quantity, PublishedError> {
        self.interval().value.ok_or_else(|| PublishedError::NoValue { id: self.id.clone(), has: self.in_words() })
    }

    /// The figure in words: `over 1200 TWh/yr`, `325 to 580 TWh/yr`, `415 TWh/yr`.
    pub fn in_words(&self) -> String {
        let Interval { low, value, high } = self.interval();
        let number = |figure: &Quantity| format!("{} {}", figure.value(), figure.unit());
        match (&value, &low, &high) {
            (Some(value), ..) => number(value),
            (None, Some(low), Some(high)) => {
                let open = match self.bound {
                    Some(Bound::Lower) => " and more",
                    Some(Bound::Upper) => " and less",
                    None => "",
                };
                format!("{} to {}{open}", low.value(), number(high))
            }
            (None, Some(low), None) => format!("over {}", number(low)),
            (None, None, Some(high)) => format!("below {}", number(high)),
            (None, None, None) => "nothing".to_owned(),
        }
    }

    /// A figure of the fact with the rounding of what is printed as its uncertainty.
    pub(super) fn rounded(&self, figure: &Quantity, end: Option<End>) -> Quantity {
        let id = end.map_or_else(|| self.id.clone(), |end| format!("{}.{end:?}", self.id));
        rounded(figure, self.last_digit(), &id)
    }

    /// The boundary of the figure.
    pub fn boundary(&self) -> Option<Boundary> {
        [&self.value, &self.low, &self.high].into_iter().flatten().next().and_then(Quantity::boundary)
    }
}

impl Interval {
    /// The lowest value that it allows, `None` where nothing bounds it.
    fn lowest(&self) -> Option<&Quantity> {
        self.low.as_ref().or(self.value.as_ref())
    }

    /// The highest value that it allows, `None` where nothing bounds it.
    fn highest(&self) -> Option<&Quantity> {
        self.high.as_ref().or(self.value.as_ref())
    }
}

impl Registry {
    /// What every publication has for a quantity in a region, by year, then by vintage.
    ///
    /// ```
    /// let registry = szilard::published::Registry::embedded().unwrap();
    /// let path = registry.path("electricity consumption of data centres", "World");
    /// let years: Vec<i32> = path.iter().map(|point| point.fact.from).collect();
    /// assert!(years.is_sorted() && years.contains(&2030));
    /// ```
    pub fn path(&self, quantity: &str, region: &str) -> Vec<Point<'_>> {
        let meant = self.facts().filter(|(_, fact)| fact.quantity == quantity && fact.region == region);
        let mut path: Vec<Point<'_>> = meant
            .map(|(publication, fact)| {
                let later = self.superseded_by(&publication.citation.key);
                Point { publication, fact, superseded_by: later.map(|later| later.citation.key.as_str()) }
            })
            .collect();
        path.sort_by(|left, right| {
            let key = |point: &Point<'_>| (point.fact.from, point.publication.citation.vintage.clone());
            key(left).cmp(&key(right))
        });
        path
    }

    /// The growth between neighbouring years of each publication on a path, within one boundary and one scenario; what was
    /// observed belongs to every scenario.
    ///
    /// # Errors
    /// As of [`Registry::growth`].
    pub fn steps<'a>(&self, path: &[Point<'a>]) -> Result<Vec<GrowthStep<'a>>, PublishedError> {
        let mut found = Vec::new();
        for (place, start) in path.iter().enumerate() {
            let (publication, from) = (start.publication, start.fact);
            let of_series = |point: &&Point<'a>| {
                let same = point.publication.citation.key == publication.citation.key;
                let one_year = from.from == from.to && point.fact.from == point.fact.to;
                same && one_year
                    && point.fact.boundary() == from.boundary()
                    && point.fact.denominator == from.denominator
                    && point.fact.from > from.from
                    && (from.scenario.is_none() || point.fact.scenario == from.scenario)
            };
            let later: Vec<&Fact> = path.iter().skip(place + 1).filter(of_series).map(|point| point.fact).collect();
            let mut nearest: HashMap<Option<&str>, i32> = HashMap::new();
            for fact in &later {
                let year = nearest.entry(fact.scenario.as_deref()).or_insert(fact.from);
                *year = fact.from.min(*year);
            }
            for to in later {
                // what was observed lies on the way of every scenario
                let years = [nearest.get(&None), nearest.get(&to.scenario.as_deref())];
                if years.into_iter().flatten().all(|year| to.from <= *year) {
                    found.push(GrowthStep { publication, from, to, growth: self.growth(&from.id, &to.id)? });
                }
            }
        }
        Ok(found)
    }

    /// The growth from one fact to a later one.
    ///
    /// # Errors
    /// [`PublishedError::Unknown`], and [`PublishedError::Apart`] for figures of different quantities, regions, boundaries,
    /// denominators or scenarios, without years between them, or of more than one year each.
    ///
    /// ```
    /// let registry = szilard::published::Registry::embedded().unwrap();
    /// let growth = registry.growth("F031", "F032").unwrap(); // Gartner, 448 TWh in 2025 and 980 TWh in 2030
    /// assert!((growth.per_year.value.unwrap().to("%").unwrap().value() - 16.947).abs() < 5e-4);
    /// ```
    pub fn growth(&self, from: &str, to: &str) -> Result<Growth, PublishedError> {
        let ((earlier, first), (later, last)) = (self.found(from)?, self.found(to)?);
        same("quantity", &first.quantity, &last.quantity)?;
        same("region", &first.region, &last.region)?;
        same("boundary", &word(first.boundary()), &word(last.boundary()))?;
        same("denominator", &text(&first.denominator), &text(&last.denominator))?;
        for fact in [first, last] {
            same("year", &fact.from.to_string(), &fact.to.to_string())?;
        }
        let years = last.from - first.from;
        if years <= 0 {
            let later = format!("{}; expected the later one second", last.from);
            return Err(apart("year", &first.from.to_string(), &later));
        }
        if first.scenario.is_some() {
            same("scenario", &text(&first.scenario), &text(&last.scenario))?;
        }
        let rate = |above: &Quantity, below: &Quantity| -> Result<Quantity, PublishedError> {
            let exponent = Quantity::number(1.0 / f64::from(years))?;
            Ok(above.over(below)?.power(&exponent)?.minus(&Quantity::number(1.0)?)?)
        };
        let (start, end) = (first.interval(), last.interval());
        let between = |above: Option<&Quantity>, below: Option<&Quantity>| {
            above.zip(below).map(|(above, below)| rate(above, below)).transpose()
        };
        let value = between(end.value.as_ref(), start.value.as_ref())?;
        let low = between(end.lowest(), start.highest())?;
        let high = between(end.highest(), start.lowest())?;
        let ranged = [&start.low, &start.high, &end.low, &end.high].into_iter().any(Option::is_some);
        let per_year = Interval { low: low.filter(|_| ranged), value, high: high.filter(|_| ranged) };
        let (own, other) = (&earlier.citation, &later.citation);
        let series = (own.key != other.key).then(|| {
            format!("figures of {} and {}: two series, whose difference is no measured growth", own.key, other.key)
        });
        let counted = (first.scope != last.scope)
            .then(|| format!("of different scope: {} and {}", text(&first.scope), text(&last.scope)));
        let said = [series, counted].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let reservation = (!said.is_empty()).then_some(said);
        Ok(Growth { years, per_year, reservation })
    }

    /// The value in a year between two facts, on the path of constant growth between them.
    ///
    /// E(t) = E_1 (E_2/E_1)^((t - t_1)/(t_2 - t_1)).
    ///
    /// # Errors
    /// As of [`Registry::growth`], and [`PublishedError::Apart`] for a year that is not between them.
    ///
    /// ```
    /// let registry = szilard::published::Registry::embedded().unwrap();
    /// let value = registry.between("F001", "F005", 2027).unwrap().value.unwrap(); // 415 to 945 TWh
    /// assert!((value.to("TWh/yr").unwrap().value() - (415f64 * 945.0).sqrt()).abs() < 1e-9);
    /// ```
    pub fn between(&self, from: &str, to: &str, year: i32) -> Result<Interval, PublishedError> {
        let growth = self.growth(from, to)?;
        let ((_, first), (_, last)) = (self.found(from)?, self.found(to)?);
        if !(first.from..=last.from).contains(&year) {
            let between = format!("{year}; expected one between");
            return Err(apart("year", &format!("{} to {}", first.from, last.from), &between));
        }
        let weight = Quantity::number(f64::from(year - first.from) / f64::from(growth.years))?;
        let on_path = |start: Option<&Quantity>, end: Option<&Quantity>| match (start, end) {
            (Some(start), Some(end)) => Ok::<_, PublishedError>(Some(start.times(&end.over(start)?.power(&weight)?)?)),
            _ => Ok(None),
        };
        let (start, end) = (first.interval(), last.interval());
        Ok(Interval {
            low: on_path(start.lowest(), end.lowest())?,
            value: on_path(start.value.as_ref(), end.value.as_ref())?,
            high: on_path(start.highest(), end.highest())?,
        })
    }

    /// One fact over another of the same year, boundary and scenario. [1]
    ///
    /// # Errors
    /// [`PublishedError::Apart`] for different years, boundaries or scenarios, [`PublishedError::Unknown`] for a fact that
    /// is not there, [`PublishedError::NoValue`] for a range or a bound.
    ///
    /// ```
    /// let registry = szilard::published::Registry::embedded().unwrap();
    /// assert!((registry.share("F012", "F002").unwrap().value() - 183.0 / 416.0).abs() < 1e-12);
    /// assert!(registry.share("F040", "F001").is_err()); // 176 TWh of 2023 over 415 TWh of 2024
    /// ```
    pub fn share(&self, part: &str, whole: &str) -> Result<Quantity, PublishedError> {
        let ((_, above), (_, below)) = (self.found(part)?, self.found(whole)?);
        let span = |fact: &Fact| format!("{} to {}", fact.from, fact.to);
        same("year", &span(above), &span(below))?;
        same("boundary", &word(above.boundary()), &word(below.boundary()))?;
        if above.scenario.is_some() && below.scenario.is_some() {
            same("scenario", &text(&above.scenario), &text(&below.scenario))?;
        }
        let below = below.single_value()?;
        Ok(above.single_value()?.in_unit(below.unit())?.over(&below)?)
    }
}

fn word(boundary: Option<Boundary>) -> String {
    boundary.map_or("none", Boundary::word).to_owned()
}

fn text(said: &Option<String>) -> String {
    said.clone().unwrap_or_else(|| "none".to_owned())
}

fn same(what: &'static str, left: &str, right: &str) -> Result<(), PublishedError> {
    if left == right { Ok(()) } else { Err(apart(what, left, right)) }
}

fn apart(what: &'static str, left: &str, right: &str) -> PublishedError {
    PublishedError::Apart { what, left: left.to_owned(), right: right.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_a_projection_are_ranges_of_its_growth() {
        let registry = Registry::embedded().unwrap();
        // 176 TWh in 2023, 325 to 580 TWh in 2028: 13.05 to 26.94 % a year
        let growth = registry.growth("F040", "F044").unwrap();
        let percent = |rate: &Option<Quantity>| rate.as_ref().map(|rate| rate.to("%").unwrap().value());
        assert!((percent(&growth.per_year.low).unwrap() - 13.05).abs() < 0.005);
        assert!((percent(&growth.per_year.high).unwrap() - 26.94).abs() < 0.005);
        assert!(growth.per_year.value.is_none() && growth.reservation.is_none());
    }

    #[test]
    fn a_bound_bounds_the_growth_and_is_no_value_of_it() {
        let registry = Registry::embedded().unwrap();
        // 565 TWh in 2026, over 1200 TWh in 2030: at least 20.72 % a year
        let growth = registry.growth("F038", "F039").unwrap().per_year;
        assert!((growth.low.unwrap().to("%").unwrap().value() - 20.72).abs() < 0.005);
        assert!(growth.value.is_none() && growth.high.is_none());
        assert!(registry.between("F038", "F039", 2028).unwrap().value.is_none());
        assert!(matches!(registry.share("F039", "F029"), Err(PublishedError::NoValue { .. })));
    }

    #[test]
    fn a_path_stays_in_its_scenario() {
        let registry = Registry::embedded().unwrap();
        // the base case of 2030 grows into that of 2035, not into the case of high efficiency
        let apart = registry.growth("F005", "F007").unwrap_err().to_string();
        assert_eq!(apart, "figures of different scenario: base case and high efficiency case");
        assert!(registry.growth("F001", "F007").is_ok());
        let path = registry.path("electricity consumption of data centres", "World");
        let steps = registry.steps(&path).unwrap();
        let pairs: Vec<(&str, &str)> = steps
            .iter()
            .map(|step| (step.from.id.as_str(), step.to.id.as_str()))
            .filter(|(from, _)| *from != "F002")
            .collect();
        assert!(pairs.contains(&("F005", "F006")) && pairs.contains(&("F001", "F007")), "{pairs:?}");
        assert!(!pairs.contains(&("F005", "F007")) && !pairs.contains(&("F001", "F006")), "{pairs:?}");
        for step in &steps {
            assert!(step.from.scenario.is_none() || step.from.scenario == step.to.scenario);
        }
    }

    #[test]
    fn two_series_are_no_growth_and_two_boundaries_none_at_all() {
        let registry = Registry::embedded().unwrap();
        // 176 TWh (report of 2024) and 192 TWh (update of 2025)
        assert!(registry.growth("F040", "F055").unwrap().reservation.unwrap().contains("no measured growth"));
        assert!(matches!(registry.growth("F001", "F010"), Err(PublishedError::Apart { .. }))); // site and busbar
        assert!(matches!(registry.growth("F012", "F005"), Err(PublishedError::Apart { what: "region", .. })));
        assert!(matches!(registry.growth("F005", "F001"), Err(PublishedError::Apart { what: "year", .. })));
        assert!(matches!(registry.between("F001", "F005", 2031), Err(PublishedError::Apart { .. })));
        assert!(matches!(registry.share("F001", "F009"), Err(PublishedError::Apart { what: "boundary", .. })));
    }
}
