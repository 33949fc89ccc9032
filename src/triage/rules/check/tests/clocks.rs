//! Warnings, pauses, promises that no clock can keep, ladders that come too late or rest at night.

use super::*;
use crate::triage::promise::Metric;
use crate::triage::report::Urgency;

/// What the shipped rule waits for that warns.
const WARNING: &str = "promise at 75%";

#[test]
fn when_to_warn_and_when_to_stand_still() {
    // The shipped rule that waits for a percentage would be named as well.
    let no_rule = ("routing.toml", WARNING, "promise broken");
    let warn_at = |to: &str, expected: &[&str]| {
        let change = ("sla.toml", "[\"50%\", \"75%\", \"90%\"]", to);
        check_changes(&[no_rule, change], AT, expected);
    };
    warn_at("[]", &[]);
    warn_at("\"75%\"", &[]);
    warn_at("[\"75\"]", &["E102 \"75\""]);
    warn_at("[75]", &["E102 75"]);
    warn_at(
        "[\"0%\", \"1%\", \"99%\", \"100%\"]",
        &["E105 \"0%\"", "E105 \"100%\""],
    );
    warn_at("[\"300%\"]", &["E102 \"300%\""]);
    let pause = |to: &str, expected: &[&str]| {
        check_change(
            "sla.toml",
            "{ solve = [\"waiting for client\"]",
            to,
            expected,
        );
    };
    pause("{ solve = \"waiting for client\"", &[]);
    pause(
        "{ solve = [\"waiting for vendor\"]",
        &["E105 \"waiting for vendor\""],
    );
    pause("{ solved = []", &["E101 solved"]);
    pause(
        "{ acknowledge = [], next_response = [\"waiting for client\"]",
        &["E105 \"waiting for client\""],
    );
}

#[test]
fn clocks_come_out_as_written_or_as_usual() {
    let check = |clocks: &str, warn_at: &[u8], pauses: &[Metric]| {
        let mut files = shipped::files();
        let sla = files.get_mut("sla.toml").unwrap();
        sla.truncate(sla.find("[clocks]").unwrap());
        sla.push_str(clocks);
        let routing = files.get_mut("routing.toml").unwrap();
        *routing = routing.replace(WARNING, "promise broken");
        let rules = super::check(&files, AT).0.unwrap();
        assert_eq!(rules.warn_at, warn_at, "{clocks}");
        assert!(
            rules.pauses.iter().eq(pauses),
            "{clocks}: {:?}",
            rules.pauses
        );
    };
    check("", &[50, 75, 90], &[Metric::Solve]);
    check(
        "[clocks]\nwarn_at = [\"90%\", \"20 %\", \"90%\"]",
        &[20, 90],
        &[Metric::Solve],
    );
    check("[clocks]\npause = { solve = [] }", &[50, 75, 90], &[]);
    check(
        "[clocks]\npause = { update_every = [\"waiting for client\"] }",
        &[50, 75, 90],
        &[Metric::UpdateEvery, Metric::Solve],
    );
}

#[test]
fn urgent_tickets_hear_from_us_while_we_wait_for_the_client() {
    let (mut rules, _) = rules_and_mistakes(&shipped::files(), AT);
    rules.pauses = [Metric::UpdateEvery, Metric::Solve].into();
    let paused = |metric| Urgency::ALL.map(|urgency| rules.pauses_for_client(metric, urgency));
    assert_eq!(paused(Metric::Solve), [true; 4]);
    assert_eq!(paused(Metric::UpdateEvery), [true, true, false, false]);
    assert_eq!(paused(Metric::FirstResponse), [false; 4]);
}

#[test]
fn promises_that_cannot_be_meant() {
    let critical = |to: &str, expected: &[&str]| {
        check_change("sla.toml", "first_response = \"1 hour\"", to, expected);
    };
    critical(
        "first_response = \"0 minutes\"",
        &["E307 \"15 minutes\"", "E105 \"0 minutes\""],
    );
    // So many business hours are at least as many hours; both plans have it.
    critical(
        "first_response = \"25 business hours\"",
        &[
            "E307 \"25 business hours\"",
            "W124 \"25 business hours\"",
            "W124 \"25 business hours\"",
        ],
    );
    check_changes(
        &[
            ("sla.toml", "first_response = \"1 hour\"\n", ""),
            (
                "sla.toml",
                "solve          = \"24 hours\"",
                "solve = \"10 minutes\"",
            ),
        ],
        AT,
        &["E307 \"15 minutes\""],
    );
}

/// A rule that starts a ladder of these steps when a promise is at 75 %.
fn warning_ladder(calendar: &str, second_step: &str, when: &str, expected: &[&str]) {
    let ladder = format!(
        "[ladder.warned]\nsay = \"A promise may break\"\ncalendar = \"{calendar}\"\nsteps = [\n\
         {{ after = \"0 minutes\", notify = [\"on call: support\"] }},\n\
         {{ after = \"{second_step}\", notify = [\"partner manager\"] }} ]"
    );
    let rule = format!(
        "[[rule]]\nid = \"warned\"\nsay = \"A promise is at 75 %\"\nwhen = {{ event = \"promise at 75%\"{when} }}\nthen.ladder = \"warned\""
    );
    check_changes(
        &[("contacts.toml", "", &ladder), ("routing.toml", "", &rule)],
        AT,
        expected,
    );
}

#[test]
fn a_ladder_that_comes_too_late() {
    // A quarter of Critical's hour is left, and of High's two business hours half an hour.
    warning_ladder(
        "always",
        "15 minutes",
        ", promise = \"first_response\"",
        &[],
    );
    warning_ladder(
        "always",
        "16 minutes",
        ", promise = \"first_response\"",
        &["W109 \"16 minutes\""],
    );
    warning_ladder(
        "always",
        "30 minutes",
        ", urgency = \"High\", promise = \"first_response\"",
        &[],
    );
    warning_ladder(
        "always",
        "31 minutes",
        ", urgency = \"High\"",
        &["W109 \"31 minutes\""],
    );
    warning_ladder("partner", "1 business hour", ", urgency = \"Low\"", &[]);
    // By night nobody is there for Critical, not even for the first step.
    warning_ladder(
        "partner",
        "5 business minutes",
        ", urgency = \"Critical\"",
        &["W109 \"0 minutes\""],
    );
}

#[test]
fn an_event_that_no_clock_tells() {
    let event = |event: &str, expected: &[&str]| {
        let rule = format!(
            "[[rule]]\nid = \"x\"\nsay = \"x\"\nwhen = {{ event = \"{event}\" }}\nthen.review = true"
        );
        check_change("routing.toml", "", &rule, expected);
    };
    event("promise at 75%", &[]);
    event("promise at 80%", &["E105 \"promise at 80%\""]);
    event("promise at noon", &["E105 \"promise at noon\""]);
}

#[test]
fn a_promise_by_night_that_only_ladders_by_day_watch_over() {
    check_change(
        "contacts.toml",
        "calendar = \"always\"",
        "calendar = \"de-office\"",
        &["W110 \"de-office\""],
    );
    check_changes(
        &[
            (
                "contacts.toml",
                "calendar = \"always\"",
                "calendar = \"nights\"",
            ),
            (
                "calendars.toml",
                "",
                "[calendar.nights]\nzone = \"UTC\"\nhours = { mon = \"00:00-24:00\", tue = \"00:00-24:00\", wed = \"00:00-24:00\", thu = \"00:00-24:00\", fri = \"00:00-24:00\", sat = \"00:00-24:00\", sun = \"00:00-24:00\" }",
            ),
        ],
        AT,
        &[],
    );
}

#[test]
fn a_calendar_that_opens_on_days_long_gone_never_opens() {
    check_change(
        "calendars.toml",
        "",
        "[calendar.gone]\nzone = \"UTC\"\nspecial = { \"2020-01-01\" = \"09:00-12:00\" }",
        &["E305 gone"],
    );
}

#[test]
fn calendars_alone_are_read_whatever_is_wrong_beside_them() {
    let text = "[calendar.odd]\nzone = \"Nowhere/Here\"\nhours = { mon = \"09:00-17:00\" }\n\
                [calendar.twice]\nzone = \"UTC\"\nhours = { mon = [\"09:00-12:00\", \"11:00-13:00\", \"22:00-06:00\"] }\n\
                [calendar.good]\nzone = \"UTC\"\nhours = { mon = \"09:00-17:00\" }";
    let files = [("calendars.toml".to_owned(), text.to_owned())].into();
    let (found, findings) = calendars(&files, AT);
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["E205", "E304", "E304"]);
    // Nothing can be answered in a zone that is not known; hours that overlap count once.
    assert!(found.keys().eq(["good", "twice"]));
    let minutes: Vec<(u16, u16)> = found["twice"].week[0]
        .iter()
        .map(|it| (it.from, it.to))
        .collect();
    assert_eq!(minutes, [(9 * 60, 13 * 60)]);
    let (none, findings) = calendars(&Files::new(), AT);
    assert!(none.is_empty() && findings.iter().any(|finding| finding.code == "E108"));
}
