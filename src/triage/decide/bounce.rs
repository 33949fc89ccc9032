//! A letter of ours came back. The address it could not reach is never written to because of that.
//!
//! Whoever bounced, our own people must know: an acknowledgement that did not arrive is a promise that was not kept
//! after all, and an escalation that did not arrive has escalated nothing.

use super::drafting::Drafting;
use super::facts::Case;
use super::reason::LetterReason;
use super::writing::ToStaff;
use super::{Arrival, Decision, Setting, follow_up, ladder, people, promising, telling};
use crate::triage::letter::Purpose;
use crate::triage::letter::escalation::trouble;
use crate::triage::letter::template::names;
use crate::triage::mail::Bounce;
use crate::triage::promise::{Metric, Promise};
use crate::triage::rules::{Contact, Who};
use crate::triage::ticket::{Change, Ticket, Writer, Written};

/// Decides a delivery report about a letter of this ticket.
pub(super) fn came_back(ticket: &Ticket, arrival: &Arrival<'_>, setting: &Setting<'_>) -> Decision {
    let mut drafting = follow_up::begin(ticket, arrival, setting, Writer::Machine);
    let report = arrival.mail.bounce.clone().unwrap_or(Bounce {
        recipient: None,
        status: None,
        permanent: true,
        quoted_ids: Vec::new(),
    });
    let written = letter(ticket, arrival, &report);
    let recipient = report
        .recipient
        .or_else(|| written.map(|written| written.to.clone()))
        .unwrap_or_else(|| "an unnamed address".to_owned());
    drafting.because(LetterReason::Bounced {
        letter: written
            .map(|written| written.letter)
            .or(arrival.bounced.map(|(letter, _)| letter)),
        recipient: recipient.clone(),
        status: report.status.clone(),
        permanent: report.permanent,
    });
    let status = report
        .status
        .map(|status| format!(" ({status})"))
        .unwrap_or_default();
    if !report.permanent {
        drafting.change(Change::Note(format!(
            "A letter to {recipient} is late{status}."
        )));
        return drafting.finish();
    }
    drafting.change(Change::Note(format!(
        "A letter to {recipient} came back{status}."
    )));
    let effect = format!(
        "bounce/{recipient}/{}",
        written.map_or(0, |written| written.letter.0)
    );
    if drafting
        .ticket()
        .is_some_and(|ticket| ticket.done.contains(&effect))
    {
        return drafting.finish();
    }
    drafting.change(Change::Did(effect));
    let case = Case::of_ticket(ticket, setting.rules);
    let letter = written
        .map(|written| written.letter)
        .or(arrival.bounced.map(|(letter, _)| letter));
    ladder::undelivered(&mut drafting, (letter, &status), &case);
    undelivered(
        &mut drafting,
        &case,
        (written.map(|written| written.purpose), &recipient, &status),
    );
    if written.is_some_and(|written| written.purpose.is_to_the_client()) {
        reopen_acknowledge(&mut drafting, &case, arrival.received_at);
    }
    drafting.finish()
}

/// A letter that is about no ticket came back, such as a digest: the operators must know. Of an alarm they are not told,
/// because the next one would come back as well; the log has it.
pub(super) fn without_ticket(drafting: &mut Drafting<'_>, arrival: &Arrival<'_>) {
    let (Some((letter, purpose)), Some(report)) = (arrival.bounced, &arrival.mail.bounce) else {
        return;
    };
    if arrival.duplicate || !report.permanent || purpose == Purpose::Alarm {
        return;
    }
    let recipient = report.recipient.as_deref().unwrap_or("an unnamed address");
    drafting.because(LetterReason::Bounced {
        letter: Some(letter),
        recipient: recipient.to_owned(),
        status: report.status.clone(),
        permanent: true,
    });
    drafting.alarm(
        format!("A {} did not reach {recipient}", purpose.name()),
        report.status.clone(),
        "Correct the address in contacts.toml, and tell this person yourself: `triaged ticket list` shows what is open.",
    );
}

/// Tells our people that somebody was not reached, never at that address itself.
pub(super) fn undelivered(
    drafting: &mut Drafting<'_>,
    case: &Case<'_>,
    (purpose, recipient, why): (Option<Purpose>, &str, &str),
) {
    let Some(ticket) = drafting.ticket() else {
        return;
    };
    let number = ticket.number.clone();
    let what_letter = purpose.map_or("letter", Purpose::name);
    let what = format!("The {what_letter} of {number} did not reach {recipient}");
    let why = Some(why.trim().to_owned());
    match purpose {
        Some(Purpose::Acknowledgement | Purpose::HandBack | Purpose::Answer) | None => {
            drafting.change(Change::Review(true));
            let to_do = "Reach the sender in another way, and correct the address.";
            tell_readers(drafting, case, recipient, (what, why, to_do));
        }
        Some(Purpose::Notice | Purpose::Escalation | Purpose::Broken) => {
            let to_do = "Correct the address in contacts.toml, and tell this person yourself.";
            drafting.alarm(what.clone(), why.clone(), to_do);
            tell_readers(drafting, case, recipient, (what, why, to_do));
        }
        // Alarms about alarms would never end; the outbox and the log show them.
        Some(Purpose::Digest | Purpose::Alarm) => {}
    }
}

/// Everybody who knows of the ticket, and the Partner Manager.
fn tell_readers(
    drafting: &mut Drafting<'_>,
    case: &Case<'_>,
    except: &str,
    (what, why, to_do): (String, Option<String>, &str),
) {
    let told = drafting
        .ticket()
        .map(|ticket| ticket.told.clone())
        .unwrap_or_default();
    let manager = people::resolve(&Who::PartnerManager, case, drafting.now());
    let mut readers: Vec<&Contact> = case
        .rules
        .contacts
        .values()
        .filter(|contact| told.contains(&contact.email))
        .collect();
    readers.extend(manager.filter(|manager| !told.contains(&manager.email)));
    let mut values = telling::briefed(drafting, Vec::new(), None, case);
    values.trouble = trouble(what, why, to_do, drafting.setting.instance);
    let letter = ToStaff {
        purpose: Purpose::Notice,
        template: names::ALARM,
        values,
        by: "a letter that did not arrive".to_owned(),
    };
    for reader in readers {
        if reader.email != except && !drafting.writes_to(&reader.email) {
            drafting.write_to_staff(&letter, reader, case);
        }
    }
}

/// The letter that the report is about: as the quoted Message-ID names it, else the newest to that address.
fn letter<'t>(ticket: &'t Ticket, arrival: &Arrival<'_>, report: &Bounce) -> Option<&'t Written> {
    let bounced = arrival.bounced.map(|(letter, _)| letter);
    let by_id = |written: &&Written| Some(written.letter) == bounced;
    let to_recipient = |written: &&Written| Some(&written.to) == report.recipient.as_ref();
    ticket
        .written
        .iter()
        .find(by_id)
        .or_else(|| ticket.written.iter().rev().find(to_recipient))
}

/// The promise to acknowledge is open again, its whole budget counted from the bounce.
fn reopen_acknowledge(drafting: &mut Drafting<'_>, case: &Case<'_>, from: jiff::Timestamp) {
    let Some(ticket) = drafting.ticket() else {
        return;
    };
    let Some(older) = ticket.promise_of(Metric::Acknowledge).cloned() else {
        return;
    };
    let again = promising::made(case, (ticket.urgency, Metric::Acknowledge), from);
    drafting.promise(Promise {
        due: again.as_ref().and_then(|again| again.due),
        start: again.as_ref().and_then(|again| again.start),
        budget: again.as_ref().and_then(|again| again.budget),
        warnings: again.map(|again| again.warnings).unwrap_or_default(),
        kept: None,
        ..older
    });
}
