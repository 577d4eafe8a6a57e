//! The `szilard` command.
