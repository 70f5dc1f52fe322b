//! `completions`: what a shell needs to complete words.

use clap::{Args, Command};
use clap_complete::Shell;

use super::context::Context;
use super::failure::Failure;

/// Print the completions of a shell
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// Runs the command on the tree of commands.
    pub(super) fn run(&self, context: &Context, mut program: Command) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, "dealtrail", &mut script);
        context.output().bytes(&script)
    }
}
