//! The front door: arguments in, exit code out.

use std::process::ExitCode;

use mimalloc::MiMalloc;

// Recording and folding make and drop small values without end, and several threads do so at once.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    dealtrail::cli::run::run(std::env::args_os())
}
