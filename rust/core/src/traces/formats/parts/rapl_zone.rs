//! The zones of RAPL by their names: which holds which, and which are one counter seen twice.

use crate::input::Code;
use crate::quantity::Boundary;
use crate::traces::digest::Undecided;
use crate::traces::{Channel, Trace};

/// What a zone covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The whole platform.
    Platform,
    /// A processor package, or one of its dies.
    Package,
    /// Cores or graphics of a package.
    Inside,
    /// Memory beside a package.
    Memory,
    /// Something else.
    Unknown,
}

/// A zone taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone {
    pub part: Part,
    /// Number of the package, where the name tells it.
    pub package: Option<u32>,
    /// Number of the die, where the name tells it.
    pub die: Option<u32>,
    /// Identity in the control tree, such as `intel-rapl:0:1`, of the driver through which it is read.
    id: Option<String>,
}

/// Two reads of one counter differ by no more than this. [J]
const ONE_COUNTER_J: f64 = 1.0;

impl Zone {
    /// The zone of a name such as `intel-rapl:0:0/core`, `package-0-die-1` or `Package_0`.
    pub fn named(name: &str) -> Self {
        let lower = name.to_lowercase();
        let id = lower.split('/').rfind(|part| part.contains("rapl") && part.contains(':')).map(str::to_owned);
        let last = lower.rsplit('/').find(|part| !part.is_empty() && *part != "energy_uj").unwrap_or_default();
        let words: Vec<&str> =
            last.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let number = |word: &str| {
            let at = words.iter().position(|known| known.trim_end_matches(|c: char| c.is_ascii_digit()) == word)?;
            let digits = words.get(at)?.trim_start_matches(|c: char| !c.is_ascii_digit());
            if digits.is_empty() { words.get(at + 1)?.parse().ok() } else { digits.parse().ok() }
        };
        let has = |word: &str| words.iter().any(|known| known.trim_end_matches(|c: char| c.is_ascii_digit()) == word);
        let part = if has("psys") || has("platform") {
            Part::Platform
        } else if ["core", "cores", "uncore", "pp", "gpu"].iter().any(|word| has(word)) {
            Part::Inside
        } else if has("dram") || has("ram") {
            Part::Memory
        } else if has("package") || has("pkg") {
            Part::Package
        } else {
            Part::Unknown
        };
        let package = number("package").or_else(|| number("pkg")).or_else(|| number("socket"));
        Self { part, package, die: number("die"), id }
    }

    /// Whether the zone stands below another in the control tree.
    fn is_below(&self, outer: &Self) -> bool {
        match (&self.id, &outer.id) {
            (Some(inner), Some(outer)) => inner.strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with(':')),
            _ => self.package.is_some() && self.package == outer.package,
        }
    }

    /// For each zone the zone that holds it, and the boundary it is counted at; `None` where a zone has no known place.
    pub fn places(names: &[String]) -> Option<Vec<(Option<String>, Option<Boundary>)>> {
        let zones: Vec<Self> = names.iter().map(|name| Self::named(name)).collect();
        let all = || zones.iter().zip(names);
        let of = |part: Part| all().filter(move |(zone, _)| zone.part == part);
        let platform = of(Part::Platform).next().map(|(_, name)| name.clone());
        all()
            .map(|(zone, _)| match zone.part {
                Part::Platform => Some((None, None)),
                Part::Package | Part::Memory => Some((platform.clone(), Some(Boundary::Chip))),
                Part::Inside => {
                    let alone = of(Part::Package).next().filter(|_| of(Part::Package).nth(1).is_none());
                    let outer = of(Part::Package).find(|(package, _)| zone.is_below(package)).or(alone);
                    let none = of(Part::Package).next().is_none();
                    let outer = outer.map(|(_, name)| name.clone()).or_else(|| platform.clone());
                    (outer.is_some() || none).then_some((outer, Some(Boundary::Chip)))
                }
                Part::Unknown => None,
            })
            .collect()
    }

    /// Counts a package once that is read through two drivers, or mirrored over its dies (`W_MIRRORED_COUNTER`).
    ///
    /// # Errors
    /// In a stream, where whether two counters are one hangs on all their samples.
    pub fn count_once(trace: &mut Trace) -> Result<(), Undecided> {
        let zones: Vec<Self> = trace.channels.iter().map(|channel| Self::named(&channel.name)).collect();
        let mut mirrors = Vec::new();
        for (at, zone) in zones.iter().enumerate() {
            let Some(channel) = trace.channels.get(at) else { continue };
            let earlier = zones.iter().zip(&trace.channels).take(at);
            let dies = earlier.clone().any(|(first, _)| {
                zone.part == Part::Package
                    && (first.part, first.package) == (zone.part, zone.package)
                    && first.die != zone.die
            });
            if dies && channel.samples.beyond.is_some() {
                return Err("whether the counters of two dies are one hangs on all their samples");
            }
            let first = earlier.filter(|(first, _)| zone.part == Part::Package && first.part == Part::Package).find(
                |(first, known)| {
                    let same = first.package == zone.package && known.device == channel.device;
                    let two_drivers = first.die == zone.die && first.driver() != zone.driver();
                    same && (two_drivers || (first.die != zone.die && agree(known, channel)))
                },
            );
            if let Some((_, first)) = first {
                mirrors.push((at, first.name.clone()));
            }
        }
        for (at, first) in mirrors {
            let Some(channel) = trace.channels.get_mut(at) else { continue };
            let place = trace.records.place(channel.samples.line.first().copied().unwrap_or(0));
            let message = format!("the counter of {first} once more; it counts once");
            trace.diagnostics.push(Code::MirroredCounter, place, Some(&channel.label()), message);
            channel.instead = Some(first);
        }
        Ok(())
    }

    fn driver(&self) -> Option<&str> {
        self.id.as_deref().and_then(|id| id.split(':').next())
    }
}

/// Whether two channels show one counter: in nine of ten reads the same value, and it moves.
fn agree(one: &Channel, other: &Channel) -> bool {
    let (one, other) = (&one.samples.value, &other.samples.value);
    let near = one.iter().zip(other).filter(|(one, other)| (*one - *other).abs() <= ONE_COUNTER_J).count();
    let moves = one.iter().any(|value| Some(value) != one.first());
    moves && one.len().abs_diff(other.len()) <= 1 && near * 10 >= one.len().min(other.len()) * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_their_names() {
        for (name, part, package, die) in [
            ("intel-rapl:0/package-0", Part::Package, Some(0), None),
            ("intel-rapl-mmio:1/package-1", Part::Package, Some(1), None),
            ("intel-rapl:0:0/core", Part::Inside, None, None),
            ("intel-rapl:0:1/dram", Part::Memory, None, None),
            ("package-0-die-1", Part::Package, Some(0), Some(1)),
            ("Package_0", Part::Package, Some(0), None),
            ("PACKAGE_ENERGY:PACKAGE1", Part::Package, None, None),
            ("psys", Part::Platform, None, None),
            ("intel-rapl:0:0", Part::Unknown, None, None),
        ] {
            let zone = Zone::named(name);
            assert_eq!((zone.part, zone.package, zone.die), (part, package, die), "{name}");
        }
    }

    #[test]
    fn cores_are_in_their_package_and_memory_is_beside_it() {
        let names = ["intel-rapl:0/package-0", "intel-rapl:0:0/core", "intel-rapl:1/package-1", "intel-rapl:1:0/dram"];
        let names = names.map(str::to_owned);
        let places = Zone::places(&names).unwrap();
        let within: Vec<Option<&str>> = places.iter().map(|(within, _)| within.as_deref()).collect();
        assert_eq!(within, [None, Some("intel-rapl:0/package-0"), None, None]);
        // which package cores belong to is not guessed, and what a zone without a name is neither
        assert_eq!(Zone::places(&["package-0", "package-1", "core"].map(str::to_owned)), None);
        assert_eq!(Zone::places(&["intel-rapl:0".to_owned()]), None);
    }
}
