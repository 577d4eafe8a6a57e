//! Python bindings of szilard: convert, detach, call, convert.
