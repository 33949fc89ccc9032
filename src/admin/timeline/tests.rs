//! Pages as an operator reads them.

use jiff::Timestamp;

use super::*;
use crate::triage::promise::{Metric, Promise};
use crate::triage::ticket::{Acknowledgement, Change, tests};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn happened(time: &str, what: &str, changes: Vec<Change>) -> Happened {
    Happened {
        at: at(time),
        what: what.to_owned(),
        because: vec!["a rule said so".to_owned()],
        letters: Vec::new(),
        mail: None,
        changes,
    }
}

fn view(timeline: Vec<Happened>) -> TicketView {
    TicketView {
        ticket: tests::ticket(),
        state: "open".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        timeline,
    }
}

#[track_caller]
fn check(timeline: Vec<Happened>, full: bool, expected: &str) {
    let expected: Vec<&str> = expected.lines().skip(1).collect();
    let found = page(&view(timeline), full);
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, expected, "\n{}", found.join("\n"));
}

fn promised(metric: Metric, due: &str) -> Change {
    Change::Promised(Promise::until(metric, Some(at(due))))
}

#[test]
fn a_life_is_told_day_by_day_in_the_partners_zone() {
    let kept = |metric, time: &str| Change::Kept {
        metric,
        at: at(time),
    };
    check(
        vec![
            happened(
                "2026-05-04T08:00:00Z",
                "an order",
                vec![
                    promised(Metric::Acknowledge, "2026-05-04T08:15:00Z"),
                    promised(Metric::Solve, "2026-05-04T21:00:00Z"),
                ],
            ),
            happened(
                "2026-05-04T08:00:03Z",
                "acknowledgement to jane@north.example: accepted by the relay (2.0.0 Ok)",
                vec![kept(Metric::Acknowledge, "2026-05-04T08:00:03Z")],
            ),
            happened(
                "2026-05-04T08:20:00Z",
                "an order",
                vec![Change::Acknowledged(Acknowledgement {
                    by: "anna".to_owned(),
                    at: at("2026-05-04T08:20:00Z"),
                    until: Some(at("2026-05-04T10:20:00Z")),
                })],
            ),
            happened(
                "2026-05-04T08:21:00Z",
                "an order",
                vec![Change::Note("anna: the \u{1b}[31mdisk is full".to_owned())],
            ),
            happened(
                "2026-05-04T22:10:00Z",
                "a deadline",
                vec![Change::Broken {
                    metric: Metric::Solve,
                    noticed_at: at("2026-05-04T22:10:00Z"),
                }],
            ),
        ],
        false,
        "

Monday, 4 May 2026 (CEST)
  10:00:00  promised    acknowledge until 2026-05-04 10:15:00, solve until 2026-05-04 23:00:00
  10:00:03  accepted    acknowledgement to jane@north.example
            kept        acknowledge, 14 min 57 s before it was due
  10:20:00  taken       by anna, until 2026-05-04 12:20:00
  10:21:00  note        (internal) anna: the \u{fffd}[31mdisk is full

Tuesday, 5 May 2026 (CEST)
  00:10:00  BROKEN      solve was due 2026-05-04 23:00:00; noticed 1 h 10 min later",
    );
}

#[test]
fn a_long_life_is_cut_in_the_middle_unless_all_is_wanted() {
    let note = |number: usize| {
        happened(
            "2026-05-04T08:00:00Z",
            "an order",
            vec![Change::Note(format!("number {number}"))],
        )
    };
    let many: Vec<Happened> = (0..100).map(note).collect();
    let cut = page(&view(many.clone()), false);
    assert!(cut.contains(&"  … 40 events are left out; --full shows them".to_owned()));
    assert!(cut.last().unwrap().ends_with("number 99"));
    let whole = page(&view(many), true);
    assert_eq!(
        whole.iter().filter(|line| line.contains("number")).count(),
        100
    );
    assert!(whole.contains(&format!("{:24}because a rule said so", "")));
    // Leaving out one line to tell of it in another helps nobody.
    let few: Vec<Happened> = (0..61).map(note).collect();
    assert!(!page(&view(few), false).join("\n").contains("left out"));
}

#[test]
fn spans_are_told_in_their_two_largest_units() {
    let check = |seconds: i64, expected: &str| {
        let span = event::span(jiff::SignedDuration::from_secs(seconds));
        assert_eq!(span, expected);
    };
    check(0, "0 s");
    check(59, "59 s");
    check(60, "1 min");
    check(3_661, "1 h 1 min");
    check(86_400 + 60, "1 d");
    check(2 * 86_400 + 4 * 3_600 + 59, "2 d 4 h");
}
