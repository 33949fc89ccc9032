//! Keeping the client informed: which updates were missed, and until when the next one is awaited.
//!
//! A missed update does not stop the clock: the next is counted from the missed deadline, so five hours of silence at
//! one hour are four misses and a fifth that is due.

use jiff::Timestamp;

use super::clock::{Clock, second_of};

/// More misses than this on one ticket tell nobody anything new: then the watch ends.
const MISSES_MAX: usize = 10_000;

/// How an `update_every` was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Updates {
    /// The deadlines that went by without an update, in order.
    pub missed: Vec<Timestamp>,
    /// Until when the next update is awaited. `None`: the clock stands still, the calendar does not open for 400 days,
    /// or so much was missed that nobody waits any more.
    pub pending: Option<Timestamp>,
}

/// How the clock's budget was kept as the time between two updates, as seen at `now`. The clock starts with our first
/// message; `updates` are the later ones, in any order. An update in the very second of its deadline is in time.
#[must_use]
pub fn cadence(clock: &Clock<'_>, updates: &[Timestamp], now: Timestamp) -> Updates {
    let (start, now) = (second_of(clock.start), second_of(now));
    let mut updates: Vec<Timestamp> = updates.iter().copied().map(second_of).collect();
    updates.retain(|update| start <= *update && *update <= now);
    updates.sort_unstable();
    let mut updates = updates.into_iter().peekable();
    let mut kept = Updates::default();
    let mut from = start;
    while let Some(due) = clock.from(from).due() {
        if let Some(update) = updates.next_if(|update| *update <= due) {
            from = update;
            continue;
        }
        if now <= due {
            kept.pending = Some(due);
            break;
        }
        // No time between two updates would be missed for ever in the same second.
        if due == from || kept.missed.len() == MISSES_MAX {
            break;
        }
        kept.missed.push(due);
        from = due;
    }
    kept
}
