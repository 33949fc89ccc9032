//! One trouble that hits several clients: which mails speak of the same thing, and when that is more than chance.
//!
//! A mail is recognised by its [`Signature`]; [`link()`] says how much two of them share, with the words; an [`Outlook`]
//! is what lies near a mail when it comes: linked tickets, how unusual so many are, an incident to join. An [`Incident`]
//! is the sum of its [`IncidentChange`]s, as a ticket is the sum of its changes. Joining is always reversible.

mod change;
mod history;
mod link;
mod marks;
mod outlook;
mod signature;
mod sketch;
mod surge;

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::report::Urgency;
use super::ticket::TicketId;

pub use change::IncidentChange;
pub use history::Counts;
pub use link::{LINKED, Link, Shared, link};
pub use outlook::{Nearby, Outlook, Same, Sighting};
pub use signature::{Mark, Signature};
pub use sketch::Sketch;
pub use surge::{Surge, chance_of};

/// An incident's place in the order of all incidents; people see it as `I-3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub u64);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "I-{}", self.0)
    }
}

impl IncidentId {
    /// Reads `I-3`, `i-3` or `3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let number = text.strip_prefix("I-").or(text.strip_prefix("i-"));
        number.unwrap_or(text).parse().ok().map(Self)
    }
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Standing {
    /// Several clients, but not more than chance: people look. Becomes open when more come, ends by itself when none do.
    Maybe,
    /// One trouble for several clients.
    Open,
    /// Solved by a person.
    Solved {
        /// When.
        at: Timestamp,
    },
    /// A person said that it is none.
    Dismissed {
        /// When.
        at: Timestamp,
    },
    /// Perhaps it was one, but nobody else has reported it.
    Lapsed {
        /// When.
        at: Timestamp,
    },
    /// It went on in another one.
    Merged {
        /// Which.
        into: IncidentId,
    },
}

impl Standing {
    /// As programs read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Maybe => "maybe",
            Self::Open => "open",
            Self::Solved { .. } => "solved",
            Self::Dismissed { .. } => "dismissed",
            Self::Lapsed { .. } => "lapsed",
            Self::Merged { .. } => "merged",
        }
    }

    /// True while further reports join it.
    #[must_use]
    pub fn takes_reports(self) -> bool {
        match self {
            Self::Maybe | Self::Open => true,
            Self::Solved { .. }
            | Self::Dismissed { .. }
            | Self::Lapsed { .. }
            | Self::Merged { .. } => false,
        }
    }
}

/// One ticket of an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Which ticket.
    pub ticket: TicketId,
    /// What people call it.
    pub number: String,
    /// Its client, or whose domain wrote.
    pub client: String,
    /// What clients are told apart by.
    pub who: String,
    /// Its partner's id.
    pub partner: Option<String>,
    /// When it was reported.
    pub at: Timestamp,
    /// What it shares with the others, in words.
    pub because: Vec<String>,
    /// A person took it out again.
    #[serde(default)]
    pub left: bool,
    /// Its ticket knows what has become of the incident. While one does not, the incident's alarm is due.
    #[serde(default)]
    pub knows: bool,
}

/// Something its people are still to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// It came back after it had been solved.
    Back,
}

/// One trouble of several clients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its place in the order of all incidents.
    pub id: IncidentId,
    /// Grows with every change.
    pub version: u64,
    /// Where it stands.
    pub standing: Standing,
    /// The topic under which its reports are counted.
    pub topic: String,
    /// What it is about, for people.
    pub about: String,
    /// Signatures of its first reports: who shares enough with one of them joins.
    pub known_by: Vec<Signature>,
    /// Its tickets, oldest first.
    pub members: Vec<Member>,
    /// The ticket whose ladder is climbed for all of them.
    pub lead: TicketId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its last report came.
    pub last_report_at: Timestamp,
    /// No ticket of it is less pressing.
    pub urgency: Urgency,
    /// No ticket of it is of a lower level.
    pub level: u8,
    /// Ladders that the lead climbs for all, with the rule that asked.
    pub ladders: Vec<(String, String)>,
    /// Why it is one, or perhaps one.
    pub surge: Surge,
    /// Incidents whose tickets it took over.
    #[serde(default)]
    pub took_over: Vec<IncidentId>,
    /// Addresses of our own people who were told of it.
    pub told: Vec<String>,
    /// Reports that fit since it was solved.
    #[serde(default)]
    pub seen_again: u32,
    /// Who solved it, where its tickets are solved with it.
    #[serde(default)]
    pub solved_by: Option<String>,
    /// What its people are still to be told.
    #[serde(default)]
    pub owes: Option<Word>,
    /// Its people were asked whether it is over.
    #[serde(default)]
    pub asked_to_close: bool,
    /// What happened, oldest first, the newest 100.
    #[serde(default)]
    pub trail: Vec<(Timestamp, String)>,
}

/// A further report joins an incident that is so old at most.
pub const JOINS_FOR: SignedDuration = SignedDuration::from_hours(48);

/// After a person has said that it is none, the same topic is no incident for so long, unless twice as many report it.
pub const COOLDOWN: SignedDuration = SignedDuration::from_hours(3);

/// So long without a new report, and its people are asked whether it is over.
pub const QUIET_AFTER: SignedDuration = SignedDuration::from_hours(4);

/// Reports that fit within this time after solving open it again.
pub const COMES_BACK_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// So many of them do.
pub const COMES_BACK_FROM: u32 = 2;

/// What is usual is told for so long a time, where no rule names another.
pub const USUAL_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// Signatures that an incident is known by: the first reports. Later ones would let it drift to other troubles.
const KNOWN_BY_MAX: usize = 8;

/// Tickets of one incident that are kept: more than any desk has clients.
const MEMBERS_MAX: usize = 2_000;

/// What happened to one incident, as far as it is remembered.
const TRAIL_MAX: usize = 100;

impl Incident {
    /// When it must be looked at again.
    #[must_use]
    pub fn next_alarm(&self) -> Option<Timestamp> {
        if self.owes.is_some() || self.members.iter().any(|member| !member.knows) {
            return Some(self.last_report_at);
        }
        match self.standing {
            Standing::Maybe => Some(self.last_report_at + QUIET_AFTER),
            Standing::Open => {
                Some(self.last_report_at + QUIET_AFTER).filter(|_| !self.asked_to_close)
            }
            Standing::Solved { .. }
            | Standing::Dismissed { .. }
            | Standing::Lapsed { .. }
            | Standing::Merged { .. } => None,
        }
    }

    /// The tickets that belong to it now.
    pub fn present(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !member.left)
    }

    /// True where that one was merged into it.
    #[must_use]
    pub fn takes_over(&self, other: IncidentId) -> bool {
        self.took_over.contains(&other)
    }

    /// The member that is this ticket.
    #[must_use]
    pub fn member(&self, ticket: TicketId) -> Option<&Member> {
        self.members.iter().find(|member| member.ticket == ticket)
    }

    /// Distinct clients that it hits.
    #[must_use]
    pub fn clients(&self) -> u32 {
        let mut who: Vec<&str> = self.present().map(|member| member.who.as_str()).collect();
        who.sort_unstable();
        who.dedup();
        u32::try_from(who.len()).unwrap_or(u32::MAX)
    }

    /// How much a report shares with it, at the best of what it is known by.
    #[must_use]
    pub fn link(&self, signature: &Signature) -> Link {
        let links = self.known_by.iter().map(|known| link(signature, known));
        links
            .max_by(|one, two| one.score.total_cmp(&two.score))
            .unwrap_or_default()
    }

    /// True where a report of `now` may still have to do with it: it takes reports, or it may come back, or people have
    /// said of late that it is none.
    #[must_use]
    pub fn matters(&self, now: Timestamp) -> bool {
        let since = |at: Timestamp| now.duration_since(at);
        match self.standing {
            Standing::Maybe | Standing::Open => since(self.last_report_at) <= JOINS_FOR,
            Standing::Solved { at } => since(at) <= COMES_BACK_WITHIN,
            Standing::Dismissed { at } => since(at) <= COOLDOWN,
            Standing::Lapsed { .. } | Standing::Merged { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests;
