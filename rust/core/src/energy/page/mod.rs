//! A run as a page that stands alone: figures, budget, pictures, devices, reasons and inputs, in one file.

mod document;
mod pictures;
mod tables;

pub use document::page;
