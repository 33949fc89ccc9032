//! The heart: what one event means for one ticket. Pure; same arguments, same decision.

mod answer;
mod arrival;
mod bounce;
mod closing;
mod drafting;
mod facts;
mod first_lines;
mod follow_up;
pub mod incident;
mod ladder;
mod merging;
mod opening;
mod order;
mod outcome;
mod overdue;
mod people;
mod promising;
mod raising;
mod rating;
pub mod reason;
mod regrading;
mod relaying;
mod reopening;
mod silence;
mod speaking;
mod staff;
mod telling;
mod trouble;
mod waiting;
mod warning;
mod writing;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::incident::{Incident, IncidentChange, IncidentId, Member, Nearby, Sighting};
use super::letter::{Letter, LetterId, Outcome, Purpose};
use super::mail::thread::{Clue, TokenKey};
use super::mail::{File, Mail};
use super::report::{Report, Urgency};
use super::rules::Rules;
use super::ticket::{Change, Ticket, TicketId};

pub use facts::judgement;
pub use first_lines::other_ticket;
pub use incident::{IncidentOrder, IncidentOther, client_key, gathered_for};
pub use reason::Reason;

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A mail arrived.
    MailArrived(Arrival<'a>),
    /// A deadline of the ticket may have passed.
    AlarmRang,
    /// A try to send a letter ended.
    LetterSettled {
        /// The letter.
        letter: &'a Letter,
        /// What became of it.
        outcome: &'a Outcome,
    },
    /// Notices that the caps held back are due as one letter to one contact.
    DigestDue {
        /// The contact's address.
        to: &'a str,
        /// The letters that are folded into it.
        folded: &'a [Letter],
    },
    /// A person ordered something.
    Ordered {
        /// What.
        order: &'a Order,
        /// The other ticket that the order names, where it names one and there is one: see [`Order::other`].
        other: Option<&'a Ticket>,
    },
    /// What has become of an incident reaches one of its tickets.
    IncidentReaches {
        /// Which.
        incident: &'a Incident,
        /// The ticket, as a member of it.
        member: &'a Member,
    },
    /// An incident's own alarm: the ticket is its lead.
    IncidentRang(&'a Incident),
    /// A person ordered something about an incident.
    IncidentOrdered {
        /// Which.
        incident: &'a Incident,
        /// The order.
        order: &'a IncidentOrder,
        /// What else it is about.
        other: IncidentOther<'a>,
    },
    /// Something is wrong with triaged's own work: the operators are told.
    Trouble(&'a Trouble),
}

/// A mail that arrived, read.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// As read.
    pub mail: &'a Mail,
    /// As understood.
    pub report: &'a Report,
    /// When our server took it over (INTERNALDATE).
    pub received_at: Timestamp,
    /// The address of the mailbox that was polled.
    pub mailbox: &'a str,
    /// It was there before triaged first looked, and `answer_mail_since` says not to answer such mail.
    pub too_old_to_answer: bool,
    /// No mail from this address has been decided before: shown on the trust line.
    pub first_contact: bool,
    /// The clue that led to the ticket, where one did. `decide` judges whether it may be believed: where it may
    /// not, a new ticket is opened that links to the one it names.
    pub joined_by: Option<&'a Clue>,
    /// The same mail (Message-ID and content hash) has been decided before, on this ticket.
    pub duplicate: bool,
    /// For a bounce: the letter of ours that it is about, as the quoted Message-ID names it, and what that was for.
    pub bounced: Option<(LetterId, Purpose)>,
    /// The letter of ours that it answers, by In-Reply-To or References, and what that was for.
    pub answers: Option<(LetterId, Purpose)>,
    /// Its files with their bytes, where a person's mail joins a ticket; one for each attachment of the mail.
    pub files: &'a [File],
    /// The other ticket that the mail's first lines name, if there is one: see [`other_ticket`].
    pub other: Option<&'a Ticket>,
}

/// What a person ordered, by command or in the first lines of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "order")]
pub enum Order {
    /// The ticket is solved.
    Solve {
        /// Who ordered it.
        by: String,
    },
    /// The ticket is open again.
    Reopen {
        /// Who ordered it.
        by: String,
    },
    /// Somebody of ours is responsible for it.
    Assign {
        /// A contact's id, address or name; `nobody` takes it from whoever has it.
        to: String,
        /// Who ordered it.
        by: String,
    },
    /// Something that only our own people read.
    Note {
        /// In their words.
        text: String,
        /// Who ordered it.
        by: String,
    },
    /// Whoever orders this takes the matter: its ladder stops.
    Acknowledge {
        /// Their address, or the name of whoever gave the command.
        by: String,
    },
    /// It is the client's turn.
    Wait {
        /// Who ordered it.
        by: String,
    },
    /// It is as pressing as a person says, more or less than before.
    Urgency {
        /// How pressing.
        urgency: Urgency,
        /// Who ordered it.
        by: String,
    },
    /// It goes on in another ticket.
    Merge {
        /// That ticket's number.
        into: String,
        /// Who ordered it.
        by: String,
    },
    /// A held or waiting letter shall be sent now.
    RetryLetter {
        /// The letter.
        letter: LetterId,
        /// Who ordered it.
        by: String,
    },
    /// A letter shall never be sent.
    DropLetter {
        /// The letter.
        letter: LetterId,
        /// Who ordered it.
        by: String,
    },
}

impl Order {
    /// Who ordered it.
    #[must_use]
    pub fn by(&self) -> &str {
        match self {
            Self::Solve { by }
            | Self::Reopen { by }
            | Self::Assign { by, .. }
            | Self::Note { by, .. }
            | Self::Acknowledge { by }
            | Self::Wait { by }
            | Self::Urgency { by, .. }
            | Self::Merge { by, .. }
            | Self::RetryLetter { by, .. }
            | Self::DropLetter { by, .. } => by,
        }
    }

    /// The number of the other ticket that it names, for whoever finds that ticket before the order is decided.
    #[must_use]
    pub fn other(&self) -> Option<&str> {
        match self {
            Self::Merge { into, .. } => Some(into),
            Self::Solve { .. }
            | Self::Reopen { .. }
            | Self::Assign { .. }
            | Self::Note { .. }
            | Self::Acknowledge { .. }
            | Self::Wait { .. }
            | Self::Urgency { .. }
            | Self::RetryLetter { .. }
            | Self::DropLetter { .. } => None,
        }
    }
}

/// What is wrong with triaged's own work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "trouble")]
pub enum Trouble {
    /// The mail server refused our log-in three times; this mailbox stands still.
    MailboxLockedOut {
        /// Its address.
        mailbox: String,
        /// The server's words.
        why: String,
    },
    /// A mailbox has not been reached for a long time.
    MailboxLost {
        /// Its address.
        mailbox: String,
        /// What went wrong last.
        why: String,
    },
    /// The relay does not accept us.
    RelayLockedOut {
        /// The relay's name.
        relay: String,
        /// Its words.
        why: String,
    },
    /// Letters have waited for long, because a relay is down or puts them off.
    LettersLate {
        /// The relay's name.
        relay: String,
        /// When the one was written that has waited longest.
        since: Timestamp,
        /// What came of its last try.
        why: String,
    },
    /// New rules were refused; the old ones stay in force.
    RulesRefused {
        /// The findings, rendered.
        findings: String,
        /// The rules admins.
        to: Vec<String>,
    },
    /// The wall clock jumped, or the machine slept.
    ClockJumped {
        /// By so much; negative: back.
        by_seconds: i64,
    },
    /// The store was set aside and rebuilt from the journal.
    StoreRebuilt {
        /// Why.
        why: String,
    },
    /// Anything else that an operator must know.
    Other {
        /// In one line.
        what: String,
    },
}

/// What a decision may use besides the ticket and the event.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The rules in force.
    pub rules: &'a Rules,
    /// For tokens in Message-IDs and plus addresses.
    pub key: &'a TokenKey,
    /// The id of the next ticket.
    pub next_ticket: TicketId,
    /// The id of the next letter.
    pub next_letter: LetterId,
    /// What lies near the mail, or near the ticket's client.
    pub nearby: Option<&'a Nearby>,
    /// The operators' addresses.
    pub alarms_to: &'a [String],
    /// The name of this instance in our loop header.
    pub instance: &'a str,
    /// The instant of the event, read once by the shell.
    pub now: Timestamp,
}

/// What one event causes. Becomes durable whole or not at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What changes on the ticket. [`Change::Opened`] stands first where a ticket begins.
    pub changes: Vec<Change>,
    /// Letters to send.
    pub letters: Vec<Letter>,
    /// What changes on other tickets, in one transaction with all the rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<(TicketId, Vec<Change>)>,
    /// Message-IDs (and a ticket number) that lead to the ticket from now on.
    pub clues: Vec<Clue>,
    /// Why.
    pub because: Vec<Reason>,
    /// What changes on incidents. [`IncidentChange::Opened`] stands first where one begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<(IncidentId, IncidentChange)>,
    /// What the ticket is recognised by, where it tells of a trouble that others may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sighting: Option<Sighting>,
}

impl Decision {
    fn nothing(because: &str) -> Self {
        Self {
            because: vec![Reason::Nothing {
                because: because.to_owned(),
            }],
            ..Self::default()
        }
    }

    /// The ticket that this decision opens, if it opens one. A mail may open a ticket although its clues led to
    /// another, because a stranger wrote it or that one was solved too long ago: the new ticket then is what the
    /// decision is about.
    #[must_use]
    pub fn opens(&self) -> Option<&Ticket> {
        match self.changes.first() {
            Some(Change::Opened(ticket)) => Some(ticket),
            Some(_) | None => None,
        }
    }
}

/// Decides what one event means for one ticket.
#[must_use]
pub fn decide(ticket: Option<&Ticket>, event: &Event<'_>, setting: &Setting<'_>) -> Decision {
    match (event, ticket) {
        (Event::MailArrived(arrival), None) => arrival::open(arrival, setting, None),
        (Event::MailArrived(arrival), Some(ticket)) => follow_up::join(ticket, arrival, setting),
        (Event::AlarmRang, Some(ticket)) => overdue::ring(ticket, setting),
        (Event::AlarmRang, None) => Decision::nothing("the ticket of this alarm is gone"),
        (Event::LetterSettled { letter, outcome }, ticket) => {
            outcome::settle(ticket, letter, outcome, setting)
        }
        (Event::DigestDue { to, folded }, _) => outcome::digest(to, folded, setting),
        (Event::Ordered { order, other }, ticket) => order::obey(ticket, (order, *other), setting),
        (Event::IncidentReaches { incident, member }, ticket) => {
            incident::reach(ticket, (incident, member), setting)
        }
        (Event::IncidentRang(incident), ticket) => incident::ring(ticket, incident, setting),
        (
            Event::IncidentOrdered {
                incident,
                order,
                other,
            },
            _,
        ) => incident::obey(incident, order, other, setting),
        (Event::Trouble(trouble), _) => trouble::tell(trouble, setting),
    }
}
