//! One change to the shipped rules, and the finding it makes: its code and the piece that is underlined.

mod clocks;
mod conditions;
mod ladders;
mod letters;
mod lexicon;
mod names;

use jiff::civil::{Date, date};

use super::*;
use crate::finding::{Colour, draw};
use crate::triage::rules::shipped;

const AT: Date = date(2026, 6, 1);

/// Changes the first `from` in a shipped file to `to` (or adds `to` at the end, where `from` is empty) and compares the findings, each as
/// `CODE underlined piece`.
fn check_change(path: &str, from: &str, to: &str, expected: &[&str]) {
    check_changes(&[(path, from, to)], AT, expected);
}

fn check_changes(changes: &[(&str, &str, &str)], at: Date, expected: &[&str]) {
    let mut files = shipped::files();
    for (path, from, to) in changes {
        let text = files.entry((*path).to_owned()).or_default();
        *text = if from.is_empty() {
            format!("{text}\n{to}\n")
        } else {
            assert!(text.contains(from), "{path} has no {from}");
            text.replacen(from, to, 1)
        };
    }
    let (rules, findings) = check(&files, at);
    let drawn = draw(&findings, &files, Colour::Plain);
    let found: Vec<String> = findings
        .iter()
        .map(|finding| {
            let text = files.get(&finding.spot.file).map_or("", String::as_str);
            let piece = text.get(finding.spot.span.clone()).unwrap_or("");
            let piece = piece.lines().next().unwrap_or("");
            format!("{} {piece}", finding.code).trim_end().to_owned()
        })
        .collect();
    assert_eq!(found, expected, "{changes:?}\n{drawn}");
    let refused = findings
        .iter()
        .any(|finding| finding.gravity == Gravity::Error);
    assert_eq!(rules.is_none(), refused);
}

#[test]
fn shapes() {
    check_change(
        "routing.toml",
        "then.urgency_at_least = \"High\"",
        "then.urgency_atleast = \"High\"",
        &["E101 urgency_atleast"],
    );
    check_change("company.toml", "[locked] ", "[loked] ", &["E101 loked"]);
    check_change(
        "sla.toml",
        "",
        "[calendar.x]\nalways = true",
        &["E101 calendar"],
    );
    check_change(
        "company.toml",
        "level          = 2 ",
        "level          = \"2\" ",
        &["E102 \"2\""],
    );
    check_change("sla.toml", "\"15 minutes\"", "\"15\"", &["E102 \"15\""]);
    check_change(
        "sla.toml",
        "first_response = \"4 business hours\"",
        "first_response = \"1 business day\"",
        &["E102 \"1 business day\""],
    );
    check_change(
        "company.toml",
        "name              = \"EverythingCloud\"",
        "name              = ",
        &["E103"],
    );
    check_change(
        "company.toml",
        "urgency        = \"Medium\"",
        "urgency        = \"Urgent\"",
        &["E105 \"Urgent\""],
    );
    check_change(
        "company.toml",
        "level          = 2 ",
        "level          = 4 ",
        &["E105 4"],
    );
    check_change(
        "company.toml",
        "\"ops@everythingcloud.com\"",
        "\"ops at everythingcloud\"",
        &["E105 \"ops at everythingcloud\""],
    );
    check_change(
        "company.toml",
        "ticket_prefix     = \"EC\"",
        "ticket_prefix     = \"ec-\"",
        &["E105 \"ec-\""],
    );
    check_change(
        "company.toml",
        "https://help.everythingcloud.com/reports",
        "help pages",
        &["E105 \"help pages\""],
    );
    check_change(
        "lexicon/labels.toml",
        "",
        "[urgency]\nthresholds = { High = 3 }",
        &["E106 urgency"],
    );
    check_change(
        "routing.toml",
        "say  = \"Major outage reported\"\n",
        "",
        &["E107 [[rule]]"],
    );
    check_change(
        "partners/northwind.toml",
        "domains   = [\"northwind.example\", \"nw-consulting.example\"]",
        "",
        &["E107 [partner]"],
    );
    check_change("roting.toml", "", "[[rule]]", &["E108"]);
    check_change("templates/ack.txt", "", "x", &["E108"]);
}

#[test]
fn a_missing_file_is_named() {
    let (rules, findings) = check(&Files::new(), AT);
    assert!(rules.is_none());
    let missing = findings
        .iter()
        .filter(|finding| finding.code == "E108")
        .count();
    assert_eq!(missing, 6, "{findings:?}");
    // Drawing findings of files that are not there must work as well.
    assert!(draw(&findings, &Files::new(), Colour::Plain).contains("company.toml"));
}

#[test]
fn promises_and_hours() {
    check_change(
        "calendars.toml",
        "mon = \"09:00-17:00\"",
        "mon = \"22:00-06:00\"",
        &["E304 \"22:00-06:00\""],
    );
    check_change(
        "calendars.toml",
        "mon = \"09:00-17:00\"",
        "mon = [\"09:00-12:00\", \"11:00-17:00\"]",
        &["E304 \"11:00-17:00\""],
    );
    check_change(
        "calendars.toml",
        "mon = \"09:00-17:00\"",
        "mon = \"00:00-23:59\"",
        &["W111 \"00:00-23:59\""],
    );
    check_change(
        "calendars.toml",
        "mon = \"09:00-17:00\"",
        "mon = \"9 to 5\"",
        &["E102 \"9 to 5\""],
    );
    check_change(
        "calendars.toml",
        "always = true",
        "zone = \"UTC\"",
        &["E305 always"],
    );
    check_change(
        "contacts.toml",
        "after = \"15 minutes\"",
        "after = \"45 minutes\"",
        &["E306 \"30 minutes\""],
    );
    check_change(
        "sla.toml",
        "first_response = \"1 hour\"",
        "first_response = \"10 minutes\"",
        &["E307 \"15 minutes\""],
    );
    check_change(
        "sla.toml",
        "first_response = \"2 business hours\"",
        "first_response = \"9 business hours\"",
        &["W124 \"9 business hours\""],
    );
    check_change(
        "sla.toml",
        "like = \"standard\"",
        "like = \"gold\"",
        &["E303 \"gold\""],
    );
    check_changes(
        &[(
            "calendars.toml",
            "covers_until = 2027-06-30",
            "covers_until = 2026-07-15",
        )],
        AT,
        &["W112 2026-07-15"],
    );
}
