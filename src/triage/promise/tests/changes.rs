//! What must hold of warnings, changed terms, updates, ladders and reopened tickets, for every calendar.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::Budget;
use super::super::cadence::cadence;
use super::super::clock::{Pause, elapsed};
use super::super::ladder::{Climb, Notice, Repeat};
use super::super::regrade::{Turn, recomputed, regrade};
use super::super::warning::warning;
use super::any::{AnyClock, clocks, in_order, later, wild_clocks};

fn turns() -> impl Strategy<Value = Turn> {
    prop::sample::select(vec![Turn::Stricter, Turn::Looser, Turn::Same])
}

fn budgets() -> impl Strategy<Value = Budget> {
    (0_u64..40_000, any::<bool>()).prop_map(|(seconds, business)| Budget { seconds, business })
}

/// Steps in increasing time, all of one kind, as the rules want them; and how the last one repeats.
fn ladders() -> impl Strategy<Value = (Vec<Budget>, Option<Repeat>)> {
    let steps = (vec(0_u64..9_000, 1..5), any::<bool>()).prop_map(|(gaps, business)| {
        let mut seconds = 0;
        let after = gaps.into_iter().map(|gap| {
            seconds += gap;
            Budget { seconds, business }
        });
        after.collect()
    });
    let repeat = (budgets(), 0_u32..6).prop_map(|(every, at_most)| Repeat { every, at_most });
    (steps, prop::option::of(repeat))
}

fn climb<'a>(
    clock: &'a AnyClock,
    (steps, repeat_last): &'a (Vec<Budget>, Option<Repeat>),
    ack_holds_for: Option<Budget>,
) -> Climb<'a> {
    Climb {
        calendar: &clock.calendar,
        steps,
        repeat_last: *repeat_last,
        ack_holds_for,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn warnings_come_in_order_and_the_last_at_the_deadline(clock in clocks(), one in 0_u8..=100, two in 0_u8..=100) {
        let at = |percent| warning(&clock.get(), percent);
        prop_assert!(in_order(at(one.min(two)), at(one.max(two))));
        prop_assert_eq!(at(100), clock.due());
        prop_assert_eq!(at(0), Some(clock.start));
    }

    #[test]
    fn no_change_breaks_a_promise_and_none_loosens_what_binds(
        clock in clocks(), other in clocks(), turn in turns(), after in 0_i64..300_000,
    ) {
        let due = clock.due();
        let at = later(clock.start, after);
        let newer = AnyClock { start: clock.start, ..other };
        let now = regrade(due, &newer.get(), turn, at);
        if due.is_some_and(|due| at > due) {
            prop_assert_eq!(now.due, due, "what is broken stays broken, when it broke");
            return Ok(());
        }
        prop_assert!(now.due.is_none_or(|due| at <= due));
        match turn {
            Turn::Same => prop_assert_eq!(now.due, due),
            Turn::Stricter => {
                prop_assert!(in_order(now.due, due));
                prop_assert!(in_order(now.due, newer.get().from(at).due()));
            }
            Turn::Looser => {
                prop_assert!(in_order(due, now.due));
                prop_assert!(in_order(newer.due(), now.due));
            }
        }
        // What binds can be worked out again from what is kept.
        let worked_out = now.newer_from.map_or(due, |from| newer.get().from(from).due());
        prop_assert_eq!(now.due, worked_out);
    }

    #[test]
    fn terms_turn_the_way_their_deadlines_do(clock in clocks(), other in clocks()) {
        let newer = AnyClock { start: clock.start, ..other };
        let turn = Turn::of_terms(&clock.get(), &newer.get());
        let expected = match newer.due().cmp(&clock.due()) {
            std::cmp::Ordering::Less => Turn::Stricter,
            std::cmp::Ordering::Equal => Turn::Same,
            std::cmp::Ordering::Greater => Turn::Looser,
        };
        prop_assert_eq!(turn, expected);
    }

    #[test]
    fn what_was_told_only_becomes_earlier_and_is_not_broken_by_it(
        told in clocks(), other in clocks(), after in 0_i64..300_000,
    ) {
        let at = later(told.start, after);
        let again = recomputed(told.due(), &other.get(), at);
        prop_assert!(in_order(again, told.due()));
        prop_assert!(again == told.due() || again >= Some(at));
    }

    #[test]
    fn each_missed_update_is_an_interval_without_one(
        clock in clocks(), after in vec(0_i64..900_000, 0..8), until in 0_i64..900_000,
    ) {
        let clock = AnyClock { budget: Budget { seconds: clock.budget.seconds.max(600), ..clock.budget }, ..clock };
        let now = later(clock.start, until);
        let updates: Vec<Timestamp> = after.iter().map(|after| later(clock.start, *after)).collect();
        let kept = cadence(&clock.get(), &updates, now);
        prop_assert!(kept.missed.is_sorted_by(|one, next| one < next));

        // Walks from one thing that happened to the next: each miss is due from what came before it.
        let mut happened: Vec<(Timestamp, bool)> = kept.missed.iter().map(|at| (*at, true)).collect();
        happened.extend(updates.iter().filter(|at| **at <= now).map(|at| (*at, false)));
        happened.sort();
        let mut last = clock.start;
        for (at, missed) in happened {
            let due = clock.get().from(last).due();
            if missed {
                prop_assert_eq!(due, Some(at));
            } else {
                prop_assert!(due >= Some(at), "an update at its deadline is in time");
            }
            last = at;
        }
        prop_assert_eq!(kept.pending, clock.get().from(last).due());
        prop_assert!(kept.pending >= Some(now));
    }

    #[test]
    fn a_ladder_climbs_in_time_and_within_hours_until_somebody_acknowledges(
        clock in clocks(), ladder in ladders(), after in vec(0_i64..200_000, 0..4), holds in prop::option::of(budgets()),
    ) {
        let acknowledged: Vec<Timestamp> = after.iter().map(|after| later(clock.start, *after)).collect();
        let climb = climb(&clock, &ladder, holds);
        let notices: Vec<Notice> = climb.notices(clock.start, &acknowledged).collect();
        prop_assert!(notices.is_sorted_by_key(|notice| (notice.cycle, notice.step, notice.repeat)));
        prop_assert!(notices.is_sorted_by_key(|notice| notice.at));
        prop_assert!(notices.iter().all(|notice| clock.calendar.open_at(notice.at)));
        let most = ladder.0.len() + ladder.1.map_or(0, |repeat| repeat.at_most as usize);
        let cycles = notices.last().map_or(0, |last| last.cycle);
        for cycle in 0..=cycles {
            let of_cycle = notices.iter().filter(|notice| notice.cycle == cycle);
            prop_assert!(of_cycle.count() <= most);
        }
        if let Some(first) = acknowledged.iter().min() {
            prop_assert!(notices.iter().filter(|notice| notice.cycle == 0).all(|notice| notice.at < *first));
            prop_assert!(holds.is_some() || cycles == 0);
        } else {
            prop_assert_eq!(notices.len(), most);
        }
    }

    #[test]
    fn the_time_between_solved_and_reopened_does_not_count(
        clock in clocks(), worked in 0_i64..500_000, solved_for in 0_i64..500_000, again in 0_i64..500_000,
    ) {
        let solved = later(clock.start, worked);
        let reopened = later(solved, solved_for);
        let now = later(reopened, again);
        let mut pauses = clock.pauses.clone();
        pauses.push(Pause { from: solved, to: Some(reopened) });
        let before = elapsed(&clock.calendar, clock.start, solved, &clock.pauses);
        let after = elapsed(&clock.calendar, reopened, now, &clock.pauses);
        prop_assert_eq!(elapsed(&clock.calendar, clock.start, now, &pauses), before + after);
    }

    #[test]
    fn nothing_panics_and_everything_ends(
        clock in wild_clocks(), seconds in any::<u64>(), percent in any::<u8>(), after in vec(-90_000_i64..900_000, 0..4),
    ) {
        let instants: Vec<Timestamp> = after.iter().map(|after| later(clock.start, *after)).collect();
        for seconds in [0, 1, seconds, u64::MAX] {
            for business in [true, false] {
                let budget = Budget { seconds, business };
                let clock = AnyClock { budget, ..clock.clone() };
                let _ = warning(&clock.get(), percent);
                let _ = regrade(clock.due(), &clock.get(), Turn::Looser, clock.start);
                let _ = cadence(&clock.get(), &instants, later(clock.start, 50_000));
                let repeat = Repeat { every: budget, at_most: 9 };
                let ladder = (vec![budget, budget], Some(repeat));
                let climb = climb(&clock, &ladder, Some(budget));
                prop_assert!(climb.notices(clock.start, &instants).count() <= 5 * 11);
            }
        }
    }
}
