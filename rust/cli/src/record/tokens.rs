//! What was generated: counted in the output of the command, or by a server that counts itself.

use regex_lite::Regex;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Longest line in which tokens are looked for; a longer one is looked at in pieces. [byte]
const LONGEST: usize = 1 << 16;

/// Longest answer of a server. [byte]
const ANSWER: u64 = 1 << 24;

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Counters of generated tokens, and of prompt tokens, as servers name them.
const COUNTERS: [(&str, &str); 3] = [
    ("llamacpp:tokens_predicted_total", "llamacpp:prompt_tokens_total"),
    ("vllm:generation_tokens_total", "vllm:prompt_tokens_total"),
    ("sglang:generation_tokens_total", "sglang:prompt_tokens_total"),
];

/// Numbers of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Generated.
    pub output: u64,
    /// Of prompts, where they were counted.
    pub prompt: Option<u64>,
    /// Matches in whose group there is no whole number, so that the count is not known.
    pub unread: u64,
}

impl Counts {
    /// Both together.
    pub(crate) fn and(self, more: Self) -> Self {
        let both = |one: u64, other: u64| one.saturating_add(other);
        let prompt = self.prompt.or(more.prompt).map(|_| both(self.prompt.unwrap_or(0), more.prompt.unwrap_or(0)));
        Self { output: both(self.output, more.output), prompt, unread: both(self.unread, more.unread) }
    }
}

/// Looks for tokens in lines of an output.
///
/// With a group in the expression the number in it is added at each match: `prompt` by its name, else generated tokens.
/// Without a group each match is one generated token.
pub(crate) struct Counter {
    expression: Regex,
    line: Vec<u8>,
}

impl Counter {
    /// A counter by a regular expression.
    pub(crate) fn new(expression: &str) -> Result<Self, String> {
        let expression = Regex::new(expression).map_err(|error| format!("--tokens-from {expression:?}: {error}"))?;
        Ok(Self { expression, line: Vec::new() })
    }

    /// Another one for another output.
    pub(crate) fn again(&self) -> Self {
        Self { expression: self.expression.clone(), line: Vec::new() }
    }

    /// What is found in the lines that these bytes end.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Option<Counts> {
        let mut found: Option<Counts> = None;
        for mut part in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            while !part.is_empty() {
                let (head, tail) = part.split_at(part.len().min(LONGEST.saturating_sub(self.line.len())));
                self.line.extend_from_slice(head);
                part = tail;
                let ended = self.line.len() >= LONGEST || matches!(self.line.last(), Some(b'\n' | b'\r'));
                let counts = if ended { self.rest() } else { None };
                found = counts.map(|counts| found.unwrap_or_default().and(counts)).or(found);
            }
        }
        found
    }

    /// What is found in the line that no end has come for.
    pub(crate) fn rest(&mut self) -> Option<Counts> {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let mut found: Option<Counts> = None;
        for groups in self.expression.captures_iter(&text) {
            let number = |group: regex_lite::Match<'_>| group.as_str().parse::<u64>().ok();
            let counts = match groups.len() {
                1 => Counts { output: 1, ..Counts::default() },
                _ => {
                    let prompt = groups.name("prompt");
                    let first = groups.get(1).filter(|first| prompt.is_none_or(|prompt| prompt != *first));
                    let output = groups.name("output").or(first);
                    let there = [prompt, output].into_iter().flatten();
                    let unread = there.clone().any(|group| number(group).is_none()) || there.count() == 0;
                    let prompt = prompt.and_then(number);
                    Counts { output: output.and_then(number).unwrap_or(0), prompt, unread: u64::from(unread) }
                }
            };
            found = Some(found.unwrap_or_default().and(counts));
        }
        found
    }
}

/// The counters of a server, asked before and after.
pub(crate) struct Metrics {
    address: String,
    path: String,
    before: Counts,
}

impl Metrics {
    /// The counters at an address such as `http://127.0.0.1:8080/metrics`, as they are now.
    pub(crate) fn start(url: &str) -> Result<Self, String> {
        let rest = url.strip_prefix("http://").ok_or_else(|| format!("{url}: expected http://host:port/metrics"))?;
        let (address, path) = rest.split_once('/').unwrap_or((rest, "metrics"));
        let address = if address.contains(':') { address.to_owned() } else { format!("{address}:80") };
        let mut metrics = Self { address, path: format!("/{path}"), before: Counts::default() };
        metrics.before = metrics.now()?;
        Ok(metrics)
    }

    /// What was counted since the start.
    pub(crate) fn since(&self) -> Result<Counts, String> {
        let now = self.now()?;
        let restarted = || format!("{}: the counters fell; the server was started again", self.address);
        let prompt = now.prompt.zip(self.before.prompt).and_then(|(now, before)| now.checked_sub(before));
        let output = now.output.checked_sub(self.before.output).ok_or_else(restarted)?;
        Ok(Counts { output, prompt, ..Counts::default() })
    }

    fn now(&self) -> Result<Counts, String> {
        let said = |error: std::io::Error| format!("{}: {error}", self.address);
        let mut addresses = self.address.to_socket_addrs().map_err(said)?;
        let address = addresses.next().ok_or_else(|| format!("{}: no address", self.address))?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(said)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(said)?;
        let request = format!("GET {} HTTP/1.0\r\nHost: {}\r\n\r\n", self.path, self.address);
        stream.write_all(request.as_bytes()).map_err(said)?;
        let mut answer = Vec::new();
        stream.take(ANSWER).read_to_end(&mut answer).map_err(said)?;
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        if head.split(' ').nth(1) != Some("200") {
            return Err(format!("{}: {}", self.address, head.lines().next().unwrap_or("no answer")));
        }
        counted(body).ok_or_else(|| {
            let names: Vec<&str> = COUNTERS.iter().map(|(output, _)| *output).collect();
            format!("{}{}: none of the counters {}", self.address, self.path, names.join(", "))
        })
    }
}

/// The counters in a text of metrics, summed over their labels.
fn counted(text: &str) -> Option<Counts> {
    let sum = |wanted: &str| {
        let value = |line: &str| {
            let rest = line.strip_prefix(wanted).filter(|rest| rest.starts_with(['{', ' ']))?;
            let value = rest.rsplit_once('}').map_or(rest, |(_, value)| value).split_whitespace().next()?;
            value.parse::<f64>().ok().filter(|value| (0.0..9e15).contains(value))
        };
        text.lines().filter_map(value).map(|value| value as u64).reduce(u64::saturating_add)
    };
    COUNTERS
        .iter()
        .find_map(|(output, prompt)| Some(Counts { output: sum(output)?, prompt: sum(prompt), ..Counts::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(output: u64, prompt: Option<u64>) -> Counts {
        Counts { output, prompt, unread: 0 }
    }

    fn count(expression: &str, parts: &[&[u8]]) -> Counts {
        let mut counter = Counter::new(expression).unwrap();
        let found: Vec<Counts> = parts.iter().filter_map(|part| counter.take(part)).collect();
        found.into_iter().chain(counter.rest()).fold(Counts::default(), Counts::and)
    }

    #[test]
    fn numbers_in_a_group_are_added_and_matches_without_one_are_counted() {
        let log: [&[u8]; 3] = [b"eval time = 900 ms / 6", b"3 runs\neval time = 100 ms / 7 runs\n", b"total 70"];
        assert_eq!(count(r"eval time = .* / (\d+) runs", &log), counts(70, None));
        assert_eq!(count("tok", &[b"tok tok\n\xfftok", b"\n"]), counts(3, None));
        let both = r"(?P<prompt>\d+) in, (?P<output>\d+) out";
        assert_eq!(count(both, &[b"12 in, 34 out\n1 in, 2 out"]), counts(36, Some(13)));
        assert_eq!(count("x", &[b"none"]), Counts::default());
        let either = r"(?P<prompt>\d+) in|(?P<output>\d+) out";
        assert_eq!(count(either, &[b"12 in\n34 out\n"]), counts(34, Some(12)));
        assert!(Counter::new("(").is_err());
    }

    #[test]
    fn a_group_without_a_whole_number_is_no_count_of_zero() {
        for (expression, text) in
            [(r"tokens: (\S+)", "tokens: 12.5"), (r"tokens: (\d+)?", "tokens: ?"), (r"(\d+)", "99999999999999999999")]
        {
            let found = count(expression, &[text.as_bytes()]);
            assert_eq!((found.output, found.unread), (0, 1), "{text}");
        }
        assert_eq!(count(r"(\w+) tok", &[b"7 tok\nno tok\n"]), Counts { output: 7, prompt: None, unread: 1 });
    }

    #[test]
    fn counters_are_summed_over_models_and_other_names_are_not_taken() {
        let text = "# TYPE vllm:generation_tokens_total counter\nvllm:generation_tokens_total{model=\"a b\"} 120.0\n\
                    vllm:generation_tokens_total{model=\"c\"} 3\nvllm:prompt_tokens_total{model=\"c\"} 7.0\n\
                    vllm:generation_tokens_total_created{model=\"c\"} 1.7e9\n";
        assert_eq!(counted(text), Some(counts(123, Some(7))));
        assert_eq!(counted("llamacpp:tokens_predicted_total 50\n"), Some(counts(50, None)));
        assert_eq!(counted("up 1\n"), None);
    }
}
