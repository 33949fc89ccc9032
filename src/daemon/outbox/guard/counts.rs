//! How many letters have left lately: about one ticket, to one address, to one domain, of one brand, in all.
//!
//! Each letter counts until its window has passed over it. What is empty is swept out now and then, so memory follows
//! the letters of the last hour and not those of years.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::triage::ticket::TicketId;

/// The window of tickets and addresses: two robots answer each other within seconds.
const SHORT: SignedDuration = SignedDuration::from_mins(10);

/// The window of domains, brands and the whole: a slow loop shows only over an hour.
pub(super) const LONG: SignedDuration = SignedDuration::from_hours(1);

/// Fewer windows than this are not worth a sweep.
const SWEEP_AT_LEAST: usize = 1_024;

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Count {
    Ticket(TicketId),
    Address(String),
    Domain(String),
    Brand(String),
    All,
}

impl Count {
    /// For how long a letter counts here.
    pub(super) fn window(&self) -> SignedDuration {
        match self {
            Self::Ticket(_) | Self::Address(_) => SHORT,
            Self::Domain(_) | Self::Brand(_) | Self::All => LONG,
        }
    }

    /// Completes the sentence "30 letters … in 10 minutes".
    pub(super) fn words(&self) -> String {
        match self {
            Self::Ticket(_) => "about one ticket".to_owned(),
            Self::Address(address) => format!("to {address}"),
            Self::Domain(domain) => format!("to {domain}"),
            Self::Brand(brand) => format!("of the brand {brand}"),
            Self::All => "in all".to_owned(),
        }
    }
}

/// When the letters of each count left, oldest first.
#[derive(Debug, Default)]
pub(super) struct Counts {
    windows: HashMap<Count, Times>,
    left_by_last_sweep: usize,
}

/// Most addresses and tickets get one letter in a window, and that needs no memory of its own.
#[derive(Debug)]
enum Times {
    One(Timestamp),
    Several(VecDeque<Timestamp>),
}

impl Times {
    fn push(&mut self, at: Timestamp) {
        match self {
            Self::One(first) => *self = Self::Several(VecDeque::from([*first, at])),
            Self::Several(times) => times.push_back(at),
        }
    }

    fn last(&self) -> Option<Timestamp> {
        match self {
            Self::One(at) => Some(*at),
            Self::Several(times) => times.back().copied(),
        }
    }

    /// Forgets the oldest ones as long as they do not count, and tells how many are left.
    fn drop_while(&mut self, is_over: impl Fn(Timestamp) -> bool) -> usize {
        match self {
            Self::One(at) => usize::from(!is_over(*at)),
            Self::Several(times) => {
                while times.front().is_some_and(|oldest| is_over(*oldest)) {
                    times.pop_front();
                }
                times.len()
            }
        }
    }

    fn get(&self, place: usize) -> Option<Timestamp> {
        match self {
            Self::One(at) => (place == 0).then_some(*at),
            Self::Several(times) => times.get(place).copied(),
        }
    }
}

impl Counts {
    /// Counts one letter; the times given must not go back.
    pub(super) fn add(&mut self, count: Count, at: Timestamp) {
        match self.windows.entry(count) {
            Entry::Occupied(times) => times.into_mut().push(at),
            Entry::Vacant(none) => {
                none.insert(Times::One(at));
            }
        }
        // A sweep looks at every window; swept at every doubling, each letter pays for two looks.
        if self.windows.len() > (2 * self.left_by_last_sweep).max(SWEEP_AT_LEAST) {
            self.windows
                .retain(|count, times| times.last().is_some_and(|last| counts(count, last, at)));
            self.left_by_last_sweep = self.windows.len();
        }
    }

    /// When there is room for a letter if at most `allowed` may leave in the window; `None`: there is room now.
    pub(super) fn full_until(
        &mut self,
        count: &Count,
        allowed: usize,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let end = |at: Timestamp| at.checked_add(count.window()).unwrap_or(Timestamp::MAX);
        let Some(times) = self.windows.get_mut(count) else {
            return (allowed == 0).then(|| end(now));
        };
        let left = times.drop_while(|at| !counts(count, at, now));
        // So many of the oldest must go before one more is allowed.
        let over = left.checked_sub(allowed)?;
        let oldest = times.get(over).filter(|_| left > 0);
        Some(end(oldest.unwrap_or(now)))
    }
}

fn counts(count: &Count, at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < count.window()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + second).unwrap()
    }

    #[test]
    fn memory_follows_the_last_hour() {
        let mut counts = Counts::default();
        for n in 0..200_000 {
            counts.add(Count::Address(format!("{n}@acme.example")), at(n));
        }
        assert!(
            counts.windows.len() <= 2 * SWEEP_AT_LEAST,
            "{} windows are remembered",
            counts.windows.len()
        );
    }

    #[test]
    fn room_comes_when_enough_of_the_oldest_have_gone() {
        let ticket = Count::Ticket(TicketId(1));
        let mut counts = Counts::default();
        for second in [0, 10, 20, 30] {
            counts.add(ticket.clone(), at(second));
        }
        let table = [
            (5, None),
            (4, Some(600)),
            (3, Some(610)),
            (1, Some(630)),
            (0, Some(640)),
        ];
        for (allowed, free) in table {
            assert_eq!(
                counts.full_until(&ticket, allowed, at(40)),
                free.map(at),
                "{allowed} allowed"
            );
        }
        assert_eq!(counts.full_until(&ticket, 4, at(600)), None);
    }
}
