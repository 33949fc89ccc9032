//! The clerk at the desk: one thread that decides and commits. Everything else only asks it.
//!
//! Jobs that arrive while a batch is being written become the next batch. A batch is committed whole; only then
//! does anybody hear that their job is done, and only then do outbox and alarm wake.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use super::log;
use super::reader::ReadMail;
use super::{DeskError, Parts, incidents};
use crate::daemon::store::{Batch, Cause, Cursor, MailRecord, Place, Record, StoreError};
use crate::triage::decide::{self, Arrival, Decision, Event, Order, Reason, Setting, Trouble};
use crate::triage::incident::{IncidentId, Nearby};
use crate::triage::letter::{LetterId, Outcome};
use crate::triage::mail::{Mail, thread};
use crate::triage::rules::Rules;
use crate::triage::ticket::{Ticket, TicketId};

/// What is asked of the clerk.
#[derive(Debug)]
pub(super) enum Job {
    /// Mails of one mailbox, ascending.
    Mails(Vec<ReadMail>),
    /// The cursor at first contact or after a new UIDVALIDITY.
    BeginMailbox(String, Cursor),
    /// What became of letters.
    Outcomes(Vec<(LetterId, u32, Outcome)>),
    /// Folded notices are due as one digest.
    DigestDue(String),
    /// Deadlines that may have passed.
    Alarms(Vec<(Timestamp, TicketId)>),
    /// The operators must know.
    Trouble(Trouble),
    /// Incidents that must be looked at.
    IncidentAlarms(Vec<(Timestamp, IncidentId)>),
    /// A person's order about an incident.
    IncidentOrder(incidents::Ordered),
    /// A person's order.
    Order {
        /// The request's random id.
        id: String,
        /// The ticket, where the order is about one.
        ticket: Option<TicketId>,
        /// What.
        order: Order,
    },
    /// Are you there?
    Alive,
}

/// A job and who waits for it. The answer is a sentence for orders, else empty.
pub(super) type Waiting = (Job, oneshot::Sender<Result<String, DeskError>>);

/// Jobs decided before one sync. More would only make the first of them wait.
const JOBS_PER_BATCH_MAX: usize = 64;

/// The same trouble is told once in this time.
const TROUBLE_AGAIN_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// The state of the one thread that writes.
pub(super) struct Clerk {
    pub(super) parts: Parts,
    pub(super) failed: watch::Sender<Option<String>>,
    troubles_told: std::collections::HashMap<String, Timestamp>,
}

impl Clerk {
    pub(super) fn new(parts: Parts, failed: watch::Sender<Option<String>>) -> Self {
        Self {
            parts,
            failed,
            troubles_told: std::collections::HashMap::new(),
        }
    }

    /// Works until every handle to the desk is gone.
    pub(super) fn work(mut self, mut jobs: mpsc::Receiver<Waiting>) {
        while let Some(first) = jobs.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < JOBS_PER_BATCH_MAX {
                let Ok(next) = jobs.try_recv() else { break };
                batch.push(next);
            }
            self.settle(batch);
        }
    }

    /// Decides all jobs, commits them with one sync, and answers.
    fn settle(&mut self, jobs: Vec<Waiting>) {
        let now = self.parts.clock.now();
        let rules = self.parts.rules.current();
        let mut answers = Vec::with_capacity(jobs.len());
        let store = Arc::clone(&self.parts.store);
        let batch = match store.batch() {
            Ok(batch) => batch,
            Err(error) => return self.turn_away(jobs, &error),
        };
        let mut sheet = Sheet {
            batch,
            rules: &rules,
            parts: &self.parts,
            now,
            letters: false,
            alarms: false,
        };
        for (job, waiting) in jobs {
            answers.push((sheet.decide(job, &mut self.troubles_told), waiting));
        }
        let Sheet {
            batch,
            letters,
            alarms,
            ..
        } = sheet;
        let committed = store.commit(batch);
        if committed.is_ok() {
            self.wake(letters, alarms);
        }
        for (answer, waiting) in answers {
            let outcome = match &committed {
                Ok(()) => answer,
                Err(error) => Err(DeskError::TryLater(error.to_string())),
            };
            // Whoever asked may have stopped waiting; what was decided stands.
            let _gone = waiting.send(outcome);
        }
        if let Err(error) = committed {
            self.troubled(&error);
        }
    }

    /// Nothing can be decided now: everybody hears so.
    fn turn_away(&self, jobs: Vec<Waiting>, error: &StoreError) {
        for (_job, waiting) in jobs {
            let _gone = waiting.send(Err(DeskError::TryLater(error.to_string())));
        }
        self.troubled(error);
    }

    fn wake(&self, letters: bool, alarms: bool) {
        if letters {
            self.parts.wake.letters.notify_one();
        }
        if alarms {
            self.parts.wake.alarms.notify_one();
        }
    }

    fn troubled(&self, error: &StoreError) {
        tracing::error!(%error, "Nothing of this batch was decided.");
        if !error.passes() {
            self.failed.send_replace(Some(error.to_string()));
        }
    }
}

/// One batch on the clerk's table.
pub(super) struct Sheet<'a> {
    pub(super) batch: Batch,
    rules: &'a Arc<Rules>,
    parts: &'a Parts,
    pub(super) now: Timestamp,
    letters: bool,
    alarms: bool,
}

impl Sheet<'_> {
    fn decide(
        &mut self,
        job: Job,
        troubles_told: &mut std::collections::HashMap<String, Timestamp>,
    ) -> Result<String, DeskError> {
        let decided = match job {
            Job::Mails(mails) => self.mails(mails),
            Job::BeginMailbox(mailbox, cursor) => self.begin_mailbox(mailbox, cursor),
            Job::Outcomes(outcomes) => outcomes
                .into_iter()
                .try_for_each(|outcome| self.outcome(outcome)),
            Job::DigestDue(to) => self.digest(&to),
            Job::Alarms(due) => due
                .into_iter()
                .try_for_each(|(at, ticket)| self.alarm(at, ticket)),
            Job::IncidentAlarms(due) => due
                .into_iter()
                .try_for_each(|(at, incident)| self.incident_alarm(at, incident)),
            Job::IncidentOrder(ordered) => {
                return self.incident_order(ordered);
            }
            Job::Trouble(trouble) => self.trouble(&trouble, troubles_told),
            Job::Order { id, ticket, order } => {
                return self.order(id, ticket, &order);
            }
            Job::Alive => Ok(()),
        };
        decided.map(|()| String::new()).map_err(refused)
    }

    pub(super) fn setting<'s>(&'s self, nearby: Option<&'s Nearby>) -> Setting<'s> {
        Setting {
            nearby,
            rules: self.rules,
            key: &self.parts.key,
            next_ticket: self.batch.next_ticket(),
            next_letter: self.batch.next_letter(),
            alarms_to: &self.parts.alarms_to,
            instance: &self.parts.instance,
            now: self.now,
        }
    }

    fn mails(&mut self, mails: Vec<ReadMail>) -> Result<(), StoreError> {
        mails.into_iter().try_for_each(|mail| self.mail(mail))
    }

    /// One mail: found by its clues, decided, and its place settled together with the cursor.
    fn mail(&mut self, mut read: ReadMail) -> Result<(), StoreError> {
        let cause = Cause::Mail(read.place.clone());
        if self.batch.is_settled(&cause)? {
            return Ok(());
        }
        let cursor = self.batch.cursor(&read.place.mailbox)?;
        let seen = self.batch.seen(&read.dedupe)?;
        let bounced = read
            .mail
            .bounce
            .as_ref()
            .map_or(Ok(None), |bounce| self.batch.letter_of(&bounce.quoted_ids))?;
        let prefixes = self.rules.ticket_prefixes();
        let teams = self.rules.teams_of(read.mail.from_address());
        let clues = thread::clues(&read.mail, &self.parts.key, &prefixes, &teams);
        let answers = self.batch.letter_of(&thread::answered_ids(&read.mail))?;
        let found = match (&seen, bounced.and_then(|own| own.ticket)) {
            (Some(ticket), _) => ticket
                .map_or(Ok(None), |id| self.batch.ticket(id))?
                .map(|ticket| (ticket, None)),
            (None, Some(id)) => self.batch.ticket(id)?.map(|ticket| (ticket, None)),
            (None, None) => self
                .batch
                .find(&clues)?
                .map(|(ticket, clue)| (ticket, Some(clue))),
        };
        let (ticket, joined_by) = found.map_or((None, None), |(ticket, clue)| (Some(ticket), clue));
        if let (Some(ticket), Some(_)) = (&ticket, &joined_by) {
            read.apart_from_its_thread(&self.parts.store, ticket.id, self.rules);
        }
        let joins = ticket.is_some() && seen.is_none();
        let files = if joins { read.files() } else { Vec::new() };
        let named = decide::other_ticket(&read.mail, self.rules).filter(|_| joins);
        let other = named.map_or(Ok(None), |number| self.batch.ticket_by_number(&number))?;
        let arrival = Arrival {
            mail: &read.mail,
            report: &read.report,
            received_at: read.received_at,
            mailbox: &read.place.mailbox,
            too_old_to_answer: cursor.is_some_and(|cursor| read.received_at < cursor.answer_since),
            joined_by: joined_by.as_ref(),
            first_contact: !self.batch.known_sender(read.mail.from_address())?,
            duplicate: seen.is_some(),
            bounced: bounced.map(|own| (own.letter, own.purpose)),
            answers: answers.map(|own| (own.letter, own.purpose)),
            files: &files,
            other: other.as_ref(),
        };
        let mut nearby = self.batch.nearby(&read.signature, read.received_at)?;
        if let Some(who) = decide::gathered_for(ticket.as_ref(), Some(&arrival), self.rules) {
            self.batch.gathered(&who, self.now, &mut nearby)?;
        }
        let event = Event::MailArrived(arrival);
        let decision = decide::decide(ticket.as_ref(), &event, &self.setting(Some(&nearby)));
        log::returned_alarm(&read.mail, bounced);
        let archived = self.batch.keep_raw(read.raw)?;
        let record = Record {
            mail: Some(mail_record(
                &read.mail,
                archived,
                read.dedupe,
                read.received_at,
            )),
            cursor: cursor
                .map(|cursor| (read.place.mailbox.clone(), advanced(cursor, &read.place))),
            ..self.record(cause, ticket.as_ref(), decision)
        };
        self.push(record)
    }

    fn begin_mailbox(&mut self, mailbox: String, cursor: Cursor) -> Result<(), StoreError> {
        let cause = Cause::Cursor(mailbox.clone(), cursor.uid_validity);
        let record = Record {
            cursor: Some((mailbox, cursor)),
            ..self.record(cause, None, Decision::default())
        };
        self.push(record)
    }

    fn outcome(
        &mut self,
        (id, tries, outcome): (LetterId, u32, Outcome),
    ) -> Result<(), StoreError> {
        let cause = Cause::Letter(id, tries);
        let Some(waiting) = self.batch.waiting(id)? else {
            return Ok(());
        };
        let ticket = waiting
            .letter
            .ticket
            .map_or(Ok(None), |id| self.batch.ticket(id))?;
        let event = Event::LetterSettled {
            letter: &waiting.letter,
            outcome: &outcome,
        };
        let decision = decide::decide(ticket.as_ref(), &event, &self.setting(None));
        log::lost_alarm(&waiting.letter, &outcome);
        let record = Record {
            outcome: Some((id, outcome)),
            ..self.record(cause, ticket.as_ref(), decision)
        };
        self.push(record)
    }

    fn digest(&mut self, to: &str) -> Result<(), StoreError> {
        let folded = self.batch.folded(to)?;
        if folded.is_empty() {
            return Ok(());
        }
        let decision = decide::decide(
            None,
            &Event::DigestDue {
                to,
                folded: &folded,
            },
            &self.setting(None),
        );
        let record = Record {
            folded: folded.iter().map(|letter| letter.id).collect(),
            ..self.record(Cause::Digest(to.to_owned(), self.now), None, decision)
        };
        self.push(record)
    }

    /// An alarm is a hint: `decide` looks at the ticket again, and the alarm is taken from the index either way.
    fn alarm(&mut self, at: Timestamp, id: TicketId) -> Result<(), StoreError> {
        let ticket = self.batch.ticket(id)?;
        let mut nearby = Nearby::default();
        if let Some(who) = decide::gathered_for(ticket.as_ref(), None, self.rules) {
            self.batch.gathered(&who, self.now, &mut nearby)?;
        }
        let setting = self.setting(Some(&nearby));
        let decision = decide::decide(ticket.as_ref(), &Event::AlarmRang, &setting);
        let record = self.record(Cause::Alarm(id, at), ticket.as_ref(), decision);
        self.push(record)
    }

    fn trouble(
        &mut self,
        trouble: &Trouble,
        told: &mut std::collections::HashMap<String, Timestamp>,
    ) -> Result<(), StoreError> {
        let key = serde_json::to_string(trouble).unwrap_or_default();
        if told
            .get(&key)
            .is_some_and(|at| self.now.duration_since(*at) < TROUBLE_AGAIN_AFTER)
        {
            return Ok(());
        }
        told.retain(|_, at| self.now.duration_since(*at) < TROUBLE_AGAIN_AFTER);
        let decision = decide::decide(None, &Event::Trouble(trouble), &self.setting(None));
        let name = blake3::hash(key.as_bytes()).to_hex().to_string();
        told.insert(key, self.now);
        let record = self.record(Cause::Trouble(name, self.now), None, decision);
        self.push(record)
    }

    fn order(
        &mut self,
        id: String,
        ticket: Option<TicketId>,
        order: &Order,
    ) -> Result<String, DeskError> {
        let ticket = ticket
            .map_or(Ok(None), |id| self.batch.ticket(id))
            .map_err(refused)?;
        let other = match order.other() {
            Some(number) => self.batch.ticket_by_number(number).map_err(refused)?,
            None => None,
        };
        let event = Event::Ordered {
            order,
            other: other.as_ref(),
        };
        let decision = decide::decide(ticket.as_ref(), &event, &self.setting(None));
        let no = decision.because.iter().find_map(Reason::refused);
        if let Some(why) = no {
            return Err(DeskError::Refused(why.to_owned()));
        }
        let answer = in_a_sentence(&decision.because);
        let outcome = match order {
            Order::RetryLetter { letter, .. } => Some((*letter, Outcome::Released)),
            Order::DropLetter { letter, .. } => Some((*letter, Outcome::Dropped)),
            Order::Solve { .. }
            | Order::Reopen { .. }
            | Order::Assign { .. }
            | Order::Note { .. }
            | Order::Acknowledge { .. }
            | Order::Wait { .. }
            | Order::Urgency { .. }
            | Order::Merge { .. } => None,
        };
        let record = Record {
            outcome,
            order: Some(order.clone()),
            ..self.record(Cause::Order(id), ticket.as_ref(), decision)
        };
        self.push(record).map_err(refused)?;
        Ok(answer)
    }

    pub(super) fn record(
        &self,
        cause: Cause,
        ticket: Option<&Ticket>,
        decision: Decision,
    ) -> Record {
        Record {
            cause,
            at: self.now,
            ticket: ticket.map(|ticket| ticket.id),
            on_version: ticket.map(|ticket| ticket.version),
            decision,
            mail: None,
            outcome: None,
            folded: Vec::new(),
            cursor: None,
            order: None,
        }
    }

    /// Adds a decision, and tells the tickets of every incident that it changes.
    pub(super) fn push(&mut self, record: Record) -> Result<(), StoreError> {
        let incidents = incidents::changed(&record.decision);
        self.push_one(record)?;
        self.spread(incidents)
    }

    pub(super) fn push_one(&mut self, record: Record) -> Result<(), StoreError> {
        self.letters |= !record.decision.letters.is_empty() || record.outcome.is_some();
        self.alarms |= !record.decision.changes.is_empty() || !record.decision.incidents.is_empty();
        log::decided(&record);
        self.batch.push(&record)
    }
}

/// What became of an order, and then what follows from it.
pub(super) fn in_a_sentence(because: &[Reason]) -> String {
    let (answer, more): (Vec<&Reason>, Vec<&Reason>) =
        because.iter().partition(|reason| reason.is_of_an_order());
    let all: Vec<String> = answer
        .iter()
        .chain(&more)
        .map(ToString::to_string)
        .collect();
    all.join("; ")
}

pub(super) fn refused(error: StoreError) -> DeskError {
    DeskError::TryLater(error.to_string())
}

fn advanced(cursor: Cursor, place: &Place) -> Cursor {
    if cursor.uid_validity == place.uid_validity {
        Cursor {
            uid: cursor.uid.max(place.uid),
            ..cursor
        }
    } else {
        cursor
    }
}

fn mail_record(
    mail: &Mail,
    archived: crate::daemon::store::Archived,
    dedupe: String,
    received_at: Timestamp,
) -> MailRecord {
    MailRecord {
        archived,
        from: mail.from_address().to_owned(),
        subject: mail
            .subject
            .as_deref()
            .unwrap_or_default()
            .chars()
            .take(SUBJECT_CHARS_MAX)
            .collect(),
        kind: mail.kind,
        message_id: mail.message_id.clone(),
        dedupe,
        defects: mail.defects.iter().map(ToString::to_string).collect(),
        received_at,
    }
}

/// A subject in the journal is there to recognise the mail by; the whole of it lies in the archive.
const SUBJECT_CHARS_MAX: usize = 200;
