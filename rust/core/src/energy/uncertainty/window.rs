//! A sensor that averages over a window, at the ends of the time that is asked for.

use super::budget::Account;
use super::stamps::power_at_ends;
use crate::quantity::{Component, Distribution};
use crate::traces::Kind;

/// A mean over a window τ shows the power late, by τ/2 if the window ends at the stamp. Its integral then starts with energy
/// from before and misses some at the end: δE = -δ (P_end - P_start) with the delay δ in [0, τ], as the place of the window
/// about its stamp is not known either: limits of a rectangular distribution ± τ |P_end - P_start|.
///
/// A recording that begins and ends at one level has none of this.
pub(super) fn components(account: &Account<'_>) -> Vec<Component> {
    let Kind::WindowedMeanPower { window_ns: Some(window) } = account.channel.kind else { return Vec::new() };
    let (first, last) = power_at_ends(account.channel, account.asked.window);
    let limit = window as f64 * 1e-9 * (last - first).abs();
    vec![account.of_window("window", Distribution::Rectangular, limit / 3f64.sqrt())]
}
