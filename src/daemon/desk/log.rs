//! What the desk tells the log: each decision, and alarms that reach nobody.
//!
//! A decision is logged when it is made; should its batch not reach the disk, it is made and logged again.

use crate::daemon::store::{Cause, OwnLetter, Record};
use crate::triage::letter::{Letter, Outcome, Purpose};
use crate::triage::mail::Mail;

/// A line for what an operator would tell a colleague.
pub(super) fn decided(record: &Record) {
    let letters = record.decision.letters.len();
    let because = record
        .decision
        .because
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ");
    match (&record.cause, record.decision.opens()) {
        (Cause::Mail(place), Some(ticket)) => {
            tracing::info!(ticket = %ticket.number, mailbox = %place.mailbox, uid = place.uid, level = ticket.level, urgency = %ticket.urgency, letters, "Opened.");
        }
        (Cause::Mail(place), None) => {
            tracing::info!(ticket = record.ticket.map(|id| id.0), mailbox = %place.mailbox, uid = place.uid, letters, because, "Took a mail.");
        }
        (Cause::Letter(id, tries), _) => {
            tracing::debug!(letter = id.0, tries, outcome = ?record.outcome, "A letter was tried.")
        }
        (
            Cause::Alarm(..)
            | Cause::Incident(..)
            | Cause::IncidentAlarm(..)
            | Cause::Digest(..)
            | Cause::Order(..)
            | Cause::Trouble(..)
            | Cause::Cursor(..),
            _,
        ) => {
            tracing::info!(cause = ?record.cause, letters, because, "Decided.");
        }
    }
}

/// Of an alarm that does not arrive nobody hears by letter, so the log must say it.
pub(super) fn lost_alarm(letter: &Letter, outcome: &Outcome) {
    if let (Purpose::Alarm, Outcome::Refused { why } | Outcome::Withheld { why }) =
        (letter.purpose, outcome)
    {
        tracing::error!(letter = letter.id.0, to = %letter.to, subject = %letter.subject, why, "An alarm did not reach an operator.");
    }
}

/// The same, when it comes back later.
pub(super) fn returned_alarm(mail: &Mail, bounced: Option<OwnLetter>) {
    let (Some(bounce), Some(own)) = (&mail.bounce, bounced) else {
        return;
    };
    if bounce.permanent && own.purpose == Purpose::Alarm {
        tracing::error!(
            letter = own.letter.0,
            to = bounce.recipient,
            status = bounce.status,
            "An alarm came back from an operator."
        );
    }
}
