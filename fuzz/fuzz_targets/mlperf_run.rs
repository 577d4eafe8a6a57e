//! The files of an MLPerf run.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| szilard_fuzz::mlperf(data));
