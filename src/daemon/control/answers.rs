//! What the daemon tells people: the values behind `ticket list`, `status` and their like. Documented as JSON, so
//! later fields are only added.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Answer, Request, needs, period};
use crate::daemon::clock::{Clock, told};
use crate::daemon::desk::{Desk, DeskError};
use crate::daemon::inbox::{self, MailboxStatus};
use crate::daemon::outbox::{self, RelayStatus};
use crate::daemon::rules_in_force::{self, Reloaded, RulesInForce};
use crate::daemon::store::{Entry, Filter, MailRecord, Store, StoreError, Waiting};
use crate::triage::decide::Order;
use crate::triage::letter::LetterId;
use crate::triage::promise::Promise;
use crate::triage::ticket::{Change, State, Ticket};

/// One row of `ticket list`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketRow {
    /// Its number.
    pub number: String,
    /// When its first mail came.
    pub opened_at: Timestamp,
    /// 1 to 3.
    pub level: u8,
    /// Low to Critical.
    pub urgency: crate::triage::report::Urgency,
    /// The partner's id.
    pub partner: Option<String>,
    /// The client.
    pub client: Option<String>,
    /// `open` or `solved`.
    pub state: String,
    /// The next promise that falls due, or that is broken.
    pub next_due: Option<NextDue>,
    /// The first mail's subject.
    pub subject: String,
}

/// The promise of a ticket that falls due first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextDue {
    /// Such as `first_response`.
    pub promise: String,
    /// When it falls due.
    pub at: Timestamp,
    /// It was not kept, and its people know.
    pub broken: bool,
}

/// `ticket show`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketView {
    /// All that is known of it now.
    pub ticket: Ticket,
    /// `open` or `solved`.
    pub state: String,
    /// The zone in which its partner works.
    #[serde(default)]
    pub zone: String,
    /// What happened, oldest first.
    pub timeline: Vec<Happened>,
}

/// One entry of a timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Happened {
    /// When it was decided.
    pub at: Timestamp,
    /// What, in a sentence.
    pub what: String,
    /// Why.
    pub because: Vec<String>,
    /// Letters that it caused.
    pub letters: Vec<String>,
    /// The mail, if it was one.
    pub mail: Option<MailRecord>,
    /// What changed on the ticket, as the journal has it.
    #[serde(default)]
    pub changes: Vec<Change>,
}

/// One row of `outbox list`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LetterRow {
    /// Its number.
    pub letter: u64,
    /// When it was decided.
    pub written_at: Timestamp,
    /// The ticket's number.
    pub ticket: Option<String>,
    /// What it is for.
    pub purpose: String,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// How often it was tried.
    pub tries: u32,
    /// What becomes of it: `sent` (now or at `next_at`), `held`, or folded into a `digest`.
    pub next: String,
    /// When, if not now.
    pub next_at: Option<Timestamp>,
    /// Why it waits.
    pub why: String,
    /// It may have been sent already.
    pub ambiguous: bool,
}

/// `status`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// Of the program.
    pub version: String,
    /// The name of this instance.
    pub instance: String,
    /// Since when it runs.
    pub since: Timestamp,
    /// The rules in force.
    pub rules: RulesStatus,
    /// How many tickets.
    pub tickets: TicketCounts,
    /// What clients said in the last 30 days about how it was.
    #[serde(default)]
    pub rated: Rated,
    /// How many letters.
    pub outbox: OutboxCounts,
    /// Each mailbox.
    pub mailboxes: Vec<MailboxStatus>,
    /// Each relay.
    pub relays: Vec<RelayStatus>,
    /// What does not mend itself, a sentence each; empty if all is well.
    pub needs_a_person: Vec<String>,
}

/// The rules in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesStatus {
    /// Their content hash.
    pub version: String,
    /// Where they are read from.
    pub folder: String,
    /// When they were taken.
    pub taken_at: Option<Timestamp>,
    /// Why the files on disk were refused, if they were: the ones in force are older then.
    pub refused: Option<String>,
}

/// How many tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketCounts {
    /// Open now.
    pub open: u64,
    /// Open with a broken promise.
    pub overdue: u64,
    /// Open, and the client's turn.
    #[serde(default)]
    pub waiting_for_client: u64,
    /// Open, with a ladder that goes on until somebody takes the matter.
    #[serde(default)]
    pub ladders_climbing: u64,
    /// Ever opened.
    pub in_all: u64,
}

/// What clients said of late about how it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rated {
    /// How many.
    pub count: u64,
    /// Their mean, 1 to 5.
    pub average: Option<f64>,
}

/// How many letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxCounts {
    /// Waiting, held and folded ones included.
    pub waiting: u64,
    /// Held for a person.
    pub held: u64,
    /// Kept for a digest.
    #[serde(default)]
    pub folded: u64,
    /// Handed to a relay just now.
    #[serde(default)]
    pub in_flight: u64,
    /// When the oldest of them was written that is neither held nor kept for a digest.
    pub oldest: Option<Timestamp>,
}

impl From<Entry> for Happened {
    fn from(entry: Entry) -> Self {
        Self {
            at: entry.at,
            what: entry.what,
            because: entry.because,
            letters: entry.letters,
            mail: entry.mail,
            changes: entry.changes,
        }
    }
}

impl RulesStatus {
    /// What to say behind the folder, if anything.
    #[must_use]
    pub fn note(&self) -> &'static str {
        if self.refused.is_some() {
            " (the files on disk are REFUSED; these are older)"
        } else {
            ""
        }
    }
}

/// A promise in one line.
#[must_use]
pub fn promise_line(promise: &Promise) -> String {
    let due = promise.due.map_or_else(|| "suspended".to_owned(), told);
    let state = match (promise.kept, promise.broken_noticed) {
        (Some(kept), None) => format!("kept {}", told(kept)),
        (Some(kept), Some(_)) => format!("BROKEN, done {}", told(kept)),
        (None, Some(_)) => "BROKEN".to_owned(),
        (None, None) => "running".to_owned(),
    };
    format!(
        "{:<15} {due}  {state}  ({})",
        promise.metric.name(),
        promise.origin
    )
}

/// Tickets in one answer: more are asked for by narrowing the question.
pub(super) const ROWS_MAX: usize = 10_000;

/// Answers people's requests from the store, and hands their orders to the desk.
#[derive(Debug)]
pub struct Answerer {
    /// The name of this instance.
    pub instance: String,
    /// Since when it runs.
    pub since: Timestamp,
    /// For reading.
    pub store: Arc<Store>,
    /// For orders.
    pub desk: Desk,
    /// The rules in force.
    pub rules: Arc<RulesInForce>,
    /// The present.
    pub clock: Arc<Clock>,
    /// Each mailbox.
    pub mailboxes: Vec<inbox::Handle>,
    /// Each relay.
    pub outbox: outbox::Handle,
}

impl Answerer {
    /// Answers one request.
    pub async fn answer(&self, request: Request) -> Answer {
        let answered = match request {
            Request::Status => self.status().and_then(done),
            Request::Tickets {
                all,
                partner,
                level,
                limit,
            } => self
                .tickets(Filter {
                    open_only: !all,
                    partner,
                    level,
                    limit: limit.min(ROWS_MAX),
                })
                .and_then(done),
            Request::Ticket { number } => self.ticket(&number).and_then(done),
            Request::Solve { number, by } => self.order_ticket(&number, Order::Solve { by }).await,
            Request::Reopen { number, by } => {
                self.order_ticket(&number, Order::Reopen { by }).await
            }
            Request::Order { number, order } => self.order_ticket(&number, order).await,
            Request::Report(wanted) => period::report_aside(&self.store, wanted)
                .await
                .map_err(failed)
                .and_then(done),
            Request::Letters { limit } => self.letters(limit.min(ROWS_MAX)).and_then(done),
            Request::RetryLetter { letter, by } => {
                self.order_letter(letter, |letter| Order::RetryLetter { letter, by })
                    .await
            }
            Request::DropLetter { letter, by } => {
                self.order_letter(letter, |letter| Order::DropLetter { letter, by })
                    .await
            }
            Request::Mailboxes => done(
                self.mailboxes
                    .iter()
                    .map(inbox::Handle::status)
                    .collect::<Vec<_>>(),
            ),
            Request::ResumeMailbox { address } => self.resume(&address),
            Request::Incident { about } => self.incident(about).await,
            Request::Reload => self.reload().await,
            Request::RawMail { number } => self.raw_mail(&number).and_then(done),
        };
        answered.unwrap_or_else(|answer| answer)
    }

    fn status(&self) -> Result<Status, Answer> {
        let counts = self.store.counts();
        let relays = self.outbox.status();
        let mut status = Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            instance: self.instance.clone(),
            since: self.since,
            rules: self.rules.status(),
            tickets: TicketCounts {
                open: counts.open,
                overdue: counts.overdue,
                waiting_for_client: counts.clients_turn,
                ladders_climbing: counts.climbing,
                in_all: counts.tickets,
            },
            rated: self.rated()?,
            outbox: OutboxCounts {
                waiting: counts.waiting,
                held: counts.held,
                folded: counts.folded,
                in_flight: relays.iter().map(|relay| relay.in_flight).sum(),
                oldest: self.store.oldest_unsent().map_err(failed)?,
            },
            mailboxes: self.mailboxes.iter().map(inbox::Handle::status).collect(),
            relays,
            needs_a_person: Vec::new(),
        };
        status.needs_a_person = needs::needs(&status, &self.store, self.clock.now());
        Ok(status)
    }

    fn rated(&self) -> Result<Rated, Answer> {
        let since = self
            .clock
            .now()
            .checked_sub(RATED_FOR)
            .unwrap_or(Timestamp::MIN);
        let stars = self.store.ratings_since(since).map_err(failed)?;
        let sum: f64 = stars.iter().copied().map(f64::from).sum();
        Ok(Rated {
            count: stars.len() as u64,
            average: (!stars.is_empty()).then(|| sum / stars.len() as f64),
        })
    }

    fn tickets(&self, filter: Filter) -> Result<Vec<TicketRow>, Answer> {
        Ok(self
            .store
            .tickets(&filter)
            .map_err(failed)?
            .iter()
            .map(row)
            .collect())
    }

    fn ticket(&self, number: &str) -> Result<TicketView, Answer> {
        let ticket = self.named(number)?;
        let timeline = self.store.timeline(ticket.id).map_err(failed)?;
        Ok(TicketView {
            state: state(&ticket).to_owned(),
            zone: self.zone(&ticket),
            timeline: timeline.into_iter().map(Happened::from).collect(),
            ticket,
        })
    }

    /// The partner's zone by the rules of today; the company's for senders of no known partner.
    fn zone(&self, ticket: &Ticket) -> String {
        let rules = self.rules.current();
        let partner = ticket
            .partner
            .as_ref()
            .and_then(|id| rules.partners.get(id));
        let calendar = partner.map_or(&rules.company.default_calendar, |one| &one.calendar);
        let zone = rules
            .calendars
            .get(calendar)
            .and_then(|calendar| calendar.zone.iana_name());
        zone.unwrap_or("UTC").to_owned()
    }

    pub(super) fn named(&self, number: &str) -> Result<Ticket, Answer> {
        let found = self.store.ticket_by_number(number).map_err(failed)?;
        found.ok_or_else(|| Answer::No {
            why: format!("there is no ticket {number}; `triaged ticket list --all` names them"),
        })
    }

    async fn order_ticket(&self, number: &str, order: Order) -> Result<Answer, Answer> {
        if let Order::RetryLetter { .. } | Order::DropLetter { .. } = order {
            // Those are looked up by the letter, which may be about another ticket or about none.
            return Err(Answer::Failed {
                why: "letters are not ordered about by the number of a ticket".to_owned(),
            });
        }
        let ticket = self.named(number)?;
        let sentence = self
            .desk
            .order(request_id(), Some(ticket.id), order)
            .await
            .map_err(refused)?;
        done(sentence)
    }

    fn letters(&self, limit: usize) -> Result<Vec<LetterRow>, Answer> {
        let waiting = self.store.waiting(limit).map_err(failed)?;
        waiting
            .iter()
            .map(|waiting| self.letter_row(waiting))
            .collect()
    }

    fn letter_row(&self, waiting: &Waiting) -> Result<LetterRow, Answer> {
        let letter = &waiting.letter;
        let ticket = match letter.ticket {
            Some(id) => self
                .store
                .ticket(id)
                .map_err(failed)?
                .map(|ticket| ticket.number),
            None => None,
        };
        let (next, next_at) = match (&letter.held, waiting.folded_until) {
            (Some(_), _) => ("held", None),
            (None, Some(at)) => ("digest", Some(at)),
            (None, None) => ("sent", waiting.next_try),
        };
        Ok(LetterRow {
            letter: letter.id.0,
            written_at: letter.written_at,
            ticket,
            purpose: letter.purpose.to_string(),
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            tries: waiting.tries,
            next: next.to_owned(),
            next_at: next_at.filter(|at| *at > self.clock.now()),
            why: letter
                .held
                .clone()
                .or_else(|| waiting.last_answer.clone())
                .unwrap_or_default(),
            ambiguous: waiting.ambiguous,
        })
    }

    async fn order_letter(
        &self,
        letter: u64,
        order: impl FnOnce(LetterId) -> Order,
    ) -> Result<Answer, Answer> {
        let id = LetterId(letter);
        let Some(waiting) = self.store.letter(id).map_err(failed)? else {
            return Err(Answer::No {
                why: format!("no letter {letter} waits; `triaged outbox list` names those that do"),
            });
        };
        let sentence = self
            .desk
            .order(request_id(), waiting.letter.ticket, order(id))
            .await
            .map_err(refused)?;
        done(sentence)
    }

    fn resume(&self, address: &str) -> Result<Answer, Answer> {
        let address = address.to_lowercase();
        let Some(mailbox) = self
            .mailboxes
            .iter()
            .find(|mailbox| mailbox.status().mailbox == address)
        else {
            return Err(Answer::No {
                why: format!("no mailbox {address} is polled; `triaged mailbox list` names them"),
            });
        };
        match mailbox.status().state {
            inbox::State::LockedOut { .. } | inbox::State::BackingOff { .. } => {
                mailbox.resume();
                done(format!("{address}: logging in again now"))
            }
            state @ (inbox::State::Connecting
            | inbox::State::Fetching
            | inbox::State::Idle
            | inbox::State::Polling
            | inbox::State::Stopped) => {
                done(format!("{address} is {state}, there is nothing to resume"))
            }
        }
    }

    async fn reload(&self) -> Result<Answer, Answer> {
        match rules_in_force::reload_and_tell(&self.rules, &self.desk, self.clock.now()).await {
            Reloaded::Taken(version) => done(format!("rules {version} are in force")),
            Reloaded::Same(version) => done(format!("rules {version} are in force already")),
            Reloaded::Refused(findings) => Err(Answer::No {
                why: format!("{findings}\nthe rule files are refused; the old rules stay in force"),
            }),
        }
    }

    /// The raw mail that opened a ticket, as text that survives JSON.
    fn raw_mail(&self, number: &str) -> Result<Vec<u8>, Answer> {
        let ticket = self.named(number)?;
        let mails = self.store.mails_of(ticket.id).map_err(failed)?;
        let first = mails.first().ok_or_else(|| Answer::No {
            why: format!("no mail of {number} is kept"),
        })?;
        self.store
            .raw(&first.archived, RAW_BYTES_MAX)
            .map_err(failed)
    }
}

/// How long what a client said counts in the status.
const RATED_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

/// `explain` reads no more of a mail than this.
const RAW_BYTES_MAX: u64 = 25 * 1024 * 1024;

fn row(ticket: &Ticket) -> TicketRow {
    let running = ticket
        .promises
        .iter()
        .filter(|promise| promise.kept.is_none());
    let next = running
        .filter_map(|promise| promise.due.map(|due| (due, promise)))
        .min_by_key(|(due, _)| *due);
    TicketRow {
        number: ticket.number.clone(),
        opened_at: ticket.opened_at,
        level: ticket.level,
        urgency: ticket.urgency,
        partner: ticket.partner.clone(),
        client: ticket.client.clone(),
        state: state(ticket).to_owned(),
        next_due: next
            .filter(|_| ticket.is_open())
            .map(|(at, promise)| NextDue {
                promise: promise.metric.name().to_owned(),
                at,
                broken: promise.broken_noticed.is_some(),
            }),
        subject: ticket.subject.clone(),
    }
}

fn state(ticket: &Ticket) -> &'static str {
    match ticket.state {
        State::Open => "open",
        State::Waiting { .. } => "waiting",
        State::Solved { .. } => "solved",
        State::Closed { .. } => "closed",
    }
}

pub(super) fn done<T: Serialize>(value: T) -> Result<Answer, Answer> {
    serde_json::to_value(value)
        .map(|value| Answer::Done { value })
        .map_err(|error| Answer::Failed {
            why: error.to_string(),
        })
}

pub(super) fn failed(error: StoreError) -> Answer {
    Answer::Failed {
        why: format!("the store could not be read: {error}"),
    }
}

pub(super) fn refused(error: DeskError) -> Answer {
    let why = error.to_string();
    match error {
        DeskError::Refused(_) => Answer::No { why },
        DeskError::TryLater(_) | DeskError::Closed => Answer::Failed { why },
    }
}

/// So that an order that is asked for twice by a broken connection is told apart in the journal.
pub(super) fn request_id() -> String {
    format!("{:016x}", fastrand::u64(..))
}
