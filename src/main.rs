//! Parses the command line, runs one command, chooses the exit code.

use std::process::ExitCode;

use clap::Parser;
use triaged::admin::{self, CommandLine};
use triaged::daemon::zone_files;

fn main() -> ExitCode {
    // Before anything asks for a zone, `--version` included.
    zone_files::look_for_newer();
    let code = admin::run(CommandLine::parse());
    ExitCode::from(code)
}
