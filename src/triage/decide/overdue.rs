//! A promise that has passed unkept: the Partner Manager is told once, and rules that wait for it apply.
//!
//! An alarm is a hint. Whether something is overdue is looked at again here, so a late, early or repeated alarm
//! does no harm.

use super::drafting::Drafting;
use super::facts::{Asked, Case};
use super::reason::PromiseReason;
use super::writing::ToStaff;
use super::{Decision, Setting, people, raising, telling};
use crate::triage::letter::Purpose;
use crate::triage::letter::escalation;
use crate::triage::letter::template::names;
use crate::triage::mail::Kind;
use crate::triage::promise::Promise;
use crate::triage::rules::Who;
use crate::triage::rules::combine::{Judgement, judge};
use crate::triage::rules::criterion::ClockEvent;
use crate::triage::ticket::{Change, Ticket};

/// Decides an alarm of the ticket.
pub(super) fn ring(ticket: &Ticket, setting: &Setting<'_>) -> Decision {
    let mut drafting = Drafting::new(Some(ticket), setting);
    let case = Case::of_ticket(ticket, setting.rules);
    if !notice_all(&mut drafting, &case) {
        drafting.because(PromiseReason::NotOverdue);
    }
    drafting.finish()
}

/// Notices every promise that is overdue now. True if there was one.
pub(super) fn notice_all(drafting: &mut Drafting<'_>, case: &Case<'_>) -> bool {
    let now = drafting.now();
    let overdue: Vec<Promise> = drafting
        .ticket()
        .map(|ticket| {
            let late = |promise: &&Promise| {
                promise.is_running() && promise.is_overdue(now) && ticket.still_owed(promise.metric)
            };
            ticket.promises.iter().filter(late).cloned().collect()
        })
        .unwrap_or_default();
    for promise in &overdue {
        notice(drafting, promise, case);
    }
    !overdue.is_empty()
}

fn notice(drafting: &mut Drafting<'_>, promise: &Promise, case: &Case<'_>) {
    drafting.because(PromiseReason::Broken {
        metric: promise.metric,
        due: promise.due,
        origin: promise.origin.clone(),
    });
    drafting.change(Change::Broken {
        metric: promise.metric,
        noticed_at: drafting.now(),
    });
    let judgement = judgement(drafting, promise, case);
    if let Some(judgement) = &judgement {
        telling::explain(drafting, judgement);
        let from = Some(drafting.now());
        raising::raise(drafting, judgement, case, (Vec::new(), from));
    }
    tell_manager(drafting, promise, case);
    if let Some(judgement) = &judgement {
        telling::tell(drafting, judgement, None, case);
    }
}

/// What rules say that wait for a broken promise; nothing where there are none.
fn judgement(drafting: &Drafting<'_>, promise: &Promise, case: &Case<'_>) -> Option<Judgement> {
    let event = Some(ClockEvent::PromiseBroken);
    if !case.rules.rules.iter().any(|rule| rule.event == event) {
        return None;
    }
    let ticket = drafting.ticket()?;
    let at = case.at(drafting.now());
    let facts = Asked {
        arrival: None,
        kind: Kind::Request,
        ticket: Some(ticket),
        client: ticket.client.as_deref(),
        reopened: false,
        event,
        broken: Some(promise.metric),
        at: &at,
    };
    let judgement = judge(&case.facts(&facts), case.rules);
    (!judgement.matches.is_empty()).then_some(judgement)
}

/// The Partner Manager is told of each broken promise once, whatever the rules say.
fn tell_manager(drafting: &mut Drafting<'_>, promise: &Promise, case: &Case<'_>) {
    let Some(manager) = people::resolve(&Who::PartnerManager, case, drafting.now()) else {
        let number = drafting
            .ticket()
            .map(|ticket| ticket.number.clone())
            .unwrap_or_default();
        drafting.alarm(
            format!(
                "{number} broke its promise {}, and its Partner Manager is unknown",
                promise.metric
            ),
            None,
            "Name a manager in company.toml, and look at the ticket yourself.",
        );
        return;
    };
    let mut values = telling::briefed(drafting, Vec::new(), None, case);
    values.broken = escalation::broken(promise, &telling::view(case, &[]));
    drafting.write_to_staff(
        &ToStaff {
            purpose: Purpose::Broken,
            template: names::PROMISE_BROKEN,
            values,
            by: format!("the broken promise {}", promise.metric),
        },
        manager,
        case,
    );
    drafting.change(Change::Told(vec![manager.email.clone()]));
}
