//! `man`: the manual pages.

use std::path::PathBuf;

use clap::{Args, Command};

use super::context::Context;
use super::failure::Failure;

/// Write the manual pages
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The directory for one page a command; without it the main page is printed
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Man {
    /// Runs the command on the tree of commands.
    pub(super) fn run(&self, context: &Context, program: Command) -> Result<(), Failure> {
        let failure = |error: std::io::Error| {
            Failure::broken(
                "output",
                format!("the manual could not be written: {error}"),
            )
        };
        match &self.dir {
            Some(dir) => {
                std::fs::create_dir_all(dir).map_err(failure)?;
                clap_mangen::generate_to(program, dir).map_err(failure)?;
                let line = format!("Wrote the manual pages to {}", dir.display());
                context.output().line(&line)
            }
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(program)
                    .render(&mut page)
                    .map_err(failure)?;
                context.output().bytes(&page)
            }
        }
    }
}
