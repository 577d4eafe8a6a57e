//! Configurations of models and headers of weights.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| szilard_fuzz::landauer(data));
