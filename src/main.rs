//! Parses the command line, runs one command, chooses the exit code.

use std::process::ExitCode;

use clap::Parser;
use triaged::admin::{self, CommandLine};

fn main() -> ExitCode {
    let code = admin::run(CommandLine::parse());
    ExitCode::from(code)
}
