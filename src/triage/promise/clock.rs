//! When a budget is used up: the earliest instant at which enough open, unpaused seconds have gone by.

use jiff::Timestamp;

use super::Budget;
use super::calendar::Calendar;

/// A stretch in which a clock stands still, half-open; without an end it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// First second.
    pub from: Timestamp,
    /// One past the last second.
    pub to: Option<Timestamp>,
}

/// The earliest instant at or after `start` by which `budget` has gone by. `None`: suspended, or never open within 400 days.
#[must_use]
pub fn due(
    calendar: &Calendar,
    start: Timestamp,
    budget: Budget,
    pauses: &[Pause],
) -> Option<Timestamp> {
    let _ = (calendar, start, budget, pauses);
    todo!()
}
