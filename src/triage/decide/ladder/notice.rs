//! The words of a ladder's notices: which step this is, who else knows, who is next, and how to take the matter.

use jiff::Timestamp;

use super::super::drafting::Drafting;
use super::super::facts::Case;
use super::super::writing::ToStaff;
use super::super::{people, telling};
use super::Brief;
use crate::triage::letter::Purpose;
use crate::triage::letter::template::{LadderValues, MissedValues, Values, names};
use crate::triage::mail::thread::{ack_code, ack_tag};
use crate::triage::rules::Contact;
use crate::triage::ticket::{Climb, Notified, Rung, Ticket};

/// What some notices that go out together have in common.
pub(super) struct Notice<'n> {
    /// The ladder as it stands with them.
    pub(super) climb: &'n Climb,
    /// Everybody who gets one.
    pub(super) readers: &'n [&'n Contact],
    /// What became of the step before, where this one goes out before its time.
    pub(super) failed: Option<String>,
    /// How many notices fell into an outage, and when the first of them was due.
    pub(super) missed: Option<(usize, Timestamp)>,
}

/// Writes to every reader, and answers to whom.
pub(super) fn write(
    drafting: &mut Drafting<'_>,
    notice: &Notice<'_>,
    brief: Brief<'_>,
    case: &Case<'_>,
) -> Vec<Notified> {
    let Some(ticket) = drafting.ticket().cloned() else {
        return Vec::new();
    };
    let climb = notice.climb;
    let mut values = telling::briefed(drafting, brief.evidence.to_vec(), brief.arrival, case);
    let link = format!("triaged ticket show {}", ticket.number);
    values.mail.link.get_or_insert(link);
    let common = common(notice, drafting.now(), case);
    let rung = u32::try_from(climb.done.saturating_sub(1)).unwrap_or(u32::MAX);
    let mut notified = Vec::new();
    for reader in notice.readers {
        let letter = ToStaff {
            purpose: Purpose::Escalation,
            template: names::ESCALATION,
            values: Values {
                ladder: LadderValues {
                    told: others(notice, reader),
                    ack: ack_link((drafting, case), (&ticket, climb, reader)),
                    ..common.clone()
                },
                ..values.clone()
            },
            by: format!("the ladder {}", climb.ladder),
        };
        let id = drafting.next_letter();
        drafting.write_to_staff(&letter, reader, case);
        if drafting.next_letter() != id {
            notified.push(Notified {
                letter: id,
                to: reader.email.clone(),
                cycle: climb.cycle,
                rung,
            });
        }
    }
    notified
}

/// What all of them say.
fn common(notice: &Notice<'_>, now: Timestamp, case: &Case<'_>) -> LadderValues {
    let climb = notice.climb;
    let view = telling::view(case, &[]);
    if let Some(taken) = &climb.acknowledged {
        return LadderValues {
            say: Some(climb.say.clone()).filter(|say| !say.is_empty()),
            because: climb.because.clone(),
            taken_by: Some(taken.by.clone()),
            taken_until: taken.until.map(|until| view.at(until)),
            ..LadderValues::default()
        };
    }
    let this = climb.rungs.get(climb.done.saturating_sub(1));
    let next = climb.next();
    LadderValues {
        say: Some(climb.say.clone()).filter(|say| !say.is_empty()),
        step: this.map(|rung| rung.step.saturating_add(1)),
        steps: u32::try_from(climb.course.steps.len()).unwrap_or(u32::MAX),
        repeat: this.map(|rung| rung.repeat).filter(|repeat| *repeat > 0),
        because: climb.because.clone(),
        next: next.map(|rung| waiting(rung, case)).unwrap_or_default(),
        next_at: next.map(|rung| view.at(rung.at)),
        lapsed: climb.lapsed.clone(),
        failed: notice.failed.clone(),
        missed: notice
            .missed
            .map(|(count, from)| MissedValues {
                notices: Some(u32::try_from(count).unwrap_or(u32::MAX)),
                from: Some(view.at(from)),
                until: Some(view.at(now)),
            })
            .unwrap_or_default(),
        ..LadderValues::default()
    }
}

/// Who is behind the next step, as far as it can be known now.
fn waiting(rung: &Rung, case: &Case<'_>) -> Vec<String> {
    let found = rung
        .notify
        .iter()
        .filter_map(|who| people::resolve(who, case, rung.at));
    let mut names: Vec<String> = Vec::new();
    for contact in found {
        if !names.contains(&contact.name) {
            names.push(contact.name.clone());
        }
    }
    names
}

fn others(notice: &Notice<'_>, reader: &Contact) -> Vec<String> {
    let others = notice.readers.iter();
    others
        .filter(|other| other.email != reader.email)
        .map(|other| other.name.clone())
        .collect()
}

/// How this reader says "mine" with any mail: to a keyed address, or with a keyed subject where the brand has no such
/// addresses.
fn ack_link(
    (drafting, case): (&Drafting<'_>, &Case<'_>),
    (ticket, climb, reader): (&Ticket, &Climb, &Contact),
) -> Option<String> {
    let (own, plus) = drafting.answers_reach(case);
    let key = drafting.setting.key;
    let (id, to, number) = (ticket.id.0, reader.email.as_str(), &ticket.number);
    let (local, domain) = own.rsplit_once('@')?;
    Some(if plus {
        let tag = ack_tag(key, id, to, climb.cycle);
        format!("mailto:{local}+{tag}@{domain}?subject=ack%20{number}")
    } else {
        let code = ack_code(key, id, to, climb.cycle);
        format!("mailto:{own}?subject=ack%20{number}%20{code}")
    })
}
