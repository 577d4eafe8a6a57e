//! What stands before the rows of a recording, and the lines that are no rows.

use super::sensors::Channel;
use serde_json::{Value, json};
use std::time::Duration;
use szilard_system::Now;

/// The first line; the number is the version of the layout.
const TITLE: &str = "# szilard-recording 1\n";

/// What a recording starts with.
pub(super) fn text(channels: &[Channel], start: Now, interval: Duration, command: Option<&[String]>) -> String {
    let mut text = TITLE.to_owned();
    let recorder = json!({
        "name": "szilard", "version": env!("CARGO_PKG_VERSION"), "interval_ns": interval.as_nanos() as u64,
        "clock": "time_ns is CLOCK_BOOTTIME since the start, suspension included; real_ns is Unix time", "board": board(),
    });
    text.push_str(&line("recorder", &recorder));
    if let Some(words) = command {
        text.push_str(&line("command", &json!({ "words": words })));
    }
    text.push_str(&line("start", &clocks(start)));
    for channel in channels {
        text.push_str(&line("channel", &channel.json()));
    }
    text.push_str("time_ns");
    for channel in channels {
        text.push(',');
        let plain = |c: char| if c.is_control() || matches!(c, ',' | '"' | ';') { '_' } else { c };
        text.extend(channel.label().chars().map(plain));
        text.push_str(&format!(" [{}]", channel.unit));
    }
    text.push('\n');
    text
}

/// A line of a word and an object.
pub(super) fn line(word: &str, object: &Value) -> String {
    format!("# {word}: {object}\n")
}

/// The clocks of an instant.
pub(super) fn clocks(now: Now) -> Value {
    json!({ "real_ns": now.real_ns, "boot_ns": now.boot_ns, "monotonic_ns": now.monotonic_ns })
}

/// The name that a board or a machine has from its maker, without names of hosts or users.
pub(crate) fn board() -> Option<String> {
    let names = ["/proc/device-tree/model", "/sys/class/dmi/id/product_name"];
    let read = |path: &&str| std::fs::read_to_string(path).ok();
    names.iter().find_map(read).map(|name| name.trim_matches(['\0', '\n', ' ']).to_owned())
}
