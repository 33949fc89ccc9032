//! The report for a terminal: a table for each part, and a sentence where there is nothing.

use jiff::SignedDuration;

use crate::admin::screen;
use crate::admin::timeline::span;
use crate::daemon::clock::told;
use crate::daemon::control::period::PeriodReport;
use crate::triage::tally::{Ladders, Promises, Spread, Tally};

/// Deadlines shown one by one; CSV and JSON have all of them.
const MOVED_SHOWN: usize = 20;

pub(super) fn show(report: &PeriodReport) {
    let wanted = &report.wanted;
    let of = wanted.partner.as_ref();
    let of = of.map_or_else(String::new, |partner| format!(", partner {partner}"));
    screen::strong(&screen::tame(&format!(
        "{} to {}{of}",
        told(wanted.since),
        told(wanted.until)
    )));
    let tally = &report.tally;
    let tickets = tally.tickets;
    screen::line(&format!(
        "{} opened, {} solved, {} reopened, {} closed by silence",
        screen::count(tickets.opened, "ticket"),
        tickets.solved,
        tickets.reopened,
        tickets.closed
    ));
    promises(tally);
    times(tally);
    ladders(tally);
    incidents(tally);
    moved(tally);
    ratings(tally);
}

fn promises(tally: &Tally) {
    screen::heading("Promises");
    let headings = ["PARTNER", "URGENCY", "PROMISE", "KEPT", "BROKEN", "KEPT %"];
    let rows = tally.promises.iter().map(|row| {
        vec![
            screen::short(partner(row), 30),
            row.urgency.to_string(),
            row.metric.to_string(),
            row.kept.to_string(),
            row.broken.to_string(),
            percent(row),
        ]
    });
    screen::table(&headings, rows.collect(), "No promise fell due.");
}

fn times(tally: &Tally) {
    screen::heading("How long it took");
    let headings = ["", "COUNT", "MEDIAN", "90TH", "WORST", "TICKET"];
    let rows = [
        ("confirmation", &tally.acknowledged),
        ("first answer", &tally.answered),
    ];
    let rows = rows.iter().filter_map(|(name, spread)| {
        let spread = spread.as_ref()?;
        let mut row = vec![(*name).to_owned(), spread.count.to_string()];
        row.extend(lengths(spread));
        row.push(spread.worst_of.clone());
        Some(row)
    });
    screen::table(
        &headings,
        rows.collect(),
        "Nothing was acknowledged or answered.",
    );
}

fn ladders(tally: &Tally) {
    screen::heading("Ladders");
    let headings = [
        "LADDER", "CLIMBED", "TAKEN", "BY STEP", "MEDIAN", "WORST", "TAKEN BY",
    ];
    let rows = tally.ladders.iter().map(|row| {
        let took = |of: fn(&Spread) -> i64| {
            let took = row.took.as_ref();
            took.map_or_else(|| "-".to_owned(), |took| length(of(took)))
        };
        let by = row.by.iter().map(|(who, count)| format!("{who} {count}"));
        vec![
            screen::tame(&row.ladder),
            row.climbed.to_string(),
            row.taken.to_string(),
            by_step(row),
            took(|took| took.median),
            took(|took| took.worst),
            screen::short(&by.collect::<Vec<_>>().join(", "), 60),
        ]
    });
    screen::table(&headings, rows.collect(), "No ladder was climbed.");
}

fn incidents(tally: &Tally) {
    screen::heading("Incidents");
    let headings = ["INCIDENT", "SINCE", "TICKETS", "PARTNERS"];
    let rows = tally.incidents.iter().map(|row| {
        vec![
            format!("I-{}", row.incident.0),
            told(row.from),
            row.tickets.to_string(),
            screen::short(&row.partners.join(", "), 60),
        ]
    });
    screen::table(&headings, rows.collect(), "There was no incident.");
}

fn moved(tally: &Tally) {
    screen::heading("Deadlines moved later");
    let headings = ["TICKET", "WHEN", "PROMISE", "FROM", "TO", "BECAUSE"];
    let shown = tally.moved_later.iter().rev().take(MOVED_SHOWN).rev();
    let rows = shown.map(|row| {
        vec![
            row.ticket.clone(),
            told(row.at),
            row.metric.to_string(),
            told(row.from),
            told(row.to),
            screen::short(&row.because, 60),
        ]
    });
    screen::table(&headings, rows.collect(), "None was.");
    let more = usize::try_from(tally.moved_in_all)
        .unwrap_or(usize::MAX)
        .saturating_sub(tally.moved_later.len().min(MOVED_SHOWN));
    if more > 0 {
        screen::line(&format!("… and {more} earlier ones."));
    }
}

fn ratings(tally: &Tally) {
    screen::heading("What clients said");
    match tally.ratings.average() {
        Some(average) => {
            let [one, two, three, four, five] = tally.ratings.by_stars;
            screen::line(&format!(
                "{average:.1} of 5 by {}: 5 from {five}, 4 from {four}, 3 from {three}, 2 from {two}, 1 from {one}",
                screen::count(tally.ratings.count(), "client")
            ));
        }
        None => screen::line("Nobody rated a solution."),
    }
}

/// The partner's id, or what stands for none.
pub(super) fn partner(row: &Promises) -> &str {
    row.partner.as_deref().unwrap_or("unknown")
}

/// How many of all were kept, as a whole percentage that never rounds a breach away.
pub(super) fn percent(row: &Promises) -> String {
    let all = row.kept + row.broken;
    if all == 0 {
        return "-".to_owned();
    }
    format!("{}", row.kept * 100 / all)
}

/// `2 1 0 1`: how many needed the first step only, the second, and so on.
pub(super) fn by_step(row: &Ladders) -> String {
    let steps: Vec<String> = row.steps.iter().map(ToString::to_string).collect();
    steps.join(" ")
}

pub(super) fn length(seconds: i64) -> String {
    span(SignedDuration::from_secs(seconds))
}

fn lengths(spread: &Spread) -> [String; 3] {
    [spread.median, spread.ninetieth, spread.worst].map(length)
}
