//! What became of a letter: promises kept, refusals told, digests.
//!
//! An alarm that is refused tells nobody by letter: an alarm about an alarm would go the same way, and the next one
//! after it. The log has it.

use super::drafting::Drafting;
use super::facts::Case;
use super::reason::LetterReason;
use super::writing::{ToStaff, brand_values};
use super::{Decision, Setting, bounce, ladder, overdue, promising, waiting};
use crate::triage::letter::echo::View;
use crate::triage::letter::template::{Values, names};
use crate::triage::letter::{Letter, Outcome, Purpose, escalation};
use crate::triage::promise::Metric;
use crate::triage::ticket::{Change, Ticket};

/// Decides what the end of a try to send a letter means.
pub(super) fn settle(
    ticket: Option<&Ticket>,
    letter: &Letter,
    outcome: &Outcome,
    setting: &Setting<'_>,
) -> Decision {
    let mut drafting = Drafting::new(ticket, setting);
    drafting.because(LetterReason::Settled {
        letter: letter.id,
        fate: fate(outcome),
    });
    match outcome {
        Outcome::Sent { .. } => sent(&mut drafting, letter),
        Outcome::Later { .. } | Outcome::Released => {}
        Outcome::Refused { why } => refused(&mut drafting, letter, why),
        Outcome::Withheld { why } => withheld(&mut drafting, letter, why),
        Outcome::Folded { why, digest_at } => {
            let to = &letter.to;
            let note = format!(
                "The {} to {to} waits for a digest at {digest_at}: {why}.",
                letter.purpose.name()
            );
            drafting.change(Change::Note(note));
        }
        Outcome::Dropped => {
            let note = format!(
                "The {} to {} was dropped.",
                letter.purpose.name(),
                letter.to
            );
            drafting.change(Change::Note(note));
        }
    }
    drafting.finish()
}

/// Several notices that the caps held back, in one letter.
pub(super) fn digest(to: &str, folded: &[Letter], setting: &Setting<'_>) -> Decision {
    let mut drafting = Drafting::new(None, setting);
    let view = View {
        zone: jiff::tz::TimeZone::UTC,
        never_mention: &[],
    };
    if folded.is_empty() {
        drafting.because(super::Reason::Nothing {
            because: format!("no letter to {to} is folded"),
        });
        return drafting.finish();
    }
    let letter = ToStaff {
        purpose: Purpose::Digest,
        template: names::DIGEST,
        values: Values {
            brand: brand_values(&setting.rules.company.brand),
            digest: escalation::digest(folded, &view),
            ..Values::default()
        },
        by: format!("{} notices that the caps held back", folded.len()),
    };
    drafting.write_to_address(&letter, to);
    drafting.finish()
}

fn fate(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Sent { answer } => format!("was accepted: {answer}"),
        Outcome::Later {
            next_try,
            why,
            ambiguous,
        } => {
            let perhaps = if *ambiguous {
                ", though it may have been accepted"
            } else {
                ""
            };
            format!("is tried again at {next_try:.0}: {why}{perhaps}")
        }
        Outcome::Refused { why } => format!("was refused: {why}"),
        Outcome::Withheld { why } => format!("is withheld: {why}"),
        Outcome::Folded { why, digest_at } => {
            format!("is folded into the digest of {digest_at:.0}: {why}")
        }
        Outcome::Dropped => "was dropped by a person".to_owned(),
        Outcome::Released => "was released by a person".to_owned(),
    }
}

/// The next mail server has it: the acknowledgement is made at this moment, not when it was queued.
fn sent(drafting: &mut Drafting<'_>, letter: &Letter) {
    if !letter.purpose.is_to_the_client() {
        return;
    }
    let Some(ticket) = drafting.ticket().cloned() else {
        return;
    };
    let case = Case::of_ticket(&ticket, drafting.rules());
    let (now, by) = (drafting.now(), format!("letter {}", letter.id.0));
    // A late acknowledgement broke its promise, whether or not the alarm had the time to ring.
    overdue::notice_until(drafting, &case, now);
    drafting.keep(Metric::Acknowledge, now, &by);
    promising::spoke(drafting, &case, (now, letter.purpose.is_of_a_person()), &by);
    if ticket.life.will_wait == Some(letter.id) {
        waiting::begin(drafting, &case, now);
    }
}

fn refused(drafting: &mut Drafting<'_>, letter: &Letter, why: &str) {
    let note = format!(
        "The {} to {} was refused: {why}.",
        letter.purpose.name(),
        letter.to
    );
    drafting.change(Change::Note(note));
    match drafting.ticket().cloned() {
        Some(ticket) => {
            let case = Case::of_ticket(&ticket, drafting.rules());
            ladder::undelivered(drafting, (Some(letter.id), why), &case);
            bounce::undelivered(drafting, &case, (Some(letter.purpose), &letter.to, why));
        }
        None => not_refused_in_silence(drafting, letter, why),
    }
}

/// A letter that is about no ticket did not arrive.
fn not_refused_in_silence(drafting: &mut Drafting<'_>, letter: &Letter, why: &str) {
    let to_do = match letter.purpose {
        Purpose::Alarm => return,
        Purpose::Digest => "Correct the address in contacts.toml, and tell this person yourself.",
        Purpose::Acknowledgement
        | Purpose::HandBack
        | Purpose::Answer
        | Purpose::Notice
        | Purpose::Escalation
        | Purpose::Broken => "Look at `triaged outbox list`.",
    };
    let what = format!("A {} did not reach {}", letter.purpose.name(), letter.to);
    drafting.alarm(what, Some(with_notices(letter, why)), to_do);
}

/// The notices folded into a digest wait no longer, so whoever hears of its end must see them.
fn with_notices(letter: &Letter, why: &str) -> String {
    if letter.purpose == Purpose::Digest {
        format!("{why}\n\n{}", escalation::words(letter))
    } else {
        why.to_owned()
    }
}

fn withheld(drafting: &mut Drafting<'_>, letter: &Letter, why: &str) {
    let name = letter.purpose.name();
    let note = format!("The {name} to {} is withheld: {why}.", letter.to);
    drafting.change(Change::Note(note));
    if letter.purpose == Purpose::Alarm {
        return;
    }
    drafting.change(Change::Review(true));
    if let Some(ticket) = drafting.ticket().cloned() {
        let case = Case::of_ticket(&ticket, drafting.rules());
        ladder::undelivered(drafting, (Some(letter.id), why), &case);
    }
    let number = drafting
        .ticket()
        .map(|ticket| format!(" of {}", ticket.number))
        .unwrap_or_default();
    drafting.alarm(
        format!("The {name}{number} to {} is withheld", letter.to),
        Some(with_notices(letter, why)),
        "If this is no loop, answer by hand; raise the cap in [limits] if it is too low.",
    );
}
