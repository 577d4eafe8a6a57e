//! The energy counters of x86 processors, through the powercap files of Linux.
//!
//! Reading them needs root since CVE-2020-8694; permissions are explained and never changed. Reference: Linux kernel,
//! Documentation/power/powercap/powercap.rst.

use super::files::{FileSensor, Source, entries, name, text, whole};
use super::{Channel, Found, Search, SensorKind};
use std::path::{Path, PathBuf};
use szilard::quantity::Boundary;
use szilard::traces::Kind;

pub(super) const SENSOR: SensorKind =
    SensorKind { name: "rapl", what: "energy counters of x86 processors (powercap)", last: false, probe };

const CLASS: &str = "sys/class/powercap";

/// What to do where the counters cannot be read.
const REMEDY: &str = "only root reads it since CVE-2020-8694. Run as root, or let a group read it with a line in \
    /etc/tmpfiles.d such as `z /sys/class/powercap/intel-rapl:*/energy_uj 0440 root power - -`, or give this binary \
    the right: setcap cap_dac_read_search+ep";

fn probe(search: &Search) -> Found {
    let zones: Vec<PathBuf> =
        entries(&search.at(CLASS)).into_iter().filter(|folder| name(folder).contains(':')).collect();
    if zones.is_empty() {
        return Found::nothing(format!("no zones in /{CLASS}: no RAPL, a driver that is not loaded, or a container"));
    }
    let mut found = Found::default();
    let mut parts = Vec::new();
    for zone in zones {
        match whole(&zone.join("energy_uj")) {
            Ok(_) => parts.push((channel(&zone), Source::File(zone.join("energy_uj").into()))),
            Err(reason) => found.reasons.push(explained(&zone, &reason)),
        }
    }
    if !parts.is_empty() {
        found.keep(FileSensor::new(parts));
    }
    found
}

/// Zones whose place in a processor is known.
const KNOWN: [&str; 5] = ["psys", "package", "core", "uncore", "dram"];

fn channel(zone: &Path) -> Channel {
    let part = text(&zone.join("name")).unwrap_or_default();
    let rail = format!("{}/{part}", name(zone));
    let kind = Kind::EnergyCounter { range: None };
    let range = whole(&zone.join("max_energy_range_uj")).ok().and_then(|range| u64::try_from(range).ok());
    let placed = KNOWN.iter().any(|known| part.starts_with(known));
    Channel { range, placed, ..Channel::new(SENSOR.name, "cpu", &rail, kind, "uJ").at(Boundary::Chip) }
}

/// The reason with what to do about it.
fn explained(zone: &Path, reason: &str) -> String {
    let remedy = if reason.ends_with("permission denied") { format!(": {REMEDY}") } else { String::new() };
    format!("{}: {reason}{remedy}", name(zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_explained_and_an_absence_is_not() {
        let zone = Path::new("/sys/class/powercap/intel-rapl:0");
        let text = explained(zone, "energy_uj: permission denied");
        assert!(text.starts_with("intel-rapl:0: energy_uj: permission denied: only root"), "{text}");
        assert_eq!(explained(zone, "energy_uj: absent"), "intel-rapl:0: energy_uj: absent");
    }
}
