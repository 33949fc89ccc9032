//! Stretches of time as tables: what happened on a ticket, line by line, and what that counts as.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;
use crate::triage::promise::Promise;
use crate::triage::ticket::Ticket;
use crate::triage::ticket::{Acknowledgement, Climb, Course, Rung, tests};

/// A time of day on 4 May 2026, or on another day: `10:15`, `5T10:15`.
fn at(text: &str) -> Timestamp {
    let (day, time) = text.split_once('T').unwrap_or(("4", text));
    format!("2026-05-{day:0>2}T{time}:00Z").parse().unwrap()
}

fn period(from: &str, until: &str) -> Period {
    Period {
        from: at(from),
        until: at(until),
        zone: TimeZone::UTC,
    }
}

fn promised(metric: Metric, cycle: u32, due: &str) -> Change {
    Change::Promised(Promise {
        cycle,
        ..Promise::until(metric, Some(at(due)))
    })
}

/// `10:00 promised acknowledge 10:15`, `10:05 kept acknowledge`, `10:16 broken solve`, `10:20 urgency High`, `11:00 solved`.
fn moment(line: &str) -> Moment {
    let (time, what) = line.trim().split_once(' ').unwrap();
    let words: Vec<&str> = what.split(' ').collect();
    let metric = |name: &str| Metric::ALL.into_iter().find(|metric| metric.name() == name);
    let change = match words[..] {
        ["promised", name, due] => promised(metric(name).unwrap(), 0, due),
        ["again", name, cycle, due] => promised(metric(name).unwrap(), cycle.parse().unwrap(), due),
        ["kept", name] => Change::Kept {
            metric: metric(name).unwrap(),
            at: at(time),
        },
        ["broken", name] => Change::Broken {
            metric: metric(name).unwrap(),
            noticed_at: at(time),
        },
        ["urgency", name] => Change::Urgency(
            Urgency::ALL
                .into_iter()
                .find(|one| one.name() == name)
                .unwrap(),
        ),
        ["solved"] => Change::Solved { at: at(time) },
        ["reopened"] => Change::Reopened { at: at(time) },
        ["rated", stars] => Change::Rated {
            stars: stars.parse().unwrap(),
            at: Some(at(time)),
        },
        ["incident", number] => Change::InIncident(Some(IncidentId(number.parse().unwrap()))),
        _ => panic!("{line}"),
    };
    Moment {
        at: at(time),
        changes: vec![change],
        because: vec![what.to_owned()],
    }
}

fn story(opened: &str, lines: &str) -> (Ticket, Vec<Moment>) {
    let ticket = Ticket {
        opened_at: at(opened),
        partner: Some("northwind".to_owned()),
        ..tests::ticket()
    };
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    (ticket, lines.map(moment).collect())
}

fn tally(period: Period, stories: &[(Ticket, Vec<Moment>)]) -> Tally {
    let mut counting = Counting::new(period);
    for (ticket, moments) in stories {
        counting.add(ticket, moments);
    }
    counting.finish()
}

/// Promises as `High solve 1 kept 2 broken`.
fn promises(tally: &Tally) -> Vec<String> {
    let row = |row: &Promises| {
        format!(
            "{} {} {} kept {} broken",
            row.urgency, row.metric, row.kept, row.broken
        )
    };
    tally.promises.iter().map(row).collect()
}

#[test]
fn promises_count_where_they_were_kept_or_broken() {
    let check = |lines: &str, expected: &[&str]| {
        let tally = tally(period("00:00", "5T00:00"), &[story("10:00", lines)]);
        assert_eq!(promises(&tally), expected, "{lines}");
    };
    check(
        "10:00 promised acknowledge 10:15\n10:05 kept acknowledge",
        &["Medium acknowledge 1 kept 0 broken"],
    );
    // What is done late stays broken, and is counted once.
    check(
        "10:00 promised acknowledge 10:15\n10:16 broken acknowledge\n10:20 kept acknowledge",
        &["Medium acknowledge 0 kept 1 broken"],
    );
    // Each cycle counts.
    check(
        "10:00 promised update_every 11:00\n10:50 kept update_every\n10:50 again update_every 1 11:50\n\
         11:51 broken update_every\n11:51 again update_every 2 12:50\n12:50 kept update_every",
        &["Medium update_every 2 kept 1 broken"],
    );
    // A promise that still runs counts nowhere.
    check("10:00 promised solve 18:00", &[]);
    // The urgency is that of the moment.
    check(
        "10:00 urgency Low\n10:00 promised acknowledge 18:00\n10:05 kept acknowledge\n\
         10:06 urgency High\n10:06 promised solve 12:00\n11:00 kept solve",
        &[
            "Low acknowledge 1 kept 0 broken",
            "High solve 1 kept 0 broken",
        ],
    );
}

#[test]
fn what_lies_outside_the_period_is_not_counted_but_known() {
    let lines = "10:00 promised acknowledge 10:15\n10:05 kept acknowledge\n\
                 10:05 promised solve 5T10:00\n5T09:00 kept solve\n5T09:00 solved";
    let tally = tally(period("5T00:00", "6T00:00"), &[story("10:00", lines)]);
    assert_eq!(promises(&tally), ["Medium solve 1 kept 0 broken"]);
    assert_eq!((tally.tickets.opened, tally.tickets.solved), (0, 1));
    assert_eq!(tally.acknowledged, None);
    assert_eq!(tally.days.len(), 1);
}

#[test]
fn a_deadline_that_was_moved_later_is_audited() {
    let lines = "10:00 promised solve 12:00\n10:30 promised solve 16:00\n\
                 11:00 promised solve 11:30\n11:10 again solve 1 18:00";
    let tally = tally(period("00:00", "5T00:00"), &[story("10:00", lines)]);
    let moved: Vec<String> = tally
        .moved_later
        .iter()
        .map(|moved| {
            format!(
                "{} {} {} -> {}",
                moved.ticket, moved.metric, moved.from, moved.to
            )
        })
        .collect();
    // Sooner is no loosening, and another cycle is another promise.
    assert_eq!(
        moved,
        ["EC-7 solve 2026-05-04T12:00:00Z -> 2026-05-04T16:00:00Z"]
    );
    assert_eq!(tally.moved_in_all, 1);
}

#[test]
fn times_ratings_incidents_and_days() {
    let lines = "10:00 promised acknowledge 10:15\n10:04 kept acknowledge\n\
                 10:04 promised first_response 11:00\n10:30 kept first_response\n\
                 10:31 incident 3\n11:00 solved\n11:05 rated 4\n11:30 reopened";
    let tally = tally(
        period("3T12:00", "5T12:00"),
        &[story("10:00", lines), story("09:58", lines)],
    );
    let acknowledged = tally.acknowledged.unwrap();
    assert_eq!(
        (acknowledged.count, acknowledged.median, acknowledged.worst),
        (2, 240, 360)
    );
    assert_eq!(tally.answered.unwrap().worst, 32 * 60);
    assert_eq!(tally.ratings.by_stars, [0, 0, 0, 2, 0]);
    assert_eq!(tally.ratings.average(), Some(4.0));
    assert_eq!(tally.incidents.len(), 1);
    assert_eq!(tally.incidents[0].partners, ["northwind"]);
    let days: Vec<(String, u64)> = tally
        .days
        .iter()
        .map(|day| (day.date.to_string(), day.opened))
        .collect();
    assert_eq!(
        days,
        [
            ("2026-05-03".to_owned(), 0),
            ("2026-05-04".to_owned(), 2),
            ("2026-05-05".to_owned(), 0)
        ]
    );
}

#[test]
fn a_ladder_counts_its_steps_and_who_ended_it() {
    let climb = |started: &str, done: usize| {
        Change::Climbed(Climb {
            ladder: "critical".to_owned(),
            say: String::new(),
            started_at: at(started),
            cycle: 0,
            because: Vec::new(),
            rungs: (0..3)
                .map(|step| Rung {
                    at: at(started),
                    step,
                    repeat: 0,
                    notify: Vec::new(),
                })
                .collect(),
            done,
            acknowledged: None,
            ack_holds_for: None,
            if_all_fails: None,
            level: 3,
            course: Course::default(),
            notified: Vec::new(),
            lapsed: None,
            ended_at: None,
        })
    };
    let taken = |by: &str, time: &str| {
        Change::Acknowledged(Acknowledgement {
            by: by.to_owned(),
            at: at(time),
            until: None,
        })
    };
    let moments = |changes: Vec<Change>| {
        let moment = |change| Moment {
            at: at("10:00"),
            changes: vec![change],
            because: Vec::new(),
        };
        changes.into_iter().map(moment).collect::<Vec<_>>()
    };
    let (ticket, _) = story("10:00", "");
    let stories = [
        // Two steps, taken after twenty minutes, then begun again and taken at once.
        moments(vec![
            climb("10:00", 1),
            climb("10:00", 2),
            taken("anna", "10:20"),
            climb("12:00", 1),
            taken("ben", "12:01"),
        ]),
        // Nobody came.
        moments(vec![climb("11:00", 3)]),
        // Begun before the period.
        moments(vec![climb("3T23:00", 1), taken("cleo", "10:00")]),
    ];
    let stories = stories.map(|moments| (ticket.clone(), moments));
    let tally = tally(period("00:00", "5T00:00"), &stories);
    let [ladder] = &tally.ladders[..] else {
        panic!("{:?}", tally.ladders)
    };
    assert_eq!((ladder.climbed, ladder.taken), (3, 2));
    assert_eq!(ladder.steps, [1, 1, 1]);
    assert_eq!(ladder.by, [("anna".to_owned(), 1), ("ben".to_owned(), 1)]);
    let took = ladder.took.clone().unwrap();
    assert_eq!((took.median, took.worst), (60, 1200));
}
