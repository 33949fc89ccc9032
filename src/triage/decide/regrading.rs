//! A ticket's urgency changes: what becomes of its promises.
//!
//! Stricter terms run from the moment in which we knew, looser ones from the beginning, and neither breaks a promise in
//! the second in which it is made. Rules that were loaded since change nothing by themselves: only a change of the
//! ticket asks for terms again.

use jiff::Timestamp;

use super::drafting::Drafting;
use super::facts::Case;
use super::promising;
use super::telling::FIRST_LINE;
use crate::triage::promise::clock::{Clock, Pause};
use crate::triage::promise::regrade::{Turn, regrade};
use crate::triage::promise::{Metric, Promise};
use crate::triage::ticket::Ticket;

/// Moves the promises of a ticket that was `before`; `at` is when we knew.
pub(super) fn follow(drafting: &mut Drafting<'_>, before: &Ticket, case: &Case<'_>, at: Timestamp) {
    let Some(ticket) = drafting.ticket().cloned() else {
        return;
    };
    let turn = Turn::of_urgency(before.urgency, ticket.urgency);
    let now_ours = before.level == FIRST_LINE && ticket.level > FIRST_LINE;
    if turn == Turn::Same && !now_ours {
        return;
    }
    for metric in Metric::ALL {
        match ticket.promise_of(metric) {
            Some(older) if older.is_running() => {
                let now = drafting.now();
                if let Some(promise) = graded(older, (&ticket, case), turn, (at, now)) {
                    drafting.promise(promise);
                }
            }
            Some(_) => {}
            None if turn == Turn::Stricter || now_ours => {
                add(drafting, &ticket, case, (metric, at))
            }
            None => {}
        }
    }
}

/// A running promise under the ticket's new urgency; `None` where nothing of it changes.
fn graded(
    older: &Promise,
    (ticket, case): (&Ticket, &Case<'_>),
    turn: Turn,
    (at, now): (Timestamp, Timestamp),
) -> Option<Promise> {
    let goes_on = !case.rules.pauses_for_client(older.metric, ticket.urgency);
    let stands = older.pauses.iter().any(|pause| pause.to.is_none());
    // Of two clocks that stand still, the one that would be due first if both went on now is the stricter.
    let going = Promise {
        pauses: ended(&older.pauses, at),
        ..older.clone()
    };
    let due = if stands {
        going.clock(&case.calendar).and_then(|clock| clock.due())
    } else {
        older.due
    };
    let terms = case
        .plan
        .and_then(|plan| plan.promised.get(&(ticket.urgency, older.metric)));
    let regraded = terms.and_then(|terms| {
        let newer = Clock {
            calendar: &case.calendar,
            start: older.began.or(older.start).unwrap_or(ticket.opened_at),
            budget: terms.budget,
            pauses: &going.pauses,
        };
        Some((regrade(due, &newer, turn, at).newer_from?, terms))
    });
    let base = if goes_on && stands { &going } else { older };
    let promise = match regraded {
        Some((from, terms)) => Promise {
            start: Some(from),
            budget: Some(terms.budget),
            origin: terms.origin.clone(),
            ..base.clone()
        },
        None if goes_on && stands => going,
        None => return None,
    };
    Some(promising::moved(case, promise, older, now))
}

/// What was not promised before is from the moment in which we knew. Only the first mail is acknowledged, and whether it
/// is was decided then.
fn add(
    drafting: &mut Drafting<'_>,
    ticket: &Ticket,
    case: &Case<'_>,
    (metric, at): (Metric, Timestamp),
) {
    let wanted = match metric {
        Metric::Acknowledge => false,
        Metric::FirstResponse => ticket.life.answered_at.is_none(),
        Metric::Solve => true,
        Metric::NextResponse => return promising::next_response(drafting, case),
        Metric::UpdateEvery if ticket.life.spoke_at.is_some() => {
            return promising::begin_updates(drafting, case, at);
        }
        Metric::UpdateEvery => false,
    };
    if !wanted || !ticket.is_open() || ticket.level == FIRST_LINE {
        return;
    }
    if let Some(promise) = promising::made(case, (ticket.urgency, metric), at) {
        drafting.promise(promise);
    }
}

/// The pauses, those that last ended at an instant.
pub(super) fn ended(pauses: &[Pause], at: Timestamp) -> Vec<Pause> {
    let end = |pause: &Pause| Pause {
        from: pause.from,
        to: Some(pause.to.unwrap_or_else(|| at.max(pause.from))),
    };
    pauses.iter().map(end).collect()
}
