//! NVIDIA's management library, loaded when it is there: energy counter and power of each GPU.
//!
//! Reference: NVIDIA, NVML API Reference Guide, device queries: nvmlDeviceGetTotalEnergyConsumption (mJ since the driver
//! was loaded), nvmlDeviceGetPowerUsage (mW).

use libc::{c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ffi::{CStr, CString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::null_mut;

type Handle = *mut c_void;
type Status = c_int;
type Plain = unsafe extern "C" fn() -> Status;
type Count = unsafe extern "C" fn(*mut c_uint) -> Status;
type ByIndex = unsafe extern "C" fn(c_uint, *mut Handle) -> Status;
type Name = unsafe extern "C" fn(Handle, *mut c_char, c_uint) -> Status;
type Energy = unsafe extern "C" fn(Handle, *mut c_ulonglong) -> Status;
type Power = unsafe extern "C" fn(Handle, *mut c_uint) -> Status;

/// Length of the buffers for names, as the library asks for them. [byte]
const NAME: usize = 96;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NvmlError {
    /// The library cannot be loaded; what the loader says.
    NoLibrary(String),
    /// The library has no function of that name.
    NoFunction(&'static str),
    /// The function of that name gives this status.
    Failed(&'static str, i32),
}

impl fmt::Display for NvmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLibrary(reason) => write!(f, "the library of the driver cannot be loaded: {reason}"),
            Self::NoFunction(name) => write!(f, "the library of the driver has no function {name}"),
            Self::Failed(name, status) => write!(f, "{name}: {}", meaning(*status)),
        }
    }
}

/// What a status means, by the names of the reference.
fn meaning(status: i32) -> String {
    let word = match status {
        1 => "the library is not initialised",
        2 => "an argument is not valid",
        3 => "not supported by this GPU",
        4 => "no permission",
        6 => "no such device",
        9 => "the driver is not loaded",
        12 => "the library does not match the driver",
        15 => "the GPU is lost",
        18 => "the library and the driver are of different versions",
        _ => return format!("status {status}"),
    };
    word.to_owned()
}

/// A GPU: its number in the library, its identity and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gpu {
    index: c_uint,
    /// Identity of the board, the same on every machine and after every start.
    pub uuid: String,
    /// Name of the board.
    pub name: String,
}

/// The library, loaded and initialised.
#[derive(Debug)]
pub struct Nvml {
    shutdown: Plain,
    count: Count,
    handle: ByIndex,
    uuid: Name,
    name: Name,
    energy: Option<Energy>,
    power: Option<Power>,
}

/// The address of a function of a loaded library; null where there is none.
fn symbol(library: *mut c_void, name: &'static str) -> *mut c_void {
    let Ok(name) = CString::new(name) else { return null_mut() };
    // SAFETY: `library` was given by dlopen and is never closed; the name ends in NUL.
    unsafe { libc::dlsym(library, name.as_ptr()) }
}

/// The function of that name as one of that type.
macro_rules! function {
    ($library:expr, $name:literal, $type:ty) => {{
        let address = symbol($library, $name);
        if address.is_null() {
            Err(NvmlError::NoFunction($name))
        } else {
            // SAFETY: the library declares the function of this name with that type, and is never unloaded.
            Ok(unsafe { std::mem::transmute::<*mut c_void, $type>(address) })
        }
    }};
}

fn done(name: &'static str, status: Status) -> Result<(), NvmlError> {
    if status == 0 { Ok(()) } else { Err(NvmlError::Failed(name, status)) }
}

impl Nvml {
    /// The library at that path, or of that name where the loader looks.
    ///
    /// # Errors
    /// [`NvmlError`].
    pub fn load(path: &Path) -> Result<Self, NvmlError> {
        let no_library = |reason: &str| NvmlError::NoLibrary(reason.to_owned());
        let name = CString::new(path.as_os_str().as_bytes()).map_err(|_| no_library("a NUL in its name"))?;
        // SAFETY: the name ends in NUL. What the library does when it is loaded is its own; it is that of the driver, or
        // the one that the caller names.
        let library = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        if library.is_null() {
            // SAFETY: dlerror gives a string that ends in NUL and lives until its next call in this thread, or null.
            let reason = unsafe { libc::dlerror().as_ref().map(|reason| CStr::from_ptr(reason)) };
            let reason = reason.map_or("no reason", |reason| reason.to_str().unwrap_or("no reason"));
            return Err(no_library(reason));
        }
        let start = function!(library, "nvmlInit_v2", Plain)?;
        let nvml = Self {
            shutdown: function!(library, "nvmlShutdown", Plain)?,
            count: function!(library, "nvmlDeviceGetCount_v2", Count)?,
            handle: function!(library, "nvmlDeviceGetHandleByIndex_v2", ByIndex)?,
            uuid: function!(library, "nvmlDeviceGetUUID", Name)?,
            name: function!(library, "nvmlDeviceGetName", Name)?,
            energy: function!(library, "nvmlDeviceGetTotalEnergyConsumption", Energy).ok(),
            power: function!(library, "nvmlDeviceGetPowerUsage", Power).ok(),
        };
        // SAFETY: a function of the library without arguments.
        done("nvmlInit_v2", unsafe { start() })?;
        Ok(nvml)
    }

    /// The GPUs of the machine.
    ///
    /// # Errors
    /// [`NvmlError::Failed`].
    pub fn gpus(&self) -> Result<Vec<Gpu>, NvmlError> {
        let mut count = 0;
        // SAFETY: `count` is a valid place for one number.
        done("nvmlDeviceGetCount_v2", unsafe { (self.count)(&mut count) })?;
        (0..count).map(|index| self.gpu(index)).collect()
    }

    fn gpu(&self, index: c_uint) -> Result<Gpu, NvmlError> {
        let handle = self.handle(index)?;
        let text = |name: &'static str, ask: Name| {
            let mut buffer = [0u8; NAME];
            // SAFETY: the handle is of the library, and the buffer is as long as is said.
            done(name, unsafe { ask(handle, buffer.as_mut_ptr().cast(), NAME as c_uint) })?;
            let text = CStr::from_bytes_until_nul(&buffer).map(|text| text.to_string_lossy().into_owned());
            Ok(text.unwrap_or_default())
        };
        Ok(Gpu { index, uuid: text("nvmlDeviceGetUUID", self.uuid)?, name: text("nvmlDeviceGetName", self.name)? })
    }

    fn handle(&self, index: c_uint) -> Result<Handle, NvmlError> {
        let mut handle = null_mut();
        // SAFETY: `handle` is a valid place for one handle.
        done("nvmlDeviceGetHandleByIndex_v2", unsafe { (self.handle)(index, &mut handle) })?;
        Ok(handle)
    }

    /// The energy since the driver was loaded. [mJ]
    ///
    /// # Errors
    /// [`NvmlError`]; not supported before Volta.
    pub fn energy_mj(&self, gpu: &Gpu) -> Result<u64, NvmlError> {
        let name = "nvmlDeviceGetTotalEnergyConsumption";
        let (ask, handle) = (self.energy.ok_or(NvmlError::NoFunction(name))?, self.handle(gpu.index)?);
        let mut energy = 0;
        // SAFETY: the handle is of the library, and `energy` is a valid place for one number.
        done(name, unsafe { ask(handle, &mut energy) })?;
        Ok(energy)
    }

    /// The power, over the window that the GPU averages. [mW]
    ///
    /// # Errors
    /// [`NvmlError`].
    pub fn power_mw(&self, gpu: &Gpu) -> Result<u32, NvmlError> {
        let name = "nvmlDeviceGetPowerUsage";
        let (ask, handle) = (self.power.ok_or(NvmlError::NoFunction(name))?, self.handle(gpu.index)?);
        let mut power = 0;
        // SAFETY: the handle is of the library, and `power` is a valid place for one number.
        done(name, unsafe { ask(handle, &mut power) })?;
        Ok(power)
    }
}

impl Drop for Nvml {
    fn drop(&mut self) {
        // SAFETY: a function of the library without arguments. The library stays loaded: code of its own may be running.
        unsafe { (self.shutdown)() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_not_there_is_a_reason() {
        let error = Nvml::load(Path::new("/nowhere/libnvidia-ml.so.1")).unwrap_err();
        assert!(matches!(&error, NvmlError::NoLibrary(reason) if reason.contains("/nowhere")), "{error}");
    }

    #[test]
    fn a_library_of_something_else_is_a_reason() {
        let error = Nvml::load(Path::new("libc.so.6")).unwrap_err();
        assert_eq!(error, NvmlError::NoFunction("nvmlInit_v2"));
    }
}
