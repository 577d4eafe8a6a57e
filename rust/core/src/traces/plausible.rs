//! What a device can plausibly draw, and readings that are the sentinel of a type.

use super::channel::Kind;
use crate::quantity::Boundary;

/// Signed and unsigned integers with all bits set, and the blanks DCGM prints (from 0x7ffffff0 for 32 bits, from
/// 0x7ffffffffffffff0 for 64 bits, 2^47 for floats).
const SENTINELS: [(u64, u64); 5] = [
    (0x7fff_fff0, 0x7fff_ffff),
    (u32::MAX as u64, u32::MAX as u64),
    (1 << 47, (1 << 47) + 3),
    (0x7fff_ffff_ffff_fff0, 0x7fff_ffff_ffff_ffff),
    (u64::MAX, u64::MAX),
];

/// Less than any sentinel in any unit, 2147 at the least, rounded to three digits.
pub(super) const LEAST_SENTINEL: f64 = 2140.0;

/// Units in which a device's own interface counts, in W or J: the unit itself, milli and micro.
const INTERFACE_UNITS: [f64; 3] = [1.0, 1e-3, 1e-6];

/// The power above which a reading at `boundary` is not believed unless the device is known. [W]
///
/// 1 kW for a processor package, 2 kW for a GPU or board, 20 kW for a node or where the boundary is not known.
pub fn plausible_power_w(boundary: Option<Boundary>) -> f64 {
    match boundary {
        Some(Boundary::Chip) => 1e3,
        Some(Boundary::Board) => 2e3,
        Some(Boundary::Node) | None => 20e3,
        Some(_) => f64::INFINITY,
    }
}

/// The lowest signed integers of 32 and 64 bits, which no sensor means as a reading.
const LOWEST: [u64; 2] = [1 << 31, 1 << 63];

/// Whether a value is the sentinel of a type, given the step of its last printed digit.
///
/// A power is one where it agrees with a sentinel to the printed digits and either cannot be real or shows every
/// digit of the sentinel. A counter may hold any 32-bit value, so only sentinels of 64 bits count there.
pub(super) fn is_sentinel(value: f64, step: f64, kind: Kind, boundary: Option<Boundary>) -> bool {
    if value.abs() < LEAST_SENTINEL {
        return false;
    }
    let agrees = |size: u64, unit: f64| {
        let size = size as f64 * unit;
        let slack = step.max(size * 4.0 * f64::EPSILON);
        let believed = value.abs() <= plausible_power_w(boundary) && step > unit * 1.5;
        slack < size * 1e-3 && (value.abs() - size).abs() <= slack && !believed
    };
    if value < 0.0 {
        return LOWEST.iter().any(|size| INTERFACE_UNITS.iter().any(|unit| agrees(*size, *unit)));
    }
    SENTINELS.iter().any(|(first, last)| {
        INTERFACE_UNITS.iter().any(|unit| {
            let (low, high) = (*first as f64 * unit, *last as f64 * unit);
            let slack = step.max(high * 4.0 * f64::EPSILON);
            let agrees = slack < high * 1e-3 && value >= low - slack && value <= high + slack;
            let wide = *first > u64::from(u32::MAX);
            let believed = kind.is_power() && value <= plausible_power_w(boundary) && step > unit * 1.5;
            agrees && !believed && (kind.is_power() || (wide && *first != 1 << 47))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentinels_agree_to_the_printed_digits() {
        let (gpu, power) = (Some(Boundary::Board), Kind::InstantPower);
        assert!(is_sentinel(4_294_967.29, 0.01, power, gpu));
        assert!(is_sentinel(4_294_967_295.0, 1.0, power, gpu));
        assert!(is_sentinel(4_294.967_295, 1e-6, power, None));
        assert!(is_sentinel(9_223_372_036_854_775_794.0, 1.0, power, None));
        assert!(is_sentinel(18_446_744_073_709_551_615.0 * 1e-6, 1e-6, power, None));
        // A node may draw 4294.97 W, a GPU cannot.
        assert!(!is_sentinel(4_294.97, 0.01, power, None));
        assert!(is_sentinel(4_294.97, 0.01, power, gpu));
        assert!(!is_sentinel(4_294_966.0, 0.01, power, gpu));
        assert!(!is_sentinel(1e308, 1e308, power, None));
        assert!(is_sentinel(-2_147_483_648.0, 1.0, power, None));
        assert!(is_sentinel(-2_147_483.648, 1e-3, power, None));
        assert!(is_sentinel(-9_223_372_036_854_775_808.0, 1.0, power, None));
        // A battery may take 2147.48 W.
        assert!(!is_sentinel(-2_147.48, 0.01, power, None));
    }

    #[test]
    fn a_counter_may_hold_any_32_bit_value() {
        let counter = Kind::EnergyCounter { range: None };
        assert!(!is_sentinel(4_294.967_295, 1e-6, counter, None));
        assert!(is_sentinel(9_223_372_036_854_775_807.0 * 1e-3, 1e-3, counter, None));
    }
}
