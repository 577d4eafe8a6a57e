//! Units a log is written in: the name in a title or cell, its dimension and its exact factor to SI.

use super::number::Scale;
use crate::quantity;

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Power; SI unit W.
    Power,
    /// Energy; SI unit J.
    Energy,
    /// Time; SI unit s.
    Time,
    /// Voltage; SI unit V.
    Voltage,
    /// Current; SI unit A.
    Current,
}

/// A unit: its dimension and its factor to the SI unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// What it measures.
    pub dimension: Dimension,
    /// Its factor to the SI unit, exact.
    pub scale: Scale,
}

/// The dimensions that a log measures, by the symbol of their coherent unit.
const MEASURED: [(&str, Dimension); 5] = [
    ("W", Dimension::Power),
    ("J", Dimension::Energy),
    ("s", Dimension::Time),
    ("V", Dimension::Voltage),
    ("A", Dimension::Current),
];

/// English words for units, which count without case.
const WORDS: [(&str, &str); 11] = [
    ("sec", "s"),
    ("second", "s"),
    ("minute", "min"),
    ("hour", "h"),
    ("millisecond", "ms"),
    ("microsecond", "us"),
    ("nanosecond", "ns"),
    ("watt", "W"),
    ("milliwatt", "mW"),
    ("joule", "J"),
    ("millijoule", "mJ"),
];

/// The unit written as `text`, `None` for any other text.
///
/// SI symbols count by case (`mW` is not `MW`); all three signs of micro do; English words count without case.
///
/// ```
/// use szilard::input::{Dimension, unit};
/// let kilowatt_hour = unit("kWh").unwrap();
/// assert_eq!((kilowatt_hour.dimension, kilowatt_hour.scale.value()), (Dimension::Energy, 3.6e6));
/// assert_eq!(unit("KW"), None);
/// ```
pub fn unit(text: &str) -> Option<Unit> {
    let singular = text.strip_suffix('s').filter(|rest| rest.len() > 2).unwrap_or(text);
    let word = WORDS.iter().find(|(word, _)| singular.eq_ignore_ascii_case(word)).map(|(_, symbol)| *symbol);
    let known = quantity::Unit::symbol_named(word.unwrap_or(text))?;
    let symbol = known.dimension().symbol();
    let (_, dimension) = MEASURED.iter().find(|(coherent, _)| *coherent == symbol)?;
    let (factor, power) = known.decimal_size()?;
    Some(Unit { dimension: *dimension, scale: Scale { factor, power } })
}

/// A column title taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The name without the unit.
    pub name: String,
    /// The unit as written, where the title has one.
    pub unit_text: Option<String>,
    /// The unit, where it is known.
    pub unit: Option<Unit>,
}

/// The column title `text` taken apart into name and unit: `power [W]`, `power (W)`, `Power/W`, `power_w`, `Watts`.
///
/// Behind an underscore a lower-case `m` is milli, as in `power_mw`; an upper-case title leaves `M` open (`POWER_MW`)
/// and its unit is then not known.
pub fn title(text: &str) -> Title {
    let text = text.trim();
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some((name, inside)) = text.strip_suffix(close).and_then(|rest| rest.rsplit_once(open)) {
            return Title {
                name: name.trim().to_owned(),
                unit_text: Some(inside.to_owned()),
                unit: unit(inside.trim()),
            };
        }
    }
    let suffixed = |separator: char, read: fn(&str, &str) -> Option<Unit>| {
        let (name, suffix) = text.rsplit_once(separator)?;
        let found = read(name, suffix)?;
        Some(Title { name: name.to_owned(), unit_text: Some(suffix.to_owned()), unit: Some(found) })
    };
    let bare = |found: Unit| Title { name: text.to_owned(), unit_text: Some(text.to_owned()), unit: Some(found) };
    suffixed('/', |_, suffix| unit(suffix))
        .or_else(|| suffixed('_', unit_of_suffix))
        .or_else(|| unit(text).filter(|_| text != "min").map(bare))
        .unwrap_or_else(|| Title { name: text.to_owned(), unit_text: None, unit: None })
}

fn unit_of_suffix(name: &str, suffix: &str) -> Option<Unit> {
    let shouted = !name.chars().any(char::is_lowercase);
    if suffix == "min" || (shouted && suffix.starts_with('M')) {
        return None;
    }
    unit(suffix).or_else(|| {
        let (head, hour) = match suffix.strip_suffix('h') {
            Some(head) => (head, "h"),
            None => (suffix, ""),
        };
        let (prefix, base) = head.split_at_checked(head.len().checked_sub(1)?)?;
        matches!(base, "w" | "j" | "v" | "a").then(|| unit(&format!("{prefix}{}{hour}", base.to_uppercase())))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_micro_signs_are_one_prefix() {
        for text in ["uW", "\u{b5}W", "\u{3bc}W"] {
            assert_eq!(unit(text).unwrap().scale, Scale { factor: 1, power: -6 });
        }
        for stranger in ["W\u{202e}", "KW", "Wm", "", "w", "%", "MB", "VA"] {
            assert_eq!(unit(stranger), None, "{stranger}");
        }
    }

    #[test]
    fn titles_name_their_unit_in_five_ways() {
        for (text, name, factor) in [
            ("power.draw [W]", "power.draw", 1.0),
            ("power (mW)", "power", 1e-3),
            ("Actual Consumption/W", "Actual Consumption", 1.0),
            ("power_w", "power", 1.0),
            ("power_mw", "power", 1e-3),
            ("POWER_W", "POWER", 1.0),
            ("energy_uj", "energy", 1e-6),
            ("energy_kwh", "energy", 3.6e6),
            ("timestamp_ms", "timestamp", 1e-3),
            ("t_s", "t", 1.0),
            ("Timestamp(ms)", "Timestamp", 1e-3),
            ("Watts", "Watts", 1.0),
        ] {
            let title = title(text);
            assert_eq!((title.name.as_str(), title.unit.map(|u| u.scale.value())), (name, Some(factor)), "{text}");
        }
        for text in ["power", "POWER_MW", "power_min", "power_limit", "index"] {
            assert_eq!(title(text).unit, None, "{text}");
        }
        let strange = title("power [W\u{202e}]");
        assert_eq!((strange.unit, strange.unit_text.as_deref()), (None, Some("W\u{202e}")));
    }
}
