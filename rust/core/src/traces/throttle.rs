//! Why a device lowers its clocks: the bits of NVML and their names.

/// The reasons that slow a device down, by their bits in NVML (nvml.h, `nvmlClocksEventReason...`) and their names in
/// nvidia-smi. Idle clocks, clocks chosen by an application and synchronised boards are none.
const REASONS: [(u64, &str); 5] = [
    (0x04, "sw_power_cap"),
    (0x08, "hw_slowdown"),
    (0x20, "sw_thermal_slowdown"),
    (0x40, "hw_thermal_slowdown"),
    (0x80, "hw_power_brake_slowdown"),
];

/// The bits of a mask that say that a device was slowed down.
pub fn throttle_reasons(mask: u64) -> u64 {
    REASONS.iter().map(|(bit, _)| mask & bit).sum()
}

/// The names of the reasons in a mask.
///
/// ```
/// use szilard::traces::{throttle_names, throttle_reasons};
/// // idle, and slowed by the power cap
/// let reasons = throttle_reasons(0x1 | 0x4);
/// assert_eq!(throttle_names(reasons).collect::<Vec<_>>(), ["sw_power_cap"]);
/// ```
pub fn throttle_names(mask: u64) -> impl Iterator<Item = &'static str> {
    REASONS.iter().filter(move |(bit, _)| mask & bit != 0).map(|(_, name)| *name)
}

/// The mask in a cell of nvidia-smi's column `clocks_event_reasons.…`, or `clocks_throttle_reasons.…` before: all bits in
/// hexadecimal for `active`, `Active` or `Not Active` for one reason; `None` for another column, or a cell without a value.
pub(super) fn throttle_cell(column: &str, cell: &str) -> Option<f64> {
    let name = column.strip_prefix("clocks_event_reasons.").or(column.strip_prefix("clocks_throttle_reasons."))?;
    if name == "active" {
        // nine bits are in use, and a number holds fifty-three
        return u32::from_str_radix(cell.trim().strip_prefix("0x")?, 16).ok().map(f64::from);
    }
    let (bit, _) = REASONS.iter().find(|(_, known)| *known == name)?;
    match cell.trim() {
        "Active" => Some(*bit as f64),
        "Not Active" => Some(0.0),
        _ => None,
    }
}

/// Whether a column says why clocks are lowered.
pub(super) fn is_throttle_column(column: &str) -> bool {
    throttle_cell(column, "0x0").is_some() || throttle_cell(column, "Active").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_become_masks() {
        assert_eq!(throttle_cell("clocks_event_reasons.active", " 0x0000000000000044"), Some(68.0));
        assert_eq!(throttle_cell("clocks_throttle_reasons.hw_slowdown", "Active"), Some(8.0));
        assert_eq!(throttle_cell("clocks_event_reasons.sw_power_cap", "Not Active"), Some(0.0));
        assert_eq!(throttle_cell("clocks_event_reasons.active", "[Not Supported]"), None);
        assert!(!is_throttle_column("clocks_event_reasons.gpu_idle") && !is_throttle_column("power.draw"));
        assert_eq!(throttle_names(0x48).collect::<Vec<_>>(), ["hw_slowdown", "hw_thermal_slowdown"]);
    }
}
