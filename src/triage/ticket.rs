//! The life of one request. A [`Ticket`] is the sum of its [`Change`]s, and [`Ticket::apply`] is how it grows.
//!
//! Changes are what the journal keeps, so a change carries all that it sets and never recomputes.
//!
//! ```text
//!            mail                solve                  reply within reopen_within
//!   (none) ───────► Open ───────────────► Solved ─────────────────────────────────► Open
//! ```

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::letter::LetterId;
use super::mail::Person;
use super::promise::{Metric, Promise};
use super::report::{Topic, Urgency};

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

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum State {
    /// Somebody waits for us.
    Open,
    /// Solved at that time.
    Solved {
        /// When.
        at: Timestamp,
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
    /// How many mails of people it has.
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
    /// We have asked for missing details.
    pub asked: bool,
    /// We have handed it back to the partner's team.
    pub handed_back: bool,
    /// The version of the rules that decided it last.
    pub rules_version: String,
    /// Who really wrote, by which road.
    pub trust: String,
}

/// One thing that happened to a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "a decision holds a handful of changes, and they go straight to the journal"
)]
pub enum Change {
    /// It began. The first change of every ticket.
    Opened(Ticket),
    /// A further mail joined it.
    Message {
        /// Who wrote.
        from: Person,
        /// Its Message-ID, if it has one.
        message_id: Option<String>,
        /// When our server took it over.
        at: Timestamp,
        /// True for a person's mail; a robot's is only linked.
        by_person: bool,
    },
    /// More people are on it.
    Participants(Vec<String>),
    /// Its urgency is another.
    Urgency(Urgency),
    /// Its level is another.
    Level {
        /// The new level.
        level: u8,
        /// Why, for level 3.
        reason: Option<ThirdLineReason>,
    },
    /// The client became known.
    Client(String),
    /// Labels were added.
    Labelled(Vec<String>),
    /// A person shall look, or has looked.
    Review(bool),
    /// A promise was made, or its due time is another.
    Promised(Promise),
    /// A promise was kept.
    Kept {
        /// Which.
        metric: Metric,
        /// When.
        at: Timestamp,
    },
    /// A promise was found broken. Never undone.
    Broken {
        /// Which.
        metric: Metric,
        /// When we noticed.
        noticed_at: Timestamp,
    },
    /// People of ours were written to about it.
    Told(Vec<String>),
    /// A rule's effect was carried out.
    Did(String),
    /// We asked for missing details.
    Asked,
    /// We handed it back to the partner's team.
    HandedBack,
    /// Solved.
    Solved {
        /// When.
        at: Timestamp,
    },
    /// Open again.
    Reopened {
        /// When.
        at: Timestamp,
    },
    /// A letter of ours about it is on its way; its Message-ID belongs to the thread.
    Wrote {
        /// Which letter.
        letter: LetterId,
        /// Its Message-ID.
        message_id: String,
    },
    /// Something people should read in its timeline.
    Note(String),
    /// The rules that decided it last.
    Rules(String),
}

impl Ticket {
    /// Applies one change. Total: a change that makes no sense here changes nothing.
    pub fn apply(&mut self, change: &Change) {
        let _ = change;
        todo!()
    }

    /// The next instant at which the clock must look at this ticket: derived, never stored on its own.
    #[must_use]
    pub fn next_alarm(&self) -> Option<Timestamp> {
        todo!()
    }
}
