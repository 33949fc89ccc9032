//! Promises of a ticket as clocks: made, begun again with each message or update, moved when pauses or terms change.
//!
//! A promise carries its own start, budget and pauses, so that its times follow from it and a calendar alone, whatever
//! the rules say by then.

use jiff::Timestamp;

use super::drafting::Drafting;
use super::facts::Case;
use super::overdue;
use super::telling::FIRST_LINE;
use crate::triage::promise::clock::Pause;
use crate::triage::promise::warning::warning;
use crate::triage::promise::{Metric, Promise, Warning};
use crate::triage::report::Urgency;
use crate::triage::ticket::{Change, State, Ticket};

/// The promise that the plan makes for this metric, with its warnings; nothing where the plan is silent.
pub(super) fn made(case: &Case<'_>, term: (Urgency, Metric), start: Timestamp) -> Option<Promise> {
    let promise = case.plan?.promise(term, &case.calendar, start)?;
    let warnings = warnings(case, &promise);
    Some(Promise {
        warnings,
        ..promise
    })
}

/// The promise with the times that follow from its start, budget and pauses, which are new. Warnings that were given
/// stay given, unless the promise now ends later and so much of its time has yet to go by.
pub(super) fn moved(case: &Case<'_>, promise: Promise, older: &Promise, now: Timestamp) -> Promise {
    let Some(clock) = promise.clock(&case.calendar) else {
        return promise;
    };
    let due = clock.due();
    let is_later = match (older.due, due) {
        (Some(old), Some(new)) => old < new,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let mut warnings = warnings(case, &promise);
    for warning in &mut warnings {
        let ahead = warning.at > now;
        let before = older
            .warnings
            .iter()
            .find(|one| one.percent == warning.percent);
        warning.given = match before {
            Some(before) => before.given && !(is_later && ahead),
            // Nobody was to be warned at that time when it went by.
            None => !ahead,
        };
    }
    // What stands still tells no times; those that it had come back when it goes on.
    let warnings = if due.is_some() {
        warnings
    } else {
        older.warnings.clone()
    };
    Promise {
        due,
        warnings,
        ..promise
    }
}

fn warnings(case: &Case<'_>, promise: &Promise) -> Vec<Warning> {
    let Some(clock) = promise.clock(&case.calendar) else {
        return Vec::new();
    };
    let percents = case.rules.warn_at.iter().copied();
    let warn = |percent| {
        let at = warning(&clock, percent)?;
        Some(Warning {
            percent,
            at,
            given: false,
        })
    };
    percents.filter_map(warn).collect()
}

/// The client's side has heard from us at that instant: what this keeps, and until when the next update is due. What
/// had passed by then is broken first.
pub(super) fn spoke(
    drafting: &mut Drafting<'_>,
    case: &Case<'_>,
    (at, by_person): (Timestamp, bool),
    by: &str,
) {
    overdue::notice_until(drafting, case, at);
    drafting.change(Change::Spoke { at, by_person });
    if by_person {
        drafting.keep(Metric::FirstResponse, at, by);
        drafting.keep(Metric::NextResponse, at, by);
    }
    update(drafting, case, (at, by));
}

/// An update keeps the promise of one and begins the next. The first one begins with our first word.
fn update(drafting: &mut Drafting<'_>, case: &Case<'_>, (at, by): (Timestamp, &str)) {
    let running = drafting
        .ticket()
        .and_then(|ticket| ticket.promise_of(Metric::UpdateEvery))
        .filter(|promise| promise.is_running());
    // What was said before this promise began has begun it, or an earlier one.
    if running.is_some_and(|promise| promise.start.is_some_and(|start| at < start)) {
        return;
    }
    drafting.keep(Metric::UpdateEvery, at, by);
    begin_updates(drafting, case, at);
}

/// From now on the client is to hear from us as often as the plan says; nothing where it is silent, or where the
/// matter is not ours.
pub(super) fn begin_updates(drafting: &mut Drafting<'_>, case: &Case<'_>, start: Timestamp) {
    begin(drafting, case, (Metric::UpdateEvery, start));
}

/// Promises an answer to the client's oldest message that no person has answered, unless it is promised already: as
/// the first answer, or since that message.
pub(super) fn next_response(drafting: &mut Drafting<'_>, case: &Case<'_>) {
    let Some(ticket) = drafting.ticket() else {
        return;
    };
    let is_open = |metric| {
        let promise = ticket.promise_of(metric);
        promise.is_some_and(|promise| promise.kept.is_none())
    };
    if is_open(Metric::FirstResponse) || is_open(Metric::NextResponse) {
        return;
    }
    if let Some(since) = ticket.life.unanswered_since {
        begin(drafting, case, (Metric::NextResponse, since));
    }
}

/// The same promise once more, from the deadline that was missed.
pub(super) fn begun_again(case: &Case<'_>, missed: &Promise, from: Timestamp) -> Promise {
    let promise = Promise {
        kept: None,
        broken_noticed: None,
        cycle: missed.cycle.saturating_add(1),
        start: Some(from),
        began: Some(from),
        warnings: Vec::new(),
        ..missed.clone()
    };
    let due = promise.clock(&case.calendar).and_then(|clock| clock.due());
    let warnings = warnings(case, &promise);
    Promise {
        due,
        first_due: due,
        warnings,
        ..promise
    }
}

fn begin(drafting: &mut Drafting<'_>, case: &Case<'_>, (metric, start): (Metric, Timestamp)) {
    let Some(ticket) = drafting.ticket().filter(|ticket| is_ours(ticket)) else {
        return;
    };
    let Some(promise) = made(case, (ticket.urgency, metric), start) else {
        return;
    };
    let cycle = ticket
        .promise_of(metric)
        .map_or(0, |older| older.cycle.saturating_add(1));
    let standing = standing_still(ticket, metric, case, start);
    let promise = Promise { cycle, ..promise };
    let promise = match standing {
        None => promise,
        Some(pause) => {
            let paused = Promise {
                pauses: vec![pause],
                ..promise.clone()
            };
            moved(case, paused, &promise, drafting.now())
        }
    };
    drafting.promise(promise);
}

/// True while something is to be done by us.
fn is_ours(ticket: &Ticket) -> bool {
    ticket.is_open() && ticket.level > FIRST_LINE
}

/// The pause in which a clock that begins now begins, because it is the client's turn.
fn standing_still(
    ticket: &Ticket,
    metric: Metric,
    case: &Case<'_>,
    from: Timestamp,
) -> Option<Pause> {
    let waits = match ticket.state {
        State::Waiting { .. } => true,
        State::Open | State::Solved { .. } | State::Closed { .. } => false,
    };
    let pauses = waits && case.rules.pauses_for_client(metric, ticket.urgency);
    pauses.then_some(Pause { from, to: None })
}
