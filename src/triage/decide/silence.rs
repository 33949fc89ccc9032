//! It may be a matter of the third line, and nobody of ours looks: what is only possible becomes a call after half an hour.
//!
//! The signal alone is too weak to wake executives. That nobody has looked at it either is what makes it strong enough.

use jiff::{SignedDuration, Timestamp};

use super::drafting::Drafting;
use super::facts::Case;
use super::telling::THIRD_LINE;
use super::{Arrival, overdue, raising, telling};
use crate::triage::rules::criterion::ClockEvent;
use crate::triage::ticket::{Change, Ticket};

/// How long a matter that may be one of the third line may lie there.
const LOOK_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// The signals of the third line.
const SIGNALS: [&str; 4] = ["outage", "churn", "sla-complaint", "high-profile"];

/// Notes until when somebody must have looked, if the mail has a signal of the third line, be it only possible.
pub(super) fn watch(drafting: &mut Drafting<'_>, arrival: &Arrival<'_>) {
    let possible = SIGNALS.iter().any(|id| arrival.report.signal(id).is_some());
    let waits = drafting
        .ticket()
        .is_some_and(|ticket| may_be_overlooked(ticket) && ticket.life.look_by.is_none());
    let until = arrival.received_at.checked_add(LOOK_WITHIN);
    if let (true, true, Ok(until)) = (possible, waits, until) {
        drafting.change(Change::LookBy { at: Some(until) });
    }
}

/// Answers an alarm: nobody has looked in time, and rules that wait for it apply. True if it was so.
pub(super) fn notice(drafting: &mut Drafting<'_>, case: &Case<'_>) -> bool {
    let now = drafting.now();
    let overlooked = drafting
        .ticket()
        .filter(|ticket| may_be_overlooked(ticket))
        .and_then(|ticket| ticket.life.look_by)
        .is_some_and(|until: Timestamp| until < now);
    if !overlooked {
        return false;
    }
    drafting.change(Change::LookBy { at: None });
    let Some(judgement) = overdue::judgement(drafting, None, ClockEvent::NobodyLooked, case) else {
        return true;
    };
    telling::explain(drafting, &judgement);
    raising::raise(drafting, &judgement, case, (Vec::new(), Some(now)));
    telling::tell(drafting, &judgement, None, case);
    true
}

/// A matter of the third line has been called out already.
fn may_be_overlooked(ticket: &Ticket) -> bool {
    ticket.is_open() && ticket.life.looked_at.is_none() && ticket.level < THIRD_LINE
}
