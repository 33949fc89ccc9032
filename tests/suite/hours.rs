//! Deadlines, warnings, changes of urgency, updates and ladders, against cases that were counted minute by minute.
//!
//! `fixtures/hours/cases.json` was made by a program that knows no interval arithmetic; it is described in
//! fixtures/README.md. Its calendars are written as an admin would write them, so that they are read as well.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde_json::Value;
use triaged::triage::promise::Budget;
use triaged::triage::promise::cadence::cadence;
use triaged::triage::promise::calendar::Calendar;
use triaged::triage::promise::clock::{Clock, Pause, elapsed};
use triaged::triage::promise::ladder::{Climb, Repeat};
use triaged::triage::promise::regrade::{Turn, recomputed, regrade};
use triaged::triage::promise::warning::warning;
use triaged::triage::report::Urgency;
use triaged::triage::rules::check;

type Calendars = BTreeMap<String, Calendar>;

/// The cases were counted with the time-zone data of 2025b. Of their zones only Morocco's has changed since: it stays
/// at +00 from 20 September 2026. So that zone comes as it was.
const MOROCCO_OF_2025B: &[u8] = include_bytes!("../../fixtures/hours/Casablanca-2025b.tzif");

#[test]
fn every_case_comes_out_to_the_second() {
    let text = include_str!("../../fixtures/hours/cases.json");
    let file: Value = serde_json::from_str(text).unwrap();
    let mut calendars = calendars(&file["calendars"]);
    calendars.insert(
        "ma-office".to_owned(),
        morocco_of_2025b(&calendars["ma-office"]),
    );
    let mut wrong = String::new();
    let (mut asked, mut right) = (0, 0);
    let named = file["cases"].as_array().unwrap();
    let random = file["random"].as_array().unwrap();
    for case in named.iter().chain(random) {
        let (got, expected) = answer(case, &calendars);
        asked += 1;
        if got == expected {
            right += 1;
        } else {
            let _ = writeln!(wrong, "{}: got {got}, not {expected}", case["id"]);
        }
    }
    assert_eq!((asked, right), (496, 496), "\n{wrong}");
}

/// Real news from a time-zone database, which came a few months before it was law.
#[test]
fn newer_time_zone_data_makes_no_promise_later() {
    let file: Value =
        serde_json::from_str(include_str!("../../fixtures/hours/cases.json")).unwrap();
    let newer = &calendars(&file["calendars"])["ma-office"];
    let older = &morocco_of_2025b(newer);
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let friday = |calendar| Clock {
        calendar,
        start: at("2026-10-16T07:30:00Z").unwrap(),
        budget: business(&3_600.into()),
        pauses: &[],
    };
    let (told, as_now_known) = (at("2026-10-16T09:00:00Z"), at("2026-10-16T10:00:00Z"));
    assert_eq!(friday(older).due(), told);
    assert_eq!(friday(newer).due(), as_now_known);
    let start = friday(newer).start;
    assert_eq!(recomputed(told, &friday(newer), start), told);
    // Had it been the other way round, the client would gain an hour, but never a promise that is broken already.
    assert_eq!(recomputed(as_now_known, &friday(older), start), told);
    let late = at("2026-10-16T09:30:00Z").unwrap();
    assert_eq!(recomputed(as_now_known, &friday(older), late), Some(late));
}

fn morocco_of_2025b(calendar: &Calendar) -> Calendar {
    let zone = TimeZone::tzif("Africa/Casablanca", MOROCCO_OF_2025B).unwrap();
    Calendar {
        zone,
        ..calendar.clone()
    }
}

/// What triaged says to a case, and what was counted, both as texts.
fn answer(case: &Value, calendars: &Calendars) -> (String, String) {
    let calendar = &calendars[text(&case["calendar"])];
    let (input, expected) = (&case["input"], &case["expect"]);
    match case["kind"].as_str() {
        None => (due(case, calendar), spoken(&case["due"])),
        Some("due") => (due(input, calendar), spoken(&expected["due"])),
        Some("elapsed") => {
            let (from, to) = (instant(&input["from"]), instant(&input["to"]));
            let seconds = elapsed(calendar, from, to, &pauses(input));
            (seconds.to_string(), expected["seconds"].to_string())
        }
        Some("warning") => (warnings(input, calendar), listed(&expected["at"])),
        Some("regrade") => (regraded(input, calendars), listed(&expected["steps"])),
        Some("cadence") => (updates(input, calendar), listed(expected)),
        Some("ladder") => (notices(input, calendar), listed(&expected["notify"])),
        Some(other) => panic!("no kind {other}"),
    }
}

fn due(input: &Value, calendar: &Calendar) -> String {
    let pauses = pauses(input);
    told(clock(input, calendar, &pauses).due())
}

fn warnings(input: &Value, calendar: &Calendar) -> String {
    let clock = clock(input, calendar, &[]);
    let mut at = serde_json::Map::new();
    for percent in input["percents"].as_array().unwrap() {
        let percent = u8::try_from(percent.as_u64().unwrap()).unwrap();
        at.insert(percent.to_string(), told(warning(&clock, percent)).into());
    }
    listed(&Value::Object(at))
}

/// The first change opens the ticket; each further one finds the promise as the one before left it.
fn regraded(input: &Value, calendars: &Calendars) -> String {
    let start = instant(&input["start"]);
    let mut standing: Option<(Urgency, Option<Timestamp>)> = None;
    let mut steps = Vec::new();
    for change in input["changes"].as_array().unwrap() {
        let urgency = urgency(text(&change["urgency"]));
        let terms = &input["targets"][text(&change["urgency"])];
        let newer = Clock {
            calendar: &calendars[text(&terms["calendar"])],
            start,
            budget: business(&terms["budget_seconds"]),
            pauses: &[],
        };
        let at = instant(&change["at"]);
        let due = match standing {
            None => newer.due(),
            Some((before, due)) => regrade(due, &newer, Turn::of_urgency(before, urgency), at).due,
        };
        standing = Some((urgency, due));
        let mut step = change.clone();
        step["due"] = told(due).into();
        if due.is_some_and(|due| at > due) {
            step["breached_at"] = told(due).into();
        }
        steps.push(step);
    }
    listed(&Value::Array(steps))
}

fn updates(input: &Value, calendar: &Calendar) -> String {
    let clock = Clock {
        budget: business(&input["interval_seconds"]),
        ..clock(input, calendar, &[])
    };
    let updates: Vec<Timestamp> = instants(&input["updates"]);
    let kept = cadence(&clock, &updates, instant(&input["until"]));
    let missed: Vec<Value> = kept.missed.iter().map(|at| at.to_string().into()).collect();
    listed(&serde_json::json!({ "missed": missed, "pending": told(kept.pending) }))
}

fn notices(input: &Value, calendar: &Calendar) -> String {
    let after = input["steps_after_seconds"].as_array().unwrap();
    let steps: Vec<Budget> = after.iter().map(business).collect();
    let at_most = u32::try_from(input["max_repeats"].as_u64().unwrap()).unwrap();
    let climb = Climb {
        calendar,
        steps: &steps,
        repeat_last: (at_most > 0).then(|| Repeat {
            every: business(&input["repeat_every_seconds"]),
            at_most,
        }),
        ack_holds_for: None,
    };
    let acknowledged: Vec<Timestamp> = input["acknowledged"]
        .as_str()
        .map(|text| text.parse().unwrap())
        .into_iter()
        .collect();
    let notices: Vec<Value> = climb
        .notices(instant(&input["trigger"]), &acknowledged)
        .map(|notice| {
            serde_json::json!({
                "at": notice.at.to_string(), "step": notice.step, "repeat": notice.repeat
            })
        })
        .collect();
    listed(&Value::Array(notices))
}

/// The calendars as a file of rules, and read from it.
fn calendars(said: &Value) -> Calendars {
    let mut file = String::new();
    for (name, calendar) in said.as_object().unwrap() {
        let (zone, always) = (&calendar["tz"], &calendar["always"]);
        let _ = writeln!(file, "[calendar.{name}]\nzone = {zone}\nalways = {always}");
        let _ = writeln!(file, "closed = {}", calendar["closed"]);
        for table in ["hours", "special"] {
            let days = calendar[table].as_object().unwrap().iter();
            let days: Vec<String> = days
                .map(|(day, windows)| format!("\"{day}\" = {windows}"))
                .collect();
            let _ = writeln!(file, "{table} = {{ {} }}", days.join(", "));
        }
    }
    let files = [("calendars.toml".to_owned(), file)].into();
    let (calendars, findings) = check::calendars(&files, date(2026, 3, 1));
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    // One of them never opens, and one closes for the last minute of each day.
    assert_eq!(codes.first(), Some(&"E305"), "{findings:#?}");
    assert!(
        codes.iter().skip(1).all(|code| *code == "W111"),
        "{findings:#?}"
    );
    calendars
}

fn clock<'a>(input: &Value, calendar: &'a Calendar, pauses: &'a [Pause]) -> Clock<'a> {
    Clock {
        calendar,
        start: instant(&input["start"]),
        budget: business(&input["budget_seconds"]),
        pauses,
    }
}

fn business(seconds: &Value) -> Budget {
    Budget {
        seconds: seconds.as_u64().unwrap_or_default(),
        business: true,
    }
}

fn pauses(input: &Value) -> Vec<Pause> {
    let pauses = input["pauses"].as_array().unwrap().iter();
    pauses
        .map(|pause| Pause {
            from: instant(&pause[0]),
            to: pause[1].as_str().map(|text| text.parse().unwrap()),
        })
        .collect()
}

fn urgency(name: &str) -> Urgency {
    let found = Urgency::ALL
        .into_iter()
        .find(|urgency| urgency.name() == name);
    found.unwrap_or_else(|| panic!("no urgency {name}"))
}

fn instants(list: &Value) -> Vec<Timestamp> {
    list.as_array().unwrap().iter().map(instant).collect()
}

fn instant(value: &Value) -> Timestamp {
    text(value).parse().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn told(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.to_string())
}

fn spoken(value: &Value) -> String {
    value.as_str().unwrap_or("never").to_owned()
}

/// A list as one text, `null` being never.
fn listed(value: &Value) -> String {
    let text = value.to_string();
    text.replace("null", "\"never\"")
}
