//! The dynamic library that Python loads: the bindings of `szilard-py`, and nothing else.
//!
//! A dynamic library is compiled last, when all that it links is there. The bindings are a library of their own, so that
//! they are compiled beside the core and not behind it.

pub use szilard_py::_core;
