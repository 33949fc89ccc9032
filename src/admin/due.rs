//! `triaged due`: when something would be due, from the code that makes the promises. Prints one instant, or `never`.
//!
//! It is for admins who try a calendar out, and for checks from outside; so a folder may hold nothing but
//! calendars.toml, and its mistakes are told beside the answer instead of in place of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{DONE, MISUSED, UNREACHED, WRONG, screen};
use crate::daemon::clock::Clock as Wall;
use crate::daemon::rules_files;
use crate::finding::guess::{did_you_mean, known_are};
use crate::finding::{Colour, draw};
use crate::triage::promise::Budget;
use crate::triage::promise::calendar::Calendar;
use crate::triage::promise::clock::{Pause, due};
use crate::triage::rules::file::budget;
use crate::triage::rules::{Rules, check};

const EXAMPLES: &str = "\
Examples:
  triaged due de-office 2026-03-27T16:50:00+01:00 \"30 business minutes\" --rules rules
  triaged due always 2026-05-04T10:00:00Z \"90 seconds\"
  triaged due us-office 2026-10-30T21:50:00Z \"4 business hours\" \\
      --pause 2026-11-02T14:00:00Z/2026-11-02T15:30:00Z

\"30 minutes\", \"2 hours\", \"14 days\" run day and night; \"30 business minutes\" and
\"4 business hours\" count the calendar's hours. Neither counts while a pause lasts.";

/// `triaged due`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DueArgs {
    /// A calendar of calendars.toml.
    calendar: String,
    /// When the clock starts, with its zone: 2026-03-27T16:50:00+01:00, or …Z.
    #[arg(value_parser = instant)]
    start: Timestamp,
    /// How much time there is, such as "30 business minutes".
    #[arg(required = true, num_args = 1..)]
    budget: Vec<String>,
    /// A pause, with both instants as START; without TO it lasts. May be given several times.
    #[arg(long = "pause", value_name = "FROM/TO", value_parser = pause)]
    pauses: Vec<Pause>,
    /// The folder of rules; without it, the rules that ship with triaged.
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

/// Runs `triaged due`.
#[must_use]
pub fn run(args: &DueArgs) -> u8 {
    let budget = match budget::parse(&args.budget.join(" ")) {
        Ok(budget) => budget,
        Err(sentence) => {
            screen::complain(&sentence);
            return MISUSED;
        }
    };
    let Some(folder) = &args.rules else {
        return answer(args, budget, &Rules::shipped().calendars);
    };
    match calendars(folder) {
        Ok(calendars) => answer(args, budget, &calendars),
        Err(error) => {
            screen::complain(&error.to_string());
            UNREACHED
        }
    }
}

/// The folder's calendars; what is wrong with them goes to stderr.
fn calendars(
    folder: &std::path::Path,
) -> Result<BTreeMap<String, Calendar>, rules_files::FolderError> {
    let (files, mut findings) = rules_files::read(folder)?;
    findings.retain(|odd| odd.spot.file == "calendars.toml");
    let unread = !findings.is_empty();
    let today = Wall::default().now().to_zoned(TimeZone::UTC).date();
    let (calendars, mistakes) = check::calendars(&files, today);
    // A file that is there and cannot be taken is not missing as well.
    findings.extend(mistakes.into_iter().filter(|_| !unread));
    if !findings.is_empty() {
        screen::complaint(&draw(&findings, &files, Colour::Coloured));
    }
    Ok(calendars)
}

fn answer(args: &DueArgs, budget: Budget, calendars: &BTreeMap<String, Calendar>) -> u8 {
    let Some(calendar) = calendars.get(&args.calendar) else {
        let known = || calendars.keys().map(String::as_str);
        let guess = did_you_mean(&args.calendar, known());
        let sentence = format!(
            "there is no calendar \"{}\" that could be asked: {guess}",
            args.calendar
        );
        let sentence = sentence.trim_end_matches([' ', ':']);
        screen::complain(&format!("{sentence} ({})", known_are(known())));
        return WRONG;
    };
    let due = due(calendar, args.start, budget, &args.pauses);
    screen::line(&due.map_or_else(|| "never".to_owned(), |due| due.to_string()));
    DONE
}

/// An instant with its zone; a clock counts whole seconds.
fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(instant) = text.trim().parse::<Timestamp>() {
        return Timestamp::from_second(instant.as_second()).map_err(|error| error.to_string());
    }
    if text.trim().parse::<jiff::civil::DateTime>().is_ok() {
        return Err("it has no zone: end it with Z or an offset such as +01:00".to_owned());
    }
    Err("write it as 2026-03-27T16:50:00+01:00, or in UTC as 2026-03-27T15:50:00Z".to_owned())
}

/// `FROM/TO`, or `FROM/` for a pause that lasts.
fn pause(text: &str) -> Result<Pause, String> {
    let Some((from, to)) = text.split_once('/') else {
        return Err("write it as FROM/TO, or FROM/ for a pause that lasts".to_owned());
    };
    let from = instant(from)?;
    let to = match to.trim() {
        "" => None,
        to => Some(instant(to)?),
    };
    if to.is_some_and(|to| to < from) {
        return Err("the pause ends before it begins".to_owned());
    }
    Ok(Pause { from, to })
}
