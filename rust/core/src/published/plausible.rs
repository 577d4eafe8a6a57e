//! Whether a figure can be one of what it is called.

use super::publication::Fact;
use crate::quantity::{Dimension, Quantity};

/// What the figures of a quantity are.
struct Kind {
    /// How its name starts, or what stands in it.
    name: Name,
    /// Which dimensions they have.
    dimension: fn(Dimension) -> bool,
    /// Those dimensions in words.
    unit: &'static str,
    /// Whether a value in coherent units is possible.
    possible: fn(f64) -> bool,
    /// The possible values in words.
    range: &'static str,
}

#[derive(Debug)]
enum Name {
    Starts(&'static [&'static str]),
    Holds(&'static [&'static str]),
}

impl Name {
    fn is_of(&self, quantity: &str) -> bool {
        match self {
            Self::Starts(words) => words.iter().any(|word| quantity.starts_with(word)),
            Self::Holds(words) => words.iter().any(|word| quantity.contains(word)),
        }
    }
}

fn number(dimension: Dimension) -> bool {
    dimension == Dimension::NONE
}

/// Energy, power, or either per token or bit.
fn energy(dimension: Dimension) -> bool {
    let Dimension([length, mass, time, current, temperature, bit, token]) = dimension;
    let per = matches!((bit, token), (0, 0) | (-1, 0) | (0, -1));
    (length, mass, current, temperature) == (2, 1, 0, 0) && matches!(time, -2 | -3) && per
}

fn power(dimension: Dimension) -> bool {
    dimension == Dimension([2, 1, -3, 0, 0, 0, 0])
}

fn number_or_energy(dimension: Dimension) -> bool {
    number(dimension) || energy(dimension)
}

/// A number, or an amount of useful work per energy.
fn number_or_per_energy(dimension: Dimension) -> bool {
    let Dimension([_, mass, time, ..]) = dimension;
    number(dimension) || (mass == -1 && time == 2)
}

fn number_or_rate(dimension: Dimension) -> bool {
    number(dimension) || dimension == Dimension([0, 0, -1, 0, 0, 0, 0])
}

fn volume_per_energy(dimension: Dimension) -> bool {
    dimension == Dimension([1, -1, 2, 0, 0, 0, 0])
}

fn mass_per_energy(dimension: Dimension) -> bool {
    dimension == Dimension([-2, 0, 2, 0, 0, 0, 0])
}

fn time(dimension: Dimension) -> bool {
    dimension == Dimension([0, 0, 1, 0, 0, 0, 0])
}

const fn kind(
    name: Name,
    dimension: fn(Dimension) -> bool,
    unit: &'static str,
    possible: fn(f64) -> bool,
    range: &'static str,
) -> Kind {
    Kind { name, dimension, unit, possible, range }
}

const NOT_NEGATIVE: &str = "at least 0";

/// What is known of quantities by name; the first line that fits holds.
#[rustfmt::skip]
const KINDS: &[Kind] = &[
    kind(Name::Starts(&["growth"]), number_or_rate, "a pure number or one per time", |_| true, "any"),
    kind(Name::Starts(&["change", "increase", "decrease", "difference", "saving"]), |_| true, "any", |_| true, "any"),
    kind(Name::Starts(&["share"]), number, "a pure number", |x| (0.0..=1.0).contains(&x), "from 0 to 1"),
    kind(Name::Holds(&["water usage effectiveness"]), volume_per_energy, "volume per energy", |x| x >= 0.0, NOT_NEGATIVE),
    kind(Name::Holds(&["carbon usage effectiveness", "carbon intensity"]), mass_per_energy, "mass per energy", |x| x >= 0.0, NOT_NEGATIVE),
    kind(Name::Holds(&["energy reuse effectiveness"]), number, "a pure number", |x| x >= 0.0, NOT_NEGATIVE),
    kind(Name::Holds(&["usage effectiveness"]), number, "a pure number", |x| x >= 1.0, "at least 1"),
    kind(Name::Holds(&["heat rate"]), number, "energy per energy", |x| x >= 1.0, "at least 1: no plant gives more than its fuel"),
    kind(Name::Holds(&["primary energy factor"]), number, "a pure number", |x| x > 0.0, "above 0"),
    kind(Name::Holds(&["efficiency"]), number_or_per_energy, "a pure number, or work per energy", |x| x > 0.0, "above 0"),
    kind(Name::Holds(&["loss"]), number_or_energy, "a pure number or energy", |x| x >= 0.0, NOT_NEGATIVE),
    kind(Name::Starts(&["power of", "power mode", "power capacity", "rated power", "mean power", "interconnection capacity"]), power, "power", |x| x >= 0.0, NOT_NEGATIVE),
    kind(Name::Starts(&["energy of", "energy per token", "energy per query", "energy per prompt", "energy consumption",
        "energy use", "electricity consumption", "electricity generation", "electricity sold", "electricity of",
        "electricity use", "net generation", "consumption of electricity"]), energy, "energy", |x| x >= 0.0, NOT_NEGATIVE),
    kind(Name::Starts(&["accelerator hours", "lead time"]), time, "time", |x| x >= 0.0, NOT_NEGATIVE),
];

impl Fact {
    /// Why one of its figures cannot be, with the key it stands behind.
    pub(super) fn impossible(&self) -> Option<(&'static str, String)> {
        let quantity = self.quantity.to_lowercase();
        let kind = KINDS.iter().find(|kind| kind.name.is_of(&quantity))?;
        let figures = [("value", &self.value), ("low", &self.low), ("high", &self.high)];
        figures.into_iter().find_map(|(key, figure)| {
            let figure = figure.as_ref()?;
            if !(kind.dimension)(figure.dimension()) {
                let found = figure.unit().symbol();
                return Some(("unit", format!("{:?} is given in {}, found {found}", self.quantity, kind.unit)));
            }
            (!kind.allows(figure)).then(|| {
                let range = kind.range_of(figure.dimension());
                (key, format!("{:?} must be {range}, found {}", self.quantity, figure.coherent_value()))
            })
        })
    }
}

impl Kind {
    fn allows(&self, figure: &Quantity) -> bool {
        let value = figure.coherent_value();
        (self.possible)(value) && (!self.is_part(figure.dimension()) || value <= 1.0)
    }

    fn range_of(&self, dimension: Dimension) -> &'static str {
        match self.is_part(dimension) {
            true if (self.possible)(0.0) => "from 0 to 1",
            true => "above 0 and at most 1",
            false => self.range,
        }
    }

    /// Whether it is a part of a whole: an efficiency or a loss as a pure number.
    fn is_part(&self, dimension: Dimension) -> bool {
        number(dimension) && matches!(self.name, Name::Holds(&["efficiency"] | &["loss"]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::publication::Publication;

    fn refused(quantity: &str, figures: &str, unit: &str) -> Option<String> {
        let text = format!(
            "[publication]\ntitle = \"T\"\npublisher = \"P\"\nyear = 2025\nvintage = \"2025\"\nidentifier = \"doi:1\"\n\
             [[fact]]\nid = \"F\"\nquantity = \"{quantity}\"\n{figures}\nunit = \"{unit}\"\nregion = \"World\"\nfrom = 2024\n\
             to = 2024\nlocator = \"p. 1\"\nverified = \"read\"\n"
        );
        Publication::parse("x.toml", &text).err().map(|error| error.to_string())
    }

    #[test]
    fn a_figure_that_cannot_be_is_refused_with_file_and_line() {
        for (quantity, figures, unit, expected) in [
            ("power usage effectiveness", "value = 0.9", "1", "x.toml, line 10, fact F, value"),
            ("power usage effectiveness", "value = 1.4", "kWh", "x.toml, line 11, fact F, unit"),
            ("power usage effectiveness", "low = 0.8\nhigh = 1.2", "1", "line 10, fact F, low"),
            ("efficiency of a power supply", "value = 1.2", "1", "above 0 and at most 1"),
            ("efficiency of a power supply", "value = 0", "1", "above 0 and at most 1"),
            ("efficiency of a power supply", "value = 94", "1", "at most 1"),
            ("efficiency of generation", "value = -3", "%", "line 10"),
            ("transmission and distribution losses", "value = 105", "%", "from 0 to 1"),
            ("transmission and distribution losses", "value = -0.05", "1", "from 0 to 1"),
            ("electricity consumption of data centres", "value = -415", "TWh/yr", "at least 0, found"),
            ("electricity consumption of data centres", "value = 415", "t", "line 11, fact F, unit"),
            ("share of cooling", "value = 130", "%", "from 0 to 1"),
            ("heat rate, gas", "value = 3000", "Btu/kWh", "no plant gives more"),
            ("water usage effectiveness", "value = 0.36", "kg/kWh", "volume per energy"),
            ("energy of a query", "value = 3", "W/m^2", "unit"),
            ("electricity consumption of data centres", "low = 500\nhigh = 400", "TWh/yr", "must ascend"),
        ] {
            let error = refused(quantity, figures, unit);
            assert!(error.as_ref().is_some_and(|error| error.contains(expected)), "{quantity} {figures}: {error:?}");
        }
        for (quantity, figures, unit) in [
            ("power usage effectiveness", "value = 1", "1"),
            ("efficiency of an accelerator", "value = 160", "token/Wh"),
            ("transmission and distribution losses", "value = 244", "TWh/yr"),
            ("growth of the electricity consumption", "value = -2.5", "%/yr"),
            ("change of the electricity consumption", "value = -5", "TWh/yr"),
            ("power density of a hall", "value = 1", "kW/m^2"),
            ("mass of a transformer", "value = 300", "t"),
        ] {
            assert_eq!(refused(quantity, figures, unit), None);
        }
    }
}
