//! The `szilard` command.

fn main() -> ! {
    std::process::exit(szilard_cli::run(std::env::args_os()))
}
