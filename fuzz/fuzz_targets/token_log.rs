//! The reader of token logs that has the name of the target.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| szilard_fuzz::token_log(env!("CARGO_BIN_NAME"), data));
