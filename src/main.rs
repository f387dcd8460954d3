//! The `baselint` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    baselint::cli::run(std::env::args_os())
}
