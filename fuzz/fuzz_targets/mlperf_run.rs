//! Any bytes as the files of an MLPerf run, cut at NUL bytes: figures and findings, or a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;
use szilard::energy::{MlperfFiles, RunFile, mlperf_check, mlperf_run};

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|byte| *byte == 0).map(|bytes| RunFile { path: "fuzz".to_owned(), bytes: bytes.to_vec() });
    let (Some(detail), Some(power)) = (parts.next(), parts.next()) else { return };
    let files = MlperfFiles {
        detail,
        power,
        meter_log: parts.next(),
        client: parts.next(),
        server: parts.next(),
        ranging_detail: parts.next(),
        ranging_power: parts.next(),
    };
    let _ = mlperf_run(&files);
    let _ = mlperf_check(&files);
});
