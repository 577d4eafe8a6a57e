//! The `szilard` command.

fn main() {}
