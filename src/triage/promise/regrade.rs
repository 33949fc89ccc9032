//! What becomes of a running promise when its urgency, plan or calendar changes.
//!
//! Stricter terms run from the moment we knew of them, and never loosen what was promised; looser terms count from the
//! start, and never make anything earlier. So no change breaks a promise in the second in which it is made.

use jiff::Timestamp;

use super::clock::{Clock, second_of};
use crate::triage::report::Urgency;

/// Which way the terms of a promise change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// More urgent, or a plan or calendar that promises it earlier.
    Stricter,
    /// Less urgent, or a plan or calendar that promises it later.
    Looser,
    /// Neither.
    Same,
}

impl Turn {
    /// Of an urgency.
    #[must_use]
    pub fn of_urgency(older: Urgency, newer: Urgency) -> Self {
        match newer.cmp(&older) {
            std::cmp::Ordering::Greater => Self::Stricter,
            std::cmp::Ordering::Less => Self::Looser,
            std::cmp::Ordering::Equal => Self::Same,
        }
    }

    /// Of a plan or calendar, where the urgency stays: both clocks are compared from the newer one's start.
    #[must_use]
    pub fn of_terms(older: &Clock<'_>, newer: &Clock<'_>) -> Self {
        let (old, new) = (older.from(newer.start).due(), newer.due());
        if old == new {
            Self::Same
        } else if is_before(new, old) {
            Self::Stricter
        } else {
            Self::Looser
        }
    }
}

/// A promise after its terms have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regraded {
    /// Until when.
    pub due: Option<Timestamp>,
    /// Where the newer terms bind: from when their budget counts. `None` where what was promised before still binds,
    /// with the start and budget that it had.
    pub newer_from: Option<Timestamp>,
}

/// The promise due at `due` after its terms became those of `newer` at the instant `at`. `newer` starts where the
/// promise first started, and `due` is what binds now, after any earlier change. What is broken by then stays broken;
/// a promise that is kept must not be asked about.
#[must_use]
pub fn regrade(due: Option<Timestamp>, newer: &Clock<'_>, turn: Turn, at: Timestamp) -> Regraded {
    let at = second_of(at);
    let stays = Regraded {
        due,
        newer_from: None,
    };
    if due.is_some_and(|due| at > due) {
        return stays;
    }
    let (from, binds): (Timestamp, fn(_, _) -> bool) = match turn {
        Turn::Same => return stays,
        Turn::Stricter => (at.max(newer.start), is_before),
        Turn::Looser => (newer.start, |new, old| is_before(old, new)),
    };
    let new = newer.from(from).due();
    if !binds(new, due) {
        return stays;
    }
    Regraded {
        due: new,
        newer_from: Some(from),
    }
}

/// A promise that was told, worked out once more at `at` with other rules or other time-zone data. It may become
/// earlier, but not so early that it would be broken already; it never becomes later.
#[must_use]
pub fn recomputed(told: Option<Timestamp>, clock: &Clock<'_>, at: Timestamp) -> Option<Timestamp> {
    let again = clock.due().map(|again| again.max(second_of(at)));
    if is_before(again, told) { again } else { told }
}

/// Earlier; no instant at all is later than any.
fn is_before(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one < other,
        (one, None) => one.is_some(),
        (None, Some(_)) => false,
    }
}
