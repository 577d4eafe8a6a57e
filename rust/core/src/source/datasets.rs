//! The data sets of the library, as text: listed by the build script, so that a file more is an entry more.

include!(concat!(env!("OUT_DIR"), "/datasets.rs"));
