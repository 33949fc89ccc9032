//! Tables of warnings, changed terms, updates and ladders.

use super::super::cadence::{Updates, cadence};
use super::super::ladder::{Climb, Repeat};
use super::super::regrade::{Regraded, Turn, recomputed, regrade};
use super::super::warning::warning;
use super::*;

/// Monday, 8 February 2027.
fn monday(time: &str) -> Timestamp {
    instant(&format!("2027-02-08T{time}:00+01:00"))
}

fn real(seconds: u64) -> Budget {
    Budget {
        seconds,
        business: false,
    }
}

fn clock<'a>(calendar: &'a Calendar, start: &str, budget: Budget) -> Clock<'a> {
    Clock {
        calendar,
        start: instant(start),
        budget,
        pauses: &[],
    }
}

#[test]
fn warnings_are_shares_of_working_time() {
    let check = |name: &str, start: &str, budget: &str, percent: u8, expected: &str| {
        let calendar = calendar(name);
        let clock = clock(&calendar, start, business(seconds(budget)));
        assert_eq!(
            warning(&clock, percent),
            Some(instant(expected)),
            "{name} {start} {budget} {percent} %"
        );
    };
    let friday = "2027-02-05T15:00:00+01:00";
    check("berlin", friday, "4 h", 50, "2027-02-05T17:00:00+01:00");
    check("berlin", friday, "4 h", 75, "2027-02-08T10:00:00+01:00");
    check("berlin", friday, "4 h", 100, "2027-02-08T11:00:00+01:00");
    check("always", friday, "7 min", 33, "2027-02-05T15:02:19+01:00");
}

/// The promise of a ticket of Monday 09:00 whose first response was due at noon.
#[test]
fn terms_change_without_breaking_or_loosening_anything() {
    let check = |turn: Turn, newer: Budget, at: &str, due: &str, newer_from: Option<&str>| {
        let berlin = calendar("berlin");
        let newer = clock(&berlin, "2027-02-08T09:00:00+01:00", newer);
        let expected = Regraded {
            due: Some(monday(due)),
            newer_from: newer_from.map(monday),
        };
        let found = regrade(Some(monday("12:00")), &newer, turn, monday(at));
        assert_eq!(found, expected, "{turn:?} at {at}");
    };
    let (hour, day) = (business(3_600), business(8 * 3_600));
    check(Turn::Stricter, hour, "10:30", "11:30", Some("10:30"));
    // It is nearly due: the older promise is the tighter one.
    check(Turn::Stricter, hour, "11:30", "12:00", None);
    check(Turn::Looser, day, "10:30", "17:00", Some("09:00"));
    check(Turn::Looser, hour, "10:30", "12:00", None);
    check(Turn::Same, hour, "10:30", "12:00", None);
    // At noon it is still kept; a minute later it is broken and stays so.
    check(Turn::Looser, day, "12:00", "17:00", Some("09:00"));
    check(Turn::Looser, day, "12:01", "12:00", None);
}

#[test]
fn urgencies_and_terms_say_which_way_they_turn() {
    assert_eq!(
        Turn::of_urgency(Urgency::Low, Urgency::Critical),
        Turn::Stricter
    );
    assert_eq!(
        Turn::of_urgency(Urgency::High, Urgency::Medium),
        Turn::Looser
    );
    assert_eq!(Turn::of_urgency(Urgency::High, Urgency::High), Turn::Same);
    // An hour of Monday's work is the same hour day and night; of Sunday's it is not.
    let (berlin, always) = (calendar("berlin"), calendar("always"));
    let turn = |start: &str| {
        let older = clock(&berlin, start, business(3_600));
        Turn::of_terms(&older, &clock(&always, start, business(3_600)))
    };
    assert_eq!(turn("2027-02-08T09:00:00+01:00"), Turn::Same);
    assert_eq!(turn("2027-02-07T09:00:00+01:00"), Turn::Stricter);
}

#[test]
fn what_a_client_was_told_is_moved_earlier_only_and_never_into_the_past() {
    let berlin = calendar("berlin");
    let check = |told: Option<&str>, hours: u64, at: &str, expected: Option<&str>| {
        let clock = clock(
            &berlin,
            "2027-02-08T09:00:00+01:00",
            business(hours * 3_600),
        );
        let found = recomputed(told.map(monday), &clock, monday(at));
        assert_eq!(found, expected.map(monday), "{told:?} {hours} h at {at}");
    };
    check(Some("12:00"), 5, "09:30", Some("12:00"));
    check(Some("12:00"), 2, "09:30", Some("11:00"));
    check(Some("12:00"), 2, "11:30", Some("11:30"));
    check(Some("12:00"), 2, "12:30", Some("12:00"));
    check(None, 2, "09:30", Some("11:00"));
}

#[test]
fn updates_are_missed_and_awaited() {
    let check = |updates: &[&str], now: &str, missed: &[&str], pending: &str| {
        let always = calendar("always");
        let clock = clock(&always, "2027-02-08T10:00:00+01:00", real(3_600));
        let updates: Vec<Timestamp> = updates.iter().map(|at| monday(at)).collect();
        let expected = Updates {
            missed: missed.iter().map(|at| monday(at)).collect(),
            pending: Some(monday(pending)),
        };
        assert_eq!(cadence(&clock, &updates, monday(now)), expected, "{now}");
    };
    check(&[], "10:30", &[], "11:00");
    check(&["11:00"], "11:30", &[], "12:00");
    check(&["11:20"], "12:30", &["11:00", "12:20"], "13:20");
    check(&[], "14:00", &["11:00", "12:00", "13:00"], "14:00");
    // In any order; what lies before the start or in the future is nothing yet.
    check(&["11:40", "09:00", "10:50", "15:00"], "12:00", &[], "12:40");
}

#[test]
fn an_update_that_nothing_can_keep_ends_the_watch() {
    let always = calendar("always");
    let start = "2027-02-08T10:00:00+01:00";
    let found = cadence(&clock(&always, start, real(0)), &[], monday("12:00"));
    assert_eq!(found, Updates::default());
    let years_later = instant("2029-02-08T10:00:00+01:00");
    let found = cadence(&clock(&always, start, real(1)), &[], years_later);
    assert_eq!((found.missed.len(), found.pending), (10_000, None));
}

/// One line a ladder: calendar; trigger; steps; repetition; acknowledgements and for how long they hold => notices, as
/// `cycle.step.repeat time`.
#[test]
fn ladders_climb_until_somebody_acknowledges() {
    let check = |name: &str,
                 trigger: &str,
                 minutes: &[u64],
                 (acks, holds): (&[&str], u64),
                 expected: &str| {
        let calendar = calendar(name);
        let minutes_of = |minutes: u64| business(minutes * 60);
        let steps: Vec<Budget> = minutes.iter().copied().map(minutes_of).collect();
        let climb = Climb {
            calendar: &calendar,
            steps: &steps,
            repeat_last: Some(Repeat {
                every: business(1_800),
                at_most: 2,
            }),
            ack_holds_for: (holds > 0).then(|| minutes_of(holds)),
        };
        let acks: Vec<Timestamp> = acks.iter().map(|at| monday(at)).collect();
        let found: Vec<String> = climb
            .notices(monday(trigger), &acks)
            .map(|notice| {
                let at = notice.at.to_zoned(TimeZone::get("Europe/Berlin").unwrap());
                let number = format!("{}.{}.{}", notice.cycle, notice.step, notice.repeat);
                format!("{number} {}", at.strftime("%a %H:%M"))
            })
            .collect();
        assert_eq!(found.join(", "), expected);
    };
    let nobody = (&[][..], 0);
    check(
        "always",
        "10:00",
        &[0, 15],
        nobody,
        "0.0.0 Mon 10:00, 0.1.0 Mon 10:15, 0.1.1 Mon 10:45, 0.1.2 Mon 11:15",
    );
    check(
        "berlin",
        "16:50",
        &[0, 10, 30],
        nobody,
        "0.0.0 Mon 16:50, 0.1.0 Tue 09:00, 0.2.0 Tue 09:20, 0.2.1 Tue 09:50, 0.2.2 Tue 10:20",
    );
    // In the very second of a step: it is not sent.
    check(
        "always",
        "10:00",
        &[0, 15],
        (&["10:15"], 0),
        "0.0.0 Mon 10:00",
    );
    // It holds for two hours, then the ladder begins again; acknowledged once more in time, it holds from there.
    check(
        "always",
        "10:00",
        &[0, 15],
        (&["10:05", "12:10"], 120),
        "0.0.0 Mon 10:00, 1.0.0 Mon 12:05, 2.0.0 Mon 14:10, 2.1.0 Mon 14:25, 2.1.1 Mon 14:55, 2.1.2 Mon 15:25",
    );
    check(
        "always",
        "10:00",
        &[0],
        (&["10:05", "11:00"], 120),
        "0.0.0 Mon 10:00, 1.0.0 Mon 13:00, 1.0.1 Mon 13:30, 1.0.2 Mon 14:00",
    );
}
