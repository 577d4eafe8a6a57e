//! Units a power log is written in: the name, its dimension and its exact factor to SI.

use super::number::Scale;

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

const BASES: [(&str, Dimension, u32); 7] = [
    ("Wh", Dimension::Energy, 3600),
    ("Ws", Dimension::Energy, 1),
    ("W", Dimension::Power, 1),
    ("J", Dimension::Energy, 1),
    ("s", Dimension::Time, 1),
    ("V", Dimension::Voltage, 1),
    ("A", Dimension::Current, 1),
];

const PREFIXES: [(&str, i32); 9] =
    [("", 0), ("n", -9), ("u", -6), ("\u{b5}", -6), ("\u{3bc}", -6), ("m", -3), ("k", 3), ("M", 6), ("G", 9)];

const WORDS: [(&str, Dimension, u32, i32); 24] = [
    ("min", Dimension::Time, 60, 0),
    ("h", Dimension::Time, 3600, 0),
    ("sec", Dimension::Time, 1, 0),
    ("second", Dimension::Time, 1, 0),
    ("seconds", Dimension::Time, 1, 0),
    ("minute", Dimension::Time, 60, 0),
    ("minutes", Dimension::Time, 60, 0),
    ("hour", Dimension::Time, 3600, 0),
    ("hours", Dimension::Time, 3600, 0),
    ("millisecond", Dimension::Time, 1, -3),
    ("milliseconds", Dimension::Time, 1, -3),
    ("microseconds", Dimension::Time, 1, -6),
    ("nanoseconds", Dimension::Time, 1, -9),
    ("watt", Dimension::Power, 1, 0),
    ("watts", Dimension::Power, 1, 0),
    ("milliwatt", Dimension::Power, 1, -3),
    ("milliwatts", Dimension::Power, 1, -3),
    ("microwatts", Dimension::Power, 1, -6),
    ("kilowatts", Dimension::Power, 1, 3),
    ("joule", Dimension::Energy, 1, 0),
    ("joules", Dimension::Energy, 1, 0),
    ("millijoules", Dimension::Energy, 1, -3),
    ("microjoules", Dimension::Energy, 1, -6),
    ("kilojoules", Dimension::Energy, 1, 3),
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
    let symbol = |(base, dimension, factor): &(&str, Dimension, u32)| {
        let prefix = text.strip_suffix(base)?;
        let power = PREFIXES.iter().find(|(name, _)| *name == prefix)?.1;
        Some(Unit { dimension: *dimension, scale: Scale { factor: *factor, power } })
    };
    let word = |(name, dimension, factor, power): &(&str, Dimension, u32, i32)| {
        let scale = Scale { factor: *factor, power: *power };
        text.eq_ignore_ascii_case(name).then_some(Unit { dimension: *dimension, scale })
    };
    BASES.iter().find_map(symbol).or_else(|| WORDS.iter().find_map(word))
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
