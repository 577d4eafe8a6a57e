//! Property lists as XML: the scalars by the keys that lead to them. Entities are never declared and never expanded.

use crate::input::{Code, Place, Refusal};

/// Deepest nesting that is read.
const DEPTH: usize = 64;

/// The scalars of one document: keys from the outermost inwards joined by `/`, and the text.
pub(crate) type Scalars = Vec<(String, String)>;

/// The scalars of the document `text` that stand under keys and in no array; `place` names it in a refusal.
///
/// # Errors
/// `E_XML_ENTITY` for a document type with declarations of its own, `E_XML` for what is no property list.
pub(crate) fn scalars(text: &str, path: &str, place: &Place) -> Result<Scalars, Refusal> {
    let refuse = |code, found: &str, expected: &str| Refusal::new(code, path, place.clone(), found, expected);
    let broken = |found: &str| refuse(Code::Xml, found, "a property list");
    let (mut open, mut keys, mut found) = (Vec::<&str>::new(), Vec::<String>::new(), Scalars::new());
    let mut rest = text;
    let mut key: Option<String> = None;
    while let Some((before, after)) = rest.split_once('<') {
        if open.last().is_none_or(|tag| matches!(*tag, "dict" | "array" | "plist")) && !before.trim().is_empty() {
            return Err(broken(before.trim()));
        }
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").ok_or_else(|| broken("an open comment"))?.1;
            continue;
        }
        let (tag, behind) = after.split_once('>').ok_or_else(|| broken("an open tag"))?;
        if tag.starts_with('!') {
            if tag.contains('[') || after.starts_with("!ENTITY") {
                return Err(refuse(Code::XmlEntity, "a document type with declarations", "one without"));
            }
        } else if tag.starts_with('?') {
        } else if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name.trim()) {
                return Err(broken(tag));
            }
            match name.trim() {
                "dict" | "array" => drop(keys.pop()),
                "key" => key = Some(plain(before)),
                "plist" => {}
                _ => {
                    let name = key.take().unwrap_or_default();
                    if !open.contains(&"array") {
                        let mut path: Vec<&str> =
                            keys.iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
                        path.push(&name);
                        found.push((path.join("/"), plain(before)));
                    }
                }
            }
        } else if tag.ends_with('/') {
            key = None;
        } else {
            let name = tag.split_whitespace().next().unwrap_or_default();
            if open.len() == DEPTH {
                return Err(broken("elements nested too deep"));
            }
            if matches!(name, "dict" | "array") {
                keys.push(key.take().unwrap_or_default());
            }
            open.push(name);
        }
        rest = behind;
    }
    if open.is_empty() && rest.trim().is_empty() { Ok(found) } else { Err(broken("the end of the document")) }
}

/// The text with the five escapes of XML resolved.
fn plain(text: &str) -> String {
    let text = text.trim();
    if !text.contains('&') {
        return text.to_owned();
    }
    let escapes = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    escapes.iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Scalars, Code> {
        scalars(text, "p", &Place::Line(1)).map_err(|refusal| refusal.code)
    }

    #[test]
    fn scalars_are_found_by_their_keys() {
        let text = "<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"x\" \"y\">\n<plist version=\"1.0\"><dict>\
            <key>a</key><integer>1</integer><key>t</key><true/><key>list</key><array><dict><key>x</key>\
            <real>9</real></dict></array><key>p</key><dict><key>b</key><real>2.5</real></dict></dict></plist>";
        let found = read(text).unwrap();
        assert_eq!(found, [("a".into(), "1".into()), ("p/b".into(), "2.5".into())]);
    }

    #[test]
    fn entities_and_broken_documents_are_refused() {
        assert_eq!(read("<!DOCTYPE plist [<!ENTITY a \"b\">]><plist><dict></dict></plist>"), Err(Code::XmlEntity));
        for text in ["<plist><dict></plist>", "<plist><dict>", "<plist>x</plist>", "<plist", "<!-- "] {
            assert_eq!(read(text), Err(Code::Xml), "{text}");
        }
        assert_eq!(read(&"<dict>".repeat(100_000)), Err(Code::Xml));
    }
}
