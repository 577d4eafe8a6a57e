//! The pictures of the page of a run, as SVG.

use crate::energy::report::{Report, RequestRecord};
use crate::input::markup;
use crate::quantity::{Quantity, QuantityRecord};
use std::fmt::Write;

const WIDTH: f64 = 880.0;
/// Requests, and components of a budget, that are drawn at most.
const DRAWN: (usize, usize) = (400, 12);

/// The energy per generated token of each request with its standard uncertainty, and that of the run.
pub(super) fn requests(report: &Report) -> String {
    let with_tokens = |part: &&RequestRecord| part.energy_per_token_j.is_some_and(f64::is_finite);
    let all: Vec<&RequestRecord> = report.requests.iter().filter(with_tokens).collect();
    let drawn = all.get(..DRAWN.0.min(all.len())).unwrap_or_default();
    let (mean, u) = (report.per_token.value, report.per_token.u);
    let per_token = |part: &RequestRecord| part.energy_per_token_j.unwrap_or(0.0);
    let spread = |part: &RequestRecord| part.output_tokens.map_or(0.0, |tokens| part.u_j / (tokens.max(1) as f64));
    let top = drawn.iter().map(|part| per_token(part) + spread(part)).fold(mean + u, f64::max) * 1.05;
    let low = drawn.iter().map(|part| per_token(part) - spread(part)).fold(0.0, f64::min);
    let can_be_drawn = !drawn.is_empty() && top > low && top.is_finite();
    if !can_be_drawn {
        return String::new();
    }
    let (left, right, bottom, height) = (70.0, WIDTH - 10.0, 250.0, 220.0);
    let y = |value: f64| bottom - height * (value - low) / (top - low);
    let step = (right - left) / drawn.len() as f64;
    let mut svg = String::new();
    for tick in ticks(low, top) {
        let at = y(tick);
        let label = shown(tick);
        let label = if label.contains('.') { label.trim_end_matches('0').trim_end_matches('.') } else { &label };
        _ = writeln!(
            svg,
            "<line class=\"axis\" x1=\"{left}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke-opacity=\".15\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            left - 6.0,
            at + 4.0,
        );
    }
    _ = writeln!(
        svg,
        "<rect class=\"band\" x=\"{left}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/><line class=\"mean\" \
         x1=\"{left}\" x2=\"{right}\" y1=\"{:.1}\" y2=\"{:.1}\"/>",
        y(mean + u),
        right - left,
        y(mean - u) - y(mean + u),
        y(mean),
        y(mean),
    );
    for (place, part) in drawn.iter().enumerate() {
        let (x, value, u) = (left + (place as f64 + 0.5) * step, per_token(part), spread(part));
        let class = if part.status == "complete" { "bar" } else { "incomplete" };
        let (upper, lower, cap) = (y(value + u), y(value - u), (0.2 * step).clamp(1.0, 5.0));
        let (start, end) = (x - cap, x + cap);
        let title = markup(&format!("{}: {} ± {} J/token, {}", part.request, shown(value), shown(u), part.status));
        _ = writeln!(
            svg,
            "<g><title>{title}</title><path class=\"u\" d=\"M{x:.1} {upper:.1}V{lower:.1}M{start:.1} {upper:.1}H{end:.1}\
             M{start:.1} {lower:.1}H{end:.1}\"/><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{:.1}\" r=\"{:.1}\"/></g>",
            y(value),
            (0.2 * step).clamp(1.2, 3.5),
        );
    }
    let more = all.len().saturating_sub(drawn.len());
    let more = if more > 0 { format!(", the first {} of {}", drawn.len(), all.len()) } else { String::new() };
    let caption =
        format!("energy per token of each request [J/token] ± u{more}; the line is the run, hollow is incomplete");
    picture("Energy per token of each request", bottom + 30.0, &(svg + &words(left, bottom + 22.0, &caption)))
}

/// The energy of the meter as a bar: requests, no request in flight, not attributed.
pub(super) fn parts(report: &Report) -> String {
    let parts = [
        ("bar", "requests", report.requests.iter().map(|part| part.energy_j).sum::<f64>()),
        ("idle", "no request in flight", report.idle_energy.value),
        ("rest", "not attributed", report.unattributed.value),
    ];
    let whole: f64 = parts.iter().map(|(_, _, energy)| energy.abs()).sum();
    let can_be_drawn = whole > 0.0 && whole.is_finite();
    if !can_be_drawn {
        return String::new();
    }
    let (mut x, mut svg) = (0.0, String::new());
    for (row, (class, name, energy)) in parts.into_iter().enumerate() {
        let width = WIDTH * energy.abs() / whole;
        let label = format!("{name}: {} J ({:.1} %)", shown(energy), 100.0 * energy / whole);
        let y = 62.0 + 20.0 * row as f64;
        _ = writeln!(
            svg,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"4\" width=\"{width:.1}\" height=\"34\"/><rect class=\"{class}\" \
             x=\"0\" y=\"{:.1}\" width=\"12\" height=\"12\"/>{}",
            y - 11.0,
            words(20.0, y, &label),
        );
        x += width;
    }
    picture("Parts of the energy of the meter", 112.0, &svg)
}

/// The largest components of the uncertainty of a figure as bars.
pub(super) fn budget(figure: &QuantityRecord) -> String {
    let quantity: Result<Quantity, _> = figure.clone().try_into();
    let Ok(quantity) = quantity else { return String::new() };
    let mut parts: Vec<_> =
        quantity.measured().components().iter().map(|part| (part.contribution.abs(), &part.label)).collect();
    parts.sort_by(|left, right| right.0.total_cmp(&left.0));
    parts.truncate(DRAWN.1);
    let Some(largest) = parts.first().map(|part| part.0).filter(|size| *size > 0.0) else { return String::new() };
    let mut svg = String::new();
    for (row, (size, label)) in parts.iter().enumerate() {
        let y = 38.0 * row as f64;
        let width = 0.78 * WIDTH * size / largest;
        _ = writeln!(
            svg,
            "{}<rect class=\"bar\" x=\"0\" y=\"{:.1}\" width=\"{width:.1}\" height=\"14\"/>{}",
            words(0.0, y + 13.0, label),
            y + 18.0,
            words(width + 6.0, y + 30.0, &format!("{size:.2e} {}", figure.unit)),
        );
    }
    picture("Components of the uncertainty", 38.0 * parts.len() as f64 + 4.0, &svg)
}

fn picture(title: &str, height: f64, content: &str) -> String {
    format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\"><title>{title}</title>\n{content}</svg>\n")
}

fn words(x: f64, y: f64, text: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n", markup(text))
}

/// Four significant digits.
fn shown(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-3..1e6).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    let digits = (3 - magnitude.log10().floor() as i32).clamp(0, 6) as usize;
    format!("{value:.digits$}")
}

/// Round values from one end of an axis to the other, four to eight of them.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let raw = (high - low) / 5.0;
    let decade = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|part| part * decade).find(|step| *step >= raw).unwrap_or(raw);
    let first = (low / step).ceil() as i64;
    (first..).map(|place| place as f64 * step).take_while(|tick| *tick <= high).take(12).collect()
}
