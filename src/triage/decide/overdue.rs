//! A promise that has passed unkept: the Partner Manager is told once, and rules that wait for it apply.
//!
//! An alarm is a hint. Whether something is overdue is looked at again here, so a late, early or repeated alarm
//! does no harm.

use jiff::Timestamp;

use super::drafting::Drafting;
use super::facts::{Around, Asked, Case};
use super::reason::PromiseReason;
use super::writing::ToStaff;
use super::{
    Decision, Setting, closing, incident, ladder, people, promising, raising, silence, telling,
    waiting, warning,
};
use crate::triage::letter::Purpose;
use crate::triage::letter::escalation;
use crate::triage::letter::template::names;
use crate::triage::mail::Kind;
use crate::triage::promise::cadence::cadence;
use crate::triage::promise::{Metric, Promise};
use crate::triage::rules::Who;
use crate::triage::rules::combine::{Judgement, judge};
use crate::triage::rules::criterion::ClockEvent;
use crate::triage::ticket::{Change, Ticket};

/// Decides an alarm of the ticket.
pub(super) fn ring(ticket: &Ticket, setting: &Setting<'_>) -> Decision {
    let mut drafting = Drafting::new(Some(ticket), setting);
    let case = Case::of_ticket(ticket, setting.rules);
    let rang = [
        notice_until(&mut drafting, &case, setting.now),
        warning::give(&mut drafting, &case),
        silence::notice(&mut drafting, &case),
        // What joined the ladder just now stands in the notice that is due.
        ladder::ring(&mut drafting, &case),
        waiting::remind(&mut drafting, &case),
        closing::close(&mut drafting, &case),
    ];
    if !rang.contains(&true) {
        drafting.because(PromiseReason::NotOverdue);
    }
    drafting.finish()
}

/// Notices every promise that had passed unkept at that instant, and tells of all of them in one letter. True if there
/// was one.
pub(super) fn notice_until(drafting: &mut Drafting<'_>, case: &Case<'_>, until: Timestamp) -> bool {
    let broken = note(drafting, case, until);
    let Some(first) = broken.first() else {
        return false;
    };
    let event = ClockEvent::PromiseBroken;
    let judgements: Vec<Judgement> = broken
        .iter()
        .filter_map(|promise| judgement(drafting, Some(promise.metric), event, case))
        .collect();
    for judgement in &judgements {
        telling::explain(drafting, judgement);
        let from = Some(drafting.now());
        raising::raise(drafting, judgement, case, (Vec::new(), from));
    }
    tell_manager(drafting, first, &broken, case);
    for judgement in &judgements {
        telling::tell(drafting, judgement, None, case);
    }
    true
}

/// Notes what is broken, and begins what is promised again and again anew. The promises come back as they were.
fn note(drafting: &mut Drafting<'_>, case: &Case<'_>, until: Timestamp) -> Vec<Promise> {
    let Some(ticket) = drafting.ticket() else {
        return Vec::new();
    };
    let late = |promise: &&Promise| {
        promise.is_running() && promise.is_overdue(until) && ticket.still_owed(promise.metric)
    };
    let mut broken: Vec<Promise> = ticket.promises.iter().filter(late).cloned().collect();
    broken.sort_by_key(|promise| promise.due);
    for promise in &broken {
        drafting.because(PromiseReason::Broken {
            metric: promise.metric,
            due: promise.due,
            origin: promise.origin.clone(),
        });
        drafting.change(Change::Broken {
            metric: promise.metric,
            noticed_at: drafting.now(),
        });
        if promise.metric == Metric::UpdateEvery {
            watch_on(drafting, promise, case, until);
        }
    }
    broken
}

/// The next update is awaited from the missed deadline, so a long silence is many misses and one that is pending.
fn watch_on(drafting: &mut Drafting<'_>, missed: &Promise, case: &Case<'_>, until: Timestamp) {
    let (Some(clock), Some(start)) = (missed.clock(&case.calendar), missed.due) else {
        return;
    };
    let updates = cadence(&clock.from(start), &[], until);
    let mut newer = Promise {
        broken_noticed: None,
        ..missed.clone()
    };
    let mut from = start;
    for due in &updates.missed {
        newer = promising::begun_again(case, &newer, from);
        drafting.change(Change::Promised(newer.clone()));
        drafting.change(Change::Broken {
            metric: newer.metric,
            noticed_at: drafting.now(),
        });
        from = *due;
    }
    if !updates.missed.is_empty() {
        drafting.because(PromiseReason::MissedAgain {
            metric: missed.metric,
            times: updates.missed.len(),
            last: from,
        });
    }
    // Where even the next second would be too late, nobody waits any more.
    if updates.pending.is_some() || clock.from(from).due().is_none() {
        drafting.promise(promising::begun_again(case, &newer, from));
    }
}

/// What rules say that wait for a clock; nothing where there are none.
pub(super) fn judgement(
    drafting: &Drafting<'_>,
    metric: Option<Metric>,
    event: ClockEvent,
    case: &Case<'_>,
) -> Option<Judgement> {
    let event = Some(event);
    if !case.rules.rules.iter().any(|rule| rule.event == event) {
        return None;
    }
    let ticket = drafting.ticket()?;
    let at = case.at(drafting.now());
    let facts = Asked {
        arrival: None,
        kind: Kind::Request,
        ticket: Some(ticket),
        around: Around {
            client: ticket.client.as_deref(),
            anger: incident::anger_at(drafting.setting, ticket, event),
            ..Around::default()
        },
        event,
        broken: metric,
        at: &at,
    };
    let judgement = judge(&case.facts(&facts), case.rules);
    (!judgement.matches.is_empty()).then_some(judgement)
}

/// The Partner Manager is told of each broken promise once, whatever the rules say, and of several in one letter.
fn tell_manager(drafting: &mut Drafting<'_>, first: &Promise, broken: &[Promise], case: &Case<'_>) {
    let named: Vec<&str> = broken.iter().map(|promise| promise.metric.name()).collect();
    let named = named.join(", ");
    let Some(manager) = people::resolve(&Who::PartnerManager, case, drafting.now()) else {
        let number = drafting
            .ticket()
            .map(|ticket| ticket.number.clone())
            .unwrap_or_default();
        drafting.alarm(
            format!("{number} broke its promise {named}, and its Partner Manager is unknown"),
            None,
            "Name a manager in company.toml, and look at the ticket yourself.",
        );
        return;
    };
    let mut values = telling::briefed(drafting, Vec::new(), None, case);
    values.broken = escalation::broken(first, &telling::view(case, &[]));
    drafting.write_to_staff(
        &ToStaff {
            purpose: Purpose::Broken,
            template: names::PROMISE_BROKEN,
            values,
            by: format!("the broken promise {named}"),
        },
        manager,
        case,
    );
    drafting.change(Change::Told(vec![manager.email.clone()]));
}
