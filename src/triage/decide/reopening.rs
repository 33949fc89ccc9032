//! A solved ticket opens again: by a reply in time, or by a person's order.
//!
//! The clock of `solve` goes on where it stopped; the time in which the ticket was solved does not count.

use jiff::Timestamp;

use super::drafting::Drafting;
use super::facts::Case;
use super::promising;
use super::reason::ThreadReason;
use crate::triage::promise::calendar::Calendar;
use crate::triage::promise::clock::{Pause, due, elapsed};
use crate::triage::promise::{Budget, Metric, Promise};
use crate::triage::rules::Rules;
use crate::triage::ticket::{Change, State, Ticket};

/// True if a reply at that instant still opens a ticket that was solved at the other.
pub(super) fn is_in_time(solved_at: Timestamp, reply_at: Timestamp, rules: &Rules) -> bool {
    in_time_until(solved_at, rules).is_none_or(|last| reply_at <= last)
}

/// Until when a reply opens a ticket again; `None`: for ever.
pub(super) fn in_time_until(solved_at: Timestamp, rules: &Rules) -> Option<Timestamp> {
    due(&Calendar::always(), solved_at, rules.reopen_within, &[])
}

/// Opens the ticket again, if it is solved. True if it was.
pub(super) fn reopen(drafting: &mut Drafting<'_>, case: &Case<'_>, at: Timestamp) -> bool {
    let Some(ticket) = drafting.ticket().cloned() else {
        return false;
    };
    let (State::Solved { at: solved_at } | State::Closed { solved_at }) = ticket.state else {
        return false;
    };
    drafting.because(ThreadReason::Reopening { solved_at });
    drafting.change(Change::Reopened { at });
    if let Some(promise) = goes_on(&ticket, case, (solved_at, at), drafting.now()) {
        drafting.promise(promise);
    }
    // Nobody was to hear from us while it was solved.
    if ticket.life.spoke_at.is_some() {
        promising::begin_updates(drafting, case, at);
    }
    true
}

/// `solve` with the solved time as a pause: what was left of its budget then is left of it now.
fn goes_on(
    ticket: &Ticket,
    case: &Case<'_>,
    (solved_at, reopened_at): (Timestamp, Timestamp),
    now: Timestamp,
) -> Option<Promise> {
    let older = ticket.promise_of(Metric::Solve)?;
    let was_due = older.due?;
    if older.broken_noticed.is_some() || was_due < solved_at {
        return None;
    }
    let mut promise = Promise {
        kept: None,
        ..older.clone()
    };
    promise.pauses.push(Pause {
        from: solved_at,
        to: Some(reopened_at.max(solved_at)),
    });
    if promise.start.is_some() && promise.budget.is_some() {
        return Some(promising::moved(case, promise, older, now));
    }
    // A journal of an earlier version says no more than the deadline.
    let promised = case
        .plan
        .and_then(|plan| plan.promised.get(&(ticket.urgency, Metric::Solve)));
    let always = Calendar::always();
    let business = promised.is_some_and(|promised| promised.budget.business);
    let calendar = if business { &case.calendar } else { &always };
    let left = Budget {
        seconds: elapsed(calendar, solved_at, was_due, &[]),
        business,
    };
    promise.due = due(calendar, reopened_at, left, &[]);
    Some(promise)
}
