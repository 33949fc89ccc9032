//! `triaged report`: promises kept and broken over a stretch of time, as tables, CSV, one HTML page or JSON.
//!
//! A running daemon is asked; where none runs, its store is read, so that a report can be made of a copy as well.

mod csv;
mod html;
mod plot;
mod since;
mod table;
#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::daemon::configured;
use super::{ConfigArg, DONE, MISUSED, UNREACHED, WRONG, screen};
use crate::config::Config;
use crate::daemon::clock::Clock;
use crate::daemon::control::period::{PeriodReport, Wanted, report};
use crate::daemon::control::{Answer, Request, ask};
use crate::daemon::store::{Folders, Store};

const EXAMPLES: &str = "\
Examples:
  triaged report                                the last 30 days, as tables
  triaged report --since 12h
  triaged report --since 2026-05-01 --until 2026-06-01 --partner northwind --csv
  triaged report --since 90d --html report.html";

/// `triaged report`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReportArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// From when: so long ago (30d, 12h, 2w), a day (2026-05-01) or an instant (2026-05-01T08:00:00Z).
    #[arg(long, default_value = "30d")]
    since: String,
    /// Until when, likewise; now, if not given. A day is not included itself.
    #[arg(long)]
    until: Option<String>,
    /// Only of this partner.
    #[arg(long, value_name = "ID")]
    partner: Option<String>,
    /// Print CSV: one table, its first column names the part.
    #[arg(long, conflicts_with_all = ["html", "json"])]
    csv: bool,
    /// Write one HTML page that needs nothing from elsewhere.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    html: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `triaged report`.
#[must_use]
pub fn run(args: &ReportArgs) -> u8 {
    let wanted = match wanted(args, Clock::default().now(), &TimeZone::system()) {
        Ok(wanted) => wanted,
        Err(sentence) => {
            screen::complain(&sentence);
            return MISUSED;
        }
    };
    let report = match configured(&args.config.config).and_then(|config| made(&config, wanted)) {
        Ok(report) => report,
        Err(code) => return code,
    };
    show(args, &report)
}

fn show(args: &ReportArgs, report: &PeriodReport) -> u8 {
    if let Some(file) = &args.html {
        return written(file, &html::page(report));
    }
    if args.json {
        screen::json(report);
    } else if args.csv {
        screen::text(&csv::text(report));
    } else {
        table::show(report);
    }
    DONE
}

fn written(file: &Path, page: &str) -> u8 {
    let name = file.display();
    match std::fs::write(file, page) {
        Ok(()) => {
            screen::line(&format!("{name} is written"));
            DONE
        }
        Err(error) => {
            screen::complain(&format!("{name} cannot be written: {error}"));
            UNREACHED
        }
    }
}

fn wanted(args: &ReportArgs, now: Timestamp, zone: &TimeZone) -> Result<Wanted, String> {
    let since = since::instant(&args.since, now, zone)?;
    let until = match &args.until {
        Some(until) => since::instant(until, now, zone)?,
        None => now,
    };
    if until <= since {
        return Err("the report ends before it begins: --until must be after --since".to_owned());
    }
    Ok(Wanted {
        since,
        until,
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        partner: args.partner.clone(),
    })
}

/// Asks the daemon; where nobody listens, reads the store.
fn made(config: &Config, wanted: Wanted) -> Result<PeriodReport, u8> {
    let request = Request::Report(wanted.clone());
    let asked = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| runtime.block_on(ask(&config.control_socket, &request)));
    let complain = |why: &str, code| {
        screen::complain(why);
        Err(code)
    };
    match asked {
        Ok(Answer::Done { value }) => serde_json::from_value(value).or_else(|error| {
            let why = format!(
                "the daemon's answer is not understood ({error}); are both of the same version?"
            );
            complain(&why, UNREACHED)
        }),
        Ok(Answer::No { why }) => complain(&why, WRONG),
        Ok(Answer::Failed { why }) => complain(&why, UNREACHED),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::ConnectionRefused
            ) =>
        {
            from_store(config, wanted)
        }
        Err(error) => {
            let socket = config.control_socket.display();
            let why = format!("the daemon at {socket} could not be asked: {error}");
            complain(&why, UNREACHED)
        }
    }
}

fn from_store(config: &Config, wanted: Wanted) -> Result<PeriodReport, u8> {
    let folder = config.store.display();
    let refuse = |why: String| {
        screen::complain(&why);
        UNREACHED
    };
    // Opening would make a store where there is none, and report of nothing.
    if !config.store.join("journal").is_dir() {
        return Err(refuse(format!(
            "no daemon listens, and {folder} holds no store: nothing to report of"
        )));
    }
    let open = Store::open(&Folders::new(&config.store), &mut |progress| {
        screen::complaint(&progress.to_string());
    });
    let (store, _) = open.map_err(|error| refuse(format!("the store {folder}: {error}")))?;
    let made = report(&store, wanted).map_err(|error| refuse(error.to_string()))?;
    // What was read is all that is wanted; that the state could not be synced costs the next start some time.
    let _synced = store.close();
    Ok(made)
}
