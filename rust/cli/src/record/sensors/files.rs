//! Readings that are files with one whole number, as the kernel makes them.

use super::{Channel, Reading, Sensor};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use szilard_system::NON_BLOCKING;

/// Longest text of a file with one number or name. [byte]
const LONGEST: usize = 256;

/// Where a reading comes from.
pub(super) enum Source {
    /// The number in a file.
    File(Number),
    /// The product of the numbers in two files, as millivolts times milliamperes are microwatts.
    Product(Number, Number),
}

/// A file with one number or word, kept open between two reads.
pub(super) struct Number {
    path: PathBuf,
    open: Option<File>,
}

impl From<PathBuf> for Number {
    fn from(path: PathBuf) -> Self {
        Self { path, open: None }
    }
}

impl Number {
    /// The number as it is now: the kernel makes the text anew for each read from the start.
    pub(super) fn read(&mut self) -> Result<i64, String> {
        self.by(number)
    }

    /// The word as it is now.
    pub(super) fn word(&mut self) -> Result<String, String> {
        self.by(|file, path| start(file, path, &mut [0; LONGEST]).map(str::to_owned))
    }

    fn by<T>(&mut self, read: fn(&File, &Path) -> Result<T, String>) -> Result<T, String> {
        // one that was removed or replaced is opened anew
        if let Some(file) = self.open.take_if(|file| file.metadata().is_ok_and(|data| data.nlink() > 0)) {
            let found = read(&file, &self.path);
            if found.is_ok() {
                self.open = Some(file);
                return found;
            }
        }
        let file = open(&self.path)?;
        let found = read(&file, &self.path);
        self.open = found.is_ok().then_some(file);
        found
    }
}

/// The files of one device.
pub(super) struct FileSensor {
    channels: Vec<Channel>,
    sources: Vec<Source>,
}

impl FileSensor {
    /// A sensor of these channels and the files of each.
    pub(super) fn new(parts: Vec<(Channel, Source)>) -> Self {
        let (channels, sources) = parts.into_iter().unzip();
        Self { channels, sources }
    }
}

impl Sensor for FileSensor {
    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _: i64, into: &mut Vec<Reading>) {
        into.extend(self.sources.iter_mut().map(|source| {
            let value = match source {
                Source::File(number) => number.read(),
                Source::Product(one, other) => one.read().and_then(|one| {
                    let product = one.checked_mul(other.read()?);
                    product.ok_or_else(|| "a product out of range".to_owned())
                }),
            };
            value.map_or_else(Reading::Missing, Reading::Whole)
        }));
    }
}

/// The folders and links in a folder, sorted; none where there is no such folder.
pub(super) fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// The last part of a path.
pub(super) fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Opens a file; neither that nor a read waits, so that a FIFO in its place is an empty read.
fn open(path: &Path) -> Result<File, String> {
    let file = OpenOptions::new().read(true).custom_flags(NON_BLOCKING).open(path);
    file.map_err(|error| reason_of(&name(path), &error))
}

/// What a buffer takes of the start of a file, without the white space around it.
fn start<'b>(file: &File, path: &Path, buffer: &'b mut [u8; LONGEST]) -> Result<&'b str, String> {
    let count = match file.read_at(buffer, 0) {
        // what has no places to read from
        Err(error) if error.kind() == ErrorKind::NotSeekable => (&*file).read(buffer),
        read => read,
    };
    let count = count.map_err(|error| reason_of(&name(path), &error))?;
    let text = std::str::from_utf8(buffer.get(..count).unwrap_or_default());
    match text.map(str::trim) {
        Err(_) => Err(format!("{}: no text", name(path))),
        Ok("") => Err(format!("{}: an empty read", name(path))),
        Ok(text) => Ok(text),
    }
}

fn number(file: &File, path: &Path) -> Result<i64, String> {
    let mut buffer = [0; LONGEST];
    let text = start(file, path, &mut buffer)?;
    text.parse().map_err(|_| format!("{}: {text:?} is no whole number", name(path)))
}

/// The first words of a file.
pub(super) fn text(path: &Path) -> Result<String, String> {
    let mut buffer = [0; LONGEST];
    start(&open(path)?, path, &mut buffer).map(str::to_owned)
}

/// The whole number in a file.
pub(super) fn whole(path: &Path) -> Result<i64, String> {
    number(&open(path)?, path)
}

/// What an error of the system says, without the number of it.
pub(super) fn reason_of(name: &str, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => format!("{name}: absent"),
        ErrorKind::PermissionDenied => format!("{name}: permission denied"),
        ErrorKind::WouldBlock => format!("{name}: nothing to read yet"),
        ErrorKind::IsADirectory => format!("{name}: a folder"),
        _ => {
            let text = error.to_string();
            format!("{name}: {}", text.split(" (os error").next().unwrap_or(&text))
        }
    }
}

/// The folders of hwmon drivers and the names that the drivers give.
pub(super) fn hwmon_folders(class: &Path) -> Vec<(PathBuf, String)> {
    let named = |folder: PathBuf| text(&folder.join("name")).ok().map(|driver| (folder, driver));
    entries(class).into_iter().filter_map(named).collect()
}

/// The numbers of the files such as `power2_input` in a folder, by what stands before and behind the number.
pub(super) fn numbered(folder: &Path, before: &str, behind: &str) -> Vec<u32> {
    let number = |path: PathBuf| name(&path).strip_prefix(before)?.strip_suffix(behind)?.parse().ok();
    let mut numbers: Vec<u32> = entries(folder).into_iter().filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_a_reason_and_never_zero() {
        let folder = std::env::temp_dir().join(format!("szilard-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("energy_uj");
        let reason = |content: &str| {
            std::fs::write(&file, content).unwrap();
            whole(&file)
        };
        assert_eq!(reason("262143\n"), Ok(262_143));
        assert_eq!(reason(""), Err("energy_uj: an empty read".to_owned()));
        assert_eq!(reason("12x"), Err("energy_uj: \"12x\" is no whole number".to_owned()));
        std::fs::remove_file(&file).unwrap();
        assert_eq!(whole(&file), Err("energy_uj: absent".to_owned()));
        std::fs::create_dir(&file).unwrap();
        assert_eq!(whole(&file), Err("energy_uj: a folder".to_owned()));
        std::fs::remove_dir(&file).unwrap();
        szilard_system::make_fifo(&file).unwrap();
        assert_eq!(whole(&file), Err("energy_uj: an empty read".to_owned()));
        std::fs::remove_dir_all(&folder).unwrap();
        let error = std::io::Error::from(ErrorKind::PermissionDenied);
        assert_eq!(reason_of("energy_uj", &error), "energy_uj: permission denied");
    }
}
