//! What a board is rated for, by the name that its driver prints.

use crate::input::fields;
use crate::source::datasets::{HARDWARE, text};

/// The power that a board is rated for, where its name singles out an entry of `datasets/hardware.csv`. [W]
///
/// Every word of the entry begins a word of the name, and the first, the chip, is one of them whole.
///
/// ```
/// use szilard::traces::rated_power_w;
/// assert_eq!(rated_power_w("NVIDIA A100-SXM4-40GB"), Some(400.0));
/// assert_eq!(rated_power_w("NVIDIA H100 PCIe"), Some(350.0));
/// assert_eq!(rated_power_w("NVIDIA L40S"), None); // the table has no power for it, and it is no L4
/// ```
pub fn rated_power_w(board: &str) -> Option<f64> {
    let board = board.to_ascii_lowercase();
    let words: Vec<&str> = board.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut lines = text(HARDWARE, "hardware")?.lines();
    let titles = fields(lines.next()?, ',').ok()?;
    let at = |name: &str| titles.iter().position(|title| title == name);
    let (device, power) = (at("device")?, at("power_w")?);
    let mut found = lines.filter_map(|line| {
        let cells = fields(line, ',').ok()?;
        let name = cells.get(device)?.to_string();
        let mut parts = name.split('-');
        let chip = parts.next()?;
        let is_board = words.contains(&chip) && parts.all(|part| words.iter().any(|word| word.starts_with(part)));
        is_board.then_some((name.len(), cells.get(power)?.parse::<f64>().ok()?))
    });
    let first = found.next()?;
    Some(found.fold(first, |best, next| if next.0 > best.0 { next } else { best }).1)
}
