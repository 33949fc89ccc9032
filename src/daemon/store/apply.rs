//! What one record of the journal does to the state.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::incidents;
use super::key::{self, Kind};
use super::letters::Slip;
use super::segment::Spot;
use super::view::View;
use super::{Cause, MailRecord, OwnLetter, Record, SentRow, StoreError, Waiting};
use crate::triage::letter::{Letter, LetterId, Outcome};
use crate::triage::mail::thread::Clue;
use crate::triage::ticket::{Change, State, Ticket, TicketId};

/// One entry of a ticket's timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was decided.
    pub at: Timestamp,
    /// What happened, in words.
    pub what: String,
    /// Why.
    pub because: Vec<String>,
    /// Letters that it caused, in words.
    pub letters: Vec<String>,
    /// The mail, if it was one.
    pub mail: Option<MailRecord>,
    /// What changed on the ticket, without the bookkeeping. A ticket's beginning is kept as what it set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Where the journal has the texts of the letters, if there are any: file and offset.
    pub(super) wrote: Option<(String, u64)>,
}

/// Applies record `n`, which lies at `spot` in the journal. Total for records that a commit has let through.
pub(super) fn apply(
    (n, spot): (u64, &Spot),
    record: &Record,
    view: &mut View,
) -> Result<(), StoreError> {
    view.put(key::settled(&record.cause), b"");
    if let Some((mailbox, cursor)) = &record.cursor {
        view.put_json(key::key(Kind::Cursor, mailbox.as_bytes()), cursor)?;
    }
    let ticket = ticket(record, view)?;
    for (other, changes) in &record.decision.elsewhere {
        change(*other, changes, view)?;
        view.put_json(
            key::entry(*other, n),
            &entry_elsewhere((*other, changes), (record, spot)),
        )?;
    }
    if let Cause::Alarm(id, at) = &record.cause {
        // It has rung. Should the decision have found nothing to do, it would ring for ever.
        view.remove(key::timed(Kind::Alarm, *at, id.0));
    }
    if let Cause::IncidentAlarm(id, at) = &record.cause {
        view.remove(key::timed(Kind::IncidentAlarm, *at, id.0));
    }
    incidents::apply(record, view)?;
    if let Some(mail) = &record.mail {
        remember_mail(mail, ticket, view)?;
    }
    for clue in &record.decision.clues {
        if let (Some(key), Some(ticket)) = (clue_key(clue), ticket) {
            remember_clue(key, ticket, view)?;
        }
    }
    for letter in &record.decision.letters {
        begin_letter(letter, spot, view)?;
    }
    let settled = match &record.outcome {
        Some((id, outcome)) => settle_letter(*id, outcome, record.at, view)?,
        None => None,
    };
    for id in &record.folded {
        end_letter(*id, view)?;
    }
    if let Some(ticket) = ticket {
        view.put_json(
            key::entry(ticket, n),
            &entry((record, spot), settled.as_ref()),
        )?;
    }
    view.meta.applied = n;
    view.meta.latest = view.meta.latest.max(Some(record.at));
    Ok(())
}

/// The ticket that the record is about, changed.
fn ticket(record: &Record, view: &mut View) -> Result<Option<TicketId>, StoreError> {
    let changes = &record.decision.changes;
    match (record.decision.opens(), record.ticket) {
        (Some(opened), _) => open(opened, changes, view).map(|()| Some(opened.id)),
        (None, Some(id)) => change(id, changes, view).map(|()| Some(id)),
        (None, None) => Ok(None),
    }
}

fn open(opened: &Ticket, changes: &[Change], view: &mut View) -> Result<(), StoreError> {
    let mut ticket = opened.clone();
    changes.iter().for_each(|change| ticket.apply(change));
    let id = ticket.id;
    view.meta.next_ticket = view.meta.next_ticket.max(id.0 + 1);
    view.meta.counts.tickets += 1;
    view.put(number_key(&ticket.number), &id.0.to_be_bytes());
    index(None, &ticket, view);
    view.put_json(key::ticket(Kind::Ticket, id), &ticket)
}

fn change(id: TicketId, changes: &[Change], view: &mut View) -> Result<(), StoreError> {
    let Some(old) = view.json::<Ticket>(&key::ticket(Kind::Ticket, id))? else {
        return Err(StoreError::State(format!("ticket {} is not in it", id.0)));
    };
    let mut ticket = old.clone();
    changes.iter().for_each(|change| ticket.apply(change));
    if old == ticket {
        return Ok(());
    }
    index(Some(&old), &ticket, view);
    view.put_json(key::ticket(Kind::Ticket, id), &ticket)
}

/// Brings alarms, the list of open tickets and the counts in line with a ticket's change.
fn index(old: Option<&Ticket>, new: &Ticket, view: &mut View) {
    let alarm = |ticket: &Ticket| {
        ticket
            .next_alarm()
            .map(|at| key::timed(Kind::Alarm, at, ticket.id.0))
    };
    let (before, after) = (old.and_then(alarm), alarm(new));
    if before != after {
        if let Some(key) = before {
            view.remove(key);
        }
        if let Some(key) = after {
            view.put(key, b"");
        }
    }
    incidents::gather(old, new, view);
    let (was_open, is_open) = (old.is_some_and(Ticket::is_open), new.is_open());
    if is_open && !was_open {
        view.put(key::ticket(Kind::Open, new.id), b"");
        view.meta.counts.open += 1;
    }
    if was_open && !is_open {
        view.remove(key::ticket(Kind::Open, new.id));
        view.meta.counts.open = view.meta.counts.open.saturating_sub(1);
    }
    let counts = &mut view.meta.counts;
    for (count, is_so) in [
        (&mut counts.overdue, is_overdue as fn(&Ticket) -> bool),
        (&mut counts.clients_turn, is_waiting),
        (&mut counts.climbing, is_climbing),
    ] {
        let (was, is) = (old.is_some_and(is_so), is_so(new));
        *count = (*count + u64::from(is && !was)).saturating_sub(u64::from(was && !is));
    }
    rated(old, new, view);
}

/// A client's word on how it was counts in the status for a while: one a ticket, the newest.
fn rated(old: Option<&Ticket>, new: &Ticket, view: &mut View) {
    let of = |ticket: &Ticket| Some((ticket.life.rated_at?, ticket.life.stars?));
    let (before, after) = (old.and_then(of), of(new));
    if before == after {
        return;
    }
    if let Some((at, _)) = before {
        view.remove(key::timed(Kind::Rated, at, new.id.0));
    }
    if let Some((at, stars)) = after {
        view.put(key::timed(Kind::Rated, at, new.id.0), &[stars]);
    }
}

fn is_waiting(ticket: &Ticket) -> bool {
    match ticket.state {
        State::Waiting { .. } => true,
        State::Open | State::Solved { .. } | State::Closed { .. } => false,
    }
}

fn is_climbing(ticket: &Ticket) -> bool {
    let climb = ticket.life.climb.as_ref();
    ticket.is_open() && climb.is_some_and(|climb| climb.next().is_some())
}

fn is_overdue(ticket: &Ticket) -> bool {
    ticket.is_open()
        && ticket
            .promises
            .iter()
            .any(|promise| promise.broken_noticed.is_some() && promise.kept.is_none())
}

/// A clue leads for ever where it led first. Otherwise a stranger who repeats the Message-ID of a known mail would draw
/// the answers to that mail onto a ticket of their own.
fn remember_clue(key: Vec<u8>, ticket: TicketId, view: &mut View) -> Result<(), StoreError> {
    if !view.has(&key)? {
        view.put(key, &ticket.0.to_be_bytes());
    }
    Ok(())
}

fn remember_mail(
    mail: &MailRecord,
    ticket: Option<TicketId>,
    view: &mut View,
) -> Result<(), StoreError> {
    let dedupe = key::key(Kind::Dedupe, mail.dedupe.as_bytes());
    match ticket {
        Some(ticket) => view.put(dedupe, &ticket.0.to_be_bytes()),
        None if view.has(&dedupe)? => {}
        None => view.put(dedupe, b""),
    }
    if !mail.from.is_empty() {
        view.put(key::key(Kind::Sender, mail.from.as_bytes()), b"");
    }
    let archived = (mail.archived.file.clone(), mail.archived.offset);
    if !mail.archived.is_large() && view.meta.archived.as_ref() < Some(&archived) {
        view.meta.archived = Some(archived);
    }
    Ok(())
}

/// Where a clue is looked up; a token needs no look-up, it proves itself.
pub(super) fn clue_key(clue: &Clue) -> Option<Vec<u8>> {
    match clue {
        Clue::Token { .. } | Clue::Personal { .. } => None,
        Clue::MessageId(id) => Some(key::key(Kind::Clue, format!("id {id}").as_bytes())),
        Clue::Number(number) => Some(number_key(number)),
    }
}

pub(super) fn number_key(number: &str) -> Vec<u8> {
    key::key(
        Kind::Clue,
        format!("number {}", number.to_lowercase()).as_bytes(),
    )
}

fn begin_letter(letter: &Letter, spot: &Spot, view: &mut View) -> Result<(), StoreError> {
    view.meta.next_letter = view.meta.next_letter.max(letter.id.0 + 1);
    view.meta.counts.waiting += 1;
    view.meta.counts.held += u64::from(letter.held.is_some());
    let slip = Slip::new(letter, spot);
    if let Some(at) = slip.waiting.next_try {
        view.put(key::timed(Kind::Try, at, letter.id.0), b"");
    }
    view.put_json(key::letter(Kind::Waiting, letter.id), &slip)?;
    view.letters
        .begun
        .push((letter.id, Arc::clone(&letter.mime)));
    view.put_json(
        key::key(Kind::OwnId, letter.message_id.as_bytes()),
        &OwnLetter {
            letter: letter.id,
            ticket: letter.ticket,
            purpose: letter.purpose,
        },
    )?;
    if let Some(ticket) = letter.ticket {
        view.put(
            key::key(Kind::Clue, format!("id {}", letter.message_id).as_bytes()),
            &ticket.0.to_be_bytes(),
        );
    }
    Ok(())
}

/// What became of a letter; the letter comes back for the timeline, without its text.
fn settle_letter(
    id: LetterId,
    outcome: &Outcome,
    at: Timestamp,
    view: &mut View,
) -> Result<Option<Letter>, StoreError> {
    let Some(mut slip) = view.json::<Slip>(&key::letter(Kind::Waiting, id))? else {
        return Ok(None);
    };
    let waiting = &mut slip.waiting;
    let letter = waiting.letter.clone();
    unindex(waiting, view)?;
    waiting.folded_until = None;
    match outcome {
        Outcome::Sent { .. } => {
            let row = SentRow {
                at,
                letter: id,
                ticket: letter.ticket,
                to: letter.to.clone(),
                brand: letter.brand.clone(),
                purpose: letter.purpose,
            };
            view.put_json(key::timed(Kind::Sent, at, id.0), &row)?;
            forget(waiting, view);
            return Ok(Some(letter));
        }
        Outcome::Refused { .. } | Outcome::Withheld { .. } | Outcome::Dropped => {
            forget(waiting, view);
            return Ok(Some(letter));
        }
        Outcome::Later {
            next_try,
            why,
            ambiguous,
        } => {
            waiting.tries += 1;
            waiting.next_try = Some(*next_try);
            waiting.last_answer = Some(why.clone());
            waiting.ambiguous |= ambiguous;
        }
        Outcome::Folded { why, digest_at } => {
            waiting.next_try = None;
            waiting.last_answer = Some(why.clone());
            waiting.folded_until = Some(fold(&letter, *digest_at, view)?);
            view.meta.counts.folded += 1;
        }
        Outcome::Released => {
            if waiting.letter.held.take().is_some() {
                view.meta.counts.held = view.meta.counts.held.saturating_sub(1);
            }
            waiting.next_try = Some(at);
        }
    }
    if let Some(at) = waiting.next_try {
        view.put(key::timed(Kind::Try, at, id.0), b"");
    }
    view.put_json(key::letter(Kind::Waiting, id), &slip)?;
    Ok(Some(letter))
}

/// Takes a letter that a digest has taken up out of the waiting ones.
fn end_letter(id: LetterId, view: &mut View) -> Result<(), StoreError> {
    if let Some(slip) = view.json::<Slip>(&key::letter(Kind::Waiting, id))? {
        unindex(&slip.waiting, view)?;
        forget(&slip.waiting, view);
    }
    Ok(())
}

fn forget(waiting: &Waiting, view: &mut View) {
    view.letters.ended.push(waiting.letter.id);
    view.remove(key::letter(Kind::Waiting, waiting.letter.id));
    view.meta.counts.waiting = view.meta.counts.waiting.saturating_sub(1);
    if waiting.letter.held.is_some() {
        view.meta.counts.held = view.meta.counts.held.saturating_sub(1);
    }
}

fn unindex(waiting: &Waiting, view: &mut View) -> Result<(), StoreError> {
    let letter = &waiting.letter;
    if let Some(at) = waiting.next_try {
        view.remove(key::timed(Kind::Try, at, letter.id.0));
    }
    let Some(digest_at) = waiting.folded_until else {
        return Ok(());
    };
    view.meta.counts.folded = view.meta.counts.folded.saturating_sub(1);
    view.remove(key::folded(&letter.to, letter.id));
    if first_folded(&letter.to, view)?.is_none() {
        view.remove(key::timed_name(Kind::DigestDue, digest_at, &letter.to));
    }
    Ok(())
}

/// Adds a letter to its contact's next digest; when that is due comes back: the first letter in it says.
fn fold(letter: &Letter, digest_at: Timestamp, view: &mut View) -> Result<Timestamp, StoreError> {
    let earlier = match first_folded(&letter.to, view)? {
        Some(first) => view
            .json::<Slip>(&key::letter(Kind::Waiting, first))?
            .and_then(|first| first.waiting.folded_until),
        None => None,
    };
    let digest_at = earlier.unwrap_or(digest_at);
    view.put(key::folded(&letter.to, letter.id), b"");
    view.put(key::timed_name(Kind::DigestDue, digest_at, &letter.to), b"");
    Ok(digest_at)
}

fn first_folded(to: &str, view: &View) -> Result<Option<LetterId>, StoreError> {
    let first = view.keys(Kind::Folded, &key::folded_for(to), 1)?;
    Ok(first.first().and_then(|key| key::number(key)).map(LetterId))
}

/// The entry in the timeline of a ticket that the decision was not about, but that it changes as well.
fn entry_elsewhere(
    (ticket, changes): (TicketId, &[Change]),
    (record, spot): (&Record, &Spot),
) -> Entry {
    let its_letters = record.decision.letters.iter();
    let its_letters = its_letters.filter(|letter| letter.ticket == Some(ticket));
    let letters: Vec<String> = its_letters.map(in_words).collect();
    let wrote = (!letters.is_empty()).then(|| (spot.file.clone(), spot.offset));
    Entry {
        letters,
        wrote,
        mail: None,
        changes: worth_telling(changes),
        ..entry((record, spot), None)
    }
}

fn in_words(letter: &Letter) -> String {
    format!("{} to {}: {}", letter.purpose, letter.to, letter.subject)
}

fn entry((record, spot): (&Record, &Spot), settled: Option<&Letter>) -> Entry {
    let wrote = !record.decision.letters.is_empty();
    let what = match (&record.mail, &record.outcome, settled) {
        (Some(mail), _, _) => format!(
            "mail from {}: {}",
            if mail.from.is_empty() {
                "nobody"
            } else {
                &mail.from
            },
            mail.subject
        ),
        (None, Some((_, outcome)), Some(letter)) => {
            format!("{} to {}: {}", letter.purpose, letter.to, outcome)
        }
        (None, _, _) => record.cause.to_string(),
    };
    Entry {
        at: record.at,
        what,
        because: record
            .decision
            .because
            .iter()
            .map(ToString::to_string)
            .collect(),
        letters: record.decision.letters.iter().map(in_words).collect(),
        mail: record.mail.clone(),
        changes: worth_telling(&record.decision.changes),
        wrote: wrote.then(|| (spot.file.clone(), spot.offset)),
    }
}

/// The changes that a timeline or a report asks for.
fn worth_telling(changes: &[Change]) -> Vec<Change> {
    let mut kept = Vec::new();
    for change in changes {
        if let Change::Opened(ticket) = change {
            kept.push(Change::Urgency(ticket.urgency));
            kept.extend(ticket.promises.iter().cloned().map(Change::Promised));
        } else if !is_bookkeeping(change) {
            kept.push(change.clone());
        }
    }
    kept
}

/// What the entry's own words tell already, or nobody asks for.
fn is_bookkeeping(change: &Change) -> bool {
    matches!(
        change,
        Change::Participants(_)
            | Change::Told(_)
            | Change::Did(_)
            | Change::LookAgain { .. }
            | Change::LookBy { .. }
            | Change::Wrote { .. }
            | Change::Rules(_)
    )
}
