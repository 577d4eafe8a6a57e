//! Lists the data sets that the library carries: one file more in a folder is one entry more in the library.

use flate2::{Compression, write::DeflateEncoder};
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Name of the constant, folder under `datasets/` and extension of its files.
const TABLES: &[(&str, &str, &str)] = &[
    ("CLAIMS", "claims", "toml"),
    ("MODELS", "models", "json"),
    ("PUBLICATIONS", "published", "toml"),
    ("TRACES", "traces", "csv"),
    ("TRACE_RECORDS", "traces", "toml"),
    ("HARDWARE", ".", "csv"),
];

/// The same for tables of raw data, which are large, rarely asked for and carried compressed (RFC 1951).
const PACKED: (&str, &str) = ("published/data", "csv");

fn main() -> Result<(), Box<dyn Error>> {
    let datasets = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../datasets");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut code = String::new();
    for (constant, folder, extension) in TABLES {
        let folder = watched(&datasets, folder);
        writeln!(
            code,
            "/// Stem and text of every `{extension}` file of the folder `{}` of data sets, sorted.",
            file_name(&folder)?
        )?;
        writeln!(code, "pub const {constant}: &[(&str, &str)] = &[")?;
        for file in files(&folder, extension)? {
            writeln!(code, "    ({:?}, include_str!({:?})),", stem(&file)?, file.canonicalize()?)?;
        }
        writeln!(code, "];")?;
    }
    let (folder, extension) = PACKED;
    writeln!(
        code,
        "/// Stem and compressed text of every table of raw data, sorted.\nconst PACKED: &[(&str, &[u8])] = &["
    )?;
    for file in files(&watched(&datasets, folder), extension)? {
        let packed = out.join(file_name(&file)?).with_extension("deflate");
        let mut encoder = DeflateEncoder::new(fs::File::create(&packed)?, Compression::best());
        encoder.write_all(&fs::read(&file)?)?;
        encoder.finish()?;
        writeln!(code, "    ({:?}, include_bytes!({packed:?})),", stem(&file)?)?;
    }
    writeln!(code, "];")?;
    fs::write(out.join("datasets.rs"), code)?;
    Ok(())
}

/// A folder of data sets whose changes are changes of the library.
fn watched(datasets: &Path, folder: &str) -> PathBuf {
    let folder = datasets.join(folder);
    // a folder that is not there would make every build a change
    let watched = if folder.is_dir() { &folder } else { datasets };
    println!("cargo::rerun-if-changed={}", watched.display());
    folder
}

fn stem(file: &Path) -> Result<&str, Box<dyn Error>> {
    Ok(file.file_stem().and_then(|stem| stem.to_str()).ok_or("a data set's name is UTF-8")?)
}

fn file_name(path: &Path) -> Result<&str, Box<dyn Error>> {
    Ok(path.file_name().and_then(|name| name.to_str()).ok_or("a folder's name is UTF-8")?)
}

/// Sorted files of a folder with an extension; none where there is no such folder.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    let mut files: Vec<_> = paths.into_iter().filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    files.sort();
    Ok(files)
}
