//! The readers of power logs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| szilard_fuzz::power_log(data));
