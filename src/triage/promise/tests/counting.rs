//! What must hold of deadlines and of time that has gone by, for every calendar, start, budget and pause.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::super::Budget;
use super::super::calendar::Calendar;
use super::super::clock::{Pause, due, elapsed};
use super::any::{AnyClock, changes, clocks, in_order, later, windows};

fn counted(clock: &AnyClock, to: Timestamp) -> u64 {
    let real = Calendar::always();
    let calendar = if clock.budget.business {
        &clock.calendar
    } else {
        &real
    };
    elapsed(calendar, clock.start, to, &clock.pauses)
}

fn with_budget(clock: &AnyClock, seconds: u64) -> AnyClock {
    let budget = Budget {
        seconds,
        ..clock.budget
    };
    AnyClock {
        budget,
        ..clock.clone()
    }
}

/// The same question, answered by asking every second in turn.
fn due_by_counting(clock: &AnyClock, seconds_max: usize) -> Option<Timestamp> {
    let paused = |at: Timestamp| {
        let mut pauses = clock.pauses.iter();
        pauses.any(|pause| pause.from <= at && pause.to.is_none_or(|to| at < to))
    };
    let mut left = clock.budget.seconds;
    for second in (0..).take(seconds_max) {
        let at = later(clock.start, second);
        if left == 0 {
            return Some(at);
        }
        let counts = !clock.budget.business || clock.calendar.open_at(at);
        left -= u64::from(counts && !paused(at));
    }
    None
}

/// How many minutes of civil time, from one civil second to the other, the calendar calls open.
fn civil_minutes_open(calendar: &Calendar, from: i64, to: i64) -> i64 {
    let mut minutes = 0;
    for civil in (from..to).step_by(60) {
        // Read as if it were UTC, a civil second is its own date and time.
        let read = Timestamp::from_second(civil).unwrap();
        let utc = Calendar {
            zone: TimeZone::UTC,
            ..calendar.clone()
        };
        minutes += i64::from(utc.open_at(read));
    }
    minutes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn exactly_the_budget_lies_before_the_deadline(clock in clocks()) {
        let end = clock.due().unwrap();
        prop_assert!(end >= clock.start);
        prop_assert_eq!(counted(&clock, end), clock.budget.seconds);
        prop_assert_eq!(counted(&clock, later(end, -1)), clock.budget.seconds - 1);
    }

    #[test]
    fn more_time_and_a_later_start_never_mean_earlier(
        clock in clocks(), by in 0_i64..200_000, more in 1_u64..100_000,
    ) {
        let end = clock.due();
        let seconds = clock.budget.seconds + more;
        prop_assert!(end < with_budget(&clock, seconds).due());
        prop_assert!(in_order(end, clock.get().from(later(clock.start, by)).due()));
    }

    #[test]
    fn a_budget_can_be_spent_in_two_parts(clock in clocks(), second in 0_u64..200_000) {
        let halfway = clock.due().unwrap();
        let rest = Budget { seconds: second, ..clock.budget };
        let whole = with_budget(&clock, clock.budget.seconds + second);
        prop_assert_eq!(due(&clock.calendar, halfway, rest, &clock.pauses), whole.due());
    }

    #[test]
    fn real_time_is_plain_addition(clock in clocks(), seconds in 0_u32..90_000_000) {
        let expected = Some(later(clock.start, seconds.into()));
        for (calendar, business) in [(&clock.calendar, false), (&Calendar::always(), true)] {
            let budget = Budget { seconds: seconds.into(), business };
            prop_assert_eq!(due(calendar, clock.start, budget, &[]), expected);
        }
    }

    #[test]
    fn less_time_at_work_never_means_earlier(
        clock in clocks(), day in 0_i32..10, weekday in 0_usize..7, after in 0_i64..200_000, length in 0_i64..200_000,
    ) {
        let end = clock.due();
        let from = later(clock.start, after);
        let mut paused = clock.clone();
        paused.pauses.push(Pause { from, to: Some(later(from, length)) });
        prop_assert!(in_order(end, paused.due()));
        paused.pauses.push(Pause { from, to: None });
        prop_assert!(in_order(end, paused.due()));

        let mut closed = clock.clone();
        let first = closed.calendar.zone.to_datetime(closed.start).date();
        let date = first.checked_add(day.days()).unwrap();
        closed.calendar.special.insert(date, Vec::new());
        prop_assert!(in_order(end, closed.due()));

        let mut shortened = clock.clone();
        let windows = &mut shortened.calendar.week[weekday];
        if let Some(window) = windows.first_mut() {
            window.to = window.from + (window.to - window.from) / 2;
            windows.retain(|window| window.from < window.to);
        }
        prop_assert!(in_order(end, shortened.due()));
    }

    #[test]
    fn only_the_union_of_pauses_matters(clock in clocks(), cut in 0_i64..300_000) {
        let mut split = clock.clone();
        split.pauses.reverse();
        split.pauses.extend(clock.pauses.clone());
        for pause in &clock.pauses {
            let between = later(pause.from, cut).min(pause.to.unwrap());
            split.pauses.push(Pause { from: pause.from, to: Some(between) });
            split.pauses.push(Pause { from: between, ..*pause });
        }
        prop_assert_eq!(split.due(), clock.due());
    }

    #[test]
    fn a_pause_while_nothing_counts_changes_nothing(clock in clocks(), length in 0_i64..400_000) {
        let end = clock.due().unwrap();
        let mut paused = clock.clone();
        paused.pauses.push(Pause { from: later(clock.start, -length), to: Some(clock.start) });
        paused.pauses.push(Pause { from: end, to: None });
        if clock.budget.business && !clock.calendar.open_at(clock.start) {
            let to = clock.calendar.next_open(clock.start);
            paused.pauses.push(Pause { from: clock.start, to });
        }
        prop_assert_eq!(paused.due(), Some(end));
    }

    #[test]
    fn time_adds_up(clock in clocks(), one in 0_i64..3_000_000, two in 0_i64..3_000_000) {
        let middle = later(clock.start, one);
        let to = later(middle, two);
        let between = |from, to| elapsed(&clock.calendar, from, to, &clock.pauses);
        prop_assert_eq!(
            between(clock.start, middle) + between(middle, to),
            between(clock.start, to)
        );
        prop_assert_eq!(between(to, clock.start), 0);
    }

    #[test]
    fn it_does_not_matter_in_which_zone_an_instant_is_written(clock in clocks(), hours in -12_i8..=14) {
        let zone = TimeZone::fixed(jiff::tz::Offset::constant(hours));
        let written = clock.start.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let read = written.parse::<Timestamp>().unwrap();
        prop_assert_eq!(clock.get().from(read).due(), clock.due());
    }

    #[test]
    fn the_next_opening_is_open_and_nothing_before_it_is(clock in clocks()) {
        let opening = clock.calendar.next_open(clock.start).unwrap();
        prop_assert!(opening >= clock.start && clock.calendar.open_at(opening));
        prop_assert_eq!(elapsed(&clock.calendar, clock.start, opening, &[]), 0);
    }
}

proptest! {
    // Each case counts every second or minute of days.
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_deadline_is_where_counting_second_by_second_ends(clock in clocks(), seconds in 0_u64..9_000) {
        let clock = with_budget(&clock, seconds);
        if let Some(end) = due_by_counting(&clock, 60_000) {
            prop_assert_eq!(clock.due(), Some(end));
        }
    }

    /// A week has the open minutes that its windows promise, without those of a gap and with those of a fold again.
    #[test]
    fn a_change_of_the_clocks_takes_and_gives_its_own_minutes(
        clock in clocks(), change in any::<prop::sample::Index>(), day in windows(),
    ) {
        let mut calendar = clock.calendar;
        calendar.week[6] = day;
        let zone = &calendar.zone;
        let change = *change.get(&changes(zone));
        // From noon three days before to noon three days after, where no zone changes its clocks.
        let noon = |by: i64| {
            let date = zone.to_datetime(Timestamp::from_second(change + by * 86_400).unwrap()).date();
            let noon = date.at(12, 0, 0, 0);
            (noon.to_zoned(zone.clone()).unwrap().timestamp(), noon.to_zoned(TimeZone::UTC).unwrap().timestamp())
        };
        let ((from, civil_from), (to, civil_to)) = (noon(-3), noon(3));
        let offset = |second| i64::from(zone.to_offset(Timestamp::from_second(second).unwrap()).seconds());
        let (before, after) = (change + offset(change - 1), change + offset(change));
        let expected = civil_minutes_open(&calendar, civil_from.as_second(), civil_to.as_second())
            - civil_minutes_open(&calendar, before, after.max(before))
            + civil_minutes_open(&calendar, after, before.max(after));
        prop_assert_eq!(elapsed(&calendar, from, to, &[]), 60 * expected.unsigned_abs());
    }
}
