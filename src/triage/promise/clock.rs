//! When a budget is used up: the earliest instant at which enough open, unpaused seconds have gone by.
//!
//! A budget that is used up exactly at closing time is due at closing time, not at the next opening. Pauses are
//! taken out of the seconds that count; nothing is ever added to a start or to a deadline.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Budget;
use super::calendar::{Calendar, HORIZON_SECONDS, Stretch};

/// A stretch in which a clock stands still, half-open; without an end it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// First second.
    pub from: Timestamp,
    /// One past the last second.
    pub to: Option<Timestamp>,
}

/// A clock: what counts, from when, how much of it, and where it stands still.
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a> {
    /// Whose hours a business budget counts.
    pub calendar: &'a Calendar,
    /// Its first second.
    pub start: Timestamp,
    /// How much time it has.
    pub budget: Budget,
    /// In any order; they may overlap.
    pub pauses: &'a [Pause],
}

impl Clock<'_> {
    /// [`due`] of its parts.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        due(self.calendar, self.start, self.budget, self.pauses)
    }

    /// The same clock, started at another instant.
    #[must_use]
    pub fn from(self, start: Timestamp) -> Self {
        Self { start, ..self }
    }
}

/// The whole second in which an instant lies. All clocks count whole seconds, so what happens within the second of a
/// deadline is in time.
#[must_use]
pub fn second_of(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

/// The earliest instant at or after `start` by which `budget` has gone by. `None`: suspended, or never open within 400 days.
#[must_use]
pub fn due(
    calendar: &Calendar,
    start: Timestamp,
    budget: Budget,
    pauses: &[Pause],
) -> Option<Timestamp> {
    let start = start.as_second();
    let mut left = i64::try_from(budget.seconds).ok()?;
    if left == 0 {
        return Timestamp::from_second(start).ok();
    }
    if !budget.business || calendar.always {
        // Real time needs no horizon: there is nothing to walk through.
        let whole = Stretch {
            from: start,
            to: Timestamp::MAX.as_second(),
        };
        return spend(std::iter::once(whole), &mut left, pauses);
    }
    spend(
        calendar.open_within(start, start.checked_add(HORIZON_SECONDS)?),
        &mut left,
        pauses,
    )
}

/// How many open, unpaused seconds lie in `[from, to)`; none if `to` is not after `from`.
#[must_use]
pub fn elapsed(calendar: &Calendar, from: Timestamp, to: Timestamp, pauses: &[Pause]) -> u64 {
    let open = calendar.open_within(from.as_second(), to.as_second());
    let pauses = united(pauses);
    let seconds: i64 = running(open, &pauses)
        .map(|piece| piece.to - piece.from)
        .sum();
    seconds.unsigned_abs()
}

/// Takes the budget out of the open stretches and answers where it ends.
fn spend(
    open: impl Iterator<Item = Stretch>,
    left: &mut i64,
    pauses: &[Pause],
) -> Option<Timestamp> {
    let pauses = united(pauses);
    for piece in running(open, &pauses) {
        if piece.to - piece.from >= *left {
            return Timestamp::from_second(piece.from + *left).ok();
        }
        *left -= piece.to - piece.from;
    }
    None
}

/// The pauses as stretches in order, those that touch or overlap joined, empty ones left out.
fn united(pauses: &[Pause]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = pauses
        .iter()
        .map(|pause| Stretch {
            from: pause.from.as_second(),
            to: pause.to.map_or(i64::MAX, Timestamp::as_second),
        })
        .filter(|stretch| stretch.from < stretch.to)
        .collect();
    stretches.sort_unstable_by_key(|stretch| stretch.from);
    stretches.dedup_by(|later, earlier| {
        let joined = later.from <= earlier.to;
        if joined {
            earlier.to = earlier.to.max(later.to);
        }
        joined
    });
    stretches
}

/// The open stretches without the pauses.
fn running(
    open: impl Iterator<Item = Stretch>,
    pauses: &[Stretch],
) -> impl Iterator<Item = Stretch> {
    open.flat_map(move |stretch| without(stretch, pauses))
}

/// What is left of one stretch when the pauses, which are in order and apart, are cut out of it.
fn without(stretch: Stretch, pauses: &[Stretch]) -> impl Iterator<Item = Stretch> {
    let first = pauses.partition_point(|pause| pause.to <= stretch.from);
    let touching = pauses
        .get(first..)
        .unwrap_or_default()
        .iter()
        .take_while(move |pause| pause.from < stretch.to);
    let starts = std::iter::once(stretch.from).chain(touching.clone().map(|pause| pause.to));
    let ends = touching
        .map(|pause| pause.from)
        .chain(std::iter::once(stretch.to));
    starts
        .zip(ends)
        .map(|(from, to)| Stretch { from, to })
        .filter(|piece| piece.from < piece.to)
}
