//! `triaged store verify | rebuild`, for a daemon that is stopped.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use clap::{Args, Subcommand};

use super::daemon::configured;
use super::{ConfigArg, DONE, UNREACHED, WRONG, screen};
use crate::daemon::store::{self, Folders};

/// `triaged store`.
#[derive(Debug, Args)]
pub struct StoreArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Debug, Subcommand)]
enum StoreCommand {
    /// Read every record of journal and archive and compare the state with them. Changes nothing.
    Verify,
    /// Set the state aside and make it anew from the journal.
    Rebuild,
}

/// Runs `triaged store`.
#[must_use]
pub fn run(args: &StoreArgs) -> u8 {
    let config = match configured(&args.config.config) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let folders = Folders::new(&config.store);
    match args.command {
        StoreCommand::Verify => verify(&folders, args.json),
        StoreCommand::Rebuild => match other_owner(&config.store) {
            Some(owner) => not_ours(&config.store, owner),
            None => rebuild(&folders, args.json),
        },
    }
}

fn verify(folders: &Folders, json: bool) -> u8 {
    let verified = match store::verify(folders) {
        Ok(verified) => verified,
        Err(error) => {
            screen::complain(&error.to_string());
            return UNREACHED;
        }
    };
    if json {
        screen::json(&verified);
    } else {
        screen::line(&verified.to_string());
    }
    if verified.is_whole() { DONE } else { WRONG }
}

fn rebuild(folders: &Folders, json: bool) -> u8 {
    match store::rebuild(folders, &mut |progress| {
        screen::complaint(&progress.to_string())
    }) {
        Ok(rebuilt) if json => screen::json(&rebuilt),
        Ok(rebuilt) => screen::line(&rebuilt.to_string()),
        Err(error) => {
            screen::complain(&error.to_string());
            return UNREACHED;
        }
    }
    DONE
}

/// The owner of the store, if it is somebody else than the user who asks.
fn other_owner(root: &Path) -> Option<u32> {
    let owner = std::fs::metadata(root).ok()?.uid();
    let us = std::fs::metadata("/proc/self").ok()?.uid();
    (owner != us).then_some(owner)
}

fn not_ours(root: &Path, owner: u32) -> u8 {
    screen::complain(&format!(
        "{} belongs to user number {owner}, who could not write what you make there; try `sudo -u '#{owner}' triaged store rebuild`",
        root.display()
    ));
    WRONG
}
