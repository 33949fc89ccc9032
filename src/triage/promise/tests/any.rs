//! Random calendars in zones that change in every manner, and instants near those changes.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::Budget;
use super::super::calendar::{Calendar, Window};
use super::super::clock::{Clock, Pause};
use crate::triage::promise::zones;

/// Half an hour of summer time, a month without it, a quarter of an hour beside the others, both halves of the world,
/// and a day that never was (30 December 2011 in Apia).
const ZONES: [&str; 6] = [
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/New_York",
    "Europe/Berlin",
    "Pacific/Apia",
];

/// Everything a clock is made of, owned.
#[derive(Clone, Debug)]
pub(super) struct AnyClock {
    pub calendar: Calendar,
    pub start: Timestamp,
    pub budget: Budget,
    pub pauses: Vec<Pause>,
}

impl AnyClock {
    pub(super) fn get(&self) -> Clock<'_> {
        Clock {
            calendar: &self.calendar,
            start: self.start,
            budget: self.budget,
            pauses: &self.pauses,
        }
    }

    pub(super) fn due(&self) -> Option<Timestamp> {
        self.get().due()
    }
}

/// Hours a week with which every budget below is used up within the horizon of 400 days.
const MINUTES_A_WEEK_MIN: u16 = 8 * 60;

/// A clock whose calendar has enough hours a week, with pauses that end.
pub(super) fn clocks() -> impl Strategy<Value = AnyClock> {
    clocks_of(weeks().prop_filter("enough hours", |week| {
        let lengths = week.iter().flatten().map(|window| window.to - window.from);
        lengths.sum::<u16>() >= MINUTES_A_WEEK_MIN
    }))
}

/// A clock of any calendar, also of one that never opens.
pub(super) fn wild_clocks() -> impl Strategy<Value = AnyClock> {
    clocks_of(prop_oneof![weeks(), Just(Default::default())])
}

fn clocks_of(weeks: impl Strategy<Value = [Vec<Window>; 7]>) -> impl Strategy<Value = AnyClock> {
    let days = (vec(-3_i32..20, 0..4), vec((-3_i32..20, windows()), 0..3));
    let seconds = prop_oneof![1_u64..120, 1_u64..200_000];
    (select(ZONES.to_vec()), weeks, days, seconds, any::<bool>())
        .prop_flat_map(|(zone, week, days, seconds, business)| {
            let zone = zones::in_force().get(zone).unwrap();
            (
                Just((zone.clone(), week, days)),
                starts(zone),
                Just(Budget { seconds, business }),
            )
        })
        .prop_flat_map(|((zone, week, (closed, special)), start, budget)| {
            let first = zone.to_datetime(start).date();
            let day = move |by: i32| first.checked_add(by.days()).unwrap();
            let calendar = Calendar {
                name: "any".to_owned(),
                always: false,
                zone,
                week,
                closed: closed.into_iter().map(day).collect(),
                special: special
                    .into_iter()
                    .map(|(by, windows)| (day(by), windows))
                    .collect(),
                covers_until: None,
            };
            let clock = AnyClock {
                calendar,
                start,
                budget,
                pauses: Vec::new(),
            };
            (Just(clock), vec(pauses(start), 0..4))
        })
        .prop_map(|(clock, pauses)| AnyClock { pauses, ..clock })
}

fn weeks() -> impl Strategy<Value = [Vec<Window>; 7]> {
    let night = vec![
        Window { from: 0, to: 360 },
        Window {
            from: 1320,
            to: 1440,
        },
    ];
    let around_changes = vec![Window { from: 95, to: 121 }, Window { from: 150, to: 180 }];
    prop_oneof![
        [
            windows(),
            windows(),
            windows(),
            windows(),
            windows(),
            windows(),
            windows()
        ],
        select(vec![night, around_changes]).prop_map(|day| std::array::from_fn(|_| day.clone())),
    ]
}

/// None, one or two windows of a day.
pub(super) fn windows() -> impl Strategy<Value = Vec<Window>> {
    let cuts = proptest::collection::btree_set(0_u16..=1440, 0..5);
    cuts.prop_map(|cuts| {
        let cuts: Vec<u16> = cuts.into_iter().collect();
        let pairs = cuts.chunks_exact(2);
        pairs
            .map(|pair| Window {
                from: pair[0],
                to: pair[1],
            })
            .collect()
    })
}

/// Half of them within a day and a half of a change of the zone's clocks.
fn starts(zone: TimeZone) -> impl Strategy<Value = Timestamp> {
    let changes = changes(&zone);
    let near = (select(changes), -130_000_i64..130_000).prop_map(|(change, by)| change + by);
    prop_oneof![1_735_689_600_i64..1_861_920_000, near]
        .prop_map(|second| Timestamp::from_second(second).unwrap())
}

/// The changes of a zone from 2011 to 2028; where there are none, one of Berlin's in their place.
pub(super) fn changes(zone: &TimeZone) -> Vec<i64> {
    let midnight = |day: Date| day.to_zoned(TimeZone::UTC).unwrap().timestamp();
    let (from, to) = (midnight(date(2011, 1, 1)), midnight(date(2028, 12, 31)));
    let mut changes: Vec<i64> = zone
        .following(from)
        .map(|change| change.timestamp())
        .take_while(|change| *change < to)
        .map(|change| change.as_second())
        .collect();
    if changes.is_empty() {
        changes.push(1_806_195_600);
    }
    changes
}

fn pauses(start: Timestamp) -> impl Strategy<Value = Pause> {
    (-100_000_i64..400_000, 0_i64..300_000).prop_map(move |(after, length)| Pause {
        from: later(start, after),
        to: Some(later(start, after + length)),
    })
}

/// So many seconds later, or earlier.
pub(super) fn later(instant: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(instant.as_second() + seconds).unwrap()
}

/// The first is not later; no instant at all is the latest.
pub(super) fn in_order(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    other.is_none() || one.is_some_and(|one| Some(one) <= other)
}
