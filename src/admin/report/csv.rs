//! The report as CSV (RFC 4180): one table for all parts, so that one file says everything and any program reads it.
//!
//! `part` tells rows apart; a column that a part does not have is empty. Durations are seconds, instants are UTC.

use crate::daemon::control::period::PeriodReport;
use crate::triage::tally::{Spread, Tally};

const COLUMNS: [&str; 10] = [
    "part", "partner", "urgency", "name", "ticket", "at", "from", "to", "value", "note",
];

/// One row by its columns; those that are not named stay empty.
type Row = Vec<(&'static str, String)>;

pub(super) fn text(report: &PeriodReport) -> String {
    let mut text = line(COLUMNS.iter().map(|column| (*column).to_owned()));
    for row in rows(&report.tally) {
        text.push_str(&line(COLUMNS.iter().map(|column| {
            let cell = row.iter().find(|(name, _)| name == column);
            cell.map(|(_, value)| value.clone()).unwrap_or_default()
        })));
    }
    text
}

fn rows(tally: &Tally) -> Vec<Row> {
    let tickets = tally.tickets;
    let mut rows = vec![
        named("tickets", "opened", tickets.opened),
        named("tickets", "solved", tickets.solved),
        named("tickets", "reopened", tickets.reopened),
        named("tickets", "closed", tickets.closed),
    ];
    for promises in &tally.promises {
        for (part, value) in [("kept", promises.kept), ("broken", promises.broken)] {
            let mut row = named(part, promises.metric.name(), value);
            row.push(("partner", promises.partner.clone().unwrap_or_default()));
            row.push(("urgency", promises.urgency.to_string()));
            rows.push(row);
        }
    }
    spread(&mut rows, "acknowledged", tally.acknowledged.as_ref());
    spread(&mut rows, "first answer", tally.answered.as_ref());
    for ladder in &tally.ladders {
        let part = |part: &'static str, value, note: String| {
            let mut row = named(part, &ladder.ladder, value);
            row.push(("note", note));
            row
        };
        rows.push(part("ladder climbed", ladder.climbed, String::new()));
        for (step, count) in (1..).zip(&ladder.steps) {
            rows.push(part("ladder steps", *count, format!("step {step}")));
        }
        for (who, count) in &ladder.by {
            rows.push(part("ladder taken", *count, who.clone()));
        }
        spread(&mut rows, "ladder time", ladder.took.as_ref());
    }
    for incident in &tally.incidents {
        let mut row = named(
            "incident",
            &format!("I-{}", incident.incident.0),
            incident.tickets,
        );
        row.push(("at", incident.from.to_string()));
        row.push(("note", incident.partners.join(" ")));
        rows.push(row);
    }
    for moved in &tally.moved_later {
        rows.push(vec![
            ("part", "moved later".to_owned()),
            ("name", moved.metric.to_string()),
            ("ticket", moved.ticket.clone()),
            ("at", moved.at.to_string()),
            ("from", moved.from.to_string()),
            ("to", moved.to.to_string()),
            ("note", moved.because.clone()),
        ]);
    }
    for (stars, count) in (1..).zip(tally.ratings.by_stars) {
        rows.push(named("rated", &format!("{stars}"), count));
    }
    for day in &tally.days {
        for (name, value) in [
            ("opened", day.opened),
            ("kept", day.kept),
            ("broken", day.broken),
        ] {
            let mut row = named("day", name, value);
            row.push(("at", day.date.to_string()));
            rows.push(row);
        }
    }
    rows
}

fn spread(rows: &mut Vec<Row>, part: &'static str, spread: Option<&Spread>) {
    let Some(spread) = spread else { return };
    for (name, seconds) in [
        ("median", spread.median),
        ("90th", spread.ninetieth),
        ("worst", spread.worst),
    ] {
        let mut row: Row = vec![
            ("part", part.to_owned()),
            ("name", name.to_owned()),
            ("value", seconds.to_string()),
        ];
        if name == "worst" {
            row.push(("ticket", spread.worst_of.clone()));
        }
        rows.push(row);
    }
}

fn named(part: &str, name: &str, value: u64) -> Row {
    vec![
        ("part", part.to_owned()),
        ("name", name.to_owned()),
        ("value", value.to_string()),
    ]
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| escaped(&cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// Quoted where it must be (RFC 4180, 2.6 and 2.7). What a spreadsheet would take for a formula gets an apostrophe.
pub(super) fn escaped(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}
