//! So much of a promise's time has gone by: rules that wait for it apply, and their people are told.
//!
//! Each warning is given once. One whose time went by while nobody looked is given late and says so; once the promise
//! is broken, that is told instead.

use jiff::SignedDuration;

use super::drafting::Drafting;
use super::facts::Case;
use super::reason::PromiseReason;
use super::writing::ToStaff;
use super::{overdue, people, raising, telling};
use crate::triage::letter::Purpose;
use crate::triage::letter::escalation;
use crate::triage::letter::template::names;
use crate::triage::promise::{Promise, Warning};
use crate::triage::rules::combine::Judgement;
use crate::triage::rules::criterion::ClockEvent;
use crate::triage::ticket::Change;

/// An alarm rings within seconds; a warning that comes later than this was missed.
const LATE_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// Gives every warning whose time has come. True if there was one.
pub(super) fn give(drafting: &mut Drafting<'_>, case: &Case<'_>) -> bool {
    let now = drafting.now();
    let Some(ticket) = drafting.ticket() else {
        return false;
    };
    let running = ticket
        .promises
        .iter()
        .filter(|promise| promise.warns_at().is_some_and(|at| at <= now))
        .filter(|promise| ticket.still_owed(promise.metric));
    let running: Vec<Promise> = running.cloned().collect();
    for promise in &running {
        let due = |warning: &&Warning| !warning.given && warning.at <= now;
        // The last one first: whoever is told twice reads how little time is left.
        for warning in promise.warnings.iter().filter(due).rev() {
            warn(drafting, promise, *warning, case);
        }
    }
    !running.is_empty()
}

fn warn(drafting: &mut Drafting<'_>, promise: &Promise, warning: Warning, case: &Case<'_>) {
    let late = drafting.now().duration_since(warning.at) > LATE_AFTER;
    drafting.because(PromiseReason::Warned {
        metric: promise.metric,
        percent: warning.percent,
        at: warning.at,
        due: promise.due,
        late,
    });
    drafting.change(Change::Warned {
        metric: promise.metric,
        percent: warning.percent,
    });
    let event = ClockEvent::PromiseAt(warning.percent);
    let Some(judgement) = overdue::judgement(drafting, Some(promise.metric), event, case) else {
        return;
    };
    telling::explain(drafting, &judgement);
    let from = Some(drafting.now());
    raising::raise(drafting, &judgement, case, (Vec::new(), from));
    tell(drafting, promise, &judgement, case);
    if !judgement.ladders.is_empty() {
        let ladders = Judgement {
            tell: Vec::new(),
            ..judgement
        };
        telling::tell(drafting, &ladders, None, case);
    }
}

/// Tells the people whom the rules name. That each is told once is the warning's own matter: the next answer to the same
/// ticket may be late as well.
fn tell(drafting: &mut Drafting<'_>, promise: &Promise, judgement: &Judgement, case: &Case<'_>) {
    for (who, rule) in &judgement.tell {
        let Some(reader) = people::resolve(who, case, drafting.now()) else {
            continue;
        };
        if drafting.writes_to(&reader.email) {
            continue;
        }
        let mut values = telling::briefed(drafting, Vec::new(), None, case);
        values.broken = escalation::broken(promise, &telling::view(case, &[]));
        let letter = ToStaff {
            purpose: Purpose::Notice,
            template: names::PROMISE_AT_RISK,
            values,
            by: format!("rule {rule}"),
        };
        drafting.write_to_staff(&letter, reader, case);
        drafting.change(Change::Told(vec![reader.email.clone()]));
    }
}
