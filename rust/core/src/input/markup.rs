//! Text of unknown origin in a page.

use super::diagnostic::is_hidden;

/// The text as it stands in HTML and SVG, inside an element or an attribute: what has a meaning there is replaced, and
/// control and direction characters are shown.
///
/// # Example
/// ```
/// use szilard::input::markup;
///
/// assert_eq!(markup("<b>\"gpu'0\" & \u{202e}"), "&lt;b&gt;&quot;gpu&#39;0&quot; &amp; \\u{202e}");
/// ```
pub fn markup(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            hidden if is_hidden(hidden) => safe.extend(hidden.escape_unicode()),
            other => safe.push(other),
        }
    }
    safe
}
