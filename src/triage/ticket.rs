//! The life of one request. A [`Ticket`] is the sum of its [`Change`]s, and [`Ticket::apply`] is how it grows.
//!
//! Changes are what the journal keeps, so a change carries all that it sets and never recomputes.
//!
//! ```text
//!            mail                solve                  reply within reopen_within
//!   (none) ───────► Open ───────────────► Solved ─────────────────────────────────► Open
//!                   │  ▲                    │ silence
//!     our question  ▼  │ their answer       ▼
//!                  Waiting                Closed
//! ```

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::letter::{LetterId, Purpose};
use super::mail::Person;
use super::promise::clock::Pause;
use super::promise::{Metric, Promise};
use super::report::{Topic, Urgency};

mod change;
mod life;
#[cfg(test)]
pub(crate) mod tests;

pub use change::Change;
pub use life::{Acknowledgement, Breach, Climb, Course, Life, Notified, Rung};

/// A ticket's place in the order of all tickets; the number people see is [`Ticket::number`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketId(pub u64);

/// Why the third line is called, in the order in which the first that applies is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThirdLineReason {
    /// One trouble for several clients.
    MultiClient,
    /// A major outage.
    Outage,
    /// A client threatens to leave.
    Churn,
    /// A contract or SLA breach.
    SlaBreach,
    /// Another high-profile matter.
    HighProfile,
}

impl ThirdLineReason {
    /// As programs and templates read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MultiClient => "multi_client",
            Self::Outage => "outage",
            Self::Churn => "churn",
            Self::SlaBreach => "sla_breach",
            Self::HighProfile => "high_profile",
        }
    }
}

/// On whose behalf a mail was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writer {
    /// A person of the client's or the partner's side, or somebody we do not know.
    Client,
    /// One of our own people.
    Staff,
    /// Nobody: an auto-reply, a bounce, a list.
    Machine,
}

impl fmt::Display for ThirdLineReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MultiClient => "several clients",
            Self::Outage => "outage",
            Self::Churn => "a client may leave",
            Self::SlaBreach => "SLA or contract breach",
            Self::HighProfile => "high-profile matter",
        })
    }
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum State {
    /// Somebody waits for us.
    Open,
    /// We wait for the client's answer.
    Waiting {
        /// Since when.
        since: Timestamp,
    },
    /// Solved at that time; a reply in time opens it again.
    Solved {
        /// When.
        at: Timestamp,
    },
    /// Solved, and nobody objected.
    Closed {
        /// When it was solved.
        solved_at: Timestamp,
    },
}

/// One request and all that is known of it now. What happened when is the timeline's matter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its place in the order of all tickets.
    pub id: TicketId,
    /// What people call it, with the brand's own prefix: `BD-1042`.
    pub number: String,
    /// Grows with every change; a commit checks it.
    pub version: u64,
    /// The partner's id, or `None` for a sender of no known partner.
    pub partner: Option<String>,
    /// Our address that was written to, which names the brand that answers.
    pub address: String,
    /// Who wrote first: letters to the client's side go there.
    pub requester: Person,
    /// Everyone else who wrote or was copied, in lower case, at most 50.
    pub participants: Vec<String>,
    /// The client it is about.
    pub client: Option<String>,
    /// The first mail's subject.
    pub subject: String,
    /// The key sentence or two.
    pub summary: String,
    /// Steps to reproduce.
    pub steps: Vec<String>,
    /// How pressing it is.
    pub urgency: Urgency,
    /// 1 the partner's own team, 2 ours, 3 executive.
    pub level: u8,
    /// Why level 3.
    pub third_line_reason: Option<ThirdLineReason>,
    /// What it is about.
    pub topic: Topic,
    /// Labels that rules set.
    pub labels: Vec<String>,
    /// A person is asked to look.
    pub review: bool,
    /// The language that letters to the client are written in.
    pub language: String,
    /// Where it stands.
    pub state: State,
    /// When our server took its first mail over.
    pub opened_at: Timestamp,
    /// When its last message came.
    pub last_message_at: Timestamp,
    /// How many mails of people it has, ours included.
    pub messages: u32,
    /// Message-ID of the newest mail from the client's side, without angle brackets: what our next letter answers.
    pub last_message_id: Option<String>,
    /// The thread's Message-IDs for References, oldest first, at most 20.
    pub references: Vec<String>,
    /// What we promised.
    pub promises: Vec<Promise>,
    /// Addresses of our own people who were told of this ticket.
    pub told: Vec<String>,
    /// Effects of rules that have been carried out: `rule/effect/target`, so that each happens once.
    pub done: Vec<String>,
    /// Our letters about it, oldest first, the newest 20: a bounce is matched to one of them.
    pub written: Vec<Written>,
    /// We have asked for missing details.
    pub asked: bool,
    /// We have handed it back to the partner's team.
    pub handed_back: bool,
    /// The version of the rules that decided it last.
    pub rules_version: String,
    /// Who really wrote, by which road.
    pub trust: String,
    /// What has become of it: waits, breaches, its ladder, its people.
    #[serde(default)]
    pub life: Life,
}

/// A letter of ours about a ticket, as the ticket remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Which letter.
    pub letter: LetterId,
    /// What it is for.
    pub purpose: Purpose,
    /// To whom.
    pub to: String,
}

/// The newest Message-IDs of a thread that are kept for References.
const REFERENCES_MAX: usize = 20;

/// People on one ticket: enough for any round of copies, too few to make it a mailing list.
const PARTICIPANTS_MAX: usize = 50;

/// The newest letters that a ticket remembers. Later bounces are still matched to the ticket, by their token.
const WRITTEN_MAX: usize = 20;

/// Labels, people told, effects carried out: each list stops here, so that no thread grows without end.
const LIST_MAX: usize = 200;

impl Ticket {
    /// Applies one change. Total: a change that makes no sense here changes nothing but the version.
    pub fn apply(&mut self, change: &Change) {
        self.version += 1;
        match change {
            // A ticket begins as it is written down; applied to itself it is already there.
            Change::Opened(_) => {}
            Change::Message {
                from,
                message_id,
                at,
                by,
            } => {
                self.take_message(from, message_id.as_deref(), *at, *by);
            }
            Change::Participants(people) => {
                add_all(&mut self.participants, people, PARTICIPANTS_MAX)
            }
            Change::Urgency(urgency) => self.urgency = *urgency,
            Change::Level { level, reason } => {
                self.level = *level;
                self.third_line_reason = *reason;
            }
            Change::Client(client) => self.client = Some(client.clone()),
            Change::Labelled(labels) => add_all(&mut self.labels, labels, LIST_MAX),
            Change::Review(review) => self.review = *review,
            Change::Promised(promise) => self.promise(promise),
            Change::Kept { metric, at } => {
                if matches!(metric, Metric::FirstResponse | Metric::NextResponse) {
                    self.life.unanswered = 0;
                }
                self.keep(*metric, *at);
            }
            Change::Broken { metric, noticed_at } => self.note_broken(*metric, *noticed_at),
            Change::Told(people) => add_all(&mut self.told, people, LIST_MAX),
            Change::Did(effect) => add_all(&mut self.done, std::slice::from_ref(effect), LIST_MAX),
            Change::Asked => self.asked = true,
            Change::HandedBack => self.handed_back = true,
            Change::Solved { at } => self.solve(*at),
            Change::Reopened { .. } => self.stand(State::Open),
            Change::WillWait { letter } => self.life.will_wait = Some(*letter),
            Change::Waiting { since } => self.wait(*since),
            Change::Resumed { at } => self.resume(*at),
            Change::Warned { metric, percent } => self.note_warned(*metric, *percent),
            Change::Climbed(climb) => self.life.climb = Some(climb.clone()),
            Change::Acknowledged(ack) => self.life.acknowledge(ack),
            Change::Assigned(contact) => self.life.assigned.clone_from(contact),
            Change::Looked { at } => {
                self.life.looked_at.get_or_insert(*at);
            }
            Change::Spoke { at, by_person } => self.life.spoke(*at, *by_person),
            Change::LookBy { at } => self.life.look_by = *at,
            Change::LookAgain { at } => self.life.look_again = *at,
            Change::InIncident(incident) => self.life.incident = *incident,
            Change::Merged { into } => self.life.merged_into = Some(*into),
            Change::Closed { .. } => self.close(),
            Change::Rated { stars, at } => {
                self.life.stars = Some(*stars);
                self.life.rated_at = *at;
            }
            Change::Wrote {
                letter,
                purpose,
                to,
                message_id,
            } => {
                // Letters to our own people are no part of the thread that the client sees.
                if purpose.is_to_the_client() {
                    self.refer_to(message_id);
                }
                self.remember(Written {
                    letter: *letter,
                    purpose: *purpose,
                    to: to.clone(),
                });
            }
            Change::Note(_) => {}
            Change::Rules(version) => self.rules_version.clone_from(version),
        }
    }

    /// The next instant at which the clock must look at this ticket: derived, never stored on its own.
    #[must_use]
    pub fn next_alarm(&self) -> Option<Timestamp> {
        let owed = self
            .promises
            .iter()
            .filter(|promise| self.still_owed(promise.metric));
        let clocks = owed.flat_map(|promise| [promise.breaks_at(), promise.warns_at()]);
        let rung = self.climb().and_then(Climb::wakes_at);
        let look = self.is_open().then(|| self.life.overlooked_at()).flatten();
        clocks
            .chain([self.life.look_again, rung, look])
            .flatten()
            .min()
    }

    /// The ladder that is being climbed, acknowledged or not.
    #[must_use]
    pub fn climb(&self) -> Option<&Climb> {
        let climb = self.life.climb.as_ref();
        climb.filter(|climb| self.is_open() && climb.ended_at.is_none())
    }

    /// True while something is to be done on it, be it the client's turn.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.state {
            State::Open | State::Waiting { .. } => true,
            State::Solved { .. } | State::Closed { .. } => false,
        }
    }

    /// A solved ticket owes no answer any more; that the sender's mail has reached us is owed all the same.
    #[must_use]
    pub fn still_owed(&self, metric: Metric) -> bool {
        match self.state {
            State::Open | State::Waiting { .. } => true,
            State::Solved { .. } | State::Closed { .. } => metric == Metric::Acknowledge,
        }
    }

    /// The promise of one metric, if one was made.
    #[must_use]
    pub fn promise_of(&self, metric: Metric) -> Option<&Promise> {
        self.promises
            .iter()
            .find(|promise| promise.metric == metric)
    }

    /// True if that person has written on this ticket or was copied.
    #[must_use]
    pub fn has_participant(&self, address: &str) -> bool {
        self.requester.address == address || self.participants.iter().any(|one| one == address)
    }

    fn solve(&mut self, at: Timestamp) {
        self.resume(at);
        self.life.end_climb(at);
        self.stand(State::Solved { at });
        self.life.unanswered_since = None;
    }

    fn stand(&mut self, state: State) {
        self.state = state;
        self.life.look_again = None;
    }

    fn wait(&mut self, since: Timestamp) {
        self.life.will_wait = None;
        if self.state == State::Open {
            self.stand(State::Waiting { since });
            self.life.waits.push(Pause {
                from: since,
                to: None,
            });
        }
    }

    /// The wait for the client ends; `solve` runs again.
    fn resume(&mut self, at: Timestamp) {
        self.life.will_wait = None;
        if let State::Waiting { .. } = self.state {
            self.stand(State::Open);
        }
        for wait in self.life.waits.iter_mut().filter(|wait| wait.to.is_none()) {
            wait.to = Some(at.max(wait.from));
        }
    }

    fn close(&mut self) {
        if let State::Solved { at } = self.state {
            self.stand(State::Closed { solved_at: at });
        }
    }

    fn note_warned(&mut self, metric: Metric, percent: u8) {
        let warnings = self
            .promises
            .iter_mut()
            .filter(|promise| promise.metric == metric)
            .flat_map(|promise| &mut promise.warnings);
        for warning in warnings.filter(|warning| warning.percent == percent) {
            warning.given = true;
        }
    }

    fn take_message(&mut self, from: &Person, id: Option<&str>, at: Timestamp, by: Writer) {
        match by {
            Writer::Machine => return,
            // What our own people write among themselves is no part of the thread that the client sees.
            Writer::Staff => {}
            Writer::Client => {
                self.life.unanswered_since.get_or_insert(at);
                self.life.unanswered = self.life.unanswered.saturating_add(1);
                if let Some(id) = id {
                    self.refer_to(id);
                }
                self.last_message_id = id.map(str::to_owned).or(self.last_message_id.take());
                let writer = std::slice::from_ref(&from.address);
                add_all(&mut self.participants, writer, PARTICIPANTS_MAX);
            }
        }
        self.messages = self.messages.saturating_add(1);
        self.last_message_at = self.last_message_at.max(at);
    }

    /// The first Message-ID stays for ever, so that a long thread keeps its root.
    fn refer_to(&mut self, id: &str) {
        if self.references.iter().any(|known| known == id) {
            return;
        }
        if self.references.len() >= REFERENCES_MAX {
            self.references.remove(1);
        }
        self.references.push(id.to_owned());
    }

    fn remember(&mut self, written: Written) {
        if self.written.len() >= WRITTEN_MAX {
            self.written.remove(0);
        }
        self.written.push(written);
    }

    fn promise(&mut self, promise: &Promise) {
        match self
            .promises
            .iter_mut()
            .find(|known| known.metric == promise.metric)
        {
            Some(known) => known.clone_from(promise),
            None => self.promises.push(promise.clone()),
        }
    }

    fn keep(&mut self, metric: Metric, at: Timestamp) {
        for promise in self
            .promises
            .iter_mut()
            .filter(|promise| promise.metric == metric)
        {
            promise.kept.get_or_insert(at);
        }
    }

    fn note_broken(&mut self, metric: Metric, noticed_at: Timestamp) {
        for promise in self
            .promises
            .iter_mut()
            .filter(|promise| promise.metric == metric)
        {
            if promise.broken_noticed.is_some() {
                continue;
            }
            promise.broken_noticed = Some(noticed_at);
            if let Some(due) = promise.due {
                self.life.breaches.push(Breach {
                    metric,
                    cycle: promise.cycle,
                    at: due,
                    noticed_at,
                });
            }
        }
    }
}

/// Adds what is not there yet, as far as there is room.
fn add_all(list: &mut Vec<String>, more: &[String], max: usize) {
    for one in more {
        if list.len() < max && !one.is_empty() && !list.contains(one) {
            list.push(one.clone());
        }
    }
}
