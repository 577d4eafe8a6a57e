//! Quantities as text, LaTeX and JSON.

use super::boundary::{Basis, Boundary, Method};
use super::dynamic::Quantity;
use super::error::QuantityError;
use super::measured::{Component, Measured};
use super::number_format::{exact, with_uncertainty};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The unit in which a figure is customarily given beside another one.
const BESIDE: &[(&str, &str)] = &[("J/token", "kWh/Mtoken")];

impl fmt::Display for Quantity {
    /// One honest line: value, standard uncertainty, unit, boundary, basis, weakest method.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = |quantity: &Self| {
            let number = if quantity.u() > 0.0 {
                with_uncertainty(quantity.value(), quantity.u())
            } else {
                exact(quantity.value())
            };
            match quantity.unit().symbol() {
                "1" => number,
                "%" => format!("{number} %"),
                unit if number.contains('±') && !number.starts_with('(') => format!("({number}) {unit}"),
                unit => format!("{number} {unit}"),
            }
        };
        f.write_str(&amount(self))?;
        let beside = BESIDE.iter().find(|(unit, _)| *unit == self.unit().symbol());
        if let Some(other) = beside.and_then(|(_, unit)| self.to(unit).ok()) {
            write!(f, " = {}", amount(&other))?;
        }
        let marks =
            [self.boundary().map(Boundary::word), self.basis().map(Basis::word), self.method().map(Method::word)];
        let marks: Vec<_> = marks.into_iter().flatten().collect();
        if marks.is_empty() { Ok(()) } else { write!(f, " [{}]", marks.join(", ")) }
    }
}

impl Quantity {
    /// The value and its unit in LaTeX, for notebooks and papers.
    pub fn latex(&self) -> String {
        let number = if self.u() > 0.0 {
            with_uncertainty(self.value(), self.u()).replace('±', r"\pm")
        } else {
            exact(self.value())
        };
        let number = match number.split_once('e') {
            Some((mantissa, exponent)) => format!(r"{mantissa}\times 10^{{{exponent}}}"),
            None if self.u() > 0.0 => format!("({number})"),
            None => number,
        };
        let unit = self.unit().symbol().replace('%', r"\%").replace('*', r"\,").replace('\u{b5}', r"\mu ");
        if unit == "1" { number } else { format!(r"{number}\,\mathrm{{{unit}}}") }
    }
}

/// A quantity as it stands in JSON: the stable keys of every report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuantityRecord {
    /// The value in the unit.
    pub value: f64,
    /// The symbol of the unit.
    pub unit: String,
    /// The standard uncertainty in the unit.
    pub u: f64,
    /// The boundary.
    pub boundary: Option<Boundary>,
    /// The basis.
    pub basis: Option<Basis>,
    /// The weakest method.
    pub method: Option<Method>,
    /// All methods, strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<Method>,
    /// The components of the uncertainty, contributions in the unit.
    pub components: Vec<Component>,
    /// Whether the figure is linear in its components, so that they say everything about it.
    #[serde(default = "yes")]
    pub linear: bool,
}

fn yes() -> bool {
    true
}

impl From<&Quantity> for QuantityRecord {
    fn from(quantity: &Quantity) -> Self {
        Self {
            value: quantity.value(),
            unit: quantity.unit().symbol().to_owned(),
            u: quantity.u(),
            boundary: quantity.boundary(),
            basis: quantity.basis(),
            method: quantity.method(),
            methods: quantity.methods().to_vec(),
            components: quantity.measured().components().to_vec(),
            linear: quantity.measured().is_linear(),
        }
    }
}

impl TryFrom<QuantityRecord> for Quantity {
    type Error = QuantityError;

    fn try_from(record: QuantityRecord) -> Result<Self, Self::Error> {
        let measured = Measured::restored(record.value, record.components, record.linear);
        let quantity = Self::from_measured(measured, record.unit.parse()?)?;
        let methods = record.methods.into_iter().chain(record.method);
        Ok(quantity.at(record.boundary).on(record.basis).by(methods))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_says_everything() {
        let energy: Quantity = "29.52 J".parse().unwrap();
        let energy = energy.with_half_width(29.52 * 0.02, "meter").unwrap();
        assert_eq!(energy.to_string(), "(29.52 ± 0.34) J");
        let energy = energy.at(Some(Boundary::Node)).on(Some(Basis::Gross)).by([Method::SelfReported]);
        assert_eq!(energy.to_string(), "(29.52 ± 0.34) J [node, gross, self-reported]");
        assert_eq!(energy.latex(), r"(29.52 \pm 0.34)\,\mathrm{J}");
    }

    #[test]
    fn joules_per_token_come_with_kilowatt_hours_per_million() {
        let figure = crate::quantity::calculate("7.2 W * 4.1 s / 50 token").unwrap();
        assert_eq!(figure.to_string(), "0.5904 J/token = 0.164 kWh/Mtoken");
    }

    #[test]
    fn records_keep_identity_and_say_when_the_model_was_lost() {
        let energy = "29.52 J".parse::<Quantity>().unwrap().with_half_width(0.59, "meter").unwrap();
        let record = serde_json::to_string(&QuantityRecord::from(&energy)).unwrap();
        let back: Quantity = serde_json::from_str::<QuantityRecord>(&record).unwrap().try_into().unwrap();
        assert_eq!(energy.minus(&back).unwrap().u(), 0.0); // the same component on both sides
        let ratio = Quantity::number(1.0).unwrap().over(&energy).unwrap();
        let record = QuantityRecord::from(&ratio);
        assert!(!record.linear);
        let back: Quantity = record.try_into().unwrap();
        assert!(back.measured().monte_carlo(10, 0).is_err());
    }
}
