//! Any bytes through every reader of token logs: a log, or a reason; and through the join with a power log.
//!
//! The first byte picks the reader, one more than there are detects it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use szilard::energy::{InferenceQuery, TOKEN_FORMATS, TokenOptions, Tokens, energy_per_token, read_tokens};
use szilard::traces::{ReadOptions, read};

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let format = TOKEN_FORMATS.get(usize::from(*first) % (TOKEN_FORMATS.len() + 1)).map(|format| format.name.to_owned());
    let options = TokenOptions { format, ..TokenOptions::default() };
    let Ok(log) = read_tokens(rest.to_vec(), "fuzz", &options) else { return };
    let meter = b"time [s],power [W]\n0,10\n1,20\n2,10\n3,20\n";
    let Ok(trace) = read(meter.to_vec(), "meter.csv", &ReadOptions::default()) else { return };
    for estimate_clock_offset in [false, true] {
        let query = InferenceQuery { clock_offset_ns: Some(0), estimate_clock_offset, ..InferenceQuery::default() };
        let _ = energy_per_token(&trace, Tokens::Log(&log), &query);
    }
});
