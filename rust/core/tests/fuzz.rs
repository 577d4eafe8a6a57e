//! The functions of the fuzz targets on mutated samples: nothing panics, whatever the bytes.
//!
//! `SZILARD_FUZZ_INPUTS` says how many inputs each reader gets (100 where it is not set); they are the same in every run.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../../../fuzz/src/lib.rs"]
mod targets;

use std::path::{Path, PathBuf};
use szilard::energy::TOKEN_FORMATS;
use szilard::traces::REGISTRY;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn inputs() -> usize {
    std::env::var("SZILARD_FUZZ_INPUTS").map_or(100, |count| count.parse().unwrap())
}

/// The contents of the files of a folder, by name.
fn contents(folder: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    let read = |path: PathBuf| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap());
    files.into_iter().map(read).collect()
}

/// Numbers from a linear congruential generator (Knuth, MMIX), the same in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    /// A sample with one to four changes: a byte, a piece left out, a piece twice, or a word that readers trip over.
    fn mutated(&mut self, sample: &[u8]) -> Vec<u8> {
        let words: [&[u8]; 16] = [
            b"-",
            b"\"",
            b"\n",
            b"\r\n",
            b",",
            b"nan",
            b"1e999",
            b"-1",
            b"18446744073709551616",
            b"9223372036854775807",
            b"2016-12-31T23:59:60Z",
            b"0001-01-01 00:00:00",
            b"\xff",
            b"{",
            b"[[[[",
            b"0.0000000001",
        ];
        let mut bytes = sample.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let until = (at + self.below(32)).min(bytes.len());
            match self.below(4) {
                0 if at < bytes.len() => bytes[at] = self.below(256) as u8,
                1 => drop(bytes.drain(at..until)),
                2 => drop(bytes.splice(at..at, bytes[at..until].to_vec())),
                _ => drop(bytes.splice(at..until, words[self.below(words.len())].to_vec())),
            }
        }
        bytes
    }
}

#[test]
fn every_reader_of_token_logs_takes_mutated_samples() {
    let samples = contents("tests/formats/tokens");
    for format in TOKEN_FORMATS {
        let own: Vec<&Vec<u8>> =
            samples.iter().filter(|(name, _)| name == format.name).map(|(_, bytes)| bytes).collect();
        let mut draws = Draws(7);
        for _ in 0..inputs() {
            let sample = own[draws.below(own.len())];
            targets::token_log(format.name, &draws.mutated(sample));
        }
    }
}

#[test]
fn every_reader_of_power_logs_takes_mutated_samples() {
    let samples = contents("tests/formats");
    for (index, format) in REGISTRY.iter().enumerate() {
        let (_, sample) = samples.iter().find(|(name, _)| name == format.name).unwrap();
        let mut draws = Draws(7);
        for _ in 0..inputs() {
            targets::power_log(&[&[index as u8], &draws.mutated(sample)[..]].concat());
        }
    }
}

#[test]
fn a_run_of_mutated_files_is_a_figure_or_a_reason() {
    let detail = std::fs::read(root().join("tests/formats/tokens/mlperf-loadgen.txt")).unwrap();
    let power = std::fs::read(root().join("tests/formats/ptd-spl.txt")).unwrap();
    let run = [&detail[..], b"\0", &power, b"\0", b"Go with mark", b"\0{}\0{}\0", &detail, b"\0", &power].concat();
    let mut draws = Draws(7);
    for _ in 0..inputs() {
        targets::mlperf(&draws.mutated(&run));
    }
}

#[test]
fn every_reader_of_token_logs_has_a_target() {
    let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    for format in TOKEN_FORMATS {
        let target = format!("name = \"{}\"\npath = \"fuzz_targets/token_log.rs\"", format.name);
        assert!(manifest.contains(&target), "fuzz/Cargo.toml has no target {}", format.name);
    }
}

#[test]
fn configurations_and_headers_of_weights_are_taken_mutated() {
    let header = br#"{"embed_tokens.weight":{"dtype":"BF16","shape":[4,2],"data_offsets":[0,16]},
        "lm_head.weight":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[16,24]}}"#;
    let safetensors = [&(header.len() as u64).to_le_bytes()[..], header].concat();
    // version 3, one tensor, no value: four elements of 32 bits
    let tensor = [&17_u64.to_le_bytes()[..], b"token_embd.weight", &1_u32.to_le_bytes(), &4_u64.to_le_bytes()].concat();
    let counts = [&3_u32.to_le_bytes()[..], &1_u64.to_le_bytes(), &0_u64.to_le_bytes()].concat();
    let gguf = [b"GGUF", &counts[..], &tensor, &0_u32.to_le_bytes(), &0_u64.to_le_bytes()].concat();
    for file in [&safetensors, &gguf] {
        assert!(szilard::landauer::read_weights(file, "whole").is_ok());
    }
    let models = contents("datasets/models").into_iter().map(|(_, bytes)| {
        let record: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        record["config"].to_string().into_bytes()
    });
    let mut draws = Draws(7);
    for sample in models.chain([safetensors, gguf]) {
        (0..inputs()).for_each(|_| targets::landauer(&draws.mutated(&sample)));
    }
}
