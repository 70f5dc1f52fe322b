//! The front door: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    dealtrail::cli::run::run(std::env::args_os())
}
