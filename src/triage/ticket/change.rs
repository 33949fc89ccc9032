//! One thing that happened to a ticket. Changes are what the journal keeps, so their names on disk stay for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::life::{Acknowledgement, Climb};
use super::{ThirdLineReason, Ticket, TicketId, Writer};
use crate::triage::incident::IncidentId;
use crate::triage::letter::{LetterId, Purpose};
use crate::triage::mail::Person;
use crate::triage::promise::{Metric, Promise};
use crate::triage::report::Urgency;

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
        /// On whose behalf it was written; a machine's mail is only linked.
        by: Writer,
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
        /// What it is for.
        purpose: Purpose,
        /// To whom.
        to: String,
        /// Its Message-ID.
        message_id: String,
    },
    /// It will be the client's turn as soon as this letter, which asks something, is accepted.
    WillWait {
        /// Which letter.
        letter: LetterId,
    },
    /// The client's turn: a question of ours was accepted by the next mail server, and `solve` stands still.
    Waiting {
        /// Since when.
        since: Timestamp,
    },
    /// The client has answered, or we wait no longer.
    Resumed {
        /// When.
        at: Timestamp,
    },
    /// So much of a promise's time has gone by, and it was said.
    Warned {
        /// Which promise.
        metric: Metric,
        /// 1 to 99.
        percent: u8,
    },
    /// A ladder was begun, begun again, joined by another trigger, or stands higher: as it is now.
    Climbed(Climb),
    /// Somebody of ours took the matter: the ladder waits.
    Acknowledged(Acknowledgement),
    /// Somebody of ours is responsible, a contact's id; or nobody any more.
    Assigned(Option<String>),
    /// Somebody of ours has looked at it: read and acted, by mail or by command.
    Looked {
        /// When.
        at: Timestamp,
    },
    /// The client's side heard from us: the next mail server took the letter.
    Spoke {
        /// When.
        at: Timestamp,
        /// A person wrote it.
        by_person: bool,
    },
    /// Until when somebody of ours must have looked at it, because it may be a matter of the third line.
    LookBy {
        /// When.
        at: Option<Timestamp>,
    },
    /// When to look at it again for the sake of where it stands, if ever; the next change of its state forgets it.
    LookAgain {
        /// When.
        at: Option<Timestamp>,
    },
    /// It belongs to an incident, or no more.
    InIncident(Option<IncidentId>),
    /// It went on in another ticket.
    Merged {
        /// Which.
        into: TicketId,
    },
    /// Nobody objected to the solution for long enough.
    Closed {
        /// When.
        at: Timestamp,
    },
    /// The client said how it was, 1 (bad) to 5 (good).
    Rated {
        /// 1 to 5.
        stars: u8,
        /// When.
        #[serde(default)]
        at: Option<Timestamp>,
    },
    /// Something people should read in its timeline.
    Note(String),
    /// The rules that decided it last.
    Rules(String),
}
